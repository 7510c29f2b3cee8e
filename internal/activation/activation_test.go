package activation_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/persian"
	"pgregory.net/rapid"
)

var (
	key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	id  = [32]byte{0xab, 0xcd, 0xef, 0x01, 5}
)

func set(t testing.TB, branch string, n int) *activation.Set {
	t.Helper()
	s, err := activation.New(key, id, branch, n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stack(t testing.TB, s *activation.Set) []activation.Card {
	t.Helper()
	cards, err := s.Stack(s.Len())
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

// Every card is found by its code and by its digits, and no two are the same.
func TestCheck(t *testing.T) {
	s := set(t, "101-a", 1000)
	seen := map[int]bool{}
	for _, c := range stack(t, s) {
		grouped := c.Digits[:4] + " " + c.Digits[4:]
		for _, text := range []string{c.Text, " " + strings.ToLower(c.Text) + "\n", c.Digits, grouped, persian.Digits(grouped), c.Digits[:4] + "-" + c.Digits[4:]} {
			if strings.Contains(text, "101-A") {
				t.Fatal("the branch is in capitals")
			}
			i, err := s.Check(text)
			if err != nil || i < 0 || i >= s.Len() {
				t.Fatalf("%q: %d, %v", text, i, err)
			}
			seen[i] = true
		}
	}
	if len(seen) != s.Len() {
		t.Errorf("%d different cards of %d", len(seen), s.Len())
	}
}

// A set is the same each time, and begins with every smaller one.
func TestSame(t *testing.T) {
	a, b := set(t, "1", 300), set(t, "1", 2000)
	for _, c := range stack(t, a) {
		i, err := a.Check(c.Digits)
		j, err2 := b.Check(c.Text)
		if i != j || err != nil || err2 != nil {
			t.Fatalf("%d and %d, %v, %v", i, j, err, err2)
		}
	}
	first, err := b.Stack(300)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range first {
		if _, err := a.Check(c.Text); err != nil {
			t.Fatalf("the first cards are others: %v", err)
		}
	}
}

// A scanner types what it reads as on a Latin keyboard; in the Persian layout other
// letters come out, which mean the same card.
func TestPersianLayout(t *testing.T) {
	s := set(t, "1", 20)
	keys := map[rune]rune{}
	for r := rune(1); r < 0x10000; r++ { // what each key writes in the Persian layout
		if c, ok := persian.FromPersianLayout(string(r)); ok && (r > 127 || keys[rune(c[0])] == 0) {
			keys[rune(c[0])] = r
		}
	}
	for _, c := range stack(t, s) {
		want, err := s.Check(c.Text)
		if err != nil {
			t.Fatal(err)
		}
		typed := strings.Map(func(r rune) rune { return keys[r] }, c.Text)
		for _, text := range []string{typed, " " + typed + " ", persian.ASCII(typed)} {
			if got, err := s.Check(text); err != nil || got != want {
				t.Fatalf("%q: card %d, %v; want %d", text, got, err, want)
			}
		}
	}
}

// The order of the stack is drawn anew and is not that of the indices.
func TestStackIsShuffled(t *testing.T) {
	s := set(t, "1", 500)
	order := func() []int {
		var out []int
		for _, c := range stack(t, s) {
			i, err := s.Check(c.Text)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, i)
		}
		return out
	}
	a, b := order(), order()
	if slices.Equal(a, b) || slices.IsSorted(a) {
		t.Error("the stack has an order of its own")
	}
	same := 0
	for i := range a {
		if a[i] == i {
			same++
		}
	}
	if same > 20 { // one is expected; 20 has a chance below 10^-18
		t.Errorf("%d of 500 cards stand at their index", same)
	}
}

func TestWrongCards(t *testing.T) {
	s := set(t, "101", 100)
	card := stack(t, s)[0]
	other := stack(t, set(t, "102", 100))[0]
	s2, err := activation.New(key, [32]byte{9}, "101", 100)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := stack(t, s2)[0]
	var foreign *activation.ForeignError
	if _, err := s.Check(other.Text); !errors.As(err, &foreign) || foreign.Branch != "102" || !strings.Contains(err.Error(), "102") {
		t.Errorf("another branch's: %v", err)
	}
	if _, err := s.Check(elsewhere.Text); !errors.As(err, &foreign) || foreign.Branch != "" {
		t.Errorf("another election's: %v", err)
	}
	unused := "00000000"
	for i := 0; ; i++ {
		unused = fmt.Sprintf("%08d", i)
		if _, err := s.Check(unused); err != nil {
			break
		}
	}
	for text, want := range map[string]error{
		unused: activation.ErrUnknown,
		strings.Replace(card.Text, card.Digits, unused, 1):      activation.ErrUnknown,
		card.Text[:len(card.Text)-1]:                            activation.ErrUnknown,
		card.Text[:len(card.Text)-16] + strings.Repeat("A", 16): activation.ErrUnknown,
		"":                                   activation.ErrUnreadable,
		"1234567":                            activation.ErrUnreadable,
		"123456789":                          activation.ErrUnreadable,
		"12345678x":                          activation.ErrUnreadable,
		"SA1":                                activation.ErrUnreadable,
		"SA1.....":                           activation.ErrUnreadable,
		"SA1.ABCDEF01.1 1.12345678.A":        activation.ErrUnreadable,
		"https://example.org/" + card.Digits: activation.ErrUnreadable,
		strings.Repeat("1", 1000):            activation.ErrUnreadable,
		"سلام":                               activation.ErrUnreadable,
	} {
		if _, err := s.Check(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	for _, n := range []int{0, -1, activation.MaxCards + 1} {
		if _, err := activation.New(key, id, "1", n); err == nil {
			t.Errorf("made %d cards", n)
		}
	}
	for _, n := range []int{-1, 101} {
		if _, err := s.Stack(n); err == nil {
			t.Errorf("a stack of %d", n)
		}
	}
	if activation.Count(3000) != 3650 || activation.Count(-1) != activation.MaxCards || activation.Count(1<<30) != activation.MaxCards {
		t.Errorf("%d cards for 3000", activation.Count(3000))
	}
}

func TestRedaction(t *testing.T) {
	s := set(t, "1", 10)
	c := stack(t, s)[0]
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "set", s, "card", c)
	a, err := json.Marshal([]any{s, c})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s %v %x", s, *s, c, c, []activation.Card{c}, c) + log.String() + string(a); strings.Contains(text, c.Digits) || strings.Contains(text, "SA1") {
		t.Errorf("%s", text)
	}
}

// Changing any character of a code makes another card of it, never a good one.
func TestTypos(t *testing.T) {
	s := set(t, "101", 50)
	cards := stack(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		text := []byte(rapid.SampledFrom(cards).Draw(rt, "card").Text)
		i := rapid.IntRange(0, len(text)-1).Draw(rt, "at")
		c := rapid.SampledFrom([]byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-")).Draw(rt, "char")
		if text[i] == c {
			return
		}
		text[i] = c
		if _, err := s.Check(string(text)); err == nil {
			rt.Fatalf("%q is a card", text)
		}
	})
}

func FuzzCheck(f *testing.F) {
	s := set(f, "101", 1000)
	good := map[string]bool{}
	for _, c := range stack(f, s) {
		good[c.Digits] = true
	}
	f.Add(stack(f, s)[0].Text)
	f.Add(stack(f, s)[0].Digits)
	f.Add("۱۲۳۴ ۵۶۷۸")
	f.Fuzz(func(t *testing.T, text string) {
		i, err := s.Check(text)
		if err != nil {
			return
		}
		if i < 0 || i >= s.Len() {
			t.Fatalf("index %d", i)
		}
		var digits strings.Builder
		for _, r := range persian.ASCII(text) {
			if r >= '0' && r <= '9' {
				digits.WriteRune(r)
			}
		}
		if d := digits.String(); !good[d] && !strings.Contains(strings.ToUpper(text), "SA1.") {
			t.Fatalf("accepted %q", text)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		set(b, "101", 3650)
	}
}

func BenchmarkCheck(b *testing.B) {
	s := set(b, "101", 3650)
	text := stack(b, s)[0].Text
	for b.Loop() {
		if _, err := s.Check(text); err != nil {
			b.Fatal(err)
		}
	}
}
