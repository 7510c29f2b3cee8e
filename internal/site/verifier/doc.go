// Package verifier is the part of the public site in which readers check the
// record for themselves: their own ballot, a unit, agents' counts, and how to do it
// all without the site.
//
// Specification: spec/lookup.md; doc/guides/verify.md.
//
// In go what the site shows (results.Election), the record, its table of codes and
// the verifier for browsers. Out comes a frame.Part: pages in both languages, the
// table's files, and the verifier, packed. With script, forms are answered in the
// reader's browser by package check compiled to WebAssembly, in a worker, with
// nothing asked of the server but files. Without script the server answers the
// look-up and the comparison by the same packages; where files alone are served,
// the page says how to use the table by hand.
//
// What it never does: it loads the verifier before somebody asks for it, and says
// first how large it is. It keeps no code and no file that was sent, and writes
// neither into an address: the form without script is the one exception, and its
// answer is not kept by caches. Pages that compute allow WebAssembly in their
// policy, the others do not.
//
// How it fails: without a verifier for browsers the pages say so and give commands.
// A record that cannot be read makes answers that say what could not be.
//
// Sources: CSP level 3; WCAG 2.2 AA.
package verifier
