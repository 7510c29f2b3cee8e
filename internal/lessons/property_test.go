package lessons_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/internal/lessons"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"pgregory.net/rapid"
)

// Whatever people do, in whatever order: the trend ends with the sum that the map
// shows, no risk comes from one person, and decisions that are undone from the
// last to the first leave each problem where it was.
func TestProperties(t *testing.T) {
	ctx, db := context.Background(), storetest.SQLite(t)
	c := newCountry(t, db)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		code := fmt.Sprintf("%05d", 30_000+round) // a county of its own
		c.tx(func(ctx context.Context, tx *store.Tx) error {
			return officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: office.CountyAt, NameFa: code, NameEn: code})
		})
		var all []string
		for i := range rapid.IntRange(1, 4).Draw(rt, "problems") {
			all = append(all, c.add(c.hq, code, "t", fmt.Sprint("p", i)).ID)
		}
		judges := []office.Actor{c.hq, {Person: c.qom.Person, Posts: c.hq.Posts}, {Person: c.second.Person, Posts: c.hq.Posts}}
		var decisions []string
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			id, a := rapid.SampledFrom(all).Draw(rt, "problem"), rapid.SampledFrom(judges).Draw(rt, "person")
			step := rapid.SampledFrom([]string{"judge", "judge", "judge", "again", "close", "reopen", "join"}).Draw(rt, "step")
			likelihood, harm := rapid.Int64Range(1, 5).Draw(rt, "likelihood"), rapid.Int64Range(1, 5).Draw(rt, "harm")
			err := c.try(func(ctx context.Context, tx *store.Tx) error {
				p, err := lessons.Get(ctx, tx, id)
				if err != nil {
					return err
				}
				switch step {
				case "judge":
					_, err = lessons.Judge(ctx, tx, c.now, a, id, lessons.Judgement{Likelihood: likelihood, Harm: harm, Reason: "r"})
				case "again":
					err = lessons.Again(ctx, tx, c.now, a, id)
				case "close":
					err = lessons.Close(ctx, tx, c.now, a, id, "e", p.Version)
				case "reopen":
					err = lessons.Reopen(ctx, tx, c.now, a, id, "w", p.Version)
				case "join":
					var family string
					if family, err = lessons.Join(ctx, tx, c.now, c.hq, "", "n", []string{id, rapid.SampledFrom(all).Draw(rt, "other")}); err == nil {
						var rows []lessonsdb.GroupingsOfRow
						rows, err = lessonsdb.New(tx).GroupingsOf(ctx, family)
						decisions = append(decisions, rows[0].ID)
					}
				}
				return err
			})
			known := []error{lessons.ErrOnce, lessons.ErrJudged, lessons.ErrState}
			if err != nil && !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
				rt.Fatal(err)
			}
		}
		sum := int64(0)
		for _, id := range all {
			p := c.get(id)
			seen, _, err := lessons.Judgements(ctx, db, p, "")
			if err != nil {
				rt.Fatal(err)
			}
			by := map[int64]map[string]bool{}
			for _, j := range seen {
				if by[j.Turn] == nil {
					by[j.Turn] = map[string]bool{}
				}
				by[j.Turn][j.Person] = true
			}
			for turn, people := range by {
				if len(people) != 2 {
					rt.Errorf("turn %d of %s is shown with %d people", turn, id, len(people))
				}
			}
			if p.Risk > 0 && len(by) == 0 {
				rt.Errorf("a risk of %d that no two people have judged", p.Risk)
			}
			if p.State == lessons.Open {
				sum += p.Risk
			}
		}
		points, err := lessons.Trend(ctx, db, code, c.now)
		if err != nil {
			rt.Fatal(err)
		}
		last := int64(0)
		if len(points) > 0 {
			last = points[len(points)-1].Risk
		}
		if last != sum {
			rt.Errorf("the trend ends with %d, and the open risks are %d", last, sum)
		}
		slices.Reverse(decisions)
		for _, id := range decisions {
			if err := c.try(func(ctx context.Context, tx *store.Tx) error { return lessons.Undo(ctx, tx, c.now, c.hq, id) }); err != nil {
				rt.Fatal(err)
			}
		}
		for _, id := range all {
			if p := c.get(id); p.Family != "" {
				rt.Errorf("%s is still of family %s", id, p.Family)
			}
		}
	})
}
