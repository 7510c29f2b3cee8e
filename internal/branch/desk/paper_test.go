package desk_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandogh/sandogh/internal/branch/desk"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

// printed waits until the branch's printer has printed a paper.
func printed(t *testing.T, s *seat, title string) {
	t.Helper()
	s.press.Wait()
	if _, page := s.get("/printer"); !strings.Contains(page, "Printed: \u2068"+title) {
		t.Errorf("%s was not printed:\n%s", title, main(page))
	}
	if job, whole := s.printer.Last(); !whole || !job.Cut || job.Bitmap.Height < 500 {
		t.Errorf("%s came out whole: %v, cut: %v, %d rows", title, whole, job.Cut, job.Bitmap.Height)
	}
}

// TestPrintList: an officer prints the paper list in sheets; one that was torn off is
// printed again.
func TestPrintList(t *testing.T) {
	p := newPlace(t, 0, nil)
	if code, _ := p.seat("o1", "3").post("/desk-day/print"); code != 403 {
		t.Errorf("a desk prints the list: %d", code)
	}
	officer := p.seat("o2", "")
	p.printer.SetAfter(300, device.Hot)
	officer.post("/desk-day/print")
	p.press.Wait()
	if _, page := officer.get("/printer"); !strings.Contains(page, "too hot") || !strings.Contains(page, "tear it up") {
		t.Errorf("a torn sheet:\n%s", main(page))
	}
	p.printer.Set(device.Ready)
	officer.post("/printer/again")
	printed(t, officer, "Paper list of voters")
}

// The paper list is written after twenty marks, or a while after the last.
func TestKeep(t *testing.T) {
	book := newPlace(t, 0, nil).book
	path := filepath.Join(t.TempDir(), "list.pdf")
	var writes atomic.Int64
	synctest.Test(t, func(t *testing.T) {
		d := desk.New(desk.Config{Book: book, List: path, Disk: durable.Disk{Before: func(s durable.Step, _ string) error {
			if s == durable.Rename {
				writes.Add(1)
			}
			return nil
		}}})
		ctx, cancel := context.WithCancel(t.Context())
		go d.Keep(ctx, func(err error) { t.Error(err) })
		at := func(want int) {
			t.Helper()
			synctest.Wait()
			if got := writes.Load(); got != int64(want) {
				t.Fatalf("%d times written, want %d", got, want)
			}
		}
		at(0) // the desks come first
		time.Sleep(15 * time.Second)
		at(1)
		d.Marked()
		at(1)
		time.Sleep(29 * time.Second) // in the bubble's time
		at(1)
		time.Sleep(2 * time.Second)
		at(2)
		for range 20 {
			d.Marked()
		}
		at(2) // not so soon after the last
		time.Sleep(15 * time.Second)
		at(3)
		time.Sleep(time.Hour)
		at(3)
		for range 20 {
			d.Marked()
		}
		at(4)
		d.Marked()
		cancel()
		at(5)
	})
	data, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF")) {
		t.Errorf("%v", err)
	}
	// A disk that fails is told, and the next time is another one.
	fault := errors.New("no space")
	d := desk.New(desk.Config{Book: book, List: path, Disk: durable.Disk{Before: func(durable.Step, string) error { return fault }}})
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan error, 1)
	done := make(chan struct{})
	go func() { d.Keep(ctx, func(err error) { told <- err }); close(done) }()
	cancel() // and it is written at the end
	if err := <-told; !errors.Is(err, fault) {
		t.Error(err)
	}
	<-done
	desk.New(desk.Config{Book: book}).Keep(t.Context(), nil) // without a file there is nothing to keep
}

// A register is one that answers from some time on.
type register struct {
	mu    sync.Mutex
	up    bool
	asked int
}

func (r *register) Claim(context.Context, marks.Claim) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if !r.up {
		return marks.ErrOffline
	}
	return nil
}

// The register is asked again about those who were checked in without it, until
// it answers.
func TestKeepAsking(t *testing.T) {
	reg := &register{}
	book := newPlace(t, 0, func(p *marks.Place) { p.Admission, p.Register = marks.Central, reg }).book
	if _, err := book.CheckIn(t.Context(), marks.Request{Number: adult(0, 0).Number, Desk: "1"}); err != nil || book.Unasked() != 1 {
		t.Fatalf("%d, %v", book.Unasked(), err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go desk.New(desk.Config{Book: book}).Keep(ctx, func(err error) { t.Error(err) })
		time.Sleep(70 * time.Second) // in the bubble's time
		synctest.Wait()
		if reg.asked != 3 || book.Unasked() != 1 {
			t.Errorf("asked %d times", reg.asked)
		}
		reg.mu.Lock()
		reg.up = true
		reg.mu.Unlock()
		time.Sleep(time.Hour)
		synctest.Wait()
		if reg.asked != 4 || book.Unasked() != 0 {
			t.Errorf("asked %d times, %d left", reg.asked, book.Unasked())
		}
		cancel()
		synctest.Wait()
	})
}
