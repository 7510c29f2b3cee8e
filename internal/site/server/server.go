package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/site/pages"
	"github.com/sandogh/sandogh/internal/web"
)

// Limits of what is kept and taken.
const (
	maxCache    = 384 << 20 // bytes of pages, compressed or not
	maxQuery    = 2048      // bytes
	maxPath     = 512
	maxSearches = 2 // at a time
	maxStreams  = 8
	maxStream   = 15 * time.Minute
)

// A State is what is answered for.
type State struct {
	Site *pages.Site
	More *http.ServeMux        // what is no file; it is asked before the site, and may be nil
	Own  map[string]frame.File // files of other parts of the site, by path; they come first
}

// A Server answers for one site at a time. Safe for concurrent use.
type Server struct {
	events events
	search chan struct{}
	large  chan struct{} // one for each file that is written as it is made

	now   atomic.Pointer[State]
	mu    sync.Mutex // of what is stored and forgotten
	cache sync.Map   // path → *answer
	bytes int64
}

// answer is a file as it is sent.
type answer struct {
	plain, zipped []byte // zipped is nil if that is not shorter
	kind          string
	etag          string
	policy        string // of a page
	passing       bool   // nobody keeps it
}

// New returns a server that has nothing to show yet.
func New() *Server {
	return &Server{search: make(chan struct{}, maxSearches), large: make(chan struct{}, maxStreams)}
}

// Show makes a state the one that is answered for. Of the one before, what is
// among the paths is forgotten, or all; readers are told of it.
func (s *Server) Show(state State, paths []string, all bool) {
	if state.More == nil {
		state.More = http.NewServeMux()
	}
	s.mu.Lock()
	before := s.now.Swap(&state)
	if all {
		s.cache.Clear()
		s.bytes = 0
	}
	forget := func(path string) {
		if x, ok := s.cache.LoadAndDelete(path); ok {
			s.bytes -= x.(*answer).size()
		}
	}
	for _, p := range paths {
		forget(p)
	}
	for p, f := range state.Own {
		if before == nil || !bytes.Equal(before.Own[p].Data, f.Data) {
			forget(p)
		}
	}
	s.mu.Unlock()
	if before != nil && (len(paths) > 0 || all) {
		s.events.tell(paths, all)
	}
}

func (a *answer) size() int64 { return int64(len(a.plain) + len(a.zipped)) }

// Close ends all streams of events.
func (s *Server) Close() { s.events.close() }

// types are the kinds of files that a site has.
var types = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".csv": "text/csv; charset=utf-8",
	".json": "application/json", ".xml": "application/rss+xml; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".jpg": "image/jpeg", ".png": "image/png",
	".webp": "image/webp", ".pdf": "application/pdf", ".wasm": "application/wasm", ".txt": "text/plain; charset=utf-8"}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	l, name := language(r.URL.Path)
	switch {
	case len(r.URL.Path) > maxPath || len(r.URL.RawQuery) > maxQuery:
		s.fail(w, r, l, http.StatusBadRequest)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		if s.ask(w, r) {
			return
		}
		h.Set("Allow", "GET, HEAD")
		s.fail(w, r, l, http.StatusMethodNotAllowed)
		return
	case r.URL.Path == "/events":
		s.events.serve(w, r)
		return
	case name == "find.html" && r.URL.RawQuery != "":
		s.find(w, r, l)
		return
	}
	if a, ok := s.cache.Load(strings.TrimPrefix(r.URL.Path, "/")); ok { // most requests end here
		s.send(w, r, a.(*answer), http.StatusOK)
		return
	}
	file := strings.TrimPrefix(r.URL.Path, "/")
	if file == "" || strings.HasSuffix(file, "/") {
		file += "index.html"
	}
	state := s.now.Load()
	if state == nil {
		http.Error(w, "nothing is served yet", http.StatusServiceUnavailable)
		return
	}
	if _, own := state.Own[file]; !own && s.ask(w, r) || s.stream(w, r, state, file) {
		return
	}
	a, err := s.answer(file)
	if errors.Is(err, fs.ErrNotExist) && path.Ext(file) == "" {
		with := r.Clone(r.Context())
		with.URL.Path += ".html"
		_, err := s.answer(file + ".html")
		if _, pattern := state.More.Handler(with); err == nil || pattern != "" {
			http.Redirect(w, r, (&url.URL{Path: "/" + file + ".html", RawQuery: r.URL.RawQuery}).String(), http.StatusMovedPermanently)
			return
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.fail(w, r, l, http.StatusNotFound)
	case err != nil:
		s.fail(w, r, l, http.StatusInternalServerError)
	default:
		s.send(w, r, a, http.StatusOK)
	}
}

// stream answers with a file that is written as it is made, if the site has one of
// this name. A reader whose connection ends before the file does sees that.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, state *State, file string) bool {
	if strings.Contains(file, "/") || !slices.Contains(state.Site.Streams(), file) {
		return false
	}
	select {
	case s.large <- struct{}{}:
		defer func() { <-s.large }()
	default:
		w.Header().Set("Retry-After", "60")
		s.fail(w, r, web.Persian, http.StatusServiceUnavailable)
		return true
	}
	h := w.Header()
	h["Content-Type"] = []string{types[path.Ext(file)]}
	h["Cache-Control"] = brief
	h["Vary"] = vary
	h["Access-Control-Allow-Origin"] = star
	h["Cross-Origin-Resource-Policy"] = anyOrigin
	h["Content-Security-Policy"] = shut
	out, finish := io.Writer(w), func() error { return nil }
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h["Content-Encoding"] = gzipped
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			s.fail(w, r, web.Persian, http.StatusInternalServerError)
			return true
		}
		out, finish = z, z.Close
	}
	if r.Method == http.MethodHead {
		return true
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(maxStream)) // what cannot be set has no limit
	err := state.Site.Stream(file, out)
	if err == nil {
		err = finish()
	}
	if err != nil {
		panic(http.ErrAbortHandler) // breaks the connection off; nothing is logged
	}
	return true
}

// ask lets what is no file answer, if it knows the address.
func (s *Server) ask(w http.ResponseWriter, r *http.Request) bool {
	state := s.now.Load()
	if state == nil {
		return false
	}
	if _, pattern := state.More.Handler(r); pattern == "" {
		return false
	}
	web.Secure(state.More).ServeHTTP(w, r)
	return true
}

var (
	nosniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	sameOrigin = []string{"same-origin"}
	anyOrigin  = []string{"cross-origin"}
	star       = []string{"*"}
	brief      = []string{"public, max-age=10"}
	vary       = []string{"Accept-Encoding"}
	gzipped    = []string{"gzip"}
	shut       = []string{"default-src 'none'; style-src 'unsafe-inline'; sandbox"}
	script     = []string{frame.Script}
)

// language returns the language of an address and the address without it.
func language(path string) (web.Lang, string) {
	path = strings.TrimPrefix(path, "/")
	if rest, ok := strings.CutPrefix(path, "en/"); ok || path == "en" {
		return web.English, rest
	}
	return web.Persian, path
}

// answer returns a file from memory, or makes it.
func (s *Server) answer(file string) (*answer, error) {
	if a, ok := s.cache.Load(file); ok {
		return a.(*answer), nil
	}
	state := s.now.Load()
	if state == nil || !fs.ValidPath(file) {
		return nil, fs.ErrNotExist
	}
	f, own := state.Own[file]
	if !own {
		var err error
		if f, err = state.Site.File(file); err != nil {
			return nil, err
		}
	}
	a := prepare(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Load() != state { // it may differ already: send it, and do not keep it
		return a, nil
	}
	if s.bytes+a.size() > maxCache {
		s.cache.Clear()
		s.bytes = 0
	}
	if _, there := s.cache.LoadOrStore(file, a); !there {
		s.bytes += a.size()
	}
	return a, nil
}

// prepare compresses a file and names its version.
func prepare(f frame.File) *answer {
	sum := sha256.Sum256(f.Data)
	a := &answer{plain: f.Data, kind: types[path.Ext(f.Path)], etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	if a.kind == "" {
		a.kind = "application/octet-stream"
	}
	if strings.HasSuffix(f.Path, ".html") {
		a.policy = frame.PolicyOf(f.Path, f.Data)
	}
	switch path.Ext(f.Path) {
	case ".jpg", ".png", ".webp", ".pdf":
		return a
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		return a
	}
	if _, err := z.Write(f.Data); err != nil || z.Close() != nil {
		return a
	}
	if b.Len() < len(f.Data) {
		a.zipped = b.Bytes()
	}
	return a
}

// send sends a file, or says that the reader has it.
func (s *Server) send(w http.ResponseWriter, r *http.Request, a *answer, status int) {
	h := w.Header()
	h["Content-Type"] = []string{a.kind}
	h["Cache-Control"] = brief
	h["Vary"] = vary
	if a.policy != "" {
		h["Content-Security-Policy"] = []string{a.policy}
		h["Cross-Origin-Resource-Policy"] = sameOrigin
	} else { // data and pictures are for everybody
		h["Access-Control-Allow-Origin"] = star
		h["Cross-Origin-Resource-Policy"] = anyOrigin
		h["Content-Security-Policy"] = shut
		if a.kind == types[".js"] { // where it runs as a worker, this counts
			h["Content-Security-Policy"] = script
		}
	}
	body := a.plain
	etag := a.etag
	if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = a.zipped
		etag = a.etag[:len(a.etag)-1] + `-z"`
		h["Content-Encoding"] = gzipped
	}
	if status == http.StatusOK && !a.passing {
		h["Etag"] = []string{etag}
		if match := r.Header.Get("If-None-Match"); match != "" && strings.Contains(match, etag) {
			delete(h, "Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	} else {
		h["Cache-Control"] = []string{"no-store"}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

// find answers a search, unless too many are under way.
func (s *Server) find(w http.ResponseWriter, r *http.Request, l web.Lang) {
	state := s.now.Load()
	query, err := url.ParseQuery(r.URL.RawQuery)
	if state == nil || err != nil {
		s.fail(w, r, l, http.StatusBadRequest)
		return
	}
	busy := false
	select {
	case s.search <- struct{}{}:
		defer func() { <-s.search }()
	default:
		busy = true
	}
	f, err := state.Site.Search(l, query.Get("q"), busy)
	status := http.StatusOK
	switch {
	case err != nil:
		s.fail(w, r, l, http.StatusInternalServerError)
		return
	case busy:
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "5")
	}
	a := &answer{plain: f.Data, kind: types[".html"], passing: true, policy: frame.PolicyOf(f.Path, f.Data)}
	s.send(w, r, a, status)
}

// fail answers with a page that says what is wrong.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, l web.Lang, status int) {
	state := s.now.Load()
	if state == nil {
		http.Error(w, "nothing is served yet", http.StatusServiceUnavailable)
		return
	}
	f, err := state.Site.Failure(l, status)
	if err != nil {
		http.Error(w, http.StatusText(status), status)
		return
	}
	s.send(w, r, &answer{plain: f.Data, kind: types[".html"], policy: frame.PolicyOf(f.Path, f.Data)}, status)
}
