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
	"github.com/sandogh/sandogh/internal/web"
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
			Submit: words["signin.submit"], Fill: fillTo,
			Fields: []console.Field{
				{Name: "to", Kind: console.Hidden, Max: 500},
				{Name: "name", Kind: console.Code, Label: words["signin.name"], Required: true, Complete: "username webauthn"},
				{Name: "password", Kind: console.Password, Label: words["signin.password"], Required: true, Complete: "current-password"},
			}}, Do: signIn},
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
	var wait *identity.Throttled
	switch {
	case errors.Is(err, identity.ErrSignIn):
		return nil, r.Wrong("", "signin.wrong")
	case errors.As(err, &wait):
		return nil, r.Wrong("", "signin.wait", max(1, int(wait.Until.Sub(now).Minutes()+0.999)))
	case err != nil:
		return nil, err
	}
	return begin(r, account.Person, account.Name, ownPath(r.Values.Get("to")))
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

var words = web.Words{
	"signin.title":    {"ورود", "Sign in"},
	"signin.submit":   {"ورود", "Sign in"},
	"signin.name":     {"نام کاربری", "User name"},
	"signin.password": {"گذرواژه", "Password"},
	"signin.wrong":    {"نام کاربری یا گذرواژه یا کد درست نیست. دوباره بنویسید.", "The name, the password or the code is wrong. Enter them again."},
	"signin.wait":     {"چند بار نادرست بود. %[1]v دقیقهٔ دیگر دوباره تلاش کنید.", "There were too many wrong tries. Try again in %[1]v minutes."},
	"signin.out":      {"خروج", "Sign out"},
	"signin.bye":      {"خارج شدید.", "You are signed out."},
}
