package source_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"golang.org/x/mod/sumdb/tlog"
)

func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(name string) ed25519.PublicKey { return key(name).Public().(ed25519.PublicKey) }

const origin = "sandogh/x/hq"

// rootOf is the tree hash of RFC 6962, section 2.1, of at least one hash.
func rootOf(h []tlog.Hash) tlog.Hash {
	if len(h) == 1 {
		return h[0]
	}
	k := 1
	for 2*k < len(h) {
		k *= 2
	}
	return tlog.NodeHash(rootOf(h[:k]), rootOf(h[k:]))
}

// logOf publishes a log of less than a bundle, which the witnesses cosigned.
func logOf(t *testing.T, dir string, entries [][]byte, witnesses ...string) fstest.MapFS {
	t.Helper()
	var bundle, tile []byte
	var hashes []tlog.Hash
	for _, e := range entries {
		var err error
		if bundle, err = board.AppendBundle(bundle, e); err != nil {
			t.Fatal(err)
		}
		h := tlog.RecordHash(e)
		tile, hashes = append(tile, h[:]...), append(hashes, h)
	}
	text := board.FormatCheckpoint(origin, uint64(len(entries)), rootOf(hashes))
	signed := append(bytes.Clone(text), '\n')
	signed = append(signed, board.FormatSignatureLine(origin, board.KeyID(origin, board.AlgEd25519, public("log")), ed25519.Sign(key("log"), text))...)
	for _, w := range witnesses {
		const time = 1_780_000_000
		sig := append([]byte{0, 0, 0, 0, time >> 24, time >> 16 & 0xff, time >> 8 & 0xff, time & 0xff}, ed25519.Sign(key(w), board.CosignatureMessage(time, text))...)
		var err error
		if signed, err = board.AddCosignatures(signed, board.FormatSignatureLine(w, board.KeyID(w, board.AlgCosignature, public(w)), sig)); err != nil {
			t.Fatal(err)
		}
	}
	return fstest.MapFS{
		dir + "/checkpoint":                            {Data: signed},
		dir + "/" + board.TilePath(0, 0, len(entries)): {Data: tile},
		dir + "/" + board.BundlePath(0, len(entries)):  {Data: bundle},
	}
}

// casts returns entries of a log, as many as there are devices.
func casts(t *testing.T, devices ...string) (out [][]byte) {
	t.Helper()
	for _, d := range devices {
		e, err := record.Sign([32]byte{1}, "hq", &record.Cast{Device: d}, record.Signer{By: "device/" + d, Key: key(d)})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// A look is what a scan hands over and says.
type look struct {
	seen  string // index and device of each entry, and * for a gap
	whole bool
	of    map[string]report.Check
}

func scan(t *testing.T, ctx context.Context, files fs.FS, prepare func(r *source.Reader)) look {
	t.Helper()
	r := source.New(ctx, files, nil, nil)
	l := r.Open("hq", origin, public("log"), nil, 0)
	if l == nil {
		t.Fatal("the log is not opened")
	}
	prepare(r)
	var seen []string
	whole := r.Scan("hq", l, func(index uint64, gap bool, data []byte, e record.Entry) {
		if again, err := record.Encode(e); err != nil || !bytes.Equal(again, data) {
			t.Errorf("entry %d is not the one of its bytes", index)
		}
		text := fmt.Sprint(index, e.Body.(*record.Cast).Device)
		if gap {
			text += "*"
		}
		seen = append(seen, text)
	})
	out := look{strings.Join(seen, " "), whole, map[string]report.Check{}}
	for _, id := range []string{"V005", "V006", "V007"} {
		out.of[id], _ = r.Report([32]byte{}, true, true, report.PhaseReady).Check(id)
	}
	return out
}

func nothing(*source.Reader) {}

// TestScan: what is handed over of logs that are whole, that hold what is no
// entry, and that lack something.
func TestScan(t *testing.T) {
	ctx := context.Background()
	entries := casts(t, "a", "b", "c", "d")
	bad := slices.Clone(entries)
	bad[1] = []byte("no entry")
	whole := logOf(t, "hq", entries)
	damaged := logOf(t, "hq", entries)
	bundle := damaged["hq/"+board.BundlePath(0, 4)]
	bundle.Data = bytes.Clone(bundle.Data)
	bundle.Data[2+len(entries[0])+2+9] ^= 1 // within the second entry
	lacking := logOf(t, "hq", entries)
	delete(lacking, "hq/"+board.BundlePath(0, 4))
	short := logOf(t, "hq", entries) // its end is cut off
	short["hq/"+board.BundlePath(0, 4)] = &fstest.MapFile{Data: bundle.Data[:2*(2+len(entries[0]))]}

	for name, c := range map[string]struct {
		files        fs.FS
		seen         string
		whole        bool
		read6, read7 int
		v6, v7       report.State
		at           report.Place // of the first finding of V006 or V007
	}{
		"whole":       {whole, "0a 1b 2c 3d", true, 5, 4, report.Pass, report.Pass, report.Place{}},
		"no entry":    {logOf(t, "hq", bad), "0a 2c 3d", true, 5, 4, report.Pass, report.Fail, report.Place{Log: "hq", Entry: 1}},
		"damaged":     {damaged, "0a 2c* 3d*", false, 5, 3, report.Fail, report.Pass, report.Place{Log: "hq", Entry: 1, Path: "hq/tile/entries/000.p/4"}},
		"nothing":     {lacking, "", false, 5, 0, report.Missing, report.NotDue, report.Place{Log: "hq", Entry: -1, Path: "hq/tile/entries/000.p/4"}},
		"without end": {short, "0a", false, 5, 1, report.Fail, report.Pass, report.Place{Log: "hq", Entry: 1, Path: "hq/tile/entries/000.p/4"}},
	} {
		got := scan(t, ctx, c.files, nothing)
		v6, v7 := got.of["V006"], got.of["V007"]
		if got.seen != c.seen || got.whole != c.whole {
			t.Errorf("%s: saw %q, whole %v", name, got.seen, got.whole)
		}
		if v6.State != c.v6 || v7.State != c.v7 || v6.Read != c.read6 || v7.Read != c.read7 {
			t.Errorf("%s: V006 %s of %d, V007 %s of %d: %v %v", name, v6.State, v6.Read, v7.State, v7.Read, v6.Findings, v7.Findings)
		}
		if found := append(v6.Findings, v7.Findings...); c.at != (report.Place{}) {
			if at := (report.Place{Log: found[0].Log, Entry: found[0].Entry, Path: found[0].Path}); at != c.at {
				t.Errorf("%s: found at %v, want %v", name, at, c.at)
			}
		}
	}
}

// TestScanEnds: a scan that is told to stop says that it did not see all, and
// only one that was interrupted says so in the report.
func TestScanEnds(t *testing.T) {
	files := logOf(t, "hq", casts(t, "a", "b"))
	ctx, cancel := context.WithCancel(context.Background())
	got := scan(t, ctx, files, func(*source.Reader) { cancel() })
	if v6 := got.of["V006"]; got.seen != "" || got.whole || v6.State != report.Missing || !strings.Contains(v6.Findings[0].Text, "canceled") || v6.Findings[0].Log != "hq" {
		t.Errorf("interrupted: saw %q, whole %v, V006 %s: %v", got.seen, got.whole, v6.State, v6.Findings)
	}
	refute := func(r *source.Reader) { r.Refute("V001", report.Nowhere, "for the test") }
	got = scan(t, context.Background(), files, func(r *source.Reader) { r.StopAtFirst(); refute(r) })
	if v6 := got.of["V006"]; got.seen != "" || got.whole || v6.State != report.Pass {
		t.Errorf("refuted: saw %q, whole %v, V006 %s: %v", got.seen, got.whole, v6.State, v6.Findings)
	}
	if got = scan(t, context.Background(), files, refute); got.seen != "0a 1b" || !got.whole {
		t.Errorf("refuted, and not to stop: saw %q, whole %v", got.seen, got.whole)
	}
}

// TestWitnessQuorum: as many cosignatures as are wanted, and one less.
func TestWitnessQuorum(t *testing.T) {
	files := logOf(t, "hq", casts(t, "a"), "w.example/1")
	witnesses := []board.Witness{{Name: "w.example/1", Key: public("w.example/1")}, {Name: "w.example/2", Key: public("w.example/2")}}
	for quorum, want := range []report.State{report.Pass, report.Pass, report.Fail} {
		r := source.New(context.Background(), files, nil, nil)
		if r.Open("hq", origin, public("log"), witnesses, quorum) == nil {
			t.Fatalf("quorum %d: not opened", quorum)
		}
		c, _ := r.Report([32]byte{}, true, true, report.PhaseReady).Check("V005")
		if c.State != want || c.Read != 1 {
			t.Errorf("quorum %d: V005 is %s of %d", quorum, c.State, c.Read)
		}
		for _, f := range c.Findings {
			if f.Log != "hq" || f.Path != "hq/checkpoint" || !strings.Contains(f.Text, "1 witnesses cosigned") {
				t.Errorf("quorum %d: %v", quorum, f)
			}
		}
	}
}

// TestParallel: each is worked on once, progress ends where it should, and who
// stops is obeyed.
func TestParallel(t *testing.T) {
	const n = 57
	var mu sync.Mutex
	var worked, told []int
	r := source.New(context.Background(), fstest.MapFS{}, nil, func(stage string, done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if stage != "proofs" || total != n {
			t.Errorf("told of %s, %d", stage, total)
		}
		told = append(told, done)
	})
	work := func(i int) {
		mu.Lock()
		defer mu.Unlock()
		worked = append(worked, i)
	}
	r.Parallel("proofs", n, work)
	slices.Sort(worked)
	slices.Sort(told)
	for i := range n {
		if len(worked) != n || worked[i] != i || len(told) != n || told[i] != i+1 {
			t.Fatalf("worked on %v, told of %v", worked, told)
		}
	}
	worked = nil
	source.New(context.Background(), fstest.MapFS{}, nil, nil).Parallel("", 3, work)
	if len(worked) != 3 {
		t.Errorf("with nobody to tell: %v", worked)
	}
	worked = nil
	r.StopAtFirst()
	r.Refute("V001", report.Nowhere, "for the test")
	r.Parallel("proofs", n, work)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	source.New(ctx, fstest.MapFS{}, nil, nil).Parallel("proofs", n, work)
	if len(worked) != 0 {
		t.Errorf("told to stop, it worked on %v", worked)
	}
}

func TestClip(t *testing.T) {
	for n, want := range map[int]int{0: 0, 79: 79, 80: 80, 81: 83, 500: 83} {
		if got := source.Clip(strings.Repeat("x", n)); len(got) != want {
			t.Errorf("%d bytes are clipped to %d", n, len(got))
		}
	}
}

// TestAgain: a blob that is read again is the one that was verified, or an
// error, and one in front of the record hides the record's.
func TestAgain(t *testing.T) {
	data := []byte("rows and rows")
	ref := record.NewBlob(record.TypeRows, data)
	path := source.BlobPath(ref)
	ctx := context.Background()
	if b, err := source.New(ctx, fstest.MapFS{path: {Data: data}}, nil, nil).Again(ref); err != nil || !bytes.Equal(b, data) {
		t.Errorf("%q, %v", b, err)
	}
	for name, files := range map[string]fs.FS{
		"changed":       fstest.MapFS{path: {Data: []byte("rows and cows")}},
		"longer":        fstest.MapFS{path: {Data: append(bytes.Clone(data), 0)}},
		"much longer":   fstest.MapFS{path: {Data: bytes.Repeat(data, 2)}},
		"gone":          fstest.MapFS{},
		"a broken disk": failing{},
	} {
		if b, err := source.New(ctx, files, nil, nil).Again(ref); err == nil {
			t.Errorf("%s: %q", name, b)
		}
	}
	if _, err := source.New(ctx, failing{}, nil, nil).Again(ref); errors.Is(err, fs.ErrNotExist) {
		t.Error("a broken disk is said to lack the file")
	}
	front := source.New(ctx, fstest.MapFS{path: {Data: []byte("other")}}, nil, nil).With(map[string][]byte{path: data})
	if b, ok := front.Blob(ref, report.Nowhere); !ok || !bytes.Equal(b, data) {
		t.Errorf("the blob in front: %q, %v", b, ok)
	}
}
