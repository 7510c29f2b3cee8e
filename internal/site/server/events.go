package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Limits of the streams of events.
const (
	maxReaders = 20000
	maxQueue   = 16               // events that a slow reader may lag behind
	maxNamed   = 200              // addresses in an event; of more, readers are told of the front page alone
	beat       = 25 * time.Second // between signs of life
)

// events are the readers who are told of changes.
type events struct {
	mu      sync.Mutex
	readers map[chan []byte]bool
	closed  bool
	n       uint64 // of the last event
}

// tell tells all readers of the pages that differ. One who lags too far behind is
// cut off, and comes again.
func (e *events) tell(paths []string, all bool) {
	named := []string{}
	for _, p := range paths {
		page, ok := strings.CutSuffix(p, ".html")
		if !ok || strings.HasPrefix(p, "en/") || strings.HasPrefix(p, "widget/") {
			continue
		}
		if page == "index" {
			named = append(named, "/")
			continue
		}
		named = append(named, "/"+p)
	}
	if all || len(named) > maxNamed {
		named = []string{"/"}
	}
	data, err := json.Marshal(struct {
		Paths []string `json:"paths"`
	}{named})
	if err != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	event := fmt.Appendf(nil, "id: %d\nevent: changed\ndata: %s\n\n", e.n, data)
	for c := range e.readers {
		select {
		case c <- event:
		default:
			delete(e.readers, c)
			close(c)
		}
	}
}

func (e *events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for c := range e.readers {
		delete(e.readers, c)
		close(c)
	}
}

// enter adds a reader, if there is room.
func (e *events) enter() (chan []byte, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.readers) >= maxReaders {
		return nil, false
	}
	if e.readers == nil {
		e.readers = map[chan []byte]bool{}
	}
	c := make(chan []byte, maxQueue)
	e.readers[c] = true
	return c, true
}

func (e *events) leave(c chan []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.readers[c] {
		delete(e.readers, c)
		close(c)
	}
}

// serve streams events until the reader goes or is cut off.
func (e *events) serve(w http.ResponseWriter, r *http.Request) {
	c, ok := e.enter()
	if !ok {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many readers: come again in a minute", http.StatusServiceUnavailable)
		return
	}
	defer e.leave(c)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("Access-Control-Allow-Origin", "*")
	out := http.NewResponseController(w)
	send := func(b []byte) bool {
		if err := out.SetWriteDeadline(time.Now().Add(beat)); err != nil {
			return false
		}
		if _, err := w.Write(b); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	if !send([]byte("retry: 5000\n\n")) {
		return
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case b, open := <-c:
			if !open || !send(b) {
				return
			}
		case <-tick.C:
			if !send([]byte(": \n\n")) {
				return
			}
		}
	}
}
