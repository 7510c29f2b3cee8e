package sample_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/law"
)

var now = time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)

// TestProvinces: exactly 31, neighbours both ways and near, all in one piece.
func TestProvinces(t *testing.T) {
	all := sample.Provinces()
	if len(all) != 31 {
		t.Fatalf("%d provinces", len(all))
	}
	by, counties := map[string]sample.Province{}, 0
	for _, p := range all {
		if _, twice := by[p.Code]; twice || !office.ValidCode(office.ProvinceAt, p.Code) {
			t.Errorf("code %q", p.Code)
		}
		by[p.Code] = p
		counties += p.Counties
		if len(p.Named) > p.Counties || p.Lat < 25 || p.Lat > 40 || p.Lon < 44 || p.Lon > 63.5 {
			t.Errorf("%s: %d named of %d counties, capital at %v, %v", p.Name.En, len(p.Named), p.Counties, p.Lat, p.Lon)
		}
	}
	if counties != 457 {
		t.Errorf("%d counties", counties)
	}
	for _, p := range all {
		for _, code := range p.Beside {
			q, ok := by[code]
			if !ok || code == p.Code || !slices.Contains(q.Beside, p.Code) {
				t.Errorf("%s is beside %s, and not the other way round", p.Name.En, q.Name.En)
			}
			if d := sample.Distance(p, q); d > 800 {
				t.Errorf("%s and %s are neighbours, %.0f km apart", p.Name.En, q.Name.En, d)
			}
		}
	}
	reached, queue := map[string]bool{"25": true}, []string{"25"}
	for len(queue) > 0 {
		for _, code := range by[queue[0]].Beside {
			if !reached[code] {
				reached[code] = true
				queue = append(queue, code)
			}
		}
		queue = queue[1:]
	}
	if len(reached) != 31 {
		t.Errorf("only %d provinces can be reached from Qom", len(reached))
	}
	if d := sample.Distance(by["23"], by["09"]); d < 720 || d > 760 { // Tehran to Mashhad: about 740 km
		t.Errorf("Tehran is %.0f km from Mashhad", d)
	}
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
