package verify

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"

	"github.com/sandogh/sandogh/record"
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
	if err := v.r.signed(e, record.HQ, need); err != nil {
		return fmt.Errorf("V008 (%s): %w", titles["V008"], err)
	}
	// A copy of the run with a ledger of its own, which sees the new blobs too.
	next := &run{ctx: v.r.ctx, fsys: overlay{v.r.fsys, map[string][]byte{}}, o: v.r.o, id: v.r.id, def: v.r.def,
		hq: v.r.hq, key: v.r.key, branches: v.r.branches, ledger: newLedger(), blobs: map[string]bool{}}
	var refs []record.Blob
	switch b := e.Body.(type) {
	case *record.Shuffle:
		refs = []record.Blob{b.Output, b.Proof}
	case *record.Shares:
		refs = []record.Blob{b.Shares}
	default:
		return fmt.Errorf("an entry of type %s is not submitted by a mixer or a trustee", e.Body.Kind())
	}
	if len(refs) != len(s.Blobs) {
		return fmt.Errorf("the submission brings %d blobs, its entry names %d", len(s.Blobs), len(refs))
	}
	for i, ref := range refs {
		next.fsys.(overlay).files[blobPath(ref)] = s.Blobs[i]
	}
	if err := next.admitUnit(v, e.Body); err != nil {
		return err
	}
	if c, f, found := next.report(next.id, true, true, PhaseMixing).First(); found {
		return fmt.Errorf("%s (%s): %s", c.ID, c.Title, f.Text)
	}
	return nil
}

func (r *run) admitUnit(v *View, body record.Body) error {
	switch b := body.(type) {
	case *record.Shuffle:
		u, err := v.unit(b.Contest, b.Unit)
		if err != nil {
			return err
		}
		in, err := v.NextMix(b.Contest, b.Unit, b.Mixer)
		if err != nil {
			return err
		}
		m := &mixing{unit: &unit{id: u.id, contest: u.contest, plan: u.plan, sound: u.sound, turns: u.turns}}
		for _, s := range u.shuffles {
			m.before = append(m.before, s.body.Mixer)
		}
		r.checkTurn(m, entry[*record.Shuffle]{index: math.MaxInt64, body: b}, in.Rows)
	case *record.Shares:
		u, err := v.unit(b.Contest, b.Unit)
		if err != nil {
			return err
		}
		if !u.mixed || u.plan.Ballots == 0 {
			return fmt.Errorf("unit %s is not mixed completely: there is nothing to open", b.Unit)
		}
		o := r.newOpening(u, "contest "+b.Contest+", unit "+b.Unit)
		if o == nil {
			return errors.New("the rows to open cannot be read")
		}
		for _, s := range u.shares {
			o.seen = append(o.seen, s.body.Trustee)
		}
		r.checkShares(o, entry[*record.Shares]{index: math.MaxInt64, body: b})
	}
	return nil
}

// overlay is a file system with some files in front of another one.
type overlay struct {
	fs.FS
	files map[string][]byte
}

func (o overlay) Open(name string) (fs.File, error) {
	if b, ok := o.files[name]; ok {
		return &memoryFile{rest: b}, nil
	}
	return o.FS.Open(name)
}

// memoryFile is a file that is read from its beginning to its end.
type memoryFile struct{ rest []byte }

func (f *memoryFile) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }
func (f *memoryFile) Close() error               { return nil }

func (f *memoryFile) Read(b []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}
