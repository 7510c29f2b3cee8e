package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

func TestTx(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		broken := errors.New("broken")
		insert := func(code string, err error) error {
			return db.Tx(ctx, func(tx *store.Tx) error {
				q := officedb.New(tx)
				if e := q.InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: "province", NameFa: "قم"}); e != nil {
					return e
				}
				if _, e := q.Office(ctx, code); e != nil {
					t.Errorf("a transaction does not read what it wrote: %v", e)
				}
				return err
			})
		}
		if err := insert("07", nil); err != nil {
			t.Fatal(err)
		}
		if err := insert("08", broken); !errors.Is(err, broken) {
			t.Errorf("the error is %v", err)
		}
		if err := insert("07", nil); !errors.Is(err, store.ErrExists) {
			t.Errorf("a second row with the same key: %v", err)
		}
		q := officedb.New(db)
		if _, err := q.Office(ctx, "08"); !errors.Is(store.Classify(err), store.ErrNotFound) {
			t.Errorf("of a broken transaction something stays: %v", err)
		}
		if o, err := q.Office(ctx, "07"); err != nil || o.NameFa != "قم" || o.Version != 1 {
			t.Errorf("read %+v, %v", o, err)
		}
		if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Code: "09"}); err == nil {
			t.Error("a write outside a transaction was taken")
		}
	})
}

// TestConflict: two who have read the same version cannot both write.
func TestConflict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		update := func(name string) error {
			return db.Tx(ctx, func(tx *store.Tx) error {
				return store.Changed(officedb.New(tx).UpdateOffice(ctx, officedb.UpdateOfficeParams{Code: "07", NameFa: name, Version: 1}))
			})
		}
		err := db.Tx(ctx, func(tx *store.Tx) error {
			return officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: "07", Kind: "province", NameFa: "قم"})
		})
		if err != nil {
			t.Fatal(err)
		}
		results := make(chan error, 8)
		for i := range cap(results) {
			go func() { results <- update(fmt.Sprint(i)) }()
		}
		done := 0
		for range cap(results) {
			switch err := <-results; {
			case err == nil:
				done++
			case !errors.Is(err, store.ErrConflict):
				t.Error(err)
			}
		}
		if done != 1 {
			t.Errorf("%d of them wrote", done)
		}
	})
}

func TestLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		columns := []string{"code", "kind", "name_fa", "name_en", "population", "version"}
		broken := errors.New("broken")
		load := func(n int, end error) error {
			return db.Tx(ctx, func(tx *store.Tx) error {
				return tx.Load(ctx, "office", columns, func(yield func([]any, error) bool) {
					for i := range n {
						if !yield([]any{fmt.Sprintf("%05d", i), "county", "ش", "", int64(i), int64(1)}, nil) {
							return
						}
					}
					if end != nil {
						yield(nil, end)
					}
				})
			})
		}
		if err := load(20_000, broken); !errors.Is(err, broken) {
			t.Errorf("the error is %v", err)
		}
		count := func() int64 {
			lo, hi := store.Prefix("")
			n, err := officedb.New(db).CountOffices(ctx, officedb.CountOfficesParams{Lo: lo, Hi: hi})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count(); n != 0 {
			t.Errorf("%d rows of a broken load stay", n)
		}
		if err := load(20_000, nil); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 20_000 {
			t.Errorf("%d rows are there", n)
		}
		lo, hi := store.Prefix("019")
		if n, err := officedb.New(db).CountOffices(ctx, officedb.CountOfficesParams{Lo: lo, Hi: hi}); err != nil || n != 100 {
			t.Errorf("the subtree has %d offices, %v", n, err)
		}
	})
}

// TestKilled: a process that is killed in the middle of a transaction leaves the
// last state that it had acknowledged.
func TestKilled(t *testing.T) {
	ctx := context.Background()
	insert := func(tx *store.Tx, code string) error {
		return officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: "province", NameFa: "قم"})
	}
	if dir := os.Getenv("STORE_TEST_KILLED"); dir != "" { // the process that is killed
		db, err := store.Open(ctx, "", store.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(ctx, func(tx *store.Tx) error { return insert(tx, "01") }); err != nil {
			t.Fatal(err)
		}
		t.Fatal(db.Tx(ctx, func(tx *store.Tx) error {
			if err := insert(tx, "02"); err != nil {
				return err
			}
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}))
	}
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), "STORE_TEST_KILLED="+dir)
	out, err := child.CombinedOutput()
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
		t.Fatalf("it was not killed: %v\n%s", err, out)
	}
	db, err := store.Open(ctx, "", store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	q := officedb.New(db)
	if _, err := q.Office(ctx, "01"); err != nil {
		t.Errorf("what was acknowledged is gone: %v", err)
	}
	if _, err := q.Office(ctx, "02"); !errors.Is(store.Classify(err), store.ErrNotFound) {
		t.Errorf("something half-written stays: %v", err)
	}
}

// TestServerFull: a PostgreSQL server that says in mid-transaction that its disk is
// full, in the words that it has for that, leaves nothing there.
func TestServerFull(t *testing.T) {
	ctx, db := context.Background(), storetest.Postgres(t)
	before, err := db.StateHash(ctx)
	if err != nil {
		t.Fatal(err)
	}
	add := func(code string) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			return officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: "province", NameFa: "ق"})
		}
	}
	err = db.Tx(ctx, func(tx *store.Tx) error {
		if err := add("07")(tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$")
		return err
	})
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("on a full disk: %v", err)
	}
	if after, err := db.StateHash(ctx); err != nil || after != before {
		t.Errorf("something stays, %v", err)
	}
	if err := db.Tx(ctx, add("08")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// TestTurn: a long write that others have overtaken sees their writes when it has
// waited for its turn, and one that has not waited is not committed.
func TestTurn(t *testing.T) {
	ctx, db := context.Background(), storetest.Postgres(t)
	q := func(db officedb.DBTX) int64 {
		n, err := officedb.New(db).CountOffices(ctx, officedb.CountOfficesParams{Hi: "9"})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	add := func(tx *store.Tx, code string) error {
		return officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: code, Kind: "province", NameFa: "ق"})
	}
	err := db.LongTx(ctx, func(tx *store.Tx, turn func() error) error {
		if err := add(tx, "07"); err != nil {
			return err
		}
		if err := db.Tx(ctx, func(other *store.Tx) error { return add(other, "08") }); err != nil {
			return err
		}
		if err := turn(); err != nil {
			return err
		}
		if n := q(tx); n != 2 {
			t.Errorf("it sees %d offices", n)
		}
		return nil
	})
	if n := q(db); err != nil || n != 2 {
		t.Errorf("%d offices, %v", n, err)
	}
	err = db.LongTx(ctx, func(tx *store.Tx, _ func() error) error { return add(tx, "09") })
	if n := q(db); err == nil || n != 2 {
		t.Errorf("without its turn: %d offices, %v", n, err)
	}
}

// TestFull: on a full disk nothing is half-written, and it is said.
func TestFull(t *testing.T) {
	ctx := context.Background()
	db := storetest.SQLite(t)
	limit := func(pages string) {
		err := db.Tx(ctx, func(tx *store.Tx) error {
			rows, err := tx.QueryContext(ctx, "PRAGMA max_page_count = "+pages)
			if err != nil {
				return err
			}
			return rows.Close()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	fill := func(n int) error {
		return db.Tx(ctx, func(tx *store.Tx) error {
			for i := range n {
				err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: fmt.Sprintf("%05d", i), Kind: "county", NameFa: strings.Repeat("ش", 200)})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	before, err := db.StateHash(ctx)
	if err != nil {
		t.Fatal(err)
	}
	limit("100")
	if err := fill(5000); !errors.Is(err, store.ErrFull) {
		t.Fatalf("on a full disk: %v", err)
	}
	if after, err := db.StateHash(ctx); err != nil || after != before {
		t.Errorf("something stays, %v", err)
	}
	limit("1000000")
	if err := fill(5000); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
