package law_test

import (
	"math"
	"testing"

	"github.com/sandogh/sandogh/law"
)

func TestCouncils(t *testing.T) {
	table, ok := law.Councils("round-7")
	if !ok {
		t.Fatal("no table")
	}
	if table.Law.Article != law.CouncilsArticle || table.Law.Version != "round-7" || table.Law.Grade != law.C {
		t.Errorf("the table rests on %+v", table.Law)
	}
	for _, c := range []struct {
		place               string
		population          int
		members, alternates int
	}{
		{law.PlaceCity, 0, 5, 3}, {law.PlaceCity, 50_000, 5, 3},
		{law.PlaceCity, 50_001, 7, 5}, {law.PlaceCity, 200_000, 7, 5},
		{law.PlaceCity, 200_001, 9, 6}, {law.PlaceCity, 500_000, 9, 6},
		{law.PlaceCity, 500_001, 11, 7}, {law.PlaceCity, 1_000_000, 11, 7},
		{law.PlaceCity, 1_000_001, 13, 8}, {law.PlaceCity, 2_000_000, 13, 8},
		{law.PlaceCity, 2_000_001, 15, 10}, {law.PlaceCity, math.MaxInt, 15, 10},
		{law.PlaceTehran, 0, 21, 11}, {law.PlaceTehran, 9_000_000, 21, 11},
		{law.PlaceVillage, 0, 3, 2}, {law.PlaceVillage, 1500, 3, 2}, {law.PlaceVillage, 1501, 5, 3},
	} {
		s, ok := table.Size(c.place, c.population)
		if !ok || s.Members != c.members || s.Alternates != c.alternates {
			t.Errorf("%s of %d: %+v, %t; want %d and %d", c.place, c.population, s, ok, c.members, c.alternates)
		}
	}
	if s, ok := table.Size("county", 10); ok {
		t.Errorf("a county has a council: %+v", s)
	}
	if s, ok := table.Size(law.PlaceCity, -1); ok {
		t.Errorf("a city of less than nobody has a council: %+v", s)
	}
	if _, ok := law.Councils("round-8"); ok {
		t.Error("a version that is not registered has a table")
	}
}

// Every registered version has its table, so that a new version is not counted
// by the sizes of an old one.
func TestCouncilsOfEachVersion(t *testing.T) {
	versions := law.Published().Versions(law.CouncilsArticle)
	if len(versions) == 0 {
		t.Fatal("no version")
	}
	for _, v := range versions {
		if _, ok := law.Councils(v.Version); !ok {
			t.Errorf("%s %s has no table", v.Article, v.Version)
		}
	}
}
