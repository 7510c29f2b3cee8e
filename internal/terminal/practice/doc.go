// Package practice lets everybody try a voting device in a browser: the terminal's
// own pages over a session of its own for each visitor, with a machine that is
// only played.
//
// Specification: none of its own; the pages are those of terminal/screen.
//
// In and out. In goes a [Config] with the election's definition; out comes a
// [Practice], an http.Handler for everything below [At]. A visitor chooses a branch,
// /practice/?branch=ID names one beforehand, and gets a cookie with a random name
// for as long as the visit lasts. Sealing passes at once; the card and the slip are
// shown as pictures, marked as practice at both ends, and the code of the slip is
// all zeros. Every page says that it is practice and that no vote is given, and has
// a way back to the site in its language.
//
// What it never does: it seals nothing, holds no key, makes no ballot, and writes
// or logs nothing of what is chosen; but who runs it could see it, and its first
// page says so. No address holds a selection or the name of a visit. It starts
// nothing for who only looks: a visit begins with a form.
//
// How it fails: an unknown branch is answered with status 404 and the choice of a
// branch; a visit that is over, with a redirect there, or with 410 what its page
// asks for. At most 300 visits are kept, of whom the one that was quiet the longest
// is dropped for a new one; one of 20 minutes without a sign is dropped when
// somebody comes. A form has at most 4,096 bytes, two pictures are drawn at a time.
//
// Sources: RFC 6265 for the cookie (HttpOnly, SameSite=Strict, its path alone).
package practice
