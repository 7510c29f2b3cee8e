package calendar_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/spec"
)

func example(t *testing.T, name string) []byte {
	t.Helper()
	data, err := spec.Examples.ReadFile("examples/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestStagesSchema(t *testing.T) {
	valid := schematest.Valid(t, "calendar-stages")
	published, err := json.Marshal(calendar.Stages())
	if err != nil {
		t.Fatal(err)
	}
	text := example(t, "calendar-stages")
	for _, good := range [][]byte{published, text, []byte(goodFile)} {
		if err := valid(good); err != nil {
			t.Error(err)
		}
		if _, err := calendar.ParseStages(good); err != nil {
			t.Error(err)
		}
	}
	for _, c := range [][2]string{
		{`"legal"`, `"lawful"`}, {`"from_day": 0`, `"from_day": 1`}, {`-101`, `-401`}, {`"village"`, `"town"`}, {`null`, `"1"`},
		{`"polling-day"`, `"Polling-day"`}, {`["registration-village"]`, `["registration-village","registration-village"]`}, {`"version"`, `"edition"`},
	} {
		bad := []byte(strings.Replace(string(text), c[0], c[1], 1))
		if _, err := calendar.ParseStages(bad); err == nil {
			t.Errorf("%s in place of %s is read", c[1], c[0])
		}
		if valid(bad) == nil {
			t.Errorf("%s in place of %s has the shape", c[1], c[0])
		}
	}
}

// The example tells a whole story, and the schema refuses what the reader does.
func TestEventsSchema(t *testing.T) {
	valid := schematest.Valid(t, "calendar-events")
	text := example(t, "calendar-events")
	if err := valid(text); err != nil {
		t.Error(err)
	}
	b := newBench(t, string(text))
	if err := b.plan.Check(); err != nil {
		t.Error(err)
	}
	b.want("", "1404-11-13", calendar.All, "1405-02-31")
	b.want("", "1405-02-01", calendar.All, "1405-05-16", "registration-city -110 -84 done")
	b.want("tabas", "1405-02-01", calendar.All, "1405-04-10")
	for _, c := range [][2]string{
		{`"freeze"`, `"pause"`}, {`"on": "1404-09-27"`, `"on": "2025-12-18"`}, {`, "stage": "start-order-city"`, ``}, {`"from_day": -60, "to_day": -50`, `"polling_day": "1405-05-16"`},
		{`"constituency": "tabas", `, ``}, {`"re-anchor",`, `"re-anchor", "constituency": "tabas",`}, {`"freeze",`, `"freeze", "polling_day": "1405-05-16",`},
		{`"resume",`, `"resume", "stage": "campaign",`}, {`-60`, `-401`}, {`"freeze",`, `"freeze", "why": "",`},
	} {
		bad := []byte(strings.Replace(string(text), c[0], c[1], 1))
		if _, err := calendar.ParseEvents(bad); err == nil {
			t.Errorf("%s in place of %s is read", c[1], c[0])
		}
		if valid(bad) == nil {
			t.Errorf("%s in place of %s has the shape", c[1], c[0])
		}
	}
}
