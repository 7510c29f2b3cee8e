package review

import "github.com/sandogh/sandogh/internal/web"

var words = web.Words{
	"review.title":     {"گزارش نشست‌های آموزش", "Reports by training session"},
	"review.problem":   {"مشکل", "Problem"},
	"review.office":    {"دفتر", "Office"},
	"review.round":     {"دوره", "Round"},
	"review.risk":      {"خطر", "Risk"},
	"review.state":     {"وضعیت", "State"},
	"review.content":   {"اقدام", "Action"},
	"review.kind":      {"چه می‌شود", "What it becomes"},
	"review.owner":     {"مسئول", "Owner"},
	"review.due":       {"مهلت", "Due"},
	"review.had":       {"%[1]v استان این مشکل را داشته‌اند", "%[1]v provinces had this"},
	"review.provinces": {"استان", "Provinces"},

	"review.intro":           {"هر استان در هر نشست آموزش چه آورد.", "What each province brought to each session of training."},
	"review.empty":           {"نشستی با حضور دفترهای شما برنامه‌ریزی نشده است.", "No session with your offices is planned."},
	"review.one":             {"گزارش نشست", "Report of a session"},
	"review.heading":         {"نشست %[1]v: چه آورده شد", "Session %[1]v: what was brought"},
	"review.number":          {"نشست", "Session"},
	"review.day":             {"روز نخست", "First day"},
	"review.venue":           {"محل", "Venue"},
	"review.units":           {"استان‌ها", "Provinces"},
	"review.sums":            {"%[1]v مشکل باز، %[2]v بسته، %[3]v در همین نشست آورده شد.", "%[1]v problems open, %[2]v closed, %[3]v brought at this session."},
	"review.nothing":         {"هنوز چیزی نیاورده است.", "Nothing was brought yet."},
	"review.add":             {"ثبت مشکلی که در نشست گفته شد", "Record a problem that was told here"},
	"review.report":          {"گزارش PDF", "Report (PDF)"},
	"review.report.title":    {"آسیب‌شناسی: آنچه استان‌ها در نشست آوردند", "Lessons of earlier rounds: what the provinces brought"},
	"review.report.on":       {"تاریخ گزارش", "Day of the report"},
	"review.report.together": {"مشکل‌های مشترک", "The same in several provinces"},
	"review.report.actions":  {"اقدام‌ها", "Actions"},
}
