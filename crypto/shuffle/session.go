package shuffle

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"

	"github.com/sandogh/sandogh/crypto/group"
)

// The parameters of a session as protInfo.xml states them. They are hashed into
// every proof; a session with others is refused, not adapted to.
const (
	version     = "3.1.0"
	statDist    = 100
	challengeRO = 256 // vbitlenro
	batchingRO  = 256 // ebitlenro
	hashName    = "SHA-256"
	// groupName is the comment, "::" and the hex of the byte tree
	// node(leaf "com.verificatum.arithm.ECqPGroup", leaf "P-256").
	groupName = "ECqPGroup(P-256)::00000000020100000020636f6d2e766572696669636174756d2e61726974686d2e4543715047726f75700100000005502d323536"
)

// MaxRows is the greatest number of rows of one shuffle.
const MaxRows = 1 << 24

// A Session names one run: the mixers of one list. Two lists must never share
// both identifiers, each of which matches [A-Za-z][A-Za-z0-9]{1,1023}.
type Session struct {
	SID    string // session identifier
	AuxSID string // auxiliary session identifier, one per list
}

var identifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]+$`)

func checkIdentifier(name, s string) error {
	if len(s) > 1024 || !identifier.MatchString(s) {
		return fmt.Errorf("%s is not a letter followed by 1 to 1023 letters and digits", name)
	}
	return nil
}

// Validate reports an identifier of the wrong form.
func (s Session) Validate() error {
	if err := checkIdentifier("sid", s.SID); err != nil {
		return err
	}
	return checkIdentifier("auxsid", s.AuxSID)
}

// rho is the prefix of everything that is hashed, SHA-256 of
//
//	node(leaf "3.1.0", leaf sid ‖ "." ‖ auxsid, leaf uint32be 100,
//	     leaf uint32be 256, leaf uint32be 256, leaf "SHA-256",
//	     leaf groupName, leaf "SHA-256")
func (s Session) rho() [32]byte {
	h := sha256.New()
	t := treeWriter{w: h}
	t.node(8)
	t.leaf([]byte(version))
	t.leaf([]byte(s.SID + "." + s.AuxSID))
	t.int32(statDist)
	t.int32(challengeRO)
	t.int32(batchingRO)
	t.leaf([]byte(hashName))
	t.leaf([]byte(groupName))
	t.leaf([]byte(hashName))
	t.flush()
	return [32]byte(h.Sum(nil))
}

// oracle is the random oracle with 256 bits of output, of what write writes:
//
//	seed = SHA-256(uint32be 256 ‖ ρ ‖ data)
//	out  = the first 256 bits of PRG(seed)
func oracle(rho [32]byte, write func(*treeWriter)) [32]byte {
	h := sha256.New()
	t := treeWriter{w: h, buf: binary.BigEndian.AppendUint32(nil, 256)}
	t.buf = append(t.buf, rho[:]...)
	write(&t)
	t.flush()
	return prgBlock([32]byte(h.Sum(nil)), 0)
}

// prgBlock is block i of PRG(seed) = SHA-256(seed ‖ uint32be 0) ‖ SHA-256(seed ‖ uint32be 1) ‖ …
func prgBlock(seed [32]byte, i uint32) [32]byte {
	return sha256.Sum256(binary.BigEndian.AppendUint32(seed[:], i))
}

// scalarFromHash returns the big-endian integer b mod q.
func scalarFromHash(b [32]byte) group.Scalar {
	slices.Reverse(b[:])
	return group.ReduceScalar(b[:])
}

// batchingExponent is e_i. A block of the generator is as long as an exponent,
// so each is found without those before it.
func batchingExponent(seed [32]byte, i int) group.Scalar {
	return scalarFromHash(prgBlock(seed, uint32(i)))
}

// Generators are the elements h_0, …, h_{N−1} of a session, whose logarithms
// nobody knows. They are immutable and shared by all mixers of the session, by
// provers and verifiers.
type Generators struct {
	session Session
	rho     [32]byte
	h       []group.Element
}

// Generators derives the generators for lists of n rows.
//
// The candidates are consecutive strings of 45 bytes of PRG(RO(ρ ‖ leaf
// "generators")), each masked to 356 = 256 + 100 bits and taken mod p as an
// abscissa. One that is on the curve is kept, with the smaller of the two
// ordinates.
func (s Session) Generators(n int) (*Generators, error) {
	if err := cmp.Or(s.Validate(), checkRows(n)); err != nil {
		return nil, fmt.Errorf("derive generators: %w", err)
	}
	g := &Generators{session: s, rho: s.rho(), h: make([]group.Element, 0, n)}
	seed := oracle(g.rho, func(t *treeWriter) { t.leaf([]byte("generators")) })
	for next := 0; len(g.h) < n; {
		// About every second candidate is on the curve.
		candidates := make([]group.Element, min(2*(n-len(g.h))+32, 1<<16))
		parallel(len(candidates), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				candidates[i], _ = group.LiftSmaller(generatorCandidate(seed, next+i))
			}
		})
		next += len(candidates)
		for _, c := range candidates {
			if !c.IsIdentity() && len(g.h) < n {
				g.h = append(g.h, c)
			}
		}
	}
	return g, nil
}

func generatorCandidate(seed [32]byte, i int) []byte {
	const size = (256 + statDist + 7) / 8
	const mask = 1<<((256+statDist)%8) - 1
	var b []byte
	first := i * size / 32
	for block := first; len(b) < 32+size; block++ {
		p := prgBlock(seed, uint32(block))
		b = append(b, p[:]...)
	}
	b = b[i*size-first*32:][:size]
	b[0] &= mask
	return b
}

// Len returns the number of rows that the generators are for.
func (g *Generators) Len() int { return len(g.h) }

func checkRows(n int) error {
	if n < 2 || n > MaxRows {
		return fmt.Errorf("%d rows: there must be 2 to %d", n, MaxRows)
	}
	return nil
}
