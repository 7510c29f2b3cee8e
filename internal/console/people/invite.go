package people

import (
	"time"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/training/mail"
)

// invite makes a link with which a person makes their account, mails it to them if
// they have an address, and shows it once. It is a secret until it is used: it goes
// past the messages of the training programme, which stay in the database.
func invite(r *console.Request) (console.Answer, error) {
	id := r.PathValue("id")
	var token identity.Token
	err := r.Tx(func(tx *store.Tx) (err error) {
		if token, err = identity.Issue(r.Context(), tx, r.Now(), identity.Invitation, id, r.Key.NewEnrolment(id)); err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "account.invite", Object: id, Office: r.Office})
	})
	if err != nil {
		return nil, err
	}
	p, err := office.GetPerson(r.Context(), r.DB, id)
	if err != nil {
		return nil, err
	}
	data := struct {
		Link   string        `json:"link"`
		Mailed console.State `json:"mailed"`
		Email  string        `json:"email"`
	}{Link: r.Origin + r.Lang.Prefix() + "/invitation/" + token.Secret(), Email: p.Email}
	key, kind := mailed(r, p, data.Link, r.Now())
	data.Mailed = console.State{Kind: kind, Word: r.Say("people.invited."+key, p.Email), Key: key}
	return console.Page{Template: "invited", Title: r.Say("people.invited", p.Name), Data: data,
		Crumbs: []console.Link{{Path: "/people", Word: r.Say("people.title")}, {Path: "/people/" + id, Word: p.Name}}}, nil
}

// mailed mails a link, and returns what came of it: a key of words, and a kind of
// state. A link that was not mailed is still on the page.
func mailed(r *console.Request, p office.Person, link string, now time.Time) (key, kind string) {
	if p.Email == "" {
		return "no-address", "open"
	}
	sender, err := mail.Open(r.Dir)
	if err == nil {
		err = sender.Send(r.Context(), mail.Message{ID: store.NewID(), To: p.Email, Subject: r.Say("people.invited.subject"),
			Body: r.Say("people.invited.body", p.Name) + "\n" + link + "\n", Date: now})
	}
	if err != nil {
		r.Log.Error("an invitation was not mailed", "person", p.ID, "err", err)
		return "failed", "bad"
	}
	if _, files := sender.(mail.Outbox); files {
		return "outbox", "wait"
	}
	return "mailed", "good"
}
