package web

// verifyWords are the words of the page on verifying without this site.
var verifyWords = Words{
	"verify.title": {"خودتان بررسی کنید", "Verify it yourself"},
	"verify.about": {"این صفحه گفتهٔ یک رایانه است و می‌تواند نادرست باشد. پروندهٔ عمومی را بگیرید و روی رایانهٔ خودتان بررسی کنید؛ به هیچ برگزارکننده‌ای نیاز ندارید.", "This page is the word of one computer and can be wrong. Take the public record and check it on a computer of your own. You need none of those who ran the election."},
	"verify.how":   {"چگونه", "How"},
	"verify.4":     {"پاسخ را بخوانید. کد خروج ۰ یعنی درست، ۱ یعنی رد شد، ۲ یعنی چیزی نیست یا خوانده نشد. هر بررسی شماره‌ای دارد که در spec/verify.md شرح داده شده است.", "Read the answer. Exit status 0 means verified, 1 refuted, 2 that something is missing or could not be read. Each check has a number that spec/verify.md explains."},
	"verify.own":   {"برای بررسی به کد ما هم نیاز نیست: پوشهٔ spec همهٔ قاعده‌ها را دارد و می‌توان از روی آن برنامه‌ای دیگر نوشت.", "You do not need our code either: the folder spec has all rules, and another program can be written from it."},

	"phase.claimed":   {"پرونده چنین ادعا می‌کند: %[1]v", "as the record claims: %[1]v"},
	"phase.nothing":   {"هیچ", "Nothing"},
	"phase.defined":   {"تعریف‌شده", "Defined"},
	"phase.ceremony":  {"ساخت کلید", "Key ceremony"},
	"phase.failed":    {"ساخت کلید ناکام ماند", "Key ceremony failed"},
	"phase.ready":     {"آماده", "Ready"},
	"phase.voting":    {"رأی‌گیری", "Voting"},
	"phase.closed":    {"بسته‌شده", "Closed"},
	"phase.mixing":    {"آمیختن", "Mixing"},
	"phase.opening":   {"گشودن", "Opening"},
	"phase.counted":   {"شمرده‌شده", "Counted"},
	"phase.canvassed": {"تجمیع‌شده", "Canvassed"},
	"phase.certified": {"قطعی‌شده", "Certified"},

	"verify.not":   {"چه چیزی را نمی‌توان از پرونده دید", "What cannot be seen from the record"},
	"verify.not.1": {"واحدی که همه در آن یک رأی داده باشند رأی آنان را نشان می‌دهد، همان‌گونه که روی کاغذ.", "A unit in which all chose the same shows their choice, as it would on paper."},
	"verify.not.2": {"دستگاهی که هم روی صفحه و هم روی کاغذ دروغ بگوید فقط با آزمودن آن و شمردن کارت‌ها پیدا می‌شود.", "A device that lies on screen and on paper alike is found only by challenges and by an audit of the cards."},
	"verify.not.3": {"رمزنگاری P-256 در برابر رایانهٔ کوانتومی آینده امن نیست.", "P-256 is not safe against a future quantum computer."},
}
