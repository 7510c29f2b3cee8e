package sample_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/internal/training/programme"
	"github.com/sandogh/sandogh/law"
)

var now = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)

// TestProvinces: exactly 31, by the names under which package iran knows where they
// lie.
func TestProvinces(t *testing.T) {
	all := sample.Provinces()
	if len(all) != 31 {
		t.Fatalf("%d provinces", len(all))
	}
	codes, counties := map[string]bool{}, 0
	for _, p := range all {
		if codes[p.Code] || !office.ValidCode(office.ProvinceAt, p.Code) {
			t.Errorf("code %q", p.Code)
		}
		codes[p.Code] = true
		counties += p.Counties
		if len(p.Named) > p.Counties {
			t.Errorf("%s: %d named of %d counties", p.Name.En, len(p.Named), p.Counties)
		}
		if found, ok := iran.Find(p.Name.Fa); !ok || found.En != p.Name.En {
			t.Errorf("%s is %s in package iran", p.Name, found.En)
		}
	}
	if counties != 457 {
		t.Errorf("%d counties", counties)
	}
}

// TestNational: 31 provinces in groups of four, the first with those that were
// published for it, which stay together; in Small the sessions are made.
func TestNational(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := sample.Load(ctx, db, sample.Small, now); err != nil {
			t.Fatal(err)
		}
		rows, err := trainingdb.New(db).Programmes(ctx)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		p, err := programme.Get(ctx, db, rows[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Plan.Groups) != 8 || len(p.In.Pins.Units) != 4 || p.Stands.Groups == nil {
			t.Errorf("%d groups, pins %+v", len(p.Plan.Groups), p.In.Pins)
		}
		for _, w := range p.Plan.Wishes { // the published ones are not all neighbours, nor then are those that are left
			if w.Constraint != planner.Apart {
				t.Errorf("%+v", w)
			}
		}
		var first []string
		for _, code := range p.Plan.Groups[0].Units {
			o, err := officedb.New(db).Office(ctx, code)
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, o.NameFa)
		}
		slices.Sort(first)
		if want := slices.Sorted(slices.Values(iran.First)); !slices.Equal(first, want) {
			t.Errorf("the first session is that of %v", first)
		}
		sessions, err := trainingdb.New(db).SessionsOf(ctx, p.ID)
		if err != nil || len(sessions) != 8 || sessions[0].LastDay > "2026-07-11" {
			t.Errorf("%+v, %v", sessions, err)
		}
		for _, role := range training.National.Roles() {
			if seats, err := trainingdb.New(db).SeatsIn(ctx, trainingdb.SeatsInParams{Hi: "z", Role: string(role), Max: 100}); err != nil || len(seats) != 31 {
				t.Errorf("%d sit as %s, %v", len(seats), role, err)
			}
		}
	})
}

func TestLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := sample.Load(ctx, db, sample.Small, now); err != nil {
			t.Fatal(err)
		}
		lo, hi := office.Range("")
		q := officedb.New(db)
		for kind, want := range map[string]int64{office.ProvinceAt: 31, office.CountyAt: 123, office.DistrictAt: 31, office.City: 31, office.Village: 31} {
			if n, err := q.CountOfficesOfKind(ctx, officedb.CountOfficesOfKindParams{Kind: kind, Lo: lo, Hi: hi}); err != nil || n != want {
				t.Errorf("%d of kind %s, %v", n, kind, err)
			}
		}
		if n, err := q.CountPeople(ctx, officedb.CountPeopleParams{Lo: lo, Hi: hi}); err != nil || n < 350 || n > 500 {
			t.Errorf("%d people, %v", n, err)
		}
		posts, err := q.PostsIn(ctx, officedb.PostsInParams{Lo: lo, Hi: hi, Max: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range office.Roles {
			if !slices.ContainsFunc(posts, func(p officedb.PostsInRow) bool { return p.Role == string(role) }) {
				t.Errorf("nobody is %s", role)
			}
		}
		for _, p := range posts {
			if !office.Role(p.Role).Fits(p.Office) {
				t.Errorf("%s at %q", p.Role, p.Office)
			}
		}
		found, err := office.Find(ctx, db, "25", "علی پور", 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range found {
			if !p.Simulated || !office.Within(p.Office, "25") {
				t.Errorf("found %+v", p)
			}
		}
		e, err := office.LoadElection(ctx, db)
		if err != nil || !e.Sample || e.PollingDay == "" {
			t.Errorf("the election is %+v, %v", e, err)
		}
		if err := sample.Load(ctx, db, sample.Small, now); !errors.Is(err, sample.ErrNotEmpty) {
			t.Errorf("a second load: %v", err)
		}
	})
}

// TestTraining: as many sessions and marks as the scale says, each session with its
// roster, and certificates that the key has signed.
func TestTraining(t *testing.T) {
	key, err := certificate.NewKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := sample.Load(ctx, db, sample.Tiny.Certified(key), now); err != nil {
			t.Fatal(err)
		}
		q := trainingdb.New(db)
		lo, hi := office.Range("")
		sessions, err := q.SessionsIn(ctx, trainingdb.SessionsInParams{Lo: lo, Hi: hi, Max: 1000})
		if err != nil || len(sessions) != 80 {
			t.Fatalf("%d sessions, %v", len(sessions), err)
		}
		marks, planned, certificates := int64(0), 0, int64(0)
		for _, s := range sessions {
			tally, err := q.Tally(ctx, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			if marks += tally.Present; s.State == training.Planned {
				planned++
				if tally.Present > 0 || s.FirstDay <= office.Day(now) {
					t.Errorf("a session yet to come: %+v, %+v", s, tally)
				}
			} else if tally.Present == 0 || tally.Present >= tally.People || s.FirstDay >= office.Day(now) {
				t.Errorf("a session that was held: %+v, %+v", s, tally)
			}
			if tally.People > s.Seats {
				t.Errorf("%d people on %d seats", tally.People, s.Seats)
			}
		}
		if marks != 2000 || planned != 8 {
			t.Errorf("%d marks, %d sessions yet to come", marks, planned)
		}
		issued, err := q.CertificatesIn(ctx, trainingdb.CertificatesInParams{Lo: lo, Hi: hi, Max: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range issued {
			got, err := certificate.Open(c.TrainingCertificate.Content, key.Public())
			if err != nil || got.Name != c.Name || got.Serial != c.TrainingCertificate.Serial {
				t.Fatalf("%+v, %v", c, err)
			}
			_, err = q.InvitationOf(ctx, trainingdb.InvitationOfParams{Session: c.TrainingCertificate.Session, Person: c.TrainingCertificate.Person})
			if err != nil {
				t.Fatalf("a certificate for who was not asked: %+v, %v", c, err)
			}
		}
		for _, s := range sessions {
			if s.State == training.Held && s.Course == sessions[0].Course {
				n, _ := q.CountMarks(ctx, s.ID)
				certificates += n
			}
		}
		if int64(len(issued)) != certificates || certificates == 0 {
			t.Errorf("%d certificates for %d who came", len(issued), certificates)
		}
		if stale := training.StaleOf(law.Published(), issued[0].TrainingCertificate.Articles); len(stale) > 0 {
			t.Errorf("stale from the beginning: %+v", stale)
		}
	})
}
