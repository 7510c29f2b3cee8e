package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// bar is a progress bar on a terminal; elsewhere it shows nothing.
type bar struct {
	mu   sync.Mutex
	s    *streams
	last time.Time
	open bool
}

func newBar(s *streams) *bar { return &bar{s: s} }

// set shows how far a stage has come. It may be called from any goroutine.
func (b *bar) set(stage string, done, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.s.terminal || total == 0 || done < total && time.Since(b.last) < 50*time.Millisecond {
		return
	}
	b.last, b.open = time.Now(), true
	const width = 30
	full := min(done*width/total, width)
	fmt.Fprintf(b.s.err, "\r\x1b[K  [%s%s] %3d%%  %s", strings.Repeat("█", full), strings.Repeat("·", width-full), done*100/total, stage)
}

// done removes the bar.
func (b *bar) done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open {
		fmt.Fprint(b.s.err, "\r\x1b[K")
		b.open = false
	}
}
