package layout_test

import (
	"slices"
	"testing"

	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/layout"
	"github.com/sandogh/sandogh/internal/site/results"
)

// TestAffected: every file is listed once, and what a change touches is of them,
// with the page of the contest and the place above it, and without other contests.
func TestAffected(t *testing.T) {
	c := country.New(9, country.Scale{Counties: 2, Rural: 2, Cities: 2, Villages: 2, Branches: 12})
	n := len(c.Definition.Contests)
	site := func(s country.State) *layout.Site { return &layout.Site{Election: c.At(s)} }
	before, after := site(country.State{Closed: n}), site(country.State{Closed: n, Opened: 1})
	all := slices.Sorted(after.Paths())
	if len(all) == 0 || len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Fatalf("%d files, or one twice", len(all))
	}
	paths, everything := after.Affected(results.Changed(before.Election, after.Election))
	if everything || len(paths) == 0 || len(paths) >= len(all) {
		t.Fatalf("%d of %d files, everything: %v", len(paths), len(all), everything)
	}
	for _, p := range paths {
		if _, ok := slices.BinarySearch(all, p); !ok {
			t.Errorf("%s is touched, and is no file of the site", p)
		}
	}
	for i := range 2 {
		x := after.Election.Contests[c.Order(i)]
		if got := slices.Contains(paths, "contest/"+x.ID+".json") && slices.Contains(paths, "en"+layout.Contest(x)); got != (i == 0) {
			t.Errorf("contest %s is touched: %v", x.ID, got)
		}
		if i == 0 && !slices.Contains(paths, layout.Place(x.Place.Parent)[1:]) {
			t.Error("the place above is not touched")
		}
	}
	if _, everything := after.Affected(results.Changes{Everything: true}); !everything {
		t.Error("a change of everything touches less")
	}
}
