package demo_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/demo"
)

// told is what the demo tells, for tests to wait for.
type told struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func (w *told) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
	return w.text.Write(p)
}

// until returns what the pattern finds, as soon as it is told.
func (w *told) until(t *testing.T, pattern string) string {
	t.Helper()
	late := time.After(2 * time.Minute)
	for {
		w.mu.Lock()
		text := w.text.String()
		w.mu.Unlock()
		if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m != nil {
			return m[1]
		}
		select {
		case <-w.more:
		case <-late:
			t.Fatalf("%s is not told: %s", pattern, text)
		}
	}
}

const statement = `precinct,active_voters,ballots,candidate,votes,undervotes,overvotes
1,9,3,Ada Lovelace,2,0,0
1,9,3,Emmy Noether,1,0,0
2,9,2,Ada Lovelace,1,0,0
2,9,2,Emmy Noether,1,0,0
`

// TestServe: a demo shows the result that it has told of, the code of a voter, and
// the record, until it is interrupted; an address that cannot be had is named.
func TestServe(t *testing.T) {
	t.Chdir(t.TempDir()) // where there is no source: no verifier for browsers is built
	file := filepath.Join(t.TempDir(), "statement.csv")
	if err := os.WriteFile(file, []byte(statement), 0o600); err != nil {
		t.Fatal(err)
	}
	tell := &told{more: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d, err := demo.Run(ctx, demo.Options{Dir: filepath.Join(t.TempDir(), "e"), Statement: file, Seats: 1, Seed: 1, Tell: tell, Pause: func() {}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Serve(ctx, "192.0.2.1:1"); err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("at an address of somebody else: %v", err)
	}
	served := make(chan error, 1)
	go func() { served <- d.Serve(ctx, "127.0.0.1:0") }()
	address := "http://" + tell.until(t, `and the checks: http://(127\.0\.0\.1:[0-9]+)/`)
	get := func(path string) string {
		t.Helper()
		r, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, r.Status, err)
		}
		return string(b)
	}
	for path, part := range map[string]string{
		"/en/": "Ada Lovelace", "/": "نتیجهٔ انتخابات", "/en/code?code=" + tell.until(t, `/en/code\?code=(\S+)`): "It was cast: it counts",
		"/raw/hq/checkpoint": "sandogh/", "/en/verify.html": "sandogh mirror " + address + "/raw record", "/en/check.html": "without the verifier for browsers",
	} {
		if page := get(path); !strings.Contains(page, part) {
			t.Errorf("%s does not say %q: %.500s", path, part, page)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Errorf("interrupted: %v", err)
	}
}
