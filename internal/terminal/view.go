package terminal

import (
	"slices"
	"strconv"
	"unicode"

	"github.com/sandogh/sandogh/internal/persian"
)

// A Tab is a way to find a candidate.
type Tab string

// The tabs there are.
const (
	Names   Tab = "names"   // in the order of names, page by page
	Letters Tab = "letters" // the index of Names
	Search  Tab = "search"  // by letters of the name
	Lists   Tab = "lists"   // a list, then its members
	Code    Tab = "code"    // by number
	Mine    Tab = "mine"    // those chosen
)

const (
	maxQuery  = 40 // letters
	maxDigits = 5  // of a code; a contest has at most 10,000 candidates
)

// perPage are the candidates on a page, for each size of text.
var perPage = [...]int{12, 9, 6, 4}

// view is how the contest in view is looked at. What was typed may tell of a
// choice, so it is erased like one.
type view struct {
	tab    Tab
	page   int
	query  []rune
	digits []byte
	list   string
}

func (v *view) erase() {
	clear(v.query[:cap(v.query)])
	clear(v.digits[:cap(v.digits)])
	*v = view{query: v.query[:0], digits: v.digits[:0]}
}

// A View is what a page shows of the contest in view.
type View struct {
	Tab         Tab
	Codes       []int // on this page
	Page, Pages int   // from 0
	After       int   // candidates on the pages after this one
	Query       string
	Digits      string // of a code
	Echo        int    // the candidate with that code, 0 if there is none
	Group       *Group // the open list
	Large       bool   // more candidates than fit on one page
}

// View returns what a page shows of the contest in view.
func (s *Session) View() View {
	c := s.Contest()
	lang := s.comforts.Lang
	v := View{Tab: s.tab(), Query: string(s.view.query), Digits: string(s.view.digits), Large: c.N() > perPage[0]}
	var codes []int
	switch v.Tab {
	case Names:
		codes = c.Order(lang)
	case Search:
		codes = c.Find(lang, v.Query)
	case Mine:
		codes = s.Chosen(s.at)
	case Lists:
		if g, ok := c.Group(s.view.list); ok {
			v.Group, codes = &g, g.Codes
		}
	case Code:
		if n, err := strconv.Atoi(v.Digits); err == nil && c.Has(n) {
			v.Echo = n
		}
	}
	per := perPage[s.comforts.Size]
	v.Pages = max(1, (len(codes)+per-1)/per)
	v.Page = min(s.view.page, v.Pages-1)
	end := min(len(codes), (v.Page+1)*per)
	v.Codes, v.After = slices.Clone(codes[min(len(codes), v.Page*per):end]), len(codes)-end
	return v
}

// tab returns the tab in view. The first one of a contest is its names.
func (s *Session) tab() Tab {
	if s.view.tab == "" {
		return Names
	}
	return s.view.tab
}

func (s *Session) open(tab Tab) bool {
	switch tab {
	case Names, Letters, Search, Code, Mine:
	case Lists:
		if len(s.Contest().Groups) == 0 {
			return false
		}
	default:
		return false
	}
	s.view.tab, s.view.page, s.view.list = tab, 0, ""
	return true
}

// turnPage goes to a page; a place beyond the last one is the last one.
func (s *Session) turnPage(to int) { s.view.page = max(0, min(to, s.View().Pages-1)) }

// letter goes to the page on which a letter of the index begins.
func (s *Session) letter(i int) bool {
	letters := s.Contest().Letters(s.comforts.Lang)
	if i < 0 || i >= len(letters) {
		return false
	}
	s.open(Names)
	s.turnPage(letters[i].At / perPage[s.comforts.Size])
	return true
}

// key types one letter of a search.
func (s *Session) key(text string) bool {
	r := []rune(text)
	if len(r) != 1 || !(unicode.IsLetter(r[0]) || unicode.IsDigit(r[0]) || r[0] == ' ' || r[0] == '\u200c') {
		return false
	}
	s.typed(append(s.view.query, r[0]))
	return true
}

// typed takes the whole of a search, from a keyboard that is there.
func (s *Session) typed(query []rune) {
	s.view.tab, s.view.page = Search, 0
	s.view.query = append(s.view.query[:0], query[:min(len(query), maxQuery)]...)
}

// digit types one digit of a code.
func (s *Session) digit(text string) bool {
	d := persian.ASCII(text)
	if len(d) != 1 || d[0] < '0' || d[0] > '9' {
		return false
	}
	s.view.tab = Code
	if len(s.view.digits) < maxDigits {
		s.view.digits = append(s.view.digits, d[0])
	}
	return true
}
