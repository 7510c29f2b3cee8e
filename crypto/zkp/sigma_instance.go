package zkp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// An ImageTerm is Coefficient·E[Element].
type ImageTerm struct {
	Element     uint32
	Coefficient group.Scalar
}

// A Term is (Coefficient·w[Scalar])·E[Element].
type Term struct {
	Scalar, Element uint32
	Coefficient     group.Scalar
}

// An Equation claims that the sum of Image equals the sum of Terms.
type Equation struct {
	Image []ImageTerm
	Terms []Term
}

// An Instance is the statement of a linear relation: equations between public
// elements E[0] = g, E[1], …, linear in secret scalars w[0], w[1], …. One that
// exists is valid (see validate). It is immutable and safe for concurrent use.
type Instance struct {
	equations []Equation
	elements  []group.Element
	scalars   int
	encoded   []byte
}

// NewInstance returns the statement of the equations; elements[k] is E[k+1].
func NewInstance(elements []group.Element, equations ...Equation) (*Instance, error) {
	in := &Instance{elements: append([]group.Element{group.Generator()}, elements...)}
	for _, eq := range equations {
		in.equations = append(in.equations, Equation{slices.Clone(eq.Image), slices.Clone(eq.Terms)})
	}
	if err := in.validate(); err != nil {
		return nil, fmt.Errorf("state linear relation: %w", err)
	}
	in.encoded = in.encode()
	return in, nil
}

// Size returns N, the number of equations, and n, the number of secret scalars.
func (in *Instance) Size() (equations, scalars int) { return len(in.equations), in.scalars }

// Bytes returns the encoding, which the sponge absorbs verbatim. Integers are
// 4 bytes little-endian:
//
//	N
//	for each equation:
//	    number of image terms, each: element ‖ coefficient (32)
//	    number of terms, each: scalar ‖ element ‖ coefficient (32)
//	E[1] ‖ E[2] ‖ … (33 bytes each)
func (in *Instance) Bytes() []byte { return slices.Clone(in.encoded) }

func (in *Instance) encode() []byte {
	b := transcript.AppendUint32(nil, uint32(len(in.equations)))
	for _, eq := range in.equations {
		b = transcript.AppendUint32(b, uint32(len(eq.Image)))
		for _, t := range eq.Image {
			b = t.Coefficient.AppendBytes(transcript.AppendUint32(b, t.Element))
		}
		b = transcript.AppendUint32(b, uint32(len(eq.Terms)))
		for _, t := range eq.Terms {
			b = transcript.AppendUint32(b, t.Scalar)
			b = t.Coefficient.AppendBytes(transcript.AppendUint32(b, t.Element))
		}
	}
	for _, e := range in.elements[1:] {
		b = e.AppendBytes(b)
	}
	return b
}

// DecodeInstance reads what Bytes returns: every byte consumed, coefficients
// below q, and the statement valid.
func DecodeInstance(b []byte) (*Instance, error) {
	r := reader{rest: b}
	in := &Instance{encoded: slices.Clone(b)}
	in.equations = make([]Equation, r.count(4+4))
	highest := uint32(0)
	for i := range in.equations {
		eq := &in.equations[i]
		eq.Image = make([]ImageTerm, r.count(4+group.ScalarSize))
		for j := range eq.Image {
			eq.Image[j] = ImageTerm{r.uint32(), r.scalar()}
			highest = max(highest, eq.Image[j].Element)
		}
		eq.Terms = make([]Term, r.count(4+4+group.ScalarSize))
		for j := range eq.Terms {
			eq.Terms[j] = Term{r.uint32(), r.uint32(), r.scalar()}
			highest = max(highest, eq.Terms[j].Element)
		}
	}
	if r.err == nil && uint64(len(r.rest)) != uint64(highest)*group.ElementSize {
		r.err = fmt.Errorf("%d bytes are not %d elements", len(r.rest), highest)
	}
	if r.err == nil {
		in.elements, r.err = group.DecodeElements(r.rest, int(highest))
	}
	if r.err == nil {
		in.elements = slices.Insert(in.elements, 0, group.Generator())
		r.err = in.validate()
	}
	if r.err != nil {
		return nil, fmt.Errorf("decode linear relation: %w", r.err)
	}
	return in, nil
}

// A reader takes fields off the front of a byte string until the first error.
type reader struct {
	rest []byte
	err  error
}

// take returns the next n bytes, zeros after an error.
func (r *reader) take(n int) []byte {
	if r.err == nil && len(r.rest) < n {
		r.err = errors.New("too few bytes")
	}
	if r.err != nil {
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

// count reads a number of items of at least size bytes and refuses one that
// the remaining bytes cannot hold, before anything is allocated for it.
func (r *reader) count(size int) int {
	n := r.uint32()
	if r.err == nil && uint64(n) > uint64(len(r.rest)/size) {
		r.err = fmt.Errorf("%d bytes cannot hold %d items", len(r.rest), n)
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *reader) scalar() group.Scalar {
	s, err := group.DecodeScalar(r.take(group.ScalarSize))
	if err != nil && r.err == nil {
		r.err = err
	}
	return s
}

func (r *reader) scalars(n int) []group.Scalar {
	s := make([]group.Scalar, n)
	for j := range s {
		s[j] = r.scalar()
	}
	return s
}

// validate refuses every statement that a proof would not mean anything for, by
// the ten rules of section 4.4, and sets the number of scalars. Rule 7, that
// E[0] = g, holds by construction.
func (in *Instance) validate() error {
	if len(in.equations) == 0 {
		return errors.New("no equation")
	}
	for k, e := range in.elements {
		if e.IsIdentity() {
			return fmt.Errorf("element %d is the identity", k)
		}
	}
	used := make([]bool, len(in.elements))
	used[0] = true
	terms, highest := uint64(0), uint32(0)
	for i, eq := range in.equations {
		if len(eq.Image) == 0 || len(eq.Terms) == 0 {
			return fmt.Errorf("equation %d has an empty side", i)
		}
		if uint64(max(len(in.equations), len(eq.Image), len(eq.Terms))) > math.MaxUint32 {
			return errors.New("a count is over 32 bits")
		}
		elements := make([]uint32, 0, len(eq.Image)+len(eq.Terms))
		for _, t := range eq.Image {
			elements = append(elements, t.Element)
		}
		for _, t := range eq.Terms {
			elements = append(elements, t.Element)
			highest = max(highest, t.Scalar)
		}
		for _, el := range elements {
			if uint64(el) >= uint64(len(used)) {
				return fmt.Errorf("equation %d: element %d is not given", i, el)
			}
			used[el] = true
		}
		terms += uint64(len(eq.Terms))
	}
	if el := slices.Index(used, false); el >= 0 {
		return fmt.Errorf("element %d is in no equation", el)
	}
	// Fewer terms than scalars leave one out: refused before arrays are sized.
	if uint64(highest) >= terms {
		return fmt.Errorf("%d terms leave out some of %d scalars", terms, uint64(highest)+1)
	}
	in.scalars = int(highest) + 1
	return in.validateDependence()
}

// validateDependence checks rules 9 and 10; a scalar that is in no term, which
// rule 6 forbids, has no equation that depends on it.
func (in *Instance) validateDependence() error {
	bound := make([]bool, in.scalars)
	for i, eq := range in.equations {
		if in.image(eq).IsIdentity() {
			return fmt.Errorf("the image of equation %d is the identity", i)
		}
		parts := make(map[uint32][]ImageTerm)
		for _, t := range eq.Terms {
			parts[t.Scalar] = append(parts[t.Scalar], ImageTerm{t.Element, t.Coefficient})
		}
		for sc, part := range parts {
			if !bound[sc] {
				bound[sc] = !in.image(Equation{Image: part}).IsIdentity()
			}
		}
	}
	if sc := slices.Index(bound, false); sc >= 0 {
		return fmt.Errorf("no equation depends on scalar %d", sc)
	}
	return nil
}

var one = group.NewScalar(1)

// image returns the left side of an equation.
func (in *Instance) image(eq Equation) group.Element {
	if len(eq.Image) == 1 && eq.Image[0].Coefficient.Equal(one) {
		return in.elements[eq.Image[0].Element]
	}
	var points []group.Element
	var coefficients []group.Scalar
	for _, t := range eq.Image {
		points, coefficients = append(points, in.elements[t.Element]), append(coefficients, t.Coefficient)
	}
	return group.MultiMul(points, coefficients)
}
