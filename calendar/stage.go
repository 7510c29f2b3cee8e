package calendar

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sandogh/sandogh/law"
)

// A Stage is a window of days, counted from polling day.
type Stage struct {
	ID        string    `json:"stage"`
	TitleFa   string    `json:"title_fa"`
	TitleEn   string    `json:"title_en,omitempty"`
	AppliesTo string    `json:"applies_to"` // a kind of contest, by-election, proportional or all
	From      *int      `json:"from_day"`   // first day; nil: the owner sets it
	To        *int      `json:"to_day"`     // last day; nil: the owner sets it
	Article   string    `json:"article"`    // as published; empty: not published
	Grade     string    `json:"grade"`      // of the source
	Owner     string    `json:"owner"`      // who confirms it
	After     []string  `json:"after"`      // stages before which it may not begin
	Legal     bool      `json:"legal"`      // the law fixes it; otherwise its owner may
	Law       *Citation `json:"law,omitempty"`
}

// A Citation names a version of an article in the register of the law.
type Citation struct {
	Article string `json:"article"`
	Version string `json:"version"`
}

// Title returns the title in the language, or in the other if it has none.
func (s *Stage) Title(l Lang) string {
	if l == English && s.TitleEn != "" {
		return s.TitleEn
	}
	return s.TitleFa
}

// PollingDay is the id of the stage from which all are counted.
const PollingDay = "polling-day"

const (
	maxJSON   = 4 << 20
	maxStages = 1000
	maxAfter  = 100
	maxCycles = 10
	maxOffset = 400
	maxRunes  = 200
)

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

//go:embed stages.json
var stageFile []byte

var stages = sync.OnceValue(func() []Stage {
	all, err := ParseStages(stageFile)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return all
})

// Stages returns the stages of the 7th round, as published.
func Stages() []Stage {
	all := slices.Clone(stages())
	for i := range all {
		s := &all[i]
		s.After, s.From, s.To, s.Law = slices.Clone(s.After), clone(s.From), clone(s.To), clone(s.Law)
	}
	return all
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// ParseStages reads stages from strict JSON: an array, at most 4 MiB. The error
// is *[Faults].
func ParseStages(data []byte) ([]Stage, error) {
	var faults Faults
	if len(data) > maxJSON {
		faults.add("stages", "%d bytes: keep the file within %d", len(data), maxJSON)
		return nil, faults.err()
	}
	raw, err := law.Elements(data)
	if err != nil {
		faults.add("stages", "%v", err)
		return nil, faults.err()
	}
	all := make([]Stage, len(raw))
	for i := range raw {
		err := law.Decode(raw[i], &all[i], "stage", "title_fa", "applies_to", "from_day", "to_day", "article", "grade", "owner", "after", "legal")
		if err != nil {
			faults.add(at("stages", i), "%v", err)
		}
	}
	if len(faults) > 0 {
		return nil, faults.err()
	}
	if err := CheckStages(all); err != nil {
		return nil, err
	}
	return all, nil
}

// CheckStages reports all that is wrong in stages, as *[Faults].
func CheckStages(all []Stage) error {
	var faults Faults
	if len(all) > maxStages {
		faults.add("stages", "%d stages: keep them within %d", len(all), maxStages)
		return faults.err()
	}
	place := make(map[string]int, len(all))
	for i := range all {
		all[i].check(func(field, text string, args ...any) { faults.add(at("stages", i)+field, text, args...) })
		if j, ok := place[all[i].ID]; ok {
			faults.add(at("stages", i)+".stage", "%q is also %s: give each stage an id of its own", all[i].ID, at("stages", j))
			continue
		}
		place[all[i].ID] = i
	}
	if i, ok := place[PollingDay]; !ok {
		faults.add("stages", "no stage %q: add the day from which all are counted", PollingDay)
	} else if p := &all[i]; p.From == nil || p.To == nil || *p.From != 0 || *p.To != 0 || p.AppliesTo != "all" {
		faults.add(at("stages", i), "polling day is day 0 of every kind: write from_day 0, to_day 0, applies_to all")
	}
	if len(faults) > 0 {
		return faults.err()
	}
	for i := range all {
		for j, id := range all[i].After {
			path := at(at("stages", i)+".after", j)
			if _, ok := place[id]; !ok {
				faults.add(path, "there is no stage %q: name one that is in the file", id)
			} else if slices.Contains(all[i].After[:j], id) {
				faults.add(path, "%q is named twice: name it once", id)
			}
		}
	}
	if len(faults) > 0 {
		return faults.err()
	}
	faults = cycles(all, place)
	for i := range all {
		s := &all[i]
		for j, id := range s.After {
			p := &all[place[id]]
			if s.From != nil && p.From != nil && s.kinds()&p.kinds() != 0 && *s.From < *p.From {
				faults.add(at(at("stages", i)+".after", j), "%s would begin on day %d, before %s, which begins on day %d: move %s, or remove what it follows",
					s.ID, *s.From, p.ID, *p.From, s.ID)
			}
		}
	}
	return faults.err()
}

// check reports what is wrong in the values of one stage.
func (s *Stage) check(add func(field, text string, args ...any)) {
	if !nameForm.MatchString(s.ID) || len(s.ID) > 60 {
		add(".stage", "%q: write small letters, digits and -, at most 60", s.ID)
	}
	if !isText(s.TitleFa) || s.TitleFa == "" {
		add(".title_fa", "write a title of one line, at most %d characters", maxRunes)
	}
	if !isText(s.TitleEn) || !isText(s.Article) || !isText(s.Grade) {
		add("", "title_en, article and grade: write one line, at most %d characters each", maxRunes)
	}
	if _, err := appliesTo(s.AppliesTo); err != nil {
		add(".applies_to", "%v", err)
	}
	if !nameForm.MatchString(s.Owner) || len(s.Owner) > 60 {
		add(".owner", "%q: write a name such as county-executive-board", s.Owner)
	}
	if len(s.After) > maxAfter {
		add(".after", "%d stages: name at most %d", len(s.After), maxAfter)
	}
	for _, o := range []*int{s.From, s.To} {
		if o != nil && (*o < -maxOffset || *o > maxOffset) {
			add("", "day %d: keep within %d days of polling day", *o, maxOffset)
		}
	}
	if s.From != nil && s.To != nil && *s.From > *s.To {
		add(".to_day", "ends on day %d, before it begins on day %d: exchange them", *s.To, *s.From)
	}
	if s.Law != nil {
		if _, ok := law.Lookup(s.Law.Article, s.Law.Version); !ok {
			add(".law", "version %q of %q is not in the register of the law: cite one that is", s.Law.Version, s.Law.Article)
		}
	}
}

func isText(s string) bool {
	return utf8.RuneCountInString(s) <= maxRunes && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	})
}

// kinds returns the kinds that a checked stage applies to.
func (s *Stage) kinds() Kinds {
	k, _ := appliesTo(s.AppliesTo)
	return k
}

// cycles reports stages that in the end follow themselves, up to ten: each at
// the reference that closes the cycle.
func cycles(all []Stage, place map[string]int) Faults {
	var faults Faults
	done := make([]bool, len(all))
	var path []int
	var visit func(i int)
	visit = func(i int) {
		path = append(path, i)
		for j, id := range all[i].After {
			next := place[id]
			if len(faults) == maxCycles {
				return
			}
			if k := slices.Index(path, next); k >= 0 {
				var names []string
				for _, n := range append(slices.Clone(path[k:]), next) {
					names = append(names, all[n].ID)
				}
				faults.add(at(at("stages", i)+".after", j), "a cycle: %s: remove one of them from what the one before it follows", strings.Join(names, " after "))
			} else if !done[next] {
				visit(next)
			}
		}
		path = path[:len(path)-1]
		done[i] = true
	}
	for i := range all {
		if !done[i] {
			visit(i)
		}
	}
	return faults
}
