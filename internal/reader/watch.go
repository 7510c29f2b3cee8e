package reader

import (
	"context"
	"errors"
	"time"
)

// How long Watch waits before it opens a device again: twice as long each time.
const (
	soon = 250 * time.Millisecond
	late = 4 * time.Second
)

// again is how long after a text the same one counts as still the same reading: a
// card that is held before a reader, or lies on it, is read again and again.
const again = 3 * time.Second

// A Watcher is told what a reader does.
type Watcher struct {
	// Take gets one scan at a time and reports whether it wanted it. What is read until
	// it has returned is thrown away, and so is what it took, read again and again.
	Take func(context.Context, Scan) bool
	// Changed is told how the reader is whenever that changes, and with each reading
	// that failed; err is why, if it is not Ready.
	Changed func(s State, err error)
}

// Watch reads until the context ends and Take has returned.
func Watch(ctx context.Context, r Reader, w Watcher) {
	var last Scan // that was taken
	var at time.Time
	busy, done := false, make(chan bool, 1)
	defer func() {
		if busy {
			<-done
		}
	}()
	take := func(s Scan) {
		select {
		case wanted := <-done:
			if busy = false; !wanted {
				last = Scan{}
			}
		default:
		}
		switch held := s == last && time.Since(at) < again; {
		case held:
			at = time.Now()
		case !busy:
			last, at, busy = s, time.Now(), true
			go func() { done <- w.Take(ctx, s) }()
		}
	}
	state := State(-1) // nothing was told yet
	change := func(now State, err error) {
		if now != state || now == Unreadable {
			state = now
			w.Changed(now, err)
		}
	}
	for tries := 0; ; tries++ {
		if pause(ctx, tries); ctx.Err() != nil {
			return
		}
		err := r.Open(ctx)
		if err == nil {
			tries = 0
			change(Ready, nil)
		}
		for err == nil || errors.Is(err, ErrUnreadable) {
			var s Scan
			if s, err = r.Read(ctx); err == nil {
				change(Ready, nil)
				take(s)
			} else if ctx.Err() == nil && errors.Is(err, ErrUnreadable) {
				change(Unreadable, err)
			}
		}
		if ctx.Err() == nil {
			change(Lost, err)
		}
	}
}

// pause waits before a device is opened for another time. One that closes as soon as
// it is open is not opened without end.
func pause(ctx context.Context, tries int) {
	if tries == 0 {
		return
	}
	t := time.NewTimer(min(late, soon<<min(tries-1, 8)))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
