package tables_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/internal/site/tables"
)

func counted(t testing.TB) *results.Election {
	t.Helper()
	c := country.New(9, country.Scale{Counties: 2, Rural: 2, Cities: 2, Villages: 2, Branches: 12})
	c.Definition.Contests[1].Candidates[0].Name.En = "=cmd|' /C calc'!A0"
	e := c.At(country.State{Closed: 4, Opened: 3, Units: 1, Certified: 2})
	e.Remember(func(string) []results.Moment { return nil }, time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC))
	return e
}

// TestContestCSV: the rows of the units add up to those of the sum, and no name is a
// formula.
func TestContestCSV(t *testing.T) {
	for _, c := range counted(t).Contests {
		data, err := tables.ContestCSV(c)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if c.Kind == results.Waiting {
			if len(rows) != 1 {
				t.Errorf("%s waits and has %d rows", c.ID, len(rows))
			}
			continue
		}
		units, sums := map[string]int{}, map[string]int{}
		for _, r := range rows[1:] {
			n, err := strconv.Atoi(r[11])
			if err != nil {
				t.Fatal(err)
			}
			id := r[7] + r[10]
			if r[4] == "*" {
				sums[id] = n
			} else {
				units[id] += n
			}
			if r[9] != "" && r[9][0] == '=' {
				t.Errorf("%s: a spreadsheet computes %q", c.ID, r[9])
			}
		}
		for id, n := range sums {
			if units[id] != n {
				t.Errorf("%s: the units of %s add up to %d, not %d", c.ID, id, units[id], n)
			}
		}
		if len(sums) < c.N() {
			t.Errorf("%s: %d sums", c.ID, len(sums))
		}
	}
}

// TestJSON: every value of the site is JSON, and the moments come back.
func TestJSON(t *testing.T) {
	e := counted(t)
	s := &tables.Site{Election: e, Practice: true}
	for _, c := range e.Contests {
		data, err := s.ContestJSON(c)
		if err != nil || !json.Valid(data) || bytes.Contains(data, []byte("null")) {
			t.Fatalf("%s: %v, %s", c.ID, err, data)
		}
		if got := tables.ReadHistory(data); len(got) != len(c.History) || len(got) > 0 && !got[0].At.Equal(c.History[0].At) {
			t.Errorf("%s: the moments %v come back as %v", c.ID, c.History, got)
		}
	}
	for _, p := range e.Places {
		if data, err := s.PlaceJSON(p); err != nil || !json.Valid(data) {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	if data, err := s.IndexJSON(); err != nil || !bytes.Contains(data, []byte(`"format":"sandogh-site-1"`)) || bytes.Contains(data, []byte(`"verified":true`)) {
		t.Errorf("%v, %s", err, data)
	}
}

func FuzzReadHistory(f *testing.F) {
	e := counted(f)
	data, err := (&tables.Site{Election: e}).ContestJSON(e.Contests[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(_ *testing.T, data []byte) { tables.ReadHistory(data) })
}
