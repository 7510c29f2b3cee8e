package terminal_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	. "github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/spec"
	"pgregory.net/rapid"
)

// definition is the example election, its council with n candidates and k votes.
func definition(t testing.TB, n, k int) *election.Definition {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	def, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := def.Contest("karaj")
	if !ok {
		t.Fatal("no contest karaj")
	}
	given := []string{"علی", "زهرا", "پریسا", "گلی‌ناز", "آرش", "ژاله", "چمن", "یحیی", "کیان"}
	c.VoteLimit, c.Candidates = k, nil
	for i := range n {
		x := election.Candidate{ID: strconv.Itoa(101 + i), Name: election.Name{Fa: given[i%len(given)] + " نامزد " + strconv.Itoa(i+1), En: fmt.Sprintf("%c. Candidate %d", 'A'+i%26, i+1)}}
		if i < 2*k {
			x.List = c.Lists[i%2].ID
		}
		c.Candidates = append(c.Candidates, x)
	}
	return def
}

func paper(t testing.TB, n, k int) *Paper {
	t.Helper()
	p, err := NewPaper(definition(t, n, k), "1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// clock is a clock that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time            { return c.now }
func (c *clock) pass(d time.Duration)      { c.now = c.now.Add(d) }
func (c *clock) session(p *Paper) *Session { return New(p, Comforts{Size: 1}, Usual, c.Now) }

func start() *clock { return &clock{time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)} }

// do does acts, each written as verb or verb:arg.
func do(t testing.TB, s *Session, acts ...string) {
	t.Helper()
	for _, a := range acts {
		verb, arg, _ := strings.Cut(a, ":")
		if err := s.Do(Act{verb, arg}); err != nil {
			t.Fatalf("step %s: %v", s.Step(), err)
		}
	}
}

func refuse(t testing.TB, s *Session, acts ...string) {
	t.Helper()
	for _, a := range acts {
		verb, arg, _ := strings.Cut(a, ":")
		turn, step := s.Turn(), s.Step()
		if err := s.Do(Act{verb, arg}); !errors.Is(err, ErrNotNow) || s.Turn() != turn || s.Step() != step {
			t.Errorf("step %s: %s: %v", step, a, err)
		}
	}
}

func succeed(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// reach goes to the review with some choices.
func reach(t testing.TB, s *Session) {
	t.Helper()
	do(t, s, "lang:fa", "start", "toggle:2", "next", "toggle:3", "toggle:1", "next")
	if s.Step() != Review {
		t.Fatalf("step %s", s.Step())
	}
}

func TestPlainVote(t *testing.T) {
	s := start().session(paper(t, 30, 5))
	if s.Step() != Language {
		t.Fatalf("begins at %s", s.Step())
	}
	refuse(t, s, "start", "next", "seal", "cast", "toggle:1", "nonsense", "lang:de")
	reach(t, s)
	do(t, s, "seal")
	b, err := s.Ballot()
	succeed(t, err)
	if got := b.Slots("karaj"); !slices.Equal(got, []int{1, 3, 0, 0, 0}) {
		t.Errorf("sealed is %v", got)
	}
	if got := b.Slots("experts"); !slices.Equal(got, []int{2}) {
		t.Errorf("sealed is %v", got)
	}
	refuse(t, s, "cast", "toggle:1", "seal", "help")
	succeed(t, s.Sealed())
	if s.Sealed() == nil {
		t.Error("sealed twice")
	}
	succeed(t, s.Printed())
	if got := s.Card(); !slices.EqualFunc(got, [][]int{{2}, {1, 3}}, slices.Equal) {
		t.Errorf("the card has %v", got)
	}
	refuse(t, s, "cast") // two deliberate steps
	do(t, s, "right", "cast")
	if s.Step() != Ending || s.Outcome() != Cast || !s.Undecided() {
		t.Errorf("step %s, outcome %s", s.Step(), s.Outcome())
	}
	succeed(t, s.Recorded(), s.SlipPrinted())
	if s.Step() != Done || s.Undecided() || s.Card() != nil || len(s.Chosen(1)) != 0 {
		t.Errorf("step %s, something is kept: %v", s.Step(), s.Chosen(1))
	}
	refuse(t, s, "toggle:1", "cast", "settings", "lang:en")
}

func TestSpoiledKeepsChoicesChallengedForgets(t *testing.T) {
	s := start().session(paper(t, 30, 5))
	reach(t, s)
	do(t, s, "seal")
	succeed(t, s.Sealed(), s.Printed())
	do(t, s, "wrong", "back", "wrong", "another")
	if s.Outcome() != Spoiled {
		t.Fatalf("outcome %s", s.Outcome())
	}
	succeed(t, s.Recorded())
	if s.Step() != Review || !slices.Equal(s.Chosen(1), []int{3, 1}) || s.Outcome() != "" {
		t.Fatalf("step %s with %v", s.Step(), s.Chosen(1))
	}
	// A changed vote really changes.
	do(t, s, "change:1", "toggle:3", "toggle:7", "next", "seal")
	b, err := s.Ballot()
	succeed(t, err)
	if got := b.Slots("karaj"); !slices.Equal(got, []int{1, 7, 0, 0, 0}) {
		t.Errorf("sealed is %v", got)
	}
	succeed(t, s.Sealed(), s.Printed())
	do(t, s, "wrong", "test")
	refuse(t, s, "cast")
	do(t, s, "challenge")
	succeed(t, s.Recorded(), s.SlipPrinted())
	if s.Step() != Tested || len(s.Chosen(1)) != 0 {
		t.Fatalf("step %s with %v", s.Step(), s.Chosen(1))
	}
	do(t, s, "anew")
	if s.Step() != Choose || s.At() != 0 {
		t.Errorf("step %s", s.Step())
	}
}

func TestTornCardIsSpoiled(t *testing.T) {
	s := start().session(paper(t, 30, 5))
	reach(t, s)
	do(t, s, "seal")
	succeed(t, s.Sealed())
	s.Wait(PaperOut)
	do(t, s, "call")
	s.Wait("")
	succeed(t, s.TornCard())
	if s.Printed() == nil {
		t.Error("printed again")
	}
	refuse(t, s, "right", "cast", "back")
	do(t, s, "close", "another")
	succeed(t, s.Recorded())
	if s.Step() != Review || len(s.Chosen(1)) != 2 {
		t.Errorf("step %s", s.Step())
	}
}

func TestNothingIsTakenBackSilently(t *testing.T) {
	s := start().session(paper(t, 30, 3))
	do(t, s, "lang:en", "start", "next", "toggle:1", "toggle:2", "toggle:9")
	do(t, s, "toggle:10")
	if n := s.Notice(); n.Kind != TooMany || n.N != 3 || !slices.Equal(s.Chosen(1), []int{1, 2, 9}) {
		t.Errorf("notice %+v, chosen %v", n, s.Chosen(1))
	}
	do(t, s, "blank")
	if n := s.Notice(); n.Kind != NotBlank || s.Blank(1) || len(s.Chosen(1)) != 3 {
		t.Errorf("notice %+v", n)
	}
	do(t, s, "take:A") // 1, 3, 5
	if n := s.Notice(); n.Kind != ListTooLong || n.N != 2 || len(s.Chosen(1)) != 3 {
		t.Errorf("notice %+v", n)
	}
	refuse(t, s, "clear")
	do(t, s, "ask-clear")
	refuse(t, s, "toggle:1", "next")
	do(t, s, "close")
	if len(s.Chosen(1)) != 3 {
		t.Error("asking has cleared")
	}
	do(t, s, "ask-clear", "clear", "take:A")
	if n := s.Notice(); n.Kind != Added || n.N != 3 || !slices.Equal(s.Chosen(1), []int{1, 3, 5}) {
		t.Errorf("notice %+v, chosen %v", n, s.Chosen(1))
	}
	// Pick a list, then edit it.
	do(t, s, "toggle:3", "toggle:20")
	if !slices.Equal(s.Chosen(1), []int{1, 5, 20}) {
		t.Errorf("chosen %v", s.Chosen(1))
	}
	do(t, s, "ask-clear", "clear", "blank", "toggle:4")
	if n := s.Notice(); n.Kind != BlankIsOn || !s.Blank(1) || len(s.Chosen(1)) != 0 {
		t.Errorf("notice %+v", n)
	}
	do(t, s, "take:B")
	if s.Notice().Kind != BlankIsOn || len(s.Chosen(1)) != 0 {
		t.Errorf("notice %+v", s.Notice())
	}
	do(t, s, "blank", "toggle:4")
	if s.Blank(1) || len(s.Chosen(1)) != 1 {
		t.Error("the blank vote was not taken back")
	}
}

func TestCodeEchoes(t *testing.T) {
	s := start().session(paper(t, 30, 3))
	do(t, s, "lang:fa", "start", "next", "tab:code")
	refuse(t, s, "add")
	do(t, s, "digit:۱", "digit:2")
	if v := s.View(); v.Echo != 12 || v.Digits != "12" || len(s.Chosen(1)) != 0 {
		t.Fatalf("%+v", v)
	}
	do(t, s, "add")
	if v := s.View(); v.Digits != "" || !slices.Equal(s.Chosen(1), []int{12}) {
		t.Errorf("%+v, %v", v, s.Chosen(1))
	}
	do(t, s, "digit:1", "digit:2", "add")
	if n := s.Notice(); n.Kind != Repeated || n.Code != 12 || len(s.Chosen(1)) != 1 {
		t.Errorf("%+v", n)
	}
	do(t, s, "correct", "digit:3", "digit:1", "add")
	if n := s.Notice(); n.Kind != NoSuchCode || len(s.Chosen(1)) != 1 {
		t.Errorf("%+v", n)
	}
	do(t, s, "digit:0", "digit:0", "digit:0", "digit:0")
	if got := s.View().Digits; got != "31000" {
		t.Errorf("digits %q", got)
	}
	refuse(t, s, "digit:x", "digit:12", "digit:")
}

func TestFinding(t *testing.T) {
	s := start().session(paper(t, 3000, 21))
	do(t, s, "lang:fa", "start", "next")
	v := s.View()
	if !v.Large || v.Pages != 334 || len(v.Codes) != 9 || v.After != 2991 {
		t.Errorf("%+v", v)
	}
	seen := map[int]int{}
	for i := range v.Pages {
		do(t, s, fmt.Sprintf("page:%d", i))
		for _, c := range s.View().Codes {
			seen[c]++
		}
	}
	if len(seen) != 3000 {
		t.Errorf("%d candidates on all pages", len(seen))
	}
	for c, n := range seen {
		if n != 1 {
			t.Errorf("candidate %d is shown %d times", c, n)
		}
	}
	do(t, s, "page:99999")
	if s.View().Page != 333 {
		t.Errorf("page %d", s.View().Page)
	}
	// Each letter leads to a page on which a name begins with it.
	for i, l := range s.Contest().Letters(web.Persian) {
		do(t, s, fmt.Sprintf("letter:%d", i))
		if !slices.ContainsFunc(s.View().Codes, func(c int) bool {
			return strings.HasPrefix(strings.ReplaceAll(s.Contest().Candidate(c).Name.Fa, "آ", "ا"), l.Text)
		}) {
			t.Errorf("letter %s leads to page %d", l.Text, s.View().Page)
		}
	}
	refuse(t, s, "letter:99", "letter:-1", "letter:x")
	do(t, s, "key:گ", "key:ل", "key:ي", "key:ن", "key:ا", "key:ز", "key: ")
	if got := s.View(); got.Tab != Search || len(got.Codes) == 0 || !strings.HasPrefix(s.Contest().Candidate(got.Codes[0]).Name.Fa, "گلی‌ناز") {
		t.Errorf("%+v", got)
	}
	do(t, s, "query:candidate 2718")
	if got := s.View(); len(got.Codes) != 1 || got.Codes[0] != 2718 {
		t.Errorf("%+v", got)
	}
	do(t, s, "rub", "rub", "rub", "rub", "query:")
	if got := s.View(); len(got.Codes) != 0 || got.Query != "" {
		t.Errorf("%+v", got)
	}
	refuse(t, s, "key:", "key:ab", "key:\x00", "key:<")
	do(t, s, "query:"+strings.Repeat("ا", 500))
	if len([]rune(s.View().Query)) != 40 {
		t.Error("a search of any length is kept")
	}
}

func TestClock(t *testing.T) {
	c := start()
	s := c.session(paper(t, 30, 3))
	do(t, s, "lang:fa", "start", "toggle:1")
	at, ok := s.Deadline()
	if !ok || !at.Equal(c.now.Add(Usual.Idle)) {
		t.Errorf("deadline %v", at)
	}
	c.pass(Usual.Idle - time.Second)
	if s.Tick() != Awake {
		t.Error("alert too early")
	}
	s.Awaken()
	c.pass(Usual.Idle)
	if s.Tick() != Alert {
		t.Error("no alert")
	}
	do(t, s, "continue")
	if s.Tick() != Awake || !s.Has(1) {
		t.Error("the alert has cost a choice")
	}
	c.pass(Usual.Idle + Usual.Alert)
	if s.Tick() != Gone || s.Step() != Left || s.Why() != Timeout || len(s.Chosen(0)) != 0 {
		t.Errorf("step %s, why %s", s.Step(), s.Why())
	}

	// While a ballot is sealed the alert lasts longer, and ends uncast.
	s = c.session(paper(t, 30, 3))
	reach(t, s)
	do(t, s, "seal")
	c.pass(time.Hour)
	if s.Tick() != Awake {
		t.Error("the voter is blamed for the machine's time")
	}
	succeed(t, s.Sealed(), s.Printed())
	do(t, s, "right")
	c.pass(Usual.Idle + Usual.Alert)
	if s.Tick() != Alert {
		t.Error("no alert")
	}
	c.pass(Usual.Hold)
	if s.Tick() != Gone || s.Step() != Left || !s.Undecided() || s.Outcome() != "" {
		t.Errorf("step %s, outcome %q", s.Step(), s.Outcome())
	}
	if _, ok := s.Deadline(); ok {
		t.Error("a session that has ended has a deadline")
	}
}

func TestLeaving(t *testing.T) {
	s := start().session(paper(t, 30, 3))
	do(t, s, "lang:fa", "start", "toggle:1", "help")
	refuse(t, s, "leave")
	do(t, s, "ask-leave", "close", "ask-leave", "leave")
	if s.Step() != Left || s.Why() != Walked {
		t.Errorf("step %s, why %s", s.Step(), s.Why())
	}
	s = start().session(paper(t, 30, 3))
	reach(t, s)
	do(t, s, "seal")
	succeed(t, s.Sealed(), s.Printed())
	refuse(t, s, "ask-leave", "leave") // a sealed ballot is settled first
	s.Settled()
	if s.Step() != Left || s.Why() != ByOfficer {
		t.Errorf("step %s, why %s", s.Step(), s.Why())
	}
}

// TestComfort: settings change at any moment and cost no vote.
func TestComfort(t *testing.T) {
	s := start().session(paper(t, 30, 3))
	reach(t, s)
	want := s.Chosen(1)
	do(t, s, "settings", "size:3", "contrast:2", "lang:en", "close")
	if got := s.Comforts(); got != (Comforts{web.English, 3, 2}) || !slices.Equal(s.Chosen(1), want) || s.Step() != Review {
		t.Errorf("%+v in step %s", got, s.Step())
	}
	refuse(t, s, "size:4", "size:", "contrast:x")
	do(t, s, "reset")
	if got := s.Comforts(); got != (Comforts{web.English, 1, 0}) {
		t.Errorf("%+v", got)
	}
}

// TestWalks: whatever a voter does in whatever order, no choice is lost or made
// but by the act that says so, none is beyond k, and what is sealed is what was
// reviewed and what the card shows.
func TestWalks(t *testing.T) {
	p := paper(t, 30, 3)
	verbs := []string{"lang:fa", "lang:en", "start", "next", "next", "next", "back", "blank", "take:A", "take:B", "ask-clear", "clear", "close", "close", "tab:names",
		"tab:code", "tab:lists", "tab:mine", "page:1", "letter:2", "list:A", "key:ا", "rub", "query:a", "correct", "add", "change:0", "change:1", "seal", "seal", "right",
		"wrong", "cast", "another", "test", "challenge", "anew", "settings", "size:3", "contrast:1", "reset", "help", "call", "uncall", "assisted", "continue", "no-slip"}
	rapid.Check(t, func(t *rapid.T) {
		c := start()
		s := c.session(p)
		model := make([][]int, len(p.Contests)) // what the walk has chosen
		reviewed := [][]int(nil)
		cast := 0
		for range rapid.IntRange(1, 150).Draw(t, "length") {
			act := rapid.SampledFrom(verbs).Draw(t, "act")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				act = fmt.Sprintf("toggle:%d", rapid.IntRange(-1, 31).Draw(t, "code"))
			case 1:
				act = fmt.Sprintf("digit:%d", rapid.IntRange(0, 9).Draw(t, "digit"))
			}
			verb, arg, _ := strings.Cut(act, ":")
			at, step, echo := s.At(), s.Step(), 0
			if step == Choose {
				echo = s.View().Echo
			}
			err := s.Do(Act{verb, arg})
			if err != nil && !errors.Is(err, ErrNotNow) {
				t.Fatal(err)
			}
			if err == nil {
				switch n := s.Notice(); {
				case verb == "toggle" && n.Kind == Added:
					model[at] = append(model[at], n.Code)
				case verb == "toggle" && n.Kind == Removed:
					model[at] = slices.DeleteFunc(model[at], func(c int) bool { return c == n.Code })
				case verb == "add" && n.Kind == Added:
					if n.Code != echo {
						t.Fatalf("added %d where %d was shown", n.Code, echo)
					}
					model[at] = append(model[at], n.Code)
				case verb == "take" && n.Kind == Added:
					g, _ := p.Contests[at].Group(arg)
					for _, code := range g.Codes {
						if !slices.Contains(model[at], code) {
							model[at] = append(model[at], code)
						}
					}
				case verb == "clear":
					model[at] = nil
				case verb == "seal":
					reviewed = nil
					for _, m := range model {
						reviewed = append(reviewed, slices.Sorted(slices.Values(m)))
					}
				case verb == "cast":
					cast++
				}
			}
			// The machine does its part.
			switch s.Step() {
			case Sealing:
				b, err := s.Ballot()
				if err != nil {
					t.Fatal(err)
				}
				for i, con := range p.Contests {
					slots := slices.DeleteFunc(b.Slots(con.ID), func(c int) bool { return c == 0 })
					if !slices.Equal(slots, reviewed[i]) || !slices.Equal(s.Card()[i], reviewed[i]) {
						t.Fatalf("sealed %v, card %v, reviewed %v", slots, s.Card()[i], reviewed[i])
					}
				}
				succeedRapid(t, s.Sealed())
			case Printing:
				if rapid.Bool().Draw(t, "torn") {
					succeedRapid(t, s.TornCard())
				} else {
					succeedRapid(t, s.Printed())
				}
			case Ending:
				if s.Outcome() != Spoiled {
					clear(model)
				}
				succeedRapid(t, s.Recorded())
			case Slip:
				succeedRapid(t, s.SlipPrinted())
			}
			if cast > 1 || (s.Step() == Done) != (cast == 1) {
				t.Fatalf("cast %d times, step %s", cast, s.Step())
			}
			for i, con := range p.Contests {
				got := s.Chosen(i)
				if !slices.Equal(got, model[i]) {
					t.Fatalf("after %s: chosen %v, the walk has chosen %v", act, got, model[i])
				}
				if len(got) > con.K() || s.Blank(i) && len(got) > 0 || s.Rest(i) != con.K()-len(got) {
					t.Fatalf("after %s: %d of %d, blank %v", act, len(got), con.K(), s.Blank(i))
				}
			}
		}
	})
}

func succeedRapid(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestRedacted(t *testing.T) {
	s := start().session(paper(t, 30, 3))
	reach(t, s)
	var out strings.Builder
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "s", s)
	b, err := s.MarshalJSON()
	succeed(t, err)
	for _, text := range []string{out.String(), fmt.Sprintf("%v %+v %#v %d", s, *s, s, s), string(b)} {
		if !strings.Contains(text, "session[REDACTED]") || len(text) > 200 {
			t.Errorf("prints as %s", text)
		}
	}
}

func TestOrders(t *testing.T) {
	p := paper(t, 300, 5)
	c := p.Contests[1]
	for _, lang := range web.Langs {
		if got := slices.Sorted(slices.Values(c.Order(lang))); !slices.Equal(got, c.Codes()) {
			t.Errorf("%s: the order has %d codes", lang.Code(), len(got))
		}
		seen := map[string]bool{}
		for _, l := range c.Letters(lang) {
			if seen[l.Text] {
				t.Errorf("%s: letter %s twice", lang.Code(), l.Text)
			}
			seen[l.Text] = true
		}
		if len(seen) < 8 {
			t.Errorf("%s: letters %v", lang.Code(), slices.Sorted(maps.Keys(seen)))
		}
	}
	if c.Area.Fa == "" || len(c.Groups) != 2 || len(c.Groups[0].Codes) != 5 {
		t.Errorf("%+v", c.Groups)
	}
	if _, err := NewPaper(definition(t, 3, 1), "nowhere"); err == nil {
		t.Error("a paper of no branch")
	}
}

func BenchmarkView(b *testing.B) {
	s := start().session(paper(b, 3000, 21))
	do(b, s, "lang:fa", "start", "next", "query:نامزد")
	for b.Loop() {
		s.View()
	}
}
