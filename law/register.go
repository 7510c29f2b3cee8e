package law

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// A State says how far a version has come.
type State string

// The states, in the order in which a version passes through them.
const (
	Draft    State = "draft"
	Approved State = "approved"
	InForce  State = "in-force"
)

// A Grade says how good the source is; see the package documentation.
type Grade string

// The grades.
const (
	A Grade = "A"
	B Grade = "B"
	C Grade = "C"
)

// A Text is in Persian and English.
type Text struct {
	Fa string `json:"fa"`
	En string `json:"en"`
}

// A Version is one version of an article.
type Version struct {
	Article   string   `json:"article"`   // its number, or its subject
	Numbered  bool     `json:"numbered"`  // whether the source gives the number
	Version   string   `json:"version"`   // the round, the month or the year that it is known by
	State     State    `json:"state"`     //
	Effective string   `json:"effective"` // Jalali date, or empty: not published
	Title     Text     `json:"title"`     //
	Rule      Text     `json:"rule"`      // what it says
	Changed   Text     `json:"changed"`   // what it changed; empty: not published
	Open      Text     `json:"open"`      // what no source decides; empty: nothing known
	Concerns  []string `json:"concerns"`  // offices and persons, as owners of stages are named
	Grade     Grade    `json:"grade"`     //
}

// A Register is versions of articles.
type Register struct {
	versions []Version
}

// A Fault is one thing wrong in a register.
type Fault struct {
	Path string // JSON path, such as [3].grade
	Text string // what is wrong: how to put it right
}

// Faults is everything wrong in a register.
type Faults []Fault

// Error lists the faults, one to a line.
func (f Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read register of the law: %d at fault", len(f))
	for _, x := range f {
		fmt.Fprintf(&b, "\n%s: %s", x.Path, x.Text)
	}
	return b.String()
}

const (
	maxJSON  = 4 << 20
	maxRunes = 2000
)

var (
	articleForm = regexp.MustCompile(`^[a-z0-9][a-z0-9 ./()-]{0,79}$`)
	versionForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	dateForm    = regexp.MustCompile(`^1[345][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
	personForm  = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
)

var required = []string{"article", "numbered", "version", "state", "effective", "title", "rule", "changed", "open", "concerns", "grade"}

//go:embed register.json
var published []byte

var register = sync.OnceValue(func() *Register {
	r, err := Parse(published)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return r
})

// Published returns the register that is part of the program.
func Published() *Register { return register() }

// Lookup returns a version of the published register.
func Lookup(article, version string) (Version, bool) {
	return Published().Lookup(article, version)
}

// Parse reads a register from strict JSON. The error is *[Faults].
func Parse(data []byte) (*Register, error) {
	var faults Faults
	add := func(path, text string, args ...any) {
		faults = append(faults, Fault{path, fmt.Sprintf(text, args...)})
	}
	if len(data) > maxJSON {
		add("register", "%d bytes: keep it within %d", len(data), maxJSON)
		return nil, &faults
	}
	raw, err := Elements(data)
	if err != nil {
		add("register", "%v", err)
		return nil, &faults
	}
	if len(raw) == 0 {
		add("register", "no version: write an array of at least one")
	}
	r := &Register{versions: make([]Version, len(raw))}
	seen := map[[2]string]int{}
	for i := range raw {
		path := fmt.Sprintf("[%d]", i)
		v := &r.versions[i]
		if err := Decode(raw[i], v, required...); err != nil {
			add(path, "%v", err)
			continue
		}
		v.check(func(field, text string, args ...any) { add(path+"."+field, text, args...) })
		id := [2]string{v.Article, v.Version}
		if j, ok := seen[id]; ok {
			add(path, "version %q of %q is also [%d]: name each version once", v.Version, v.Article, j)
		}
		seen[id] = i
	}
	if len(faults) > 0 {
		return nil, &faults
	}
	return r, nil
}

// check reports what is wrong in the values of a version.
func (v *Version) check(add func(field, text string, args ...any)) {
	if !articleForm.MatchString(v.Article) || strings.TrimSpace(v.Article) != v.Article {
		add("article", "%q: write small letters, digits, spaces and ./()-, at most 80", v.Article)
	}
	if !versionForm.MatchString(v.Version) {
		add("version", "%q: write small letters, digits and -, at most 40", v.Version)
	}
	if !slices.Contains([]State{Draft, Approved, InForce}, v.State) {
		add("state", "%q: write draft, approved or in-force", v.State)
	}
	if v.Effective != "" && !dateForm.MatchString(v.Effective) {
		add("effective", "%q: write a Jalali date such as 1405-02-11, or nothing", v.Effective)
	}
	if !slices.Contains([]Grade{A, B, C}, v.Grade) {
		add("grade", "%q: write A, B or C", v.Grade)
	}
	for _, t := range []struct {
		name     string
		text     Text
		required bool
	}{{"title", v.Title, true}, {"rule", v.Rule, true}, {"changed", v.Changed, false}, {"open", v.Open, false}} {
		if (t.text.Fa == "") != (t.text.En == "") || t.required && t.text.Fa == "" {
			add(t.name, "one language is missing: write fa and en")
		}
		if utf8.RuneCountInString(t.text.Fa) > maxRunes || utf8.RuneCountInString(t.text.En) > maxRunes {
			add(t.name, "too long: keep each text within %d characters", maxRunes)
		}
	}
	if len(v.Concerns) == 0 {
		add("concerns", "nobody: name at least one office or person, such as candidate")
	}
	for i, c := range v.Concerns {
		if !personForm.MatchString(c) || slices.Contains(v.Concerns[:i], c) {
			add(fmt.Sprintf("concerns[%d]", i), "%q: write a name such as county-executive-board, once", c)
		}
	}
}

// All returns every version, in the order of the register.
func (r *Register) All() []Version {
	all := make([]Version, len(r.versions))
	for i, v := range r.versions {
		all[i] = v.clone()
	}
	return all
}

// Versions returns the versions of an article, the earlier first.
func (r *Register) Versions(article string) []Version {
	return slices.DeleteFunc(r.All(), func(v Version) bool { return v.Article != article })
}

// Lookup returns one version of an article.
func (r *Register) Lookup(article, version string) (Version, bool) {
	for _, v := range r.versions {
		if v.Article == article && v.Version == version {
			return v.clone(), true
		}
	}
	return Version{}, false
}

func (v Version) clone() Version {
	v.Concerns = slices.Clone(v.Concerns)
	return v
}

// A Change is a field in which two versions differ, named as in the JSON.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Diff returns what differs between two versions, in the order of the fields.
func Diff(from, to Version) []Change {
	changes := []Change{}
	for i, a := range from.fields() {
		if b := to.fields()[i]; a[1] != b[1] {
			changes = append(changes, Change{a[0], a[1], b[1]})
		}
	}
	return changes
}

func (v Version) fields() [][2]string {
	return [][2]string{
		{"article", v.Article}, {"numbered", fmt.Sprint(v.Numbered)}, {"version", v.Version},
		{"state", string(v.State)}, {"effective", v.Effective},
		{"title.fa", v.Title.Fa}, {"title.en", v.Title.En}, {"rule.fa", v.Rule.Fa}, {"rule.en", v.Rule.En},
		{"changed.fa", v.Changed.Fa}, {"changed.en", v.Changed.En}, {"open.fa", v.Open.Fa}, {"open.en", v.Open.En},
		{"concerns", strings.Join(v.Concerns, ", ")}, {"grade", string(v.Grade)},
	}
}

// MarshalJSON writes the register as [Parse] reads it.
func (r *Register) MarshalJSON() ([]byte, error) { return json.Marshal(r.versions) }
