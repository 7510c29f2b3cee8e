// Package identity is how people prove who they are to the offices' console:
// passwords, codes of an authenticator, passkeys, recovery codes, invitations and
// sessions.
//
// Specification: ../shared/design/ux.md, U-42 (session limits); VVSG 2.0, 11.3
// and 11.5.
//
// In and out. A password becomes a PHC string (argon2id) and is never given back.
// A session is 256 random bits in a cookie; the database holds its SHA-256 with
// the instants of its beginning and of its last use, and [Find] refuses
// one that was idle or old for longer than the limits. What is handed out once, an
// invitation or the second step of signing in, is a ticket: taken once, in the
// transaction that uses it.
//
// What it never does: it never tells whether an account exists; a wrong name
// takes as long as a wrong password. It keeps no secret that can be used if the
// database is read, except those of authenticators, which are sealed with a key
// that lies beside the database, not in it.
//
// How it fails: [ErrSignIn] for whatever is wrong with what was given, with no
// word about what; [*Throttled] with the instant from which on it may be tried
// again.
//
// Sources: argon2id with 64 MiB, 3 passes, 2 lanes (RFC 9106, section 4: second
// recommended option has 64 MiB, 3 passes, 4 lanes; two lanes for two cores);
// RFC 6238 (TOTP, SHA-1, 30 s, 6 digits, one step either way, each step once); Web
// Authentication Level 3; NIST SP 800-63B (length, not composition).
package identity
