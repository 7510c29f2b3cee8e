package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

// TestServerKilled: a PostgreSQL server that dies in the middle of a write is a page
// that says so (503); nothing half-written is there when it comes back, and the
// console works on without being started again.
func TestServerKilled(t *testing.T) {
	ctx, server := context.Background(), storetest.Own(t)
	db, err := store.Open(ctx, server.DSN, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := consoletest.New(t, db, people.Part)
	cl := c.As(office.Province, "07")
	cl.Post("/people/new", "name", "پیش از آن", "office", "07").Is(http.StatusSeeOther)
	before, err := db.StateHash(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx, func(tx *store.Tx) error {
		if _, err := office.AddPerson(ctx, tx, c.Now(), c.Root, office.Person{Name: "نیمه", Office: "07"}); err != nil {
			return err
		}
		server.Kill(t)
		return nil // and the commit finds nobody
	})
	if err == nil {
		t.Error("a commit to a dead server was acknowledged")
	}
	cl.Get("/people").Is(http.StatusServiceUnavailable).Has("پاسخ نمی‌دهد")
	cl.Get("/en/people").Is(http.StatusServiceUnavailable).Has(`lang="en"`)
	cl.Post("/people/new", "name", "گم‌شده", "office", "07").Is(http.StatusServiceUnavailable)
	server.Start(t)
	if after, err := db.StateHash(ctx); err != nil || after != before {
		t.Errorf("something half-written is there, %v", err)
	}
	if body := cl.Get("/people").Is(http.StatusOK).Has("پیش از آن").Body; strings.Contains(body, "نیمه") || strings.Contains(body, "گم‌شده") {
		t.Error("what was not acknowledged is there")
	}
	cl.Post("/people/new", "name", "پس از آن", "office", "07").Is(http.StatusSeeOther)
	cl.Get("/people").Is(http.StatusOK).Has("پس از آن")
}
