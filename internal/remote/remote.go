// Package remote reads a published record over HTTP, and serves one.
//
// Specification: spec/bodies.md, section 7; the paths are those of spec/record.md
// and C2SP tlog-tiles.
//
// In and out. Open takes the address of a record, such as
// https://hq.example/record, and returns it as a file system for package verify.
// Each file is fetched once, when it is first opened, and kept until Close in one
// temporary file that has no name, so that what was verified is what is used
// afterwards. Handler serves a record read-only.
//
// What it never does: it trusts nothing that comes over the network: whoever
// verifies the record compares every byte with what is signed, so http:// will do
// as well as https://. It sends no credentials, follows no redirection to another
// host, and lists no folders: a record that is read from afar is read by the
// names that its logs give. The server answers nothing but the paths of a record,
// and gives away no file times.
//
// How it fails: what the server does not have is fs.ErrNotExist. A file or a
// record over the limits, another status, and a server that does not answer are
// errors of the kind *fs.PathError; when three requests in a row failed, the
// others fail at once. A record that is published again while it is read may lack
// a tile: reading it anew helps.
//
// Sources: RFC 9110, RFC 9111 (immutable: RFC 8246).
package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"sync"
	"time"
)

// Limits of what is read. They bound what a hostile server can make a reader do.
const (
	MaxFile  = 2 << 30  // bytes of one file: the rows of a unit
	MaxTotal = 64 << 30 // bytes of a record
)

const (
	small     = 1 << 20 // bytes that are held in memory while they come in
	perFile   = 30 * time.Minute
	perHeader = 30 * time.Second
	maxFailed = 3 // requests in a row
	maxHops   = 3
)

// FS is a record over HTTP. It is an fs.FS that cannot be listed, safe for
// concurrent use.
type FS struct {
	ctx   context.Context
	base  *url.URL
	http  *http.Client
	spool *os.File // without a name

	mu     sync.Mutex
	end    int64 // of the spool
	failed int   // requests in a row
	files  map[string]*entry
}

// entry is a file that was asked for.
type entry struct {
	once   sync.Once
	offset int64
	size   int64
	err    error
}

// Open returns the record at the address. Nothing is fetched yet. The context is
// that of all requests. transport may be nil; it is where proxies and trust in
// certificates come from.
func Open(ctx context.Context, address string, transport http.RoundTripper) (*FS, error) {
	base, err := Address(address)
	if err != nil {
		return nil, fmt.Errorf("open record at %w", err)
	}
	spool, err := os.CreateTemp("", "sandogh-record-")
	if err != nil {
		return nil, fmt.Errorf("open record at %s: %w", address, err)
	}
	// Without a name it is gone with the process, in whatever way that ends.
	if err := os.Remove(spool.Name()); err != nil {
		spool.Close()
		return nil, fmt.Errorf("open record at %s: %w", address, err)
	}
	return &FS{ctx: ctx, base: base, http: Client(base, transport, perFile), spool: spool, files: map[string]*entry{}}, nil
}

// Address reads the address of a record.
func Address(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("%q: not an address such as https://hq.example/record", address)
	}
	return base, nil
}

// Client returns a client for what lies at the address, bounded in headers,
// redirections and time. transport may be nil; it is where proxies and trust in
// certificates come from.
func Client(base *url.URL, transport http.RoundTripper, timeout time.Duration) *http.Client {
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
			DialContext: (&net.Dialer{Timeout: perHeader}).DialContext, TLSHandshakeTimeout: perHeader, ResponseHeaderTimeout: perHeader,
			MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}
	}
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxHops {
			return errors.New("redirected too often")
		}
		if r.URL.Host != base.Host || r.URL.Scheme != base.Scheme {
			return fmt.Errorf("redirected to another host, %.100q: name its address yourself if you mean it", r.URL.Host)
		}
		return nil
	}}
}

// Close forgets what was fetched. No file may be used afterwards.
func (f *FS) Close() error {
	f.http.CloseIdleConnections()
	return f.spool.Close()
}

// Open opens a file of the record, fetching it the first time.
func (f *FS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f.mu.Lock()
	e := f.files[name]
	if e == nil {
		e = &entry{}
		f.files[name] = e
	}
	f.mu.Unlock()
	e.once.Do(func() { e.err = f.fetch(name, e) })
	if e.err != nil {
		return nil, &fs.PathError{Op: "open", Path: f.base.JoinPath(name).String(), Err: e.err}
	}
	return &file{io.NewSectionReader(f.spool, e.offset, e.size), path.Base(name)}, nil
}

var errDown = errors.New("the server has failed several times: it is not asked any more")

// fetch brings a file into the spool. A request that fails on the way is tried
// once more.
func (f *FS) fetch(name string, e *entry) (err error) {
	for range 2 {
		f.mu.Lock()
		down := f.failed >= maxFailed
		f.mu.Unlock()
		if down {
			return errDown
		}
		var final bool
		final, err = f.get(name, e)
		f.mu.Lock()
		if err == nil || final {
			f.failed = 0
		} else {
			f.failed++
		}
		f.mu.Unlock()
		if err == nil || final || f.ctx.Err() != nil {
			break
		}
	}
	return err
}

// get makes one request. An error is final if another would not help.
func (f *FS) get(name string, e *entry) (final bool, err error) {
	req, err := http.NewRequestWithContext(f.ctx, http.MethodGet, f.base.JoinPath(name).String(), nil)
	if err != nil {
		return true, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	r, err := f.http.Do(req)
	if err != nil {
		return false, err
	}
	defer r.Body.Close()
	switch {
	case r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusGone:
		return true, fs.ErrNotExist
	case r.StatusCode != http.StatusOK:
		return false, fmt.Errorf("the server says %q", r.Status)
	case r.ContentLength > MaxFile:
		return true, fmt.Errorf("it has %d bytes, more than the %d of any file of a record", r.ContentLength, MaxFile)
	}
	if r.ContentLength > small { // the place is known before it comes
		if e.offset, err = f.reserve(r.ContentLength); err != nil {
			return true, err
		}
		e.size = r.ContentLength
		n, err := io.Copy(io.NewOffsetWriter(f.spool, e.offset), r.Body)
		if err == nil && n != e.size {
			err = io.ErrUnexpectedEOF
		}
		return false, err
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, small+1))
	if err != nil {
		return false, err
	}
	if len(b) > small {
		return true, errors.New("the server does not say how long it is, and it is long")
	}
	if e.offset, err = f.reserve(int64(len(b))); err != nil {
		return true, err
	}
	e.size = int64(len(b))
	_, err = io.Copy(io.NewOffsetWriter(f.spool, e.offset), bytes.NewReader(b))
	return true, err
}

// reserve gives out a place in the spool.
func (f *FS) reserve(size int64) (offset int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.end+size > MaxTotal {
		return 0, fmt.Errorf("the record has more than %d bytes", int64(MaxTotal))
	}
	offset = f.end
	f.end += size
	return offset, nil
}

// file is a fetched file; it is its own FileInfo.
type file struct {
	*io.SectionReader
	name string
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Mode() fs.FileMode          { return 0o444 }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return false }
func (f *file) Sys() any                   { return nil }
