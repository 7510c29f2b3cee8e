package central_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/central"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/simulate"
)

var (
	world = func() *simulate.Election {
		e, err := simulate.Small(1)
		if err != nil {
			panic(err)
		}
		return e
	}()
	csv = func() []byte {
		var b bytes.Buffer
		if err := simulate.Roll(&b, world.Definition, 1, 60); err != nil {
			panic(err)
		}
		return b.Bytes()
	}()
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A network is a register behind HTTP with a switch.
type network struct {
	*central.Server
	path string
	up   atomic.Bool
	lose atomic.Bool // answers are lost on the way
	http *httptest.Server
}

func start(t testing.TB) *network {
	n := &network{path: filepath.Join(t.TempDir(), "register")}
	n.open(t)
	n.up.Store(true)
	n.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !n.up.Load():
			http.Error(w, "down", http.StatusBadGateway)
		case n.lose.Load():
			n.ServeHTTP(httptest.NewRecorder(), r)
			http.Error(w, "lost", http.StatusGatewayTimeout)
		default:
			n.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() { n.http.Close(); n.Close() })
	return n
}

func (n *network) open(t testing.TB) {
	var err error
	if n.Server, err = central.Open(durable.Disk{}, n.path, world.Definition, "token"); err != nil {
		t.Fatal(err)
	}
}

func (n *network) client(t testing.TB) *central.Client {
	c, err := central.NewClient(n.http.URL, "token", 30*time.Second)
	ok(t, err)
	return c
}

// desk opens the book of a branch on the network.
func desk(t testing.TB, n *network, i int) *marks.Book {
	t.Helper()
	id := world.Definition.Branches[i].ID
	r, err := roll.Read(bytes.NewReader(csv), int64(len(csv)), roll.Config{Definition: world.Definition, Branch: id})
	ok(t, err)
	b, err := marks.Open(marks.Place{Path: filepath.Join(t.TempDir(), "marks"), Definition: world.Definition, Roll: r, Admission: marks.Central,
		Register: n.client(t), Key: world.Keys.Signing("log/branch/" + id), Now: func() time.Time { return time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC) }})
	ok(t, err)
	t.Cleanup(func() { b.Close() })
	return b
}

// adult is the i-th grown-up voter of the book's branch.
func adult(b *marks.Book, i int) roll.Number {
	for _, p := range b.Roll().Own() {
		if b.Roll().OldEnough(&p) {
			if i--; i < 0 {
				return p.Number
			}
		}
	}
	panic("no such voter")
}

func checkIn(b *marks.Book, n roll.Number) (marks.Status, error) {
	return b.CheckIn(context.Background(), marks.Request{Number: n, Desk: "1", ID: "x"})
}

func refusedAs(err error, s marks.Standing) bool {
	var r *marks.Refused
	return errors.As(err, &r) && r.Status.Standing == s
}

func TestCentral(t *testing.T) {
	n := start(t)
	a, b := desk(t, n, 0), desk(t, n, 1)
	v := adult(a, 0)
	st, err := checkIn(b, v)
	if err != nil || st.Standing != marks.CheckedIn || st.Mark.How != marks.ByRegister {
		t.Fatalf("%s, %v", st.Standing, err)
	}
	if st, err := checkIn(a, v); !refusedAs(err, marks.Given) || st.Branch != world.Definition.Branches[1].ID {
		t.Errorf("checked in at two branches: %v", err)
	}
	// It stays so without the network.
	n.up.Store(false)
	if _, err := checkIn(a, v); !refusedAs(err, marks.Given) {
		t.Errorf("checked in at two branches without the network: %v", err)
	}
	if _, answers := a.Admission(); answers {
		t.Error("the branch does not say that it has no network")
	}
	if n.Granted() != 1 {
		t.Errorf("%d granted", n.Granted())
	}
	if _, err := a.Release(adult(a, 1), world.Definition.Branches[1].ID, "head"); !errors.Is(err, marks.ErrNotAssigned) {
		t.Errorf("released: %v", err)
	}
}

// ATK-C07: the register is off: the branch serves its own voters on the same
// screens, and asks for them later. Who voted elsewhere meanwhile is named.
func TestATKC07Off(t *testing.T) {
	n := start(t)
	a, b := desk(t, n, 0), desk(t, n, 1)
	first, second := adult(a, 0), adult(a, 1)
	n.up.Store(false)
	if _, err := checkIn(b, first); !refusedAs(err, marks.Elsewhere) {
		t.Errorf("admitted another branch's voter without asking: %v", err)
	}
	for _, v := range []roll.Number{first, second} {
		if st, err := checkIn(a, v); err != nil || st.Mark.How != marks.Unasked {
			t.Errorf("%v, %v", st.Mark, err)
		}
	}
	if a.Unasked() != 2 || !errors.Is(a.Reconcile(context.Background()), marks.ErrOffline) || a.Unasked() != 2 {
		t.Errorf("%d unasked", a.Unasked())
	}
	n.up.Store(true)
	if _, err := checkIn(b, second); err != nil { // the register cannot know
		t.Fatal(err)
	}
	ok(t, a.Reconcile(context.Background()))
	conflicts, err := a.Conflicts()
	if err != nil || len(conflicts) != 1 || conflicts[0].Person.Number != second || conflicts[0].Branch != world.Definition.Branches[1].ID || a.Unasked() != 0 {
		t.Errorf("%d conflicts, %d unasked, %v", len(conflicts), a.Unasked(), err)
	}
	if _, err := checkIn(b, first); !refusedAs(err, marks.Given) {
		t.Errorf("the one that was asked for later: %v", err)
	}
	if _, answers := a.Admission(); !answers {
		t.Error("the branch does not say that the network is back")
	}
}

// An answer that was lost does no harm: asked again, it is the same.
func TestLostAnswer(t *testing.T) {
	n := start(t)
	a, b := desk(t, n, 0), desk(t, n, 1)
	v := adult(a, 0)
	n.lose.Store(true)
	if _, err := checkIn(b, v); !refusedAs(err, marks.Elsewhere) || n.Granted() != 1 {
		t.Errorf("%v, %d granted", err, n.Granted())
	}
	n.lose.Store(false)
	if _, err := checkIn(b, v); err != nil {
		t.Errorf("asked again: %v", err)
	}
}

// The register keeps what it has granted, one branch for each voter, whoever
// asks at the same moment.
func TestRegister(t *testing.T) {
	n := start(t)
	c := n.client(t)
	claim := func(branch int, i int) error {
		digits := adults[i]
		return c.Claim(context.Background(), marks.Claim{Request: strings.Repeat("a", 64), Election: fmt.Sprintf("%x", world.Definition.ID()),
			Branch: world.Definition.Branches[branch].ID, Number: digits})
	}
	var granted [10]atomic.Int32
	var wg sync.WaitGroup
	for b := range 4 {
		wg.Go(func() {
			for i := range granted {
				var taken *marks.TakenError
				if err := claim(b, i); err == nil {
					granted[i].Add(1)
				} else if !errors.As(err, &taken) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i := range granted {
		if granted[i].Load() != 1 {
			t.Errorf("voter %d was granted %d times", i, granted[i].Load())
		}
	}
	n.Close()
	if err := claim(0, 11); !errors.Is(err, marks.ErrOffline) {
		t.Errorf("a register that cannot write: %v", err)
	}
	n.open(t)
	if n.Granted() != 10 {
		t.Errorf("%d granted after a restart", n.Granted())
	}
}

var adults = func() []roll.Number {
	id := world.Definition.Branches[0].ID
	r, err := roll.Read(bytes.NewReader(csv), int64(len(csv)), roll.Config{Definition: world.Definition, Branch: id})
	if err != nil {
		panic(err)
	}
	var out []roll.Number
	for _, p := range r.Own() {
		out = append(out, p.Number)
	}
	return out
}()

func TestBadClaims(t *testing.T) {
	n := start(t)
	good := fmt.Sprintf(`{"request":"%s","election":"%x","branch":"%s","number":"%s"}`, strings.Repeat("a", 64), world.Definition.ID(), world.Definition.Branches[0].ID, adults[0].Digits())
	for name, c := range map[string]struct {
		method, path, token, body string
		want                      int
	}{
		"good":        {"POST", "/v1/claim", "token", good, 200},
		"token":       {"POST", "/v1/claim", "wrong", good, 401},
		"path":        {"POST", "/", "token", good, 404},
		"method":      {"GET", "/v1/claim", "token", good, 404},
		"long":        {"POST", "/v1/claim", "token", good + strings.Repeat(" ", 5000), 413},
		"empty":       {"POST", "/v1/claim", "token", "", 400},
		"twice":       {"POST", "/v1/claim", "token", good + good, 400},
		"unknown":     {"POST", "/v1/claim", "token", strings.Replace(good, `"branch"`, `"name":"x","branch"`, 1), 400},
		"check digit": {"POST", "/v1/claim", "token", strings.Replace(good, adults[0].Digits(), "0499370890", 1), 400},
		"election":    {"POST", "/v1/claim", "token", strings.Replace(good, fmt.Sprintf("%x", world.Definition.ID()), "00", 1), 400},
		"branch":      {"POST", "/v1/claim", "token", strings.Replace(good, `"branch":"`, `"branch":"x`, 1), 400},
		"request":     {"POST", "/v1/claim", "token", strings.Replace(good, strings.Repeat("a", 64), "a", 1), 400},
	} {
		req := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		req.Header.Set("Authorization", "Bearer "+c.token)
		w := httptest.NewRecorder()
		n.ServeHTTP(w, req)
		if w.Code != c.want || w.Code != 200 && strings.Contains(w.Body.String(), adults[0].Digits()) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	data, err := os.ReadFile(n.path)
	if err != nil || bytes.Count(data, []byte("number")) != 1 {
		t.Errorf("%d in the journal, %v", bytes.Count(data, []byte("number")), err)
	}
}

func TestClient(t *testing.T) {
	for _, bad := range []string{"", "register", "ftp://x", "http://", "http://a/?b=c", "http://u:p@h"} {
		if _, err := central.NewClient(bad, "", time.Second); err == nil {
			t.Errorf("took %q for an address", bad)
		}
	}
	claim := marks.Claim{Request: strings.Repeat("a", 64), Branch: "101", Number: adults[0]}
	for answer, offline := range map[string]bool{
		`200 {"state":"granted","branch":"other"}`: false, `200 {"state":"taken","branch":"102"}`: false, `200 nonsense`: false,
		`409 {"state":"taken","branch":"101"}`: false, `409 {"state":"taken","branch":"<script>"}`: false, `302 `: false, `403 `: false, `500 `: true, `503 x`: true,
	} {
		code, body, _ := strings.Cut(answer, " ")
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var status int
			fmt.Sscan(code, &status)
			w.WriteHeader(status)
			w.Write([]byte(body))
		}))
		c, err := central.NewClient(srv.URL+"/", "", 30*time.Second)
		ok(t, err)
		err = c.Claim(context.Background(), claim)
		if err == nil || errors.Is(err, marks.ErrOffline) != offline || strings.Contains(err.Error(), claim.Number.Digits()) {
			t.Errorf("%s: %v", answer, err)
		}
		srv.Close()
	}
	// A register that never answers is given up.
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-hang }))
	defer srv.Close()
	defer close(hang)
	c, err := central.NewClient(srv.URL, "", 50*time.Millisecond)
	ok(t, err)
	if err := c.Claim(context.Background(), claim); !errors.Is(err, marks.ErrOffline) {
		t.Errorf("%v", err)
	}
}

func FuzzClaim(f *testing.F) {
	n := start(f)
	f.Add(fmt.Sprintf(`{"request":"%s","election":"%x","branch":"%s","number":"%s"}`, strings.Repeat("a", 64), world.Definition.ID(), world.Definition.Branches[0].ID, adults[0].Digits()))
	f.Add(`{}`)
	f.Fuzz(func(t *testing.T, body string) {
		before := n.Granted()
		req := httptest.NewRequest("POST", "/v1/claim", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer token")
		w := httptest.NewRecorder()
		n.ServeHTTP(w, req)
		if w.Code != 200 && n.Granted() != before {
			t.Fatalf("status %d and something granted", w.Code)
		}
	})
}
