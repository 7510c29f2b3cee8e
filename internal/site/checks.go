package site

import (
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/verify/report"
)

// checkRow is a check in words.
type checkRow struct {
	report.Check
	Words string
	Kind  string // of the icon: good, bad, open or wait
	State string
}

// checksPage is the body of the list of checks.
type checksPage struct {
	Election string
	Compared bool
	Phase    string
	Checks   []checkRow
	Passed   int
}

// checkTitle is the check's title in the language of the call.
func (c *call) checkTitle(check report.Check) string {
	key := "check." + check.ID
	if s := c.say(key); s != key && s != "" {
		return s
	}
	return check.Title
}

func (c *call) checks() {
	r := c.cfg.Report
	body := checksPage{Election: r.Election, Compared: r.Compared, Phase: c.phase(), Passed: r.Passed()}
	for _, x := range r.Checks {
		row := checkRow{Check: x, Words: c.checkTitle(x), State: c.say("state." + string(x.State))}
		switch x.State {
		case report.Pass:
			row.Kind = "good"
		case report.Fail:
			row.Kind = "bad"
		case report.NotDue:
			row.Kind = "wait"
		default:
			row.Kind = "open"
		}
		body.Checks = append(body.Checks, row)
	}
	c.show(http.StatusOK, "checks", c.say("checks.title"), body)
}

// verifyPage is the body of the page on verifying without this page.
type verifyPage struct {
	Election string
	Compared bool
	Command  string
	Dir      string
	Phases   []phaseRow
	Quorum   int
	Trustees int
	Mixers   int
}

type phaseRow struct {
	ID, Word, Text string
	Now            bool
}

var phases = []report.Phase{report.PhaseDefined, report.PhaseCeremony, report.PhaseReady, report.PhaseVoting, report.PhaseClosed,
	report.PhaseMixing, report.PhaseOpening, report.PhaseCounted, report.PhaseCanvassed, report.PhaseCertified}

func (c *call) verify() {
	r := c.cfg.Report
	body := verifyPage{Election: r.Election, Compared: r.Compared, Dir: c.cfg.Dir}
	body.Command = c.cfg.Command + " verify " + quote(c.cfg.Dir)
	if r.Election != "" {
		body.Command += " --election " + r.Election
	}
	for _, p := range phases {
		body.Phases = append(body.Phases, phaseRow{string(p), c.say("phase." + string(p)), c.say("phase." + string(p) + ".text"), p == r.Phase && r.Status != report.Refuted})
	}
	if c.def != nil {
		body.Quorum, body.Trustees = c.def.Quorum, len(c.def.Trustees)
		for _, m := range c.def.Mixers {
			if !m.Reserve {
				body.Mixers++
			}
		}
	}
	c.show(http.StatusOK, "verify", c.say("verify.title"), body)
}

// quote writes a path as one word of a POSIX shell.
func quote(s string) string {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+=:@%", r)) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}
