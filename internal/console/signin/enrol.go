package signin

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/skip2/go-qrcode"
)

// FirstLink returns the link for the first administrator, or "" if there is an
// account already. Each call ends the link of the one before.
func FirstLink(ctx context.Context, d console.Deps) (link string, err error) {
	err = d.DB.Tx(ctx, func(tx *store.Tx) error {
		n, err := identitydb.New(tx).CountAccounts(ctx)
		if err != nil || n > 0 {
			return err
		}
		t, err := identity.Issue(ctx, tx, d.Now(), identity.First, "", d.Key.NewEnrolment(""))
		link = d.Origin + "/first/" + t.Secret()
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make the first link: %w", err)
	}
	return link, nil
}

var accountFields = []console.Field{
	{Name: "name", Kind: console.Code, Label: words["signin.name"], Help: words["signin.name.help"], Required: true, Max: 60, Complete: "username"},
	{Name: "password", Kind: console.Password, Label: words["signin.password"], Help: words["signin.password.help"], Required: true, Complete: "new-password"},
	{Name: "code", Kind: console.Code, Label: words["signin.code"], Help: words["signin.code.help"], Required: true, Complete: "one-time-code"},
}

var invitationForm = &console.Form{Fields: accountFields, Submit: words["signin.create"],
	Page: func(r *console.Request, f *console.FormView) (console.Page, error) {
		return enrolPage(r, f, identity.Invitation)
	}}

var firstForm = &console.Form{Submit: words["signin.create"], Intro: words["signin.first.intro"],
	Fields: append([]console.Field{{Name: "person", Kind: console.Line, Label: words["signin.person"], Required: true, Max: 100, Complete: "name"}}, accountFields...),
	Page: func(r *console.Request, f *console.FormView) (console.Page, error) {
		return enrolPage(r, f, identity.First)
	}}

// enrolment reads the ticket in the path, and leaves it.
func enrolment(r *console.Request, kind string) (e identity.Enrolment, s identity.Secret, err error) {
	_, err = identity.Peek(r.Context(), r.DB, r.Now(), kind, identity.Token(r.PathValue("token")), &e)
	if errors.Is(err, identity.ErrTicket) {
		return e, s, &console.Refused{Text: r.Say("signin.over")}
	}
	if err != nil {
		return e, s, err
	}
	s, err = r.Key.Secret(e)
	return e, s, err
}

func enrolPage(r *console.Request, f *console.FormView, kind string) (console.Page, error) {
	_, secret, err := enrolment(r, kind)
	if err != nil {
		return console.Page{}, err
	}
	picture, err := qr(secret.URL("Sandogh", "console"))
	if err != nil {
		return console.Page{}, err
	}
	return console.Page{Template: "enrol", Data: struct {
		Form    *console.FormView `json:"-"`
		Picture template.HTML     `json:"-"`
		Secret  string            `json:"secret"`
	}{f, picture, secret.Show()}}, nil
}

// qr draws a QR code as SVG, dark on light with its quiet zone, also where colours
// are turned round.
func qr(text string) (template.HTML, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("draw the QR code: %w", err)
	}
	rows := q.Bitmap()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %[1]d %[1]d" role="img" aria-labelledby="qr"><rect width="%[1]d" height="%[1]d" fill="#fff"/><path fill="#000" d="`, len(rows))
	for y, row := range rows {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

// accept makes the account of an invitation.
func accept(r *console.Request) (console.Answer, error) {
	e, _, err := enrolment(r, identity.Invitation)
	if err != nil {
		return nil, err
	}
	return enrol(r, identity.Invitation, func(context.Context, *store.Tx, time.Time) (string, error) { return e.Person, nil })
}

// first makes the first administrator: a person with a post at headquarters.
func first(r *console.Request) (console.Answer, error) {
	return enrol(r, identity.First, func(ctx context.Context, tx *store.Tx, now time.Time) (string, error) {
		if n, err := identitydb.New(tx).CountAccounts(ctx); err != nil || n > 0 {
			return "", errors.Join(err, identity.ErrTicket)
		}
		q := officedb.New(tx)
		if _, err := q.Office(ctx, ""); err != nil {
			if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Kind: office.Country, NameFa: "ایران", NameEn: "Iran"}); err != nil {
				return "", err
			}
		}
		founder := office.Actor{Name: r.Values.Get("person"), Posts: []office.Post{{Role: office.HQ}}}
		p, err := office.AddPerson(ctx, tx, now, founder, office.Person{Name: founder.Name})
		if err != nil {
			return "", err
		}
		founder.Person = p.ID
		_, err = office.Appoint(ctx, tx, now, founder, p.ID, office.HQ, "", office.Day(now), "")
		return p.ID, err
	})
}

// enrol makes an account with password and authenticator for the person that who
// returns, uses the ticket up, and signs the person in.
func enrol(r *console.Request, kind string, who func(context.Context, *store.Tx, time.Time) (string, error)) (console.Answer, error) {
	ctx, now := r.Context(), r.Now()
	_, secret, err := enrolment(r, kind)
	if err != nil {
		return nil, err
	}
	hash, err := r.Cost.Hash(r.Values.Get("password"))
	if err := told(r, "password", err); err != nil {
		return nil, err
	}
	var codes []string
	var token identity.Token
	err = r.Tx(func(tx *store.Tx) error {
		if _, err := identity.Take(ctx, tx, now, kind, identity.Token(r.PathValue("token")), new(identity.Enrolment)); err != nil {
			return err
		}
		person, err := who(ctx, tx, now)
		if err != nil {
			return err
		}
		if err := identity.Create(ctx, tx, person, r.Values.Get("name"), hash); err != nil {
			return err
		}
		if codes, err = r.Key.Enrol(ctx, tx, now, person, secret, r.Values.Get("code")); err != nil {
			return err
		}
		if token, err = identity.Begin(ctx, tx, now, person, r.Address(), r.UserAgent()); err != nil {
			return err
		}
		actor, err := office.LoadActor(ctx, tx, person, r.Today())
		if err != nil {
			return err
		}
		return office.Audit(ctx, tx, now, actor, office.Own, office.Change{Act: "account.add", Object: person, After: map[string]string{"name": r.Values.Get("name")}})
	})
	if err := told(r, "code", err); err != nil {
		return nil, err
	}
	r.SetSession(token)
	return recoveryPage(r, codes), nil
}

// recoveryPage shows recovery codes, once.
func recoveryPage(r *console.Request, codes []string) console.Page {
	return console.Page{Template: "recovery", Title: r.Say("signin.recovery"), Data: map[string][]string{"codes": codes}}
}
