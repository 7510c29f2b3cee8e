package shape

import (
	"golang.org/x/text/unicode/bidi"
)

// maxDepth is UAX #9's BD2: isolates below it are as if they were not there.
const maxDepth = 125

// levels returns the embedding level of each rune of one paragraph whose own
// level is base: 0 from left to right, 1 from right to left. It is UAX #9 without
// the explicit embeddings and overrides (X2 to X5), which are taken as
// boundary-neutral: a name from outside cannot turn what follows it. L1 is left
// to the lines, which end without white space.
func levels(text []rune, base int) []uint8 {
	p := paragraph{text: text, class: make([]bidi.Class, len(text)), level: make([]uint8, len(text))}
	for i, r := range text {
		c, _ := bidi.LookupRune(r)
		p.class[i] = c.Class()
		switch p.class[i] {
		case bidi.LRE, bidi.RLE, bidi.LRO, bidi.RLO, bidi.PDF:
			p.class[i] = bidi.BN
		}
	}
	p.match()
	p.resolve(0, len(text), base)
	// X9: what has no part takes the level before it.
	for i := range text {
		if p.class[i] == bidi.BN {
			p.level[i] = uint8(base)
			if i > 0 {
				p.level[i] = p.level[i-1]
			}
		}
	}
	return p.level
}

type paragraph struct {
	text  []rune
	class []bidi.Class
	level []uint8
	pdi   []int // by isolate initiator: where it ends, or len(text)
}

func isolates(c bidi.Class) bool { return c == bidi.LRI || c == bidi.RLI || c == bidi.FSI }

// match pairs isolate initiators with what ends them (BD9).
func (p *paragraph) match() {
	p.pdi = make([]int, len(p.text))
	var open []int
	for i, c := range p.class {
		switch {
		case isolates(c):
			p.pdi[i] = len(p.text)
			open = append(open, i)
		case c == bidi.PDI && len(open) > 0:
			p.pdi[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
}

// resolve gives levels to the isolating run sequence of text[start:end] at the
// given level, and to the isolates in it. Without embeddings there is one
// sequence at each depth, whose neighbours (sos, eos) have its own direction.
func (p *paragraph) resolve(start, end, level int) {
	seq := sequence{p: p, level: level}
	for i := start; i < end; i++ {
		c := p.class[i]
		if c != bidi.BN {
			seq.at = append(seq.at, i)
			seq.class = append(seq.class, c)
		}
		if !isolates(c) {
			continue
		}
		inner := level + 2 - level%2 // LRI
		if c == bidi.RLI || c == bidi.FSI && p.first(i+1, p.pdi[i]) == bidi.R {
			inner = level + 1 + level%2
		}
		if inner > maxDepth {
			continue // its text is part of this sequence
		}
		p.resolve(i+1, p.pdi[i], inner)
		i = p.pdi[i] - 1
	}
	seq.weak()
	seq.brackets()
	seq.neutral()
	for k, i := range seq.at {
		p.level[i] = uint8(level)
		switch c := seq.class[k]; {
		case level%2 == 0 && c == bidi.R, level%2 == 1 && c != bidi.R: // I1, I2
			p.level[i]++
		case level%2 == 0 && c != bidi.L:
			p.level[i] += 2
		}
	}
}

// first is the direction of the first strong rune of a span, outside isolates (P2, P3).
func (p *paragraph) first(start, end int) bidi.Class {
	for i := start; i < end; i++ {
		switch c := p.class[i]; {
		case c == bidi.L:
			return bidi.L
		case c == bidi.R || c == bidi.AL:
			return bidi.R
		case isolates(c):
			i = p.pdi[i]
		}
	}
	return bidi.L
}

// A sequence is an isolating run sequence (BD13).
type sequence struct {
	p     *paragraph
	level int
	at    []int // places in the paragraph
	class []bidi.Class
}

func (s *sequence) own() bidi.Class {
	if s.level%2 == 1 {
		return bidi.R
	}
	return bidi.L
}

// weak is W1 to W7.
func (s *sequence) weak() {
	c := s.class
	prev, strong := s.own(), s.own()
	for i := range c {
		if c[i] == bidi.NSM { // W1
			c[i] = prev
			if isolates(prev) || prev == bidi.PDI {
				c[i] = bidi.ON
			}
		}
		prev = c[i]
		switch c[i] {
		case bidi.L, bidi.R, bidi.AL:
			strong = c[i]
		case bidi.EN:
			if strong == bidi.AL { // W2
				c[i] = bidi.AN
			}
		}
	}
	for i := range c { // W3
		if c[i] == bidi.AL {
			c[i] = bidi.R
		}
	}
	for i := 1; i < len(c)-1; i++ { // W4
		if before, after := c[i-1], c[i+1]; before == after &&
			(before == bidi.EN && (c[i] == bidi.ES || c[i] == bidi.CS) || before == bidi.AN && c[i] == bidi.CS) {
			c[i] = before
		}
	}
	for i := 0; i < len(c); i++ { // W5
		if c[i] != bidi.ET {
			continue
		}
		end := i
		for end < len(c) && c[end] == bidi.ET {
			end++
		}
		if i > 0 && c[i-1] == bidi.EN || end < len(c) && c[end] == bidi.EN {
			fill(c[i:end], bidi.EN)
		}
		i = end - 1
	}
	strong = s.own()
	for i := range c {
		switch c[i] {
		case bidi.ES, bidi.ET, bidi.CS: // W6
			c[i] = bidi.ON
		case bidi.L, bidi.R:
			strong = c[i]
		case bidi.EN:
			if strong == bidi.L { // W7
				c[i] = bidi.L
			}
		}
	}
}

func fill(c []bidi.Class, with bidi.Class) {
	for i := range c {
		c[i] = with
	}
}

// closing returns what closes a bracket (Bidi_Paired_Bracket), with U+2329 and
// U+232A as what they are canonically equal to.
func closing(open rune) rune {
	switch open {
	case '[', '{':
		return open + 2
	case 0x2329:
		return 0x3009
	case 0x298D:
		return 0x2990
	case 0x298F:
		return 0x298E
	}
	return open + 1
}

// brackets is N0: the two of a pair point the same way.
func (s *sequence) brackets() {
	type waiting struct {
		closing rune
		k       int
	}
	var open []waiting
	closed := map[int]int{}
	for k, i := range s.at {
		r := s.p.text[i]
		props, _ := bidi.LookupRune(r)
		if s.class[k] != bidi.ON || !props.IsBracket() {
			continue
		}
		if props.IsOpeningBracket() {
			if len(open) == 63 { // BD16
				break
			}
			open = append(open, waiting{closing(r), k})
			continue
		}
		if r == 0x232A {
			r = 0x3009
		}
		for n := len(open) - 1; n >= 0; n-- {
			if open[n].closing == r {
				closed[open[n].k] = k
				open = open[:n]
				break
			}
		}
	}
	before := s.own()
	for k := range s.at {
		if end, ok := closed[k]; ok {
			if c, ok := s.inside(k, end, before); ok {
				s.turn(k, c)
				s.turn(end, c)
			}
		}
		if c := direction(s.class[k]); c != bidi.ON {
			before = c
		}
	}
}

// direction is what counts as L or R in rules N0 to N2.
func direction(c bidi.Class) bidi.Class {
	switch c {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// inside returns the direction of a pair of brackets, if something decides it.
func (s *sequence) inside(start, end int, before bidi.Class) (bidi.Class, bool) {
	other := false
	for _, c := range s.class[start+1 : end] {
		switch direction(c) {
		case s.own():
			return s.own(), true
		case bidi.L, bidi.R:
			other = true
		}
	}
	if !other {
		return 0, false
	}
	return before, true // the other direction if that stands before, else its own
}

// turn sets a bracket's direction, and that of the marks upon it.
func (s *sequence) turn(k int, c bidi.Class) {
	s.class[k] = c
	for k++; k < len(s.at) && s.p.class[s.at[k]] == bidi.NSM; k++ {
		s.class[k] = c
	}
}

// neutral is N1 and N2.
func (s *sequence) neutral() {
	before := s.own()
	for i := 0; i < len(s.class); i++ {
		if c := direction(s.class[i]); c != bidi.ON {
			before = c
			continue
		}
		end, after := i, s.own()
		for ; end < len(s.class); end++ {
			if c := direction(s.class[end]); c != bidi.ON {
				after = c
				break
			}
		}
		if before != after {
			after = s.own()
		}
		fill(s.class[i:end], after)
		i = end - 1
	}
}
