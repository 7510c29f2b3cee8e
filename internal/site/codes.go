package site

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

// codes is the index of all sealed ballots by confirmation code, made at the
// first question.
type codes struct {
	once   sync.Once
	sealed []place  // by ascending code
	unread []string // branches of which something could not be read
}

// place is where a sealed ballot is, and how it ended.
type place struct {
	code   string // without hyphens; ascending text is ascending code
	branch int    // in the definition
	entry  uint64
	kind   string // of the ending's entry, or empty
	ending uint64
}

func plain(code [32]byte) string { return strings.ReplaceAll(record.FormatCode(code), "-", "") }

// index reads every branch's log once.
func (s *site) index() *codes {
	s.codes.once.Do(func() {
		for i := range s.def.Branches {
			if !s.indexBranch(i) {
				s.codes.unread = append(s.codes.unread, s.def.Branches[i].ID)
			}
		}
		slices.SortStableFunc(s.codes.sealed, func(a, b place) int { return strings.Compare(a.code, b.code) })
	})
	return &s.codes
}

// indexBranch reports whether the whole log of a branch could be read. A branch
// that has not published yet counts as unread.
func (s *site) indexBranch(i int) bool {
	l, err := s.open(record.BranchLog(s.def.Branches[i].ID))
	if err != nil {
		return false
	}
	own := map[string]int{} // code → place in sealed
	whole := true
	for e, err := range l.Entries(0, l.Size()) {
		if err != nil {
			return false
		}
		d, err := record.Decode(e.Data)
		if err != nil {
			whole = false
			continue
		}
		code, ok := codeOf(d.Body, e.Data)
		if !ok {
			continue
		}
		text := plain(code)
		if d.Body.Kind() == (*record.Sealed).Kind(nil) {
			own[text] = len(s.codes.sealed)
			s.codes.sealed = append(s.codes.sealed, place{code: text, branch: i, entry: e.Index})
			continue
		}
		if j, ok := own[text]; ok && s.codes.sealed[j].kind == "" {
			s.codes.sealed[j].kind, s.codes.sealed[j].ending = d.Body.Kind(), e.Index
		}
	}
	return whole
}

// find returns the sealed ballots whose code begins so.
func (x *codes) find(prefix string) []place {
	from, _ := slices.BinarySearchFunc(x.sealed, prefix, func(p place, s string) int { return strings.Compare(p.code, s) })
	to := from
	for to < len(x.sealed) && strings.HasPrefix(x.sealed[to].code, prefix) {
		to++
	}
	return x.sealed[from:to]
}

// codePage is the body of the look-up.
type codePage struct {
	Asked   bool
	Typed   string // what is written into the field again
	Fault   string // what is wrong with what was typed
	Found   bool
	Many    int // sealed ballots that begin so, if more than one
	Example string
	Unread  []branchName // branches that could not be read wholly

	Code     string
	Log      string
	Branch   election.Name
	Entry    uint64
	Kind     string
	Ending   uint64
	Revealed []revealed
}

// revealed is a contest of a challenged ballot.
type revealed struct {
	Contest    election.Name
	Selections []election.Name
	Blank      int
}

func (c *call) code() {
	if !c.known() {
		return
	}
	typed, asked := c.query.Get("code"), c.query.Has("code")
	body := codePage{Asked: asked, Example: c.cfg.Code}
	status := http.StatusOK
	if asked {
		if r := []rune(typed); len(r) <= 200 {
			body.Typed = typed
		}
		clean, fault := web.CleanCode(typed)
		if fault != "" {
			status = http.StatusBadRequest
			body.Fault = c.say("code.fault."+string(fault), web.MinCodePrefix, web.CodeLength)
		} else if !c.lookUp(clean, &body) {
			status = http.StatusNotFound
		}
	}
	c.show(status, "code", c.say("code.title"), body)
}

// lookUp fills in what is known of a code and reports whether there is one
// sealed ballot that has it.
func (c *call) lookUp(clean string, body *codePage) bool {
	x := c.index()
	found := x.find(clean)
	if len(found) > 1 {
		body.Many = len(found)
		return true
	}
	if len(found) == 0 {
		body.Unread = c.branchNames(x.unread[:min(len(x.unread), 20)])
		return false
	}
	p := found[0]
	b := &c.def.Branches[p.branch]
	body.Found, body.Branch, body.Entry, body.Kind, body.Ending = true, b.Name, p.entry, p.kind, p.ending
	body.Log = record.BranchLog(b.ID)
	for s := p.code; s != ""; s = s[4:] {
		body.Code += s[:4] + "-"
	}
	body.Code = strings.TrimSuffix(body.Code, "-")
	if p.kind == (*record.Challenged).Kind(nil) {
		body.Revealed = c.revealed(body.Log, p.ending)
	}
	return true
}

// revealed returns what a challenged ballot reveals. Of any other entry there
// is nothing to reveal.
func (c *call) revealed(log string, index uint64) []revealed {
	l, err := c.open(log)
	if err != nil {
		return nil
	}
	data, err := l.Entry(index)
	if err != nil {
		return nil
	}
	d, err := record.Decode(data)
	if err != nil {
		return nil
	}
	ch, ok := d.Body.(*record.Challenged)
	if !ok {
		return nil
	}
	var out []revealed
	for _, x := range ch.Contests {
		contest, ok := c.def.Contest(x.Contest)
		if !ok {
			continue
		}
		r := revealed{Contest: contest.Name, Blank: len(x.Blanks)}
		for _, code := range x.Selections {
			if cand, ok := contest.Candidate(int(min(code, 1<<30))); ok {
				r.Selections = append(r.Selections, cand.Name)
			}
		}
		out = append(out, r)
	}
	return out
}
