package marks

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/roll"
)

// What is wrong with a slip.
var (
	ErrSlipForm    = errors.New("this is no release slip: read the whole code once more")
	ErrSlipForged  = errors.New("the signature does not hold: the slip is forged, changed, or of another election")
	ErrSlipForeign = errors.New("the slip is for another branch")
	ErrSlipOwn     = errors.New("the slip is from this branch itself")
	ErrSlipUsed    = errors.New("the slip has been used")
)

// A Slip says that a branch has given a voter up to another one.
type Slip struct {
	From, To string
	Number   roll.Number
	Name     string   // as the roll of From has it
	Serial   [16]byte // used once
}

const (
	slipPrefix = "SV1."
	slipLabel  = "sandogh release of a voter v1"
	maxSlip    = 1000
)

var coding = base64.RawURLEncoding.Strict()

// Format writes a fixed text, whatever the verb.
func (Slip) Format(f fmt.State, _ rune) { io.WriteString(f, "slip[REDACTED]") }

// LogValue returns a fixed text.
func (Slip) LogValue() slog.Value { return slog.StringValue("slip[REDACTED]") }

// MarshalJSON returns a fixed text.
func (Slip) MarshalJSON() ([]byte, error) { return json.Marshal("slip[REDACTED]") }

// newSlip draws a serial.
func newSlip(from, to string, p *roll.Person) Slip {
	s := Slip{From: from, To: to, Number: p.Number, Name: p.Name}
	rand.Read(s.Serial[:])
	return s
}

// payload is the slip as it is signed and carried:
//
//	serial (16) ‖ number (8, big-endian) ‖ length of from (1) ‖ from ‖ length of to (1) ‖ to ‖ name (UTF-8)
func (s *Slip) payload() []byte {
	b := append([]byte(nil), s.Serial[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(s.Number))
	for _, id := range []string{s.From, s.To} {
		b = append(b, byte(len(id)))
		b = append(b, id...)
	}
	return append(b, s.Name...)
}

// signed is what the branch's key signs. No checkpoint begins so.
//
//	"sandogh release of a voter v1" ‖ 0x00 ‖ election id (32) ‖ payload
func signed(id [32]byte, payload []byte) []byte {
	b := append([]byte(slipLabel+"\x00"), id[:]...)
	return append(b, payload...)
}

// Text signs the slip with the key of the log of the branch From:
//
//	"SV1." ‖ base64url(Ed25519 signature ‖ payload)
func (s *Slip) Text(id [32]byte, key ed25519.PrivateKey) string {
	payload := s.payload()
	return slipPrefix + coding.EncodeToString(append(ed25519.Sign(key, signed(id, payload)), payload...))
}

// OpenSlip reads a slip and checks that the branch which it names has signed it.
func OpenSlip(text string, d *election.Definition) (*Slip, error) {
	body, ok := strings.CutPrefix(strings.TrimSpace(text), slipPrefix)
	if !ok || len(body) > maxSlip || strings.ContainsAny(body, "\r\n") {
		return nil, fmt.Errorf("open slip: %w", ErrSlipForm)
	}
	b, err := coding.DecodeString(body)
	if err != nil || len(b) < ed25519.SignatureSize {
		return nil, fmt.Errorf("open slip: %w", ErrSlipForm)
	}
	sig, payload := b[:ed25519.SignatureSize], b[ed25519.SignatureSize:]
	s, ok := readSlip(payload)
	if !ok {
		return nil, fmt.Errorf("open slip: %w", ErrSlipForm)
	}
	from, ok := d.Branch(s.From)
	if _, known := d.Branch(s.To); !ok || !known || !ed25519.Verify(from.LogKey.Ed25519(), signed(d.ID(), payload), sig) {
		return nil, fmt.Errorf("open slip: %w", ErrSlipForged)
	}
	return s, nil
}

func readSlip(b []byte) (*Slip, bool) {
	s := &Slip{}
	if len(b) < len(s.Serial)+8 {
		return nil, false
	}
	copy(s.Serial[:], b)
	s.Number = roll.Number(binary.BigEndian.Uint64(b[len(s.Serial):]))
	b = b[len(s.Serial)+8:]
	for _, id := range []*string{&s.From, &s.To} {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			return nil, false
		}
		*id, b = string(b[1:1+int(b[0])]), b[1+int(b[0]):]
		if !election.ValidID(*id) {
			return nil, false
		}
	}
	s.Name = string(b)
	if !roll.Printable(s.Name) {
		return nil, false
	}
	if n, err := roll.ParseNumber(fmt.Sprintf("%010d", uint64(s.Number))); err != nil || n != s.Number || s.From == s.To {
		return nil, false
	}
	return s, true
}
