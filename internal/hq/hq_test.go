package hq_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// away is a witness that does not answer, or answers with something else.
type away struct{ line []byte }

func (a away) Cosign(context.Context, uint64, []byte, [][32]byte) ([]byte, error) {
	if a.line != nil {
		return a.line, nil
	}
	return nil, errors.New("nobody is there")
}

// bureau is headquarters of an election with two witnesses, one of whom suffices
// unless the test changes it.
type bureau struct {
	t         *testing.T
	dir       string
	def       *election.Definition
	keys      *simulate.Keys
	witnesses []sequencer.Cosigner
	*hq.HQ
}

func open(t *testing.T, quorum int) *bureau {
	t.Helper()
	e, err := simulate.Small(3)
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{t: t, dir: t.TempDir(), def: e.Definition, keys: e.Keys}
	b.def.Witnesses = nil
	for _, name := range []string{"witness.example/1", "witness.example/2"} {
		b.def.Witnesses = append(b.def.Witnesses, election.Witness{Name: name, Key: election.Key(e.Keys.Signing(name).Public().(ed25519.PublicKey))})
	}
	b.def.WitnessQuorum = quorum
	for _, w := range b.def.Witnesses {
		x, err := witness.New(filepath.Join(b.dir, w.Name), w.Name, e.Keys.Signing(w.Name), func(origin string) (ed25519.PublicKey, bool) {
			return b.def.HQLogKey.Ed25519(), origin == b.def.HQOrigin()
		}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		b.witnesses = append(b.witnesses, x)
	}
	b.open(b.witnesses...)
	t.Cleanup(func() { b.Close(context.Background()) })
	return b
}

// open opens headquarters with some witnesses.
func (b *bureau) open(witnesses ...sequencer.Cosigner) {
	b.t.Helper()
	var err error
	b.HQ, err = hq.Open(context.Background(), hq.Config{Private: filepath.Join(b.dir, "private"), Record: b.record(), Definition: b.def,
		LogKey: b.keys.Signing("log/hq"), Office: b.keys.Signer("office/hq"), Witnesses: witnesses})
	if err != nil {
		b.t.Fatal(err)
	}
}

// again closes headquarters and opens it with other witnesses.
func (b *bureau) again(witnesses ...sequencer.Cosigner) {
	b.t.Helper()
	if err := b.Close(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	b.open(witnesses...)
}

func (b *bureau) record() string { return filepath.Join(b.dir, "record") }

func (b *bureau) view() *verify.View {
	b.t.Helper()
	_, v, err := b.Verify(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *bureau) trustee(i int) *keyceremony.Trustee {
	b.t.Helper()
	id := b.def.Trustees[i].ID
	x, err := keyceremony.New(b.def, id, b.keys.Signing("trustee/"+id), b.keys.Share(id))
	if err != nil {
		b.t.Fatal(err)
	}
	return x
}

func (b *bureau) signed(body record.Body, by ...string) *record.Submission {
	b.t.Helper()
	var signers []record.Signer
	for _, who := range by {
		signers = append(signers, b.keys.Signer(who))
	}
	e, err := record.Sign(b.Election(), record.HQ, body, signers...)
	if err != nil {
		b.t.Fatal(err)
	}
	return &record.Submission{Entry: e}
}

func TestQuorumOfWitnesses(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name    string
		quorum  int
		those   func(b *bureau) []sequencer.Cosigner
		have    int
		missing int
	}{
		{"both", 2, func(b *bureau) []sequencer.Cosigner { return b.witnesses }, 2, 0},
		{"one of one", 1, func(b *bureau) []sequencer.Cosigner { return b.witnesses[1:] }, 1, 0},
		{"one is away", 1, func(b *bureau) []sequencer.Cosigner { return []sequencer.Cosigner{away{}, b.witnesses[0]} }, 1, 1},
		{"one answers nonsense", 1, func(b *bureau) []sequencer.Cosigner {
			return []sequencer.Cosigner{away{line: []byte("— nonsense\n")}, away{line: []byte{}}, b.witnesses[0]}
		}, 1, 2},
		{"one is away and two are needed", 2, func(b *bureau) []sequencer.Cosigner { return []sequencer.Cosigner{b.witnesses[0], away{}} }, 1, 1},
		{"the same one twice", 2, func(b *bureau) []sequencer.Cosigner { return []sequencer.Cosigner{b.witnesses[0], b.witnesses[0]} }, 1, 1},
		{"nobody", 1, func(b *bureau) []sequencer.Cosigner { return nil }, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, c.quorum)
			b.again(c.those(b)...)
			missing, err := b.Publish(ctx)
			var few *body.QuorumError
			if c.have < c.quorum {
				if !errors.As(err, &few) || few.Have != c.have || len(few.Missing) != c.missing {
					t.Fatalf("%v", err)
				}
				if _, err := os.Stat(filepath.Join(b.record(), "hq")); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("something was published: %v", err)
				}
				if n, err := b.Pending(ctx); err != nil || n != 1 {
					t.Errorf("%d entries wait, %v", n, err)
				}
				b.again(b.witnesses...) // and it can be made good
			} else if err != nil || len(missing) != c.missing {
				t.Fatalf("%v, missing %v", err, missing)
			}
			b.view()
			if n, err := b.Pending(ctx); err != nil || n != 0 {
				t.Errorf("%d entries wait, %v", n, err)
			}
		})
	}
}

func TestSubmit(t *testing.T) {
	ctx := context.Background()
	b := open(t, 1)
	v := b.view()
	commit := func(i int) *record.Submission {
		e, err := b.trustee(i).Commit(v)
		if err != nil {
			t.Fatal(err)
		}
		return &record.Submission{Entry: e}
	}
	fixed := &record.Commitment{Trustee: "t1", Hash: make([]byte, 32)}
	before, err := b.Ledger(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		subs []*record.Submission
		want string
	}{
		"signed by another":           {[]*record.Submission{b.signed(fixed, "trustee/t2")}, "V008"},
		"signed by a stranger":        {[]*record.Submission{b.signed(&record.Commitment{Trustee: "t9", Hash: make([]byte, 32)}, "trustee/t9")}, "V008"},
		"two of one trustee":          {[]*record.Submission{b.signed(fixed, "trustee/t1"), commit(0)}, "V009"},
		"a dealing before its time":   {[]*record.Submission{b.signed(&record.Dealing{Trustee: "t1"}, "trustee/t1")}, "V009"},
		"a good one with a bad one":   {[]*record.Submission{commit(0), b.signed(&record.Dealing{Trustee: "t1"}, "trustee/t1")}, "V009"},
		"what headquarters makes":     {[]*record.Submission{b.signed(&record.Tally{Contest: "council", Unit: "101"}, "office/hq")}, "headquarters makes it itself"},
		"the definition again":        {[]*record.Submission{b.signed(&record.Definition{}, "office/hq")}, "headquarters makes it itself"},
		"what belongs into a branch":  {[]*record.Submission{b.signed(&record.Cast{Device: "d"}, "device/d")}, "branch"},
		"a grant for no branch":       {[]*record.Submission{b.signed(&record.Grant{Office: "hq", What: "officer", ID: "o1", Branch: "999", Key: make([]byte, 32)}, "office/hq")}, "V014"},
		"a result before its time":    {[]*record.Submission{b.signed(&record.Result{Contest: "council"}, "office/hq", "office/supervisors")}, "V009"},
		"shares of no unit":           {[]*record.Submission{b.signed(&record.Shares{Contest: "council", Unit: "101", Trustee: "t1"}, "trustee/t1")}, "brings 0 blobs"},
		"no entry":                    {[]*record.Submission{{Entry: []byte("x")}}, "decode"},
		"two turns of a unit at once": {[]*record.Submission{b.signed(&record.Shuffle{Contest: "c", Unit: "u", Turn: 1}, "mixer/m1"), b.signed(&record.Shuffle{Contest: "c", Unit: "u", Turn: 2}, "mixer/m2")}, "publish it before"},
	} {
		if err := b.Submit(ctx, v, c.subs...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	after, err := b.Ledger(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(after.Entries) != len(before.Entries) {
		t.Fatalf("%d entries were written", len(after.Entries)-len(before.Entries))
	}
	one, two := commit(0), commit(1)
	if err := b.Submit(ctx, v, one, two); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Pending(ctx); err != nil || n != 2 {
		t.Errorf("%d entries wait, %v", n, err)
	}
	l, err := b.Ledger(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := l.Index(two.Entry); !ok || at != 2 {
		t.Errorf("the second is at %d, %v", at, ok)
	}
	if _, ok := l.Index(commit(2).Entry); ok {
		t.Error("an entry that was not submitted is there")
	}
	line, ok := body.Find(l, func(c *record.Commitment) bool { return c.Trustee == "t1" })
	if !ok || line.Index != 1 || line.Hash != record.Code(one.Entry) {
		t.Errorf("found %v, %v", line, ok)
	}
	v = b.view()
	published, err := body.ReadLedger(os.DirFS(b.record()), b.def)
	if err != nil || len(published.Entries) != 3 {
		t.Errorf("%v, %v", published, err)
	}
	if due := hq.Dues(v, published); len(due) != 1 || due[0].Act != hq.ActCommit || !slices.Equal(due[0].By, []string{"t3", "t4", "t5"}) {
		t.Errorf("due is %+v", due)
	}
}

// TestBadDealings: dealings that would spoil the record do not get there.
func TestBadDealings(t *testing.T) {
	ctx := context.Background()
	b := open(t, 1)
	v := b.view()
	var trustees []*keyceremony.Trustee
	var subs []*record.Submission
	for i := range b.def.Trustees {
		x := b.trustee(i)
		e, err := x.Commit(v)
		if err != nil {
			t.Fatal(err)
		}
		trustees, subs = append(trustees, x), append(subs, &record.Submission{Entry: e})
	}
	if err := b.Submit(ctx, v, subs...); err != nil {
		t.Fatal(err)
	}
	v = b.view()
	entries := make([][]byte, len(trustees))
	for i, x := range trustees {
		var err error
		if entries[i], err = x.Deal(v); err != nil {
			t.Fatal(err)
		}
	}
	e, err := record.Decode(entries[0])
	if err != nil {
		t.Fatal(err)
	}
	other, err := record.Decode(entries[1])
	if err != nil {
		t.Fatal(err)
	}
	dealing, second := e.Body.(*record.Dealing), other.Body.(*record.Dealing)
	for what, c := range map[string]struct {
		change func(d *record.Dealing)
		want   string
	}{
		"another dealing":     {func(d *record.Dealing) { d.Commitments, d.Proof = second.Commitments, second.Proof }, "V010"},
		"another proof":       {func(d *record.Dealing) { d.Proof = second.Proof }, "V010"},
		"not the commitments": {func(d *record.Dealing) { d.Commitments = d.Commitments[:33] }, "V011"},
		"a share too few":     {func(d *record.Dealing) { d.Shares = d.Shares[1:] }, "V011"},
	} {
		bad := *dealing
		c.change(&bad)
		if err := b.Submit(ctx, v, b.signed(&bad, "trustee/t1")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	subs = nil
	for _, e := range entries {
		subs = append(subs, &record.Submission{Entry: e})
	}
	if err := b.Submit(ctx, v, subs...); err != nil {
		t.Fatal(err)
	}
	v = b.view()
	confirm, err := trustees[0].Confirm(v)
	if err != nil {
		t.Fatal(err)
	}
	e, err = record.Decode(confirm)
	if err != nil {
		t.Fatal(err)
	}
	wrong := *e.Body.(*record.Confirmation)
	wrong.Key = wrong.Verification
	if err := b.Submit(ctx, v, b.signed(&wrong, "trustee/t1")); err == nil || !strings.Contains(err.Error(), "V012") {
		t.Errorf("another key: %v", err)
	}
	if err := b.Submit(ctx, v, &record.Submission{Entry: confirm}); err != nil {
		t.Error(err)
	}
}

// TestBlobsWait: what no published entry names is not in the record, whenever
// headquarters stops.
func TestBlobsWait(t *testing.T) {
	ctx := context.Background()
	b := open(t, 1)
	blobs := func() (names []string) {
		files, err := os.ReadDir(filepath.Join(b.dir, "record", "blob"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, f := range files {
			names = append(names, f.Name())
		}
		return names
	}
	if got := blobs(); got != nil {
		t.Errorf("before it is published the record has %v", got)
	}
	b.view()
	if got := blobs(); len(got) != 1 { // the definition
		t.Errorf("the record has %v", got)
	}
	// Stopped between a blob and its entry.
	list, err := record.EncodeUnits(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := b.signed(&record.Units{Contest: "council", Units: record.NewBlob(record.TypeUnits, list)}, "office/hq")
	s.Blobs = [][]byte{list}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := b.Enter(stopped, s); !errors.Is(err, context.Canceled) {
		t.Fatalf("the entry was written (%v)", err)
	}
	if files, err := os.ReadDir(filepath.Join(b.dir, "private", "blob")); err != nil || len(files) != 1 {
		t.Fatalf("the blob was not written: %v, %v", files, err)
	}
	b.again(b.witnesses...)
	b.view() // the record stands
	if got := blobs(); len(got) != 1 {
		t.Errorf("the record has %v", got)
	}
}

// TestOldCopy: headquarters that goes on with an old copy of its own log, after a
// restored backup say, is told, and writes nothing that contradicts the record.
func TestOldCopy(t *testing.T) {
	ctx := context.Background()
	b := open(t, 1)
	b.view()
	if err := b.Close(ctx); err != nil {
		t.Fatal(err)
	}
	private := filepath.Join(b.dir, "private")
	old := filepath.Join(b.dir, "old")
	if err := os.CopyFS(old, os.DirFS(private)); err != nil {
		t.Fatal(err)
	}
	b.open(b.witnesses...)
	if err := b.Append(ctx, b.signed(&record.Commitment{Trustee: "t1", Hash: make([]byte, 32)}, "trustee/t1").Entry); err != nil {
		t.Fatal(err)
	}
	b.view()
	checkpoint, err := os.ReadFile(filepath.Join(b.record(), "hq", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(private); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(old, private); err != nil {
		t.Fatal(err)
	}
	b.open(b.witnesses...)
	if _, err := b.Pending(ctx); err == nil || !strings.Contains(err.Error(), "old copy") {
		t.Errorf("%v", err)
	}
	if _, err := b.Publish(ctx); err == nil {
		t.Error("an old log is published over a newer one")
	}
	now, err := os.ReadFile(filepath.Join(b.record(), "hq", "checkpoint"))
	if err != nil || !bytes.Equal(now, checkpoint) {
		t.Errorf("the published checkpoint changed (%v)", err)
	}
}
