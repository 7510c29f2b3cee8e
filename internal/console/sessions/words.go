package sessions

import (
	"maps"

	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/web"
)

// words are those of package training, which is always beside this part, and its
// own.
var words = func() web.Words {
	all := maps.Clone(shown.Vocabulary)
	maps.Copy(all, vocabulary)
	return all
}()

// vocabulary are the words of messages and of the topics of one session.
var vocabulary = web.Words{
	"sessions.messages.intro": {"نامه‌ها هر چند دقیقه خودبه‌خود فرستاده می‌شوند، هر یک یک بار: با سروری که در mail.json نوشته شده، و بدون آن در پوشهٔ outbox. نامه‌ای که شاید رسیده باشد تنها با دستور شما دوباره می‌رود.", "Messages are sent by themselves every few minutes, each once: by the server that mail.json names, and without it into the folder outbox. One that may have arrived is sent again only if you say so."},
	"sessions.messages.empty": {"نامه‌ای نیست. با دعوت به یک جلسه، نامه‌ها نوشته می‌شوند.", "There are no messages. Inviting to a session writes them."},
	"sessions.subject":        {"موضوع", "Subject"},
	"sessions.address":        {"نشانی", "Address"},
	"sessions.queued":         {"نوشته شد", "Written"},
	"sessions.send":           {"همین حالا بفرست", "Send now"},
	"sessions.send.intro":     {"تا ۵۰ نامهٔ در صف همین حالا فرستاده می‌شود.", "Up to 50 queued messages are sent now."},
	"sessions.send.done":      {"%[1]v نامه فرستاده شد؛ %[2]v نامه نرفت.", "%[1]v messages were sent; %[2]v failed."},
	"sessions.retry":          {"دوباره فرستادن نامه", "Send the message again"},
	"sessions.retry.intro":    {"این نامه دوباره در صف می‌رود. اگر بار پیش رسیده باشد، گیرنده آن را دو بار می‌بیند.", "The message is queued again. If it arrived the last time, it is received twice."},
	"sessions.retry.done":     {"نامه در صف است.", "The message is queued."},
	"sessions.retry.no":       {"این نامه فرستاده شده است یا همین حالا فرستاده می‌شود.", "This message was sent, or is being sent right now."},

	"sessions.kind":            {"گونه", "Kind"},
	"sessions.kind.invitation": {"دعوت", "Invitation"},
	"sessions.kind.reminder":   {"یادآوری پاسخ", "Reminder to answer"},
	"sessions.kind.coming":     {"یادآوری جلسه", "Reminder of the session"},
	"sessions.kind.moved":      {"تغییر جلسه", "Session moved"},
	"sessions.kind.cancelled":  {"لغو جلسه", "Session cancelled"},
	"sessions.fate.sent":       {"فرستاده شد", "Sent"},
	"sessions.fate.sending":    {"در حال فرستادن", "Being sent"},
	"sessions.fate.unsure":     {"شاید رسیده باشد", "May have arrived"},
	"sessions.fate.failed":     {"نرفت؛ دوباره فرستاده می‌شود", "Failed; is tried again"},
	"sessions.fate.given-up":   {"نرفت؛ رها شد", "Failed; given up"},
	"sessions.fate.unsent":     {"در صف", "Queued"},
	"sessions.sent.at":         {"زمان فرستادن", "Sent at"},
	"sessions.failure":         {"علت نرفتن", "Why it failed"},
	"sessions.next":            {"بار بعد", "Next try"},

	"sessions.topic.new":          {"افزودن سرفصل این جلسه", "Add a topic of this session"},
	"sessions.topic.edit":         {"ویرایش سرفصل این جلسه", "Edit a topic of this session"},
	"sessions.topic.remove":       {"برداشتن سرفصل", "Remove the topic"},
	"sessions.topic.intro":        {"این سرفصل تنها در همین جلسه گفته می‌شود؛ سرفصل‌های دوره در همهٔ جلسه‌ها هستند. گواهی این جلسه مادهٔ آن را هم نام می‌برد.", "This topic is taught in this session alone; those of the course are in all. Certificates of this session name its article too."},
	"sessions.topic.remove.intro": {"این سرفصل از این جلسه برداشته می‌شود. گواهی‌هایی که صادر شده‌اند تغییر نمی‌کنند.", "The topic is taken off this session. Certificates that were issued stay as they are."},
	"sessions.topic.removed":      {"سرفصل برداشته شد.", "The topic was removed."},
	"sessions.topic.own":          {"تنها این جلسه", "This session alone"},
}
