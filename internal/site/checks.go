package site

import (
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/verify/report"
)

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
