package calendar_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/shared"
	"github.com/sandogh/sandogh/law"
	"pgregory.net/rapid"
)

// The stages are those published, fact by fact; the program adds an English
// title and the version of the law that is cited.
func TestStagesAsPublished(t *testing.T) {
	data := shared.Read(t, "law", "calendar.json")
	theirs, err := calendar.ParseStages(data)
	if err != nil {
		t.Fatal(err)
	}
	ours := calendar.Stages()
	for i := range ours {
		ours[i].TitleEn, ours[i].Law = "", nil
	}
	if len(ours) != len(theirs) {
		t.Fatalf("%d stages, published are %d", len(ours), len(theirs))
	}
	for i := range ours {
		if !reflect.DeepEqual(ours[i], theirs[i]) {
			t.Errorf("stage %d is %+v, published is %+v", i, ours[i], theirs[i])
		}
	}
}

// Every legal stage cites a version of the register, by the number of the
// article where that is published.
func TestStagesCiteTheLaw(t *testing.T) {
	for _, s := range calendar.Stages() {
		if (s.Law != nil) != s.Legal {
			t.Errorf("%s: legal is %t, cites %v", s.ID, s.Legal, s.Law)
			continue
		}
		if s.Law == nil {
			continue
		}
		v, ok := law.Lookup(s.Law.Article, s.Law.Version)
		if !ok || v.State == law.Draft {
			t.Errorf("%s cites %v: %v, %t", s.ID, *s.Law, v.State, ok)
		}
		if v.Numbered != (s.Article != "") || !strings.HasPrefix(s.Article+" ", s.Law.Article+" ") && v.Numbered {
			t.Errorf("%s is published under %q and cites %q", s.ID, s.Article, s.Law.Article)
		}
		if s.Title(calendar.English) == s.Title(calendar.Persian) {
			t.Errorf("%s has no English title", s.ID)
		}
	}
}

// A workflow names stages that apply to its kind, each after the one before it.
func TestWorkflows(t *testing.T) {
	stages := map[string]calendar.Stage{}
	for _, s := range calendar.Stages() {
		stages[s.ID] = s
	}
	var reaches func(from, to string) bool
	reaches = func(from, to string) bool {
		return from == to || slices.ContainsFunc(stages[from].After, func(a string) bool { return reaches(a, to) })
	}
	var kinds []string
	for _, w := range calendar.Workflows() {
		kinds = append(kinds, w.Kind)
		chain := slices.Concat([]string{w.StartOrder}, w.Registration, w.Vetting)
		for i, id := range chain {
			if _, ok := stages[id]; !ok {
				t.Errorf("%s: no stage %s", w.Kind, id)
			}
			if i > 0 && !reaches(id, chain[i-1]) {
				t.Errorf("%s: %s does not come after %s", w.Kind, id, chain[i-1])
			}
		}
		k, err := calendar.ParseKinds(w.Kind)
		if err != nil {
			t.Fatal(err)
		}
		plan := calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: calendar.Stages()}
		s, err := plan.Schedule("", plan.PollingDay, k)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range chain {
			if !slices.ContainsFunc(s.Entries, func(e calendar.Entry) bool { return e.Stage.ID == id }) {
				t.Errorf("%s: %s does not apply to it", w.Kind, id)
			}
		}
	}
	if !slices.Equal(kinds, []string{"city", "proportional", "village", "majlis", "experts"}) {
		t.Errorf("kinds %q", kinds)
	}
}

// A bench is a plan as 7th round, read at a moment.
type bench struct {
	*testing.T
	plan calendar.Plan
}

func newBench(t *testing.T, events string) bench {
	t.Helper()
	all, err := calendar.ParseEvents([]byte(events))
	if err != nil {
		t.Fatal(err)
	}
	return bench{t, calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: calendar.Stages(), Events: all}}
}

// want compares entries, each "stage from to state", from and to in days from
// the polling day of the plan, or "-".
func (b bench) want(constituency, on string, kinds calendar.Kinds, polling string, wants ...string) {
	b.Helper()
	s, err := b.plan.Schedule(constituency, day(b, on), kinds)
	if err != nil {
		b.Error(err)
		return
	}
	if s.PollingDay.String() != polling {
		b.Errorf("on %s: polling day is %v, want %s", on, s.PollingDay, polling)
	}
	for _, want := range wants {
		id, _, _ := strings.Cut(want, " ")
		i := slices.IndexFunc(s.Entries, func(e calendar.Entry) bool { return e.Stage.ID == id })
		if i < 0 {
			b.Errorf("on %s: no stage %s", on, id)
			continue
		}
		e := s.Entries[i]
		rel := func(d calendar.Day) string {
			if d == 0 {
				return "-"
			}
			return fmt.Sprint(int(d - b.plan.PollingDay))
		}
		if got := fmt.Sprintf("%s %s %s %s", id, rel(e.From), rel(e.To), e.State); got != want {
			b.Errorf("on %s: %s, want %s", on, got, want)
		}
	}
}

func TestStates(t *testing.T) {
	b := newBench(t, `[]`)
	const d = "1405-02-11"
	// Nothing is confirmed: what stands first is late, what follows is blocked.
	b.want("", "1404-07-20", calendar.All, d, "resignation-city -200 -194 future", "start-order-city -134 -134 future")
	b.want("", "1404-07-21", calendar.All, d, "resignation-city -200 -194 due")
	b.want("", "1404-07-22", calendar.All, d, "resignation-city -200 -194 open")
	b.want("", "1404-07-27", calendar.All, d, "resignation-city -200 -194 open")
	b.want("", "1404-07-28", calendar.All, d, "resignation-city -200 -194 late", "training-national - - blocked", "credentials 8 - future")
	b.want("", "1404-09-27", calendar.All, d, "start-order-city -134 -134 due", "executive-boards-city -133 -129 future")
	b.want("", "1404-09-28", calendar.All, d, "start-order-city -134 -134 late", "executive-boards-city -133 -129 blocked", "registration-city -110 -104 blocked",
		"inquiries-city -103 -94 future")
	b.want("", "1404-10-22", calendar.All, d, "registration-city -110 -104 blocked", "executive-boards-city -133 -129 blocked", "executive-vetting-city -93 -83 blocked")

	// Confirmed, and read before and after.
	b = newBench(t, `[{"event":"confirm","on":"1404-09-27","stage":"start-order-city"},
		{"event":"confirm","on":"1404-10-03","stage":"executive-boards-city"}]`)
	b.want("", "1404-09-26", calendar.All, d, "start-order-city -134 -134 future")
	b.want("", "1404-09-28", calendar.All, d, "start-order-city -134 -134 done", "executive-boards-city -133 -129 due")
	b.want("", "1404-10-02", calendar.All, d, "executive-boards-city -133 -129 open")
	b.want("", "1404-10-21", calendar.All, d, "executive-boards-city -133 -129 done", "registration-city -110 -104 due")
	b.want("", "1404-10-22", calendar.All, d, "registration-city -110 -104 open", "inquiries-city -103 -94 future")
	b.want("", "1404-10-28", calendar.All, d, "registration-city -110 -104 late", "inquiries-city -103 -94 blocked")

	// Deadlines: what they follow says when they begin.
	b = newBench(t, `[{"event":"confirm","on":"1405-01-31","stage":"final-candidates"},{"event":"confirm","on":"1405-02-11","stage":"polling-day"},
		{"event":"confirm","on":"1405-02-18","stage":"complaints-decided"}]`)
	b.want("", "1405-02-10", calendar.All, d, "repeat-limit - 60 future", "polling-day 0 0 future")
	b.want("", "1405-02-11", calendar.All, d, "repeat-limit - 60 due", "polling-day 0 0 done")
	b.want("", "1405-02-12", calendar.All, d, "repeat-limit - 60 open", "result-complaints 1 2 due")
	b.want("", "1405-02-19", calendar.All, d, "credentials 8 - due")
	b.want("", "1405-04-09", calendar.All, d, "repeat-limit - 60 open", "credentials 8 - open")
	b.want("", "1405-04-10", calendar.All, d, "repeat-limit - 60 late", "credentials 8 - open")
}

// What applies to another kind of contest holds nobody up.
func TestKinds(t *testing.T) {
	b := newBench(t, `[]`)
	const d, on = "1405-02-11", "1405-02-01" // province-board-decides is past its end
	b.want("", on, calendar.All, d, "final-candidates -11 -9 blocked")
	b.want("", on, calendar.City, d, "final-candidates -11 -9 blocked")
	b.want("", on, calendar.Majlis, d, "final-candidates -11 -9 open")
	b.want("", on, calendar.Village|calendar.Experts, d, "final-candidates -11 -9 open")
	for kinds, want := range map[calendar.Kinds]int{calendar.All: 37, calendar.City: 23, calendar.Proportional: 24, calendar.Village: 19, calendar.Majlis: 18, calendar.Experts: 16, calendar.Majlis | calendar.Experts: 20} {
		s, err := b.plan.Schedule("", day(t, on), kinds)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Entries) != want {
			t.Errorf("%s: %d stages, want %d", kinds, len(s.Entries), want)
		}
	}
	if _, err := calendar.ParseKinds("district"); err == nil || !strings.Contains(err.Error(), "majlis") {
		t.Errorf("error %v", err)
	}
}

func TestSet(t *testing.T) {
	b := newBench(t, `[{"event":"set","on":"1404-11-01","stage":"executive-vetting-village","from_day":-60,"to_day":-50}]`)
	b.want("", "1404-10-30", calendar.Village, "1405-02-11", "executive-vetting-village - - blocked")
	b.want("", "1404-11-01", calendar.Village, "1405-02-11", "executive-vetting-village -60 -50 future", "supervisory-vetting-village - - blocked")
	refuse(t, `[{"event":"set","on":"1404-11-01","stage":"executive-vetting-village","from_day":-78,"to_day":-50}]`, "events[0].from_day", "before registration-village")
	refuse(t, `[{"event":"set","on":"1404-11-01","stage":"training-national","from_day":-10,"to_day":-9},
		{"event":"set","on":"1404-11-01","stage":"training-regional","from_day":-12,"to_day":-9}]`, "events[1].from_day", "before training-national")
	refuse(t, `[{"event":"set","on":"1404-11-01","stage":"training-regional","from_day":-12,"to_day":-9},
		{"event":"set","on":"1404-11-01","stage":"training-national","from_day":-10,"to_day":-9}]`, "events[1].from_day", "after training-regional")
	refuse(t, `[{"event":"set","on":"1404-11-01","stage":"campaign","from_day":-10}]`, "events[0].from_day", "is fixed")
	refuse(t, `[{"event":"set","on":"1404-11-01","stage":"credentials","to_day":7}]`, "events[0].to_day", "exchange")
}

func TestFreezeAndResume(t *testing.T) {
	// Frozen from day −108, the third of registration in cities, for 20 days.
	const frozen = `{"event":"confirm","on":"1404-09-27","stage":"start-order-city"},{"event":"freeze","on":"1404-10-23"}`
	b := newBench(t, "["+frozen+`,{"event":"resume","on":"1404-11-13"}]`)
	b.want("", "1404-10-22", calendar.City, "1405-02-11", "registration-city -110 -104 open", "executive-boards-city -133 -129 late", "polling-day 0 0 future")
	b.want("", "1404-10-23", calendar.City, "1405-02-11", "registration-city -110 -104 blocked", "executive-boards-city -133 -129 late", "polling-day 0 0 blocked")
	b.want("", "1404-11-12", calendar.City, "1405-02-11", "registration-city -110 -104 blocked", "executive-boards-city -133 -129 late", "start-order-city -134 -134 done")
	b.want("", "1404-11-13", calendar.City, "1405-02-31", "registration-city -110 -84 open", "executive-boards-city -133 -129 late", "inquiries-city -83 -74 future",
		"polling-day 20 20 future", "repeat-limit - 80 future", "credentials 28 - future")
	b.want("elsewhere", "1404-11-13", calendar.City, "1405-02-31", "registration-city -110 -84 open")

	// To another polling day than the days lost would give.
	b = newBench(t, "["+frozen+`,{"event":"resume","on":"1404-11-13","polling_day":"1405-03-20"}]`)
	b.want("", "1404-11-13", calendar.City, "1405-03-20", "registration-city -110 -84 open", "inquiries-city -63 -54 future", "polling-day 40 40 future")

	// All, and one constituency for longer: it goes on when neither is frozen.
	b = newBench(t, `[{"event":"freeze","on":"1404-10-23"},{"event":"freeze","on":"1404-10-25","constituency":"tabas"},
		{"event":"resume","on":"1404-10-30"},{"event":"resume","on":"1404-11-03","constituency":"tabas"}]`)
	b.want("", "1404-10-30", calendar.City, "1405-02-18", "polling-day 7 7 future")
	b.want("tabas", "1404-10-30", calendar.City, "1405-02-11", "polling-day 0 0 blocked")
	b.want("tabas", "1404-11-03", calendar.City, "1405-02-21", "polling-day 10 10 future")

	// What is counted from a polling day that was held stays.
	b = newBench(t, `[{"event":"freeze","on":"1405-02-13"},{"event":"resume","on":"1405-02-18"}]`)
	b.want("", "1405-02-18", calendar.All, "1405-02-11", "polling-day 0 0 blocked", "result-complaints 1 7 blocked", "complaints-decided 8 12 future", "repeat-limit - 60 blocked")

	refuse(t, `[{"event":"freeze","on":"1404-10-23"},{"event":"freeze","on":"1404-10-24"}]`, "events[1]", "frozen already")
	refuse(t, `[{"event":"resume","on":"1404-10-23"}]`, "events[0]", "not frozen")
	refuse(t, `[{"event":"resume","on":"1404-10-23","constituency":"tabas"}]`, "events[0]", "not frozen")
	refuse(t, `[{"event":"freeze","on":"1404-10-23"},{"event":"re-anchor","on":"1404-10-24","polling_day":"1405-08-01"}]`, "events[1]", "when it is resumed")
}

func TestReAnchor(t *testing.T) {
	// Called off on day −20: what has begun stays, the rest moves.
	b := newBench(t, `[{"event":"re-anchor","on":"1405-01-22","polling_day":"1405-05-16"}]`)
	b.want("", "1405-01-21", calendar.City, "1405-02-11", "polling-day 0 0 future")
	b.want("", "1405-01-22", calendar.City, "1405-05-16", "polling-day 98 98 future", "registration-city -110 -104 blocked", "campaign 90 96 future", "repeat-limit - 158 future")

	// Earlier, as far as the law allows: final-candidates is 11 days before.
	b = newBench(t, `[{"event":"re-anchor","on":"1405-01-22","polling_day":"1405-02-06"}]`)
	b.want("", "1405-01-22", calendar.Majlis, "1405-02-06", "polling-day -5 -5 future", "change-of-constituency -20 -20 due")
	refuse(t, `[{"event":"re-anchor","on":"1405-01-22","polling_day":"1405-02-05"}]`, "events[0].polling_day", "change-of-constituency would begin on 1405-01-21, before 1405-01-22, and the law fixes it: the earliest polling day is 1405-02-06")

	refuse(t, `[{"event":"re-anchor","on":"1405-02-12","polling_day":"1405-08-01"}]`, "events[0].polling_day", "was 1405-02-11")
	refuse(t, `[{"event":"re-anchor","on":"1405-02-11","polling_day":"1500-12-20"}]`, "events[0].polling_day", "outside the years")
	b = newBench(t, `[{"event":"re-anchor","on":"1405-02-11","polling_day":"1405-08-01"}]`) // on the morning of the day itself
	b.want("", "1405-02-11", calendar.City, "1405-08-01", "silence -1 -1 blocked")
}

func TestPostponeOneConstituency(t *testing.T) {
	b := newBench(t, `[{"event":"postpone","on":"1405-01-20","constituency":"tabas","polling_day":"1405-03-01"},
		{"event":"re-anchor","on":"1405-01-22","polling_day":"1405-05-16"},
		{"event":"postpone","on":"1405-02-01","constituency":"tabas","polling_day":"1405-03-08"},
		{"event":"freeze","on":"1405-02-02"},
		{"event":"resume","on":"1405-02-03","polling_day":"1405-06-01"}]`)
	b.want("", "1405-01-20", calendar.All, "1405-02-11")
	b.want("tabas", "1405-01-20", calendar.All, "1405-03-01", "polling-day 21 21 future", "registration-city -110 -104 blocked")
	b.want("", "1405-01-22", calendar.All, "1405-05-16")
	b.want("tabas", "1405-01-22", calendar.All, "1405-03-01") // its own day stays
	b.want("birjand", "1405-01-22", calendar.All, "1405-05-16")
	b.want("tabas", "1405-02-01", calendar.All, "1405-03-08")
	b.want("", "1405-02-03", calendar.All, "1405-06-01")
	b.want("tabas", "1405-02-03", calendar.All, "1405-03-09") // the day lost

	refuse(t, `[{"event":"postpone","on":"1405-01-20","constituency":"tabas","polling_day":"1405-02-11"}]`, "events[0].polling_day", "not later")
	refuse(t, `[{"event":"postpone","on":"1405-01-20","polling_day":"1405-03-01"}]`, "events[0].constituency", "needs it")
	refuse(t, `[{"event":"re-anchor","on":"1405-01-20","constituency":"tabas","polling_day":"1405-03-01"}]`, "events[0].constituency", "remove it")
}

// The law fixes the days between the order to start and polling day.
func TestStartOrder(t *testing.T) {
	for _, c := range []struct {
		kinds calendar.Kinds
		days  calendar.Day
	}{{calendar.City, 134}, {calendar.Proportional, 134}, {calendar.Village, 101}, {calendar.Majlis, 119}, {calendar.Experts, 119},
		{calendar.Village | calendar.Majlis, 119}, {calendar.All, 134}} {
		order := day(t, "1404-09-27")
		if got, err := calendar.EarliestPollingDay(calendar.Stages(), order, c.kinds); err != nil || got != order+c.days {
			t.Errorf("%s: %v, %v; want %v", c.kinds, got, err, order+c.days)
		}
	}
	without := slices.DeleteFunc(calendar.Stages(), func(s calendar.Stage) bool {
		return s.ID == "start-order-village" || slices.Contains(s.After, "start-order-village") || strings.HasSuffix(s.ID, "-village")
	})
	if d, err := calendar.EarliestPollingDay(without, day(t, "1404-09-27"), calendar.Village); err == nil || !strings.Contains(err.Error(), "start-order-village") {
		t.Errorf("%v, %v", d, err)
	}
	if d, err := calendar.EarliestPollingDay(calendar.Stages(), day(t, "1500-12-01"), calendar.City); err == nil {
		t.Errorf("polling day %v", d)
	}

	b := newBench(t, `[{"event":"confirm","on":"1404-09-25","stage":"start-order-city"}]`) // early is lawful
	b.want("", "1404-09-26", calendar.City, "1405-02-11", "start-order-city -134 -134 done")
	refuse(t, `[{"event":"confirm","on":"1404-09-28","stage":"start-order-city"}]`, "polling_day", "the earliest polling day is 1405-02-12")
	refuse(t, `[{"event":"confirm","on":"1404-09-27","stage":"start-order-city"},{"event":"re-anchor","on":"1404-09-27","polling_day":"1405-02-10"}]`,
		"events[1].polling_day", "the earliest polling day is 1405-02-11")
	refuse(t, `[{"event":"confirm","on":"1404-11-01","stage":"start-order-village"}]`, "polling_day", "the earliest polling day is 1405-02-12")
}

// What an office fixes binds nobody: only legal stages make a day impossible.
func TestAdministrativeStagesDoNotBind(t *testing.T) {
	b := newBench(t, `[{"event":"set","on":"1404-10-01","stage":"national-drill","from_day":-18,"to_day":-17},
		{"event":"re-anchor","on":"1405-01-22","polling_day":"1405-02-06"}]`)
	b.want("", "1405-01-22", calendar.Majlis, "1405-02-06", "national-drill -23 -22 late")

	b = newBench(t, `[{"event":"confirm","on":"1404-09-28","stage":"start-order-city"}]`)
	i := slices.IndexFunc(b.plan.Stages, func(s calendar.Stage) bool { return s.ID == "start-order-city" })
	b.plan.Stages[i].Legal = false
	b.want("", "1404-09-28", calendar.City, "1405-02-11", "start-order-city -134 -134 done")
	order := day(t, "1404-09-28") // the boards are formed the day after it, by law
	if got, err := calendar.EarliestPollingDay(b.plan.Stages, order, calendar.City); err != nil || got != order+133 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestConfirm(t *testing.T) {
	refuse(t, `[{"event":"confirm","on":"1404-09-27","stage":"start-order"}]`, "events[0].stage", "no stage")
	refuse(t, `[{"event":"confirm","on":"1404-10-20","stage":"registration-city"}]`, "events[0].on", "begins on 1404-10-21")
	refuse(t, `[{"event":"confirm","on":"1404-10-21","stage":"registration-city"},{"event":"confirm","on":"1404-10-22","stage":"registration-city"}]`, "events[1].stage", "was confirmed on 1404-10-21")
	refuse(t, `[{"event":"confirm","on":"1404-10-21","stage":"training-national"},{"event":"set","on":"1404-10-22","stage":"training-national","from_day":-70}]`, "events[1].stage", "was confirmed")
}

func TestParseEvents(t *testing.T) {
	refuse(t, `{}`, "events", "array")
	refuse(t, `[{"event":"freeze"}]`, "events[0]", "missing")
	refuse(t, `[{"event":"pause","on":"1404-10-23"}]`, "events[0].event", "write confirm")
	refuse(t, `[{"event":"freeze","on":"1404/10/23"}]`, "events[0]", "write it as 1404-10-23")
	refuse(t, `[{"event":"freeze","on":"1404-12-30"}]`, "events[0]", "29 days")
	refuse(t, `[{"event":"freeze","on":"1404-10-23","stage":"campaign"}]`, "events[0].stage", "remove it")
	refuse(t, `[{"event":"freeze","on":"1404-10-23","polling_day":"1405-08-01"}]`, "events[0].polling_day", "remove it")
	refuse(t, `[{"event":"freeze","on":"1404-10-23","from_day":3}]`, "events[0].from_day", "remove it")
	refuse(t, `[{"event":"set","on":"1404-10-23","stage":"credentials"}]`, "events[0].from_day", "needs it")
	refuse(t, `[{"event":"set","on":"1404-10-23","stage":"credentials","to_day":4000}]`, "events[0]", "within 400 days")
	refuse(t, `[{"event":"confirm","on":"1404-10-23"}]`, "events[0].stage", "needs it")
	refuse(t, `[{"event":"re-anchor","on":"1404-10-23"}]`, "events[0].polling_day", "needs it")
	refuse(t, `[{"event":"freeze","on":"1404-10-23"},{"event":"resume","on":"1404-10-22"}]`, "events[1].on", "in the order of their days")
	refuse(t, `[{"event":"freeze","on":"1404-10-23","constituency":"a\nb"}]`, "events[0].constituency", "one line")
}

func refuse(t *testing.T, events, path, text string) {
	t.Helper()
	all, err := calendar.ParseEvents([]byte(events))
	if err == nil {
		err = (&calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: calendar.Stages(), Events: all}).Check()
	}
	var faults *calendar.Faults
	if !errors.As(err, &faults) || len(*faults) != 1 {
		t.Errorf("%s: %v", events, err)
		return
	}
	if f := (*faults)[0]; f.Path != path || !strings.Contains(f.Text, text) {
		t.Errorf("%s: %s: %s", events, f.Path, f.Text)
	}
}

// A stage with its window moves with polling day, whatever the day.
func TestOffsetsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		polling := rapid.Custom(anyDay).Filter(func(d calendar.Day) bool { y, _, _ := d.Jalali(); return y > 1301 && y < 1499 }).Draw(t, "polling day")
		plan := calendar.Plan{PollingDay: polling, Stages: calendar.Stages()}
		today := polling + calendar.Day(rapid.IntRange(-300, 100).Draw(t, "today"))
		s, err := plan.Schedule("", today, calendar.All)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.Entries {
			if f := e.Stage.From; (f == nil) != (e.From == 0) || f != nil && e.From != polling+calendar.Day(*f) {
				t.Fatalf("%s from %v", e.Stage.ID, e.From)
			}
			if f := e.Stage.To; (f == nil) != (e.To == 0) || f != nil && e.To != polling+calendar.Day(*f) {
				t.Fatalf("%s to %v", e.Stage.ID, e.To)
			}
			if e.State == calendar.Done || (e.State == calendar.Due) && e.From != today && e.From != 0 || e.State == calendar.Future && e.From != 0 && e.From <= today {
				t.Fatalf("%s %v to %v is %s on %v", e.Stage.ID, e.From, e.To, e.State, today)
			}
		}
	})
}

// Freezing and resuming on one day changes nothing; a freeze of n days moves a
// polling day that lies ahead by n.
func TestFreezeMovesByDaysLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := calendar.Plan{PollingDay: calendar.DayOf(2026, 5, 1), Stages: calendar.Stages()}
		from := plan.PollingDay + calendar.Day(rapid.IntRange(-250, 0).Draw(t, "freeze"))
		lost := calendar.Day(rapid.IntRange(0, 200).Draw(t, "days"))
		plan.Events = []calendar.Event{{Event: calendar.Freeze, On: from}, {Event: calendar.Resume, On: from + lost}}
		before, err := plan.Schedule("", from-1, calendar.All)
		if err != nil {
			t.Fatal(err)
		}
		after, err := plan.Schedule("", from+lost, calendar.All)
		if err != nil {
			t.Fatal(err)
		}
		if after.PollingDay != before.PollingDay+lost {
			t.Fatalf("polling day moves from %v to %v", before.PollingDay, after.PollingDay)
		}
		for i, e := range after.Entries {
			b := before.Entries[i]
			if m := e.To - b.To; m != 0 && m != lost || (e.From-b.From != 0) && e.From-b.From != lost {
				t.Fatalf("%s moves from %v..%v to %v..%v", e.Stage.ID, b.From, b.To, e.From, e.To)
			}
			if b.From != 0 && b.To != 0 && (e.From >= from) != (e.To-e.From == b.To-b.From && b.From >= from) {
				t.Fatalf("%s: %v..%v becomes %v..%v", e.Stage.ID, b.From, b.To, e.From, e.To)
			}
		}
	})
}

// A country in which every constituency is postponed alone, and one event is
// wrong everywhere.
func TestCheckOfManyConstituencies(t *testing.T) {
	plan := calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: calendar.Stages()}
	for i := range 10_000 {
		plan.Events = append(plan.Events, calendar.Event{Event: calendar.Postpone, On: day(t, "1405-01-20"), Constituency: fmt.Sprint("c", i), PollingDay: day(t, "1405-03-01")})
	}
	if err := plan.Check(); err != nil {
		t.Fatal(err)
	}
	if n := len(plan.Constituencies()); n != 10_000 {
		t.Errorf("%d constituencies", n)
	}
	plan.Events[7777].PollingDay = day(t, "1405-02-01")
	plan.Events = append(plan.Events, calendar.Event{Event: calendar.Resume, On: day(t, "1405-01-21")})
	err := plan.Check()
	var faults *calendar.Faults
	if !errors.As(err, &faults) || len(*faults) != 2 || (*faults)[0].Path != "events[10000]" || (*faults)[1].Path != "events[7777].polling_day" {
		t.Errorf("%v", err)
	}
}

func FuzzParseEvents(f *testing.F) {
	f.Add([]byte(`[{"event":"freeze","on":"1404-10-23"},{"event":"resume","on":"1404-11-13","polling_day":"1405-03-20"}]`), 100)
	f.Add([]byte(`[{"event":"postpone","on":"1405-01-20","constituency":"tabas","polling_day":"1405-03-01"},{"event":"set","on":"1405-01-20","stage":"training-national","from_day":3}]`), 0)
	f.Add([]byte(`[{"event":"confirm","on":"1404-09-27","stage":"start-order-city"}]`), -20)
	f.Fuzz(func(t *testing.T, data []byte, today int) {
		events, err := calendar.ParseEvents(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(events)
		if err != nil {
			t.Fatal(err)
		}
		again, err := calendar.ParseEvents(text)
		if err != nil || !reflect.DeepEqual(again, events) {
			t.Errorf("%s: %v", text, err)
		}
		plan := calendar.Plan{PollingDay: calendar.DayOf(2026, 5, 1), Stages: calendar.Stages(), Events: events}
		plan.Check()
		for _, c := range append(plan.Constituencies(), "") {
			s, err := plan.Schedule(c, plan.PollingDay+calendar.Day(today%1000), calendar.All)
			if (s == nil) == (err == nil) {
				t.Error("neither schedule nor error")
			}
		}
	})
}

func BenchmarkSchedule(b *testing.B) {
	plan := calendar.Plan{PollingDay: day(b, "1405-02-11"), Stages: calendar.Stages()}
	for b.Loop() {
		if _, err := plan.Schedule("", plan.PollingDay, calendar.All); err != nil {
			b.Fatal(err)
		}
	}
}

// The document that leads from the law to the code names every stage with its
// article.
func TestTraceability(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "doc", "law-traceability.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range calendar.Stages() {
		want := "| administrative |"
		if s.Law != nil {
			want = "| " + s.Law.Article + ", " + s.Law.Version + " |"
		}
		found := false
		for line := range strings.Lines(string(doc)) {
			found = found || strings.HasPrefix(line, want) && strings.Contains(line, "| `"+s.ID+"` |")
		}
		if !found {
			t.Errorf("no line %s … `%s`", want, s.ID)
		}
	}
}
