package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/reader"
)

// firstDesk is the desk at which the branch's scanner is; at the others one types.
const firstDesk = "1"

// patience is how long a page waits for a scan before it asks anew: less than the
// shell lets an answer take.
const patience = 25 * time.Second

// A scanner gives what it reads to the page of the first desk that waits for it. What
// is read while none does is thrown away: later it would be looked for under the eyes
// of another voter.
type scanner struct {
	done chan struct{} // closed when it is read no more

	mu      sync.Mutex
	state   reader.State
	turn    uint64        // grows with every change and every reading that failed
	changed chan struct{} // closed then
	waiting []chan string // the page that asked last is the last
}

func newScanner() *scanner { return &scanner{done: make(chan struct{}), changed: make(chan struct{})} }

// Scan reads the scanner until the context ends, if the branch has one. It tells why
// the scanner is lost.
func (d *Desk) Scan(ctx context.Context, lost func(error)) {
	if d.Scanner == nil {
		return
	}
	defer close(d.scanner.done)
	reader.Watch(ctx, d.Scanner, reader.Watcher{Take: d.scanner.take, Changed: func(s reader.State, err error) {
		d.scanner.set(s)
		if s == reader.Lost {
			lost(err)
		}
	}})
}

func (s *scanner) take(_ context.Context, scan reader.Scan) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.waiting) - 1
	if last < 0 {
		return false
	}
	s.waiting[last] <- scan.Text // it takes one
	s.waiting = s.waiting[:last]
	return true
}

func (s *scanner) set(state reader.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.state
	s.state = state
	if was == reader.Unreadable && state == reader.Ready {
		return // what was read comes now, to the page that waits
	}
	s.turn++
	close(s.changed)
	s.changed = make(chan struct{})
}

// scannerView is the scanner on the page of the field.
type scannerView struct {
	State string `json:"state"`
	Turn  string `json:"turn"`
	Text  string `json:"text,omitempty"` // what was read
}

// view is how the scanner is. mu is held.
func (s *scanner) view() scannerView {
	return scannerView{State: s.state.String(), Turn: strconv.FormatUint(s.turn, 10)}
}

// scannerAt is the scanner for the page of a request, nil if it has none.
func (d *Desk) scannerAt(r *branch.Request) *scannerView {
	if d.Scanner == nil || r.Desk() != firstDesk {
		return nil
	}
	d.scanner.mu.Lock()
	defer d.scanner.mu.Unlock()
	v := d.scanner.view()
	return &v
}

// scan answers a page that waits: with what was read, with how the scanner is once
// that is not what the page knows, or with the same after a while.
func (d *Desk) scan(r *branch.Request) (branch.Answer, error) {
	if r.Desk() != firstDesk {
		return nil, &branch.Refusal{Status: http.StatusForbidden, Text: words["desk.scanner.other"], Do: words["desk.scanner.other.do"], Back: "/desk"}
	}
	s, mine := d.scanner, make(chan string, 1)
	s.mu.Lock()
	changed := s.changed
	if known := s.view(); r.URL.Query().Get("turn") == known.Turn {
		s.waiting = append(s.waiting, mine)
		s.mu.Unlock()
		late := time.NewTimer(patience)
		defer late.Stop()
		select {
		case <-changed:
		case <-late.C:
		case <-s.done:
		case <-r.Context().Done():
		case text := <-mine:
			mine <- text
		}
		s.mu.Lock()
		s.waiting = slices.DeleteFunc(s.waiting, func(c chan string) bool { return c == mine })
	}
	now := s.view()
	s.mu.Unlock()
	select {
	case now.Text = <-mine:
	default:
	}
	data, err := json.Marshal(now)
	return branch.File{Type: "application/json", Data: data}, err
}
