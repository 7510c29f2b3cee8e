package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// demoOutcome is the JSON of the contract, for one contest or for several.
type demoOutcome struct {
	Election string `json:"election"`
	*demoContest
	Contests []*demoContest     `json:"contests,omitempty"`
	Verified bool               `json:"verified"`
	Seconds  map[string]float64 `json:"seconds"`
}

type demoContest struct {
	ID      string         `json:"id,omitempty"` // with several contests only
	Ballots uint64         `json:"ballots"`
	Totals  map[string]int `json:"totals"` // by candidate's name
	Units   []demoUnit     `json:"units"`
	Elected []string       `json:"elected"`
	Ties    []demoTie      `json:"ties"`

	contest *election.Contest
	outcome count.Outcome
	names   []string // of the candidates, in the definition's order
}

type demoUnit struct {
	Branches []string       `json:"branches"`
	Ballots  uint64         `json:"ballots"`
	Totals   map[string]int `json:"totals"`

	blank int
}

type demoTie struct {
	Between []string `json:"between"`
	Seats   int      `json:"seats"`
}

// outcome reads the result from a verified record.
func outcome(v *verify.View, rep *report.Report, used []usage) (*demoOutcome, error) {
	out := &demoOutcome{Election: rep.Election, Verified: rep.Status == report.Verified, Seconds: map[string]float64{}}
	total := 0.0
	for _, u := range used {
		out.Seconds[u.name] = u.wall.Seconds()
		total += u.wall.Seconds()
	}
	out.Seconds["total"] = total
	d := v.Definition()
	var all []*demoContest
	for i := range d.Contests {
		c, err := contestOutcome(v, &d.Contests[i])
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 1 {
		out.demoContest = all[0]
		return out, nil
	}
	for _, c := range all {
		c.ID = c.contest.ID
	}
	out.Contests = all
	return out, nil
}

func contestOutcome(v *verify.View, c *election.Contest) (*demoContest, error) {
	canvass, result, err := v.Canvass(c.ID)
	if err != nil {
		return nil, err
	}
	out := &demoContest{Ballots: canvass.Ballots, Totals: map[string]int{}, Elected: []string{}, Ties: []demoTie{}, contest: c, outcome: result}
	name := map[string]string{}
	for i := range c.Candidates {
		n := c.Candidates[i].Name.En
		if n == "" {
			n = c.Candidates[i].Name.Fa
		}
		out.names = append(out.names, n)
		name[c.Candidates[i].ID] = n
		out.Totals[n] = int(canvass.Votes[i])
	}
	for _, id := range result.Elected {
		out.Elected = append(out.Elected, name[id])
	}
	for _, q := range result.Questions {
		if q.Kind != count.Tie || q.Place != count.Seat {
			continue
		}
		tie := demoTie{Between: []string{}, Seats: q.Seats}
		for _, id := range q.Between {
			tie.Between = append(tie.Between, name[id])
		}
		out.Ties = append(out.Ties, tie)
	}
	units, err := v.Units(c.ID)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		codes, ballots, err := v.Opened(c.ID, u.ID)
		if err != nil {
			return nil, err
		}
		unit := demoUnit{Branches: u.Branches, Ballots: ballots, Totals: map[string]int{}}
		for i, n := range codes {
			if i < c.N() {
				unit.Totals[out.names[i]] = int(n)
			} else {
				unit.blank += int(n)
			}
		}
		out.Units = append(out.Units, unit)
	}
	return out, nil
}

func (o *demoOutcome) print(w io.Writer) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

func (o *demoOutcome) contests() []*demoContest {
	if o.demoContest != nil {
		return []*demoContest{o.demoContest}
	}
	return o.Contests
}

// result tells the result.
func (t *story) result(o *demoOutcome) {
	for _, c := range o.contests() {
		t.tell("\n%s: %d ballots, %d seats", "\n%s: %d رأی، %d کرسی", t.name(c.contest.Name), c.Ballots, c.contest.Seats)
		order := make([]int, c.contest.N())
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return c.Totals[c.names[b]] - c.Totals[c.names[a]] })
		for _, i := range order {
			candidate := &c.contest.Candidates[i]
			mark := ""
			if slices.Contains(c.outcome.Elected, candidate.ID) {
				mark = t.word("elected", "منتخب")
			} else if slices.Contains(c.outcome.Alternates, candidate.ID) {
				mark = t.word("alternate", "علی‌البدل")
			}
			if mark == "" && c.contest.N() > 20 {
				continue // the steps name what decides; the rest is on the page
			}
			t.tell("  %6d  %s  %s", "  %6d  %s  %s", c.Totals[c.names[i]], t.name(candidate.Name), mark)
		}
		t.tell("  How this follows:", "  چگونه به دست آمد:")
		for i, step := range c.outcome.Steps {
			text := step.En
			if t.o.Persian {
				text = step.Fa
			}
			t.tell("  %3d. %s", "  %3d. %s", i+1, text)
		}
		for _, q := range c.outcome.Questions {
			var between []string
			for i := range c.contest.Candidates {
				if slices.Contains(q.Between, c.contest.Candidates[i].ID) {
					between = append(between, t.name(c.contest.Candidates[i].Name))
				}
			}
			t.tell("  OPEN QUESTION: %s for %d %s between %s (%s). There is no result before it is answered.",
				"  پرسش باز: %s برای %d %s میان %s (%s). پیش از پاسخ، نتیجه‌ای نیست.", q.Kind, q.Seats, q.Place, strings.Join(between, t.word(", ", "، ")), q.Article)
		}
	}
}

func (t *story) name(n election.Name) string {
	if t.o.Persian && n.Fa != "" || n.En == "" {
		return n.Fa
	}
	return n.En
}

func (t *story) word(en, fa string) string {
	if t.o.Persian {
		return fa
	}
	return en
}

// compare compares the units of a replayed statement with the file: totals of
// each candidate, ballots, and the empty slots, which are the undervotes and as
// many as there are seats for each overvoted ballot.
func compare(s *simulate.Statement, o *demoOutcome) error {
	precincts := map[string]*simulate.Precinct{}
	for i := range s.Precincts {
		precincts[s.Precincts[i].ID] = &s.Precincts[i]
	}
	for _, u := range o.Units {
		want := map[string]int{}
		ballots, blank := 0, 0
		for _, b := range u.Branches {
			p := precincts[b]
			if p == nil {
				return fmt.Errorf("branch %s is in two units, or not in the file", b)
			}
			delete(precincts, b)
			ballots += p.Ballots
			blank += p.Undervotes + s.Seats*p.Overvotes
			for i, c := range s.Candidates {
				want[c] += p.Votes[i]
			}
		}
		if !maps.Equal(want, u.Totals) || ballots != int(u.Ballots) || blank != u.blank {
			return fmt.Errorf("unit of %s: %v with %d ballots and %d empty slots; the file has %v with %d and %d",
				strings.Join(u.Branches, ", "), u.Totals, u.Ballots, u.blank, want, ballots, blank)
		}
	}
	if len(precincts) > 0 {
		return fmt.Errorf("%d precincts of the file are in no unit", len(precincts))
	}
	return nil
}
