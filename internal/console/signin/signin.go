package signin

import (
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
)

//go:embed templates
var templates embed.FS

// Part returns the part.
func Part(d console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{Name: "signin", Words: words, Templates: own, Routes: Routes(d)}
}

// Routes returns its routes.
func Routes(console.Deps) []console.Route {
	return []console.Route{
		{Method: "POST", Path: "/sign-in", Summary: words["signin.title"], Form: &console.Form{
			Submit: words["signin.submit"], Fill: fillTo, Page: signInPage,
			Fields: []console.Field{
				{Name: "to", Kind: console.Hidden, Max: 500},
				{Name: "name", Kind: console.Code, Label: words["signin.name"], Required: true, Complete: "username webauthn"},
				{Name: "password", Kind: console.Password, Label: words["signin.password"], Required: true, Complete: "current-password"},
			}}, Do: signIn},
		{Method: "POST", Path: "/sign-in/code", Summary: words["signin.code.title"], Form: codeForm, Do: signInCode},
		{Method: "GET", Path: "/sign-in/code", Summary: words["signin.code.title"], Do: backToSignIn},
		{Method: "POST", Path: "/sign-in/passkey/begin", Summary: words["signin.passkey"], Do: passkeyBegin},
		{Method: "POST", Path: "/sign-in/passkey", Summary: words["signin.passkey"], Form: answerForm, Do: passkeySignIn},
		{Method: "GET", Path: "/sign-in/passkey", Summary: words["signin.passkey"], Do: backToSignIn},
		{Method: "POST", Path: "/first/{token}", Summary: words["signin.first"], Form: firstForm, Do: first},
		{Method: "POST", Path: "/invitation/{token}", Summary: words["signin.invitation"], Form: invitationForm, Do: accept},
		{Method: "GET", Path: "/account", Summary: words["account.title"], Power: office.Own, Do: account},
		{Method: "POST", Path: "/account/password", Summary: words["account.password"], Power: office.Own, Form: passwordForm, Do: changePassword},
		{Method: "POST", Path: "/account/recovery", Summary: words["account.recovery"], Power: office.Own,
			Form: &console.Form{Intro: words["account.recovery.intro"], Danger: true, Back: backToAccount}, Do: renewRecovery},
		{Method: "POST", Path: "/account/sign-out", Summary: words["account.everywhere"], Power: office.Own,
			Form: &console.Form{Intro: words["account.everywhere.intro"], Back: backToAccount}, Do: signOutEverywhere},
		{Method: "POST", Path: "/account/passkeys/begin", Summary: words["account.passkey.add"], Power: office.Own, Do: passkeyBeginAdding},
		{Method: "POST", Path: "/account/passkeys", Summary: words["account.passkey.add"], Power: office.Own, Form: answerForm, Do: passkeyAdd},
		{Method: "GET", Path: "/account/passkeys", Summary: words["account.passkey.add"], Power: office.Own, Do: account},
		{Method: "POST", Path: "/account/passkeys/{key}/remove", Summary: words["account.passkey.remove"], Power: office.Own,
			Form: &console.Form{Intro: words["account.passkey.remove.intro"], Danger: true, Back: backToAccount}, Do: passkeyRemove},
		{Method: "POST", Path: "/sign-out", Summary: words["signin.out"], Power: office.Own, Do: signOut},
	}
}

func fillTo(r *console.Request) (console.Values, error) {
	return console.Fill("to", ownPath(r.URL.Query().Get("to"))), nil
}

// ownPath returns the path if it is one of the console's own, else the front page:
// signing in leads nowhere else.
func ownPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

func signIn(r *console.Request) (console.Answer, error) {
	ctx, now := r.Context(), r.Now()
	account, err := identity.CheckPassword(ctx, r.DB, now, r.Values.Get("name"), r.Values.Get("password"), r.Address())
	if err := told(r, "", err); err != nil {
		return nil, err
	}
	var ticket identity.Token
	err = r.Tx(func(tx *store.Tx) (err error) {
		ticket, err = identity.Second(ctx, tx, now, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	if ticket == "" {
		return begin(r, account.Person, account.Name, ownPath(r.Values.Get("to")))
	}
	return askCode(r, ticket.Secret(), nil)
}

// askCode is the page that asks for the code of the authenticator.
func askCode(r *console.Request, ticket string, faults []console.Fault) (console.Answer, error) {
	f, err := r.FormView(codeForm, "/sign-in/code", console.Fill("to", ownPath(r.Values.Get("to")), "ticket", ticket), faults)
	if err != nil {
		return nil, err
	}
	return console.Page{Template: "code", Title: r.Say("signin.code.title"), Data: struct {
		Form   *console.FormView `json:"-"`
		Ticket string            `json:"ticket"`
	}{f, ticket}}, nil
}

var codeForm = &console.Form{
	Submit: words["signin.submit"],
	Fields: []console.Field{
		{Name: "to", Kind: console.Hidden, Max: 500},
		{Name: "ticket", Kind: console.Hidden, Required: true},
		{Name: "code", Kind: console.Code, Label: words["signin.code"], Help: words["signin.code.help"], Required: true, Complete: "one-time-code"},
	},
}

func signInCode(r *console.Request) (console.Answer, error) {
	account, err := r.Key.CheckCode(r.Context(), r.DB, r.Now(), identity.Token(r.Values.Get("ticket")), r.Values.Get("code"))
	if err := told(r, "code", err); err != nil {
		return nil, err
	}
	return begin(r, account.Person, account.Name, ownPath(r.Values.Get("to")))
}

// told turns what went wrong into a sentence beside a field.
func told(r *console.Request, field string, err error) error {
	var wait *identity.Throttled
	switch {
	case errors.Is(err, identity.ErrSignIn):
		return r.Wrong(field, "signin.wrong")
	case errors.Is(err, identity.ErrTicket):
		return r.Wrong("", "signin.over")
	case errors.Is(err, identity.ErrWeak):
		return r.Wrong("password", "signin.weak", identity.MinPassword)
	case errors.As(err, &wait):
		return r.Wrong("", "signin.wait", max(1, int(wait.Until.Sub(r.Now()).Minutes()+0.999)))
	case errors.Is(err, store.ErrExists):
		return r.Wrong("name", "signin.taken")
	}
	return err
}

// begin begins a session and leads to where the person wanted to go.
func begin(r *console.Request, person, name, to string) (console.Answer, error) {
	ctx, now := r.Context(), r.Now()
	var token identity.Token
	actor, err := office.LoadActor(ctx, r.DB, person, r.Today())
	if err != nil {
		return nil, err
	}
	err = r.Tx(func(tx *store.Tx) error {
		if err := identity.Succeeded(ctx, tx, name); err != nil {
			return err
		}
		if token, err = identity.Begin(ctx, tx, now, person, r.Address(), r.UserAgent()); err != nil {
			return err
		}
		return office.Audit(ctx, tx, now, actor, office.Own, office.Change{Act: "session.begin", Object: person})
	})
	if err != nil {
		return nil, err
	}
	r.SetSession(token)
	return console.Redirect{Path: strings.TrimPrefix(to, "/en"), Value: map[string]string{"person": person}}, nil
}

func signOut(r *console.Request) (console.Answer, error) {
	err := r.Tx(func(tx *store.Tx) error {
		if err := identity.End(r.Context(), tx, r.Session.ID); err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "session.end", Object: r.Actor.Person})
	})
	if err != nil {
		return nil, err
	}
	r.SetSession("")
	return console.Redirect{Path: "/sign-in", Flash: r.Say("signin.bye")}, nil
}

func backToSignIn(*console.Request) (console.Answer, error) {
	return console.Redirect{Path: "/sign-in"}, nil
}

func signInPage(r *console.Request, f *console.FormView) (console.Page, error) {
	f.Back = console.Link{} // there is nowhere to go back to
	return console.Page{Template: "signin", Data: map[string]any{"Form": f, "Passkeys": r.Passkeys != nil}}, nil
}
