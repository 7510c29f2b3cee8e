package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"pgregory.net/rapid"
)

// TestLines: each line of a backup is what encoding/json writes of what it holds,
// and is read as such.
func TestLines(t *testing.T) {
	ctx, db := context.Background(), storetest.SQLite(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("aق<>&\"\\\u2028\u2029\u007f\n\t\x00\u200c€😀")))).Draw(t, "name")
		id, number := store.NewID(), rapid.Int64().Draw(t, "number")
		err := db.Tx(ctx, func(tx *store.Tx) error {
			return officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: id, Kind: "city", NameFa: name, Population: number})
		})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := db.Backup(ctx, &b); err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal([]any{id, "city", "", name, number, 1})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "\n"+string(want)+"\n") {
			t.Fatalf("there is no line %s", want)
		}
	})
	var b bytes.Buffer
	want, err := db.Backup(ctx, &b)
	if err != nil {
		t.Fatal(err)
	}
	other := storetest.SQLite(t)
	if _, err := other.Restore(ctx, &b); err != nil {
		t.Fatal(err)
	}
	if got, err := other.StateHash(ctx); err != nil || got != want {
		t.Errorf("what was read is not what was written, %v", err)
	}
}
