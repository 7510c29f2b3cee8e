package console_test

import (
	"context"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/console/setup"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// TestBrowser looks at every screen of the foundation.
func TestBrowser(t *testing.T) {
	ctx := webtest.Browser(t)
	c := consoletest.New(t, storetest.SQLite(t), people.Part, setup.Part)
	id := c.Person(office.District, "0700101")
	var proposal, invitation string
	var token identity.Token
	c.Tx(func(ctx context.Context, tx *store.Tx) (err error) {
		if proposal, err = office.Propose(ctx, tx, c.Now(), c.Root, office.Approve, "postpone", "07001", "07", "سیل در قم", map[string]string{"until": "2026-06-01"}); err != nil {
			return err
		}
		for _, name := range []string{"مریم علی‌پور", "رضا کاظمی", "پریسا ژاله‌زاده"} {
			if _, err := office.AddPerson(ctx, tx, c.Now(), c.Root, office.Person{Name: name, Office: "07001", Phone: "09121234567", Number: ""}); err != nil {
				return err
			}
		}
		token, err = identity.Issue(ctx, tx, c.Now(), identity.Invitation, id, c.Deps.Key.NewEnrolment(id))
		invitation = "/invitation/" + token.Secret()
		return err
	})
	c.Look(ctx, t, "/sign-in", invitation)
	c.SignIn(ctx, office.HQ, "")
	c.Look(ctx, t, "/", "/people", "/people/new", "/people/"+id, "/people/"+id+"/posts", "/offices", "/offices/07", "/approvals", "/approvals/"+proposal, "/audit", "/audit/check",
		"/setup", "/setup/election", "/setup/places", "/account", "/nothing")
}
