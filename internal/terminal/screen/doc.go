// Package screen is the voter's pages: what a terminal.Session is in, as HTML, and
// what the voter presses, as acts of the session.
//
// Specification: none of its own; the needs U-01 to U-45 are tested here.
//
// In and out. In goes a [Config] with a new session; out comes a [Screen], an
// http.Handler for everything below /TOKEN/, where TOKEN is random and of this
// session alone. Every page is Persian from right to left or English from left to
// right, in four sizes of text (a letter of about 3.8, 5, 6.7 and 8.7 mm at the
// screen's density) and four contrasts; it works by touch without a script, and
// with one small script by five keys, by two switches, and calmly. Every string
// carries the id of an audio clip (data-clip); [Clips] has them all. [Screen.Update]
// and [Screen.Wait] are for the machine that seals and prints.
//
// What it never does: it keeps nothing in the browser (no cookie, no storage, no
// cache) and writes no selection into an address. No act is done twice: a form
// carries the turn that it was made in, and one of an earlier turn only shows the
// present page, with a sentence that says so. It runs nothing that is not its own.
// A page of a session that is over leads back to the device's own page ([Gone]).
//
// How it fails: New returns an error for a template or a word that is missing. A
// form that is malformed is answered with status 400 and the present page.
//
// Sources: VVSG 2.0 7.1 to 7.3 by way of U-01 to U-45; WCAG 2.2; CSP level 3.
package screen
