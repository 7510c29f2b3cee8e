package count

import (
	"cmp"
	"slices"

	"github.com/sandogh/sandogh/election"
)

// plurality gives the seats to the candidates with the most votes and makes the
// next ones alternates, at large or for a single seat.
//
// Candidates with votes stand in a ranking of blocks: first by votes, and where
// a cut falls between equals, by the tie order. A block that a cut still parts
// is a tie for the lot, and until it is drawn its members hold no place but
// those that all of them get in any order.
func plurality(in input) Outcome {
	out := Outcome{Elected: []string{}, Alternates: []string{}, Questions: []Question{}}
	p := placer{input: in, out: &out, seatsLeft: in.c.Seats, alternatesLeft: in.c.Alternates}
	p.say(msgInput, in.c.Seats, in.c.Alternates, in.c.N(), in.ballots, total(in.votes), in.blank, in.c.Article)
	levels := p.levels()
	if len(levels) == 0 {
		p.say(msgNoVotes, in.c.Seats, in.c.Article)
		p.ask(NoValidVotes, nil, in.c.Seats, Seat)
		return out
	}
	for _, level := range levels {
		if p.seatsLeft == 0 && p.alternatesLeft == 0 {
			p.say(msgRest, p.votes[level[0]])
			break
		}
		p.level(level)
	}
	if p.seatsLeft > 0 {
		p.say(msgFewCandidates, p.seatsLeft, in.c.Article)
		p.ask(MoreSeatsThanCandidates, nil, p.seatsLeft, Seat)
	}
	if p.alternatesLeft > 0 && in.c.Alternates > 0 {
		p.say(msgFewAlternates, p.alternatesLeft)
	}
	return out
}

// A placer hands out places from the top of the ranking.
type placer struct {
	input
	out                       *Outcome
	seatsLeft, alternatesLeft int
}

// levels returns the indexes of the candidates with votes, those with equal
// votes together, most votes first, in the order of ids within.
func (p *placer) levels() [][]int {
	var with []int
	for i, v := range p.votes {
		if v > 0 {
			with = append(with, i)
		}
	}
	slices.SortFunc(with, func(i, j int) int {
		return cmp.Or(cmp.Compare(p.votes[j], p.votes[i]), cmp.Compare(p.id(i), p.id(j)))
	})
	return blocks(with, func(i, j int) bool { return p.votes[i] == p.votes[j] })
}

// level hands out the places that candidates with equal votes reach.
func (p *placer) level(level []int) {
	switch seats, alternates := p.seatsLeft, p.alternatesLeft; {
	case len(level) <= seats:
		p.give(level, Seat)
		return
	case len(level) == 1:
		p.give(level, Alternate)
		return
	case seats > 0:
		p.say(msgCut, p.people(level), p.votes[level[0]], p.place(Seat), seats)
	case len(level) > alternates:
		p.say(msgCut, p.people(level), p.votes[level[0]], p.place(Alternate), alternates)
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
		for rank, part := range parts {
			p.say(msgSettled, rank+1, p.people(part), p.why(part[0]), p.c.Article)
		}
	} else {
		p.say(msgNotSettled, p.people(level), p.c.Article)
	}
	return parts
}

// block hands out the places that a block reaches, by decision where a cut
// parts it, and asks where there is none.
func (p *placer) block(block []int) {
	seats, alternates := p.seatsLeft, p.alternatesLeft
	losers := len(block) - seats
	if losers <= 0 {
		p.give(block, Seat)
		return
	}
	if seats == 0 && alternates == 0 {
		return
	}
	var between []string
	for _, i := range block {
		between = append(between, p.id(i))
	}
	if order, ok := p.decided(between); ok {
		p.say(msgDecided, p.people(block), p.c.Article)
		block = slices.Clone(block)
		slices.SortFunc(block, func(i, j int) int {
			return cmp.Compare(slices.Index(order, p.id(i)), slices.Index(order, p.id(j)))
		})
		p.give(block[:seats], Seat)
		p.give(block[seats:], Alternate)
		return
	}
	if seats == 0 && losers <= alternates {
		if len(block) > 1 {
			p.say(msgIDOrder, p.people(block))
		}
		p.give(block, Alternate)
		return
	}
	if seats > 0 {
		p.seatsLeft = 0
		p.open(between, block, seats, Seat)
	}
	// Whoever gets no seat comes next among the alternates.
	if losers <= alternates {
		p.alternatesLeft -= losers
		p.say(msgLosers, losers, p.people(block))
	} else if alternates > 0 {
		p.alternatesLeft = 0
		p.open(between, block, alternates, Alternate)
	}
}

// give gives places to candidates in order, as far as there are any.
func (p *placer) give(candidates []int, place string) {
	for _, i := range candidates {
		switch {
		case place == Seat && p.seatsLeft > 0:
			p.seatsLeft--
			p.out.Elected = append(p.out.Elected, p.id(i))
			p.say(msgSeat, p.people([]int{i}), p.votes[i], p.c.Seats-p.seatsLeft, p.c.Seats)
		case place == Alternate && p.alternatesLeft > 0:
			p.alternatesLeft--
			p.out.Alternates = append(p.out.Alternates, p.id(i))
			p.say(msgAlternate, p.people([]int{i}), p.votes[i], p.c.Alternates-p.alternatesLeft, p.c.Alternates)
		}
	}
}

func (p *placer) open(between []string, block []int, n int, place string) {
	p.say(msgLot, p.people(block), n, p.place(place), p.c.Article)
	p.ask(Tie, between, n, place)
}

func (p *placer) ask(kind string, between []string, n int, place string) {
	p.out.Questions = append(p.out.Questions, Question{
		Kind: kind, Between: append([]string{}, between...), Seats: n, Place: place, Article: p.c.Article,
	})
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

func total(votes []int) int {
	sum := 0
	for _, v := range votes {
		sum += v
	}
	return sum
}
