package record

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// A Submission is what a body hands to headquarters: one signed entry and the
// blobs that it names, in the order in which it names them.
type Submission struct {
	Entry []byte
	Blobs [][]byte
}

// MaxSubmission is the greatest length of an encoded submission in bytes: the
// shuffle of a tally unit with half a million ballots for 21 seats. What is read
// from a file is read up to it.
const MaxSubmission = 2 << 30

// Blobs returns the blobs that an entry's body names, in their order.
func Blobs(b Body) []Blob {
	switch b := b.(type) {
	case *Definition:
		return []Blob{b.Blob}
	case *Units:
		return []Blob{b.Units}
	case *Shuffle:
		return []Blob{b.Output, b.Proof}
	case *Shares:
		return []Blob{b.Shares}
	case *Canvass:
		return []Blob{b.Statements}
	}
	return nil
}

// Encode returns the content of an entry file (*.entry):
//
//	entry: one CBOR item, as Decode reads it ‖ blob 1 ‖ … ‖ blob n
//
// The entry tells where it ends, and names how many blobs follow and the size of
// each. Nothing comes after them.
func (s *Submission) Encode() ([]byte, error) {
	e, err := Decode(s.Entry)
	if err != nil {
		return nil, fmt.Errorf("encode submission: %w", err)
	}
	refs := Blobs(e.Body)
	if len(refs) != len(s.Blobs) {
		return nil, fmt.Errorf("encode submission: the %s names %d blobs, %d are given", e.Body.Kind(), len(refs), len(s.Blobs))
	}
	for i, ref := range refs {
		if err := ref.check(s.Blobs[i]); err != nil {
			return nil, fmt.Errorf("encode submission: %w", err)
		}
	}
	return slices.Concat(append([][]byte{s.Entry}, s.Blobs...)...), nil
}

// DecodeSubmission reads exactly what Encode writes, and returns the decoded
// entry with it. Whether its signatures hold and it may stand on the record is
// not looked at. The submission's bytes are those of data.
func DecodeSubmission(data []byte) (*Submission, Entry, error) {
	var item cbor.RawMessage
	rest, err := decoding.UnmarshalFirst(data[:min(len(data), MaxEntry+1)], &item)
	if err != nil {
		return nil, Entry{}, fmt.Errorf("decode submission: no entry at its beginning (%w): is this an entry file, and whole?", err)
	}
	n := min(len(data), MaxEntry+1) - len(rest)
	s := &Submission{Entry: data[:n:n]}
	e, err := Decode(s.Entry)
	if err != nil {
		return nil, Entry{}, fmt.Errorf("decode submission: %w", err)
	}
	data = data[n:]
	for i, ref := range Blobs(e.Body) {
		if ref.Size > uint64(len(data)) {
			return nil, Entry{}, fmt.Errorf("decode submission: blob %d of the %s has %d bytes, of which %d are there: copy the file again", i+1, e.Body.Kind(), ref.Size, len(data))
		}
		b := data[:ref.Size:ref.Size]
		if err := ref.check(b); err != nil {
			return nil, Entry{}, fmt.Errorf("decode submission: %w", err)
		}
		s.Blobs = append(s.Blobs, b)
		data = data[ref.Size:]
	}
	if len(data) > 0 {
		return nil, Entry{}, fmt.Errorf("decode submission: %d bytes after the %s and its blobs", len(data), e.Body.Kind())
	}
	return s, e, nil
}

// check compares data with the size and hash that name it.
func (b Blob) check(data []byte) error {
	switch is := NewBlob(b.Type, data); {
	case is.Size != b.Size:
		return fmt.Errorf("a %s blob has %d bytes, its entry names %d", b.Type, is.Size, b.Size)
	case !bytes.Equal(is.Hash, b.Hash):
		return fmt.Errorf("a %s blob hashes to %x, its entry names %x: copy the file again", b.Type, is.Hash, b.Hash)
	}
	return nil
}

// AddSignature returns the entry with the signature of one more signer over the
// body given, which must be the entry's own: who signs second has made the body
// from what it has verified itself. The signatures that are there already are
// checked with the keys that key knows.
func AddSignature(election [32]byte, log string, entry []byte, body Body, signer Signer, key func(by string) (ed25519.PublicKey, bool)) ([]byte, error) {
	e, err := Decode(entry)
	if err != nil {
		return nil, fmt.Errorf("add signature: %w", err)
	}
	theirs, err := Message(election, log, e.Body)
	if err != nil {
		return nil, fmt.Errorf("add signature: %w", err)
	}
	ours, err := Message(election, log, body)
	if err != nil {
		return nil, fmt.Errorf("add signature: %w", err)
	}
	if !bytes.Equal(theirs, ours) {
		return nil, fmt.Errorf("add signature: the %s that was signed first says something else than this record and this order give: %w", e.Body.Kind(), ErrOtherBody)
	}
	if slices.ContainsFunc(e.Signatures, func(s Signature) bool { return s.By == signer.By }) {
		return nil, fmt.Errorf("add signature: %s has signed this %s already", signer.By, e.Body.Kind())
	}
	if err := e.Verify(election, log, key); err != nil {
		return nil, fmt.Errorf("add signature: %w", err)
	}
	e.Signatures = append(e.Signatures, Signature{By: signer.By, Sig: ed25519.Sign(signer.Key, ours)})
	slices.SortFunc(e.Signatures, func(a, b Signature) int { return strings.Compare(a.By, b.By) })
	return Encode(e)
}

// ErrOtherBody says that two signers would not sign the same.
var ErrOtherBody = errors.New("nothing was signed")
