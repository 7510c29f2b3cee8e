// Package check answers what a voter or an observer asks of a published record: is
// my ballot there, was my challenged ballot sealed as I chose, does this unit add
// up.
//
// Specification: spec/lookup.md; spec/verify.md, "A part of a record"; the proof
// that is handed out is spec/record-log.md, L45.
//
// In go the record and the table of codes, each as an io/fs.FS that need not be
// listed, and the election id that is expected. Out come answers that are written
// as JSON and put into words by pages. The same code runs in the browser, compiled
// to WebAssembly, over files fetched from the site, and in the server's answers to
// forms.
//
// What it never does: it believes no table. A code counts as found when the entry
// that hashes to it is proven to be in the tree of a checkpoint that the log signed
// and the witnesses' quorum cosigned, with keys from the definition whose hash is
// the election id. It does not show where in the log the entry stands, which would
// tell when somebody voted; that is in the proof file alone. It imports nothing
// that is large in a browser.
//
// How it fails: with an answer: wrong, if something contradicts what is signed;
// unknown, if something cannot be read. "Not found" is never proven: the table is
// its maker's.
//
// Sources: Benaloh's challenge (EVT 2006).
package check
