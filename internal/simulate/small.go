package simulate

import (
	"fmt"

	"github.com/sandogh/sandogh/election"
)

// Small returns the smallest election that has everything: four branches, one
// of them without a voter and two of them merged into a unit, and two seats
// for five candidates. It is for tests.
func Small(seed uint64) (*Election, error) {
	c := election.Contest{
		ID: "council", Name: election.Name{Fa: "شورای روستای آزمون (شبیه‌سازی‌شده)", En: "Council of the test village (simulated)"},
		District: "city", Rule: election.PluralityAtLarge, Article: articleAtLarge,
		Seats: 2, Alternates: 1, VoteLimit: 2, TieOrder: []string{election.TieLot}, MinUnit: 5,
	}
	for i, n := range smallNames {
		c.Candidates = append(c.Candidates, election.Candidate{ID: candidateID(i), Name: n})
	}
	e := &Election{}
	var branches []election.Branch
	for i, n := range []int{6, 3, 0, 4} {
		id := candidateID(i)
		branches = append(branches, election.Branch{ID: id, Name: election.Name{Fa: "شعبهٔ " + persianDigits(i+1), En: fmt.Sprintf("Branch %d", i+1)}, District: "city", Electorate: 10})
		c.Units = append(c.Units, election.Unit{ID: id, Branches: []string{id}})
		e.Branches = append(e.Branches, Branch{id, func() []Voter { return voters(c.ID, smallVoters(newRNG(seed, id), n)) }})
	}
	var err error
	e.Definition, e.Keys, err = define(election.Name{Fa: "انتخابات آزمون (شبیه‌سازی‌شده)", En: "Test election (simulated)"}, city, []election.Contest{c}, branches)
	return e, err
}

// smallVoters prefers the first candidates and gives nobody a tie; only the
// order in which a voter chooses depends on the seed.
func smallVoters(r *rng, n int) [][]int {
	out := make([][]int, n)
	for i := range out {
		switch {
		case i == 0:
			out[i] = []int{3}
		case i == 4:
			out[i] = []int{3, 4}
		case i%3 == 0:
			out[i] = []int{1}
		default:
			out[i] = []int{1, 2}
		}
		r.Shuffle(len(out[i]), func(a, b int) { out[i][a], out[i][b] = out[i][b], out[i][a] })
	}
	return out
}

// smallNames are invented people.
var smallNames = []election.Name{
	{Fa: "آرش نمونه‌پور", En: "Arash Nemunepur"}, {Fa: "بهاره فرضی", En: "Bahareh Farzi"}, {Fa: "پویا آزمونی", En: "Puya Azmuni"},
	{Fa: "ترانه مثالی", En: "Taraneh Mesali"}, {Fa: "جهان تمرینی", En: "Jahan Tamrini"},
}
