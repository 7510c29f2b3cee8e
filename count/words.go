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
		"ترتیب میان %[1]v با قرعه یا تصمیم ثبت‌شده تعیین شد (%[2]v).",
		"The order among %[1]v was decided by the lot or ruling on the record (%[2]v).",
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

func (p *placer) place(place string) Step {
	if place == Seat {
		return msgSeatName.step()
	}
	return msgAltName.step()
}
