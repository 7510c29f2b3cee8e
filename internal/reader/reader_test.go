package reader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/sandogh/sandogh/internal/reader"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A watch is a reader that is read, with what it told.
type watch struct {
	t      testing.TB
	scans  chan string
	states chan State
	errs   chan error
	stop   func()
}

// start reads; the reading ends with the test.
func start(t testing.TB, r Reader) *watch {
	t.Helper()
	w := &watch{t: t, scans: make(chan string, 64), states: make(chan State, 64), errs: make(chan error, 64)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		Watch(ctx, r, Watcher{Take: func(_ context.Context, s Scan) bool { w.scans <- s.Text; return s.Text != "unwanted" }, Changed: func(s State, err error) { w.states <- s; w.errs <- err }})
	}()
	w.stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Error("the reading does not end")
		}
	}
	t.Cleanup(w.stop)
	return w
}

func next[T any](t testing.TB, c chan T) T {
	t.Helper()
	select {
	case x := <-c:
		return x
	case <-time.After(time.Minute):
		t.Fatal("nothing is told")
		panic("unreachable")
	}
}

func (w *watch) is(want ...State) {
	w.t.Helper()
	for _, s := range want {
		got, err := next(w.t, w.states), next(w.t, w.errs)
		if got != s {
			w.t.Fatalf("the reader is %v (%v), want %v", got, err, s)
		}
		for state, want := range map[State]error{Lost: ErrLost, Unreadable: ErrUnreadable} {
			if got == state && !errors.Is(err, want) {
				w.t.Errorf("%v with %v", got, err)
			}
		}
	}
}

func (w *watch) reads(want ...string) {
	w.t.Helper()
	for _, s := range want {
		if got := next(w.t, w.scans); got != s {
			w.t.Fatalf("read %q, want %q", got, s)
		}
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("۱", MaxLine/2)
	for _, c := range []struct{ in, want string }{
		{"1234\n", "1234"}, {"1234\r", "1234"}, {"1234\r\n5678\r\n", "1234|5678"}, {"\n\r\n  \n a b \n", "a b"},
		{"کارت ۱۲\n", "کارت ۱۲"}, {"a\tb\x1dc\x1e\n", "a b c"}, {"SA1.x\nrest without an end", "SA1.x"},
		{long + "\n", long}, {long + "x\nnext\n", "!|next"}, {strings.Repeat("x", 1<<20) + "\n1\n", "!|1"},
		{"\xff\xfe\n1\n", "!|1"}, {"\xd8\n\xa7\n", "!|!"}, {"a\x00b\n", "!"}, {"\x1b[A\n", "!"}, {"1\u0085\n", "1"}, {"1\u00852\n", "!"},
		{"NR\r\n", "!"}, {"noread\n", "!"}, {" NO-READ \n", "!"}, {"NR 1\n", "NR 1"}, {"", ""},
	} {
		var got []string
		for r := NewLines(strings.NewReader(c.in)); ; {
			s, err := r.Next()
			if errors.Is(err, ErrUnreadable) {
				s = "!"
			} else if err != nil {
				break
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%.40q is read as %q, want %q", c.in, s, c.want)
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, s := range []string{"", "1234\n", "\r\n\r\n", "\xff\n", "NR\n", "a\x1db\r", strings.Repeat("x", MaxLine) + "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		count := 0
		for r := NewLines(strings.NewReader(string(in))); ; {
			s, err := r.Next()
			if err != nil && !errors.Is(err, ErrUnreadable) {
				break
			}
			if count++; (err == nil) == (s == "") || len(s) > MaxLine || s != strings.TrimSpace(s) || strings.ContainsAny(s, "\r\n\x00") {
				t.Fatalf("read %q, %v", s, err)
			}
		}
		if ends := strings.Count(string(in), "\n") + strings.Count(string(in), "\r"); count > ends {
			t.Fatalf("%d lines of %d ends", count, ends)
		}
	})
}

func BenchmarkLines(b *testing.B) {
	in := strings.Repeat("SA1.0123ABCD.101.12345678.0123456789ABCDEF\r\n", 1000)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		for r := NewLines(strings.NewReader(in)); ; {
			if _, err := r.Next(); err != nil {
				break
			}
		}
	}
}

func TestSimulator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSimulator()
		if err := s.Present("1"); !errors.Is(err, ErrLost) {
			t.Errorf("presented to nobody: %v", err)
		}
		w := start(t, s)
		w.is(Ready)
		ok(t, s.Present("11112222"))
		w.reads("11112222")
		ok(t, s.Smudge())
		ok(t, s.Smudge())
		w.is(Unreadable, Unreadable)
		ok(t, s.Present("33334444"))
		w.is(Ready)
		w.reads("33334444")
		s.Unplug()
		s.Unplug()
		w.is(Lost)
		if err := s.Present("55556666"); !errors.Is(err, ErrLost) {
			t.Errorf("presented to a reader that is unplugged: %v", err)
		}
		s.Plug()
		s.Plug()
		w.is(Ready)
		ok(t, s.Present("55556666"))
		w.reads("55556666")
		w.stop()
	})
}

// TestHeld presents one card for ten seconds, and again later.
func TestHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSimulator()
		w := start(t, s)
		w.is(Ready)
		for range 10 {
			ok(t, s.Present("1"))
			time.Sleep(time.Second)
		}
		time.Sleep(3 * time.Second)
		for _, text := range []string{"1", "2", "1", "unwanted", "unwanted", "1"} {
			ok(t, s.Present(text))
			synctest.Wait()
		}
		w.stop()
		w.reads("1", "1", "2", "1", "unwanted", "unwanted", "1")
		if len(w.scans) > 0 {
			t.Errorf("and %q", <-w.scans)
		}
	})
}

// TestBusy presents a card while another one is still being dealt with.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSimulator()
		ctx, cancel := context.WithCancel(t.Context())
		var got []string
		hold := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			Watch(ctx, s, Watcher{Changed: func(State, error) {}, Take: func(_ context.Context, s Scan) bool {
				got = append(got, s.Text)
				<-hold
				return true
			}})
		}()
		synctest.Wait()
		for _, card := range []string{"1", "2", "3"} {
			ok(t, s.Present(card))
			synctest.Wait()
		}
		hold <- struct{}{}
		synctest.Wait()
		ok(t, s.Present("4"))
		synctest.Wait()
		cancel()
		synctest.Wait()
		select {
		case <-done:
			t.Error("the reading has ended before what it handed over was done")
		default:
		}
		close(hold)
		<-done
		if fmt.Sprint(got) != "[1 4]" {
			t.Errorf("handed over %v", got)
		}
	})
}

// dead is a reader that never opens.
type dead struct{ tries []time.Time }

func (d *dead) Open(context.Context) error {
	d.tries = append(d.tries, time.Now())
	return fmt.Errorf("%w: no such device", ErrLost)
}
func (*dead) Read(context.Context) (Scan, error) { panic("not open") }

func TestOpensAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dead{}
		w := start(t, d)
		time.Sleep(time.Minute)
		w.stop()
		w.is(Lost)
		if len(w.states) > 0 {
			t.Error("the same is told again")
		}
		var waits []time.Duration
		for i := range d.tries[1:] {
			waits = append(waits, d.tries[i+1].Sub(d.tries[i]).Round(time.Millisecond))
		}
		if got := fmt.Sprint(waits[:6]); got != "[250ms 500ms 1s 2s 4s 4s]" || len(waits) > 20 {
			t.Errorf("opened %d times, after %v", len(waits), waits)
		}
	})
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer l.Close()
	w := start(t, TCP(l.Addr().String()))
	for _, card := range []string{"11112222", "33334444"} {
		conn, err := l.Accept()
		ok(t, err)
		w.is(Ready)
		fmt.Fprintf(conn, "%s\r\n9999", card)
		w.reads(card)
		conn.Close()
		w.is(Lost) // and what had no end is not read later
	}
	conn, err := l.Accept()
	ok(t, err)
	defer conn.Close()
	w.is(Ready)
	l.Close()
	w.stop() // while it waits
}

func TestFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scanner")
	r, err := Parse("path:" + path) // not there yet
	ok(t, err)
	w := start(t, r)
	w.is(Lost)
	ok(t, syscall.Mkfifo(path, 0o600))
	w.is(Ready)
	for _, text := range []string{"0499370899", "کارت"} { // each writer goes away
		ok(t, os.WriteFile(path, []byte(text+"\n"), 0))
		w.reads(text)
	}
	w.stop()
	if err := r.Open(t.Context()); err != nil {
		t.Errorf("opened again: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("read after the end: %v", err)
	}
	if _, err := r.Read(t.Context()); !errors.Is(err, ErrLost) {
		t.Errorf("read what is closed: %v", err)
	}
}

func TestParse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cards.txt")
	ok(t, os.WriteFile(file, []byte("12345678\n"), 0o600))
	for flag, want := range map[string]string{"keyboard": "<nil>", "simulate": "*reader.Simulator", "path:/dev/ttyACM0": "*reader.Line", "tcp:10.0.0.31:4001": "*reader.Line",
		"tcp:[::1]:4001": "*reader.Line", "": "!", "path:": "!", "tcp:10.0.0.31": "!", "tcp::4001": "!", "serial:/dev/ttyS0": "!", "simulate:1": "!", "path:" + file: "!"} {
		r, err := Parse(flag)
		got := fmt.Sprintf("%T", r)
		if err != nil {
			got = "!"
			if !strings.Contains(err.Error(), "/dev/ttyACM0") {
				t.Errorf("%v: it does not say what to write", err)
			}
		}
		if got != want {
			t.Errorf("%q is %s (%v), want %s", flag, got, err, want)
		}
	}
	if err := Path(file).Open(t.Context()); !errors.Is(err, ErrLost) {
		t.Errorf("a file was opened as a device: %v", err)
	}
}

func TestRedaction(t *testing.T) {
	s := Scan{"0499370899"}
	j, err := json.Marshal(map[string]any{"scan": s})
	ok(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("read", "scan", s)
	for _, out := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %s %d", s, s, &s, s), string(j), log.String()} {
		if strings.Contains(out, "0499370899") || !strings.Contains(out, "REDACTED") {
			t.Errorf("a scan is printed as %s", out)
		}
	}
}

func TestState(t *testing.T) {
	if got := fmt.Sprint(Lost, Ready, Unreadable, State(9)); got != "lost ready unreadable state 9" {
		t.Error(got)
	}
}

func TestOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSimulator()
		w := start(t, s)
		w.is(Ready)
		for _, o := range []struct {
			Order
			is []State
		}{{Order{Text: "1", Times: 2}, nil}, {Order{State: "unreadable"}, []State{Unreadable}}, {Order{State: "lost"}, []State{Lost}}, {Order{State: "ready"}, []State{Ready}}, {Order{Text: "2"}, nil}} {
			ok(t, s.Do(o.Order))
			w.is(o.is...)
		}
		w.reads("1", "2")
		for _, o := range []Order{{State: "dirty"}, {Text: "1", Times: 10}, {Times: -1}} {
			if s.Do(o) == nil {
				t.Errorf("%+v is done", o)
			}
		}
		w.stop()
	})
}
