package record

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// MaxEntry is the greatest length of an encoded entry in bytes. The tile
// format's own limit is 65,535.
const MaxEntry = 60_000

// HQ is the name of headquarters' log in what is signed. A branch's log is
// BranchLog of its id.
const HQ = "hq"

// BranchLog returns the name of a branch's log in what is signed, which is
// also its folder in the record.
func BranchLog(branch string) string { return "branch/" + branch }

// A Body is the content of an entry: a pointer to one of the types in
// headquarters.go, ruling.go, branch.go and day.go.
type Body interface {
	// Kind is the entry's type on the record.
	Kind() string
}

// A Signature is an Ed25519 signature over Message by the named signer: "kind
// slash id", such as office/hq, trustee/t1, mixer/m1, device/d1, officer/o1.
type Signature struct {
	_   struct{} `cbor:",toarray"`
	By  string
	Sig []byte
}

// An Entry is one entry of a log.
type Entry struct {
	Body       Body
	Signatures []Signature // ascending by By, at least one
}

// A Signer is one who answers for entries.
type Signer struct {
	By  string // as in Signature
	Key ed25519.PrivateKey
}

// wire is the encoded form:
//
//	[ kind: tstr, body: [ … ], signatures: [ + [ by: tstr, sig: bstr .size 64 ] ] ]
type wire struct {
	_          struct{} `cbor:",toarray"`
	Kind       string
	Body       cbor.RawMessage
	Signatures []Signature
}

var encoding = func() cbor.EncMode {
	o := cbor.CoreDetEncOptions()
	o.NilContainers = cbor.NilContainerAsEmpty
	m, err := o.EncMode()
	if err != nil {
		panic(err)
	}
	return m
}()

var decoding = func() cbor.DecMode {
	m, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		UTF8:              cbor.UTF8RejectInvalid,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   8,
		MaxArrayElements:  MaxEntry,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

var kinds = func() map[string]reflect.Type {
	m := make(map[string]reflect.Type)
	for _, b := range []Body{
		new(Definition), new(Commitment), new(Dealing), new(Complaint), new(Disclosure), new(Confirmation), new(ElectionKey), new(Grant),
		new(Head), new(Units), new(Shuffle), new(Shares), new(Tally), new(Canvass), new(Question), new(Ruling), new(Lot), new(Result),
		new(Correction), new(ExtensionOrder),
		new(Opening), new(Pause), new(Resume), new(Extension), new(Enrol), new(Retire), new(Sealed), new(Cast), new(Spoiled), new(Challenged), new(Close),
	} {
		m[b.Kind()] = reflect.TypeOf(b).Elem()
	}
	return m
}()

// Kinds returns how many types of entries there are; tests use it to be
// complete.
func Kinds() int { return len(kinds) }

// Message returns the bytes that are signed:
//
//	"sandogh entry v1" ‖ 0x00 ‖ election id (32 bytes) ‖
//	CBOR [ log: tstr, kind: tstr, body: [ … ] ]
func Message(election [32]byte, log string, body Body) ([]byte, error) {
	raw, err := encoding.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", body.Kind(), err)
	}
	return message(election, log, body.Kind(), raw)
}

func message(election [32]byte, log, kind string, raw cbor.RawMessage) ([]byte, error) {
	m := append([]byte("sandogh entry v1\x00"), election[:]...)
	b, err := encoding.Marshal(struct {
		_         struct{} `cbor:",toarray"`
		Log, Kind string
		Body      cbor.RawMessage
	}{Log: log, Kind: kind, Body: raw})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	return append(m, b...), nil
}

// Sign returns the encoded entry with the signatures of the signers, in any
// order, for the log of the election.
func Sign(election [32]byte, log string, body Body, signers ...Signer) ([]byte, error) {
	m, err := Message(election, log, body)
	if err != nil {
		return nil, err
	}
	e := Entry{Body: body}
	for _, s := range signers {
		e.Signatures = append(e.Signatures, Signature{By: s.By, Sig: ed25519.Sign(s.Key, m)})
	}
	slices.SortFunc(e.Signatures, func(a, b Signature) int { return strings.Compare(a.By, b.By) })
	data, err := Encode(e)
	if err != nil {
		return nil, err
	}
	// Encode does not look at the strings; a reader refuses invalid UTF-8.
	if _, err := Decode(data); err != nil {
		return nil, err
	}
	return data, nil
}

// Encode returns the bytes of an entry that is signed already.
func Encode(e Entry) ([]byte, error) {
	if err := e.checkSignatures(); err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Body.Kind(), err)
	}
	raw, err := encoding.Marshal(e.Body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Body.Kind(), err)
	}
	b, err := encoding.Marshal(wire{Kind: e.Body.Kind(), Body: raw, Signatures: e.Signatures})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", e.Body.Kind(), err)
	}
	if len(b) > MaxEntry {
		return nil, fmt.Errorf("encode %s: %d bytes, an entry has at most %d: put the larger part into a blob", e.Body.Kind(), len(b), MaxEntry)
	}
	return b, nil
}

var errNotCanonical = errors.New("not the one encoding of its content (RFC 8949 section 4.2.1)")

// Decode reads one entry. It refuses everything that Encode does not write.
func Decode(data []byte) (Entry, error) {
	if len(data) > MaxEntry {
		return Entry{}, fmt.Errorf("decode entry: %d bytes, an entry has at most %d", len(data), MaxEntry)
	}
	var w wire
	if err := decoding.Unmarshal(data, &w); err != nil {
		return Entry{}, fmt.Errorf("decode entry: %w", withoutNumbers(err))
	}
	t, ok := kinds[w.Kind]
	if !ok {
		return Entry{}, fmt.Errorf("decode entry: unknown type %q", w.Kind)
	}
	body := reflect.New(t).Interface().(Body)
	if err := decoding.Unmarshal(w.Body, body); err != nil {
		return Entry{}, fmt.Errorf("decode %s: %w", w.Kind, withoutNumbers(err))
	}
	e := Entry{Body: body, Signatures: w.Signatures}
	again, err := Encode(e)
	if err != nil {
		return Entry{}, fmt.Errorf("decode entry: %w", err)
	}
	if !bytes.Equal(again, data) {
		return Entry{}, fmt.Errorf("decode %s: %w", w.Kind, errNotCanonical)
	}
	return e, nil
}

// checkSignatures checks the form of the signatures: at least one, each of its
// size, ascending by signer, and so none twice.
func (e Entry) checkSignatures() error {
	if len(e.Signatures) == 0 {
		return errors.New("no signature")
	}
	for i, s := range e.Signatures {
		if len(s.Sig) != ed25519.SignatureSize {
			return fmt.Errorf("signature of %q has %d bytes, not %d", s.By, len(s.Sig), ed25519.SignatureSize)
		}
		if i > 0 && e.Signatures[i-1].By >= s.By {
			return errors.New("signatures are not in ascending order of their signers")
		}
	}
	return nil
}

// Verify checks every signature of the entry, as an entry of the log in the
// election, with the keys that key knows; a signer it does not know is refused.
func (e Entry) Verify(election [32]byte, log string, key func(by string) (ed25519.PublicKey, bool)) error {
	if err := e.checkSignatures(); err != nil {
		return err // an entry that was not decoded could have none
	}
	m, err := Message(election, log, e.Body)
	if err != nil {
		return err
	}
	for _, s := range e.Signatures {
		k, ok := key(s.By)
		if !ok {
			return fmt.Errorf("signature of %q: neither the definition nor a grant names this signer for this entry", s.By)
		}
		if !ed25519.Verify(k, m, s.Sig) {
			return fmt.Errorf("signature of %q does not verify for this election and log", s.By)
		}
	}
	return nil
}
