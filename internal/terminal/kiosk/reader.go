package kiosk

import (
	"context"
	"errors"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/reader"
)

// reading is what the device has of its card reader.
type reading struct {
	reader reader.State // lost until it was opened
	lead   bool         // the page that waits is to go on to the session
	next   int          // of the cards that the panel presents
}

// read begins sessions with what is shown to the reader, until the context ends.
func (k *Kiosk) read(ctx context.Context) {
	reader.Watch(ctx, k.cfg.Reader, reader.Watcher{Take: k.scanned, Changed: k.readerIs})
}

// errNotNow is why a card begins no session while the device is out of service.
var errNotNow = errors.New("out of service")

// idle says whether a card is wanted now. mu is held.
func (k *Kiosk) idle() bool { return k.why() == InService && k.stage == warm }

// readerIs is told how the reader is.
func (k *Kiosk) readerIs(s reader.State, err error) {
	if s == reader.Lost && k.cfg.ReaderLost != nil {
		k.cfg.ReaderLost(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reader = s
	if s == reader.Unreadable && k.idle() {
		k.tell(&Refusal{Word: "unreadable"})
	}
	k.change()
}

// scanned begins a session with a card that was shown while one was wanted. Any other
// one is thrown away: kept, it would begin a session for somebody else.
func (k *Kiosk) scanned(ctx context.Context, s reader.Scan) (wanted bool) {
	k.mu.Lock()
	k.lead = k.idle()
	wanted = k.lead
	k.mu.Unlock()
	if !wanted {
		return false
	}
	var err error = &Refusal{Word: "unreadable"}
	if len(s.Text) <= maxCard {
		_, err = k.Activate(ctx, persian.ASCII(s.Text))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.lead = false
	}
	if errors.Is(err, errNotNow) { // somebody was quicker by hand
		return false
	}
	k.presented(s.Text, err)
	k.tell(err)
	k.change()
	return true
}

// tell is what became of a card, for the page. mu is held.
func (k *Kiosk) tell(err error) {
	k.card, k.said = "", nil
	var no *Refusal
	switch {
	case errors.As(err, &no):
		k.said = no
	case err != nil:
		k.said = &Refusal{Word: "failed"}
	}
}
