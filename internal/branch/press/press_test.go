package press_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
)

// place is a branch that has a printer and nothing else.
type place struct {
	t      *testing.T
	press  *press.Press
	url    string
	client *http.Client
}

func newPlace(t *testing.T, d device.Printer, roll printing.Paper) *place {
	t.Helper()
	p := &place{t: t, press: press.New(d, roll)}
	t.Cleanup(func() { p.press.Close() })
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := branch.New(branch.Config{Branch: election.Name{Fa: "شعبه", En: "Branch"}, Officers: []branch.Seat{{ID: "o1", Head: true}},
		Status: func() branch.Status { return branch.Status{State: "open", Admission: "assigned"} }, Now: time.Now,
		Unlock: func(string, string) (ed25519.PrivateKey, error) { return key, nil }, Note: func(string, string, string) error { return nil }}, p.press.Part())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.url, p.client = web.URL, &http.Client{Jar: jar}
	return p
}

func (p *place) signIn() { p.post("/en/sign-in", "officer", "o1", "passphrase", "any") }

func (p *place) read(a *http.Response, err error) (int, string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

func (p *place) post(path string, pairs ...string) (int, string) {
	p.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	a, err := p.client.PostForm(p.url+path, v)
	return p.read(a, err)
}

// page is the printer's page in English, which has to have the texts.
func (p *place) page(texts ...string) string {
	p.t.Helper()
	a, err := p.client.Get(p.url + "/en/printer")
	status, page := p.read(a, err)
	for _, text := range texts {
		if status != http.StatusOK || !strings.Contains(page, text) {
			p.t.Errorf("status %d, without %q:\n%s", status, text, page)
		}
	}
	return page
}

func paper(lines int, printed func() error) press.Paper {
	doc := printing.Document{Title: "Paper", Simulated: true}
	for range lines {
		doc.Blocks = append(doc.Blocks, printing.Paragraph{Text: "صورت‌جلسه"})
	}
	return press.Paper{Title: "Paper", Parts: []printing.Document{doc, doc}, Back: "/", Printed: printed}
}

// TestFile: what a file gets is the document laid out for the width of the paper.
func TestFile(t *testing.T) {
	for roll, width := range map[printing.Paper]int{printing.Roll80: 576, printing.Roll58: 384} {
		to := filepath.Join(t.TempDir(), "paper")
		p := newPlace(t, device.File{Path: to}, roll)
		x := paper(3, nil)
		if _, err := p.press.Print(x); err != nil {
			t.Fatal(err)
		}
		p.press.Wait()
		data, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		got, err := device.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		x.Parts[1].Paper = roll
		pages, err := printing.Lay(x.Parts[1])
		if err != nil {
			t.Fatal(err)
		}
		want := pages.Bitmap(0)
		if got.Bitmap.Width != width || string(got.Bitmap.Bits) != string(want.Bits) || !got.Cut {
			t.Errorf("%v: %d dots wide, cut %v, the same raster: %v", roll, got.Bitmap.Width, got.Cut, string(got.Bitmap.Bits) == string(want.Bits))
		}
	}
}

// TestFaults: each state of a printer has its screen, before and in the middle of a
// print; the same sheet is printed again, and Printed is called once.
func TestFaults(t *testing.T) {
	var sim device.Simulator
	p := newPlace(t, &sim, printing.Roll80)
	if _, page := p.post("/en/printer/simulate", "now", "out"); !strings.Contains(page, "not open to you") {
		t.Error("somebody who is not signed in has the printer")
	}
	p.signIn()
	p.page("The printer is ready")
	for _, fault := range []struct {
		name string
		want string
	}{{"out", "Put a new roll in"}, {"cover", "until it shuts"}, {"hot", "Wait two or three minutes"}, {"faulty", "connect the spare printer"}, {"lost", "power and cable"}} {
		for _, when := range []string{"now", "after"} {
			printed := 0
			p.post("/en/printer/simulate", when, fault.name)
			if _, err := p.press.Print(paper(8, func() error { printed++; return nil })); err != nil {
				t.Fatal(err)
			}
			p.press.Wait()
			page := p.page(fault.want, "was not printed", "Print again")
			if void := strings.Contains(page, "tear it up"); void != (when == "after") {
				t.Errorf("%s %s: what came out is void: %v", fault.name, when, void)
			}
			if when == "after" && !strings.Contains(page, "Torn off") {
				t.Errorf("%s: the torn paper is not shown", fault.name)
			}
			p.post("/en/printer/simulate", "now", "low")
			p.post("/en/printer/again")
			p.press.Wait()
			p.page("Printed: ", "paper is low", "The last paper")
			p.post("/en/printer/again") // a second time: nothing
			p.press.Wait()
			if printed != 1 {
				t.Errorf("%s %s: printed is said %d times", fault.name, when, printed)
			}
			p.post("/en/printer/simulate", "now", "ready")
		}
	}
	if status, _ := p.post("/en/printer/simulate", "now", "on fire"); status != http.StatusUnprocessableEntity {
		t.Errorf("a state that there is not: %d", status)
	}
	p.post("/en/printer/test")
	p.press.Wait()
	p.page("Printed: \u2068Test page")
}

// slow is a printer that waits.
type slow struct {
	device.Simulator
	next chan bool
}

func (s *slow) Print(ctx context.Context, j device.Job) error {
	select {
	case <-s.next:
		return s.Simulator.Print(ctx, j)
	case <-ctx.Done():
		return &device.Error{State: device.Lost, Begun: true, Err: ctx.Err()}
	}
}

// TestBusy: while something is printed the page says how far it is, and nothing else
// is begun. What is said after the print can fail. Closing ends the print.
func TestBusy(t *testing.T) {
	s := &slow{next: make(chan bool)}
	p := newPlace(t, s, printing.Roll58)
	p.signIn()
	fails := true
	printed := func() error {
		if fails {
			fails = false
			return errors.New("the disk is full")
		}
		return nil
	}
	if _, err := p.press.Print(paper(2, printed)); err != nil {
		t.Fatal(err)
	}
	s.next <- true
	p.page("Printing: ", " of 2. ")
	var refused *branch.Refusal
	if _, err := p.press.Print(paper(2, nil)); !errors.As(err, &refused) || refused.Status != http.StatusConflict {
		t.Errorf("a second paper: %v", err)
	}
	if page := p.page(); strings.Contains(page, "Go on") {
		t.Error("the page leads on before it is printed")
	}
	s.next <- true
	p.press.Wait()
	p.page("something went wrong in the program", "Print again")
	p.post("/en/printer/again")
	p.press.Wait()
	p.page("Printed: ")
	if _, err := p.press.Print(paper(2, nil)); err != nil {
		t.Fatal(err)
	}
	p.press.Close()
	p.page("was not printed")
}

// heap keeps what is printed.
type heap struct {
	device.Simulator
	jobs []device.Job
}

func (h *heap) Print(_ context.Context, j device.Job) error {
	h.jobs = append(h.jobs, j)
	return nil
}

// TestLong: a document longer than a metre goes in pieces, whose rows are all there
// and in order, and is cut at its end alone.
func TestLong(t *testing.T) {
	var d heap
	p := newPlace(t, &d, printing.Roll58)
	x := paper(600, nil)
	x.Parts = x.Parts[:1]
	if _, err := p.press.Print(x); err != nil {
		t.Fatal(err)
	}
	p.press.Wait()
	x.Parts[0].Paper = printing.Roll58
	pages, err := printing.Lay(x.Parts[0])
	if err != nil {
		t.Fatal(err)
	}
	var bits []byte
	for i, j := range d.jobs {
		bits = append(bits, j.Bitmap.Bits...)
		if j.Cut != (i == len(d.jobs)-1) || j.Bitmap.Height > 8000 {
			t.Errorf("piece %d of %d: cut %v, %d rows", i, len(d.jobs), j.Cut, j.Bitmap.Height)
		}
	}
	if want := pages.Bitmap(0); len(d.jobs) < 2 || string(bits) != string(want.Bits) {
		t.Errorf("%d pieces, %d bytes, want %d", len(d.jobs), len(bits), len(want.Bits))
	}
}

// TestCheck: a printer that cannot print is refused with what to do.
func TestCheck(t *testing.T) {
	var sim device.Simulator
	p := newPlace(t, &sim, printing.Roll80)
	for state := device.Ready; state <= device.Lost; state++ {
		sim.Set(state)
		err := p.press.Check(t.Context(), "/officer/open")
		var refused *branch.Refusal
		if state.Prints() {
			if err != nil {
				t.Errorf("%v: %v", state, err)
			}
		} else if !errors.As(err, &refused) || refused.Back != "/officer/open" {
			t.Errorf("%v: %v", state, err)
		}
	}
}
