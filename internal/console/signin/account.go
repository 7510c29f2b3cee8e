package signin

import (
	"encoding/json"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/identity"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/identitydb"
)

func backToAccount(r *console.Request) console.Link {
	return console.Link{Path: "/account", Word: r.Say("shell.cancel")}
}

// session and key are what the page of the account shows.
type session struct {
	Created int64  `json:"created"`
	Seen    int64  `json:"seen"`
	Address string `json:"address"`
	Agent   string `json:"agent"`
	This    bool   `json:"this"`
}

type key struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Created int64  `json:"created"`
}

type post struct {
	Role string `json:"role"`
	Name string `json:"office"`
}

func account(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), identitydb.New(r.DB)
	a, err := q.Account(ctx, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	sessions, err := q.Sessions(ctx, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	keys, err := q.Passkeys(ctx, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	data := struct {
		Name     string    `json:"name"`
		Posts    []post    `json:"posts"`
		Sessions []session `json:"sessions"`
		Keys     []key     `json:"passkeys"`
		Recovery int64     `json:"recovery_codes"`
		Passkeys bool      `json:"-"`
	}{Name: a.Name, Passkeys: r.Passkeys != nil}
	for _, p := range r.Actor.Posts {
		data.Posts = append(data.Posts, post{r.Say("role." + string(p.Role)), console.NameIn(r.Lang, p.NameFa, p.NameEn)})
	}
	for _, s := range sessions {
		data.Sessions = append(data.Sessions, session{s.Created, s.Seen, s.Address, s.Agent, s.ID == r.Session.ID})
	}
	for _, k := range keys {
		data.Keys = append(data.Keys, key{k.ID, k.Name, k.Created})
	}
	if data.Recovery, err = q.CountRecovery(ctx, r.Actor.Person); err != nil {
		return nil, err
	}
	return console.Page{Template: "account", Data: data}, nil
}

var passwordForm = &console.Form{Back: backToAccount, Fields: []console.Field{
	{Name: "old", Kind: console.Password, Label: words["account.password.old"], Required: true, Complete: "current-password"},
	{Name: "password", Kind: console.Password, Label: words["account.password.new"], Help: words["signin.password.help"], Required: true, Complete: "new-password"},
}}

func changePassword(r *console.Request) (console.Answer, error) {
	ctx, now, q := r.Context(), r.Now(), identitydb.New(r.DB)
	a, err := q.Account(ctx, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	_, err = identity.CheckPassword(ctx, r.DB, now, a.Name, r.Values.Get("old"), r.Address())
	if err := told(r, "old", err); err != nil {
		return nil, err
	}
	hash, err := r.Cost.Hash(r.Values.Get("password"))
	if err := told(r, "password", err); err != nil {
		return nil, err
	}
	var token identity.Token
	err = r.Tx(func(tx *store.Tx) error {
		if err := store.Changed(identitydb.New(tx).SetPassword(ctx, identitydb.SetPasswordParams{Password: hash, Person: a.Person})); err != nil {
			return err
		}
		if _, err := identity.EndAll(ctx, tx, a.Person); err != nil {
			return err
		}
		if token, err = identity.Begin(ctx, tx, now, a.Person, r.Address(), r.UserAgent()); err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "account.password", Object: a.Person})
	})
	if err != nil {
		return nil, err
	}
	r.SetSession(token)
	return console.Redirect{Path: "/account", Flash: r.Say("account.password.done")}, nil
}

func renewRecovery(r *console.Request) (console.Answer, error) {
	var codes []string
	err := r.Tx(func(tx *store.Tx) (err error) {
		if codes, err = identity.Recovery(r.Context(), tx, r.Actor.Person); err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "account.recovery", Object: r.Actor.Person})
	})
	if err != nil {
		return nil, err
	}
	return recoveryPage(r, codes), nil
}

func signOutEverywhere(r *console.Request) (console.Answer, error) {
	err := r.Tx(func(tx *store.Tx) error {
		n, err := identity.EndAll(r.Context(), tx, r.Actor.Person)
		if err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "session.end-all", Object: r.Actor.Person, After: map[string]int64{"sessions": n}})
	})
	if err != nil {
		return nil, err
	}
	r.SetSession("")
	return console.Redirect{Path: "/sign-in", Flash: r.Say("signin.bye")}, nil
}

// answerForm is what the browser's own part of a passkey sends.
var answerForm = &console.Form{Fields: []console.Field{
	{Name: "ticket", Kind: console.Hidden, Required: true},
	{Name: "answer", Kind: console.Hidden, Required: true, Max: 20_000},
	{Name: "name", Kind: console.Hidden, Max: 100},
}}

// beginning is what a ceremony begins with, for the script of the page.
func beginning(b identity.Begun) console.Page {
	return console.Page{Template: "signin", Data: struct {
		Ticket  string          `json:"ticket"`
		Options json.RawMessage `json:"options"`
	}{b.Ticket.Secret(), b.Options}}
}

// ceremony runs a step of one; there is none where the origin can have none, or
// for what is no program.
func ceremony(r *console.Request, step func(tx *store.Tx, p *identity.Passkeys) error) error {
	if r.Passkeys == nil || !r.WantsJSON() {
		return console.ErrNotFound
	}
	return told(r, "", r.Tx(func(tx *store.Tx) error { return step(tx, r.Passkeys) }))
}

func passkeyBegin(r *console.Request) (console.Answer, error) {
	var b identity.Begun
	err := ceremony(r, func(tx *store.Tx, p *identity.Passkeys) (err error) {
		b, err = p.BeginSignIn(r.Context(), tx, r.Now())
		return err
	})
	return beginning(b), err
}

func passkeySignIn(r *console.Request) (console.Answer, error) {
	var a identitydb.Account
	err := ceremony(r, func(tx *store.Tx, p *identity.Passkeys) (err error) {
		a, err = p.SignIn(r.Context(), tx, r.Now(), identity.Token(r.Values.Get("ticket")), []byte(r.Values.Get("answer")))
		return err
	})
	if err != nil {
		return nil, err
	}
	return begin(r, a.Person, a.Name, "/")
}

func holder(r *console.Request) (identity.Holder, error) {
	a, err := identitydb.New(r.DB).Account(r.Context(), r.Actor.Person)
	return identity.Holder{Person: a.Person, Name: a.Name, Display: r.Actor.Name}, err
}

func passkeyBeginAdding(r *console.Request) (console.Answer, error) {
	h, err := holder(r)
	if err != nil {
		return nil, err
	}
	var b identity.Begun
	err = ceremony(r, func(tx *store.Tx, p *identity.Passkeys) (err error) {
		b, err = p.BeginAdding(r.Context(), tx, r.Now(), h)
		return err
	})
	return beginning(b), err
}

func passkeyAdd(r *console.Request) (console.Answer, error) {
	h, err := holder(r)
	if err != nil {
		return nil, err
	}
	name := r.Values.Get("name")
	err = ceremony(r, func(tx *store.Tx, p *identity.Passkeys) error {
		if err := p.Add(r.Context(), tx, r.Now(), h, identity.Token(r.Values.Get("ticket")), []byte(r.Values.Get("answer")), name); err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "passkey.add", Object: h.Person, After: map[string]string{"name": name}})
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/account"}, nil
}

func passkeyRemove(r *console.Request) (console.Answer, error) {
	id := r.PathValue("key")
	err := r.Tx(func(tx *store.Tx) error {
		n, err := identitydb.New(tx).DeletePasskey(r.Context(), identitydb.DeletePasskeyParams{ID: id, Person: r.Actor.Person})
		if err == nil && n == 0 {
			err = console.ErrNotFound
		}
		if err != nil {
			return err
		}
		return r.Audit(tx, office.Change{Act: "passkey.remove", Object: id})
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/account", Flash: r.Say("account.passkey.removed")}, nil
}
