package link

// texts are what people are told of a refusal, by its word.
var texts = map[string]Text{
	"unknown":     {"این کارت شناخته نشد. کارت دیگری از دسته بردارید.", "This card is not known. Take another card from the stack."},
	"foreign":     {"این کارت از شعبهٔ دیگری است.", "This card is from another branch."},
	"used":        {"این کارت پیش‌تر استفاده شده است. کارت دیگری از دسته بردارید.", "This card has been used. Take another card from the stack."},
	"no-check-in": {"نخست به میز پذیرش بروید.", "Please go to the check-in desk first."},
	"busy":        {"این دستگاه در حال استفاده است.", "This machine is in use."},
	"paused":      {"رأی‌گیری موقتاً متوقف است. لطفاً صبر کنید.", "Voting is paused. Please wait."},
	"closed":      {"رأی‌گیری باز نیست.", "Voting is not open."},
	"retired":     {"این دستگاه کنار گذاشته شده است. به دستگاه دیگری بروید.", "This machine is out of use. Please go to another one."},
	"locked":      {"این دستگاه پس از چند کارت نادرست قفل شده است. مسئول شعبه آن را باز می‌کند.", "This machine is locked after several wrong cards. An officer will unlock it."},
	"session":     {"نوبت این رأی‌دهنده پایان یافته است. مسئول شعبه را صدا کنید.", "This voter’s turn is over. Please call an officer."},
	"number":      {"شمارهٔ برگه با دفتر شعبه نمی‌خواند. مسئول شعبه را صدا کنید.", "The ballot’s number does not fit the branch’s log. Please call an officer."},
	"entry":       {"شعبه این برگه را نپذیرفت. مسئول شعبه را صدا کنید.", "The branch did not take this ballot. Please call an officer."},
	"waiting":     {"برگهٔ پیشین هنوز تعیین تکلیف نشده است.", "The ballot before has not been decided yet."},
	"order":       {"مسئولان شعبه چنین تصمیمی نگرفته‌اند.", "The officers have not decided this."},
	"ended":       {"تکلیف این برگه پیش‌تر روشن شده است.", "This ballot has been decided already."},
	"committed":   {"تعهد دیگری از این دستگاه در دفتر شعبه است.", "Another commitment of this machine is on the branch’s log."},
	"malformed":   {"درخواست دستگاه خوانده نشد.", "The machine’s request could not be read."},
	"stopped":     {"شعبه متوقف شده است. مسئول شعبه را صدا کنید.", "The branch has stopped. Please call an officer."},
}

func refusal(word string) Refusal { return Refusal{word, texts[word]} }
