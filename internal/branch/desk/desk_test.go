package desk_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/roll/central"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

func TestStates(t *testing.T) {
	p := newPlace(t, 0, nil)
	s := p.seat("o1", "1")
	n := adult(0, 0)
	for query, text := range map[string]string{
		n.Number.Digits():                                   "May vote here",
		persian.Digits(n.Number.Digits()):                   "May vote here",
		n.Number.Digits()[:3] + " " + n.Number.Digits()[3:]: "May vote here",
		adult(1, 0).Number.Digits():                         "Votes in another branch",
		voter(0, 0, false).Number.Digits():                  "Is too young",
		"0499370899":                                        "not on the roll",
		"0499370890":                                        "last digit does not fit",
		"123456789012":                                      "has ten digits",
		"12345678":                                          "has ten digits",
		"":                                                  "Nothing was typed",
		"کسی که نیست":                                       "Nobody of this name",
		strings.Repeat("ا", 600):                            "Nobody of this name",
		"SV1.abc":                                           "no release slip",
		"ئٰ۱.شزپ":                                           "Change the keyboard’s layout",
		"بصضثق۱۲۳۴۵صضثبیسشر":                                "Change the keyboard’s layout",
		"SA1.ABCDEF01.101.12345678.AAAA":                    "an activation card",
		"نمونه":                                             "Several people were found",
		n.Number.Digits() + " " + adult(0, 1).Number.Digits(): "Several people were found",
		n.Number.Digits() + " 0499370899":                     "May vote here",
		"0499370899 0013542419":                               "not on the roll",
	} {
		s.find(query, text)
	}
	page := s.find(n.Name+" "+n.Father+" "+n.Birth.String(), "May vote here")
	if !strings.Contains(page, n.Number.Digits()) || !strings.Contains(page, n.Name) {
		t.Error("the person is not shown")
	}
	if code, page := s.send("/desk/check-in", page); code != 200 || !strings.Contains(page, "Hand out a card") {
		t.Fatalf("%d %s", code, main(page))
	}
	if p.book.CheckedIn() != 1 {
		t.Error("nobody is checked in")
	}
	// Reload, back button, double press: the same form is the same check-in.
	if code, page := s.send("/desk/check-in", page); code != 200 || !strings.Contains(page, "Hand out a card") || p.book.CheckedIn() != 1 {
		t.Errorf("the form again: %d %s", code, main(page))
	}
	if _, page := s.get("/desk"); !strings.Contains(page, n.Number.Masked()) || strings.Contains(page, n.Number.Digits()) || strings.Contains(page, n.Name) {
		t.Errorf("what is recent shows too much, or nothing: %s", main(page))
	}
	again := s.find(n.Number.Digits(), "Has been checked in before")
	if strings.Contains(again, "Check in") && strings.Contains(again, "desk/check-in") || strings.Contains(again, "Desk 1 ") {
		t.Error("a desk is offered to check in again, or told who did")
	}
	if p.log.Len() > 0 {
		t.Errorf("the log says %s", &p.log)
	}
}

// Another desk had the page open: it is told so, and nothing happens (wish 8, ATK-C02).
func TestTwoDesks(t *testing.T) {
	p := newPlace(t, 0, nil)
	one, two, head := p.seat("o1", "1"), p.seat("o1", "2"), p.seat("o1", "")
	n := adult(0, 0).Number.Digits()
	a, b := one.find(n, "May vote here"), two.find(n, "May vote here")
	if code, _ := one.send("/desk/check-in", a); code != 200 {
		t.Fatal(code)
	}
	if code, page := two.send("/desk/check-in", b); code != 409 || !strings.Contains(page, "Has been checked in before") || p.book.CheckedIn() != 1 {
		t.Errorf("%d %s", code, main(page))
	}
	page := head.find(n, "Take the check-in back")
	if !strings.Contains(page, "Desk 1") && !strings.Contains(page, "Desk \u20681\u2069") || !strings.Contains(page, "09:30") {
		t.Errorf("the head is not told who checked in and when: %s", main(page))
	}
	if code, page := head.send("/desk/undo", page, "reason", "x"); code != 409 || !strings.Contains(page, "needs 3 to 200") {
		t.Errorf("%d %s", code, main(page))
	}
	p.chances.used = 1
	if code, page := head.send("/desk/undo", page, "reason", "wrong person"); code != 409 || !strings.Contains(page, "cannot be taken back") {
		t.Errorf("%d %s", code, main(page))
	}
	p.chances.used = 0
	if code, page := head.send("/desk/undo", page, "reason", "wrong person"); code != 200 || !strings.Contains(page, "was taken back") || p.book.CheckedIn() != 0 {
		t.Errorf("%d %s", code, main(page))
	}
	if code, page := head.send("/desk/undo", page, "reason", "wrong person"); code != 409 || !strings.Contains(page, "cannot be taken back") {
		t.Errorf("%d %s", code, main(page))
	}
	ok(t, p.book.Wait(7))
	if _, page := head.get("/desk-day"); !strings.Contains(page, "Taken back") || !strings.Contains(page, "<dd>7</dd>") {
		t.Error(main(page))
	}
}

// ATK-H08: who has voted is for those who work here: only who may does and sees; a
// desk is no officer, and nobody is a desk.
func TestATKH08Roles(t *testing.T) {
	p := newPlace(t, 0, nil)
	nobody, clerk, supervisor := p.seat("", ""), p.seat("o1", "3"), p.seat("o2", "")
	n := adult(0, 0).Number.Digits()
	if code, page := nobody.get("/desk"); code != 200 || !strings.Contains(page, "Sign in") || strings.Contains(page, `name="q"`) {
		t.Errorf("%d", code)
	}
	if _, page := nobody.get("/"); !strings.Contains(page, "First the head signs in") {
		t.Error("the front page does not say how a desk is opened")
	}
	for path, s := range map[string]*seat{"/desk/find": nobody, "/desk/check-in": nobody, "/desk/undo": clerk, "/desk/release": clerk, "/desk-day/queue": nobody, "/desk/ask": nobody} {
		if code, _ := s.post(path, "number", n, "q", n, "reason", "because", "to", id(1), "count", "3"); code != 403 {
			t.Errorf("%s: %d", path, code)
		}
	}
	if code, _ := supervisor.post("/desk/undo", "number", n, "reason", "because"); code != 403 {
		t.Errorf("the supervisor undoes: %d", code)
	}
	if code, page := clerk.get("/desk-day/list"); code != 403 || strings.Contains(page, "%PDF") {
		t.Errorf("a desk gets the whole list: %d", code)
	}
	if _, page := supervisor.get("/desk-day/list"); !strings.HasPrefix(page, "%PDF") {
		t.Error("an officer does not get the list")
	}
	if strings.Contains(clerk.find(n, "May vote here"), "Release") {
		t.Error("a desk is offered to release")
	}
	if p.book.CheckedIn() != 0 {
		t.Error("somebody is checked in")
	}
	for _, number := range []string{"", "x", "0499370890"} {
		if code, _ := clerk.post("/desk/check-in", "number", number); code != 409 {
			t.Errorf("number %q: %d", number, code)
		}
	}
}

func TestNotOpen(t *testing.T) {
	p := newPlace(t, 0, nil)
	s := p.seat("o1", "1")
	n := adult(0, 0).Number.Digits()
	page := s.find(n, "May vote here")
	for state, text := range map[string]string{"before": "has not opened", "paused": "Voting is paused", "closed": "Voting has ended"} {
		p.set(state)
		if code, answer := s.send("/desk/check-in", page); code != 409 || !strings.Contains(answer, "Nobody can be checked in now") || p.book.CheckedIn() != 0 {
			t.Errorf("%s: %d", state, code)
		}
		if found := s.find(n, text); strings.Contains(found, "desk/check-in") {
			t.Errorf("%s: a check-in is offered", state)
		}
		if _, front := s.get("/desk"); !strings.Contains(front, text) {
			t.Errorf("%s: the desk does not say so", state)
		}
	}
	p.set("closing") // those in the queue are served
	if code, answer := s.send("/desk/check-in", page); code != 200 || p.book.CheckedIn() != 1 {
		t.Errorf("closing: %d %s", code, main(answer))
	}
}

// The disk fails: nothing is said to be done, and every page says that the branch
// has stopped.
func TestDiskFails(t *testing.T) {
	p := newPlace(t, 0, nil)
	s := p.seat("o1", "1")
	page := s.find(adult(0, 0).Number.Digits(), "May vote here")
	p.mu.Lock()
	p.fail = true
	p.mu.Unlock()
	if code, answer := s.send("/desk/check-in", page); code != 503 || strings.Contains(answer, "Hand out") || !strings.Contains(answer, "has stopped") {
		t.Errorf("%d %s", code, main(answer))
	}
	p.mu.Lock()
	p.fail = false
	p.mu.Unlock()
	if code, answer := s.send("/desk/check-in", page); code != 503 || p.book.CheckedIn() != 0 {
		t.Errorf("again: %d %s", code, main(answer))
	}
	if _, front := s.get("/desk"); !strings.Contains(front, "has stopped") {
		t.Error("the desk does not say so")
	}
	if p.log.Len() > 0 && strings.Contains(p.log.String(), "999") {
		t.Errorf("the log says %s", &p.log)
	}
}

func TestRelease(t *testing.T) {
	home, other := newPlace(t, 0, nil), newPlace(t, 1, nil)
	officer, clerk := home.seat("o2", ""), other.seat("o1", "1")
	n := adult(0, 0)
	clerk.find(n.Number.Digits(), "have that branch release them")
	page := officer.find(n.Number.Digits(), "Release to another branch")
	for _, to := range []string{"", id(0), "nowhere"} {
		if code, _ := officer.send("/desk/release", page, "to", to); code != 409 {
			t.Errorf("released to %q: %d", to, code)
		}
	}
	code, page := officer.send("/desk/release", page, "to", id(1))
	if code != 200 || !strings.Contains(page, "data:image/png;base64,") {
		t.Fatalf("%d %s", code, main(page))
	}
	slip := regexp.MustCompile(`SV1\.[\w-]+`).FindString(page)
	officer.send("/desk/release/print", page)
	printed(t, officer, "Release slip of a voter")
	again := officer.find(n.Number.Digits(), "Has been released to another branch")
	if code, page := officer.send("/desk/release", again); code != 200 || !strings.Contains(page, slip) {
		t.Errorf("the slip again: %d", code)
	}
	if code, page := officer.post("/desk/check-in", "number", n.Number.Digits(), "id", "x"); code != 409 || !strings.Contains(page, "Has been released") {
		t.Errorf("checked in who was released: %d", code)
	}
	home.seat("o1", "1").find(slip, "itself has given this slip")
	clerk.find("SV1.AAAA"+slip[8:], "signature of this slip")
	clerk.find(inPersianLayout(slip), "May vote here")
	arrived := clerk.find(slip, "May vote here")
	if code, page := clerk.send("/desk/check-in", arrived); code != 200 || !strings.Contains(page, "Hand out a card") || other.book.CheckedIn() != 1 {
		t.Fatalf("%d %s", code, main(page))
	}
	clerk.find(slip, "Has been checked in before")
	if code, page := clerk.post("/desk/check-in", "number", n.Number.Digits(), "id", "y", "slip", slip); code != 409 || !strings.Contains(page, "before") {
		t.Errorf("the slip twice: %d %s", code, main(page))
	}
	if code, page := clerk.post("/desk/check-in", "number", adult(1, 1).Number.Digits(), "id", "z", "slip", slip); code != 409 || !strings.Contains(page, "no release slip of this person") {
		t.Errorf("the slip of somebody else: %d %s", code, main(page))
	}
}

// Without the central register the screens say so, and go on with own voters.
func TestCentral(t *testing.T) {
	register, err := central.Open(durable.Disk{}, filepath.Join(t.TempDir(), "register"), world.Definition, "")
	ok(t, err)
	defer register.Close()
	var mu sync.Mutex
	up := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !up {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		register.ServeHTTP(w, r)
	}))
	defer srv.Close()
	set := func(on bool) { mu.Lock(); up = on; mu.Unlock() }
	with := func(p *marks.Place) {
		p.Admission = marks.Central
		p.Register, err = central.NewClient(srv.URL, "", 30*time.Second)
		ok(t, err)
	}
	home, other := newPlace(t, 0, with), newPlace(t, 1, with)
	h, o := home.seat("o1", "1"), other.seat("o1", "1")
	a, b := adult(0, 0).Number.Digits(), adult(0, 1).Number.Digits()
	if code, _ := o.send("/desk/check-in", o.find(a, "May vote here")); code != 200 {
		t.Errorf("another branch's voter: %d", code)
	}
	if code, page := h.send("/desk/check-in", h.find(a, "May vote here")); code != 409 || !strings.Contains(page, "was checked in at another branch") {
		t.Errorf("twice: %d %s", code, main(page))
	}
	set(false)
	if code, _ := h.send("/desk/check-in", h.find(b, "May vote here")); code != 200 {
		t.Errorf("own voter without the register: %d", code)
	}
	if _, page := h.get("/desk"); !strings.Contains(page, "The central register does not answer") {
		t.Error("the desk does not say that the register is away")
	}
	if page := h.find(adult(0, 2).Number.Digits(), "May vote here"); !strings.Contains(page, "now this branch’s voters only") {
		t.Error("a person's page does not say whom the branch admits now")
	}
	c := adult(1, 1).Number.Digits()
	page := h.find(c, "Cannot be checked in without the network")
	if code, _ := h.send("/desk/check-in", page); code != 409 {
		t.Errorf("another branch's voter without the register: %d", code)
	}
	if code, page := h.post("/desk/ask"); code != 409 || !strings.Contains(page, "does not answer") {
		t.Errorf("%d %s", code, main(page))
	}
	set(true)
	if code, _ := o.send("/desk/check-in", o.find(b, "May vote here")); code != 200 {
		t.Errorf("%d", code)
	}
	if _, page := h.get("/desk-day"); !strings.Contains(page, "without the central register’s answer") {
		t.Error("nobody is told of whom the register was not asked")
	}
	if code, page := h.post("/desk/ask"); code != 200 || !strings.Contains(page, "Discrepancy") {
		t.Errorf("%d %s", code, main(page))
	}
	if code, _ := h.send("/desk/check-in", page); code != 200 {
		t.Errorf("asked again: %d", code)
	}
	if code, page := h.post("/desk/undo", "number", b, "reason", "voted elsewhere"); code != 403 {
		t.Errorf("%d %s", code, main(page))
	}
	if code, page := home.seat("o1", "").post("/desk/undo", "number", b, "reason", "voted elsewhere"); code != 200 {
		t.Errorf("%d %s", code, main(page))
	}
	if !slices.Equal(home.told, []int{0, 1, 0}) { // the first while the register was away
		t.Errorf("the number of conflicts was told as %v", home.told)
	}
}

func TestQueueAndChart(t *testing.T) {
	p := newPlace(t, 0, nil)
	s := p.seat("o1", "1")
	if _, page := s.get("/desk-day"); !strings.Contains(page, "After the first check-in") {
		t.Error(main(page))
	}
	for _, bad := range []string{"", "x", "-1", "100001"} {
		if code, _ := s.post("/desk-day/queue", "count", bad); code != 409 {
			t.Errorf("queue %q: %d", bad, code)
		}
	}
	if code, page := s.post("/desk-day/queue", "count", "۱۲"); code != 200 || !strings.Contains(page, "<dd>12</dd>") {
		t.Errorf("%d %s", code, main(page))
	}
	for i := range 3 {
		s.send("/desk/check-in", s.find(adult(0, i).Number.Digits(), "May vote here"))
	}
	s.prefix = ""
	if _, page := s.get("/desk-day"); !strings.Contains(page, "<svg class=\"bars\"") || !strings.Contains(page, "۰۹:۳۰") || !strings.Contains(page, "۳ پذیرش") {
		t.Error(main(page))
	}
}

// inPersianLayout is what a scanner types while the keyboard is in its Persian layout.
func inPersianLayout(text string) string {
	keys := map[rune]rune{}
	for r := rune(1); r < 0x10000; r++ {
		if c, ok := persian.FromPersianLayout(string(r)); ok && (r > 127 || keys[rune(c[0])] == 0) {
			keys[rune(c[0])] = r
		}
	}
	return strings.Map(func(r rune) rune { return keys[r] }, text)
}

// A number that a page shows is never in an address.
func TestNothingInAddresses(t *testing.T) {
	p := newPlace(t, 0, nil)
	s := p.seat("o2", "")
	n := adult(0, 0).Number.Digits()
	for _, page := range []string{s.find(n, "May vote here"), s.find("نمونه", "Several people")} {
		for _, m := range regexp.MustCompile(`(?:href|action|src)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if strings.Contains(m[1], "999") || strings.Contains(m[1], "?") {
				t.Errorf("address %s", m[1])
			}
		}
	}
}
