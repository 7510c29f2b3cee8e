package election

import (
	"bytes"
	"crypto/sha256"

	"github.com/fxamacker/cbor/v2"
)

// The canonical form is the JSON value itself in core deterministic CBOR:
// objects are maps with text keys in bytewise order of their encodings, arrays
// are arrays, and so on, all lengths definite and shortest; an optional field
// with its zero value ("", 0, false, []) is left out, every other field is
// there.
//
//	definition = {
//	  "name": {? "en": tstr, ? "fa": tstr},
//	  "laws": [* {"state": tstr, ? "ruling": tstr, "article": tstr, "version": tstr}],
//	  …
//	}
//	election id = SHA-256(definition)
var (
	encMode cbor.EncMode
	decMode cbor.DecMode
)

func init() {
	enc := cbor.CoreDetEncOptions()
	enc.NilContainers = cbor.NilContainerAsEmpty
	enc.TextMarshaler = cbor.TextMarshalerTextString
	var err error
	if encMode, err = enc.EncMode(); err != nil {
		panic(err)
	}
	decMode, err = cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8:              cbor.UTF8RejectInvalid,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		TextUnmarshaler:   cbor.TextUnmarshalerTextString,
		MaxNestedLevels:   8,
		MaxArrayElements:  MaxItems,
		MaxMapPairs:       32,
	}.DecMode()
	if err != nil {
		panic(err)
	}
}

// Canonical returns the bytes that are hashed: see the comment above. Two
// definitions have the same bytes exactly when they say the same.
func (d *Definition) Canonical() []byte {
	b, err := encMode.Marshal(d)
	if err != nil {
		panic("election: encode definition: " + err.Error()) // its types all encode
	}
	return b
}

// ID returns the election id, SHA-256 of the canonical bytes. It costs an
// encoding of the whole definition: keep it rather than ask again.
func (d *Definition) ID() [32]byte { return sha256.Sum256(d.Canonical()) }

// Decode reads the canonical bytes of a definition and validates it. Any other
// bytes are refused, also another encoding of the same value. The error is
// *[Faults].
func Decode(canonical []byte) (*Definition, error) {
	if len(canonical) > MaxCanonical {
		return nil, one("%d canonical bytes: keep them within %d", len(canonical), MaxCanonical)
	}
	d := new(Definition)
	if err := decMode.Unmarshal(canonical, d); err != nil {
		return nil, one("not a definition in CBOR (%v): encode it with Canonical", err)
	}
	if !bytes.Equal(d.Canonical(), canonical) {
		return nil, one("not the canonical encoding: encode it with Canonical")
	}
	if f := d.Validate(); len(f) > 0 {
		return nil, &f
	}
	return d, nil
}
