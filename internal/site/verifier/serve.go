package verifier

import (
	"errors"
	"io"
	"net/http"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/internal/site/agents"
	"github.com/sandogh/sandogh/internal/site/check"
	"github.com/sandogh/sandogh/internal/site/frame"
	"github.com/sandogh/sandogh/internal/typed"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/verify/report"
)

// answer is what the server says of a code.
type answer struct {
	Code     *check.Code
	Branch   election.Name
	Unread   []election.Name // branches, if there is none
	Revealed []revealed
}

// revealed is a contest of a challenged ballot.
type revealed struct {
	Contest    election.Name
	Selections []election.Name
	Blank      int
}

// maxForm bounds what the server takes of a file of counts; the command takes more.
const maxForm = 8 << 20

// handle adds what only a server can answer.
func (p *part) handle(mux *http.ServeMux) {
	if p.Record != nil && !p.Carry {
		mux.Handle("GET "+raw+"/", http.StripPrefix(raw, remote.Handler(p.Record)))
	}
	for _, l := range web.Langs {
		mux.HandleFunc("GET "+l.Prefix()+"/code", func(w http.ResponseWriter, r *http.Request) { p.findCode(w, r, l) })
		mux.HandleFunc("POST "+l.Prefix()+"/parties", func(w http.ResponseWriter, r *http.Request) { p.compare(w, r, l) })
	}
}

// answerPage answers with a page that no cache keeps.
func (p *part) answerPage(w http.ResponseWriter, l web.Lang, status int, name, title string, body any) {
	b, err := p.html(l, name, title, name == "code", body)
	if err != nil {
		http.Error(w, p.pages.Say(l, "frame.broken"), http.StatusInternalServerError)
		return
	}
	policy := frame.Plain
	if name == "code" && p.given[l] != nil {
		policy = frame.Computing
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy+frame.NotFramed)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// findCode answers the form of the look-up.
func (p *part) findCode(w http.ResponseWriter, r *http.Request, l web.Lang) {
	body := p.code(l)
	text := r.URL.Query().Get("code")
	clean, fault := typed.CleanCode(text)
	if len([]rune(text)) <= 200 {
		body.Typed = text
	}
	if fault != "" {
		body.Fault = p.pages.Say(l, "code.fault."+string(fault), typed.MinCodePrefix, typed.CodeLength)
		p.answerPage(w, l, http.StatusBadRequest, "code", "my.title", body)
		return
	}
	if p.Record == nil || p.Table == nil {
		body.Code = &check.Code{State: check.Unknown, Why: "no definition of this record can be read"}
		p.answerPage(w, l, http.StatusInternalServerError, "code", "my.title", body)
		return
	}
	s := check.Source{Record: p.Record, Table: check.Table{Of: p.Table}}
	if id, ok := check.ParseElection(p.Election.ID); ok {
		s.Election = id
	}
	a := s.FindCode(clean)
	body.Code, body.Branch = a, election.Name{Fa: a.Name.Fa, En: a.Name.En}
	status := http.StatusOK
	switch a.State {
	case check.None:
		status = http.StatusNotFound
		for _, id := range a.Unread {
			if b, ok := p.Election.Branch(id); ok {
				body.Unread = append(body.Unread, b.Name)
			}
		}
	case check.Wrong, check.Unknown:
		status = http.StatusInternalServerError
	case check.Found:
		if a.Kind == "challenged" {
			body.Revealed = p.revealed(s, a)
		}
	}
	p.answerPage(w, l, status, "code", "my.title", body)
}

func (p *part) revealed(s check.Source, a *check.Code) []revealed {
	var out []revealed
	for _, c := range s.Reveal(a) {
		one := revealed{Contest: election.Name{Fa: c.Contest.Fa, En: c.Contest.En}, Blank: c.Blank}
		for _, n := range c.Selections {
			one.Selections = append(one.Selections, election.Name{Fa: n.Fa, En: n.En})
		}
		out = append(out, one)
	}
	return out
}

// partiesPage is the body of the comparison.
type partiesPage struct {
	Served  bool
	Example string
	Command string
	Fault   string
	Result  *compared
}

type compared struct {
	Equal, Differs, Lacking, Closed int
	Merged, Clean                   bool
	Faults                          []agents.Fault
	More, Hidden                    int
	Rows                            []comparedRow
}

type comparedRow struct {
	agents.Row
	Contest   election.Name
	Candidate election.Name
	Blank     bool
	Merged    bool
	Branches  string
	Without   string
	Sign      string
	Size      uint64 // of the difference
}

func (p *part) parties(web.Lang) partiesPage {
	body := partiesPage{Served: p.Frame.Served, Example: "branch,contest,candidate,votes", Command: "sandogh count agents record counts.csv"}
	for _, c := range p.Election.Contests {
		if len(c.Units) > 0 && len(c.Units[0].Branches) > 0 && len(c.Candidates) > 0 {
			body.Example += "\n" + c.Units[0].Branches[0].ID + "," + c.ID + "," + c.Candidates[0].ID + ",123"
			break
		}
	}
	return body
}

// shown is how many rows a page shows.
const shown = 500

// compare answers the form of agents' counts.
func (p *part) compare(w http.ResponseWriter, r *http.Request, l web.Lang) {
	body := p.parties(l)
	refuse := func(key string) {
		body.Fault = p.pages.Say(l, key)
		p.answerPage(w, l, http.StatusBadRequest, "parties", "agents.title", body)
	}
	if p.Election.Definition == nil || p.Election.Report.Status != report.Verified {
		refuse("agents.unrounded")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	parts, err := r.MultipartReader()
	if err != nil {
		refuse("agents.large")
		return
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) || err != nil {
			refuse("agents.large")
			return
		}
		if part.FormName() != "file" {
			continue
		}
		c, err := agents.Compare(part, p.Election.Definition, p.units())
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			refuse("agents.large")
		case err != nil:
			body.Fault = err.Error()
			p.answerPage(w, l, http.StatusBadRequest, "parties", "agents.title", body)
		default:
			body.Result = p.compared(l, c)
			p.answerPage(w, l, http.StatusOK, "parties", "agents.title", body)
		}
		return
	}
}

// units are those of the record, as the comparison takes them.
func (p *part) units() []agents.Unit {
	var out []agents.Unit
	for _, c := range p.Election.Contests {
		for _, u := range c.Units {
			x := agents.Unit{Contest: c.ID, ID: u.ID, Opened: u.Opened, Votes: u.Votes, Blank: u.Blank}
			for _, b := range u.Branches {
				x.Branches = append(x.Branches, b.ID)
			}
			out = append(out, x)
		}
	}
	return out
}

func (p *part) compared(l web.Lang, c *agents.Comparison) *compared {
	out := &compared{Equal: c.Count(agents.Equal), Differs: c.Count(agents.Differs), Lacking: c.Count(agents.Lacking), Closed: c.Count(agents.Closed),
		Faults: c.Faults, More: c.More}
	out.Clean = out.Differs+out.Lacking+out.Closed+len(c.Faults) == 0
	for _, r := range c.Rows {
		out.Merged = out.Merged || len(r.Branches) > 1
	}
	for _, r := range c.Rows[:min(len(c.Rows), shown)] {
		row := comparedRow{Row: r, Blank: r.Candidate == agents.Blank, Merged: len(r.Branches) > 1,
			Branches: l.And(r.Branches[:min(len(r.Branches), 20)]), Without: l.And(r.Without[:min(len(r.Without), 20)])}
		if contest, ok := p.Election.Definition.Contest(r.Contest); ok {
			row.Contest = contest.Name
			if code, ok := contest.Code(r.Candidate); ok {
				if x, ok := contest.Candidate(code); ok {
					row.Candidate = x.Name
				}
			}
		}
		row.Sign, row.Size = "+", uint64(max(r.Difference(), -r.Difference()))
		if r.Difference() < 0 {
			row.Sign = "−"
		}
		out.Rows = append(out.Rows, row)
	}
	out.Hidden = len(c.Rows) - len(out.Rows)
	return out
}
