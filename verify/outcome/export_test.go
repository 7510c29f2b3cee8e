package outcome

import (
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
)

// Settled is what came of a contest.
type Settled struct {
	Outcome count.Outcome
	Answers [][]byte // that hold
	Wrong   map[uint64]string
	Unasked []*record.Question
}

// Settle walks through the proceedings of a contest.
func Settle(in count.Input, contest *Contest) (Settled, error) {
	id := in.Contest.ID
	c := &Checker{Contests: map[string]*Contest{id: contest}}
	s, err := c.settle(id, in)
	if err != nil {
		return Settled{}, err
	}
	out := Settled{Outcome: s.outcome, Answers: s.answers(), Wrong: map[uint64]string{}, Unasked: s.unasked}
	for _, w := range s.wrong {
		out.Wrong[w.entry] = w.text
	}
	return out, nil
}

// Entries numbers bodies as entries of headquarters' log and gives each a hash.
func Entries(bodies ...record.Body) (out []source.Entry[record.Body]) {
	for i, b := range bodies {
		out = append(out, source.Entry[record.Body]{Index: uint64(i), Body: b, Hash: [32]byte{byte(i), 1}})
	}
	return out
}
