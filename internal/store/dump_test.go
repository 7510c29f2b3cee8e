package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"time"
)

// TestBackup: what goes out of one engine comes into the other, with one hash.
func TestBackup(t *testing.T) {
	ctx := context.Background()
	from := storetest.SQLite(t)
	if err := sample.Load(ctx, from, sample.Small, time.Date(2026, 4, 21, 8, 30, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	want, err := from.Backup(ctx, &b)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, to *store.DB) {
		if got, err := to.Restore(ctx, bytes.NewReader(b.Bytes())); err != nil || got != want {
			t.Fatalf("restored %s, %v", got, err)
		}
		var again bytes.Buffer
		if got, err := to.Backup(ctx, &again); err != nil || got != want || !bytes.Equal(again.Bytes(), b.Bytes()) {
			t.Errorf("the state hash is %s and not %s, %v", got, want, err)
		}
		if _, err := to.Restore(ctx, bytes.NewReader(b.Bytes())); !errors.Is(err, store.ErrExists) {
			t.Errorf("restored over what is there: %v", err)
		}
		err := to.Tx(ctx, func(tx *store.Tx) error {
			return store.Changed(officedb.New(tx).UpdateOffice(ctx, officedb.UpdateOfficeParams{Code: "25", NameFa: "قم", Version: 1}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := to.StateHash(ctx); err != nil || got == want {
			t.Errorf("a change does not change the state hash, %v", err)
		}
	})

	text := b.String()
	lines := strings.SplitAfter(text, "\n")
	for name, broken := range map[string]string{
		"empty":           "",
		"cut":             text[:len(text)/2],
		"without its end": strings.Join(lines[:len(lines)-2], ""),
		"a word changed":  strings.Replace(text, "Qom", "Qum", 1),
		"a row left out":  strings.Join(append(append([]string{}, lines[:20]...), lines[21:]...), ""),
		"another format":  strings.Replace(text, "backup\",1", "backup\",2", 1),
		"another table":   strings.Replace(text, `[null,"office"`, `[null,"sqlite_master"`, 1),
		"another column":  strings.Replace(text, `"name_en"`, `"name_xx"`, 1),
	} {
		db := storetest.SQLite(t)
		if _, err := db.Restore(ctx, strings.NewReader(broken)); !errors.Is(err, store.ErrBackup) {
			t.Errorf("%s: %v", name, err)
		}
		if n, err := officedb.New(db).CountOffices(ctx, officedb.CountOfficesParams{Hi: "9"}); err != nil || n != 0 {
			t.Errorf("%s: %d rows stay, %v", name, n, err)
		}
	}
}

// FuzzRestore: whatever comes in, nothing panics, and nothing stays of a bad one.
func FuzzRestore(f *testing.F) {
	f.Add([]byte("[\"sandogh backup\",1]\n[null,\"office\",\"code\",\"kind\",\"name_en\",\"name_fa\",\"population\",\"version\"]\n[\"\",\"country\",\"\",\"\",0,1]\n[null,\"00\"]\n"))
	f.Add([]byte("[null,null]\n"))
	n := 0
	open := func() *store.DB {
		n++
		db, err := store.Open(context.Background(), filepath.Join(f.TempDir(), fmt.Sprint(n)), store.Options{})
		if err != nil {
			f.Fatal(err)
		}
		return db
	}
	db, spare := open(), open()
	f.Fuzz(func(t *testing.T, b []byte) {
		state, err := db.Restore(context.Background(), bytes.NewReader(b))
		got, e := db.StateHash(context.Background())
		if e != nil {
			t.Fatal(e)
		}
		if err == nil && got != state {
			t.Errorf("restored %s, and it is %s", state, got)
		}
		if err == nil && spare != nil { // once: then both are full
			db, spare = spare, nil
		}
	})
}
