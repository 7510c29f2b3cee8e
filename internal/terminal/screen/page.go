package screen

import (
	"cmp"
	"html/template"
	"io"
	"slices"
	"strconv"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/web"
)

// page is what a template is given.
type page struct {
	Lang      web.Lang
	Comforts  terminal.Comforts
	S         *terminal.Session
	V         terminal.View
	View      string // the template
	Title     string // its word
	Main      template.HTML
	Turn      uint64
	Phase     terminal.Phase
	Place     string // changes where the voter's place on the page is another
	Focus     string
	Home      string
	Exit      string
	Over      bool
	Stay      int // seconds
	Refresh   int // seconds, without the script
	Simulated bool
	Preview   bool
	Stale     bool
	Aids      bool
	Back      *button
	Next      *button

	Said        template.HTML
	GoodNotice  bool
	Sizes       []string
	Contrasts   []string
	Tabs        []tab
	Candidates  []person
	Letters     []letter
	Keyboard    [][]string
	Pad         []string
	Echo        *person
	Place1      int
	Found       int
	PageNumber  int
	PageBefore  int
	PageAfter   int
	Reviewed    []part
	Carded      []part
	Word        string
	TroubleWord string
	Slipping    bool
	SlipCode    string
}

// A button of the foot: back at the start, next at the end.
type button struct{ Do, Word, Class, Href string }

type tab struct {
	Tab  terminal.Tab
	Word string
	On   bool
}

type letter struct {
	Text string
	At   int
}

// person is a candidate as the templates show one.
type person struct {
	Code     int
	Number   string // the code, without grouping
	Clip     string
	Name     election.Name
	Photos   bool // of the contest: all have the space of one
	Photo    string
	HasList  bool
	ListClip string
	List     election.Name
	On       bool
	Other    bool          // the card has the name in another language
	Printed  election.Name // as it stands there
}

// part is a contest in the review and beside the card.
type part struct {
	At      int
	Clip    string
	Name    election.Name
	People  []person
	K, Rest int
	Many    bool // candidates
}

func clip(kind, id string) string { return kind + "/" + id }

func (x *Screen) person(c *terminal.Contest, code int, on bool) person {
	cand := c.Candidate(code)
	p := person{Code: code, Number: x.session.Comforts().Lang.Digits(strconv.Itoa(code)), Clip: clip("candidate", c.ID+"/"+strconv.Itoa(code)), Name: cand.Name, Photos: c.Photos, Photo: cand.Photo, On: on}
	if g, ok := c.Group(cand.List); ok && cand.List != "" {
		p.HasList, p.ListClip, p.List = true, clip("list", g.ID), g.Name
	}
	if here := x.session.Comforts().Lang; here != x.cfg.CardLang && x.cfg.CardLang.Name(cand.Name) != here.Name(cand.Name) {
		p.Other = true
		p.Printed = election.Name{Fa: x.cfg.CardLang.Name(cand.Name)}
		if x.cfg.CardLang == web.English {
			p.Printed = election.Name{En: x.cfg.CardLang.Name(cand.Name)}
		}
	}
	return p
}

// parts are all contests with the codes in each.
func (x *Screen) parts(codes func(contest int) []int) []part {
	var out []part
	for i, c := range x.session.Paper().Contests {
		p := part{At: i, Clip: clip("contest", c.ID), Name: c.Name, K: c.K(), Many: len(c.Candidates) > 99}
		for _, code := range codes(i) {
			p.People = append(p.People, x.person(c, code, true))
		}
		p.Rest = c.K() - len(p.People)
		out = append(out, p)
	}
	return out
}

// page is the present page.
func (x *Screen) page(stale bool) *page {
	s := x.session
	p := &page{S: s, Stale: stale, Home: x.cfg.Home, Exit: x.cfg.Exit, Simulated: x.cfg.Simulated, Preview: x.cfg.Paper != nil, Aids: true,
		Sizes: choices("comfort.size."), Contrasts: choices("comfort.contrast."), Stay: int(x.cfg.Stay.Seconds())}
	p.clock(x)
	p.Comforts, p.Turn, p.Over = s.Comforts(), s.Turn(), s.Over()
	p.Lang, p.Focus = p.Comforts.Lang, x.focus
	p.View = string(s.Step())
	switch {
	case p.Phase == terminal.Alert:
		p.View = "alert"
	case s.Overlay() != terminal.None:
		p.View = string(s.Overlay())
	}
	p.Title, p.Place = p.View+".title", p.View
	p.Word = p.View
	switch s.Step() {
	case terminal.Choose:
		x.choosing(p)
	case terminal.Sealing, terminal.Printing, terminal.Ending, terminal.Slip:
		if p.View == string(s.Step()) {
			p.Title = "working." + p.View
			p.View, p.Word, p.Aids = "working", p.Title, s.Trouble() != ""
		}
		p.Slipping = s.Step() == terminal.Slip
		if s.Trouble() != "" {
			p.TroubleWord = "trouble." + string(s.Trouble())
			if p.Slipping && x.cfg.SlipCode != nil {
				p.SlipCode = x.cfg.SlipCode()
			}
		}
	case terminal.Done:
		if p.Exit != "" {
			p.Title = "practice.done"
		}
	case terminal.Left:
		p.Word = "left." + string(s.Why())
	}
	x.nav(p)
	return p
}

func choices(prefix string) []string {
	return []string{prefix + "0", prefix + "1", prefix + "2", prefix + "3"}
}

// nav sets the buttons of the foot.
func (x *Screen) nav(p *page) {
	s := x.session
	back := &button{Do: "back", Word: "back"}
	switch p.View {
	case "language":
		p.Aids = false
	case "comfort":
		p.Next, p.Aids = &button{Do: "start", Word: "comfort.start", Class: "go"}, false
	case "choose":
		p.Back, p.Next = back, &button{Do: "next", Word: "next", Class: "go"}
		if s.Changing() {
			p.Back, p.Next.Word = nil, "choose.to-review"
		} else if s.At()+1 == len(s.Paper().Contests) {
			p.Next.Word = "choose.see-review"
		}
	case "review":
		p.Reviewed = x.parts(s.Chosen)
		p.Back, p.Next = back, &button{Do: "seal", Word: "review.print", Class: "go"}
	case "check":
		card := s.Card()
		p.Carded = x.parts(func(i int) []int { return card[i] })
		p.Back, p.Next = &button{Do: "wrong", Word: "check.wrong", Class: "stop"}, &button{Do: "right", Word: "check.right", Class: "go"}
	case "drop":
		p.Back, p.Next = back, &button{Do: "cast", Word: "drop.cast", Class: "go"}
	case "wrong":
		p.Back = back
	case "warning":
		p.Back, p.Next = back, &button{Do: "challenge", Word: "warning.do", Class: "stop"}
	case "torn":
		p.Next = &button{Do: "another", Word: "torn.do", Class: "go"}
	case "tested":
		p.Next = &button{Do: "anew", Word: "tested.anew", Class: "go"}
	case "done", "left":
		p.Next, p.Aids = &button{Word: "done.end", Class: "go", Href: x.cfg.Home}, false
	case "alert":
		p.Next, p.Aids = &button{Do: "continue", Word: "alert.go", Class: "go"}, false
	case "settings", "help":
		p.Title = p.View
		p.Next = &button{Do: "close", Word: "close", Class: "go"}
	case "ask-clear":
		p.Title = "clear.title"
		p.Back, p.Next, p.Aids = &button{Do: "clear", Word: "clear.yes", Class: "stop"}, &button{Do: "close", Word: "clear.no", Class: "go"}, false
	case "ask-leave":
		p.Title = "leave.title"
		p.Back, p.Next, p.Aids = &button{Do: "leave", Word: "leave.yes", Class: "stop"}, &button{Do: "close", Word: "leave.no", Class: "go"}, false
	}
}

// choosing is what the page of a contest shows.
func (x *Screen) choosing(p *page) {
	s, c := x.session, x.session.Contest()
	p.V, p.Place1 = s.View(), s.At()+1
	p.Place += "/" + strconv.Itoa(s.At()) + "/" + string(p.V.Tab) + "/" + strconv.Itoa(p.V.Page)
	if p.V.Group != nil {
		p.Place += "/" + p.V.Group.ID
	}
	var tabs []terminal.Tab
	if p.V.Large {
		tabs = []terminal.Tab{terminal.Names, terminal.Letters, terminal.Search}
	} else if len(c.Groups) > 0 {
		tabs = []terminal.Tab{terminal.Names}
	}
	if len(c.Groups) > 0 {
		tabs = append(tabs, terminal.Lists)
	}
	if p.V.Large {
		tabs = append(tabs, terminal.Code, terminal.Mine)
	}
	for _, t := range tabs {
		p.Tabs = append(p.Tabs, tab{t, "tab." + string(t), t == p.V.Tab})
	}
	for _, code := range p.V.Codes {
		p.Candidates = append(p.Candidates, x.person(c, code, s.Has(code)))
	}
	p.PageNumber, p.PageBefore, p.PageAfter = p.V.Page+1, p.V.Page-1, p.V.Page+1
	switch p.V.Tab {
	case terminal.Letters:
		for i, l := range c.Letters(p.Lang) {
			p.Letters = append(p.Letters, letter{l.Text, i})
		}
	case terminal.Search:
		p.Keyboard = keyboards[p.Lang]
		p.Found = len(c.Find(p.Lang, p.V.Query))
	case terminal.Code:
		p.Pad = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}
		if p.V.Echo > 0 {
			echo := x.person(c, p.V.Echo, s.Has(p.V.Echo))
			p.Echo = &echo
		}
	}
	x.notice(p, s.Notice())
}

// keyboards are the letters of names in each language, in the order of the
// alphabet: who does not type knows that one.
var keyboards = [2][][]string{
	{{"ا", "آ", "ب", "پ", "ت", "ث", "ج", "چ", "ح", "خ", "د", "ذ"}, {"ر", "ز", "ژ", "س", "ش", "ص", "ض", "ط", "ظ", "ع", "غ"}, {"ف", "ق", "ک", "گ", "ل", "م", "ن", "و", "ه", "ی", "ئ"}},
	{{"A", "B", "C", "D", "E", "F", "G", "H", "I"}, {"J", "K", "L", "M", "N", "O", "P", "Q", "R"}, {"S", "T", "U", "V", "W", "X", "Y", "Z"}},
}

// notice says what is to be said of the last act.
func (x *Screen) notice(p *page, n terminal.Notice) {
	if n.Kind == "" || n.Kind == terminal.NoSuchCode { // which the page of codes says itself
		return
	}
	c, key := x.session.Contest(), "notice."+string(n.Kind)
	var args []any
	switch n.Kind {
	case terminal.Added:
		p.GoodNotice = true
		if n.Code == 0 {
			key, args = "notice.added-list", []any{n.N}
			break
		}
		args = []any{c.Candidate(n.Code).Name}
	case terminal.Removed, terminal.Repeated:
		p.GoodNotice = n.Kind == terminal.Removed
		args = []any{c.Candidate(n.Code).Name}
	case terminal.TooMany:
		args = []any{n.N, c.Candidate(n.Code).Name}
	case terminal.ListTooLong, terminal.NotBlank:
		args = []any{n.N}
	}
	p.Said = say(p.Lang, key, args...)
}

// A Clip is a string that is spoken: an id and the text in each language. A text
// with indexed verbs is spoken with the clips of its arguments.
type Clip struct {
	ID   string
	Text web.Text
}

// Clips returns all clips that the pages of a paper ask for, by id.
func Clips(paper *terminal.Paper) []Clip {
	var out []Clip
	for key, text := range words {
		out = append(out, Clip{key, text})
	}
	add := func(id string, n election.Name) {
		out = append(out, Clip{id, web.Text{web.Persian.Name(n), web.English.Name(n)}})
	}
	areas := map[string]bool{}
	for _, c := range paper.Contests {
		add(clip("contest", c.ID), c.Name)
		if !areas[c.District] {
			areas[c.District] = true
			add(clip("area", c.District), c.Area)
		}
		for i, x := range c.Candidates {
			add(clip("candidate", c.ID+"/"+strconv.Itoa(i+1)), x.Name)
		}
		for _, l := range c.Lists {
			add(clip("list", l.ID), l.Name)
		}
	}
	slices.SortFunc(out, func(a, b Clip) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b Clip) bool { return a.ID == b.ID })
}

type set struct{ t *template.Template }

func (s *set) main(w io.Writer, p *page) error { return s.t.ExecuteTemplate(w, p.View, p) }

func (s *set) layout(w io.Writer, p *page) error { return s.t.ExecuteTemplate(w, "layout", p) }
