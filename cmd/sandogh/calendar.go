package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/durable"
)

type calendarCmd struct {
	PollingDay   string `required:"" help:"Polling day, a Jalali date." placeholder:"1405-02-11"`
	On           string `help:"The day on which the calendar is read (default: today in Tehran)." placeholder:"1404-10-22"`
	Kind         string `default:"all" help:"Kind of contest: city, proportional (a city with lists), village, majlis, experts, by-election or all." placeholder:"KIND"`
	StartOrder   string `help:"Day of the order to start; an earlier polling day than the law allows after it is refused." placeholder:"1404-09-27"`
	Events       string `help:"What has happened: confirmed stages, offsets set, freezes, other polling days (JSON, schema calendar-events)." placeholder:"FILE"`
	Constituency string `help:"Read the calendar of one constituency, which an event may have postponed alone." placeholder:"NAME"`
	Stages       string `help:"Other stages than those of the 7th round (JSON, schema calendar-stages)." placeholder:"FILE"`
	ICS          string `name:"ics" help:"Also write the calendar as iCalendar." placeholder:"FILE"`
	Lang         string `enum:"en,fa" default:"en" help:"Language of the table and of the iCalendar: en or fa."`
	JSON         bool   `name:"json" help:"Print the calendar as JSON."`
}

func (calendarCmd) Help() string {
	return `Counts every stage of the election from polling day and says how each stands:
done, due (begins today), open, future, late (past its end, not confirmed) or
blocked (one before it is late, or nobody has set its days). Exit status: 0 done,
1 a polling day, events or stages that cannot be, 2 bad usage.

Example: sandogh calendar --polling-day 1405-02-11 --on 1404-10-22 --kind city`
}

func (c *calendarCmd) Run(s *streams) error {
	in, err := c.read()
	var schedule *calendar.Schedule
	var earliest calendar.Day
	if err == nil {
		schedule, earliest, err = in.schedule(c.Constituency)
	}
	var faults *calendar.Faults
	switch {
	case errors.As(err, &faults):
		return c.refuse(s, faults)
	case err != nil:
		return err
	}
	if c.ICS != "" {
		data := schedule.ICalendar(calendar.Export{Calendar: "round-7@sandogh", Stamp: in.today.Time(), Lang: calendar.Lang(c.Lang)})
		if err := durable.WriteFile(c.ICS, data, 0o644); err != nil {
			return fmt.Errorf("write calendar: %w", err)
		}
	}
	if c.JSON {
		return printJSON(s.out, scheduleJSON(schedule, earliest))
	}
	return printSchedule(s.out, schedule, earliest, calendar.Lang(c.Lang))
}

// calendarInput is what the command line asks for.
type calendarInput struct {
	plan         calendar.Plan
	today, order calendar.Day
	kinds        calendar.Kinds
}

func (c *calendarCmd) read() (*calendarInput, error) {
	in := &calendarInput{today: today(), plan: calendar.Plan{Stages: calendar.Stages()}}
	for _, d := range []struct {
		flag, text string
		day        *calendar.Day
	}{{"polling-day", c.PollingDay, &in.plan.PollingDay}, {"on", c.On, &in.today}, {"start-order", c.StartOrder, &in.order}} {
		if d.text == "" && d.flag != "polling-day" {
			continue
		}
		day, err := calendar.ParseDay(d.text)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", d.flag, err)
		}
		*d.day = day
	}
	var err error
	if in.kinds, err = calendar.ParseKinds(c.Kind); err != nil {
		return nil, fmt.Errorf("--kind: %w", err)
	}
	if c.Stages != "" {
		data, err := os.ReadFile(c.Stages)
		if err != nil {
			return nil, fmt.Errorf("read stages: %w", err)
		}
		if in.plan.Stages, err = calendar.ParseStages(data); err != nil {
			return nil, err
		}
	}
	if c.Events != "" {
		data, err := os.ReadFile(c.Events)
		if err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		if in.plan.Events, err = calendar.ParseEvents(data); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// schedule makes the calendar, and the earliest polling day if an order to start
// is given. All events are held against the law, also those after today.
func (in *calendarInput) schedule(constituency string) (*calendar.Schedule, calendar.Day, error) {
	var earliest calendar.Day
	if in.order != 0 {
		var err error
		if earliest, err = calendar.EarliestPollingDay(in.plan.Stages, in.order, in.kinds); err != nil {
			return nil, 0, err
		}
	}
	if err := in.plan.Check(); err != nil {
		return nil, 0, err
	}
	schedule, err := in.plan.Schedule(constituency, in.today, in.kinds)
	if err == nil && earliest > schedule.PollingDay {
		err = &calendar.Faults{{Path: "polling_day", Text: fmt.Sprintf("%v is impossible after an order to start on %v: the earliest polling day is %v",
			schedule.PollingDay, in.order, earliest)}}
	}
	return schedule, earliest, err
}

// today is the day in Tehran, where clocks are not put forward since 1401.
func today() calendar.Day {
	return calendar.DayOf(time.Now().In(time.FixedZone("Asia/Tehran", 3*3600+1800)).Date())
}

// refuse tells what cannot be, to a program or to people.
func (c *calendarCmd) refuse(s *streams, faults *calendar.Faults) error {
	if c.JSON {
		type fault struct {
			Path string `json:"path"`
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
	}
	return refused(faults)
}

type dayJSON struct {
	Jalali    string `json:"jalali"`
	Gregorian string `json:"gregorian"`
}

func newDayJSON(d calendar.Day) *dayJSON {
	if d == 0 {
		return nil // nobody has set it
	}
	return &dayJSON{d.String(), d.Gregorian()}
}

type stageJSON struct {
	Stage   string         `json:"stage"`
	From    *dayJSON       `json:"from"`
	To      *dayJSON       `json:"to"`
	State   calendar.State `json:"state"`
	Legal   bool           `json:"legal"`
	Article string         `json:"article"`
	Owner   string         `json:"owner"`
}

type calendarJSON struct {
	PollingDay *dayJSON    `json:"polling_day"`
	Earliest   *dayJSON    `json:"earliest_polling_day,omitempty"`
	Stages     []stageJSON `json:"stages"`
}

func scheduleJSON(s *calendar.Schedule, earliest calendar.Day) calendarJSON {
	out := calendarJSON{PollingDay: newDayJSON(s.PollingDay), Earliest: newDayJSON(earliest), Stages: []stageJSON{}}
	for _, e := range s.Entries {
		out.Stages = append(out.Stages, stageJSON{e.Stage.ID, newDayJSON(e.From), newDayJSON(e.To), e.State, e.Stage.Legal, e.Stage.Article, e.Stage.Owner})
	}
	return out
}

// Words of the table.
var (
	calendarWords = map[calendar.Lang]map[string]string{
		calendar.English: {"head": "state\tfrom\tto\tby\towner\tstage", "polling": "Polling day: %s (%s)\n", "frozen": "Frozen since %s\n",
			"earliest": "Earliest lawful polling day: %s (%s)\n", "legal": "law", "office": "office"},
		calendar.Persian: {"head": "وضعیت\tاز\tتا\tبه حکم\tمسئول\tمرحله", "polling": "روز رأی‌گیری: %s (%s)\n", "frozen": "متوقف از %s\n",
			"earliest": "نخستین روز رأی‌گیری به حکم قانون: %s (%s)\n", "legal": "قانون", "office": "اداره"},
	}
	stateWords = map[calendar.State]string{calendar.Done: "انجام‌شده", calendar.Due: "امروز", calendar.Open: "در جریان",
		calendar.Future: "در پیش", calendar.Late: "دیرشده", calendar.Blocked: "بسته"}
)

// printSchedule writes a table; titles stand last, because the width of Persian
// text depends on the terminal.
func printSchedule(out io.Writer, s *calendar.Schedule, earliest calendar.Day, l calendar.Lang) error {
	words := calendarWords[l]
	date := func(d calendar.Day) string {
		if d == 0 {
			return "–"
		}
		return d.In(l)
	}
	fmt.Fprintf(out, words["polling"], date(s.PollingDay), s.PollingDay.Gregorian())
	if earliest != 0 {
		fmt.Fprintf(out, words["earliest"], date(earliest), earliest.Gregorian())
	}
	if s.Frozen != 0 {
		fmt.Fprintf(out, words["frozen"], date(s.Frozen))
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, words["head"])
	for _, e := range s.Entries {
		state, by := string(e.State), words["office"]
		if l == calendar.Persian {
			state = stateWords[e.State]
		}
		if e.Stage.Legal {
			by = words["legal"]
		}
		if e.Stage.Article != "" {
			by = e.Stage.Article
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", state, date(e.From), date(e.To), by, e.Stage.Owner, e.Stage.Title(l))
	}
	return w.Flush()
}
