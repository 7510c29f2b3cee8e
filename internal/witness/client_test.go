package witness_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/witness"
)

// The client tells apart what the witness answered.
func TestClient(t *testing.T) {
	tr, fork := newTree(20, 20), newTree(20, 8)
	w := open(t, t.TempDir())
	c := client(t, serve(t, w))
	cosigned, err := c.Cosign(t.Context(), 0, tr.checkpoint(10), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantCosigned(t, tr.checkpoint(10), cosigned)
	var conflict *witness.ConflictError
	if _, err := c.Cosign(t.Context(), 0, tr.checkpoint(15), nil); !errors.As(err, &conflict) || conflict.KnownSize() != 10 {
		t.Errorf("conflict: %v", err)
	}
	for want, r := range map[error]*witness.Request{
		witness.ErrFork:       {OldSize: 10, Checkpoint: fork.checkpoint(10)},
		witness.ErrProof:      {OldSize: 10, Checkpoint: tr.checkpoint(15)},
		witness.ErrRollback:   {OldSize: 10, Checkpoint: tr.checkpoint(9)},
		witness.ErrOldSize:    {OldSize: 16, Checkpoint: tr.checkpoint(15)},
		witness.ErrSignature:  {Checkpoint: sign(origin, testKey("other"), 15, [32]byte{1})},
		witness.ErrUnknownLog: {Checkpoint: sign("else", logKey, 15, [32]byte{1})},
		witness.ErrCheckpoint: {Checkpoint: []byte(origin + "\n")},
	} {
		if got, err := c.Cosign(t.Context(), r.OldSize, r.Checkpoint, r.Proof); got != nil || !errors.Is(err, want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%q, %v; want %v", got, err, want)
		}
	}
	// A damaged witness does not say what is wrong inside.
	dir := t.TempDir()
	broken := open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%x", sha256.Sum256([]byte(origin)))), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = client(t, serve(t, broken)).Cosign(t.Context(), 10, tr.checkpoint(15), tr.proof(10, 15))
	if err == nil || !strings.Contains(err.Error(), "500") || strings.Contains(err.Error(), dir) {
		t.Errorf("damaged: %v", err)
	}
	for _, bad := range []string{"", "w1", "ftp://x/y", "http://", "http://x?y", "http://x#y", "http://%zz", "http:x"} {
		if _, err := witness.NewClient(self, bad, nil); err == nil {
			t.Errorf("made a client of %q", bad)
		}
	}
	if _, err := witness.NewClient(board.Witness{Name: name, Key: make(ed25519.PublicKey, 3)}, "http://x", nil); err == nil {
		t.Error("made a client with three bytes of a key")
	}
}

// The client takes nothing from a witness that lies but an error.
func TestLyingWitness(t *testing.T) {
	tr := newTree(20, 20)
	line := func(cp []byte, name string, key ed25519.PrivateKey) string {
		w, err := witness.New(t.TempDir(), name, key, logs, clock)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		l, err := w.Cosign(t.Context(), 0, cp, nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(l)
	}
	cp := tr.checkpoint(15)
	mine, bob := line(cp, name, witnessKey), line(cp, "bob.example/w", testKey("bob"))
	for what, c := range map[string]struct {
		status int
		kind   string
		body   string
		want   string // the line, if one is taken
	}{
		"its line":                          {200, "", mine, mine},
		"its line among others":             {200, "", bob + mine + bob, mine},
		"a line of another checkpoint":      {200, "", line(tr.checkpoint(14), name, witnessKey), ""},
		"the line of another witness":       {200, "", bob, ""},
		"another key under its name":        {200, "", line(cp, name, testKey("bob")), ""},
		"nothing":                           {200, "", "", ""},
		"no line":                           {200, "", "cosigned\n", ""},
		"no line before its line":           {200, "", "x\n" + mine, ""},
		"its line without an end":           {200, "", strings.TrimSuffix(mine, "\n"), ""},
		"a line cut short":                  {200, "", mine[:40] + "\n", ""},
		"without end":                       {200, "", strings.Repeat(bob, 1000), ""},
		"its line with another status":      {201, "", mine, ""},
		"elsewhere":                         {307, "", mine, ""},
		"a conflict that is no size":        {409, "text/x.tlog.size", "ten\n", ""},
		"a conflict with a leading zero":    {409, "text/x.tlog.size", "010\n", ""},
		"a conflict of two lines":           {409, "text/x.tlog.size", "10\n11\n", ""},
		"a conflict without a size's type":  {409, "text/plain", "10\n", ""},
		"a refusal in words of its own":     {422, "text/plain", "no", ""},
		"a refusal that is not its status'": {404, "text/plain", witness.ErrProof.Error(), ""},
	} {
		t.Run(what, func(t *testing.T) {
			asked := 0
			s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				asked++
				rw.Header().Set("Location", "/elsewhere")
				if c.kind != "" {
					rw.Header().Set("Content-Type", c.kind)
				}
				rw.WriteHeader(c.status)
				io.WriteString(rw, c.body)
			}))
			defer s.Close()
			got, err := client(t, s.URL+"/w1/").Cosign(t.Context(), 10, cp, nil)
			if string(got) != c.want || (err == nil) != (c.want != "") || asked != 1 {
				t.Errorf("%q, %v, asked %d times", got, err, asked)
			}
			var conflict *witness.ConflictError
			if errors.As(err, &conflict) || errors.Is(err, witness.ErrProof) {
				t.Errorf("believed %v", err)
			}
		})
	}
}
