package site_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/internal/site"
	"github.com/sandogh/sandogh/internal/site/assets"
	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/spec"
)

// refuses changes the example of a schema, which fits it, so that it does not.
func refuses(t *testing.T, name string, swaps ...[2]string) {
	t.Helper()
	valid := schematest.Valid(t, name)
	example, err := spec.Examples.ReadFile("examples/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := valid(example); err != nil {
		t.Error(err)
	}
	for _, x := range swaps {
		bad := strings.Replace(string(example), x[0], x[1], 1)
		if bad == string(example) {
			t.Fatalf("the example of %s has no %s", name, x[0])
		}
		if valid([]byte(bad)) == nil {
			t.Errorf("%s: %s in place of %s has the shape", name, x[1], x[0])
		}
	}
}

// TestContestSchema: what the site tells of contests, in every state and by every
// rule, has the shape that is published.
func TestContestSchema(t *testing.T) {
	valid := schematest.Valid(t, "site-contest")
	c := country.New(7, country.Small)
	n := len(c.Definition.Contests)
	city := 0 // when the largest city opens
	for c.Order(city) != 0 {
		city++
	}
	kinds := map[results.Kind]int{}
	x, err := site.New(site.Config{Invented: c.At(country.State{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	for i, state := range []country.State{{}, {Closed: n, Opened: city, Units: 1}, {Closed: n, Opened: n / 2, Units: 1, Certified: n / 3}, {Closed: n, Opened: n, Certified: n}} {
		e := c.At(state)
		if err := x.Refresh(site.Config{Invented: e, Now: time.Date(2026, 5, 1, 20+i, 0, 0, 0, time.UTC)}); err != nil {
			t.Fatal(err)
		}
		for _, contest := range e.Contests {
			kinds[contest.Kind]++
			_, data := get(t, x, "/contest/"+contest.ID+".json")
			if err := valid([]byte(data)); err != nil {
				t.Errorf("%s, %s: %v", contest.ID, contest.Kind, err)
			}
		}
	}
	if len(kinds) < 4 {
		t.Errorf("only these states were seen: %v", kinds)
	}
	for _, of := range []func() (held, error){whole, tied} {
		h, err := of()
		if err != nil {
			t.Fatal(err)
		}
		_, data := get(t, h.handler(t), "/contest/council.json")
		if err := valid([]byte(data)); err != nil {
			t.Error(err)
		}
	}
	refuses(t, "site-contest", [2]string{`"verified": true`, `"verified": "yes"`}, [2]string{`"status": "certified"`, `"status": "final"`},
		[2]string{`"votes": 9`, `"votes": -1`}, [2]string{`"corrections": []`, `"corrections": [{}]`}, [2]string{`"opened": true`, `"opened": false`},
		[2]string{`"practice": true,`, ``}, [2]string{`"elected": true`, `"elected": false`}, [2]string{`"contest": "council"`, `"contest": "a council"`})
}

// TestAssetsSchema: what sandogh site sign collects has the shape that is
// published, and what has not is not read.
func TestAssetsSchema(t *testing.T) {
	if err := schematest.Valid(t, "site-assets")(signed(t, elected(t))[assets.ListName].Data); err != nil {
		t.Error(err)
	}
	refuses(t, "site-assets", [2]string{`sandogh-assets-1`, `sandogh-assets-2`}, [2]string{`"kind": "photo"`, `"kind": "picture"`}, [2]string{`"sha256": "`, `"sha256": "0`},
		[2]string{`"name": "photo/first.jpg"`, `"name": ""`}, [2]string{"\"kind\": \"minutes\",\n      \"branch\": \"101\"", `"kind": "minutes"`}, [2]string{`"format"`, `"more": 1, "format"`})
}
