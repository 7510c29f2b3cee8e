package branchlog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"golang.org/x/mod/sumdb/tlog"
)

// firsts is every first component of a row in the whole record, with the log
// that has it: the second half of V024.
type firsts struct {
	mu   sync.Mutex
	seen map[[33]byte]string
}

// ballots collects sealed ballots of one branch and decides their slot proofs
// together: V023.
type ballots struct {
	r       *reader
	b       *Branch
	pending []pendingBallot
}

type pendingBallot struct {
	p    report.Place
	fact [32]byte
	body *record.Sealed
}

// together is how many ballots one multi-scalar multiplication decides. More
// gain little, and a refusal has to look at each alone.
const together = 256

func (r *reader) newBallots(b *Branch) *ballots { return &ballots{r: r, b: b} }

func (q *ballots) add(p report.Place, data []byte, s *record.Sealed) {
	r := q.r
	r.firsts.mu.Lock()
	for _, c := range s.Contests {
		for i := 0; i+elgamal.Size <= len(c.Rows); i += elgamal.Size {
			a := [33]byte(c.Rows[i : i+group.ElementSize])
			if log, ok := r.firsts.seen[a]; ok {
				r.Refute("V024", p, "contest %s: the first component of row %d occurs a second time (before in %s): a copied ballot or a failed source of randomness", c.Contest, i/elgamal.Size+1, log)
				q.b.broken = true
			}
			r.firsts.seen[a] = p.Log
		}
	}
	r.firsts.mu.Unlock()
	if r.Key == nil {
		return
	}
	q.pending = append(q.pending, pendingBallot{p, source.Fact("slots", r.Election[:], r.Key.Element().Bytes(), []byte(p.Log), data), s})
	if len(q.pending) == together {
		q.flush()
	}
}

// flush decides the pending ballots: all at once, and one by one only if that
// fails.
func (q *ballots) flush() {
	r := q.r
	var batch group.Batch
	var sure []pendingBallot
	for _, x := range q.pending {
		r.Count("V023", len(x.body.Contests))
		if r.Facts.Held(x.fact) {
			continue
		}
		if err := r.addSlots(&batch, q.b, x.body); err != nil {
			r.Refute("V023", x.p, "%v", err)
			q.b.broken = true
			continue
		}
		sure = append(sure, x)
	}
	if !batch.Valid() {
		for _, x := range sure {
			var alone group.Batch
			if err := r.addSlots(&alone, q.b, x.body); err != nil || !alone.Valid() {
				r.Refute("V023", x.p, "the slot proof of ballot %s %d does not hold", x.body.Device, x.body.Number)
				q.b.broken = true
			}
		}
	} else {
		for _, x := range sure {
			r.Facts.Hold(x.fact)
		}
	}
	q.pending = q.pending[:0]
}

// addSlots adds the equations of a ballot's slot proofs to the batch.
func (r *reader) addSlots(batch *group.Batch, b *Branch, s *record.Sealed) error {
	var statements []*zkp.SlotStatement
	for i, c := range b.style.Contests {
		st, err := r.statement(b.id, c, s, i)
		if err != nil {
			return fmt.Errorf("contest %s: %w", c.ID, err)
		}
		statements = append(statements, st)
	}
	for i, st := range statements {
		if err := zkp.AddSlots(batch, st, s.Contests[i].Proof); err != nil {
			return fmt.Errorf("contest %s: %w", s.Contests[i].Contest, err)
		}
	}
	return nil
}

func (r *reader) statement(branch string, c *election.Contest, s *record.Sealed, i int) (*zkp.SlotStatement, error) {
	rows, err := elgamal.Decode(s.Contests[i].Rows, c.K())
	if err != nil {
		return nil, err
	}
	tag, err := r.slotTag(branch, c, s)
	if err != nil {
		return nil, err
	}
	return &zkp.SlotStatement{Tag: tag, Key: r.Key.Element(), N: c.N(), K: c.K(), Rows: rows}, nil
}

func (r *reader) slotTag(branch string, c *election.Contest, s *record.Sealed) ([]byte, error) {
	b, _, _, err := zkp.SlotParams(c.N(), c.K())
	if err != nil {
		return nil, err
	}
	return record.SlotTag(r.Election, r.Key.Element().Bytes(), c.ID, c.N(), c.K(), b,
		record.BallotID{Style: s.Style, Branch: branch, Device: s.Device, Number: s.Number}), nil
}

// challenged recomputes a challenged ballot: V026.
func (r *reader) challenged(b *Branch, p report.Place, data []byte, s *sealed, c *record.Challenged) {
	if r.Key == nil {
		return // V013 says so
	}
	r.Count("V026", 1)
	entryData, err := b.log.Entry(s.index)
	if err != nil {
		r.Absent("V026", p, "the sealed ballot (entry %d) cannot be read: %v", s.index, err)
		return
	}
	committed := b.devices[c.Device].committed
	limit := binary.BigEndian.AppendUint64(nil, committed.Limit)
	err = r.Facts.Once(source.Fact("challenged", r.Election[:], r.Key.Element().Bytes(), limit, committed.Root, entryData, data), func() error {
		return r.recompute(b, entryData, c)
	})
	if err != nil {
		r.Refute("V026", p, "ballot %s %d: %v", c.Device, c.Number, err)
	}
}

func (r *reader) recompute(b *Branch, entryData []byte, c *record.Challenged) error {
	e, err := record.Decode(entryData)
	if err != nil {
		return err
	}
	s, ok := e.Body.(*record.Sealed)
	if !ok {
		return fmt.Errorf("entry is not a sealed ballot")
	}
	if len(c.Seed) != 32 {
		return fmt.Errorf("a seed has 32 bytes")
	}
	seed := [32]byte(c.Seed)
	committed := b.devices[c.Device].committed
	var path tlog.RecordProof
	for _, h := range c.Path {
		if len(h) != tlog.HashSize {
			return fmt.Errorf("a hash of the path has %d bytes, not %d", len(h), tlog.HashSize)
		}
		path = append(path, tlog.Hash(h))
	}
	if err := tlog.CheckRecord(path, int64(committed.Limit), tlog.Hash(committed.Root), int64(c.Number), record.SeedLeaf(c.Number, seed)); err != nil {
		return fmt.Errorf("the seed is not the one that the device committed to at opening")
	}
	if len(s.Contests) != len(b.style.Contests) { // V022 refused its form, and it can still be challenged
		return fmt.Errorf("the sealed ballot has %d contests of %d", len(s.Contests), len(b.style.Contests))
	}
	if len(c.Contests) != len(b.style.Contests) {
		return fmt.Errorf("reveals %d contests of %d", len(c.Contests), len(b.style.Contests))
	}
	for i, contest := range b.style.Contests {
		rev := c.Contests[i]
		if rev.Contest != contest.ID {
			return fmt.Errorf("reveals contest %q where %s should stand", source.Clip(rev.Contest), contest.ID)
		}
		if len(rev.Selections) > contest.K() {
			return fmt.Errorf("contest %s: %d selections, the limit is %d", contest.ID, len(rev.Selections), contest.K())
		}
		slots := make([]int, contest.K())
		for j, code := range rev.Selections {
			if code < 1 || code > uint64(contest.N()) {
				return fmt.Errorf("contest %s: there is no candidate %d", contest.ID, code)
			}
			slots[j] = int(code)
		}
		tag, err := r.slotTag(b.id, contest, s)
		if err != nil {
			return err
		}
		again, err := zkp.SealSlots(tag, r.Key, contest.N(), contest.K(), slots, seed)
		if err != nil {
			return fmt.Errorf("contest %s: %w", contest.ID, err)
		}
		if !bytes.Equal(elgamal.Encode(again.Rows), s.Contests[i].Rows) || !bytes.Equal(again.Proof, s.Contests[i].Proof) {
			return fmt.Errorf("contest %s: sealing the revealed selections again gives another ballot: the device did not seal what it revealed", contest.ID)
		}
		if len(again.Blanks) != len(rev.Blanks) {
			return fmt.Errorf("contest %s: reveals %d blanks, there are %d", contest.ID, len(rev.Blanks), len(again.Blanks))
		}
		for j, blank := range again.Blanks {
			if uint64(blank) != rev.Blanks[j] {
				return fmt.Errorf("contest %s: reveals another blank code than the one sealed", contest.ID)
			}
		}
	}
	return nil
}
