package terminal

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/sandogh/sandogh/internal/web"
)

// An Act is what a voter does: a verb and, for most, an argument. The verbs and
// the steps in which they have a place are those of the tables below.
type Act struct{ Verb, Arg string }

// A Notice is what is to be said of the last act. It is about the contest in view.
type Notice struct {
	Kind NoticeKind
	Code int // the candidate, if it is about one
	N    int // the number, if it has one
}

// A NoticeKind is a kind of notice.
type NoticeKind string

// The notices. Each says how to go on; none of these acts has changed anything,
// but for the first two.
const (
	Added       NoticeKind = "added"
	Removed     NoticeKind = "removed"
	TooMany     NoticeKind = "too-many"      // N can be chosen: take one back first
	ListTooLong NoticeKind = "list-too-long" // with those chosen, it were N too many
	BlankIsOn   NoticeKind = "blank-is-on"   // take the blank vote back first
	NotBlank    NoticeKind = "not-blank"     // N are chosen: take them back first
	NoSuchCode  NoticeKind = "no-such-code"
	Repeated    NoticeKind = "repeated" // the candidate is chosen already
)

// anywhere are acts that have a place in every step in which a voter may act.
var anywhere = map[string]func(*Session, string) bool{
	"lang": func(s *Session, arg string) bool {
		for _, l := range web.Langs {
			if l.Code() == arg {
				s.comforts.Lang, s.view.page = l, 0
				if s.step == Language {
					s.to(Comfort)
				}
				return true
			}
		}
		return false
	},
	"size":     func(s *Session, arg string) bool { s.view.page = 0; return setting(&s.comforts.Size, arg) },
	"contrast": func(s *Session, arg string) bool { return setting(&s.comforts.Contrast, arg) },
	"reset": func(s *Session, _ string) bool {
		lang := s.comforts.Lang
		s.comforts, s.view.page = s.first, 0
		s.comforts.Lang = lang // who cannot read the first language could not go back
		return true
	},
	"settings": func(s *Session, _ string) bool { s.overlay = Settings; return true },
	"help":     func(s *Session, _ string) bool { s.overlay = Help; return true },
	"call":     func(s *Session, _ string) bool { s.overlay, s.called = Help, true; return true },
	"uncall":   func(s *Session, _ string) bool { s.called = false; return true },
	"assisted": func(s *Session, _ string) bool { s.assisted = !s.assisted; return true },
	"close":    func(s *Session, _ string) bool { s.overlay = None; return true },
	"continue": func(s *Session, _ string) bool { return true }, // I am here
}

// steps are the acts of each step.
var steps = map[Step]map[string]func(*Session, string) bool{
	Comfort: {"start": func(s *Session, _ string) bool { s.show(0); return true }},
	Choose: {
		"toggle":    func(s *Session, arg string) bool { return s.coded(arg, s.toggle) },
		"blank":     func(s *Session, _ string) bool { s.toggleBlank(); return true },
		"take":      func(s *Session, arg string) bool { return s.takeList(arg) },
		"ask-clear": func(s *Session, _ string) bool { s.overlay = AskClear; return true },
		"clear":     func(s *Session, _ string) bool { return s.clear() },
		"tab":       func(s *Session, arg string) bool { return s.open(Tab(arg)) },
		"page": func(s *Session, arg string) bool {
			n, err := strconv.Atoi(arg)
			if err == nil {
				s.turnPage(n)
			}
			return err == nil
		},
		"letter": func(s *Session, arg string) bool {
			n, err := strconv.Atoi(arg)
			return err == nil && s.letter(n)
		},
		"list": func(s *Session, arg string) bool {
			_, ok := s.Contest().Group(arg)
			if ok {
				s.open(Lists)
				s.view.list = arg
			}
			return ok
		},
		"key":     func(s *Session, arg string) bool { return s.key(arg) },
		"query":   func(s *Session, arg string) bool { s.typed([]rune(arg)); return true },
		"rub":     func(s *Session, _ string) bool { s.typed(s.view.query[:max(0, len(s.view.query)-1)]); return true },
		"digit":   func(s *Session, arg string) bool { return s.digit(arg) },
		"correct": func(s *Session, _ string) bool { s.view.digits = s.view.digits[:0]; return true },
		"add":     func(s *Session, _ string) bool { return s.addCode() },
		"next": func(s *Session, _ string) bool {
			if s.changing || s.at+1 == len(s.paper.Contests) {
				s.to(Review)
			} else {
				s.show(s.at + 1)
			}
			return true
		},
		"back": func(s *Session, _ string) bool {
			switch {
			case s.changing:
				s.to(Review)
			case s.at == 0:
				s.to(Comfort)
			default:
				s.show(s.at - 1)
			}
			return true
		},
	},
	Review: {
		"change": func(s *Session, arg string) bool {
			n, err := strconv.Atoi(arg)
			if err != nil || n < 0 || n >= len(s.paper.Contests) {
				return false
			}
			s.show(n)
			s.changing = true
			return true
		},
		"back": func(s *Session, _ string) bool { s.show(len(s.paper.Contests) - 1); return true },
		"seal": func(s *Session, _ string) bool {
			s.sealed = make([]choice, len(s.choices))
			for i, c := range s.choices {
				s.sealed[i].codes = slices.Clone(c.codes)
			}
			s.outcome = ""
			s.to(Sealing)
			return true
		},
	},
	Check: {
		"right": func(s *Session, _ string) bool { s.to(Drop); return true },
		"wrong": func(s *Session, _ string) bool { s.to(Wrong); return true },
	},
	Drop: {
		"cast": func(s *Session, _ string) bool { return s.end(Cast) },
		"back": func(s *Session, _ string) bool { s.to(Check); return true },
	},
	Wrong: {
		"another": func(s *Session, _ string) bool { return s.end(Spoiled) },
		"test":    func(s *Session, _ string) bool { s.to(Warning); return true },
		"back":    func(s *Session, _ string) bool { s.to(Check); return true },
	},
	Warning: {
		"challenge": func(s *Session, _ string) bool { return s.end(Challenged) },
		"back":      func(s *Session, _ string) bool { s.to(Wrong); return true },
	},
	Torn: {"another": func(s *Session, _ string) bool { return s.end(Spoiled) }},
	Slip: {"no-slip": func(s *Session, _ string) bool { return s.trouble != "" && s.SlipPrinted() == nil }},
	Tested: {"anew": func(s *Session, _ string) bool {
		s.outcome = ""
		s.show(0)
		return true
	}},
}

// quiet are the steps in which the voter has nothing to do but to call somebody.
func (s *Session) quiet() bool { return s.working() && s.trouble == "" || s.Over() }

// Do does an act of the voter. Whatever it is, it is a sign of the voter.
func (s *Session) Do(a Act) error {
	if s.Over() {
		return fmt.Errorf("do %q: the session is over: %w", a.Verb, ErrNotNow)
	}
	do := steps[s.step][a.Verb]
	switch {
	case do == nil:
		do = anywhere[a.Verb]
	case s.overlay == AskClear && a.Verb == "clear":
	case s.overlay != None:
		do = nil // what lies beneath an overlay is out of reach
	}
	switch a.Verb {
	case "ask-leave":
		do = func(s *Session, _ string) bool {
			if s.Undecided() {
				return false
			}
			s.overlay = AskLeave
			return true
		}
	case "leave":
		do = func(s *Session, _ string) bool {
			if s.overlay != AskLeave || s.Undecided() {
				return false
			}
			s.leave(Walked)
			return true
		}
	}
	if do == nil || s.quiet() && a.Verb != "continue" {
		return fmt.Errorf("do %q in step %s: %w", a.Verb, s.step, ErrNotNow)
	}
	was := s.notice
	s.notice = Notice{}
	if !do(s, a.Arg) {
		s.notice = was
		return fmt.Errorf("do %q in step %s: %w", a.Verb, s.step, ErrNotNow)
	}
	s.turn++
	s.last = s.now()
	return nil
}

// show opens a contest, at its names.
func (s *Session) show(contest int) {
	s.at, s.changing = contest, false
	s.view.erase()
	s.to(Choose)
}

func (s *Session) end(o Outcome) bool {
	s.outcome = o
	s.to(Ending)
	return true
}

func setting(to *int, arg string) bool {
	if len(arg) != 1 || arg[0] < '0' || arg[0] > '3' {
		return false
	}
	*to = int(arg[0] - '0')
	return true
}

// coded calls with the code of a candidate of the contest in view.
func (s *Session) coded(arg string, do func(code int)) bool {
	code, err := strconv.Atoi(arg)
	if err != nil || !s.Contest().Has(code) {
		return false
	}
	do(code)
	return true
}

// toggle chooses a candidate or takes the choice back. When there are enough, it
// changes nothing and says so.
func (s *Session) toggle(code int) {
	c := &s.choices[s.at]
	if i := slices.Index(c.codes, code); i >= 0 {
		c.codes = slices.Delete(c.codes, i, i+1)
		s.notice = Notice{Kind: Removed, Code: code}
		return
	}
	s.add(code)
}

func (s *Session) add(code int) {
	c, k := &s.choices[s.at], s.Contest().K()
	switch {
	case c.blank:
		s.notice = Notice{Kind: BlankIsOn}
	case len(c.codes) >= k:
		s.notice = Notice{Kind: TooMany, Code: code, N: k}
	default:
		c.codes = append(c.codes, code)
		s.notice = Notice{Kind: Added, Code: code}
	}
}

// addCode adds the candidate whose code was typed.
func (s *Session) addCode() bool {
	if len(s.view.digits) == 0 {
		return false
	}
	code := s.View().Echo
	switch {
	case code == 0:
		s.notice = Notice{Kind: NoSuchCode}
		return true
	case s.Has(code):
		s.notice = Notice{Kind: Repeated, Code: code}
	default:
		s.add(code)
	}
	if s.notice.Kind == Added {
		s.view.digits = s.view.digits[:0]
	}
	return true
}

// takeList chooses all members of a list beside those chosen already. When they
// are too many together, it changes nothing and says so.
func (s *Session) takeList(id string) bool {
	g, ok := s.Contest().Group(id)
	if !ok {
		return false
	}
	s.open(Lists)
	s.view.list = id
	c := &s.choices[s.at]
	var fresh []int
	for _, code := range g.Codes {
		if !slices.Contains(c.codes, code) {
			fresh = append(fresh, code)
		}
	}
	switch over := len(c.codes) + len(fresh) - s.Contest().K(); {
	case c.blank:
		s.notice = Notice{Kind: BlankIsOn}
	case over > 0:
		s.notice = Notice{Kind: ListTooLong, N: over}
	default:
		c.codes = append(c.codes, fresh...)
		s.notice = Notice{Kind: Added, N: len(fresh)}
	}
	clear(fresh)
	return true
}

// toggleBlank asks for a blank vote, or takes that back.
func (s *Session) toggleBlank() {
	c := &s.choices[s.at]
	if !c.blank && len(c.codes) > 0 {
		s.notice = Notice{Kind: NotBlank, N: len(c.codes)}
		return
	}
	c.blank = !c.blank
}

// clear takes back all choices of the contest in view, once the voter was asked.
func (s *Session) clear() bool {
	if s.overlay != AskClear {
		return false
	}
	s.choices[s.at].erase()
	s.overlay = None
	return true
}
