package count

import "github.com/sandogh/sandogh/apportion"

// firstRound elects who reaches the threshold, those with the most votes if
// more do than there are seats. For each seat that is missing then, the next two
// candidates go to a second round, which is a contest of its own: its definition
// names the hash of this one's result.
func (p *placer) firstRound() error {
	f, err := apportion.ParseFraction(p.c.Threshold)
	if err != nil {
		return err
	}
	// A vote limit of one makes votes and valid ballots the same. With more, the
	// tally does not say how many ballots were wholly blank: all are counted.
	valid := p.Ballots
	if p.c.VoteLimit == 1 || p.c.VoteLimit == 0 && p.c.Seats == 1 {
		valid = total(p.votes)
	}
	p.say(msgFirstRound, digits(f.String()), valid, p.article())
	var reach []int
	for i, v := range p.votes {
		if v > 0 && f.ReachedBy(v, valid) {
			reach = append(reach, i)
		}
	}
	missing := max(p.c.Seats-len(reach), 0)
	ids := make([]string, len(reach))
	for i, x := range reach {
		ids[i] = p.id(x)
	}
	p.first = places(Seat, p.c.Seats)
	p.place(reach)
	if missing == 0 {
		return nil
	}
	rest := p.withVotes(ids)
	p.say(msgMissing, missing, 2*missing, p.article())
	p.first = places(Runoff, 2*missing)
	p.place(rest)
	if n := missing - len(rest); n > 0 {
		p.say(msgFewCandidates, n, p.article())
		return p.vacant(MoreSeatsThanCandidates, n)
	}
	return nil
}
