package cdf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sandogh/sandogh/internal/shared"
	"github.com/sandogh/sandogh/internal/site/cdf"
	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/verify/report"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(shared.Read(t, "schemas", "NIST_V2_election_results_reporting.json")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("err.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("err.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(s *jsonschema.Schema, data []byte) error {
	x, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.Validate(x)
}

// states are an election before, during and after the count, and corrected.
func states(t *testing.T) (c *country.Country, all map[string]*results.Election) {
	t.Helper()
	c = country.New(3, country.Small)
	n := len(c.Definition.Contests)
	all = map[string]*results.Election{
		"pre-election":        c.At(country.State{}),
		"unofficial-partial":  c.At(country.State{Closed: n, Opened: n / 2, Units: 1}),
		"unofficial-complete": c.At(country.State{Closed: n, Opened: n}),
		"certified":           c.At(country.State{Closed: n, Opened: n, Certified: n}),
		"correction":          c.At(country.State{Closed: n, Opened: n, Certified: n}),
	}
	for _, x := range all["correction"].Contests {
		if err := country.Correct(x, "counted again"); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range all {
		e.Remember(func(string) []results.Moment { return nil }, time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC))
	}
	return c, all
}

func TestReport(t *testing.T) {
	s := schema(t)
	_, all := states(t)
	for status, e := range all {
		seen := map[string]bool{}
		for _, x := range e.Contests {
			up := x.Place.Parent
			if seen[up.ID] || len(seen) == 12 { // the others have the same shape, and validation takes long
				continue
			}
			seen[up.ID] = true
			var contests []*results.Contest
			for _, p := range up.Children {
				contests = append(contests, p.Contests...)
			}
			data, err := cdf.Report(e, up, contests)
			if err != nil {
				t.Fatal(err)
			}
			if err := valid(s, data); err != nil {
				t.Fatalf("%s of %s: %v", status, up.ID, err)
			}
			var r struct {
				Status string
				IsTest bool
			}
			if err := json.Unmarshal(data, &r); err != nil {
				t.Fatal(err)
			}
			if status != "unofficial-partial" && r.Status != status || !r.IsTest {
				t.Errorf("the report of %s is %+v, want %s", up.ID, r, status)
			}
			if has := bytes.Contains(data, []byte("VoteCounts")); status == "pre-election" && has || status == "certified" && !has {
				t.Errorf("%s: votes are there: %v", status, has)
			}
		}
	}
}

// TestWhole: the report of the whole country has each contest, candidate, branch and
// place once, and the shape that NIST wants; a disk that is full is told.
func TestWhole(t *testing.T) {
	_, all := states(t)
	e := all["unofficial-partial"]
	top, ok := e.Whole()
	if !ok || top.Kind != "country" {
		t.Fatalf("the whole is %+v, %v", top, ok)
	}
	var b bytes.Buffer
	if err := cdf.Write(&b, e, top, e.Contests); err != nil {
		t.Fatal(err)
	}
	if err := valid(schema(t), b.Bytes()); err != nil {
		t.Fatal(err)
	}
	var r struct {
		GpUnit []struct {
			ID string `json:"@id"`
		}
		Party    []struct{}
		Election []struct {
			Contest   []struct{}
			Candidate []struct{}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	candidates, lists := 0, 0
	for _, c := range e.Contests {
		candidates += c.N()
		lists += len(c.Contest.Lists)
	}
	seen := map[string]bool{}
	for _, u := range r.GpUnit {
		if seen[u.ID] {
			t.Errorf("%s is there twice", u.ID)
		}
		seen[u.ID] = true
	}
	for _, x := range e.Branches {
		if !seen["branch-"+x.ID] {
			t.Errorf("branch %s is not there", x.ID)
		}
	}
	if x := r.Election[0]; len(r.Election) != 1 || len(x.Contest) != len(e.Contests) || len(x.Candidate) != candidates || len(r.Party) != lists {
		t.Errorf("%d contests of %d, %d candidates of %d, %d lists of %d", len(x.Contest), len(e.Contests), len(x.Candidate), candidates, len(r.Party), lists)
	}
	if err := cdf.Write(full{}, e, top, e.Contests); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a full disk: %v", err)
	}
}

// full is a disk that is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestReportSilent: of a record that is not verified there are no votes.
func TestReportSilent(t *testing.T) {
	c, _ := states(t)
	e := c.At(country.State{})
	e.Report.Status = report.Refuted
	data, err := cdf.Report(e, e.Places[0], e.Contests)
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(schema(t), data); err != nil || bytes.Contains(data, []byte("VoteCounts")) || !bytes.Contains(data, []byte(`"Status":"pre-election"`)) {
		t.Errorf("%v, %.200s", err, data)
	}
}

// TestSchemaRefuses: the schema that the reports pass refuses what is wrong.
func TestSchemaRefuses(t *testing.T) {
	s := schema(t)
	_, all := states(t)
	e := all["certified"]
	data, err := cdf.Report(e, e.Contests[0].Place, e.Contests[:1])
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(s, data); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"Status":"certified"`, `"Status":"final"`}, {`"Count":`, `"Count":"x`}, {`"VotesAllowed":`, `"Votes":`}, {`"Format":"precinct-level"`, `"Format":"all"`},
		{`"GeneratedDate":"2026-05-01T20:00:00Z"`, `"GeneratedDate":"1405-02-11"`}, {`"@type":"ElectionResults.ElectionReport"`, `"@type":"Report"`},
		{`"winner"`, `"elected"`}, {`"Type":"combined-precinct"`, `"Type":"unit"`}, {`"Issuer":`, `"Publisher":`},
	} {
		bad := strings.Replace(string(data), change[0], change[1], 1)
		if bad == string(data) {
			t.Errorf("the report does not have %s", change[0])
			continue
		}
		if valid(s, []byte(bad)) == nil {
			t.Errorf("%s in the place of %s passes", change[1], change[0])
		}
	}
}
