package simulate

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/election"
)

// County returns a county that votes on one day: a city whose council of 21 is
// elected by lists in proportion, a city and a village at large, and all of
// them together in a by-election of the Majlis. There are about 130 voters in
// six branches.
func County(seed uint64) (*Election, error) {
	p := newRNG(seed, "people")
	people := names(p)
	majlis := election.Contest{
		ID: "majlis", Name: name("میان‌دوره‌ای مجلس", "By-election of the Majlis"), District: "county", Kind: election.KindMajlis,
		Rule: election.SingleSeatPlurality, Article: "majlis/by-election", Seats: 1, VoteLimit: 1,
		TieOrder: []string{election.TieLot}, MinUnit: 50, Candidates: candidates(people, 5, nil, 0),
	}
	large := election.Contest{
		ID: "council-large-city", Name: name("شورای کلان‌شهر", "Council of the large city"), District: "large-city", Kind: election.KindCity,
		Rule: election.RoundThenShare, Article: "proportional/seats", Seats: 21, Alternates: 11, VoteLimit: 21,
		TieOrder: councilTies, MinUnit: 50, ListLimits: election.ListLimits{Max: 21},
		Lists: []election.List{
			{ID: "A", Name: election.Name{Fa: "فهرست آبادانی", En: "List Abadani"}},
			{ID: "B", Name: election.Name{Fa: "فهرست همدلی", En: "List Hamdeli"}},
			{ID: "C", Name: election.Name{Fa: "فهرست امید شهر", En: "List Omid-e Shahr"}},
			{ID: "D", Name: election.Name{Fa: "فهرست پیشرفت", En: "List Pishraft"}},
		},
	}
	large.Candidates = candidates(people, 60, large.Lists, 13)
	city := election.Contest{
		ID: "council-city", Name: name("شورای شهر", "Council of the city"), District: "city", Kind: election.KindCity,
		Rule: election.PluralityAtLarge, Article: articleAtLarge, Seats: 5, Alternates: 3, VoteLimit: 5,
		TieOrder: councilTies, MinUnit: 50, Candidates: candidates(people, 14, nil, 0),
	}
	village := election.Contest{
		ID: "council-village", Name: name("شورای روستا", "Council of the village"), District: "village", Kind: election.KindVillage,
		Rule: election.PluralityAtLarge, Article: articleAtLarge, Seats: 3, Alternates: 2, VoteLimit: 3,
		TieOrder: councilTies, MinUnit: 50, Candidates: candidates(people, 7, nil, 0),
	}
	e := &Election{}
	var branches []election.Branch
	for _, place := range []struct {
		contest *election.Contest
		voters  []int
	}{{&large, []int{24, 24, 24}}, {&city, []int{22, 22}}, {&village, []int{20}}} {
		c := place.contest
		for i, n := range place.voters {
			b := election.Branch{ID: fmt.Sprintf("%s-%d", c.District, i+1), District: c.District, Electorate: 2 * n,
				Name: election.Name{Fa: fmt.Sprintf("شعبهٔ %s", persianDigits(len(branches)+1)), En: fmt.Sprintf("Branch %d", len(branches)+1)}}
			branches = append(branches, b)
			c.Units = append(c.Units, election.Unit{ID: b.ID, Branches: []string{b.ID}})
			majlis.Units = append(majlis.Units, election.Unit{ID: b.ID, Branches: []string{b.ID}})
			e.Branches = append(e.Branches, Branch{b.ID, func() []Voter { return countyVoters(newRNG(seed, b.ID), n, &majlis, c) }})
		}
	}
	var err error
	e.Definition, e.Keys, err = define(election.Name{Fa: "انتخابات شهرستان نمونه (شبیه‌سازی‌شده)", En: "Elections of the sample county (simulated)"},
		[]election.District{
			{ID: "county", Name: name("شهرستان نمونه", "Sample county"), Kind: election.County},
			{ID: "large-city", Name: name("کلان‌شهر", "Large city"), Kind: election.City, Parent: "county"},
			{ID: "city", Name: name("شهر", "City"), Kind: election.City, Parent: "county"},
			{ID: "bakhsh", Name: name("بخش مرکزی", "Central district"), Kind: election.Rural, Parent: "county"},
			{ID: "village", Name: name("روستا", "Village"), Kind: election.Village, Parent: "bakhsh"},
		},
		[]election.Contest{majlis, large, city, village}, branches)
	return e, err
}

var councilTies = []string{election.TieVeteran, election.TieDegree, election.TieLot}

// name marks what is invented.
func name(fa, en string) election.Name {
	return election.Name{Fa: fa + " (شبیه‌سازی‌شده)", En: en + " (simulated)"}
}

func persianDigits(n int) string {
	out := []rune(fmt.Sprint(n))
	for i, r := range out {
		out[i] = '۰' + r - '0'
	}
	return string(out)
}

// names yields invented people, each once.
func names(r *rng) func() election.Name {
	first := []election.Name{
		{Fa: "آرش", En: "Arash"}, {Fa: "بهاره", En: "Bahareh"}, {Fa: "پویا", En: "Puya"}, {Fa: "ترانه", En: "Taraneh"}, {Fa: "جهان", En: "Jahan"},
		{Fa: "چکامه", En: "Chakameh"}, {Fa: "حامد", En: "Hamed"}, {Fa: "خورشید", En: "Khorshid"}, {Fa: "دلارام", En: "Delaram"}, {Fa: "رامین", En: "Ramin"},
		{Fa: "زهره", En: "Zohreh"}, {Fa: "ژاله", En: "Zhaleh"}, {Fa: "سیاوش", En: "Siyavash"}, {Fa: "شیرین", En: "Shirin"}, {Fa: "فرهاد", En: "Farhad"},
	}
	last := []election.Name{
		{Fa: "نمونه‌پور", En: "Nemunepur"}, {Fa: "فرضی", En: "Farzi"}, {Fa: "آزمونی", En: "Azmuni"}, {Fa: "مثالی", En: "Mesali"},
		{Fa: "تمرینی", En: "Tamrini"}, {Fa: "خیالی", En: "Khiyali"}, {Fa: "پنداری", En: "Pendari"}, {Fa: "آزمایش", En: "Azmayesh"},
	}
	order := r.Perm(len(first) * len(last))
	next := 0
	return func() election.Name {
		i := order[next]
		next++
		f, l := first[i%len(first)], last[i/len(first)]
		return election.Name{Fa: f.Fa + " " + l.Fa, En: f.En + " " + l.En}
	}
}

// candidates returns n invented candidates, the first perList of them on the
// first list and so on; the others are independent.
func candidates(people func() election.Name, n int, lists []election.List, perList int) []election.Candidate {
	out := make([]election.Candidate, n)
	for i := range out {
		out[i] = election.Candidate{ID: candidateID(i), Name: people(), Veteran: i%11 == 4, Degree: 2 + i%4}
		if perList > 0 && i/perList < len(lists) {
			out[i].List = lists[i/perList].ID
		}
	}
	return out
}

// countyVoters draws voters of two contests. Of those who may take a list most
// do, and edit it; the others compose their own; a few leave blanks.
func countyVoters(r *rng, n int, contests ...*election.Contest) []Voter {
	out := make([]Voter, n)
	for i := range out {
		for _, c := range contests {
			out[i] = append(out[i], ballot.Selections{Contest: c.ID, Codes: choose(r, c)})
		}
	}
	return out
}

func choose(r *rng, c *election.Contest) []int {
	if r.IntN(12) == 0 {
		return nil // an explicit blank vote
	}
	var codes []int
	if len(c.Lists) > 0 && r.IntN(3) > 0 {
		// The lists differ in strength.
		list := c.Lists[[]int{0, 0, 0, 0, 1, 1, 1, 2, 2, 3}[r.IntN(10)]].ID
		for _, code := range c.Members(list) {
			if r.IntN(8) > 0 {
				codes = append(codes, code)
			}
		}
	}
	for want := c.K() - r.IntN(c.K()/2+1); len(codes) < want; {
		// Candidates differ in strength, so that an outcome is rarely a tie.
		// 17 is prime and divides no number of candidates here, so strength is
		// spread over the lists.
		i := int(float64(c.N()) * r.Float64() * r.Float64())
		if code := i*17%c.N() + 1; !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}
