package witness_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/witness"
	"pgregory.net/rapid"
)

// ask has a checkpoint of the tree cosigned through a folder as a log does:
// from nothing, and again from the size that a conflict names.
func ask(d *witness.Drop, tr *tree, size int) ([]byte, error) {
	old := uint64(0)
	for range 3 {
		if old > uint64(size) {
			return nil, fmt.Errorf("the log has %d entries, not %d", size, old)
		}
		line, err := d.Cosign(context.Background(), old, tr.checkpoint(size), tr.proof(int(old), size))
		var conflict *witness.ConflictError
		if !errors.As(err, &conflict) {
			return line, err
		}
		old = conflict.Size
	}
	return nil, errors.New("the folder tells another size each time")
}

// wantPending returns the paths of a request that waits.
func wantPending(t *testing.T, line []byte, err error) (request, response string) {
	t.Helper()
	var p *witness.PendingError
	if line != nil || !errors.As(err, &p) || p.Witness != name {
		t.Fatalf("%q, %v; want a request that waits", line, err)
	}
	if _, err := os.Stat(p.Request); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(err.Error(), p.Request) || !strings.Contains(err.Error(), p.Response) {
		t.Errorf("the error does not name the files: %v", err)
	}
	return p.Request, p.Response
}

func TestDrop(t *testing.T) {
	dir := t.TempDir()
	tr := newTree(40, 40)
	w := open(t, t.TempDir())
	carry := func(request string) error {
		t.Helper()
		if _, err := w.AnswerFile(t.Context(), request); err != nil {
			return err
		}
		return nil
	}
	d := witness.NewDrop(self, dir)

	// The first request: asked twice, carried once.
	line, err := ask(d, tr, 10)
	request, response := wantPending(t, line, err)
	if want := filepath.Join(dir, "alice.example%2Fw.request"); request != want {
		t.Errorf("the request is %s, want %s", request, want)
	}
	line, err = ask(witness.NewDrop(self, dir), tr, 10)
	wantPending(t, line, err)
	if err := carry(request); err != nil {
		t.Fatal(err)
	}
	// The witness is given the same file again: what it has answered stays.
	before, err := os.ReadFile(response)
	if err != nil {
		t.Fatal(err)
	}
	if err := carry(request); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(response); err != nil || !bytes.Equal(again, before) {
		t.Errorf("answered again with %q, %v", again, err)
	}
	for range 2 {
		if line, err = ask(d, tr, 10); err != nil {
			t.Fatal(err)
		}
		wantCosigned(t, tr.checkpoint(10), line)
	}

	// The log grows: the folder shows where to begin, so one journey is enough.
	line, err = ask(d, tr, 20)
	wantPending(t, line, err)
	if err := carry(request); err != nil {
		t.Fatal(err)
	}
	if line, err = ask(d, tr, 20); err != nil {
		t.Fatal(err)
	}
	wantCosigned(t, tr.checkpoint(20), line)

	// It grows twice before somebody carries: the older request is replaced.
	line, err = ask(d, tr, 25)
	wantPending(t, line, err)
	stale, err := os.ReadFile(request)
	if err != nil {
		t.Fatal(err)
	}
	line, err = ask(d, tr, 30)
	wantPending(t, line, err)
	// The answer to the one that was replaced arrives, and is ignored.
	answer, err := w.Answer(t.Context(), stale)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(response, answer, 0o600); err != nil {
		t.Fatal(err)
	}
	line, err = ask(d, tr, 30)
	wantPending(t, line, err)
	// The witness now has 25, which the folder does not show: it says so.
	var conflict *witness.ConflictError
	if err := carry(request); !errors.As(err, &conflict) || conflict.Size != 25 {
		t.Fatalf("carried: %v", err)
	}
	for range 2 {
		line, err = ask(d, tr, 30)
		wantPending(t, line, err)
	}
	if err := carry(request); err != nil {
		t.Fatal(err)
	}
	if line, err = ask(d, tr, 30); err != nil {
		t.Fatal(err)
	}
	wantCosigned(t, tr.checkpoint(30), line)

	// A log that lost its end is refused by its own folder.
	if line, err = ask(d, tr, 12); err == nil {
		t.Errorf("a smaller log: %q", line)
	}
	// A folder that is new knows nothing: the witness says where to begin.
	d = witness.NewDrop(self, t.TempDir())
	line, err = ask(d, tr, 40)
	request, _ = wantPending(t, line, err)
	if err := carry(request); !errors.As(err, &conflict) || conflict.Size != 30 {
		t.Fatalf("carried: %v", err)
	}
	line, err = ask(d, tr, 40)
	wantPending(t, line, err)
	if err := carry(request); err != nil {
		t.Fatal(err)
	}
	if line, err = ask(d, tr, 40); err != nil {
		t.Fatal(err)
	}
	wantCosigned(t, tr.checkpoint(40), line)
}

func TestDropRefused(t *testing.T) {
	dir := t.TempDir()
	tr, fork := newTree(40, 40), newTree(40, 3)
	state := t.TempDir()
	w := open(t, state)
	if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(12), nil); err != nil {
		t.Fatal(err)
	}
	d := witness.NewDrop(self, dir)
	line, err := d.Cosign(t.Context(), 12, fork.checkpoint(12), nil)
	request, response := wantPending(t, line, err)
	if got, err := w.AnswerFile(t.Context(), request); got != response || !errors.Is(err, witness.ErrFork) {
		t.Errorf("answered in %s: %v", got, err)
	}
	line, err = d.Cosign(t.Context(), 12, fork.checkpoint(12), nil)
	if line != nil || err == nil || !strings.Contains(err.Error(), witness.ErrFork.Error()) || !strings.Contains(err.Error(), response) {
		t.Errorf("%q, %v", line, err)
	}
	if _, all := evidenceIn(t, state); len(all) != 1 || all[0].Kind != witness.Fork {
		t.Errorf("kept %v", all)
	}
	// To ask again, its answer is removed; another checkpoint needs no such thing.
	line, err = d.Cosign(t.Context(), 12, tr.checkpoint(20), tr.proof(12, 20))
	wantPending(t, line, err)
	if _, err := w.AnswerFile(t.Context(), request); err != nil {
		t.Error(err)
	}

	// What is no request has no answer.
	for _, bad := range []string{"", "old 0\n\n", strings.Repeat("x", witness.MaxRequest+1)} {
		path := filepath.Join(t.TempDir(), "x.request")
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := w.AnswerFile(t.Context(), path); got != "" || err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%.10q: answered in %q, %v", bad, got, err)
		}
	}
	if got, err := w.AnswerFile(t.Context(), filepath.Join(dir, "none.request")); got != "" || err == nil {
		t.Errorf("no file: %q, %v", got, err)
	}
	w.Close()
	if err := os.Remove(response); err != nil {
		t.Fatal(err)
	}
	if got, err := w.AnswerFile(t.Context(), request); got != "" || err == nil {
		t.Errorf("closed: %q, %v", got, err)
	}
}

// Somebody changes the answer on its way: nothing is taken for a cosignature
// that is none, and the error names the file.
func TestDropChangedOnTheWay(t *testing.T) {
	dir := t.TempDir()
	tr := newTree(20, 20)
	w := open(t, t.TempDir())
	d := witness.NewDrop(self, dir)
	line, err := ask(d, tr, 10)
	request, response := wantPending(t, line, err)
	if _, err := w.AnswerFile(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(response)
	if err != nil {
		t.Fatal(err)
	}
	if line, err = ask(d, tr, 10); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if err := os.WriteFile(response, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ask(d, tr, 10)
		var p *witness.PendingError
		if err == nil || got != nil || !errors.As(err, &p) && !strings.Contains(err.Error(), response) {
			t.Fatalf("byte %d changed: %q, %v", i, got, err)
		}
	}
	for _, size := range []int{0, 1 << 20} {
		if err := os.WriteFile(response, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ask(d, tr, 10); err == nil || !strings.Contains(err.Error(), response) {
			t.Errorf("%d bytes: %q, %v", size, got, err)
		}
	}
	if err := os.WriteFile(response, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(d, tr, 10); err != nil || !bytes.Equal(got, line) {
		t.Errorf("fetched again: %q, %v", got, err)
	}
	// A damaged request is written anew.
	if err := os.WriteFile(request, []byte("old 0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	line, err = ask(d, tr, 10)
	wantPending(t, line, err)
	if data, err := os.ReadFile(request); err != nil || sha256.Sum256(data) != sha256.Sum256((&witness.Request{Checkpoint: tr.checkpoint(10)}).Encode()) {
		t.Errorf("the request is %q, %v", data, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Cosign(ended, 0, tr.checkpoint(10), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := witness.NewDrop(self, filepath.Join(dir, "none")).Cosign(t.Context(), 0, tr.checkpoint(10), nil); err == nil {
		t.Error("wrote into no folder")
	}
}

// A fault in writing the request leaves the old one or the new one.
func TestDropOnAFailingDisk(t *testing.T) {
	tr := newTree(20, 20)
	for _, step := range []durable.Step{durable.Create, durable.Write, durable.Sync, durable.Rename, durable.SyncDir} {
		dir := t.TempDir()
		line, err := ask(witness.NewDrop(self, dir), tr, 10)
		request, _ := wantPending(t, line, err)
		fault := errors.New("fault")
		d := witness.NewDropOn(durable.Disk{Before: func(s durable.Step, _ string) error {
			if s == step {
				return fault
			}
			return nil
		}}, self, dir)
		if _, err := ask(d, tr, 15); !errors.Is(err, fault) {
			t.Errorf("%s: %v", step, err)
		}
		data, err := os.ReadFile(request)
		if err != nil {
			t.Fatal(err)
		}
		r, err := witness.ParseRequest(data)
		if err != nil || !bytes.Equal(r.Checkpoint, tr.checkpoint(10)) && !bytes.Equal(r.Checkpoint, tr.checkpoint(15)) {
			t.Errorf("%s: request %q, %v", step, data, err)
		}
	}
}

// In whatever order a log grows, requests and answers are carried or lost, every
// line taken is a cosignature of the checkpoint asked for, and in the end a
// few journeys are enough.
func TestDropInAnyOrder(t *testing.T) {
	tr := newTree(60, 60)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		state, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		w, err := witness.New(state, name, witnessKey, logs, clock)
		if err != nil {
			rt.Fatal(err)
		}
		defer w.Close()
		d := witness.NewDrop(self, dir)
		size := 1
		var carried, answers [][]byte // copies on sticks
		var request, response string
		try := func() bool {
			line, err := ask(d, tr, size)
			var p *witness.PendingError
			switch {
			case errors.As(err, &p):
				request, response = p.Request, p.Response
				return false
			case err != nil:
				rt.Fatal(err)
			}
			wantCosigned(t, tr.checkpoint(size), line)
			return true
		}
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"grow", "ask", "copy", "answer", "bring"}).Draw(rt, "step") {
			case "grow":
				size = min(60, size+rapid.IntRange(1, 20).Draw(rt, "by"))
			case "ask":
				try()
			case "copy":
				if data, err := os.ReadFile(request); err == nil {
					carried = append(carried, data)
				}
			case "answer":
				if len(carried) > 0 {
					if a, _ := w.Answer(context.Background(), rapid.SampledFrom(carried).Draw(rt, "request")); a != nil {
						answers = append(answers, a)
					}
				}
			case "bring":
				if len(answers) > 0 {
					if err := os.WriteFile(response, rapid.SampledFrom(answers).Draw(rt, "answer"), 0o600); err != nil {
						rt.Fatal(err)
					}
				}
			}
		}
		for range 3 {
			if try() {
				return
			}
			if got, _ := w.AnswerFile(context.Background(), request); got != response {
				rt.Fatalf("answered in %q", got)
			}
		}
		rt.Error("three journeys were not enough")
	})
}
