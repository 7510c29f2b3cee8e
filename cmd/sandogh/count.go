package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/totals"
	"github.com/sandogh/sandogh/strictjson"
)

type countCmd struct {
	Seats   countSeatsCmd   `cmd:"" help:"Part seats among groups by their votes."`
	Contest countContestCmd `cmd:"" help:"Count a contest from its totals, step by step."`
	Agents  countAgentsCmd  `cmd:"" help:"Compare what agents counted with a record."`
}

type countSeatsCmd struct {
	File string `arg:"" help:"Array of cases (JSON); - is standard input." placeholder:"FILE"`
}

func (countSeatsCmd) Help() string {
	return `Parts the seats of each case among its groups and prints an array of results in
the same order: "seats"; or a "tie" with the seats "before_tie"; or what is
"undetermined". Rules: round-then-share, floor-then-share, largest-remainder,
dhondt, sainte-lague. Exit status: 0 done, 2 faulty or unreadable.

Example: sandogh count seats spec/examples/count-seats.json`
}

func (c *countSeatsCmd) Run(s *streams) error {
	data, err := readFile(c.File)
	if err != nil {
		return fmt.Errorf("count seats: %w", err)
	}
	out, faults := totals.Part(data)
	if len(faults) > 0 {
		return faultsIn(c.File, faults)
	}
	return printJSON(s.out, out)
}

type countContestCmd struct {
	File   string   `arg:"" help:"Totals of the contest (JSON); - is standard input." placeholder:"FILE"`
	Lot    *string  `help:"Seed of the lot that settles ties: a public text, fixed after the tally." placeholder:"SEED"`
	Ruling []string `help:"Ruling or lot (JSON) that answers one question; may be repeated." placeholder:"FILE" sep:"none"`
	Lang   string   `enum:"en,fa" default:"en" help:"Language of the steps: en or fa."`
	JSON   bool     `name:"json" help:"Print the outcome as JSON."`
}

func (countContestCmd) Help() string {
	return `Counts a contest by its rule and says how, so that every number can be followed.
What the law leaves open is a question, never guessed: the outcome so far is
printed with what a lot or a ruling must contain to settle it. Signatures of
rulings are not checked here; a record's are, by sandogh verify. Exit status:
0 settled, 1 a question is open or a ruling answers another one, 2 faulty or
unreadable.

Example: sandogh count contest spec/examples/count-contest.json --lang fa
Example: sandogh count contest totals.json --lot "closing index 2841907" --json
Example: sandogh count contest totals.json --ruling ruling.json`
}

func (c *countContestCmd) Run(s *streams) error {
	data, err := readFile(c.File)
	if err != nil {
		return fmt.Errorf("count contest: %w", err)
	}
	in, faults := totals.ReadContest(data)
	if len(faults) > 0 {
		return faultsIn(c.File, faults)
	}
	settle := totals.Settlement{Hash: totals.QuestionHash(data)}
	if c.Lot != nil {
		if *c.Lot == "" {
			return errors.New("--lot is empty: give the public text that was fixed after the tally")
		}
		settle.Seed = c.Lot
	}
	for _, file := range c.Ruling {
		data, err := readFile(file)
		if err != nil {
			return fmt.Errorf("count contest: %w", err)
		}
		r, faults := totals.ReadRuling(data)
		if len(faults) > 0 {
			return faultsIn(file, faults)
		}
		r.File = file
		settle.Rulings = append(settle.Rulings, r)
	}
	out, err := settle.Count(in)
	var wrong *totals.RefusedError
	if errors.As(err, &wrong) {
		return refused(err)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(s.out, contestJSON(in.Contest, out, c.Lang, settle.Hash))
	} else {
		err = printContest(s.out, out, c.Lang, settle.Hash)
	}
	if err == nil && len(out.Questions) > 0 {
		var text strings.Builder
		for _, q := range out.Questions {
			fmt.Fprintf(&text, "\n  %s: %s", q.Kind, q.Text.En)
		}
		err = refused(fmt.Errorf("open questions: %d%s", len(out.Questions), text.String()))
	}
	return err
}

// readFile reads a file, or standard input.
func readFile(name string) ([]byte, error) {
	if name != "-" {
		return os.ReadFile(name)
	}
	return io.ReadAll(io.LimitReader(os.Stdin, strictjson.MaxBytes+1))
}

// faultsIn is the error on a file with faults (2).
func faultsIn(file string, faults strictjson.Faults) error {
	var text strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&text, "\n  %s", f)
	}
	return fmt.Errorf("faults in %s: %d%s", file, len(faults), text.String())
}

func printJSON(w io.Writer, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

// contestOut is the JSON of an outcome.
type contestOut struct {
	Elected    []string            `json:"elected"`
	Alternates []string            `json:"alternates"`
	Runoff     *[]string           `json:"runoff,omitempty"` // of two rounds only
	Groups     map[string]groupOut `json:"groups"`
	Questions  []questionOut       `json:"questions"`
	Steps      []string            `json:"steps"`
}

type groupOut struct {
	Votes      int    `json:"votes"`
	Quota      string `json:"quota"`
	QuotaSeats int    `json:"quota_seats"`
	Seats      int    `json:"seats"`
	Below      bool   `json:"below"`
}

type questionOut struct {
	Kind     string   `json:"kind"`
	Between  []string `json:"between"`
	Of       string   `json:"of"`
	Seats    int      `json:"seats"`
	Place    string   `json:"place"`
	Article  string   `json:"article"`
	Question string   `json:"question"` // hash, by which a ruling names it
	Text     string   `json:"text"`
}

func contestJSON(c *election.Contest, o count.Outcome, lang string, hash func(count.Question) string) contestOut {
	out := contestOut{Elected: o.Elected, Alternates: o.Alternates, Groups: map[string]groupOut{}, Questions: []questionOut{}, Steps: []string{}}
	if c.Rule == election.TwoRound {
		runoff := append([]string{}, o.Runoff...)
		out.Runoff = &runoff
	}
	for _, g := range o.Groups {
		out.Groups[g.Name] = groupOut{g.Votes, g.Quota, g.QuotaSeats, g.Seats, g.Below}
	}
	for _, q := range o.Questions {
		out.Questions = append(out.Questions, questionOut{q.Kind, q.Between, q.Of, q.Seats, q.Place, q.Article, hash(q), sentence(q.Text, lang)})
	}
	for _, s := range o.Steps {
		out.Steps = append(out.Steps, sentence(s, lang))
	}
	return out
}

func sentence(s count.Step, lang string) string {
	if lang == "fa" {
		return s.Fa
	}
	return s.En
}

// printContest tells an outcome to people.
func printContest(w io.Writer, o count.Outcome, lang string, hash func(count.Question) string) error {
	words := [...]string{"elected", "alternates", "second round", "open question", "none"}
	if lang == "fa" {
		words = [...]string{"منتخبان", "علی‌البدل‌ها", "دور دوم", "پرسش باز", "هیچ‌کس"}
	}
	var b strings.Builder
	for _, s := range o.Steps {
		fmt.Fprintln(&b, sentence(s, lang))
	}
	list := func(name string, ids []string) {
		if len(ids) == 0 {
			ids = []string{words[4]}
		}
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(ids, " "))
	}
	fmt.Fprintln(&b)
	list(words[0], o.Elected)
	if len(o.Alternates) > 0 {
		list(words[1], o.Alternates)
	}
	if len(o.Runoff) > 0 {
		list(words[2], o.Runoff)
	}
	for _, q := range o.Questions {
		fmt.Fprintf(&b, "%s (%s, %s): %s\n  %s\n", words[3], q.Kind, q.Article, sentence(q.Text, lang), hash(q))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
