// Package body is what one body of an election (a trustee, a mixer, an office, a
// branch, a witness) keeps on its own machine: its keys, its private state, and
// its card, the public part that goes into the definition.
//
// Specification: spec/bodies.md, sections 1 and 2.
//
// In and out. New draws an Identity; Create writes it to a folder, encrypted with
// a passphrase; Open reads it back. Save and Load keep further private state,
// encrypted to the same identity, so that a command runs scrypt once. Cards are
// JSON as it stands in the definition. A Ledger tells what headquarters' log has
// of a body already, Write and Read are for entry files, and Publish publishes a
// log with as many witnesses as the definition wants.
//
// What it never does: no passphrase and no key goes to the environment, to a log,
// to an error or to JSON; an Identity prints as a fixed text. It overwrites no
// identity. It decides nothing about the election: what a body signs comes from
// the acts.
//
// How it fails: a wrong passphrase is ErrPassphrase; a file that is damaged, or
// of another kind of body, another body or another election, is an error that
// says so and names the file.
//
// Sources: age v1 (C2SP age): scrypt with the work factor 2^18 unless another is
// asked for, at most 2^22; X25519 for further state.
package body
