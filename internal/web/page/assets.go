package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// Assets are what pages load: style, script and type.
type Assets struct {
	files   map[string][]byte
	version string // the beginning of the hash of all of them, so that no old one is kept
}

// NewAssets reads the files of a folder.
func NewAssets(dir fs.FS) (*Assets, error) {
	a, h := &Assets{files: map[string][]byte{}}, sha256.New()
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		b, err := fs.ReadFile(dir, e.Name())
		if err != nil {
			return nil, err
		}
		a.files[e.Name()] = b
		h.Write(b)
	}
	a.version = hex.EncodeToString(h.Sum(nil)[:6])
	return a, nil
}

var kinds = map[string]string{"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "woff2": "font/woff2",
	"svg": "image/svg+xml", "txt": "text/plain; charset=utf-8"}

// ServeHTTP answers for {name} of the path.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	b, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kinds[name[strings.LastIndexByte(name, '.')+1:]])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}
