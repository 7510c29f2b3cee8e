package office_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"pgregory.net/rapid"
)

// TestPowers: an auditor writes nothing, and nobody below headquarters changes the
// election.
func TestPowers(t *testing.T) {
	for _, p := range office.Auditor.Powers() {
		if p != office.Own && !strings.HasSuffix(string(p), ".see") {
			t.Errorf("an auditor may %s", p)
		}
	}
	for _, r := range office.Roles {
		if r != office.HQ && (r.Can(office.ElectionEdit) || r.Can(office.AgendaMove)) {
			t.Errorf("%s may change the election", r)
		}
		for _, p := range r.Powers() {
			if !office.HQ.Can(p) {
				t.Errorf("%s may %s, and headquarters may not give it", r, p)
			}
		}
	}
}

// TestSubtree: a power reaches an office exactly if its code begins with that of
// the post, and the bounds of the database say the same.
func TestSubtree(t *testing.T) {
	code := rapid.Custom(func(t *rapid.T) string {
		return rapid.StringMatching(`[01]{11}`).Draw(t, "digits")[:rapid.SampledFrom([]int{0, 2, 5, 7, 11}).Draw(t, "length")]
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := code.Draw(t, "post"), code.Draw(t, "office")
		actor := office.Actor{Person: "x", Posts: []office.Post{{Role: office.County, Office: a}}}
		lo, hi := office.Range(a)
		within := strings.HasPrefix(b, a)
		if actor.May(office.PeopleEdit, b) != within || (lo <= b && b < hi) != within {
			t.Errorf("post at %q, office %q: may %v, in range %v", a, b, actor.May(office.PeopleEdit, b), lo <= b && b < hi)
		}
		if actor.May(office.ElectionEdit, b) {
			t.Error("a power that the role does not have")
		}
	})
}

func TestFind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, now := context.Background(), time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)
		hq := office.Actor{Posts: []office.Post{{Role: office.HQ}}}
		err := db.Tx(ctx, func(tx *store.Tx) error {
			for _, code := range []string{"", "07", "08"} {
				if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: "x", NameFa: "x"}); err != nil {
					return err
				}
			}
			for _, p := range []office.Person{{Name: "مریم علی‌پور کاظمی", Office: "07"}, {Name: "مريم علی پور", Office: "08"}, {Name: "رضا مریمی", Office: "07", Number: "0932833810"}} {
				if _, err := office.AddPerson(ctx, tx, now, hq, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			under, query string
			want         int
		}{
			{"", "مریم", 3}, {"07", "مریم", 2}, {"08", "مریم", 1}, {"", "مریم پور", 2}, {"", "علیپور", 1}, {"", "علی پ", 2}, {"", "کاظ مر علی", 1}, {"", "مریم نیست", 0},
			{"", "٠٩٣٢", 1}, {"08", "0932", 0}, {"", "", 3}, {"", "%", 0}, {"", "' OR 1=1 --", 0},
		} {
			found, err := office.Find(ctx, db, c.under, c.query, 10, 0)
			if err != nil || len(found) != c.want {
				t.Errorf("%q under %q finds %d, %v", c.query, c.under, len(found), err)
			}
		}

		// A person who is renamed is found by the new name only.
		found, err := office.Find(ctx, db, "07", "رضا", 10, 0)
		if err != nil || len(found) != 1 {
			t.Fatalf("%d, %v", len(found), err)
		}
		p := found[0]
		p.Name, p.Office = "بهرام مریمی", "08"
		if err := db.Tx(ctx, func(tx *store.Tx) error { return office.EditPerson(ctx, tx, now, hq, p) }); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]int{"رضا": 0, "بهرام": 1} {
			if found, err := office.Find(ctx, db, "08", query, 10, 0); err != nil || len(found) != want {
				t.Errorf("%q finds %d, %v", query, len(found), err)
			}
		}
		if err := db.Tx(ctx, func(tx *store.Tx) error { return office.EditPerson(ctx, tx, now, hq, p) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("an old version was taken: %v", err)
		}
	})
}

// FuzzReadPlaces: whatever a list holds, each place has a code that fits, once.
func FuzzReadPlaces(f *testing.F) {
	head := strings.Join(office.PlaceColumns, ",") + "\n"
	for _, s := range []string{"", head, head + "گیلان,رشت,مرکزی,city,رشت,01001010001,700000\n", "\ufeff" + head + "a,b,c,province,گیلان,01,\n", head + "\"", head + ",,,village,\x00,00000000000,-1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		places, faults, err := office.ReadPlaces(strings.NewReader(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if len(places) == 0 && len(faults) == 0 {
			t.Error("nothing, and nothing wrong")
		}
		for i, p := range places {
			if !office.ValidCode(p.Kind, p.Code) || p.NameFa == "" || p.Population < 0 || i > 0 && places[i-1].Code >= p.Code {
				t.Errorf("place %+v", p)
			}
		}
	})
}
