// Package find finds places, contests, branches and candidates by name, however
// it is spelt, and lists places by letter for sites that only files carry.
//
// Specification: spec/calendar.md, part 7 (rules C60 to C66), for what is the same
// name.
//
// In go Items, each a name with the address of its page; out come those whose name
// holds what was typed (Search), and pages of a list by first letter (Paths,
// Page). Words that say only what kind of place it is, such as «شهرستان», do not
// count as the beginning of a name.
//
// What it never does: it keeps nothing of what was asked.
//
// How it fails: it does not; what is not found gives nothing.
//
// Sources: package persian.
package find

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

// PerPage is how many items a page of the list by letter has.
const PerPage = 200

// MaxQuery is how many bytes of what was typed are looked at.
const MaxQuery = 120

// An Item is what can be found.
type Item struct {
	Name  election.Name
	Where election.Name // what it lies in
	Path  string        // of its page, without the language
	Kind  string        // place, contest, branch or candidate
}

// An Index finds items. It is safe for concurrent use.
type Index struct {
	listed  []Item
	letters []Letter
	pages   map[string]Page

	more func() []Item
	once sync.Once
	keys []string
	all  []Item
}

// A Letter is one of the list, with its first page.
type Letter struct {
	Letter string
	Path   string // such as 0622-1
	N      int
}

// A Page is a page of the list.
type Page struct {
	Letter         string
	Number, Of     int
	Items          []Item
	Previous, Next string // pages, or empty
}

// generic are words with which names of places begin that say only their kind.
var generic = []string{"استان", "شهرستان", "بخش", "شهر", "روستای", "شورای", "دهستان", "council", "of", "city", "county", "district", "village", "province", "the"}

// Begin returns the part of a name by which it is listed, folded.
func Begin(name string) string {
	key := persian.Key(strings.ToLower(name))
	for {
		word, rest, ok := strings.Cut(key, " ")
		if !ok || !slices.Contains(generic, word) {
			return key
		}
		key = rest
	}
}

// New returns an index that lists items by letter. What more gives, at the first
// search, is found and not listed.
func New(listed []Item, more func() []Item) *Index {
	x := &Index{listed: listed, more: more, pages: map[string]Page{}}
	type begun struct {
		key string
		Item
	}
	by := map[string][]begun{}
	for _, i := range listed {
		key := Begin(i.Name.String())
		r, _ := utf8.DecodeRuneInString(key)
		letter := strings.ToUpper(string(r))
		if key == "" || r >= '0' && r <= '9' {
			letter = "#"
		}
		by[letter] = append(by[letter], begun{key, i})
	}
	var letters []string
	for l := range by {
		letters = append(letters, l)
	}
	slices.SortFunc(letters, persian.Order)
	for _, l := range letters {
		items := by[l]
		slices.SortStableFunc(items, func(a, b begun) int {
			if a.key != b.key {
				return persian.Order(a.key, b.key)
			}
			return strings.Compare(a.Path, b.Path)
		})
		r, _ := utf8.DecodeRuneInString(l)
		n := (len(items) + PerPage - 1) / PerPage
		name := func(i int) string {
			if i < 1 || i > n {
				return ""
			}
			return fmt.Sprintf("%04x-%d", r, i)
		}
		x.letters = append(x.letters, Letter{l, name(1), len(items)})
		for i := 1; i <= n; i++ {
			p := Page{Letter: l, Number: i, Of: n, Previous: name(i - 1), Next: name(i + 1)}
			for _, b := range items[(i-1)*PerPage : min(i*PerPage, len(items))] {
				p.Items = append(p.Items, b.Item)
			}
			x.pages[name(i)] = p
		}
	}
	return x
}

// Letters returns the letters with which names begin.
func (x *Index) Letters() []Letter { return x.letters }

// Paths returns the names of all pages of the list.
func (x *Index) Paths() []string {
	var out []string
	for _, l := range x.letters {
		for at := l.Path; at != ""; at = x.pages[at].Next {
			out = append(out, at)
		}
	}
	return out
}

// Page returns a page of the list.
func (x *Index) Page(name string) (Page, bool) { p, ok := x.pages[name]; return p, ok }

// Search returns the items whose name holds what was typed, at most so many, and
// how many there are. Names that begin so come first.
func (x *Index) Search(typed string, most int) ([]Item, int) {
	x.once.Do(func() {
		x.all = append(slices.Clone(x.listed), x.more()...)
		for _, i := range x.all {
			x.keys = append(x.keys, strings.Join(append(persian.Keys(strings.ToLower(i.Name.Fa)), strings.ToLower(i.Name.En)), "\n"))
		}
	})
	if len(typed) > MaxQuery {
		typed = strings.ToValidUTF8(typed[:MaxQuery], "")
	}
	wanted := []string{persian.Key(strings.ToLower(typed))}
	if meant := persian.Key(persian.FromLatinLayout(typed)); meant != wanted[0] {
		wanted = append(wanted, meant)
	}
	if strings.TrimSpace(wanted[0]) == "" {
		return nil, 0
	}
	var first, rest []Item
	n := 0
	for i, key := range x.keys {
		for _, w := range wanted {
			at := strings.Index(key, w)
			if at < 0 {
				continue
			}
			n++
			if (at == 0 || key[at-1] == '\n' || key[at-1] == ' ') && len(first) < most {
				first = append(first, x.all[i])
			} else if len(rest) < most {
				rest = append(rest, x.all[i])
			}
			break
		}
	}
	out := append(first, rest...)
	return out[:min(len(out), most)], n
}
