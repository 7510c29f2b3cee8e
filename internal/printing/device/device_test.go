package device_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/printing"
	. "github.com/sandogh/sandogh/internal/printing/device"
	"pgregory.net/rapid"
)

// job returns a job whose rows all differ.
func job(rows int) Job {
	b := printing.NewBitmap(576, rows)
	for y := range rows {
		for x := range 576 {
			if (x*7+y*y)%11 < 3 {
				b.Blacken(x, y)
			}
		}
	}
	return Job{Bitmap: b, Feed: 40, Cut: true}
}

func same(a, b Job) bool {
	return a.Feed == b.Feed && a.Cut == b.Cut && a.Bitmap.Width == b.Bitmap.Width && a.Bitmap.Height == b.Bitmap.Height &&
		bytes.Equal(a.Bitmap.Bits, b.Bitmap.Bits)
}

// served starts a simulator behind a socket and returns it with its address.
func served(t *testing.T) (*Simulator, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sim, done := new(Simulator), make(chan error)
	go func() { done <- sim.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return sim, l.Addr().String()
}

// each runs a test with the simulator itself and with it behind a socket.
func each(t *testing.T, test func(t *testing.T, sim *Simulator, p Printer)) {
	t.Run("direct", func(t *testing.T) {
		sim := new(Simulator)
		test(t, sim, sim)
	})
	t.Run("tcp", func(t *testing.T) {
		sim, address := served(t)
		p := TCP(address)
		p.Patience = 50 * time.Millisecond
		test(t, sim, p)
	})
}

var faults = []State{Out, Cover, Hot, Faulty, Lost}

func TestPrint(t *testing.T) {
	each(t, func(t *testing.T, sim *Simulator, p Printer) {
		for _, state := range []State{Ready, Low} {
			sim.Set(state)
			if got := p.State(t.Context()); got != state {
				t.Errorf("state is %v, not %v", got, state)
			}
			for _, rows := range []int{1, 127, 128, 129, 1000} {
				if err := p.Print(t.Context(), job(rows)); err != nil {
					t.Fatal(err)
				}
				if got, whole := sim.Last(); !whole || !same(got, job(rows)) {
					t.Errorf("%v: %d rows: another job is on paper, whole %v", state, rows, whole)
				}
			}
		}
	})
}

func TestFaultBefore(t *testing.T) {
	each(t, func(t *testing.T, sim *Simulator, p Printer) {
		for _, state := range faults {
			sim.Set(state)
			if got := p.State(t.Context()); got != state {
				t.Errorf("state is %v, not %v", got, state)
			}
			var e *Error
			if err := p.Print(t.Context(), job(300)); !errors.As(err, &e) || e.State != state || e.Begun {
				t.Errorf("%v: error is %v", state, err)
			}
			if got, _ := sim.Last(); got.Bitmap != nil {
				t.Errorf("%v: something is on paper", state)
			}
		}
	})
}

func TestFaultInMidPrint(t *testing.T) {
	each(t, func(t *testing.T, sim *Simulator, p Printer) {
		for _, state := range faults {
			for _, rows := range []int{0, 1, 128, 200, 299, 300} {
				sim.Set(Ready)
				sim.SetAfter(rows, state)
				var e *Error
				err := p.Print(t.Context(), job(300))
				if !errors.As(err, &e) || e.State != state || !e.Begun {
					t.Errorf("%v after %d rows: error is %v", state, rows, err)
					continue
				}
				if !strings.Contains(err.Error(), "in mid-print") || !strings.Contains(err.Error(), state.String()) {
					t.Errorf("error %q does not say what happened", err)
				}
				got, whole := sim.Last()
				if whole || rows > 0 && (got.Bitmap == nil || got.Bitmap.Height != rows || !bytes.HasPrefix(job(300).Bitmap.Bits, got.Bitmap.Bits)) {
					t.Errorf("%v after %d rows: on paper is %+v, whole %v", state, rows, got, whole)
				}
			}
		}
		// And it prints again when it is mended.
		sim.Set(Ready)
		if err := p.Print(t.Context(), job(300)); err != nil {
			t.Error(err)
		}
	})
}

func TestBadJob(t *testing.T) {
	each(t, func(t *testing.T, sim *Simulator, p Printer) {
		for name, bad := range map[string]Job{
			"no bitmap": {}, "no rows": {Bitmap: printing.NewBitmap(8, 0)}, "wide": {Bitmap: printing.NewBitmap(1025, 1)},
			"long": {Bitmap: printing.NewBitmap(8, 20001)}, "feed": {Bitmap: printing.NewBitmap(8, 8), Feed: 256},
		} {
			var e *Error
			if err := p.Print(t.Context(), bad); err == nil || errors.As(err, &e) {
				t.Errorf("%s: error is %v", name, err)
			}
		}
	})
}

func TestEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, address := served(t)
	for _, p := range []Printer{new(Simulator), TCP(address), File{filepath.Join(t.TempDir(), "x")}} {
		var e *Error
		if err := p.Print(ctx, job(10)); !errors.As(err, &e) || e.State != Lost || !errors.Is(err, context.Canceled) {
			t.Errorf("%T: error is %v", p, err)
		}
	}
}

// pipe is a connection to a printer that only reads, or hangs up.
func pipe(t *testing.T, hangUp bool) *Link {
	return &Link{Patience: 20 * time.Millisecond, Open: func(context.Context) (io.ReadWriteCloser, error) {
		near, far := net.Pipe()
		if hangUp {
			far.Close()
		} else {
			go io.Copy(io.Discard, far)
			t.Cleanup(func() { far.Close() })
		}
		return near, nil
	}}
}

func TestNoAnswer(t *testing.T) {
	for _, hangUp := range []bool{false, true} {
		p := pipe(t, hangUp)
		var e *Error
		if err := p.Print(t.Context(), job(10)); !errors.As(err, &e) || e.State != Lost || e.Begun || e.Err == nil {
			t.Errorf("hang up %v: error is %v", hangUp, err)
		}
		if s := p.State(t.Context()); s != Lost {
			t.Errorf("hang up %v: state is %v", hangUp, s)
		}
		p.Silent = true
		if s := p.State(t.Context()); s != Ready {
			t.Errorf("silent: state is %v", s)
		}
		if err := p.Print(t.Context(), job(10)); (err != nil) != hangUp {
			t.Errorf("silent, hang up %v: error is %v", hangUp, err)
		}
	}
	p := Path(filepath.Join(t.TempDir(), "lp0"))
	if err := p.Print(t.Context(), job(10)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no device: error is %v", err)
	}
	if s := p.State(t.Context()); s != Lost {
		t.Errorf("no device: state is %v", s)
	}
}

func TestPath(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lp0")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := Path(name)
	p.Silent = true
	if err := p.Print(t.Context(), job(300)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decode(data); err != nil || !same(got, job(300)) {
		t.Errorf("another job was sent: %v", err)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	p := File{filepath.Join(dir, "paper.bin")}
	picture := File{filepath.Join(dir, "paper.png")}
	for _, rows := range []int{10, 300} {
		for _, p := range []File{p, picture} {
			if err := p.Print(t.Context(), job(rows)); err != nil {
				t.Fatal(err)
			}
		}
	}
	data, err := os.ReadFile(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Decode(data); err != nil || !same(got, job(300)) {
		t.Errorf("another job is in the file: %v", err)
	}
	f, err := os.Open(picture.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 300 {
		for x := range 576 {
			r, _, _, _ := img.At(x, y).RGBA()
			if (r == 0) != job300.Bitmap.Black(x, y) {
				t.Fatalf("dot %d, %d is %d", x, y, r)
			}
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("the folder holds %v", left)
	}
	none := File{filepath.Join(dir, "none", "paper.bin")}
	if err := none.Print(t.Context(), job(10)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	if p.State(t.Context()) != Ready || none.State(t.Context()) != Lost {
		t.Error("the state does not tell whether the folder is there")
	}
}

var job300 = job(300)

// TestBytes: the commands are those of the printers' manual.
func TestBytes(t *testing.T) {
	b := printing.NewBitmap(12, 2)
	b.Blacken(0, 0)
	b.Blacken(11, 1)
	got, err := Encode(Job{Bitmap: b, Feed: 9, Cut: true})
	want := "\x1b@" + "\x1dv0\x00\x02\x00\x02\x00" + "\x80\x00\x00\x10" + "\x1bJ\x09" + "\x1dVB\x00"
	if err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width, height := 8*rapid.IntRange(1, 128).Draw(t, "bytes"), rapid.IntRange(1, 400).Draw(t, "height")
		b := printing.NewBitmap(width, height)
		seed := rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "bits")
		for i := range b.Bits {
			b.Bits[i] = seed[i%len(seed)]
		}
		in := Job{b, rapid.IntRange(0, 255).Draw(t, "feed"), rapid.Bool().Draw(t, "cut")}
		data, err := Encode(in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Decode(data)
		if err != nil || !same(in, out) {
			t.Fatalf("came back as another: %v", err)
		}
		cut := rapid.IntRange(0, len(data)-1).Draw(t, "end")
		if out, err := Decode(data[:cut]); err == nil && same(in, out) {
			t.Fatalf("%d of %d bytes are taken for the whole", cut, len(data))
		}
	})
}

func FuzzDecode(f *testing.F) {
	data, err := Encode(job(130))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("\x1b@\x1dv0\x00\x01\x00\x01\x00\xff\x10\x04\x02\x1dr\x01"))
	f.Add([]byte("\x1dv0\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		job, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode(job)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Decode(again); err != nil || !same(job, back) {
			t.Errorf("came back as another: %v", err)
		}
	})
}

func TestStateNames(t *testing.T) {
	seen := map[string]bool{}
	for s := Ready; s <= Lost; s++ {
		if seen[s.String()] || strings.Contains(s.String(), "state") {
			t.Errorf("state %d is called %q", int(s), s)
		}
		seen[s.String()] = true
	}
	if State(99).String() != "state 99" || State(-1).Prints() {
		t.Error("an unknown state has a name, or prints")
	}
}
