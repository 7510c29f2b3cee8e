package people

import "github.com/sandogh/sandogh/internal/web"

var words = web.Words{
	"people.title":        {"افراد", "People"},
	"people.one":          {"یک فرد", "A person"},
	"people.new":          {"افزودن فرد", "Add a person"},
	"people.edit":         {"ویرایش فرد", "Edit a person"},
	"people.save":         {"ثبت", "Save"},
	"people.name":         {"نام و نام خانوادگی", "Name"},
	"people.number":       {"شمارهٔ ملی", "National number"},
	"people.number.help":  {"ده رقم", "Ten digits"},
	"people.number.wrong": {"این شمارهٔ ملی درست نیست. رقم‌ها را با کارت ملی مقایسه کنید.", "This cannot be a national number. Compare its digits with the card."},
	"people.number.twice": {"این شمارهٔ ملی به نام %[1]v ثبت شده است.", "This national number is that of %[1]v."},
	"people.office":       {"دفتر", "Office"},
	"people.office.code":  {"کد دفتر", "Code of the office"},
	"people.phone":        {"تلفن", "Telephone"},
	"people.email":        {"رایانامه", "E-mail"},
	"people.search":       {"جست‌وجو با نام یا شمارهٔ ملی", "Search by name or national number"},
	"people.empty":        {"هنوز کسی ثبت نشده است. با «افزودن فرد» آغاز کنید.", "Nobody is entered yet. Begin with “Add a person”."},
	"people.added":        {"%[1]v ثبت شد.", "%[1]v was added."},
	"people.saved":        {"تغییرها ثبت شد.", "The changes were saved."},
	"people.posts":        {"سمت‌ها", "Posts"},
	"people.posts.none":   {"سمتی ندارد.", "No posts."},
	"people.role":         {"نقش", "Role"},
	"people.since":        {"از", "From"},
	"people.until":        {"تا", "Until"},
	"people.simulated":    {"فرد شبیه‌سازی‌شده", "Simulated person"},
}
