package encrypt

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/sandogh/sandogh/record"
)

// RootSize is the number of bytes of a Root.
const RootSize = 32

// A Root is what all seeds of a device come from. Whoever has it can open every
// ballot of the device.
type Root struct{ secret func() [RootSize]byte } // a closure: fmt prints its address, even in a holder's unexported field

// DrawRoot returns a new root, drawn from crypto/rand together with the entropy
// from outside (dice, say; it may be empty):
//
//	SHA-256("sandogh device root v1" ‖ 0x00 ‖ 32 random bytes ‖ outside)
func DrawRoot(outside []byte) Root {
	h := sha256.New()
	h.Write([]byte("sandogh device root v1\x00"))
	var random [32]byte
	rand.Read(random[:])
	h.Write(random[:])
	h.Write(outside)
	root := [RootSize]byte(h.Sum(nil))
	return Root{func() [RootSize]byte { return root }}
}

// ParseRoot returns the root with these bytes, which Bytes has given.
func ParseRoot(b []byte) (Root, error) {
	if len(b) != RootSize {
		return Root{}, fmt.Errorf("read device root: %d bytes, not %d: it is damaged, or another file", len(b), RootSize)
	}
	root := [RootSize]byte(b)
	return Root{func() [RootSize]byte { return root }}, nil
}

func (r Root) bytes() (b [RootSize]byte) {
	if r.secret != nil {
		b = r.secret()
	}
	return b
}

// Bytes returns the root for the one file that keeps it.
func (r Root) Bytes() []byte { b := r.bytes(); return b[:] }

const redactedRoot = "root[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Root) Format(f fmt.State, _ rune) { io.WriteString(f, redactedRoot) }

// LogValue returns a fixed text.
func (Root) LogValue() slog.Value { return slog.StringValue(redactedRoot) }

// MarshalJSON returns a fixed text.
func (Root) MarshalJSON() ([]byte, error) { return json.Marshal(redactedRoot) }

// Settle returns the entry that ends a sealed ballot whose voter has gone, or
// whose device has started anew: it is cast, or spoiled, as the officers and what
// lies in the box say. It needs the device's signing key and no root.
func Settle(election [32]byte, branch, device string, number uint64, code [32]byte, cast bool, signer record.Signer) ([]byte, error) {
	var body record.Body = &record.Spoiled{Device: device, Number: number, Code: code[:]}
	if cast {
		body = &record.Cast{Device: device, Number: number, Code: code[:]}
	}
	return record.Sign(election, record.BranchLog(branch), body, signer)
}
