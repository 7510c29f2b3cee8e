package count

import (
	"slices"
	"strings"
)

// ask puts a question.
func (p *placer) ask(kind, of string, between []string, n int, place string) {
	p.out.Questions = append(p.out.Questions, Question{
		Kind: kind, Between: append([]string{}, between...), Of: of, Seats: n, Place: place,
		Article: p.c.Article, Text: p.wanted(kind, of, between, n, place),
	})
}

// What a lot or a ruling must contain to settle a question.
var (
	msgAskTie = message{
		"میان %[1]v برای %[2]v %[3]v: قرعه، یا تصمیم ثبت‌شده با ترتیب همهٔ آنان؛ نخستین‌ها جا می‌گیرند.",
		"Between %[1]v, places for %[3]v: %[2]v. A lot settles it, or a ruling with the order of all of them; the first get the places.",
	}
	msgAskOver = message{
		"گرد کردن %[1]v کرسی بیش از %[2]v کرسی می‌دهد: تصمیم ثبت‌شده باید کرسی‌های همهٔ گروه‌ها را بدهد، روی هم دقیقاً %[2]v.",
		"Rounding gives more seats than there are, too many by %[1]v. A ruling must give the seats of all groups, together exactly %[2]v.",
	}
	msgAskHalf = message{
		"سهم %[1]v دقیقاً به نیم ختم می‌شود: تصمیم ثبت‌شده باید کرسی‌های هر یک را بدهد، گردشده به بالا یا پایین.",
		"The quotas of %[1]v end in exactly a half. A ruling must give the seats of each of them, one up or down.",
	}
	msgAskVacant = message{
		"%[1]v کرسی به کسی نمی‌رسد: تصمیم ثبت‌شده باید به ترتیب نام ببرد چه کسانی آنها را می‌گیرند، یا هیچ‌کس؛ آنگاه خالی می‌مانند.",
		"Seats that go to nobody: %[1]v. A ruling must name in order who takes them, or nobody: then they stay vacant.",
	}
	msgAskNobody = message{
		"هیچ گروهی به حد نصاب نمی‌رسد: تصمیم ثبت‌شده باید کرسی‌های گروه‌ها را بدهد، روی هم دقیقاً %[1]v.",
		"No group reaches the threshold. A ruling must give the seats of the groups, together exactly %[1]v.",
	}
	msgAskDraft = message{
		"%[1]v پیش‌نویس است: تصمیم ثبت‌شده باید بگوید که اجرا می‌شود؛ ترتیب آن خالی است.",
		"%[1]v is a draft. A ruling must say that it applies; its order is empty.",
	}
)

func (p *placer) wanted(kind, of string, between []string, n int, place string) Step {
	switch kind {
	case Tie:
		return msgAskTie.step(p.named(of, between), n, placeName(place))
	case OverAllocation:
		return msgAskOver.step(n, p.c.Seats)
	case Half:
		return msgAskHalf.step(p.named(of, between))
	case ThresholdNobody:
		return msgAskNobody.step(n)
	case DraftLaw:
		return msgAskDraft.step(p.article())
	}
	return msgAskVacant.step(n)
}

// named names candidates or groups by their ids.
func (p *placer) named(of string, ids []string) Step {
	if of == OfGroups {
		var s Step
		for i, id := range ids {
			x := p.groupName(id)
			if i > 0 {
				s.Fa, s.En = s.Fa+"، ", s.En+", "
			}
			s.Fa, s.En = s.Fa+x.Fa, s.En+x.En
		}
		return s
	}
	var who []int
	for i := range p.c.Candidates {
		if _, ok := slices.BinarySearch(ids, p.id(i)); ok {
			who = append(who, i)
		}
	}
	slices.SortFunc(who, func(i, j int) int { return strings.Compare(p.id(i), p.id(j)) })
	return p.people(who)
}
