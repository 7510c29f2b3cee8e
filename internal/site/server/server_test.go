package server_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/pages"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/server"
)

var tiny = country.New(5, country.Scale{Counties: 4, Rural: 4, Cities: 6, Villages: 6, Branches: 100})

func site(t testing.TB, opened int, before *pages.Site) (*results.Election, *pages.Site) {
	t.Helper()
	e := tiny.At(country.State{Closed: 12, Opened: opened})
	p, err := pages.New(pages.Options{Election: e, Served: true}, before)
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

func get(h http.Handler, method, path string, head ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

// TestStream: the report of all contests is written as it is made, also packed; of
// a site that has none it is not there.
func TestStream(t *testing.T) {
	s := server.New()
	_, x := site(t, 3, nil)
	s.Show(server.State{Site: x}, nil, true)
	var want strings.Builder
	if err := x.Stream("all.err.json", &want); err != nil || !strings.Contains(want.String(), `"VoteCounts"`) {
		t.Fatalf("%v, %.100s", err, want.String())
	}
	if err := x.Stream("index.json", io.Discard); err == nil {
		t.Error("a file that is no stream is written as one")
	}
	plain := get(s, "GET", "/all.err.json")
	if plain.Code != http.StatusOK || plain.Body.String() != want.String() || plain.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %v %.100s", plain.Code, plain.Header(), plain.Body)
	}
	packed := get(s, "GET", "/all.err.json", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(packed.Body)
	if err != nil || packed.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v: %v", packed.Header(), err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != want.String() {
		t.Errorf("packed: %v, %.100s", err, b)
	}
	if w := get(s, "HEAD", "/all.err.json"); w.Code != http.StatusOK || w.Body.Len() > 0 {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := get(s, "GET", "/en/all.err.json"); w.Code != http.StatusNotFound {
		t.Errorf("below the language: %d", w.Code)
	}
	alone := country.New(5, country.Scale{Counties: 1, Rural: 1, Cities: 2, Villages: 2, Branches: 6})
	one, err := pages.New(pages.Options{Election: alone.At(country.State{}), Served: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Show(server.State{Site: one}, nil, true)
	if w := get(s, "GET", "/all.err.json"); w.Code != http.StatusNotFound {
		t.Errorf("where one report has all contests: %d", w.Code)
	}
}

func TestServe(t *testing.T) {
	s := server.New()
	if w := get(s, "GET", "/"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("with nothing to show, the status is %d", w.Code)
	}
	before, first := site(t, 3, nil)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /own.html", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "from the mux") })
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "taken") })
	own := map[string]frame.File{"verifier/x.js": {Path: "verifier/x.js", Data: []byte("1")}}
	s.Show(server.State{Site: first, More: mux, Own: own}, nil, true)
	contest := "/contest/" + tiny.Definition.Contests[tiny.Order(0)].ID + ".html"
	for path, status := range map[string]int{"/": 200, "/en/": 200, contest: 200, "/en" + contest: 200, strings.TrimSuffix(contest, ".html"): 301, "/nothing": 404,
		"/contest/../../etc/passwd": 404, "/index.json": 200, "/style.css?v=1": 200, "/live.js": 200, "/own.html": 200, "/own": 301, "/verifier/x.js": 200, "/find.html?q=%zz": 400,
		"/find.html?q=" + strings.Repeat("x", 3000): 400, "/" + strings.Repeat("x", 600): 400, "/.hidden": 404, "/asset/x.jpg": 404} {
		if w := get(s, "GET", path); w.Code != status {
			t.Errorf("%.60s has status %d, not %d", path, w.Code, status)
		}
	}
	if w := get(s, "POST", "/form"); w.Code != 200 || w.Body.String() != "taken" {
		t.Errorf("the form: %d, %s", w.Code, w.Body)
	}
	if w := get(s, "POST", "/"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", w.Code)
	}
	plain, zipped := get(s, "GET", contest), get(s, "GET", contest, "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != plain.Body.String() || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("the compressed page is another: %v", err)
	}
	for _, w := range []*httptest.ResponseRecorder{plain, zipped} {
		tag := w.Header().Get("ETag")
		again := get(s, "GET", contest, "If-None-Match", tag, "Accept-Encoding", w.Header().Get("Content-Encoding"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 || tag == "" {
			t.Errorf("a page that the reader has: %d, %d bytes", again.Code, again.Body.Len())
		}
	}
	if w := get(s, "HEAD", contest); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := get(s, "GET", "/en/find.html?q=city"); w.Code != 200 || !strings.Contains(w.Body.String(), "Found:") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("search: %d", w.Code)
	}

	// What may differ is made anew; what may not is the same answer.
	after, second := site(t, 4, first)
	paths, all := second.Affected(results.Changed(before, after))
	if all {
		t.Fatal("everything is said to differ")
	}
	fourth := "/contest/" + tiny.Definition.Contests[tiny.Order(3)].ID + ".html"
	old := get(s, "GET", fourth).Body.String()
	s.Show(server.State{Site: second, More: mux, Own: own}, paths, false)
	if now := get(s, "GET", fourth).Body.String(); now == old || !strings.Contains(now, "کامل") {
		t.Error("a contest that was counted is shown as it was")
	}
	if now := get(s, "GET", contest); now.Header().Get("ETag") != plain.Header().Get("ETag") {
		t.Error("a contest that did not change has another version")
	}
}

// TestEvents: a reader is told of the pages that differ.
func TestEvents(t *testing.T) {
	s := server.New()
	before, first := site(t, 3, nil)
	s.Show(server.State{Site: first}, nil, true)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	t.Cleanup(s.Close)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() || lines.Text() != "retry: 5000" || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("the stream begins with %q", lines.Text())
	}
	after, second := site(t, 4, first)
	paths, _ := second.Affected(results.Changed(before, after))
	s.Show(server.State{Site: second}, paths, false)
	want := `"/contest/` + tiny.Definition.Contests[tiny.Order(3)].ID + `.html"`
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if !strings.Contains(data, want) || !strings.Contains(data, `"/"`) || strings.Contains(data, "/en/") {
				t.Errorf("the event has %s", data)
			}
			return
		}
	}
	t.Errorf("the stream ended: %v", lines.Err())
}

// BenchmarkLoad measures cached pages on loopback for some seconds. It wants a
// machine of its own: -bench Load -benchtime 1x.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b)
	}
}

func load(t *testing.B) {
	s := server.New()
	_, first := site(t, 12, nil)
	s.Show(server.State{Site: first}, nil, true)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	var n atomic.Int64
	var wg sync.WaitGroup
	const lasts = 5 * time.Second
	end := time.Now().Add(lasts)
	for i := range 64 {
		path := "/contest/" + tiny.Definition.Contests[i%12].ID + ".html"
		wg.Go(func() {
			for time.Now().Before(end) {
				r, err := http.NewRequest(http.MethodGet, h.URL+path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Accept-Encoding", "gzip")
				res, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				n.Add(1)
			}
		})
	}
	wg.Wait()
	rate := float64(n.Load()) / lasts.Seconds()
	t.ReportMetric(rate, "requests/s")
}

// BenchmarkCached is one cached page, compressed, without the network.
func BenchmarkCached(b *testing.B) {
	s := server.New()
	_, first := site(b, 12, nil)
	s.Show(server.State{Site: first}, nil, true)
	path := "/contest/" + tiny.Definition.Contests[0].ID + ".html"
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	for b.Loop() {
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
}
