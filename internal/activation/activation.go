// Package activation is the stack of activation cards of a branch: each opens one
// session on a terminal, once, and nobody can tell whose it was.
//
// Specification: spec/branch-roll.md, part 5.
//
// In goes the key of the branch's log, the election, the branch and how many cards
// there are; out comes a [Set], the same each time, so that nothing has to be kept
// but which cards were used. [Set.Stack] is the cards in an order drawn anew, to be
// printed ([Document]); [Set.Check] tells which card a text is, be it the QR code
// or the eight digits. A larger set begins with the smaller one: cards can be
// printed later.
//
// It never holds a name, a time or an order: a card's index is not its place in the
// stack, and is on no card. It does not know which cards were used, and does not
// slow anybody down who guesses: that is the station's. Of eight digits, a set of
// 3,000 cards has one in 33,000.
//
// How it fails: what is no card is [ErrUnreadable], one of another branch or
// election is a [ForeignError] that names it, and any other is [ErrUnknown], be it
// mistyped or forged. A Set and a Card print as a fixed text.
//
// Sources: HKDF (RFC 5869) and HMAC (RFC 2104) with SHA-256; 80 bits of MAC in the
// QR code; base32 (RFC 4648), whose letters QR codes and all keyboards have.
package activation

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

// MaxCards is how many cards a branch has at most: of a hundred million codes,
// few enough that guessing stays hopeless.
const MaxCards = 100_000

// What is wrong with a card.
var (
	ErrUnreadable = errors.New("this is no activation card: read the whole code, or type its eight digits")
	ErrUnknown    = errors.New("this branch has no such card")
)

// A ForeignError says that a card is of another branch, or of another election if
// Branch is "".
type ForeignError struct{ Branch string }

func (e *ForeignError) Error() string {
	if e.Branch == "" {
		return "the card is of another election"
	}
	return "the card is of branch " + e.Branch
}

// Count returns how many cards a branch of so many voters prints: a fifth more,
// and fifty, for those who take a second one.
func Count(electorate int) int {
	if electorate < 0 || electorate > MaxCards {
		return MaxCards
	}
	return min(MaxCards, electorate+electorate/5+50)
}

// A Set is the cards of a branch. It holds secrets.
type Set struct {
	key      []byte
	election [32]byte
	branch   string
	codes    []uint32 // by index
	index    map[uint32]int
}

// A Card is what one card says.
type Card struct {
	Digits string // eight
	Text   string // of the QR code
}

const redacted = "activation[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Set) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Set) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Set) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// Format writes a fixed text, whatever the verb.
func (Card) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Card) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Card) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// New makes the set of n cards.
//
//	key  = HKDF-SHA-256(secret: seed of the log's key, salt: election id, info: "sandogh activation cards v1" ‖ 0x00 ‖ branch, 32)
//	mac  = HMAC-SHA-256(key, "card" ‖ index (4, big-endian) ‖ attempt (4, big-endian))
//	code = the last 8 bytes of mac, big-endian, mod 10^8
//
// The attempt is 0, and one more as often as the code is that of a smaller index.
func New(logKey ed25519.PrivateKey, election [32]byte, branch string, n int) (*Set, error) {
	if n < 1 || n > MaxCards {
		return nil, fmt.Errorf("make activation cards: %d cards: a branch has 1 to %d", n, MaxCards)
	}
	key, err := hkdf.Key(sha256.New, logKey.Seed(), election[:], "sandogh activation cards v1\x00"+branch, 32)
	if err != nil {
		return nil, fmt.Errorf("make activation cards: %w", err)
	}
	s := &Set{key: key, election: election, branch: branch, codes: make([]uint32, n), index: make(map[uint32]int, n)}
	for i := range s.codes {
		for attempt := uint32(0); ; attempt++ {
			m := hmac.New(sha256.New, key)
			m.Write([]byte("card"))
			m.Write(binary.BigEndian.AppendUint32(nil, uint32(i)))
			m.Write(binary.BigEndian.AppendUint32(nil, attempt))
			sum := m.Sum(nil)
			code := uint32(binary.BigEndian.Uint64(sum[len(sum)-8:]) % 100_000_000)
			if _, twice := s.index[code]; !twice {
				s.codes[i], s.index[code] = code, i
				break
			}
		}
	}
	return s, nil
}

// Len returns how many cards there are.
func (s *Set) Len() int { return len(s.codes) }

const (
	prefix   = "SA1"
	tagBytes = 10 // 80 bits, 16 letters
)

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// card returns what the card of a code says:
//
//	"SA1." ‖ first 4 bytes of the election id in upper-case hex ‖ "." ‖ branch ‖ "." ‖ digits ‖ "." ‖ tag
//	tag = base32(first 10 bytes of HMAC-SHA-256(key, "code" ‖ digits))
func (s *Set) card(code uint32) Card {
	digits := fmt.Sprintf("%08d", code)
	return Card{digits, fmt.Sprintf("%s.%X.%s.%s.%s", prefix, s.election[:4], s.branch, digits, s.tag(digits))}
}

func (s *Set) tag(digits string) string {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte("code" + digits))
	return letters.EncodeToString(m.Sum(nil)[:tagBytes])
}

// Stack returns the first n cards in an order that crypto/rand draws.
func (s *Set) Stack(n int) ([]Card, error) {
	if n < 0 || n > len(s.codes) {
		return nil, fmt.Errorf("stack activation cards: %d of %d cards", n, len(s.codes))
	}
	cards := make([]Card, n)
	for i := range cards {
		cards[i] = s.card(s.codes[i])
	}
	for i := n - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return nil, fmt.Errorf("stack activation cards: %w", err)
		}
		k := int(j.Int64())
		cards[i], cards[k] = cards[k], cards[i]
	}
	return cards, nil
}

// maxText bounds what is read as a card.
const maxText = 128

// Check returns the index of the card that a text is: what its QR code says, or
// its eight digits, Persian or ASCII, with spaces or hyphens between them. What a
// scanner typed in the Persian layout of the keyboard is turned back.
func (s *Set) Check(text string) (index int, err error) {
	if len(text) > 2*maxText {
		return 0, ErrUnreadable
	}
	text = strings.TrimSpace(text)
	if meant, ok := persian.FromPersianLayout(text); ok {
		text = meant
	}
	text = persian.ASCII(text)
	if len(text) > maxText {
		return 0, ErrUnreadable
	}
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if parts := strings.Split(strings.ToUpper(text), "."); len(parts) == 5 && parts[0] == prefix {
		branch := strings.Split(text, ".")[2]
		digits = parts[3]
		switch {
		case !eight(digits) || len(parts[1]) != 8 || !election.ValidID(branch):
			return 0, ErrUnreadable
		case parts[1] != fmt.Sprintf("%X", s.election[:4]):
			return 0, &ForeignError{}
		case branch != s.branch:
			return 0, &ForeignError{branch}
		case !hmac.Equal([]byte(parts[4]), []byte(s.tag(digits))):
			return 0, ErrUnknown
		}
	}
	if !eight(digits) {
		return 0, ErrUnreadable
	}
	var code uint32
	for _, c := range digits {
		code = code*10 + uint32(c-'0')
	}
	i, ok := s.index[code]
	if !ok {
		return 0, ErrUnknown
	}
	return i, nil
}

func eight(s string) bool { return len(s) == 8 && strings.Trim(s, "0123456789") == "" }
