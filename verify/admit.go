package verify

import (
	"fmt"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// Admit applies the checks to a mixer's or trustee's submission before it is
// put on the record, as if it were its next entry. The error names the check
// that refuses it.
func (v *View) Admit(s *record.Submission) error {
	if err := v.Sound(); err != nil {
		return err
	}
	e, err := record.Decode(s.Entry)
	if err != nil {
		return err
	}
	need := v.r.answerable(e.Body)
	if need == nil {
		return fmt.Errorf("an entry of type %s belongs into a branch's log", e.Body.Kind())
	}
	if err := v.r.signed(s.Entry, e, need); err != nil {
		return fmt.Errorf("V008 (%s): %w", report.Title("V008"), err)
	}
	var contest, id string
	var refs []record.Blob
	switch b := e.Body.(type) {
	case *record.Shuffle:
		contest, id, refs = b.Contest, b.Unit, []record.Blob{b.Output, b.Proof}
	case *record.Shares:
		contest, id, refs = b.Contest, b.Unit, []record.Blob{b.Shares}
	default:
		return fmt.Errorf("an entry of type %s is not submitted by a mixer or a trustee", e.Body.Kind())
	}
	if len(refs) != len(s.Blobs) {
		return fmt.Errorf("the submission brings %d blobs, its entry names %d", len(s.Blobs), len(refs))
	}
	blobs := map[string][]byte{}
	for i, ref := range refs {
		blobs[source.BlobPath(ref)] = s.Blobs[i]
	}
	u, err := v.unit(contest, id)
	if err != nil {
		return err
	}
	next := v.r.With(blobs)
	switch b := e.Body.(type) {
	case *record.Shuffle:
		err = v.r.checker.AdmitShuffle(next, u, b)
	case *record.Shares:
		err = v.r.checker.AdmitShares(next, u, b)
	}
	if err != nil {
		return err
	}
	if c, f, found := next.Report(v.r.id, true, true, report.PhaseMixing).First(); found {
		return fmt.Errorf("%s (%s): %s", c.ID, c.Title, f.Text)
	}
	return nil
}
