package terminal

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/web"
)

// A Paper is what the voters of a branch are asked. It does not change, and any
// number of sessions share it.
type Paper struct {
	Election election.Name
	Branch   *election.Branch
	Practice bool
	Style    election.Style
	Contests []*Contest
}

// A Contest is one question, with the ways to find a candidate in it. A candidate
// is known by the code, 1 to N, that the record, the screen and the card share.
type Contest struct {
	*election.Contest
	Area   election.Name
	Groups []Group
	Photos bool // some candidate has one

	orders  [2][]int       // codes by name, in each language
	letters [2][]Letter    // where each letter begins in them
	keys    [][]string     // of each candidate, for a search
	members map[int]int    // code → index in Groups
	lists   map[string]int // id → index in Groups
}

// A Group is a list with the codes of its members, ascending.
type Group struct {
	election.List
	Codes []int
}

// A Letter is an entry of the index: the names from At on begin with it.
type Letter struct {
	Text string
	At   int
}

// NewPaper returns the paper of a branch.
func NewPaper(def *election.Definition, branch string) (*Paper, error) {
	style, err := def.StyleOf(branch)
	if err != nil {
		return nil, fmt.Errorf("make paper: %w", err)
	}
	b, ok := def.Branch(branch)
	if !ok {
		return nil, fmt.Errorf("make paper: no branch %q in the definition", branch)
	}
	p := &Paper{Election: def.Name, Branch: b, Practice: def.Practice, Style: style}
	for _, c := range style.Contests {
		area := election.Name{}
		if d, ok := def.District(c.District); ok {
			area = d.Name
		}
		p.Contests = append(p.Contests, newContest(c, area))
	}
	return p, nil
}

func newContest(c *election.Contest, area election.Name) *Contest {
	out := &Contest{Contest: c, Area: area, members: map[int]int{}, lists: map[string]int{}}
	for _, l := range c.Lists {
		out.lists[l.ID] = len(out.Groups)
		out.Groups = append(out.Groups, Group{List: l})
	}
	for i, x := range c.Candidates {
		out.Photos = out.Photos || x.Photo != ""
		out.keys = append(out.keys, slices.Concat(persian.Keys(x.Name.Fa), persian.Keys(strings.ToLower(x.Name.En))))
		if g, ok := out.lists[x.List]; ok && x.List != "" {
			out.Groups[g].Codes = append(out.Groups[g].Codes, i+1)
			out.members[i+1] = g
		}
	}
	for _, lang := range web.Langs {
		names := make([]string, c.N())
		for i, x := range c.Candidates {
			names[i] = lang.Name(x.Name)
		}
		order := c.Codes()
		slices.SortStableFunc(order, func(a, b int) int { return persian.Order(names[a-1], names[b-1]) })
		out.orders[lang] = order
		for at, code := range order {
			if l := initial(names[code-1]); len(out.letters[lang]) == 0 || out.letters[lang][len(out.letters[lang])-1].Text != l {
				out.letters[lang] = append(out.letters[lang], Letter{l, at})
			}
		}
	}
	return out
}

// initial returns the letter under which a name stands.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if r == 'آ' || r == 'أ' || r == 'إ' {
				r = 'ا'
			}
			return string(unicode.ToUpper(r))
		}
	}
	return "–"
}

// Candidate returns the candidate with a code from 1 to N.
func (c *Contest) Candidate(code int) election.Candidate { return c.Candidates[code-1] }

// Has reports whether a code is a candidate's.
func (c *Contest) Has(code int) bool { return 1 <= code && code <= c.N() }

// Order returns the codes of all candidates by name in the language: the same
// order for every voter.
func (c *Contest) Order(lang web.Lang) []int { return c.orders[lang] }

// Letters returns the index of Order.
func (c *Contest) Letters(lang web.Lang) []Letter { return c.letters[lang] }

// Group returns the list with an id, or that of a candidate.
func (c *Contest) Group(id string) (Group, bool) {
	i, ok := c.lists[id]
	if !ok {
		return Group{}, false
	}
	return c.Groups[i], true
}

// Find returns the codes of the candidates whose name or code holds what was
// typed, in the order of names. Nothing typed finds nobody.
func (c *Contest) Find(lang web.Lang, query string) []int {
	queries := persian.Keys(strings.ToLower(query))
	if queries[0] == "" {
		return nil
	}
	var out []int
	for _, code := range c.orders[lang] {
		if slices.ContainsFunc(c.keys[code-1], func(key string) bool {
			return slices.ContainsFunc(queries, func(q string) bool { return q != "" && strings.Contains(key, q) })
		}) {
			out = append(out, code)
		}
	}
	return out
}
