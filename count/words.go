package count

import (
	"fmt"
	"strings"

	"github.com/sandogh/sandogh/election"
)

// A message is a sentence in both languages. Verbs may be indexed, since the
// languages put things in different places.
type message struct{ fa, en string }

var (
	msgInput = message{
		"%[1]v کرسی و %[2]v علی‌البدل؛ %[3]v نامزد، %[4]v برگهٔ رأی، %[5]v رأی معتبر به نامزدها، %[6]v انتخاب سفید (%[7]v).",
		"Seats: %[1]v; alternates: %[2]v; candidates: %[3]v; ballots: %[4]v; valid votes for candidates: %[5]v; blank selections: %[6]v (%[7]v).",
	}
	msgNoVotes = message{
		"هیچ نامزدی رأی ندارد؛ هر %[1]v کرسی بلاتکلیف است و نیاز به تصمیم ثبت‌شده دارد (%[2]v).",
		"No candidate has a vote; the seats (%[1]v) are open and need a recorded ruling (%[2]v).",
	}
	msgFewCandidates = message{
		"نامزدهای دارای رأی کمتر از کرسی‌ها هستند؛ %[1]v کرسی خالی است و نیاز به تصمیم ثبت‌شده دارد (%[2]v).",
		"Fewer candidates have votes than there are seats; seats vacant: %[1]v; they need a recorded ruling (%[2]v).",
	}
	msgFewAlternates = message{
		"نامزد دارای رأی دیگری نیست؛ %[1]v جای علی‌البدل خالی می‌ماند.",
		"No other candidate has votes; places of alternates that stay empty: %[1]v.",
	}
	msgCut = message{
		"%[1]v هر یک %[2]v رأی دارند و برای %[3]v تنها %[4]v جا مانده است.",
		"Equal votes, %[2]v each: %[1]v; places left for %[3]v: %[4]v.",
	}
	msgSuccession = message{
		"%[1]v هر یک %[2]v رأی دارند و همه علی‌البدل می‌شوند؛ ترتیب میان آنان:",
		"Equal votes, %[2]v each: %[1]v; all become alternates, and this is the order among them:",
	}
	msgSettled = message{
		"ترتیب %[1]v در آرای برابر: %[2]v — %[3]v (%[4]v).",
		"Rank %[1]v among equal votes: %[2]v: %[3]v (%[4]v).",
	}
	msgNotSettled = message{
		"ملاک‌های قانونی میان %[1]v تفاوتی نمی‌گذارد (%[2]v).",
		"The legal criteria do not separate %[1]v (%[2]v).",
	}
	msgIDOrder = message{
		"%[1]v همه علی‌البدل‌اند؛ ترتیب میان آنان را آرا و ملاک‌ها تعیین نمی‌کند و به ترتیب کد نوشته شده‌اند.",
		"%[1]v are all alternates; votes and criteria do not order them, and they are written by id.",
	}
	msgDecided = message{
		"ترتیب میان %[1]v با قرعه یا تصمیم ثبت‌شده چنین شد: %[3]v (%[2]v).",
		"The order among %[1]v was decided by the lot or ruling on the record: %[3]v (%[2]v).",
	}
	msgLosers = message{
		"%[1]v نفر از میان %[2]v که کرسی نمی‌گیرند علی‌البدل‌اند.",
		"Who gets no seat is an alternate: %[1]v of %[2]v.",
	}
	msgLot = message{
		"میان %[1]v برای %[2]v جای %[3]v قرعه لازم است (%[4]v).",
		"The lot must decide between %[1]v; places for %[3]v: %[2]v (%[4]v).",
	}
	msgSeat = message{
		"%[1]v با %[2]v رأی: کرسی %[3]v از %[4]v.",
		"%[1]v, votes %[2]v: seat %[3]v of %[4]v.",
	}
	msgAlternate = message{
		"%[1]v با %[2]v رأی: علی‌البدل %[3]v از %[4]v.",
		"%[1]v, votes %[2]v: alternate %[3]v of %[4]v.",
	}
	msgRest = message{
		"دیگران هر یک حداکثر %[1]v رأی دارند و جایی به آنان نمی‌رسد.",
		"The others have %[1]v votes or fewer each and get no place.",
	}
	msgWhy = message{"%[1]v، مدرک %[2]v", "%[1]v, degree %[2]v"}

	msgVeteran    = message{"ایثارگر", "veteran"}
	msgNotVeteran = message{"غیر ایثارگر", "not a veteran"}
	msgSeatName   = message{"کرسی", "seats"}
	msgAltName    = message{"علی‌البدلی", "alternates"}
	msgRunoffName = message{"دور دوم", "the second round"}
	msgCited      = message{"%[1]v، نسخهٔ %[2]v", "%[1]v, version %[2]v"}

	msgTakers = message{
		"به موجب تصمیم ثبت‌شده %[1]v کرسی می‌گیرند: %[2]v کرسی (%[3]v).",
		"By the ruling on the record %[1]v take seats: %[2]v (%[3]v).",
	}
	msgVacant = message{
		"به موجب تصمیم ثبت‌شده %[1]v کرسی خالی می‌ماند (%[2]v).",
		"By the ruling on the record seats stay vacant: %[1]v (%[2]v).",
	}
	msgDraft = message{
		"%[1]v پیش‌نویس است و بی تصمیم ثبت‌شده اجرا نمی‌شود؛ کسی منتخب نیست.",
		"%[1]v is a draft and does not apply without a ruling; nobody is elected.",
	}
	msgDraftApplies = message{
		"%[1]v پیش‌نویس است و به موجب تصمیم ثبت‌شده اجرا می‌شود.",
		"%[1]v is a draft and applies by the ruling on the record.",
	}

	msgFirstRound = message{
		"دور نخست: منتخب کسی است که دست کم %[1]v از %[2]v رأی معتبر را دارد (%[3]v).",
		"First round: elected is who has at least %[1]v of the valid votes, which are %[2]v (%[3]v).",
	}
	msgMissing = message{
		"%[1]v کرسی پر نشد؛ دور دوم میان دو برابر آن، حداکثر %[2]v نامزد با بیشترین رأی، برگزار می‌شود (%[3]v).",
		"Seats not filled: %[1]v; a second round is held among twice as many, at most %[2]v candidates, those with the most votes (%[3]v).",
	}
	msgRunoff = message{
		"%[1]v با %[2]v رأی: نفر %[3]v از %[4]v در دور دوم.",
		"%[1]v, votes %[2]v: goes to the second round, %[3]v of %[4]v.",
	}
	msgSecondRound = message{
		"دور دوم، با اکثریت نسبی؛ بر پایهٔ نتیجهٔ دور نخست با چکیدهٔ «%[1]s» (%[2]v).",
		"Second round, by plurality; it rests on the result of the first, SHA-256 %[1]q (%[2]v).",
	}
)

// say adds a step. Numbers are written in the digits of each language.
func (p *placer) say(m message, args ...any) { p.out.Steps = append(p.out.Steps, m.step(args...)) }

func (m message) step(args ...any) Step {
	fa, en := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case int:
			fa[i], en[i] = persian.Replace(fmt.Sprint(a)), a
		case Step:
			fa[i], en[i] = a.Fa, a.En
		default:
			fa[i], en[i] = a, a
		}
	}
	return Step{Fa: fmt.Sprintf(m.fa, fa...), En: fmt.Sprintf(m.en, en...)}
}

var persian = strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")

// people names candidates with their ids.
func (p *placer) people(candidates []int) Step {
	var fa, en []string
	for _, i := range candidates {
		x := &p.c.Candidates[i]
		if (x.Name == election.Name{En: x.ID}) { // no name but its id
			fa, en = append(fa, "«"+x.ID+"»"), append(en, x.ID)
			continue
		}
		english := x.Name.En
		if english == "" {
			english = x.Name.Fa
		}
		fa = append(fa, fmt.Sprintf("«%s» (%s)", x.Name, x.ID))
		en = append(en, fmt.Sprintf("%s (%s)", english, x.ID))
	}
	return Step{Fa: strings.Join(fa, "، "), En: strings.Join(en, ", ")}
}

// why says what the tie order looks at in a candidate.
func (p *placer) why(i int) Step {
	veteran := msgNotVeteran
	if p.c.Candidates[i].Veteran {
		veteran = msgVeteran
	}
	degree := p.c.Candidates[i].Degree
	var has [2]bool
	for _, t := range p.c.TieOrder {
		has[0] = has[0] || t == election.TieVeteran
		has[1] = has[1] || t == election.TieDegree
	}
	switch {
	case has[0] && has[1]:
		return msgWhy.step(veteran.step(), degree)
	case has[1]:
		return message{"مدرک %[1]v", "degree %[1]v"}.step(degree)
	}
	return veteran.step()
}

func placeName(place string) Step {
	switch place {
	case Seat:
		return msgSeatName.step()
	case Runoff:
		return msgRunoffName.step()
	}
	return msgAltName.step()
}

// article cites the contest's article, with its version where that is known.
func (in *input) article() Step {
	s := Step{Fa: in.c.Article, En: in.c.Article}
	if in.Law == nil {
		return s
	}
	version := Step{Fa: in.Law.Version, En: in.Law.Version}
	if strings.Trim(version.En, "0123456789-/") == "" { // a year or a date, not a name
		version.Fa = persian.Replace(version.En)
	}
	return msgCited.step(s, version)
}

// on cites what a decision rests on.
func (in *input) on(d *Decision) Step {
	if d.Article == "" {
		return in.article()
	}
	return Step{Fa: d.Article, En: d.Article}
}
