package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/drafting"
	"github.com/sandogh/sandogh/internal/durable"
)

type definitionBuildCmd struct {
	Places     string `required:"" help:"Cities and villages: province,county,district,kind,name,code,population (CSV)." placeholder:"FILE"`
	Candidates string `required:"" help:"Candidates: code,national_number,name,father,birth,degree,veteran,contest,list (CSV)." placeholder:"FILE"`
	Branches   string `required:"" help:"Branches: id,name,place,electorate,log_key (CSV)." placeholder:"FILE"`
	Bodies     string `required:"" help:"Offices, trustees, mixers, witnesses (JSON, schema bodies)." placeholder:"FILE"`
	County     string `required:"" help:"The county: its name, its code, or PROVINCE/NAME." placeholder:"NAME|CODE"`
	PollingDay string `required:"" help:"Polling day, a Jalali date." placeholder:"1405-02-11"`
	Out        string `required:"" help:"Where to write the definition (JSON)." placeholder:"FILE"`

	Proportional []string          `help:"Cities whose council is elected by lists in proportion." placeholder:"CODE"`
	ListMin      int               `help:"Fewest candidates of a list there; the law's number is not published." placeholder:"N"`
	ByElection   []string          `sep:"none" help:"A by-election, KIND[:SEATS][@DISTRICT]=ID:NAME, KIND majlis or experts; may be repeated." placeholder:"majlis=ID:NAME"`
	Omit         []string          `help:"Places that elect no council." placeholder:"CODE"`
	VoteLimit    string            `enum:"members,members-and-alternates" default:"members" help:"How many names a voter may choose at large: ${enum}." placeholder:"LIMIT"`
	MinUnit      int               `default:"50" help:"Fewest ballots that are opened together; a contest with more candidates than that takes their number." placeholder:"N"`
	Ruling       map[string]string `help:"Ruling that allows an article which is a draft: hex SHA-256; may be repeated." placeholder:"ARTICLE=HASH"`
	NameFa       string            `help:"Name of the election in Persian (default: made of county and day)." placeholder:"NAME"`
	NameEn       string            `help:"Name of the election in English." placeholder:"NAME"`
	Practice     bool              `help:"For practice: the result is of no effect."`
	JSON         bool              `name:"json" help:"Print the outcome as JSON."`
}

func (definitionBuildCmd) Help() string {
	return `Makes the definition of one county: a council of each city and village, with the
members and alternates that its population gives, and the by-elections named. Of
the files, which may be of the whole country, the rows of the county are used.
All faults of all files are listed with file and line, and nothing is written
then. National numbers are checked and stay out of the definition. What the law
leaves open is told on standard error. Exit status: 0 written, 1 faulty, 2
unreadable.

A contest's id is the code of its place. Column contest: such an id, or that of a
by-election. Column list: CODE:NAME, or CODE once the name is written; empty for
an independent. Columns province, county, district: NAME or CODE:NAME. Rules:
spec/building.md.

Example:

    sandogh definition build --places spec/examples/places.csv \
      --candidates spec/examples/candidates.csv \
      --branches spec/examples/branches.csv --bodies spec/examples/bodies.json \
      --county نمونه --polling-day 1405-02-11 --proportional 9901 \
      --by-election "majlis=majlis:حوزهٔ انتخابیهٔ نمونه" \
      --practice --out definition.json`
}

func (c *definitionBuildCmd) Run(s *streams) error {
	plan, err := c.plan()
	if err != nil {
		return err
	}
	var files drafting.Files
	for _, f := range []struct {
		to   *drafting.File
		name string
	}{{&files.Places, c.Places}, {&files.Candidates, c.Candidates}, {&files.Branches, c.Branches}, {&files.Bodies, c.Bodies}} {
		data, err := os.ReadFile(f.name)
		if err != nil {
			return fmt.Errorf("build definition: %w", err)
		}
		*f.to = drafting.File{Name: f.name, Data: data}
	}
	draft, err := drafting.Build(files, *plan)
	var faults *drafting.Faults
	if errors.As(err, &faults) {
		return c.refuse(s, faults)
	}
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.Out, draft.JSON, 0o644); err != nil {
		return fmt.Errorf("build definition: %w", err)
	}
	return c.tell(s, draft)
}

// plan reads the flags.
func (c *definitionBuildCmd) plan() (*drafting.Plan, error) {
	day, err := calendar.ParseDay(c.PollingDay)
	if err != nil {
		return nil, fmt.Errorf("--polling-day: %w", err)
	}
	if c.MinUnit < 2 {
		return nil, fmt.Errorf("--min-unit: %d is out of range: write at least 2", c.MinUnit)
	}
	p := &drafting.Plan{
		County: c.County, PollingDay: day, Name: election.Name{Fa: c.NameFa, En: c.NameEn}, Practice: c.Practice,
		MinUnit: c.MinUnit, Proportional: c.Proportional, ListMin: c.ListMin, Omit: c.Omit, Rulings: c.Ruling,
		VoteAlternates: c.VoteLimit != "members",
	}
	for _, text := range c.ByElection {
		x, err := drafting.ParseByElection(text)
		if err != nil {
			return nil, fmt.Errorf("--by-election: %w", err)
		}
		p.ByElections = append(p.ByElections, x)
	}
	return p, nil
}

// refuse tells what is at fault, to a program or to people.
func (c *definitionBuildCmd) refuse(s *streams, faults *drafting.Faults) error {
	if !c.JSON {
		return refused(fmt.Errorf("nothing was written:\n%w", faults))
	}
	type fault struct {
		File string `json:"file"`
		Line int    `json:"line,omitempty"`
		Text string `json:"text"`
	}
	out := struct {
		Faults []fault `json:"faults"`
	}{}
	for _, f := range *faults {
		out.Faults = append(out.Faults, fault(f))
	}
	if err := printJSON(s.out, out); err != nil {
		return err
	}
	return &status{code: 1}
}

// tell says what was written: the election id to programs, the rest to people.
func (c *definitionBuildCmd) tell(s *streams, draft *drafting.Draft) error {
	d := draft.Definition
	if c.JSON {
		return printJSON(s.out, struct {
			Election string   `json:"election"`
			File     string   `json:"file"`
			Contests int      `json:"contests"`
			Branches int      `json:"branches"`
			Notes    []string `json:"notes"`
		}{fmt.Sprintf("%x", d.ID()), c.Out, len(d.Contests), len(d.Branches), append([]string{}, draft.Notes...)})
	}
	fmt.Fprintf(s.out, "%x\n", d.ID())
	fmt.Fprintf(s.err, "%s: “%s”, %d contests, %d branches.\n\n", c.Out, d.Name, len(d.Contests), len(d.Branches))
	w := tabwriter.NewWriter(s.err, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "contest\tseats\talternates\tcandidates\tlists\tbranches\tmin_unit\tlaw\tname")
	for i := range d.Contests {
		x := &d.Contests[i]
		cited := x.Article
		if l, ok := d.LawOf(x); ok {
			cited += " " + l.Version
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n",
			x.ID, x.Seats, x.Alternates, len(x.Candidates), len(x.Lists), len(x.Units), x.MinUnit, cited, x.Name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(draft.Notes) > 0 {
		fmt.Fprintf(s.err, "\nTo be known before this is signed:\n  %s\n", strings.Join(draft.Notes, "\n  "))
	}
	return nil
}
