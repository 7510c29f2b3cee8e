package election

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Validate returns everything that is wrong with the definition, by the rules of
// spec/definition.md, or nil.
func (d *Definition) Validate() Faults { return d.validate(nil) }

// validate is Validate of a definition that was read with faults at the paths of
// shape: it leaves out faults that may only follow from those.
func (d *Definition) validate(shape map[string]bool) Faults {
	v := validator{d: d, keys: make(map[Key]string), forestKnown: true}
	for path := range shape {
		if strings.HasPrefix(path, "districts") {
			v.forestKnown = false
		}
	}
	v.general()
	v.laws()
	v.districts()
	v.offices()
	v.branches()
	v.count("contests", len(d.Contests), 1)
	for i := range d.Contests {
		v.contest(at("contests", i), &d.Contests[i])
	}
	v.unique("contests", len(d.Contests), func(i int) string { return d.Contests[i].ID })
	v.plans()
	v.bodies()
	return slices.DeleteFunc(v.faults, func(f Fault) bool { return covers(shape, f.Path) })
}

type validator struct {
	d          *Definition
	faults     Faults
	keys       map[Key]string // where each key was first seen
	articles   map[string]int // how many versions of each
	districtIx map[string]int
	branchIx   map[string]int

	// Whether it is known which districts lie within which: where not, who votes
	// where is not judged.
	forestKnown bool
}

func (v *validator) add(path, text string, args ...any) { v.faults.Add(path, text, args...) }

func (v *validator) general() {
	d := v.d
	if d.Format != Format {
		v.add("format", "%s is not known: write %q", quote(d.Format), Format)
	}
	v.name("name", d.Name)
	if t, err := time.Parse(time.DateOnly, d.PollingDay); err != nil || t.Year() < 1900 {
		v.add("polling_day", "%s is not a date: write it as 2026-05-01", quote(d.PollingDay))
	}
	v.between("max_ballots_per_device", d.MaxBallotsPerDevice, 1, MaxPerDevice)
	v.ed25519("hq_log_key", d.HQLogKey)
}

func (v *validator) laws() {
	v.articles = make(map[string]int)
	versions := make(map[[2]string]bool)
	v.count("laws", len(v.d.Laws), 1)
	for i, l := range v.d.Laws {
		p := at("laws", i)
		v.text(p+".article", l.Article)
		v.text(p+".version", l.Version)
		if key := [2]string{l.Article, l.Version}; versions[key] {
			v.add(p, "this version of the article is named twice: keep one")
		} else {
			versions[key] = true
			v.articles[l.Article]++
		}
		if !slices.Contains([]string{InForce, Approved, Draft}, l.State) {
			v.add(p+".state", "%s is not a state: write in-force, approved or draft", quote(l.State))
		}
		if l.Ruling != "" {
			v.hash(p+".ruling", l.Ruling)
		} else if l.State == Draft {
			v.add(p+".ruling", "the law is a draft: name the ruling that allows it")
		}
	}
}

var kinds = []string{Country, Province, County, Rural, City, Village, Constituency}

func (v *validator) districts() {
	d := v.d
	v.count("districts", len(d.Districts), 1)
	sound := len(v.faults)
	v.districtIx = v.unique("districts", len(d.Districts), func(i int) string { return d.Districts[i].ID })
	v.forestKnown = v.forestKnown && len(v.faults) == sound
	for i, x := range d.Districts {
		p := at("districts", i)
		v.name(p+".name", x.Name)
		if !slices.Contains(kinds, x.Kind) {
			v.add(p+".kind", "%s is not a kind: write one of %s", quote(x.Kind), strings.Join(kinds, ", "))
		}
		if x.Parent == "" {
			continue
		}
		if _, ok := v.districtIx[x.Parent]; !ok {
			v.add(p+".parent", "there is no district %s: add it, or correct the id", quote(x.Parent))
			v.forestKnown = false
		} else if fault := v.ancestors(i); fault != "" {
			v.add(p+".parent", "%s", fault)
			v.forestKnown = false
		}
	}
}

// ancestors checks that the i-th district's parents lead to a root. A district
// below a cycle gets no fault of its own: those of the cycle have it.
func (v *validator) ancestors(i int) string {
	walk := []int{i}
	for {
		next, ok := v.districtIx[v.d.Districts[walk[len(walk)-1]].Parent]
		switch {
		case !ok:
			return ""
		case next == i:
			return "the district lies within itself: correct the parents"
		case slices.Contains(walk, next):
			return ""
		case len(walk) == MaxDepth:
			return fmt.Sprintf("more than %d districts above one another: leave some out", MaxDepth)
		}
		walk = append(walk, next)
	}
}

func (v *validator) branches() {
	d := v.d
	v.count("branches", len(d.Branches), 1)
	v.branchIx = v.unique("branches", len(d.Branches), func(i int) string { return d.Branches[i].ID })
	f := d.forest()
	contestsKnown := v.forestKnown && !slices.ContainsFunc(d.Contests, func(c Contest) bool { return !v.isDistrict(c.District) })
	for i, b := range d.Branches {
		p := at("branches", i)
		v.name(p+".name", b.Name)
		v.between(p+".electorate", b.Electorate, 0, MaxPersons)
		v.ed25519(p+".log_key", b.LogKey)
		if !v.isDistrict(b.District) {
			v.add(p+".district", "there is no district %s: add it, or correct the id", quote(b.District))
			continue
		}
		switch n := len(f.contestsOf(b.District)); {
		case n == 0 && contestsKnown:
			v.add(p+".district", "no contest is held in %s or above it: correct the district, or remove the branch", quote(b.District))
		case n > MaxStyle:
			v.add(p+".district", "more than %d contests are held in %s and above it: hold fewer", MaxStyle, quote(b.District))
		}
	}
}

func (v *validator) isDistrict(id string) bool {
	_, ok := v.districtIx[id]
	return ok
}

// name checks a Name: one language at least, each fit to be shown.
func (v *validator) name(path string, n Name) {
	if n.Fa == "" && n.En == "" {
		v.add(path, "no name: write fa, en or both")
		return
	}
	for _, x := range [...]struct{ lang, s string }{{"fa", n.Fa}, {"en", n.En}} {
		if x.s != "" {
			v.text(path+"."+x.lang, x.s)
		}
	}
}

// text checks a text that people read: nothing in it may be invisible but the
// joiners that Persian needs, so that two texts that look the same to all
// intents are not different by a trick, and none turns the line around it.
func (v *validator) text(path, s string) {
	switch {
	case s == "":
		v.add(path, "empty: write a text")
	case !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError):
		v.add(path, "not valid Unicode: write it again")
	case utf8.RuneCountInString(s) > MaxTextRunes:
		v.add(path, "%d characters: keep it within %d", utf8.RuneCountInString(s), MaxTextRunes)
	case strings.TrimSpace(s) != s:
		v.add(path, "space at the beginning or the end: remove it")
	default:
		for _, r := range s {
			if !shown(r) {
				v.add(path, "has the invisible character %U: remove it", r)
				return
			}
		}
	}
}

func shown(r rune) bool {
	const zwnj, zwj = '\u200c', '\u200d'
	return r == zwnj || r == zwj ||
		!unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp)
}

func (v *validator) between(path string, n, lo, hi int) {
	if n < lo || n > hi {
		v.add(path, "%d is out of range: write %d to %d", n, lo, hi)
	}
}

// count checks the length of an array.
func (v *validator) count(path string, n, lo int) {
	if n < lo {
		v.add(path, "%d elements: write at least %d", n, lo)
	}
	if n > MaxItems {
		v.add(path, "%d elements: keep them within %d", n, MaxItems)
	}
}

func (v *validator) hash(path, s string) {
	if _, err := parseHash(s); err != nil {
		v.add(path, "%v", err)
	}
}

// unique checks the ids of an array's n elements and returns where each is.
func (v *validator) unique(path string, n int, id func(int) string) map[string]int {
	ix := make(map[string]int, n)
	for i := range n {
		p := at(path, i) + ".id"
		s := id(i)
		if !ValidID(s) {
			v.add(p, "%s is not an id: write 1 to 32 letters a-z A-Z, digits or -", quote(s))
		} else if first, ok := ix[s]; ok {
			v.add(p, "%s is the id of %s too: give each its own", quote(s), at(path, first))
			continue
		}
		ix[s] = i
	}
	return ix
}

// ValidID reports whether s is an id: [A-Za-z0-9-]{1,32}.
func ValidID(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}

func (v *validator) ed25519(path string, k Key) { v.key(path, k, k.CheckEd25519()) }
func (v *validator) x25519(path string, k Key)  { v.key(path, k, k.checkX25519()) }

// key reports what was found wrong with a key, and a key in two roles: whoever
// holds two could answer for one body as the other.
func (v *validator) key(path string, k Key, err error) {
	if err != nil {
		v.add(path, "%v", err)
		return
	}
	if first, ok := v.keys[k]; ok {
		v.add(path, "the same key as %s: make a key pair for each", first)
		return
	}
	v.keys[k] = path
}
