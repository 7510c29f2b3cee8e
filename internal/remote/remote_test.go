package remote_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sandogh/sandogh/internal/remote"
	"go.uber.org/goleak"
)

var blob = "blob/" + strings.Repeat("0a", 32)

var served = fstest.MapFS{
	"hq/checkpoint":             {Data: []byte("a note\n"), ModTime: time.Unix(1e9, 0)},
	"hq/tile/entries/000.p/7":   {Data: []byte("entries")},
	"hq/tile/0/x001/234":        {Data: []byte("tile")},
	"branch/b-1/checkpoint":     {Data: []byte("another\n")},
	"branch/b-1/tile/0/000.p/1": {Data: []byte("tile")},
	blob:                        {Data: bytes.Repeat([]byte("large"), 1<<19)},
	"hq/secret":                 {Data: []byte("no")},
	"identity.age":              {Data: []byte("no")},
	"hq/tile/entries/000.tmp":   {Data: []byte("no")},
}

// at serves a handler and returns the record there.
func at(t *testing.T, h http.Handler) (*remote.FS, string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	f, err := remote.Open(context.Background(), s.URL+"/sub/", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, s.URL
}

// under lets a handler serve below /sub, counting what it is asked for.
func under(h http.Handler, asked *atomic.Int64) http.Handler {
	return http.StripPrefix("/sub", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		h.ServeHTTP(w, r)
	}))
}

func TestRoundTrip(t *testing.T) {
	var asked atomic.Int64
	f, _ := at(t, under(remote.Handler(served), &asked))
	names := []string{"hq/checkpoint", "hq/tile/entries/000.p/7", "hq/tile/0/x001/234", "branch/b-1/checkpoint", "branch/b-1/tile/0/000.p/1", blob}
	var wg sync.WaitGroup
	for range 4 { // each is fetched once
		for _, name := range names {
			wg.Go(func() {
				got, err := fs.ReadFile(f, name)
				if err != nil || !bytes.Equal(got, served[name].Data) {
					t.Errorf("%s: %d bytes, %v", name, len(got), err)
				}
			})
		}
	}
	wg.Wait()
	if n := asked.Load(); n != int64(len(names)) {
		t.Errorf("%d requests for %d files", n, len(names))
	}
	for _, name := range []string{"hq/tile/0/000", "branch/b-2/checkpoint", "blob/" + strings.Repeat("00", 32), "hq/secret", "identity.age", "hq/tile/entries/000.tmp", "hq", ".", "../x", "/hq/checkpoint"} {
		if _, err := f.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fs.ReadDir(f, "hq"); err == nil {
		t.Error("it can be listed")
	}
	if _, can := fs.FS(f).(fs.ReadDirFS); can {
		t.Error("it says that it can be listed")
	}
}

// TestFrozen: what was read stays what it is, though the server changes it.
func TestFrozen(t *testing.T) {
	var asked atomic.Int64
	f, _ := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, asked.Add(1)) }))
	for range 3 {
		if b, err := fs.ReadFile(f, "hq/checkpoint"); err != nil || string(b) != "1" {
			t.Errorf("%q, %v", b, err)
		}
	}
}

func TestHandler(t *testing.T) {
	h := remote.Handler(served)
	ask := func(method, target string) *http.Response {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
		return w.Result()
	}
	for target, cache := range map[string]string{"/hq/checkpoint": "no-cache", "/hq/tile/0/x001/234": "public, max-age=31536000, immutable", "/" + blob: "public, max-age=31536000, immutable"} {
		for _, method := range []string{"GET", "HEAD"} {
			r := ask(method, target)
			if r.StatusCode != 200 || r.Header.Get("Cache-Control") != cache || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Last-Modified") != "" || r.Header.Get("Content-Length") == "" {
				t.Errorf("%s %s: %s %v", method, target, r.Status, r.Header)
			}
		}
	}
	for _, target := range []string{"/", "/hq", "/hq/", "/hq/secret", "/identity.age", "/hq/tile/entries/000.tmp", "/hq/checkpoint?x=1", "/hq/../identity.age", "/branch/../hq/checkpoint",
		"/branch/a%2fb/checkpoint", "//hq/checkpoint", "/hq/tile/64/000", "/hq/tile/0/00", "/blob/" + strings.Repeat("0A", 32), "/blob/" + strings.Repeat("0a", 32) + "0"} {
		if r := ask("GET", target); r.StatusCode != 404 {
			t.Errorf("%s: %s", target, r.Status)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if r := ask(method, "/hq/checkpoint"); r.StatusCode != 405 {
			t.Errorf("%s: %s", method, r.Status)
		}
	}
}

// TestZipped: a record in a zip file, whose files cannot be sought in, is served too.
func TestZipped(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, file := range served {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(file.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	f, _ := at(t, under(remote.Handler(r), &asked))
	for _, name := range []string{"hq/checkpoint", blob} {
		if got, err := fs.ReadFile(f, name); err != nil || !bytes.Equal(got, served[name].Data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func TestHostileServers(t *testing.T) {
	other := httptest.NewServer(remote.Handler(served))
	t.Cleanup(other.Close)
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		want  string
	}{
		"another host": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/hq/checkpoint", http.StatusFound)
		}, "another host"},
		"round and round": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, "too often"},
		"too large": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(remote.MaxFile+1))
			w.WriteHeader(200)
		}, "more than"},
		"without an end": {func(w http.ResponseWriter, r *http.Request) {
			for range 100 {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, "does not say"},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(3<<20))
			w.Write(make([]byte, 2<<20))
			panic(http.ErrAbortHandler)
		}, "EOF"},
		"error": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }, "503"},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := at(t, c.serve)
			_, err := f.Open("hq/checkpoint")
			var p *fs.PathError
			if err == nil || errors.Is(err, fs.ErrNotExist) || !errors.As(err, &p) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestDown: a server that fails is not asked for every file of a record.
func TestDown(t *testing.T) {
	var asked atomic.Int64
	f, _ := at(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Add(1); w.WriteHeader(500) }))
	for i := range 20 {
		if _, err := f.Open(fmt.Sprintf("hq/tile/0/%03d", i)); err == nil {
			t.Fatal("opened")
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times", n)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, address := range []string{"", "hq/record", "ftp://a/b", "https://", "https://user:pass@a/b", "https://a/b?c", "https://a/b#c", "http://[::1"} {
		if f, err := remote.Open(context.Background(), address, nil); err == nil {
			f.Close()
			t.Errorf("%q is opened", address)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	f, err := remote.Open(ctx, "http://127.0.0.1:1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cancel()
	if _, err := f.Open("hq/checkpoint"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestServeStops(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- remote.Serve(ctx, l, remote.Handler(served)) }()
	f, err := remote.Open(context.Background(), "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(blob)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n != 5<<19 {
		t.Errorf("%d bytes, %v", n, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	f.Close()
}
