package verify

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// branch is what one branch's log says.
type branch struct {
	id      string
	log     *board.Log
	style   election.Style
	opening *record.Opening
	devices map[string]*device // committed at opening
	ballots map[ballotID]*sealed
	counts  record.Counts
	cast    []uint64 // numbers of the entries of cast ballots, ascending
	close   *record.Close
	closeAt uint64
	broken  bool // a ballot of it cannot be relied on
}

type device struct {
	committed record.Committed
	next      uint64 // number of its next ballot
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

// readBranches scans the logs of all branches that are there: V005 to V008 and
// V020 to V027.
func (r *run) readBranches() {
	r.firsts.seen = map[[33]byte]string{}
	n := len(r.def.Branches)
	read := make([]*branch, n)
	r.parallel("branches", n, func(i int) {
		id := r.def.Branches[i].ID
		if _, err := fs.Stat(r.fsys, record.BranchLog(id)); err != nil {
			return
		}
		read[i] = r.readBranch(&r.def.Branches[i])
	})
	for _, b := range read {
		if b != nil {
			r.branches[b.id] = b
		}
	}
}

func (r *run) readBranch(def *election.Branch) *branch {
	name := record.BranchLog(def.ID)
	l := r.openLog(name, election.BranchOrigin(r.id, def.ID), def.LogKey)
	if l == nil {
		return nil
	}
	style, err := r.def.StyleOf(def.ID)
	if err != nil {
		panic(err) // a valid definition has a style for each branch
	}
	b := &branch{id: def.ID, log: l, style: style, devices: map[string]*device{}, ballots: map[ballotID]*sealed{}}
	r.count("V020", 1)
	if r.key == nil {
		r.absent("V013", inLog(name), "a branch has opened, and there is no verified election key to check its ballots with")
	}
	proofs := r.newBallots(b)
	r.scan(name, l, func(index uint64, data []byte, e record.Entry) {
		p := at(name, index)
		r.count("V008", 1)
		if err := r.branchSigned(b, data, e); err != nil {
			r.refute("V008", p, "%s: %v", e.Body.Kind(), err)
			return
		}
		r.branchEntry(b, proofs, p, index, data, e)
	})
	proofs.flush()
	if l.Size() > 0 && b.opening == nil {
		r.refute("V021", inLog(name), "the log has no opening statement")
	}
	if b.close != nil {
		for id, s := range b.ballots {
			if !s.ended {
				r.refute("V025", at(name, s.index), "ballot %s %d has no ending before the branch closed", id.device, id.number)
			}
		}
	}
	slices.Sort(b.cast)
	return b
}

// branchSigned checks the signatures of an entry in a branch's log: two
// officers of the branch that different offices granted, or the ballot's device.
func (r *run) branchSigned(b *branch, data []byte, e record.Entry) error {
	var need []string
	switch body := e.Body.(type) {
	case *record.Sealed:
		need = []string{"device/" + body.Device}
	case *record.Cast:
		need = []string{"device/" + body.Device}
	case *record.Spoiled:
		need = []string{"device/" + body.Device}
	case *record.Challenged:
		need = []string{"device/" + body.Device}
	case *record.Opening, *record.Close:
		if len(e.Signatures) != 2 {
			return fmt.Errorf("%d signatures, needed are those of two officers", len(e.Signatures))
		}
		var offices []string
		for _, s := range e.Signatures {
			id, ok := strings.CutPrefix(s.By, "officer/")
			if g := r.hq.officers[id]; ok && g != nil && g.Branch == b.id {
				need = append(need, s.By)
				offices = append(offices, g.Office)
			}
		}
		if len(offices) == 2 && offices[0] == offices[1] {
			return fmt.Errorf("both officers were granted by office %s", offices[0])
		}
		if len(offices) < 2 {
			return fmt.Errorf("not signed by two officers of this branch")
		}
	default:
		return fmt.Errorf("an entry of this type belongs into headquarters' log")
	}
	parts := [][]byte{r.id[:], []byte(b.id), data}
	for _, by := range need {
		key, _ := r.branchKey(b, by)
		parts = append(parts, []byte(by), key)
	}
	return r.o.Facts.once(factKey("signed", parts...), func() error {
		return e.Verify(r.id, record.BranchLog(b.id), func(by string) (ed25519.PublicKey, bool) {
			if !slices.Contains(need, by) {
				return nil, false
			}
			return r.branchKey(b, by)
		})
	})
}

// branchKey returns the key of a device or officer that was granted to this
// branch, and to no other.
func (r *run) branchKey(b *branch, by string) (ed25519.PublicKey, bool) {
	what, id, _ := strings.Cut(by, "/")
	g := map[string]map[string]*record.Grant{record.GrantDevice: r.hq.devices, record.GrantOfficer: r.hq.officers}[what][id]
	if g == nil || g.Branch != b.id {
		return nil, false
	}
	return g.Key, true
}

func (r *run) branchEntry(b *branch, proofs *ballots, p place, index uint64, data []byte, e record.Entry) {
	if _, ok := e.Body.(*record.Opening); ok != (index == 0) {
		r.refute("V021", p, "the opening statement is the first entry, and only the first")
		if !ok {
			return
		}
	}
	if b.close != nil {
		r.refute("V027", p, "%s after the branch closed", e.Body.Kind())
		return
	}
	switch body := e.Body.(type) {
	case *record.Opening:
		r.open(b, p, body)
	case *record.Sealed:
		if !r.sealedBallot(b, p, index, data, body) {
			b.broken = true
			return
		}
		proofs.add(p, data, body)
	case *record.Cast:
		if s := r.ending(b, p, body.Device, body.Number, body.Code, e.Body.Kind()); s != nil {
			b.counts.Cast++
			b.cast = append(b.cast, s.index)
		}
	case *record.Spoiled:
		if r.ending(b, p, body.Device, body.Number, body.Code, e.Body.Kind()) != nil {
			b.counts.Spoiled++
		}
	case *record.Challenged:
		if s := r.ending(b, p, body.Device, body.Number, body.Code, e.Body.Kind()); s != nil {
			b.counts.Challenged++
			r.challenged(b, p, data, s, body)
		}
	case *record.Close:
		r.closing(b, p, index, body)
	}
}

// open checks the opening statement: V021.
func (r *run) open(b *branch, p place, o *record.Opening) {
	r.count("V021", 1)
	b.opening = o
	if o.Branch != b.id {
		r.refute("V021", p, "the opening statement is of branch %q", clip(o.Branch))
	}
	if o.Counts != (record.Counts{}) {
		r.refute("V021", p, "the branch opened with counts that are not zero: %d checked in, %d cast, %d spoiled, %d challenged",
			o.Counts.CheckedIn, o.Counts.Cast, o.Counts.Spoiled, o.Counts.Challenged)
	}
	if len(o.Devices) == 0 {
		r.refute("V021", p, "no device is committed")
	}
	for _, c := range o.Devices {
		g := r.hq.devices[c.Device]
		switch {
		case g == nil || g.Branch != b.id:
			r.refute("V021", p, "device %q was not granted to this branch", clip(c.Device))
		case b.devices[c.Device] != nil:
			r.refute("V021", p, "device %s is committed twice", c.Device)
		case c.Limit == 0 || c.Limit > uint64(r.def.MaxBallotsPerDevice) || len(c.Root) != 32:
			r.refute("V021", p, "device %s commits to %d ballots; the definition allows 1 to %d, with a root of 32 bytes", c.Device, c.Limit, r.def.MaxBallotsPerDevice)
		default:
			b.devices[c.Device] = &device{committed: c}
		}
	}
}

// sealedBallot checks the form of a sealed ballot and enters it: V022 and the
// first half of V024. It reports whether the rows are worth a look.
func (r *run) sealedBallot(b *branch, p place, index uint64, data []byte, s *record.Sealed) bool {
	r.count("V022", 1)
	d := b.devices[s.Device]
	if d == nil {
		r.refute("V022", p, "device %q is not among those committed at opening", clip(s.Device))
		return false
	}
	id := ballotID{s.Device, s.Number}
	r.count("V024", 1)
	if b.ballots[id] != nil {
		r.refute("V024", p, "ballot %s %d is there already (entry %d)", s.Device, s.Number, b.ballots[id].index)
		return false
	}
	if s.Number != d.next || s.Number >= d.committed.Limit {
		r.refute("V022", p, "ballot %s %d: expected was number %d of at most %d", s.Device, s.Number, d.next, d.committed.Limit)
		return false
	}
	d.next++
	b.ballots[id] = &sealed{index: index, code: record.Code(data)}
	if s.Style != b.style.ID {
		r.refute("V022", p, "ballot of style %q in a branch of style %s", clip(s.Style), b.style.ID)
		return false
	}
	if len(s.Contests) != len(b.style.Contests) {
		r.refute("V022", p, "%d contests on a ballot of %d", len(s.Contests), len(b.style.Contests))
		return false
	}
	for i, c := range b.style.Contests {
		if s.Contests[i].Contest != c.ID {
			r.refute("V022", p, "contest %q stands where %s should", clip(s.Contests[i].Contest), c.ID)
			return false
		}
	}
	return true
}

// ending enters the ending of a ballot: V025.
func (r *run) ending(b *branch, p place, dev string, number uint64, code []byte, kind string) *sealed {
	r.count("V025", 1)
	s := b.ballots[ballotID{dev, number}]
	switch {
	case s == nil:
		r.refute("V025", p, "%s: there is no sealed ballot %q %d before it", kind, clip(dev), number)
	case s.ended:
		r.refute("V025", p, "%s: ballot %s %d has ended already", kind, dev, number)
	case !bytes.Equal(code, s.code[:]):
		r.refute("V025", p, "%s: the code is not the one of ballot %s %d", kind, dev, number)
	default:
		s.ended = true
		return s
	}
	return nil
}

// closing checks the closing statement: V027.
func (r *run) closing(b *branch, p place, index uint64, c *record.Close) {
	r.count("V027", 1)
	b.close, b.closeAt = c, index
	if c.Branch != b.id {
		r.refute("V027", p, "the closing statement is of branch %q", clip(c.Branch))
	}
	if root, err := b.log.RootAt(index); err != nil {
		r.absent("V027", p, "the tree before the statement cannot be computed: %v", err)
	} else if c.Size != index || !bytes.Equal(c.Root, root[:]) {
		r.refute("V027", p, "the statement names a tree of %d entries with root %x; before it are %d with root %x", c.Size, c.Root, index, root)
	}
	if c.Counts.Cast != b.counts.Cast || c.Counts.Spoiled != b.counts.Spoiled || c.Counts.Challenged != b.counts.Challenged {
		r.refute("V027", p, "stated are %d cast, %d spoiled, %d challenged; the log has %d, %d, %d",
			c.Counts.Cast, c.Counts.Spoiled, c.Counts.Challenged, b.counts.Cast, b.counts.Spoiled, b.counts.Challenged)
	}
	if c.Counts.Cast > c.Counts.CheckedIn {
		r.refute("V027", p, "branch %s cast %d ballots for %d voters checked in", b.id, c.Counts.Cast, c.Counts.CheckedIn)
	}
}

// checkHeads compares what headquarters took in with the branches' logs (V028)
// and names branches that are due and not there (V020).
func (r *run) checkHeads() {
	for i := range r.def.Branches {
		def := &r.def.Branches[i]
		b := r.branches[def.ID]
		heads := r.hq.heads[def.ID]
		if b == nil {
			if r.due(def.ID) {
				r.absent("V020", inLog(record.BranchLog(def.ID)), "branch %s is expected and not present", def.ID)
			}
			continue
		}
		last := board.Checkpoint{}
		for _, h := range heads {
			r.count("V028", 1)
			p := at(record.HQ, h.index)
			c, err := board.ParseCheckpoint(h.body.Checkpoint, election.BranchOrigin(r.id, def.ID), def.LogKey.Ed25519(), r.witnesses)
			if err != nil {
				r.refute("V028", p, "the checkpoint of branch %s: %v", def.ID, err)
				continue
			}
			if c.Size < last.Size {
				r.refute("V028", p, "branch %s went back from %d entries to %d", def.ID, last.Size, c.Size)
			}
			last = c
			if c.Size > b.log.Size() {
				r.refute("V028", p, "headquarters took in %d entries of branch %s; its published log has %d", c.Size, def.ID, b.log.Size())
				continue
			}
			if root, err := b.log.RootAt(c.Size); err != nil {
				r.absent("V028", p, "the tree of %d entries cannot be computed: %v", c.Size, err)
			} else if root != c.Root {
				r.refute("V028", p, "branch %s signed two different logs: at %d entries headquarters has root %x, the published log %x", def.ID, c.Size, c.Root, root)
			}
		}
		if r.due(def.ID) && last.Size != b.log.Size() {
			r.refute("V028", inLog(record.BranchLog(def.ID)), "headquarters took in %d entries of branch %s; its published log has %d", last.Size, def.ID, b.log.Size())
		}
	}
}

// due reports whether a branch's log must be there: the units of one of its
// contests are fixed.
func (r *run) due(id string) bool {
	style, err := r.def.StyleOf(id)
	if err != nil {
		return false
	}
	for _, c := range style.Contests {
		if _, ok := r.hq.plans[c.ID]; ok {
			return true
		}
	}
	return false
}
