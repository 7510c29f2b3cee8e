// Package signin is how people come in: signing in and out, one's own account,
// invitations.
//
// Specification: ../shared/design/ux.md, U-42 and 3.3.8 (no memory test: passkeys,
// and fields that take what is pasted).
//
// In and out: a part of the console (Part). Signing in leads back to the page that
// was asked for, if it is one of the console's own.
//
// What it never does: it never tells whether a name has an account, and never
// shows a secret twice.
//
// How it fails: one sentence for a wrong name, password or code; another with the
// time after too many tries.
//
// Sources: WCAG 2.2, 3.3.8; NIST SP 800-63B.
package signin
