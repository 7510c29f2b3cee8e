package transcript_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/sandogh/sandogh/crypto/transcript"
)

// What follows is the rest of the draft's codecs and its example protocol:
// clients of the sponge that no proof of this module needs, and the vectors do.

var (
	errShort     = errors.New("too few bytes")
	errCanonical = errors.New("not below the modulus")
	errRound     = errors.New("the round's sum differs")
	errTrailing  = errors.New("trailing bytes")
	errFinal     = errors.New("the final evaluation differs")
)

// size is Ns, the least number of bytes that hold the integers below m.
func size(m *big.Int) int { return (new(big.Int).Sub(m, big.NewInt(1)).BitLen() + 7) / 8 }

// appendUint appends x < m as Ns bytes little-endian.
func appendUint(b []byte, x, m *big.Int) []byte {
	le := x.FillBytes(make([]byte, size(m)))
	slices.Reverse(le)
	return append(b, le...)
}

// readUint takes an integer below m off the front.
func readUint(b []byte, m *big.Int) (x *big.Int, rest []byte, err error) {
	n := size(m)
	if len(b) < n {
		return nil, nil, errShort
	}
	if x = littleEndian(b[:n]); x.Cmp(m) >= 0 {
		return nil, nil, errCanonical
	}
	return x, b[n:], nil
}

// readField takes an element of degree k over the field of m elements.
func readField(b []byte, m *big.Int, k int) (x []*big.Int, rest []byte, err error) {
	rest = b
	for range k {
		var c *big.Int
		if c, rest, err = readUint(rest, m); err != nil {
			return nil, nil, err
		}
		x = append(x, c)
	}
	return x, rest, nil
}

// readString takes what AppendString wrote off the front.
func readString(b []byte) (s, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errShort
	}
	n, rest := binary.LittleEndian.Uint32(b), b[4:]
	if uint64(n) > uint64(len(rest)) {
		return nil, nil, errShort
	}
	return rest[:n], rest[n:], nil
}

func littleEndian(b []byte) *big.Int {
	be := slices.Clone(b)
	slices.Reverse(be)
	return new(big.Int).SetBytes(be)
}

// A sumcheck is the draft's example: the claim that a table of 2^v values sums
// to S, reduced in v rounds to one evaluation.
type sumcheck struct {
	p *big.Int
	v int
	S *big.Int
}

func (c sumcheck) absorb(s *transcript.Sponge) {
	s.Absorb(appendUint(transcript.AppendUint32(nil, uint32(c.v)), c.S, c.p))
}

// challenge squeezes without the 16 bytes that make it unbiased, as the example
// has it.
func (c sumcheck) challenge(s *transcript.Sponge) *big.Int {
	r := littleEndian(s.Squeeze(size(c.p)))
	return r.Mod(r, c.p)
}

// prove returns the messages and the evaluation at the challenges.
func (c sumcheck) prove(s *transcript.Sponge, table []*big.Int) (narg []byte, final *big.Int) {
	c.absorb(s)
	table = slices.Clone(table)
	for range c.v {
		even, odd := new(big.Int), new(big.Int)
		for j, w := range table {
			if j%2 == 0 {
				even.Add(even, w)
			} else {
				odd.Add(odd, w)
			}
		}
		a1 := odd.Sub(odd, even)
		message := appendUint(appendUint(nil, even.Mod(even, c.p), c.p), a1.Mod(a1, c.p), c.p)
		s.Absorb(message)
		narg = append(narg, message...)
		r := c.challenge(s)
		for j := range len(table) / 2 {
			d := new(big.Int).Sub(table[2*j+1], table[2*j])
			d.Mul(d, r).Add(d, table[2*j])
			table[j] = d.Mod(d, c.p)
		}
		table = table[:len(table)/2]
	}
	return narg, table[0]
}

// verify returns nil, or which check refused and in which round.
func (c sumcheck) verify(s *transcript.Sponge, narg []byte, final *big.Int) error {
	c.absorb(s)
	sum := c.S
	for round := range c.v {
		a, rest, err := readField(narg, c.p, 2)
		if err != nil {
			return fmt.Errorf("round %d: %w", round+1, err)
		}
		t := new(big.Int).Add(a[0], a[0])
		if t.Add(t, a[1]).Mod(t, c.p).Cmp(sum) != 0 {
			return fmt.Errorf("round %d: %w", round+1, errRound)
		}
		s.Absorb(narg[:len(narg)-len(rest)])
		narg = rest
		t = new(big.Int).Mul(a[1], c.challenge(s))
		sum = t.Add(t, a[0]).Mod(t, c.p)
	}
	if len(narg) != 0 {
		return errTrailing
	}
	if sum.Cmp(final) != 0 {
		return errFinal
	}
	return nil
}
