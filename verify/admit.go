package verify

import (
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/outcome"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"github.com/sandogh/sandogh/verify/unit"
)

// Admit applies the checks to what other bodies submit before it is put on the
// record, as if the submissions were its next entries, in their order. The error
// names the check that refuses one. Shuffles and shares are checked against the
// record as it is, so of several for one unit each must be able to be the next.
// What headquarters makes itself from a view is not admitted but made.
func (v *View) Admit(submissions ...*record.Submission) error {
	blobs := map[string][]byte{}
	var entries []record.Entry
	for _, s := range submissions {
		e, err := v.admissible(s)
		if err != nil {
			return err
		}
		entries = append(entries, e)
		for i, ref := range record.Blobs(e.Body) {
			blobs[source.BlobPath(ref)] = s.Blobs[i]
		}
	}
	if err := v.soundFor(entries); err != nil {
		return err
	}
	var log []int // those that are about no unit
	for i, e := range entries {
		var err error
		reader := v.r.With(blobs)
		switch b := e.Body.(type) {
		case *record.Shuffle:
			err = v.atUnit(b.Contest, b.Unit, func(u *unit.Unit) error { return v.r.checker.AdmitShuffle(reader, u, b) })
		case *record.Shares:
			err = v.atUnit(b.Contest, b.Unit, func(u *unit.Unit) error { return v.r.checker.AdmitShares(reader, u, b) })
		default:
			log = append(log, i)
			continue
		}
		if err == nil {
			err = v.first(reader)
		}
		if err != nil {
			return err
		}
	}
	if len(log) == 0 {
		return nil
	}
	// The others are checked by reading headquarters' log again, with them at its
	// end.
	n := &run{Reader: v.r.With(blobs), o: v.r.o, id: v.r.id, def: v.r.def, offices: v.r.offices, hqOffice: v.r.hqOffice,
		witnesses: v.r.witnesses, branches: v.r.branches, units: map[unit.ID]*unit.Unit{}}
	n.readHeadquarters()
	for _, i := range log {
		if err := n.admit(n.hq.size, submissions[i].Entry, entries[i].Body); err != nil {
			return fmt.Errorf("V009 (%s): %s: %w", report.Title("V009"), entries[i].Body.Kind(), err)
		}
		n.hq.size++
	}
	n.checkCeremony()
	n.outcomes = &outcome.Checker{Reader: n.Reader, Contests: n.hq.outcomes, Given: outcome.Given{Definition: n.def,
		Branches: n.branches, Fixed: n.hq.plans, Units: v.r.units, Gap: n.hq.gap}}
	n.outcomes.Check()
	return v.first(n.Reader)
}

// soundFor returns nil if the record stands, or will if the entries correct it.
func (v *View) soundFor(entries []record.Entry) error {
	if err := v.Sound(); err == nil || slices.ContainsFunc(entries, func(e record.Entry) bool { _, ok := e.Body.(*record.Correction); return !ok }) {
		return err
	}
	return v.Correctable()
}

// first returns the first finding of a reader as an error.
func (v *View) first(r *source.Reader) error {
	if c, f, found := r.Report(v.r.id, true, true, report.PhaseMixing).First(); found {
		return fmt.Errorf("%s (%s): %s", c.ID, c.Title, f.Text)
	}
	return nil
}

func (v *View) atUnit(contest, id string, do func(*unit.Unit) error) error {
	u, err := v.unit(contest, id)
	if err != nil {
		return err
	}
	return do(u)
}

// admissible checks the form and the signatures of a submission.
func (v *View) admissible(s *record.Submission) (record.Entry, error) {
	e, err := record.Decode(s.Entry)
	if err != nil {
		return e, err
	}
	need := v.r.answerable(e.Body)
	if need == nil {
		return e, fmt.Errorf("an entry of type %s belongs into a branch's log", e.Body.Kind())
	}
	switch e.Body.(type) {
	case *record.Definition, *record.ElectionKey, *record.Head, *record.Units, *record.Tally, *record.Canvass:
		return e, fmt.Errorf("an entry of type %s is not submitted: headquarters makes it itself", e.Body.Kind())
	}
	if err := v.r.signed(s.Entry, e, need); err != nil {
		return e, fmt.Errorf("V008 (%s): %w", report.Title("V008"), err)
	}
	if want := len(record.Blobs(e.Body)); want != len(s.Blobs) {
		return e, fmt.Errorf("the submission brings %d blobs, its entry names %d", len(s.Blobs), want)
	}
	return e, nil
}
