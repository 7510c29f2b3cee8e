package office_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"pgregory.net/rapid"
)

// crowd fills a database with offices and people, and returns their ids by name
// and office.
func crowd(t *testing.T, db *store.DB, people []office.Person) (ids []string) {
	t.Helper()
	ctx, hq := context.Background(), office.Actor{Posts: []office.Post{{Role: office.HQ}}}
	err := db.Tx(ctx, func(tx *store.Tx) error {
		for _, code := range []string{"", "07", "07001", "08"} {
			if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: "x", NameFa: "x"}); err != nil {
				return err
			}
		}
		for _, p := range people {
			p, err := office.AddPerson(ctx, tx, time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC), hq, p)
			if err != nil {
				return err
			}
			ids = append(ids, p.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// wanted reports whether each word of the query begins a word of the name.
func wanted(name, query string) bool {
	own := strings.Fields(strings.Join(persian.Keys(name), " "))
	for _, w := range strings.Fields(persian.Key(query)) {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) }) {
			return false
		}
	}
	return true
}

// TestFindAll: whatever is asked for, page after page brings all whom reading every
// name would bring, each once.
func TestFindAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		words := []string{"علی", "علی‌پور", "پور", "رضا", "رضایی", "مریم", "م", "احمدی"}
		var people []office.Person
		codes := []string{"", "07", "07001", "08"}
		for i := range 120 { // one to four words, by a fixed rule
			var name []string
			for k := range i%4 + 1 {
				name = append(name, words[(i*(k+1)+k*k+i/8)%len(words)])
			}
			people = append(people, office.Person{Name: strings.Join(name, " "), Office: codes[i%len(codes)]})
		}
		ids := crowd(t, db, people)
		rapid.Check(t, func(t *rapid.T) {
			asked := rapid.SliceOfN(rapid.SampledFrom([]string{"ع", "علی", "علیپور", "پور", "ر", "رضا", "رضایی", "مریم", "م", "احمدی", "ا", "نیست"}), 1, 4).Draw(t, "words")
			under := rapid.SampledFrom(codes).Draw(t, "under")
			size := rapid.IntRange(1, 40).Draw(t, "size")
			query := strings.Join(asked, " ")
			var got, want []string
			for skip := 0; ; skip += size {
				page, err := office.Find(context.Background(), db, under, query, size, skip)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page {
					got = append(got, p.ID)
				}
				if len(page) < size {
					break
				}
			}
			for i, p := range people {
				if office.Within(p.Office, under) && wanted(p.Name, query) {
					want = append(want, ids[i])
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%q under %q finds %d, and %d are there", query, under, len(got), len(want))
			}
		})
	})
}

// counting counts the queries.
type counting struct {
	*store.DB
	queries int
}

func (c *counting) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	c.queries++
	return c.DB.QueryContext(ctx, q, args...)
}

func (c *counting) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	c.queries++
	return c.DB.QueryRowContext(ctx, q, args...)
}

// TestFindFrequent: two words that many have and nobody together cost as little as
// two that nobody has; and a search that would not end says so.
func TestFindFrequent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var people []office.Person
		for i := range 400 {
			people = append(people, office.Person{Name: []string{"مریم کریمی", "رضا احمدی"}[i%2], Office: "07"})
		}
		for i := range 130 { // as many words that begin alike
			people = append(people, office.Person{Name: fmt.Sprintf("ن%c%c زارعی", 'ا'+rune(i%3), 'ب'+rune(i/3)), Office: "08"})
		}
		crowd(t, db, people)
		c := &counting{DB: db}
		for query, want := range map[string]int{"مریم احمدی": 0, "رضا کریمی": 0, "رضا احمدی": 50, "احم رض": 50} {
			c.queries = 0
			found, err := office.Find(context.Background(), c, "", query, 50, 0)
			if err != nil || len(found) != want || c.queries > 3 {
				t.Errorf("%q finds %d in %d queries, %v", query, len(found), c.queries, err)
			}
		}
		c.queries = 0
		if found, err := office.Find(context.Background(), c, "", "ن م", 50, 0); !errors.Is(err, office.ErrMany) || len(found) != 0 || c.queries > 250 {
			t.Errorf("finds %d in %d queries, %v", len(found), c.queries, err)
		}
	})
}
