// Package cookie is what the offices' console leaves in a browser: the session, and
// the sentence that the next page shows.
//
// Specification: ../shared/design/ux.md, U-42.
//
// In and out. In goes the token of a session, or a sentence; out come cookies, and
// back. Over TLS the session's name begins with __Host-, so that no other host can
// set it.
//
// What it never does: no script reads a cookie (HttpOnly), and another site's request
// to write brings none (SameSite=Lax).
//
// How it fails: what is not there or cannot be read is empty.
//
// Sources: RFC 6265bis, 4.1.3 (__Host-).
package cookie

import (
	"encoding/base64"
	"net/http"

	"github.com/sandogh/sandogh/internal/identity"
)

// A Jar sets and reads cookies.
type Jar struct{ Secure bool } // over TLS

const flash = "sandogh-flash"

// Name is that of the session's cookie.
func (j Jar) Name() string {
	if j.Secure {
		return "__Host-sandogh"
	}
	return "sandogh"
}

func (j Jar) set(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: j.Secure, SameSite: http.SameSiteLaxMode})
}

// Session returns the token that the browser holds, or "".
func (j Jar) Session(r *http.Request) identity.Token {
	c, err := r.Cookie(j.Name())
	if err != nil {
		return ""
	}
	return identity.Token(c.Value)
}

// SetSession gives the browser a session, or takes it away if the token is empty.
func (j Jar) SetSession(w http.ResponseWriter, t identity.Token) {
	age := 0
	if t == "" {
		age = -1
	}
	j.set(w, j.Name(), t.Secret(), age)
}

// SetFlash leaves a sentence for the next page.
func (j Jar) SetFlash(w http.ResponseWriter, text string) {
	j.set(w, flash, base64.RawURLEncoding.EncodeToString([]byte(text)), 60)
}

// TakeFlash returns the sentence and takes it away.
func (j Jar) TakeFlash(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(flash)
	if err != nil {
		return ""
	}
	j.set(w, flash, "", -1)
	b, _ := base64.RawURLEncoding.DecodeString(c.Value) // of somebody else: empty
	return string(b)
}
