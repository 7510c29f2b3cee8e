package drafting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/law"
	"github.com/sandogh/sandogh/strictjson"
)

// Files are what a definition is made of. Their names must differ.
type Files struct {
	Places, Candidates, Branches, Bodies File
}

// A Draft is a definition before it is signed.
type Draft struct {
	Definition *election.Definition
	JSON       []byte   // from which election.Parse has read the same definition
	Notes      []string // what an office should know: settings, and what the law leaves open
}

// A builder makes one definition.
type builder struct {
	files  Files
	plan   Plan
	faults Faults
	notes  []string

	places                           []*place // of the county
	codes                            codes    // of all places, also those at fault and in other counties
	provinceID, countyID, countyName string

	order []*held          // the contests, in the definition's order
	held  map[string]*held // by id

	bodyLines strictjson.Lines
	bodyShape []string // paths at fault

	def                        *election.Definition
	districtLines, branchLines []int
}

// Build makes the definition of a county's election. The error is *[Faults].
func Build(files Files, plan Plan) (*Draft, error) {
	if plan.Register == nil {
		plan.Register = law.Published()
	}
	if plan.MinUnit == 0 {
		plan.MinUnit = DefaultMinUnit
	}
	b := &builder{files: files, plan: plan, held: map[string]*held{}, def: &election.Definition{
		Format: election.Format, Name: plan.Name, Practice: plan.Practice, PollingDay: plan.PollingDay.Gregorian(),
	}}
	places, codes, faults := readPlaces(files.Places)
	b.codes = codes
	b.faults = append(b.faults, faults...)
	candidates, otherCandidates, faults := readCandidates(files.Candidates, plan.PollingDay)
	b.faults = append(b.faults, faults...)
	branches, otherBranches, faults := readBranches(files.Branches)
	b.faults = append(b.faults, faults...)
	b.county(places)
	if len(b.places) > 0 {
		b.contests()
		b.candidates(candidates)
		b.branches(branches)
		b.complete(otherCandidates, otherBranches)
	}
	b.bodies()
	b.validate()
	if len(b.faults) > 0 {
		b.faults = b.faults.sorted(files)
		return nil, &b.faults
	}
	return b.draft()
}

// flag reports what is wrong with the plan.
func (b *builder) flag(name, text string, args ...any) { b.faults.add(name, 0, text, args...) }

func (b *builder) note(text string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(text, args...))
}

// in returns the place of the county with the code. Without one, the code may be
// that of a place elsewhere, or of one at fault.
func (b *builder) in(code string) (p *place, elsewhere, atFault bool) {
	if i := slices.IndexFunc(b.places, func(p *place) bool { return p.code == code }); i >= 0 {
		return b.places[i], false, false
	}
	sound, ok := b.codes.sound[code]
	return nil, ok && sound, ok && !sound
}

// unknown reports whether a code that stands for nothing is to be told: each one
// where it first stands only, if it may be that of a place which could not be
// read.
func (b *builder) unknown(seen map[string]bool, code string) bool {
	first := !seen[code]
	seen[code] = true
	return first || b.codes.all
}

// complete fills in what follows from the contests once they have candidates,
// and reports the contests that cannot be held, unless they may have more
// candidates or branches than could be read.
func (b *builder) complete(otherCandidates func(string) bool, otherBranches bool) {
	for _, h := range b.order {
		c := &h.contest
		where, line := h.from()
		n := len(c.Candidates)
		switch {
		case otherCandidates(c.ID):
		case n == 0:
			b.faults.add(where, line, "%s has no candidate: add them to %s, or leave the contest out (--omit)", show(c.ID), b.files.Candidates.Name)
		case n < c.Seats:
			b.note("contest %s has %d candidates for %d seats: whether it is held (--omit) is open (councils/too-few-candidates), and the count will ask", c.ID, n, c.Seats)
		}
		if len(c.Units) == 0 && !otherBranches {
			b.faults.add(where, line, "no branch votes in %s: add one to %s", show(c.ID), b.files.Branches.Name)
		}
		// On average each candidate has as many votes in a unit as a voter has
		// choices, so that a single vote for an obscure one is not a mark by itself.
		c.MinUnit = max(b.plan.MinUnit, n)
		b.def.Contests = append(b.def.Contests, *c)
	}
	if b.def.Name == (election.Name{}) {
		if isPersian(b.countyName) {
			b.def.Name.Fa = "انتخابات شهرستان " + b.countyName + "، " + b.plan.PollingDay.In(calendar.Persian)
		} else {
			b.def.Name.En = "Elections of the county of " + b.countyName + ", " + b.plan.PollingDay.String()
		}
	}
	b.def.Name.Fa, b.def.Name.En = persian.Clean(b.def.Name.Fa), persian.Clean(b.def.Name.En)
}

// draft writes the definition and reads it again, as everybody else will.
func (b *builder) draft() (*Draft, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(b.def); err != nil {
		return nil, fmt.Errorf("build definition: %w", err)
	}
	d, err := election.Parse(text.Bytes())
	if err != nil {
		return nil, fmt.Errorf("build definition: read what was written: %w", err)
	}
	if d.ID() != b.def.ID() {
		return nil, fmt.Errorf("build definition: what was written reads as the election %x, not %x", d.ID(), b.def.ID())
	}
	return &Draft{Definition: d, JSON: text.Bytes(), Notes: b.notes}, nil
}
