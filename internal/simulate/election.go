package simulate

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/election"
)

// DefaultSeed is the seed of the demo. It leaves no tie; others may.
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

// Voters invents the selections of n voters of a branch.
func Voters(seed uint64, branch string, style election.Style, n int) []Voter {
	r := newRNG(seed, branch)
	out := make([]Voter, n)
	for i := range out {
		out[i] = Test(r, style)
	}
	return out
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
