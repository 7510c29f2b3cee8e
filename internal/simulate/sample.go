package simulate

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/election"
)

// DefaultSeed is the seed of the demo.
const DefaultSeed = 1404

type rng = rand.Rand

func newRNG(seed uint64, branch string) *rng {
	h := fnv.New64a()
	h.Write([]byte(branch))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// A Branch is a simulated branch with the selections of its voters.
type Branch struct {
	ID     string
	Voters func() []Voter // made anew at each call
}

// A Voter is what one simulated voter selects: one element for each contest of
// the branch's style, in its order.
type Voter []ballot.Selections

// voters are voters of a single contest.
func voters(contest string, codes [][]int) []Voter {
	out := make([]Voter, len(codes))
	for i, c := range codes {
		out[i] = Voter{{Contest: contest, Codes: c}}
	}
	return out
}

// An Election is a definition with everybody's keys and the simulated voters.
type Election struct {
	Definition *election.Definition
	Keys       *Keys
	Branches   []Branch
}

// Election returns the election of a statement. With limit > 0 at most so many
// ballots are cast in each branch.
func (s *Statement) Election(title string, seed uint64, limit int) (*Election, error) {
	c := election.Contest{
		ID: "council", Name: election.Name{Fa: "شورای شهر (شبیه‌سازی‌شده)", En: title + " (simulated)"},
		District: "city", Rule: election.PluralityAtLarge, Article: articleAtLarge,
		Seats: s.Seats, Alternates: 0, VoteLimit: s.Seats, TieOrder: []string{election.TieLot}, MinUnit: 50,
	}
	for i, name := range s.Candidates {
		c.Candidates = append(c.Candidates, election.Candidate{ID: candidateID(i), Name: election.Name{En: name}})
	}
	e := &Election{}
	var branches []election.Branch
	for i := range s.Precincts {
		p := &s.Precincts[i]
		branches = append(branches, election.Branch{ID: p.ID, Name: election.Name{Fa: "شعبهٔ " + p.Code, En: "Precinct " + p.Code}, District: "city", Electorate: p.Electorate})
		c.Units = append(c.Units, election.Unit{ID: p.ID, Branches: []string{p.ID}})
		e.Branches = append(e.Branches, Branch{p.ID, func() []Voter {
			b := p.ballots(newRNG(seed, p.ID), s.Seats)
			if limit > 0 && len(b) > limit {
				b = b[:limit]
			}
			return voters(c.ID, b)
		}})
	}
	var err error
	e.Definition, e.Keys, err = define(election.Name{Fa: "انتخابات نمونه از روی صورت آرا (شبیه‌سازی‌شده)", En: title + ", replayed from its statement of votes (simulated)"}, city, []election.Contest{c}, branches)
	return e, err
}

// Sample returns a small city: six branches elect a council of nine from 24
// candidates in three lists and independents.
func Sample(seed uint64) (*Election, error) {
	const seats, perBranch = 9, 33
	c := election.Contest{
		ID: "council", Name: election.Name{Fa: "شورای اسلامی شهر نمونه (شبیه‌سازی‌شده)", En: "Council of the sample city (simulated)"},
		District: "city", Rule: election.PluralityAtLarge, Article: articleAtLarge,
		Seats: seats, Alternates: 6, VoteLimit: seats,
		TieOrder: []string{election.TieVeteran, election.TieDegree, election.TieLot}, MinUnit: 50,
		Lists: []election.List{
			{ID: "A", Name: election.Name{Fa: "فهرست آبادانی", En: "List Abadani"}},
			{ID: "B", Name: election.Name{Fa: "فهرست همدلی", En: "List Hamdeli"}},
			{ID: "C", Name: election.Name{Fa: "فهرست امید شهر", En: "List Omid-e Shahr"}},
		},
	}
	for i, n := range sampleNames {
		list := ""
		if i < 21 {
			list = c.Lists[i/7].ID
		}
		c.Candidates = append(c.Candidates, election.Candidate{ID: candidateID(i), Name: n, List: list, Veteran: i%11 == 4, Degree: 2 + i%4})
	}
	e := &Election{}
	var branches []election.Branch
	for i, n := range sampleBranches {
		id := candidateID(i)
		branches = append(branches, election.Branch{ID: id, Name: n, District: "city", Electorate: 60})
		c.Units = append(c.Units, election.Unit{ID: id, Branches: []string{id}})
		e.Branches = append(e.Branches, Branch{id, func() []Voter { return voters(c.ID, sampleVoters(newRNG(seed, id), perBranch, seats)) }})
	}
	var err error
	e.Definition, e.Keys, err = define(election.Name{Fa: "انتخابات شورای شهر نمونه (شبیه‌سازی‌شده)", En: "Council election of the sample city (simulated)"}, city, []election.Contest{c}, branches)
	return e, err
}

// sampleVoters draws voters of whom most take a list and edit it, the others
// compose their own, and a few leave blanks.
func sampleVoters(r *rng, n, seats int) [][]int {
	// Candidates differ in popularity, so that an outcome is rarely a tie.
	weight := make([]float64, len(sampleNames))
	total := 0.0
	for i := range weight {
		weight[i] = 1 / (1 + float64(i*7%len(weight))/4)
		total += weight[i]
	}
	draw := func() int {
		x := r.Float64() * total
		for i, w := range weight {
			if x -= w; x < 0 {
				return i + 1
			}
		}
		return len(weight)
	}
	out := make([][]int, n)
	for i := range out {
		var b []int
		want := seats - r.IntN(4)
		if r.IntN(10) == 0 {
			want = r.IntN(3)
		} else if r.IntN(3) > 0 {
			list := []int{0, 0, 0, 1, 1, 2}[r.IntN(6)]
			for c := 7*list + 1; c <= 7*list+7; c++ {
				if r.IntN(8) > 0 {
					b = append(b, c)
				}
			}
		}
		for len(b) < want {
			if c := draw(); !slices.Contains(b, c) {
				b = append(b, c)
			}
		}
		slices.Sort(b)
		out[i] = b
	}
	return out
}

var sampleBranches = []election.Name{
	{Fa: "شعبهٔ ۱، مسجد جامع", En: "Branch 1, Friday mosque"},
	{Fa: "شعبهٔ ۲، دبستان دانش", En: "Branch 2, Danesh school"},
	{Fa: "شعبهٔ ۳، فرهنگ‌سرا", En: "Branch 3, culture house"},
	{Fa: "شعبهٔ ۴، دبیرستان فردوسی", En: "Branch 4, Ferdowsi school"},
	{Fa: "شعبهٔ ۵، ورزشگاه", En: "Branch 5, sports hall"},
	{Fa: "شعبهٔ ۶، کتابخانه", En: "Branch 6, library"},
}

// sampleNames are invented people.
var sampleNames = []election.Name{
	{Fa: "آرش نمونه‌پور", En: "Arash Nemunepur"}, {Fa: "بهاره فرضی", En: "Bahareh Farzi"}, {Fa: "پویا آزمونی", En: "Puya Azmuni"},
	{Fa: "ترانه مثالی", En: "Taraneh Mesali"}, {Fa: "جهان تمرینی", En: "Jahan Tamrini"}, {Fa: "چکامه خیالی", En: "Chakameh Khiyali"},
	{Fa: "حامد پنداری", En: "Hamed Pendari"}, {Fa: "خورشید نمونه‌ای", En: "Khorshid Nemunei"}, {Fa: "دلارام فرضی‌نیا", En: "Delaram Farziniya"},
	{Fa: "رامین آزمایش", En: "Ramin Azmayesh"}, {Fa: "زهره مثالیان", En: "Zohreh Mesaliyan"}, {Fa: "ژاله تمرین‌زاده", En: "Zhaleh Tamrinzadeh"},
	{Fa: "سیاوش خیال‌پرداز", En: "Siyavash Khiyalpardaz"}, {Fa: "شیرین پندار", En: "Shirin Pendar"}, {Fa: "صبا نمونه‌فر", En: "Saba Nemunefar"},
	{Fa: "طاها فرض‌آبادی", En: "Taha Farzabadi"}, {Fa: "عسل آزموده", En: "Asal Azmudeh"}, {Fa: "فرهاد مثال‌آور", En: "Farhad Mesalavar"},
	{Fa: "کیان تمرین‌پیشه", En: "Kiyan Tamrinpisheh"}, {Fa: "گلنار خیالباف", En: "Golnar Khiyalbaf"}, {Fa: "لاله پنداشته", En: "Laleh Pendashteh"},
	{Fa: "مهران نمونه‌نژاد", En: "Mehran Nemunenezhad"}, {Fa: "نگار فرضی‌پور", En: "Negar Farzipur"}, {Fa: "یاسمن آزمون‌گر", En: "Yasaman Azmungar"},
}

// Test returns what a simulated voter selects to challenge a device.
func Test(r *rng, style election.Style) Voter {
	var out Voter
	for _, c := range style.Contests {
		var codes []int
		for _, code := range r.Perm(c.N())[:r.IntN(min(c.N(), c.K())+1)] {
			codes = append(codes, code+1)
		}
		slices.Sort(codes)
		out = append(out, ballot.Selections{Contest: c.ID, Codes: codes})
	}
	return out
}
