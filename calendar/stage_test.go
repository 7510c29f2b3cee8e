package calendar_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/calendar"
)

const (
	someStage = `{"stage":"order","title_fa":"دستور","applies_to":"city","from_day":-10,"to_day":-9,"article":"","grade":"A","owner":"hq","after":[],"legal":true}`
	pollStage = `{"stage":"polling-day","title_fa":"روز رأی‌گیری","applies_to":"all","from_day":0,"to_day":0,"article":"","grade":"A","owner":"all","after":["order"],"legal":true}`
	goodFile  = "[" + someStage + "," + pollStage + "]"
)

func TestParseStages(t *testing.T) {
	if all, err := calendar.ParseStages([]byte(goodFile)); err != nil || len(all) != 2 || *all[0].From != -10 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, c := range []struct{ from, to, path, text string }{
		{goodFile, `{}`, "stages", "not an array"},
		{goodFile, `[`, "stages", "not JSON"},
		{goodFile, `[` + someStage + `]`, "stages", `no stage "polling-day"`},
		{`"after":[]`, `"after":["order"]`, "stages[0].after[0]", "a cycle: order after order"},
		{`"after":[]`, `"after":["polling-day"]`, "stages[1].after[0]", "a cycle: order after polling-day after order: remove one"},
		{`"after":[]`, `"after":["nothing"]`, "stages[0].after[0]", "there is no stage"},
		{`"after":["order"]`, `"after":["order","order"]`, "stages[1].after[1]", "twice"},
		{`"after":[]`, `"after":null`, "", ""},
		{`"after":[]`, `"after":["x"` + strings.Repeat(`,"x"`, 100) + `]`, "stages[0].after", "at most 100"},
		{`"from_day":-10,"to_day":-9`, `"from_day":1,"to_day":2`, "stages[1].after[0]", "polling-day would begin on day 0, before order, which begins on day 1"},
		// What applies to another kind of contest may begin when it likes.
		{someStage, someStage + "," + strings.NewReplacer(`"order"`, `"early"`, "city", "village", "-10", "-20", `[]`, `["order"]`).Replace(someStage), "", ""},
		{someStage, someStage + "," + strings.NewReplacer(`"order"`, `"early"`, "-10", "-20", `[]`, `["order"]`).Replace(someStage), "stages[1].after[0]", "early would begin on day -20"},
		{`"from_day":-10,"to_day":-9`, `"from_day":-10,"to_day":-11`, "stages[0].to_day", "exchange"},
		{`"from_day":-10`, `"from_day":-401`, "stages[0]", "within 400"},
		{`"from_day":-10`, `"from_day":-10.5`, "stages[0]", "does not fit"},
		{`"from_day":-10,`, ``, "stages[0]", `"from_day" is missing`},
		{`"from_day":0`, `"from_day":null`, "stages[1]", "polling day is day 0"},
		{`"from_day":0,"to_day":0`, `"from_day":1,"to_day":1`, "stages[1]", "polling day is day 0"},
		{`"applies_to":"all"`, `"applies_to":"city"`, "stages[1]", "polling day is day 0"},
		{`"applies_to":"city"`, `"applies_to":"town"`, "stages[0].applies_to", "the kinds are city"},
		{`"stage":"order"`, `"stage":"Order"`, "stages[0].stage", "small letters"},
		{`"stage":"order"`, `"stage":"polling-day"`, "stages[1].stage", "is also stages[0]"},
		{`"title_fa":"دستور"`, `"title_fa":""`, "stages[0].title_fa", "one line"},
		{`"title_fa":"دستور"`, `"title_fa":"دستور\u202e"`, "stages[0].title_fa", "one line"},
		{`"article":""`, `"article":"a\nb"`, "stages[0]", "one line"},
		{`"owner":"hq"`, `"owner":""`, "stages[0].owner", "write a name"},
		{`"legal":true`, `"legal":true,"legal":false`, "stages[0]", "twice"},
		{`"legal":true`, `"legal":true,"colour":1`, "stages[0]", "unknown field"},
		{`"legal":true`, `"legal":true,"law":{"article":"art. 41","version":"round-9"}`, "stages[0].law", "not in the register"},
		{`"legal":true`, `"legal":true,"law":{"article":"art. 41","version":"round-7"}`, "", ""},
	} {
		text := strings.Replace(goodFile, c.from, c.to, 1)
		_, err := calendar.ParseStages([]byte(text))
		if c.path == "" {
			if err != nil {
				t.Errorf("%s: %v", c.to, err)
			}
			continue
		}
		var faults *calendar.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v", c.to, err)
			continue
		}
		if f := (*faults)[0]; f.Path != c.path || !strings.Contains(f.Text, c.text) {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	// All at once.
	_, err := calendar.ParseStages([]byte(strings.NewReplacer(`"hq"`, `"HQ"`, `"city"`, `"town"`).Replace(goodFile)))
	if f := new(calendar.Faults); !errors.As(err, &f) || len(*f) != 2 {
		t.Errorf("faults %v", err)
	}
	if _, err := calendar.ParseStages(make([]byte, 5<<20)); err == nil {
		t.Error("a file without end was read")
	}
}

// What a caller does with the stages does not reach those of the program.
func TestStagesAreCopies(t *testing.T) {
	all := calendar.Stages()
	*all[0].From, all[3].After[0], all[0].Law.Version = 7, "nothing", "x"
	if err := calendar.CheckStages(calendar.Stages()); err != nil || *calendar.Stages()[0].From == 7 {
		t.Errorf("%v", err)
	}
}

// Longer cycles are told whole, each at the reference that closes it.
func TestLongCycle(t *testing.T) {
	all := calendar.Stages()
	for i := range all {
		if all[i].ID == "start-order-city" {
			all[i].After = []string{"final-candidates"}
			all[i].From, all[i].To = nil, nil
		}
	}
	err := calendar.CheckStages(all)
	var faults *calendar.Faults
	if !errors.As(err, &faults) || len(*faults) != 2 || (*faults)[0].Path != "stages[7].after[0]" || (*faults)[1].Path != "stages[3].after[0]" {
		t.Fatalf("%v", err)
	}
	for _, f := range *faults {
		if !strings.Contains(f.Text, "a cycle: start-order-city after final-candidates after province-board-decides") || !strings.Contains(f.Text, " after start-order-city:") {
			t.Errorf("%s", f.Text)
		}
	}
	plan := calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: all}
	if _, err := plan.Schedule("", plan.PollingDay, calendar.All); err == nil {
		t.Error("a schedule was made of a cycle")
	}
	if _, err := calendar.EarliestPollingDay(all, plan.PollingDay, calendar.All); err == nil {
		t.Error("a polling day was found in a cycle")
	}
}

func FuzzParseStages(f *testing.F) {
	f.Add([]byte(goodFile))
	f.Add([]byte(strings.Replace(goodFile, `"after":[]`, `"after":["polling-day"]`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := calendar.ParseStages(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := calendar.ParseStages(text); err != nil || !reflect.DeepEqual(again, all) {
			t.Errorf("%s: %v", text, err)
		}
		plan := calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: all}
		if _, err := plan.Schedule("", plan.PollingDay, calendar.All); err != nil {
			t.Error(err)
		}
	})
}
