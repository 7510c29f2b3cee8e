package count

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/election"
)

// plurality gives the seats to the candidates with the most votes and makes the
// next ones alternates, at large or for a single seat; so does the second round
// of two. The Experts' plurality in a province is the same with an article of
// its own.
//
// Candidates with votes stand in a ranking of blocks: first by votes, and where
// a cut falls between equals, by the tie order. A block that a cut still parts
// is a tie for the lot, and until it is drawn its members hold no place but
// those that all of them get in any order.
func (p *placer) plurality() error {
	if p.c.Rule == election.TwoRound {
		p.say(msgSecondRound, p.c.PreviousResult, p.article())
	}
	p.first, p.second = places(Seat, p.c.Seats), places(Alternate, p.c.Alternates)
	p.place(p.withVotes(nil))
	if p.first.left > 0 {
		p.say(msgFewCandidates, p.first.left, p.article())
		if err := p.vacant(MoreSeatsThanCandidates, p.first.left); err != nil {
			return err
		}
	}
	if p.second.left > 0 {
		p.say(msgFewAlternates, p.second.left)
	}
	return nil
}

// A placer hands out places from the top of a ranking: the first kind, and then
// to whoever comes next the second.
type placer struct {
	*input
	out           *Outcome
	first, second rank
	group         *Step  // whose seats they are, if they are a group's
	settled       []Step // what was decided about groups
	sure          bool   // what a cut parts is not asked yet: the number of places is not settled
}

// A rank is a number of places of one kind.
type rank struct {
	place       string
	left, total int
}

func places(place string, n int) rank { return rank{place, n, n} }

// place hands out the places to the candidates.
func (p *placer) place(candidates []int) {
	for _, level := range p.levels(candidates) {
		if p.first.left == 0 && p.second.left == 0 {
			p.say(msgRest, p.votes[level[0]])
			break
		}
		p.level(level)
	}
}

// withVotes returns the indexes of the candidates with votes that are not left
// out.
func (p *placer) withVotes(without []string) []int {
	var with []int
	for i, v := range p.votes {
		if v > 0 && !slices.Contains(without, p.id(i)) {
			with = append(with, i)
		}
	}
	return with
}

// levels parts candidates into those with equal votes, most votes first, in the
// order of ids within.
func (p *placer) levels(candidates []int) [][]int {
	slices.SortFunc(candidates, func(i, j int) int {
		return cmp.Or(cmp.Compare(p.votes[j], p.votes[i]), cmp.Compare(p.id(i), p.id(j)))
	})
	return blocks(candidates, func(i, j int) bool { return p.votes[i] == p.votes[j] })
}

// level hands out the places that candidates with equal votes reach.
func (p *placer) level(level []int) {
	switch first, second := p.first.left, p.second.left; {
	case len(level) <= first:
		p.give(level, &p.first)
		return
	case len(level) == 1:
		p.give(level, &p.second)
		return
	case first > 0:
		p.say(msgCut, p.people(level), p.votes[level[0]], placeName(p.first.place), first)
	case len(level) > second:
		p.say(msgCut, p.people(level), p.votes[level[0]], placeName(p.second.place), second)
	default:
		p.say(msgSuccession, p.people(level), p.votes[level[0]])
	}
	for _, block := range p.settle(level) {
		p.block(block)
	}
}

// settle parts equals by the tie order: those the law prefers first. Members of
// one block differ in nothing that the tie order looks at.
func (p *placer) settle(level []int) [][]int {
	var by []func(i, j int) int
	for _, t := range p.c.TieOrder {
		switch t {
		case election.TieVeteran:
			by = append(by, func(i, j int) int { return cmp.Compare(p.veteran(j), p.veteran(i)) })
		case election.TieDegree:
			by = append(by, func(i, j int) int { return cmp.Compare(p.c.Candidates[j].Degree, p.c.Candidates[i].Degree) })
		}
	}
	order := func(i, j int) int {
		for _, f := range by {
			if r := f(i, j); r != 0 {
				return r
			}
		}
		return 0
	}
	level = slices.Clone(level)
	slices.SortStableFunc(level, order) // ids stay in order within a block
	parts := blocks(level, func(i, j int) bool { return order(i, j) == 0 })
	if len(parts) > 1 {
		for n, part := range parts {
			p.say(msgSettled, n+1, p.people(part), p.why(part[0]), p.article())
		}
	} else {
		p.say(msgNotSettled, p.people(level), p.article())
	}
	return parts
}

// block hands out the places that a block reaches, by decision where a cut
// parts it, and asks where there is none.
func (p *placer) block(block []int) {
	first, second := p.first.left, p.second.left
	losers := len(block) - first
	switch {
	case losers <= 0:
		p.give(block, &p.first)
		return
	case first == 0 && second == 0:
		return
	case p.sure:
		p.first.left = 0
		return
	}
	var between []string
	for _, i := range block {
		between = append(between, p.id(i))
	}
	if d, ok := p.decided(Tie, OfCandidates, between); ok {
		tied := p.people(block)
		block = slices.Clone(block)
		slices.SortFunc(block, func(i, j int) int {
			return cmp.Compare(slices.Index(d.Order, p.id(i)), slices.Index(d.Order, p.id(j)))
		})
		p.say(msgDecided, tied, p.on(d), p.people(block))
		p.give(block[:first], &p.first)
		p.give(block[first:], &p.second)
		return
	}
	if first == 0 && losers <= second {
		if len(block) > 1 {
			p.say(msgIDOrder, p.people(block))
		}
		p.give(block, &p.second)
		return
	}
	if first > 0 {
		p.first.left = 0
		p.open(between, block, first, p.first.place)
	}
	// Whoever gets no seat comes next among the alternates.
	if losers <= second {
		p.second.left -= losers
		p.say(msgLosers, losers, p.people(block))
	} else if second > 0 {
		p.second.left = 0
		p.open(between, block, second, p.second.place)
	}
}

// give gives places to candidates in order, as far as there are any.
func (p *placer) give(candidates []int, r *rank) {
	for _, i := range candidates[:min(len(candidates), r.left)] {
		r.left--
		who, n := p.people([]int{i}), r.total-r.left
		switch r.place {
		case Seat:
			p.out.Elected = append(p.out.Elected, p.id(i))
			if p.group != nil {
				p.say(msgGroupSeat, who, p.votes[i], n, r.total, *p.group)
			} else {
				p.say(msgSeat, who, p.votes[i], n, r.total)
			}
		case Alternate:
			p.out.Alternates = append(p.out.Alternates, p.id(i))
			p.say(msgAlternate, who, p.votes[i], n, r.total)
		case Runoff:
			p.out.Runoff = append(p.out.Runoff, p.id(i))
			p.say(msgRunoff, who, p.votes[i], n, r.total)
		}
	}
}

// vacant settles seats that votes give to nobody: by decision, or it asks.
func (p *placer) vacant(kind string, n int) error {
	d, ok := p.decided(kind, OfCandidates, nil)
	if !ok {
		p.ask(kind, OfCandidates, nil, n, Seat)
		return nil
	}
	if d.Seats != nil || len(d.Order) > n {
		return fmt.Errorf("the decision on %s must name at most %d candidates, in order", kind, n)
	}
	var takers []int
	for _, id := range d.Order {
		code, ok := p.c.Code(id)
		if !ok || slices.Contains(p.out.Elected, id) || slices.Contains(takers, code-1) {
			return fmt.Errorf("the decision on %s names %q: name candidates who are not elected, each once", kind, id)
		}
		takers = append(takers, code-1)
		p.out.Elected = append(p.out.Elected, id)
	}
	p.out.Alternates = slices.DeleteFunc(p.out.Alternates, func(id string) bool { return slices.Contains(d.Order, id) })
	if len(takers) > 0 {
		p.say(msgTakers, p.people(takers), len(takers), p.on(d))
	}
	if left := n - len(takers); left > 0 {
		p.say(msgVacant, left, p.on(d))
	}
	return nil
}

func (p *placer) open(between []string, block []int, n int, place string) {
	p.say(msgLot, p.people(block), n, placeName(place), p.article())
	p.ask(Tie, OfCandidates, between, n, place)
}

func (p *placer) id(i int) string { return p.c.Candidates[i].ID }

func (p *placer) veteran(i int) int {
	if p.c.Candidates[i].Veteran {
		return 1
	}
	return 0
}

// blocks parts a slice where neighbours are not the same.
func blocks(s []int, same func(i, j int) bool) [][]int {
	var parts [][]int
	for i, x := range s {
		if i == 0 || !same(s[i-1], x) {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], x)
	}
	return parts
}
