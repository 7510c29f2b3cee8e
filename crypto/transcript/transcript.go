// Package transcript is the Fiat–Shamir transformation: a duplex sponge that
// absorbs what the verifier sees and squeezes challenges.
//
// Specification: spec/crypto.md, section 2.
//
// In and out. A Sponge starts from a tag, which names the protocol and binds
// it to its election and context; it absorbs bytes and squeezes bytes or
// scalars. Absorb has no framing of its own: whoever absorbs must use
// encodings of fixed length or with their lengths (AppendString), so that no
// two statements give the same bytes.
//
// What it never does: it decides nothing about what must be absorbed. The
// proofs of crypto/zkp absorb their full statement (strong Fiat–Shamir); the
// shuffle of crypto/shuffle uses Verificatum's random oracle instead.
//
// How it fails: it cannot. A challenge of zero is possible and is refused by
// the proofs that divide by it.
//
// Sources: draft-irtf-cfrg-fiat-shamir with SHAKE128, as of commit 91cc933 of
// draft-irtf-cfrg-sigma-protocols (older texts derive the session id and the
// challenge differently). Strong Fiat–Shamir: Bernhard, Pereira, Warinschi 2012.
package transcript

import (
	"crypto/sha3"
	"encoding/binary"

	"github.com/sandogh/sandogh/crypto/group"
)

// A Sponge is the duplex sponge over SHAKE128. Squeezing does not change what
// was absorbed; after a new Absorb, squeezing starts from the beginning of the
// output of the longer message.
//
//	SHAKE128( session id (32 bytes) ‖ 136 zero bytes ‖ absorbed bytes )
type Sponge struct {
	absorbed  sha3.SHAKE // never read from
	squeezing *sha3.SHAKE
}

const rate = 168 // bytes in a block of SHAKE128

// Init returns a sponge for the session id.
func Init(session [32]byte) *Sponge {
	s := &Sponge{absorbed: *sha3.NewSHAKE128()}
	var block [rate]byte
	copy(block[:], session[:])
	s.absorbed.Write(block[:])
	return s
}

// New returns Init(SessionID(tag)).
func New(tag []byte) *Sponge { return Init(SessionID(tag)) }

// SessionID hashes a tag of any length to a session id.
func SessionID(tag []byte) [32]byte {
	s := Init([32]byte([]byte("irtf-cfrg-fiat-shamir/session-id")))
	s.Absorb(tag)
	return [32]byte(s.Squeeze(32))
}

// Clone returns an independent copy.
func (s *Sponge) Clone() *Sponge {
	c := &Sponge{absorbed: s.absorbed}
	if s.squeezing != nil {
		q := *s.squeezing
		c.squeezing = &q
	}
	return c
}

// Absorb appends b to the message. Absorbing nothing has no effect.
func (s *Sponge) Absorb(b []byte) {
	if len(b) == 0 {
		return
	}
	s.absorbed.Write(b)
	s.squeezing = nil
}

// AbsorbElement appends the 33 bytes of e, which must not be the identity.
func (s *Sponge) AbsorbElement(e group.Element) { s.Absorb(e.Bytes()) }

// AbsorbScalar appends the 32 bytes of x.
func (s *Sponge) AbsorbScalar(x group.Scalar) { s.Absorb(x.Bytes()) }

// Squeeze returns the next n bytes.
func (s *Sponge) Squeeze(n int) []byte {
	if s.squeezing == nil {
		q := s.absorbed
		s.squeezing = &q
	}
	b := make([]byte, n)
	s.squeezing.Read(b)
	return b
}

// Scalar returns the next 48 bytes, little-endian, mod q.
func (s *Sponge) Scalar() group.Scalar { return group.ReduceScalar(s.Squeeze(48)) }

// AppendUint32 appends n as 4 bytes little-endian, the integer codec of the
// draft's statements.
func AppendUint32(b []byte, n uint32) []byte { return binary.LittleEndian.AppendUint32(b, n) }

// AppendString appends the length of x as 4 bytes little-endian, then x.
func AppendString(b, x []byte) []byte { return append(AppendUint32(b, uint32(len(x))), x...) }
