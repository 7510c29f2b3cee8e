package witness_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/witness"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	_ sequencer.Cosigner = (*witness.Witness)(nil)
	_ sequencer.Cosigner = (*witness.Client)(nil)
	_ sequencer.Cosigner = (*witness.Drop)(nil)
)

var self = board.Witness{Name: name, Key: public(witnessKey)}

func serve(t testing.TB, w *witness.Witness) string {
	t.Helper()
	s := httptest.NewServer(witness.Handler(w, nil))
	t.Cleanup(s.Close)
	return s.URL
}

func client(t testing.TB, url string) *witness.Client {
	t.Helper()
	c, err := witness.NewClient(self, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAddCheckpoint goes through C2SP tlog-witness sentence by sentence.
func TestAddCheckpoint(t *testing.T) {
	tr, fork := newTree(20, 20), newTree(20, 8)
	other := testKey("other")
	root := [32]byte{1}
	body := func(old uint64, proof [][32]byte, checkpoint []byte) string {
		return string((&witness.Request{OldSize: old, Proof: proof, Checkpoint: checkpoint}).Encode())
	}
	good := body(10, tr.proof(10, 15), tr.checkpoint(15))
	bob := board.FormatSignatureLine("bob.example/w", 7, make([]byte, 72))
	for _, c := range []struct {
		what   string
		method string
		body   string
		status int
		kind   string
		text   string // of the answer; empty for any
	}{
		{"a good request", "POST", good, 200, "", ""},
		{"MAY include multiple signatures, MUST ignore unknown keys", "POST", good + string(bob), 200, "", ""},
		{"the same size again", "POST", body(10, nil, tr.checkpoint(10)), 200, "", ""},
		{"MUST be an HTTP POST", "GET", good, 405, "", ""},
		{"MUST be an HTTP POST", "PUT", good, 405, "", ""},
		{"a sequence of lines", "POST", "", 400, "", ""},
		{"old size with a leading zero", "POST", strings.Replace(good, "old 10", "old 010", 1), 400, "", ""},
		{"no empty line", "POST", strings.Replace(good, "\n\n", "\n", 1), 400, "", ""},
		{"MUST NOT send more than 63 lines", "POST", body(10, make([][32]byte, 64), tr.checkpoint(15)), 400, "", ""},
		{"a request without an end", "POST", body(10, nil, bytes.Repeat([]byte("x"), witness.MaxRequest)), 413, "", ""},
		{"the origin is unknown", "POST", body(0, nil, sign("sandogh/00ff/branch/1", logKey, 15, root)), 404, "", ""},
		{"none of the signatures verify", "POST", body(10, nil, sign(origin, other, 15, root)), 403, "", ""},
		{"a signature of another text", "POST", strings.Replace(good, "\n15\n", "\n16\n", 1), 403, "", ""},
		{"no signature that parses", "POST", body(10, nil, board.FormatCheckpoint(origin, 15, root)), 400, "", ""},
		{"the old size MUST be at most the checkpoint size", "POST", body(11, nil, tr.checkpoint(10)), 400, "", ""},
		{"the same, and a rollback", "POST", body(10, nil, tr.checkpoint(9)), 400, "", ""},
		{"the old size does not match", "POST", body(9, tr.proof(9, 15), tr.checkpoint(15)), 409, "text/x.tlog.size", "10\n"},
		{"a client MAY begin with zero", "POST", body(0, nil, tr.checkpoint(15)), 409, "text/x.tlog.size", "10\n"},
		{"a smaller tree, from its own size", "POST", body(9, nil, tr.checkpoint(9)), 409, "text/x.tlog.size", "10\n"},
		{"the proof does not verify", "POST", body(10, tr.proof(9, 15), tr.checkpoint(15)), 422, "", ""},
		{"the proof is of a fork", "POST", body(10, fork.proof(10, 15), fork.checkpoint(15)), 422, "", ""},
		{"equal sizes, another root", "POST", body(10, nil, fork.checkpoint(10)), 409, "text/plain; charset=utf-8", ""},
		{"equal sizes and a proof", "POST", body(10, tr.proof(10, 15), tr.checkpoint(10)), 422, "", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := open(t, t.TempDir())
			if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), c.method, serve(t, w)+"/add-checkpoint", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != c.status || c.kind != "" && resp.Header.Get("Content-Type") != c.kind || c.text != "" && string(answer) != c.text {
				t.Fatalf("%s %q %q", resp.Status, resp.Header.Get("Content-Type"), answer)
			}
			if c.kind == "" && c.status == 409 || c.status != 200 && bytes.Contains(answer, []byte("— ")) {
				t.Errorf("answered %q", answer)
			}
			if c.status == 200 {
				r, err := witness.ParseRequest([]byte(c.body))
				if err != nil {
					t.Fatal(err)
				}
				text, _, _ := bytes.Cut(r.Checkpoint, bob)
				wantCosigned(t, text, answer)
			}
		})
	}
	// An empty tree after nothing: the old size of zero wants no proof.
	w := open(t, t.TempDir())
	if _, err := client(t, serve(t, w)).Cosign(t.Context(), 0, tr.checkpoint(15), tr.proof(10, 15)); !errors.Is(err, witness.ErrProof) {
		t.Errorf("a proof from nothing: %v", err)
	}
}

// Many ask at once, for two trees and several sizes: whatever the order, of two
// cosigned checkpoints one extends the other.
func TestConcurrentRequests(t *testing.T) {
	tr, fork := newTree(60, 60), newTree(60, 7)
	w := open(t, t.TempDir())
	c := client(t, serve(t, w))
	var mu sync.Mutex
	sizes := map[*tree][]int{}
	var group sync.WaitGroup
	for i := range 8 {
		for _, from := range []*tree{tr, fork} {
			group.Go(func() {
				old := 0
				for size := 10 + i; size <= 60; size += 8 {
					for range 100 {
						var proof [][32]byte
						if old <= size {
							proof = from.proof(old, size)
						}
						_, err := c.Cosign(t.Context(), uint64(old), from.checkpoint(size), proof)
						var conflict *witness.ConflictError
						if errors.As(err, &conflict) && conflict.Size <= 60 {
							if old = int(conflict.Size); old <= size {
								continue
							}
						} else if err == nil {
							mu.Lock()
							sizes[from] = append(sizes[from], size)
							mu.Unlock()
							old = size
						}
						break
					}
				}
			})
		}
	}
	group.Wait()
	if len(sizes[tr])+len(sizes[fork]) == 0 || len(sizes[tr]) > 0 && len(sizes[fork]) > 0 {
		t.Errorf("cosigned %v of one tree and %v of another", sizes[tr], sizes[fork])
	}
}

// Several logs at once: each is cosigned by its own key and size, and what one
// does wrong leaves the others alone.
func TestSeveralLogs(t *testing.T) {
	keys := map[string]ed25519.PrivateKey{}
	for i := range 5 {
		o := fmt.Sprint("sandogh/00ff/branch/", i)
		keys[o] = testKey(o)
	}
	dir := t.TempDir()
	w, err := witness.New(dir, name, witnessKey, func(o string) (ed25519.PublicKey, bool) {
		key, ok := keys[o]
		if !ok {
			return nil, false
		}
		return public(key), true
	}, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c := client(t, serve(t, w))
	tr := newTree(40, 40)
	signed := func(o string, size int) []byte {
		root, err := tlog.TreeHash(int64(size), tr)
		if err != nil {
			t.Error(err)
		}
		return sign(o, keys[o], size, root)
	}
	var group sync.WaitGroup
	for i := range 5 {
		group.Go(func() {
			o := fmt.Sprint("sandogh/00ff/branch/", i)
			for old, size := 0, i+1; size <= 40; old, size = size, size+i+3 {
				if _, err := c.Cosign(t.Context(), uint64(old), signed(o, size), tr.proof(old, size)); err != nil {
					t.Errorf("%s at %d: %v", o, size, err)
				}
				if i == 2 { // this one lies besides
					if _, err := c.Cosign(t.Context(), uint64(size), sign(o, keys[o], size, [32]byte{byte(size)}), nil); !errors.Is(err, witness.ErrFork) {
						t.Errorf("%s at %d: %v", o, size, err)
					}
				}
			}
		})
	}
	group.Wait()
	for i := range 5 {
		o := fmt.Sprint("sandogh/00ff/branch/", i)
		size, lies := i+1, 0
		for ; size+i+3 <= 40; size += i + 3 {
			lies++
		}
		if lies++; i != 2 {
			lies = 0
		}
		s, err := witness.ReadStatus(dir, o, public(keys[o]))
		if err != nil || s.Last.Size != uint64(size) || s.Convicting != lies || s.Other != 0 {
			t.Errorf("%s: %+v, %v; want %d entries, %d lies", o, s, err, size, lies)
		}
	}
	// One log's key does not sign for another.
	if _, err := c.Cosign(t.Context(), 0, sign("sandogh/00ff/branch/0", keys["sandogh/00ff/branch/1"], 40, [32]byte{1}), nil); !errors.Is(err, witness.ErrSignature) {
		t.Errorf("another log's key: %v", err)
	}
}

// The witness is killed when the checkpoint is on the disk and the answer is
// not yet given: it remembers what it was about to sign.
func TestKilledBeforeTheAnswer(t *testing.T) {
	const dirVar = "WITNESS_TEST_DIR"
	if dir := os.Getenv(dirVar); dir != "" {
		w, err := witness.New(dir, name, witnessKey, logs, clock)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("http://" + l.Addr().String())
		h := witness.Handler(w, func(_ string, err error) {
			if err == nil {
				syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		})
		fmt.Println(witness.Serve(context.Background(), l, h))
		os.Exit(1)
	}
	dir := t.TempDir()
	tr, fork := newTree(20, 20), newTree(20, 12)
	w := open(t, dir)
	if _, err := w.Cosign(t.Context(), 0, tr.checkpoint(10), nil); err != nil {
		t.Fatal(err)
	}
	w.Close()

	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledBeforeTheAnswer$")
	cmd.Env = append(os.Environ(), dirVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil || !strings.HasPrefix(url, "http") {
		t.Fatalf("%q, %v", url, err)
	}
	if got, err := client(t, url).Cosign(t.Context(), 10, tr.checkpoint(15), tr.proof(10, 15)); err == nil {
		t.Errorf("answered %q", got)
	}
	cmd.Wait()
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		t.Fatalf("ended with %v", cmd.ProcessState)
	}

	w = open(t, dir)
	if last, err := w.Last(origin); err != nil || !bytes.Equal(last, tr.checkpoint(15)) {
		t.Fatalf("last %q, %v", last, err)
	}
	if _, err := w.Cosign(t.Context(), 10, fork.checkpoint(15), fork.proof(10, 15)); err == nil {
		t.Error("cosigned another tree after the crash")
	}
	if _, err := w.Cosign(t.Context(), 15, tr.checkpoint(15), nil); err != nil {
		t.Errorf("asked again: %v", err)
	}
}

// A log shows one half of the people one tree and the other half another: no
// checkpoint gets two cosignatures, and each witness keeps what convicts it when
// the other tree is shown there.
func TestSplitViewHasNoQuorum(t *testing.T) {
	tr, fork := newTree(20, 20), newTree(20, 8)
	known := []board.Witness{{Name: "w1", Key: public(testKey("w1"))}, {Name: "w2", Key: public(testKey("w2"))}}
	var clients []*witness.Client
	var dirs []string
	for _, k := range known {
		dir := t.TempDir()
		w, err := witness.New(dir, k.Name, testKey(k.Name), logs, clock)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close() })
		c, err := witness.NewClient(k, serve(t, w), nil)
		if err != nil {
			t.Fatal(err)
		}
		clients, dirs = append(clients, c), append(dirs, dir)
	}
	cosigned := func(cp []byte, first int) int {
		t.Helper()
		signed := cp
		for i := range clients {
			if l, err := clients[(first+i)%2].Cosign(t.Context(), 0, cp, nil); err == nil {
				if signed, err = board.AddCosignatures(signed, l); err != nil {
					t.Fatal(err)
				}
			}
		}
		c, err := board.ParseCheckpoint(signed, origin, public(logKey), known)
		if err != nil {
			t.Fatal(err)
		}
		return len(c.Cosigned)
	}
	if _, err := clients[0].Cosign(t.Context(), 0, tr.checkpoint(15), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := clients[1].Cosign(t.Context(), 0, fork.checkpoint(15), nil); err != nil {
		t.Fatal(err)
	}
	// The log would have to show each tree to the other witness.
	if n := cosigned(tr.checkpoint(15), 0); n >= 2 {
		t.Errorf("one tree has %d cosignatures", n)
	}
	if n := cosigned(fork.checkpoint(15), 1); n >= 2 {
		t.Errorf("the other tree has %d cosignatures", n)
	}
	for i, dir := range dirs {
		_, all := evidenceIn(t, dir)
		if len(all) != 1 || all[0].Kind != witness.Fork {
			t.Errorf("witness %d kept %v", i+1, all)
		}
	}
}

// Nothing runs on when the server has stopped.
func TestServeStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- witness.Serve(ctx, l, witness.Handler(w, nil)) }()
	transport := &http.Transport{}
	c, err := witness.NewClient(self, "http://"+l.Addr().String(), transport)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Cosign(t.Context(), 0, newTree(5, 5).checkpoint(5), nil); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	transport.CloseIdleConnections()
	if _, err := c.Cosign(t.Context(), 5, newTree(5, 5).checkpoint(5), nil); err == nil {
		t.Error("it still answers")
	}
	// A listener that is closed is an error, not an end.
	if err := witness.Serve(t.Context(), l, http.NotFoundHandler()); err == nil {
		t.Error("served on a closed listener")
	}
}

func BenchmarkAddCheckpoint(b *testing.B) {
	w, err := witness.New(b.TempDir(), name, witnessKey, logs, clock)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	tr := newTree(1000, 1000)
	c := client(b, serve(b, w))
	if _, err := c.Cosign(b.Context(), 0, tr.checkpoint(999), nil); err != nil {
		b.Fatal(err)
	}
	cp := tr.checkpoint(999)
	for b.Loop() {
		if _, err := c.Cosign(b.Context(), 999, cp, nil); err != nil {
			b.Fatal(err)
		}
	}
}
