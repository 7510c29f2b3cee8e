package election

// The lookups walk the definition: whoever asks often keeps the answers. The
// pointers are into the definition.

// District returns the district with the id.
func (d *Definition) District(id string) (*District, bool) {
	return find(d.Districts, func(x *District) bool { return x.ID == id })
}

// Office returns the office with the id.
func (d *Definition) Office(id string) (*Office, bool) {
	return find(d.Offices, func(x *Office) bool { return x.ID == id })
}

// Contest returns the contest with the id.
func (d *Definition) Contest(id string) (*Contest, bool) {
	return find(d.Contests, func(x *Contest) bool { return x.ID == id })
}

// Branch returns the branch with the id.
func (d *Definition) Branch(id string) (*Branch, bool) {
	return find(d.Branches, func(x *Branch) bool { return x.ID == id })
}

// Trustee returns the trustee with the id.
func (d *Definition) Trustee(id string) (*Trustee, bool) {
	return find(d.Trustees, func(x *Trustee) bool { return x.ID == id })
}

// Mixer returns the mixer with the id.
func (d *Definition) Mixer(id string) (*Mixer, bool) {
	return find(d.Mixers, func(x *Mixer) bool { return x.ID == id })
}

// Witness returns the witness with the name.
func (d *Definition) Witness(name string) (*Witness, bool) {
	return find(d.Witnesses, func(x *Witness) bool { return x.Name == name })
}

// LawOf returns the version of the article that the contest rests on.
func (d *Definition) LawOf(c *Contest) (*Law, bool) {
	return find(d.Laws, func(x *Law) bool { return x.Article == c.Article })
}

// N returns the number of candidates, n.
func (c *Contest) N() int { return len(c.Candidates) }

// K returns the number of slots of a ballot, k, which is the vote limit.
func (c *Contest) K() int { return c.VoteLimit }

// Codes returns the codes of the candidates, 1..n in order.
func (c *Contest) Codes() []int { return sequence(1, c.N()) }

// BlankCodes returns the codes that stand for no candidate, n+1..n+k.
func (c *Contest) BlankCodes() []int { return sequence(c.N()+1, c.K()) }

// Code returns the code of the candidate with the id.
func (c *Contest) Code(candidate string) (int, bool) {
	for i := range c.Candidates {
		if c.Candidates[i].ID == candidate {
			return i + 1, true
		}
	}
	return 0, false
}

// Candidate returns the candidate with the code.
func (c *Contest) Candidate(code int) (*Candidate, bool) {
	if code < 1 || code > c.N() {
		return nil, false
	}
	return &c.Candidates[code-1], true
}

// List returns the list with the id.
func (c *Contest) List(id string) (*List, bool) {
	return find(c.Lists, func(x *List) bool { return x.ID == id })
}

// Members returns the codes of the candidates of a list, in order.
func (c *Contest) Members(list string) []int {
	var codes []int
	for i := range c.Candidates {
		if list != "" && c.Candidates[i].List == list {
			codes = append(codes, i+1)
		}
	}
	return codes
}

// Unit returns the planned unit with the id.
func (c *Contest) Unit(id string) (*Unit, bool) {
	return find(c.Units, func(x *Unit) bool { return x.ID == id })
}

// UnitOf returns the planned unit that the branch is in.
func (c *Contest) UnitOf(branch string) (*Unit, bool) {
	return find(c.Units, func(x *Unit) bool {
		for _, id := range x.Branches {
			if id == branch {
				return true
			}
		}
		return false
	})
}

func find[T any](s []T, is func(*T) bool) (*T, bool) {
	for i := range s {
		if is(&s[i]) {
			return &s[i], true
		}
	}
	return nil, false
}

func sequence(first, n int) []int {
	s := make([]int, max(n, 0))
	for i := range s {
		s[i] = first + i
	}
	return s
}
