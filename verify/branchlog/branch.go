package branchlog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// Given is what the logs of branches are checked against.
type Given struct {
	Election   [32]byte
	Definition *election.Definition
	Witnesses  []board.Witness
	Key        *elgamal.Key             // nil before the ceremony is verified
	Devices    map[string]*record.Grant // by id
	Officers   map[string]*record.Grant
	Orders     map[[32]byte]*record.ExtensionOrder // those that say what they must, by hash
	Gap        bool                                // headquarters' log could not be read whole: a grant may be missing
}

// A Branch is what one branch's log says.
type Branch struct {
	id      string
	log     *board.Log
	style   election.Style
	opening *record.Opening
	devices map[string]*device // committed at opening, or enrolled since
	ballots map[ballotID]*sealed
	counts  record.Counts
	cast    []uint64 // numbers of the entries of cast ballots, ascending

	paused   bool
	extended map[[32]byte]bool // orders that were followed

	close   *record.Close
	closeAt uint64
	broken  bool // a ballot of it cannot be relied on
	gap     bool // an entry of it could not be read, or not be judged
}

type device struct {
	committed record.Committed
	next      uint64 // number of its next ballot
	retired   bool
}

type ballotID struct {
	device string
	number uint64
}

type sealed struct {
	index uint64
	code  [32]byte
	ended bool
}

// Cast returns how many ballots the branch has cast.
func (b *Branch) Cast() uint64 { return uint64(len(b.cast)) }

// Closed returns what the branch stated at its close, if it has closed.
func (b *Branch) Closed() (record.Counts, bool) {
	if b.close == nil {
		return record.Counts{}, false
	}
	return b.close.Counts, true
}

// Sound reports whether the branch's ballots can be relied on.
func (b *Branch) Sound() bool { return !b.broken && !b.gap }

// Gap reports whether entries of the branch's log are missing, so that what it
// has cast is not known.
func (b *Branch) Gap() bool { return b.gap }

// AppendRows appends the rows of the cast ballots in a contest, in record order,
// encoded. It reads the log again, up to the last of them.
func (b *Branch) AppendRows(out []byte, contest string) ([]byte, error) {
	cast := b.cast
	for e, err := range b.log.Entries(0, b.log.Size()) {
		if err != nil {
			return nil, fmt.Errorf("read ballots of branch %s: %w", b.id, err)
		}
		if len(cast) == 0 {
			break
		}
		if e.Index != cast[0] {
			continue
		}
		cast = cast[1:]
		d, err := record.Decode(e.Data)
		if err != nil {
			return nil, err
		}
		s, ok := d.Body.(*record.Sealed)
		if !ok {
			return nil, fmt.Errorf("branch %s entry %d is not a sealed ballot", b.id, e.Index)
		}
		for _, c := range s.Contests {
			if c.Contest == contest {
				out = append(out, c.Rows...)
			}
		}
	}
	return out, nil
}

// reader reads the logs of one record.
type reader struct {
	*source.Reader
	Given
	firsts firsts
}

// Read scans the logs of all branches that are there: V005 to V008 and V020 to
// V027, and V029. It returns them by id.
func Read(src *source.Reader, given Given) map[string]*Branch {
	r := &reader{Reader: src, Given: given, firsts: firsts{seen: map[[33]byte]string{}}}
	n := len(r.Definition.Branches)
	read := make([]*Branch, n)
	r.Parallel("branches", n, func(i int) {
		id := r.Definition.Branches[i].ID
		if !there(r.FS(), record.BranchLog(id)) {
			return
		}
		read[i] = r.branch(&r.Definition.Branches[i])
	})
	branches := map[string]*Branch{}
	for _, b := range read {
		if b != nil {
			branches[b.id] = b
		}
	}
	return branches
}

// there reports whether there is something of a log. A source that cannot be
// listed has no folders, and one that fails does not say that there is nothing.
func there(fsys fs.FS, log string) bool {
	if _, err := fs.Stat(fsys, log); err == nil {
		return true
	}
	f, err := fsys.Open(log + "/" + board.CheckpointPath)
	if err == nil {
		f.Close()
	}
	return !errors.Is(err, fs.ErrNotExist)
}

func (r *reader) branch(def *election.Branch) *Branch {
	name := record.BranchLog(def.ID)
	l := r.Open(name, election.BranchOrigin(r.Election, def.ID), def.LogKey.Ed25519(), r.Witnesses, r.Definition.WitnessQuorum)
	if l == nil {
		return nil
	}
	style, err := r.Definition.StyleOf(def.ID)
	if err != nil {
		panic(err) // a valid definition has a style for each branch
	}
	b := &Branch{id: def.ID, log: l, style: style, devices: map[string]*device{}, ballots: map[ballotID]*sealed{}, extended: map[[32]byte]bool{}}
	r.Count("V020", 1)
	if r.Key == nil {
		r.Absent("V013", report.InLog(name), "a branch has opened, and there is no verified election key to check its ballots with")
	}
	proofs := r.newBallots(b)
	whole := r.Scan(name, l, func(index uint64, gap bool, data []byte, e record.Entry) {
		p := report.At(name, index)
		b.gap = b.gap || gap
		r.Count("V008", 1)
		if err := r.signed(b, data, e); err != nil {
			if r.Gap && r.ungranted(e) {
				b.gap = true
				r.Absent("V008", p, "%s: the grant of a signer may be among the missing entries of headquarters' log", e.Body.Kind())
			} else {
				r.Refute("V008", p, "%s: %v", e.Body.Kind(), err)
			}
			return
		}
		r.entry(b, proofs, p, index, data, e)
	})
	b.gap = b.gap || !whole
	proofs.flush()
	if l.Size() > 0 && b.opening == nil {
		r.amiss(b, "V021", report.InLog(name), "the log has no opening statement")
	}
	if b.close != nil {
		for id, s := range b.ballots {
			if !s.ended {
				r.amiss(b, "V025", report.At(name, s.index), "ballot %s %d has no ending before the branch closed", id.device, id.number)
			}
		}
	}
	slices.Sort(b.cast)
	return b
}

func (r *reader) entry(b *Branch, proofs *ballots, p report.Place, index uint64, data []byte, e record.Entry) {
	_, opens := e.Body.(*record.Opening)
	misplaced := opens != (index == 0)
	if misplaced {
		r.Refute("V021", p, "the opening statement is the first entry, and only the first")
	}
	if b.close != nil {
		r.Refute("V027", p, "%s after the branch closed", e.Body.Kind())
	}
	if misplaced || b.close != nil {
		return
	}
	switch body := e.Body.(type) {
	case *record.Opening:
		r.open(b, p, body)
	case *record.Sealed:
		r.atWork(b, p, e.Body.Kind(), body.Device)
		if !r.sealedBallot(b, p, index, data, body) {
			b.broken = true
			return
		}
		proofs.add(p, data, body)
	case *record.Cast:
		r.atWork(b, p, e.Body.Kind(), body.Device)
		if s := r.ending(b, p, body.Device, body.Number, body.Code, e.Body.Kind()); s != nil {
			b.counts.Cast++
			b.cast = append(b.cast, s.index)
		}
	case *record.Spoiled:
		if byOfficers(e) {
			r.spoiledFor(b, p, body.Device)
		} else {
			r.atWork(b, p, e.Body.Kind(), body.Device)
		}
		if r.ending(b, p, body.Device, body.Number, body.Code, e.Body.Kind()) != nil {
			b.counts.Spoiled++
		}
	case *record.Challenged:
		r.atWork(b, p, e.Body.Kind(), body.Device)
		if s := r.ending(b, p, body.Device, body.Number, body.Code, e.Body.Kind()); s != nil {
			b.counts.Challenged++
			r.challenged(b, p, data, s, body)
		}
	case *record.Pause:
		r.pause(b, p, body)
	case *record.Resume:
		r.resume(b, p, body)
	case *record.Extension:
		r.extension(b, p, body)
	case *record.Enrol:
		r.enrol(b, p, body)
	case *record.Retire:
		r.retire(b, p, body)
	case *record.Close:
		r.closing(b, p, index, body)
	}
}

// amiss notes that something is wrong with an entry, which is only that others
// are missing if the log has a gap.
func (r *reader) amiss(b *Branch, id string, p report.Place, format string, args ...any) {
	if b.gap {
		r.Absent(id, p, "%s, or entries are missing", fmt.Sprintf(format, args...))
	} else {
		r.Refute(id, p, format, args...)
	}
}

// CheckStyle checks that a sealed ballot is of the style and has its contests in
// their order. A branch asks it before it takes a ballot in.
func CheckStyle(style election.Style, s *record.Sealed) error {
	if s.Style != style.ID {
		return fmt.Errorf("ballot of style %q in a branch of style %s", source.Clip(s.Style), style.ID)
	}
	if len(s.Contests) != len(style.Contests) {
		return fmt.Errorf("%d contests on a ballot of %d", len(s.Contests), len(style.Contests))
	}
	for i, c := range style.Contests {
		if s.Contests[i].Contest != c.ID {
			return fmt.Errorf("contest %q stands where %s should", source.Clip(s.Contests[i].Contest), c.ID)
		}
	}
	return nil
}

// sealedBallot checks the form of a sealed ballot and enters it: V022 and the
// first half of V024. It reports whether the rows are worth a look.
func (r *reader) sealedBallot(b *Branch, p report.Place, index uint64, data []byte, s *record.Sealed) bool {
	r.Count("V022", 1)
	d := b.devices[s.Device]
	if d == nil {
		r.amiss(b, "V022", p, "device %q is not among those committed at opening or enrolled since", source.Clip(s.Device))
		return false
	}
	id := ballotID{s.Device, s.Number}
	r.Count("V024", 1)
	if b.ballots[id] != nil {
		r.Refute("V024", p, "ballot %s %d is there already (entry %d)", s.Device, s.Number, b.ballots[id].index)
		return false
	}
	if b.gap && s.Number > d.next && s.Number < d.committed.Limit {
		r.Absent("V022", p, "ballot %s %d: those from number %d are missing", s.Device, s.Number, d.next)
		d.next = s.Number
	}
	if s.Number != d.next || s.Number >= d.committed.Limit {
		r.Refute("V022", p, "ballot %s %d: expected was number %d of at most %d", s.Device, s.Number, d.next, d.committed.Limit)
		return false
	}
	d.next++
	b.ballots[id] = &sealed{index: index, code: record.Code(data)}
	if err := CheckStyle(b.style, s); err != nil {
		r.Refute("V022", p, "%v", err)
		return false
	}
	return true
}

// ending enters the ending of a ballot: V025.
func (r *reader) ending(b *Branch, p report.Place, dev string, number uint64, code []byte, kind string) *sealed {
	r.Count("V025", 1)
	s := b.ballots[ballotID{dev, number}]
	switch {
	case s == nil:
		r.amiss(b, "V025", p, "%s: there is no sealed ballot %q %d before it", kind, source.Clip(dev), number)
	case s.ended:
		r.Refute("V025", p, "%s: ballot %s %d has ended already", kind, dev, number)
	case !bytes.Equal(code, s.code[:]):
		r.Refute("V025", p, "%s: the code is not the one of ballot %s %d", kind, dev, number)
	default:
		s.ended = true
		return s
	}
	return nil
}
