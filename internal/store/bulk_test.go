package store_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

// catalogue is what the engine says of indexes, keys and references.
func catalogue(t *testing.T, db *store.DB) []string {
	t.Helper()
	query := "SELECT name || ' ' || COALESCE(sql, '') FROM sqlite_master WHERE type = 'index' ORDER BY 1"
	if db.Engine() == store.Postgres {
		query = `SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() UNION ALL
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace ORDER BY 1`
	}
	rows, err := db.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if rows.Err() != nil || len(out) < 50 {
		t.Fatal(out, rows.Err())
	}
	return out
}

func of(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// TestBulk: indexes, keys and references are there again, and find what was loaded
// in spite of them.
func TestBulk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		before := catalogue(t, db)
		load := func(posts ...[]any) error {
			return db.Tx(ctx, func(tx *store.Tx) error {
				return tx.Bulk(ctx, []string{"office", "person", "post"}, func() error {
					return errors.Join(
						tx.Load(ctx, "office", []string{"code", "kind", "name_fa", "name_en", "population", "version"}, of([]any{"07", "province", "قم", "Qom", int64(0), int64(1)})),
						tx.Load(ctx, "person", []string{"id", "name", "number", "phone", "email", "office", "simulated", "created", "version"},
							of([]any{"a", "الف", "", "", "", "07", int64(1), int64(1), int64(1)})),
						tx.Load(ctx, "post", []string{"id", "person", "role", "office", "since", "until", "version"}, of(posts...)))
				})
			})
		}
		post := func(id, person string) []any { return []any{id, person, "province", "07", "2026-01-01", "", int64(1)} }
		if err := load(post("1", "nobody")); !errors.Is(err, store.ErrReference) {
			t.Errorf("a post of nobody: %v", err)
		}
		if err := load(post("1", "a"), post("1", "a")); !errors.Is(err, store.ErrExists) {
			t.Errorf("a post twice: %v", err)
		}
		if after := catalogue(t, db); !slices.Equal(after, before) {
			t.Errorf("after what failed there is\n%q\nand not\n%q", after, before)
		}
		if err := load(post("1", "a"), post("2", "a")); err != nil {
			t.Fatal(err)
		}
		if after := catalogue(t, db); !slices.Equal(after, before) {
			t.Errorf("there is\n%q\nand not\n%q", after, before)
		}
	})
}
