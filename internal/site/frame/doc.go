// Package frame is what all pages of the public site have in common: sections,
// notice, marks, security policy, and the files that a site consists of.
//
// Specification: doc/guides/site.md; the words are those of doc/glossary.md.
//
// In go a web.Page and the templates of the part of the site that it belongs to;
// out comes a whole HTML document as bytes. A Part gives the site its files, as
// paths relative to the site's root and bytes, and may answer addresses that only
// a server can answer, such as a look-up. Pages have addresses that end in .html,
// so that any web server can carry the files; Persian lies at the top, English
// below en/.
//
// What it never does: it reads no clock and writes no file, so that the same
// election gives the same bytes. A page carries no count of checks, no time of its
// making and nothing else that changes without need: what is unchanged is not
// written again.
//
// How it fails: with the error of the template, which names the page.
//
// Sources: CSP level 3. The policy stands in the page as well, for servers that
// send no headers; there frame-ancestors does not count, so a server that can
// should send it.
package frame
