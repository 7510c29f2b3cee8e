package handover_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/handover"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/witness"
)

const branch = "101"

var small = func() *simulate.Election {
	e, err := simulate.Small(1)
	if err != nil {
		panic(err)
	}
	return e
}()

// published writes the published log of the branch, of entries that mean nothing.
func published(t *testing.T, entries int, cosigned bool) string {
	t.Helper()
	origin := election.BranchOrigin(small.Definition.ID(), branch)
	key := small.Keys.Signing("log/branch/" + branch)
	signer, err := sequencer.NewSigner(origin, key)
	if err != nil {
		t.Fatal(err)
	}
	log, err := sequencer.Open(t.Context(), filepath.Join(t.TempDir(), "log"), signer, key.Public().(ed25519.PublicKey), sequencer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close(context.Background())
	var all [][]byte
	for i := range entries {
		all = append(all, fmt.Appendf(nil, "entry %d", i))
	}
	if _, err := log.Append(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	var witnesses []sequencer.Cosigner
	for i, w := range small.Definition.Witnesses {
		if !cosigned {
			break
		}
		x, err := witness.New(t.TempDir(), w.Name, small.Keys.Signing(fmt.Sprintf("witness/%d", i+1)),
			func(o string) (ed25519.PublicKey, bool) { return key.Public().(ed25519.PublicKey), o == origin }, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		witnesses = append(witnesses, x)
	}
	dir := filepath.Join(t.TempDir(), "published")
	if err := log.Publish(t.Context(), dir, witnesses); err != nil {
		t.Fatal(err)
	}
	return dir
}

// hq is a receiver at an address.
type hq struct {
	*handover.Receiver
	url    string
	accept func(dir string) error
	cut    atomic.Int64 // requests until the line breaks; below 0 it never does
	puts   atomic.Int64
}

func newHQ(t *testing.T) *hq {
	t.Helper()
	h := &hq{accept: func(string) error { return nil }}
	h.cut.Store(-1)
	h.Receiver = &handover.Receiver{Dir: t.TempDir(), Definition: small.Definition, Witnesses: body.Witnesses(small.Definition),
		Accept: func(_ context.Context, _, dir string) error { return h.accept(dir) }}
	handler := h.Handler()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.cut.Load() == 0 {
			panic(http.ErrAbortHandler)
		}
		h.cut.Add(-1)
		if r.Method == http.MethodPut {
			h.puts.Add(1)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	h.url = s.URL
	return h
}

func (h *hq) push(dir string) error {
	return handover.Push(context.Background(), h.url, branch, dir, nil, nil)
}

// TestPush: a line that breaks after every request is of no harm, what is there is
// not sent again, and what came in is whole.
func TestPush(t *testing.T) {
	dir := published(t, 700, true)
	h := newHQ(t)
	tries := 0
	for ; ; tries++ {
		if h.cut.Store(2); h.push(dir) == nil {
			break
		}
		if tries > 50 {
			t.Fatal("it never comes to an end")
		}
	}
	files := 0
	for name := range board.Files(700) {
		files++
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(h.Dir, branch, "log", filepath.FromSlash(name))); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s came in otherwise: %v", name, err)
		}
	}
	if n := h.puts.Load(); n != int64(files-1) || tries == 0 {
		t.Errorf("%d files were sent in %d tries, want %d", n, tries+1, files-1)
	}
	h.cut.Store(-1)
	if err := h.push(dir); err != nil || h.puts.Load() != int64(files-1) {
		t.Errorf("pushed again: %v, %d files sent", err, h.puts.Load())
	}
}

// TestDamaged: a file that differs is asked for again, and refused in the end if it
// is what the branch has.
func TestDamaged(t *testing.T) {
	dir := published(t, 300, true)
	h := newHQ(t)
	h.accept = func(string) error { return errors.New("not yet") }
	if err := h.push(dir); err == nil || !strings.Contains(err.Error(), "not yet") {
		t.Fatal(err)
	}
	name := filepath.FromSlash(board.BundlePath(0, 256))
	if err := os.WriteFile(filepath.Join(h.Dir, branch, "log", name), []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.accept = func(string) error { return nil }
	before := h.puts.Load()
	if err := h.push(dir); err != nil || h.puts.Load() != before+1 {
		t.Errorf("a damaged file: %v, %d files sent", err, h.puts.Load()-before)
	}

	other := newHQ(t)
	if err := os.WriteFile(filepath.Join(dir, name), []byte("what the branch has"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := other.push(dir); err == nil || !strings.Contains(err.Error(), "publish the log again") {
		t.Errorf("a log whose file is damaged was pushed: %v", err)
	}
}

// TestRefuses: what nobody has signed is not kept.
func TestRefuses(t *testing.T) {
	h := newHQ(t)
	var no *handover.RefusedError
	if err := h.push(published(t, 3, false)); !errors.As(err, &no) || !strings.Contains(no.Text, "witnesses have cosigned") {
		t.Errorf("without cosignatures: %v", err)
	}
	dir := published(t, 3, true)
	note, err := os.ReadFile(filepath.Join(dir, board.CheckpointPath))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string, data []byte) int {
		req, err := http.NewRequest(method, h.url+path, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}
	tile := "/branch/" + branch + "/" + board.BundlePath(0, 3)
	for _, c := range []struct {
		what, method, path string
		data               []byte
		status             int
	}{
		{"a file before the checkpoint", http.MethodPut, tile, []byte("x"), http.StatusConflict},
		{"no checkpoint", http.MethodPost, "/branch/" + branch, []byte("x"), http.StatusForbidden},
		{"a long one", http.MethodPost, "/branch/" + branch, make([]byte, 1<<17), http.StatusBadRequest},
		{"a branch that there is not", http.MethodPost, "/branch/none", note, http.StatusForbidden},
		{"another branch's", http.MethodPost, "/branch/102", note, http.StatusForbidden},
		{"a file of no branch", http.MethodPut, "/branch/none/checkpoint", note, http.StatusNotFound},
		{"the checkpoint", http.MethodPost, "/branch/" + branch, note, http.StatusOK},
		{"a file that it does not name", http.MethodPut, "/branch/" + branch + "/tile/0/001.p/3", []byte("x"), http.StatusNotFound},
		{"the checkpoint as a file", http.MethodPut, "/branch/" + branch + "/checkpoint", []byte("x"), http.StatusNotFound},
		{"a path that climbs", http.MethodPut, "/branch/" + branch + "/..%2f..%2fsecret", []byte("x"), http.StatusNotFound},
	} {
		if got := ask(c.method, c.path, c.data); got != c.status {
			t.Errorf("%s: status %d, want %d", c.what, got, c.status)
		}
	}
	if err := h.push(dir); err != nil {
		t.Fatal(err)
	}
	if got := ask(http.MethodPut, tile, []byte("x")); got != http.StatusConflict {
		t.Errorf("a file after it was accepted: status %d", got)
	}
	if err := h.push(published(t, 4, true)); !errors.As(err, &no) || !strings.Contains(no.Text, "closes once") {
		t.Errorf("another log of the branch: %v", err)
	}
}

// TestDiskFails: a disk that fails at any step acknowledges nothing, and the push
// goes on when it works again.
func TestDiskFails(t *testing.T) {
	dir := published(t, 3, true)
	for at := range 12 {
		h := newHQ(t)
		steps := 0
		h.Disk = durable.Disk{Before: func(durable.Step, string) error {
			if steps++; steps == at+1 {
				return errors.New("no space left")
			}
			return nil
		}}
		if err := h.push(dir); err == nil {
			t.Errorf("step %d failed, and the log was accepted at once", at+1)
		}
		if err := h.push(dir); err != nil {
			t.Errorf("after step %d had failed: %v", at+1, err)
		}
	}
}
