package officer

import (
	"crypto/rand"
	"encoding/hex"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

// asking is how many of the 16 groups of the election's hash the officers type from
// their paper; the others are shown.
const asking = 3

// opening is how far the opening has come. It is kept in memory: after a restart
// the officers begin anew.
type opening struct {
	hidden    []int // groups that are asked for
	confirmed bool
	tested    bool
	devices   bool
}

func (o *opening) draw() {
	o.hidden = nil
	for len(o.hidden) < asking {
		n, err := rand.Int(rand.Reader, big.NewInt(16))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		if i := int(n.Int64()); !slices.Contains(o.hidden, i) {
			o.hidden = append(o.hidden, i)
		}
	}
	slices.Sort(o.hidden)
}

// groups are the 16 groups of four digits of the election's hash.
func (s *Screens) groups() []string {
	h := hex.EncodeToString(s.Paper.ElectionID[:])
	var out []string
	for ; h != ""; h = h[4:] {
		out = append(out, h[:4])
	}
	return out
}

// step is one of a wizard: done, now or later.
type step struct {
	Word string
	Kind string
	Now  bool
}

func steps(r *branch.Request, now int, keys ...string) []step {
	var out []step
	for i, key := range keys {
		kind := "wait"
		if i < now {
			kind = "good"
		} else if i == now {
			kind = "now"
		}
		out = append(out, step{r.Say(key), kind, i == now})
	}
	return out
}

func (s *Screens) open(r *branch.Request) (branch.Answer, error) {
	s.mu.Lock()
	o := s.opened
	s.mu.Unlock()
	begun := s.Station.State() != station.Before
	if begun {
		if s.printed(daybook.ZeroPrinted) {
			return branch.Redirect{Path: "/officer"}, nil
		}
		o.confirmed, o.tested, o.devices = true, true, true // perhaps before a restart
	}
	now := 0
	for _, done := range []bool{o.confirmed, o.tested, o.devices, begun} {
		if !done {
			break
		}
		now++
	}
	type group struct {
		N     int
		Text  string
		Asked bool
	}
	var groups []group
	for i, g := range s.groups() {
		x := group{N: i + 1, Text: g}
		if slices.Contains(o.hidden, i) {
			x.Text, x.Asked = "····", true
		}
		groups = append(groups, x)
	}
	ready := 0
	devices := s.terminalViews(r)
	for _, d := range devices {
		if d.Announced {
			ready++
		}
	}
	every := 0
	if now == 2 {
		every = 2
	}
	return branch.Page{Template: "open", Title: r.Say("open.title"), Every: every, Data: map[string]any{
		"Steps": steps(r, now, "open.definition", "open.test", "open.devices", "open.sign", "open.zero"), "Now": now, "Groups": groups,
		"Election": r.Lang.Name(s.Paper.Election), "Time": r.Lang.Digits(s.Now().In(s.Zone).Format("15:04")), "Day": s.Now().In(s.Zone).Format("2006-01-02"),
		"Printer": s.Press != nil, "Terminals": devices, "Ready": ready, "Others": r.Others(), "Entries": s.Station.Entries(), "Print": printView{"zero", s.Press != nil}}}, nil
}

// confirm compares the groups that were typed with the definition's hash.
func (s *Screens) confirm(r *branch.Request) (branch.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	typed := r.PostForm["group"]
	right := len(typed) == len(s.opened.hidden)
	for i, at := range s.opened.hidden {
		right = right && strings.ToLower(strings.TrimSpace(web.FoldDigits(typed[i]))) == s.groups()[at]
	}
	if !right {
		s.opened.draw() // not a second try at the same ones
		return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["open.definition.wrong"], Do: words["open.definition.wrong.do"], Back: "/officer/open"}
	}
	if err := s.Book.Write(r.Who(), daybook.Confirmed, ""); err != nil {
		return nil, err
	}
	s.opened.confirmed = true
	return branch.Redirect{Path: "/officer/open"}, nil
}

// test looks whether the machine is fit for the day.
func (s *Screens) test(r *branch.Request) (branch.Answer, error) {
	if r.PostForm.Get("clock") == "" {
		return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["open.clock.wrong"], Do: words["open.clock.wrong.do"], Back: "/officer/open"}
	}
	path := filepath.Join(s.Dir, "self-test")
	want := []byte("sandogh self-test\n")
	if err := s.Disk.WriteFile(path, want, 0o600); err != nil {
		return nil, s.unfit("open.disk.wrong")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(want) {
		return nil, s.unfit("open.disk.wrong")
	}
	if err := s.Disk.Remove(path); err != nil {
		return nil, s.unfit("open.disk.wrong")
	}
	if err := s.Station.Reserve(); err != nil {
		return nil, err
	}
	if s.Press != nil {
		if err := s.Press.Check(r.Context(), "/officer/open"); err != nil {
			return nil, err
		}
	}
	if err := s.Book.Write(r.Who(), daybook.Tested, ""); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.opened.tested = true
	s.mu.Unlock()
	return branch.Redirect{Path: "/officer/open"}, nil
}

func (s *Screens) unfit(key string) error {
	return &branch.Refusal{Status: http.StatusConflict, Text: words[key], Do: words[key+".do"], Back: "/officer/open"}
}

// complete says that all terminals of the branch are in the list.
func (s *Screens) complete(*branch.Request) (branch.Answer, error) {
	for _, d := range s.Station.Devices() {
		if d.Announced {
			s.mu.Lock()
			s.opened.devices = true
			s.mu.Unlock()
			return branch.Redirect{Path: "/officer/open"}, nil
		}
	}
	return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["refused.no-device"], Do: words["refused.no-device.do"], Back: "/officer/open"}
}

// begin opens the branch.
func (s *Screens) begin(r *branch.Request) (branch.Answer, error) {
	s.mu.Lock()
	o := s.opened
	s.mu.Unlock()
	if !o.confirmed || !o.tested || !o.devices {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["open.early"], Do: words["open.early.do"], Back: "/officer/open"}
	}
	err := s.both(r, daybook.Opened, "", func(by [2]record.Signer) error {
		_, err := s.Station.Begin(r.Context(), by)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := s.keep(r.Context(), "zero"); err != nil {
		return nil, err
	}
	return branch.Redirect{Path: "/officer/open", Flash: r.Say("open.done")}, nil
}
