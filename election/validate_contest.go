package election

import (
	"slices"

	"github.com/sandogh/sandogh/apportion"
)

func (v *validator) contest(p string, c *Contest) {
	v.name(p+".name", c.Name)
	if !v.isDistrict(c.District) {
		v.add(p+".district", "there is no district %s: add it, or correct the id", quote(c.District))
	}
	switch n := v.articles[c.Article]; {
	case n == 0:
		v.add(p+".article", "%s is not among the laws: name its version in laws", quote(c.Article))
	case n > 1:
		v.add(p+".article", "%s is among the laws in %d versions: keep the one that applies", quote(c.Article), n)
	}
	v.rule(p, c)
	v.between(p+".vote_limit", c.VoteLimit, 1, MaxVoteLimit)
	if c.Rule == SingleSeatPlurality && c.VoteLimit > 1 && c.VoteLimit <= MaxVoteLimit {
		v.add(p+".vote_limit", "%d votes under single-seat-plurality: write 1, or another rule", c.VoteLimit)
	}
	if f, err := apportion.ParseFraction(c.Threshold); err == nil && f != f.Lowest() {
		v.add(p+".threshold", "%s is not in lowest terms: write %s", c.Threshold, f.Lowest())
	}
	if c.Rule == TwoRound && c.Round == 2 && c.PreviousResult == "" {
		v.add(p+".previous_result", "no result of round one: write the hash of its entry")
	}
	v.place(p, c)
	v.between(p+".min_unit", c.MinUnit, 2, MaxPersons)
	v.candidates(p, c)
}

// place checks that a contest of a kind is held in a district where such a
// contest is held.
func (v *validator) place(p string, c *Contest) {
	i, ok := v.districtIx[c.District]
	if !ok {
		return // that is a fault of its own
	}
	in := v.d.Districts[i].Kind
	want := map[string][]string{
		KindCity:    {City, Constituency}, // Tehran, Rey and Tajrish elect one council
		KindVillage: {Village},
		KindExperts: {Province},
	}[c.Kind]
	if want != nil && slices.Contains(kinds, in) && !slices.Contains(want, in) {
		v.add(p+".kind", "a contest of kind %s in a district of kind %s: correct one", c.Kind, in)
	}
}

func (v *validator) tieOrder(p string, order []string) {
	for i, s := range order {
		switch {
		case s != TieVeteran && s != TieDegree && s != TieLot:
			v.add(at(p, i), "%s settles no tie: write veteran, degree or lot", quote(s))
		case slices.Contains(order[:i], s):
			v.add(at(p, i), "%s is written twice: keep one", quote(s))
		}
	}
	if len(order) == 0 || order[len(order)-1] != TieLot {
		v.add(p, "does not end with lot: write lot last, so that every tie can be settled")
	}
}

func (v *validator) candidates(p string, c *Contest) {
	lp, cp := join(p, "lists"), join(p, "candidates")
	v.count(lp, len(c.Lists), 0)
	lists := v.unique(lp, len(c.Lists), func(i int) string { return c.Lists[i].ID })
	for i, l := range c.Lists {
		v.name(at(lp, i)+".name", l.Name)
	}
	v.listLengths(lp, c)
	v.count(cp, len(c.Candidates), 1)
	if len(c.Candidates) > MaxCandidates {
		v.add(cp, "%d candidates: keep them within %d", len(c.Candidates), MaxCandidates)
	}
	v.unique(cp, len(c.Candidates), func(i int) string { return c.Candidates[i].ID })
	for i, x := range c.Candidates {
		q := at(cp, i)
		v.name(q+".name", x.Name)
		if _, ok := lists[x.List]; x.List != "" && !ok {
			v.add(q+".list", "there is no list %s in the contest: add it, or correct the id", quote(x.List))
		}
		if x.Photo != "" {
			v.hash(q+".photo", x.Photo)
		}
		v.between(q+".degree", x.Degree, 0, 9)
	}
}

// plans checks the tally units: every branch that votes in a contest is in
// exactly one of its units, and no other branch is.
func (v *validator) plans() {
	voters := v.voters()
	for i := range v.d.Contests {
		c := &v.d.Contests[i]
		p := at("contests", i) + ".units"
		v.count(p, len(c.Units), 1)
		v.unique(p, len(c.Units), func(j int) string { return c.Units[j].ID })
		planned := make(map[int]string)
		for j, u := range c.Units {
			q := at(p, j) + ".branches"
			v.count(q, len(u.Branches), 1)
			for l, id := range u.Branches {
				b, ok := v.branchIx[id]
				first, again := planned[b]
				switch {
				case !ok:
					v.add(at(q, l), "there is no branch %s: add it, or correct the id", quote(id))
				case again:
					v.add(at(q, l), "the branch %s is in %s too: keep one", quote(id), first)
				case !voters[i][b] && v.forestKnown && v.isDistrict(c.District) && v.isDistrict(v.d.Branches[b].District):
					v.add(at(q, l), "the branch %s does not vote in this contest: remove it", quote(id))
				default:
					planned[b] = at(p, j)
				}
			}
		}
		for b := range v.d.Branches {
			if _, ok := planned[b]; !ok && voters[i][b] {
				v.add(p, "the branch %s is in no unit: add it to one", quote(v.d.Branches[b].ID))
			}
		}
	}
}

// voters returns, for each contest, the indexes of the branches that vote in it.
func (v *validator) voters() []map[int]bool {
	voters := make([]map[int]bool, len(v.d.Contests))
	for i := range voters {
		voters[i] = make(map[int]bool)
	}
	f := v.d.forest()
	for b := range v.d.Branches {
		for _, i := range f.contestsOf(v.d.Branches[b].District) {
			voters[i][b] = true
		}
	}
	return voters
}
