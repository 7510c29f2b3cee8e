package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// paths are those of a record: checkpoints, tiles and entries of logs, and blobs.
// Tiles have the form of tlog-tiles: tile/<level>/<index> and tile/entries/<index>,
// the index in groups of three digits, all but the last with an x, and partial
// ones with .p/<width>.
var paths = regexp.MustCompile(`^(?:(?:hq|branch/[A-Za-z0-9-]{1,32})/(?:(checkpoint)|tile/(?:[0-9]|[1-5][0-9]|6[0-3]|entries)/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[0-9]{1,3})?)|blob/[0-9a-f]{64})$`)

// Handler serves the record in fsys read-only: GET and HEAD of its files, and
// nothing else.
func Handler(fsys fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "a record is read only", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		m := paths.FindStringSubmatch(name)
		if m == nil || r.URL.RawQuery != "" {
			http.Error(w, "a record has no such file", http.StatusNotFound)
			return
		}
		f, err := fsys.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			http.Error(w, "this record does not have the file", http.StatusNotFound)
			return
		}
		var info fs.FileInfo
		if err == nil {
			defer f.Close()
			info, err = f.Stat()
		}
		if err != nil || !info.Mode().IsRegular() {
			http.Error(w, "the file cannot be read", http.StatusInternalServerError)
			return
		}
		if m[1] != "" { // it changes as the log grows
			h.Set("Content-Type", "text/plain; charset=utf-8")
			h.Set("Cache-Control", "no-cache")
		} else { // content that follows from its name, in this log
			h.Set("Content-Type", "application/octet-stream")
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if content, ok := f.(io.ReadSeeker); ok {
			http.ServeContent(w, r, "", time.Time{}, content)
			return
		}
		h.Set("Content-Length", strconv.FormatInt(info.Size(), 10)) // a file in a zip file
		if r.Method == http.MethodGet {
			_, _ = io.Copy(w, f) // whoever reads sees that it is short
		}
	})
}

// Serve answers on the listener until the context ends.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: perFile, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve record: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(stop)
	if err != nil { // somebody is still reading
		err = server.Close()
	}
	<-served
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
