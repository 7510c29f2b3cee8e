package count

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/election"
)

// proportional parts the seats among the lists, and all independents together,
// by the votes of their candidates (package apportion), and gives a group's
// seats to its members by their own votes: the lists are open.
//
// A group has as many candidates as stand in it, also those without a vote of
// their own. Who has the seats of a group that a tie between groups may still
// give one more is in the outcome as far as it is sure in either case.
func (p *placer) proportional() error {
	members := p.members()
	var groups []apportion.Group
	for name, of := range members {
		votes := 0
		for _, i := range of {
			votes += p.votes[i]
		}
		groups = append(groups, apportion.Group{Name: name, Votes: votes, Limit: len(of)})
	}
	f, err := apportion.ParseFraction(p.c.Threshold)
	if err != nil {
		return err
	}
	r, err := apportion.Seats(p.c.Rule, p.c.Seats, groups, apportion.Options{Threshold: f, Half: p.c.Half, Decide: p.answer})
	if err != nil {
		return err
	}
	for i, g := range r.Groups {
		p.out.Groups = append(p.out.Groups, Group{
			Name: g.Name, Votes: g.Votes, Quota: r.Quota(i).RatString(), QuotaSeats: g.First, Seats: g.Seats, Below: g.Below,
		})
	}
	p.explain(&r)
	if r.Open != nil && r.Open.Kind == apportion.NoVotes {
		return p.vacant(NoValidVotes, p.c.Seats)
	}
	var tied []string
	if r.Open != nil && r.Open.Kind != apportion.MoreSeats {
		p.ask(r.Open.Kind, OfGroups, r.Open.Groups, r.Open.Seats, Seat)
		if r.Open.Kind != apportion.Tie {
			return nil // any group may get more or fewer
		}
		tied = r.Open.Groups
	}
	for _, g := range r.Groups {
		if g.Seats > 0 {
			name := p.groupName(g.Name)
			p.group, p.first, p.second = &name, places(Seat, g.Seats), rank{}
			p.sure = slices.Contains(tied, g.Name)
			p.place(members[g.Name])
		}
	}
	p.group, p.sure = nil, false
	slices.SortFunc(p.out.Elected, func(a, b string) int {
		x, _ := p.c.Code(a)
		y, _ := p.c.Code(b)
		return cmp.Or(cmp.Compare(p.votes[y-1], p.votes[x-1]), cmp.Compare(a, b))
	})
	if r.Open != nil && r.Open.Kind == apportion.MoreSeats {
		if err := p.vacant(MoreSeatsThanCandidates, r.Open.Seats); err != nil {
			return err
		}
	}
	p.alternates()
	return nil
}

// alternates makes those alternates who have the most votes of all who are not
// elected, whatever their group: what the law says of this model is not
// published, so the steps say that it is a setting. They wait until every seat is
// settled.
func (p *placer) alternates() {
	if p.c.Alternates == 0 {
		return
	}
	if len(p.out.Questions) > 0 {
		p.say(msgAlternatesWait, p.article())
		return
	}
	p.say(msgAlternatesBy, p.c.Alternates, p.article())
	p.first, p.second = rank{place: Seat}, places(Alternate, p.c.Alternates)
	p.place(p.withVotes(p.out.Elected))
	if p.second.left > 0 {
		p.say(msgFewAlternates, p.second.left)
	}
}

// members returns the indexes of the candidates of each group.
func (p *placer) members() map[string][]int {
	members := make(map[string][]int)
	for _, l := range p.c.Lists {
		members[l.ID] = nil
	}
	for i := range p.c.Candidates {
		name := p.c.Candidates[i].List
		if name == "" {
			name = election.Independents
		}
		members[name] = append(members[name], i)
	}
	return members
}

// answer looks for the decision on a point that the allocation leaves open.
func (p *placer) answer(o apportion.Open) (apportion.Answer, bool) {
	d, ok := p.decided(o.Kind, OfGroups, o.Groups)
	if !ok {
		return apportion.Answer{}, false
	}
	p.settled = append(p.settled, msgSettledOpen.step(p.wanted(o.Kind, OfGroups, o.Groups, o.Seats, Seat), p.on(d)))
	return apportion.Answer{Order: d.Order, Seats: d.Seats}, true
}

// explain says how the allocation came about.
func (p *placer) explain(r *apportion.Result) {
	if r.All == 0 {
		p.say(msgNoVotes, p.c.Seats, p.article())
		return
	}
	p.say(ruleNames[r.Rule], r.House, r.All, p.article())
	for _, g := range r.Groups {
		if g.Below {
			p.say(msgBelow, p.groupName(g.Name), g.Votes, r.All, digits(p.c.Threshold), r.Total)
		}
	}
	divisors := r.Rule == election.DHondt || r.Rule == election.SainteLague
	left := r.House
	for i, g := range r.Groups {
		if g.Below {
			continue
		}
		if divisors {
			p.say(msgGroupVotes, p.groupName(g.Name), g.Votes)
			continue
		}
		q := r.Quota(i)
		exact := q.RatString()
		p.say(msgQuota, p.groupName(g.Name), r.House, g.Votes, r.Total, digits(exact), digits(q.FloatString(3)), g.First)
		if g.Half && r.Rule == election.RoundThenShare {
			p.say(msgHalf, p.groupName(g.Name), halfNames[cmp.Or(p.c.Half, apportion.HalfUp)].step())
		}
		if g.First == g.Limit && g.Votes > 0 {
			p.say(msgLimited, p.groupName(g.Name), g.Limit)
		}
		left -= g.First
	}
	if !divisors && left > 0 {
		by := msgByShare
		if r.Rule == election.LargestRemainder {
			by = msgByRemainder
		}
		p.say(msgLeft, left, by.step())
	}
	for n, a := range r.Awards {
		switch {
		case divisors:
			p.say(msgQuotient, n+1, p.groupName(a.Group), r.Groups[slices.IndexFunc(r.Groups, func(g apportion.Share) bool { return g.Name == a.Group })].Votes, a.Divisor)
		default:
			p.say(msgAward, p.groupName(a.Group), a.Pass)
		}
	}
	p.out.Steps = append(p.out.Steps, p.settled...)
	switch o := r.Open; {
	case o == nil:
		for _, g := range r.Groups {
			p.say(msgGroupSeats, p.groupName(g.Name), g.Seats, r.House)
		}
	case o.Kind == apportion.MoreSeats:
		p.say(msgFewInGroups, o.Seats, p.article())
	default:
		p.say(msgOpen, p.wanted(o.Kind, OfGroups, o.Groups, o.Seats, Seat), p.article())
	}
}

// groupName names a group.
func (p *placer) groupName(id string) Step {
	l, ok := p.c.List(id)
	switch {
	case !ok && id == election.Independents:
		return message{"مستقل‌ها", "the independents"}.step()
	case !ok || l.Name == (election.Name{En: id}): // no name but its id
		return Step{Fa: fmt.Sprintf("فهرست «%s»", id), En: "list " + id}
	}
	english := cmp.Or(l.Name.En, l.Name.Fa)
	return Step{Fa: fmt.Sprintf("فهرست «%s» (%s)", l.Name, l.ID), En: fmt.Sprintf("list %s (%s)", english, l.ID)}
}

func digits(s string) Step { return Step{Fa: persian.Replace(s), En: s} }

var ruleNames = map[string]message{
	election.RoundThenShare: {
		"مدل تناسبی: %[1]v کرسی؛ مجموع آرای معتبر نامزدها %[2]v. سهم هر گروه گرد می‌شود و ماندهٔ کرسی‌ها به ترتیب سهم آرا داده می‌شود (%[3]v).",
		"Proportional: seats %[1]v; valid votes of all candidates %[2]v. Each group's quota is rounded; what is left goes by share of votes (%[3]v).",
	},
	election.FloorThenShare: {
		"مدل تناسبی: %[1]v کرسی؛ مجموع آرای معتبر نامزدها %[2]v. از سهم هر گروه عدد صحیح آن و ماندهٔ کرسی‌ها به ترتیب سهم آرا داده می‌شود (%[3]v).",
		"Proportional: seats %[1]v; valid votes of all candidates %[2]v. Each group gets the whole part of its quota; what is left goes by share of votes (%[3]v).",
	},
	election.LargestRemainder: {
		"مدل تناسبی، بزرگ‌ترین باقی‌مانده: %[1]v کرسی؛ مجموع آرای معتبر نامزدها %[2]v (%[3]v؛ روش همیلتون با سهم هِیر).",
		"Proportional, largest remainder: seats %[1]v; valid votes of all candidates %[2]v (%[3]v; Hamilton's method with the Hare quota).",
	},
	election.DHondt: {
		"مدل تناسبی، دونت: %[1]v کرسی؛ مجموع آرای معتبر نامزدها %[2]v؛ مقسوم‌علیه‌ها ۱، ۲، ۳، … (%[3]v؛ دونت ۱۸۸۲).",
		"Proportional, D'Hondt: seats %[1]v; valid votes of all candidates %[2]v; divisors 1, 2, 3, … (%[3]v; D'Hondt 1882).",
	},
	election.SainteLague: {
		"مدل تناسبی، سنت‌لاگه: %[1]v کرسی؛ مجموع آرای معتبر نامزدها %[2]v؛ مقسوم‌علیه‌ها ۱، ۳، ۵، … (%[3]v؛ سنت‌لاگه ۱۹۱۰).",
		"Proportional, Sainte-Laguë: seats %[1]v; valid votes of all candidates %[2]v; divisors 1, 3, 5, … (%[3]v; Sainte-Laguë 1910).",
	},
}

var halfNames = map[string]message{
	apportion.HalfUp: {"به بالا", "up"}, apportion.HalfDown: {"به پایین", "down"},
	apportion.HalfEven: {"به عدد زوج", "to the even number"}, apportion.HalfQuestion: {"با تصمیم ثبت‌شده", "by a ruling"},
}

var (
	msgBelow = message{
		"%[1]v با %[2]v از %[3]v رأی به حد نصاب %[4]v نمی‌رسد و کنار می‌رود؛ مجموع آرای دیگران %[5]v است.",
		"%[1]v, with %[2]v of %[3]v votes, is below the threshold %[4]v and is out; the votes of the others together are %[5]v.",
	}
	msgQuota = message{
		"%[1]v: سهم %[2]v × %[3]v ÷ %[4]v = %[5]v (نزدیک به %[6]v)؛ کرسی: %[7]v.",
		"%[1]v: quota %[2]v × %[3]v ÷ %[4]v = %[5]v (about %[6]v); seats: %[7]v.",
	}
	msgHalf = message{
		"سهم %[1]v دقیقاً به نیم ختم می‌شود؛ قانون در این باره روشن نیست و تنظیم این رقابت آن را گرد می‌کند: %[2]v.",
		"The quota of %[1]v ends in exactly a half; the law is open here, and by this contest's setting it is rounded %[2]v.",
	}
	msgLimited = message{
		"%[1]v تنها %[2]v نامزد دارد و کرسی بیشتری نمی‌گیرد.",
		"%[1]v can take no more: its candidates are %[2]v.",
	}
	msgGroupVotes = message{"%[1]v: %[2]v رأی.", "%[1]v: votes %[2]v."}
	msgLeft       = message{
		"%[1]v کرسی مانده است و یکی‌یکی داده می‌شود، به ترتیب %[2]v.",
		"Seats left: %[1]v; they go one by one, in descending order of the %[2]v.",
	}
	msgByShare     = message{"سهم آرا", "share of votes"}
	msgByRemainder = message{"باقی‌ماندهٔ سهم", "fraction of the quota"}
	msgAward       = message{"دور %[2]v: یک کرسی به %[1]v.", "Pass %[2]v: one seat to %[1]v."}
	msgQuotient    = message{
		"کرسی %[1]v: بزرگ‌ترین خارج قسمت %[3]v ÷ %[4]v، %[2]v.",
		"Seat %[1]v: highest quotient %[3]v ÷ %[4]v, %[2]v.",
	}
	msgGroupSeats  = message{"%[1]v: %[2]v کرسی از %[3]v.", "%[1]v: seats %[2]v of %[3]v."}
	msgFewInGroups = message{
		"هیچ گروه دارای رأی نامزد دیگری ندارد؛ %[1]v کرسی مانده است (%[2]v).",
		"No group with votes has another candidate; seats left: %[1]v (%[2]v).",
	}
	msgOpen        = message{"بلاتکلیف: %[1]v (%[2]v)", "Open: %[1]v (%[2]v)"}
	msgSettledOpen = message{
		"%[1]v با قرعه یا تصمیم ثبت‌شده تعیین شد (%[2]v).",
		"%[1]v It was decided by the lot or ruling on the record (%[2]v).",
	}
	msgGroupSeat = message{
		"%[1]v با %[2]v رأی: کرسی %[3]v از %[4]v در %[5]v.",
		"%[1]v, votes %[2]v: seat %[3]v of %[4]v in %[5]v.",
	}
	msgAlternatesWait = message{
		"علی‌البدل‌ها پس از تعیین همهٔ کرسی‌ها معلوم می‌شوند (%[1]v).",
		"The alternates are named once every seat is settled (%[1]v).",
	}
	msgAlternatesBy = message{
		"علی‌البدل‌های مدل تناسبی در قانون منتشرشده نیامده است؛ تنظیم این رقابت: %[1]v نفر نخست به ترتیب رأی، از همهٔ گروه‌ها (%[2]v).",
		"What is published of the law does not name the alternates of the proportional model; by this contest's setting they are the first by votes of all groups, in number %[1]v (%[2]v).",
	}
)
