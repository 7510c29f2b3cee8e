package record

import "fmt"

// tag returns the tag of a proof (protocol, section 1): deterministic CBOR of
//
//	[ label: tstr, 1, election id: bstr .size 32, key: bstr .size 33 / null, context: [ * any ] ]
//
// context holds strings and unsigned integers.
func tag(label string, election [32]byte, key []byte, context ...any) []byte {
	if context == nil {
		context = []any{}
	}
	var k any
	if key != nil {
		k = key
	}
	b, err := encoding.Marshal([]any{label, 1, election[:], k, context})
	if err != nil {
		panic(fmt.Sprintf("record: tag of %s: %v", label, err)) // context of another type than strings and integers
	}
	return b
}

// PossessionTag is the tag of a dealer's proof that it knows its constant term.
func PossessionTag(election [32]byte, trustee string) []byte {
	return tag("sandogh possession", election, nil, trustee)
}

// DealingTag is the tag under which a trustee's dealing is hashed and fixed.
func DealingTag(election [32]byte, trustee string) []byte {
	return tag("sandogh dealing", election, nil, trustee)
}

// ShareInfo is the HPKE info of a share on its way from a dealer to a receiver.
func ShareInfo(election [32]byte, dealer, receiver string) []byte {
	return tag("sandogh share", election, nil, dealer, receiver)
}

// BallotID is what a sealed ballot is bound to besides its contest.
type BallotID struct {
	Style, Branch, Device string
	Number                uint64
}

// SlotTag is the tag of the slot proof of one contest of a ballot; n, k and b
// are the proof's parameters.
func SlotTag(election [32]byte, key []byte, contest string, n, k, b int, id BallotID) []byte {
	return tag("sandogh slot", election, key, contest, uint64(n), uint64(k), uint64(b), id.Style, id.Branch, id.Device, id.Number)
}

// SharesTag is the tag of a trustee's proof of correct partial decryption of a
// unit.
func SharesTag(election [32]byte, key []byte, contest, unit, trustee string) []byte {
	return tag("sandogh shares", election, key, contest, unit, trustee)
}
