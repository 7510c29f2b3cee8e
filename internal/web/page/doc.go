// Package page turns templates and words into pages in Persian and in English, for a
// console that is made of parts.
//
// Specification: ../shared/design/ux.md, parts 2 and 5.
//
// In and out. In go the templates and words of the parts ([Source], the shell's
// first: its templates that begin with "_" are there for all), and what templates may
// call besides words, numbers in the language's digits and addresses in the language;
// out come pages, HTML ([Set.Render]), and the files that pages load ([Assets]).
//
// What it never does: it serves no file from a disk, and no word in one language
// only.
//
// How it fails: [New] for a template that cannot be read or uses a word that is
// missing; Render for a page that does not exist or data that do not fit.
//
// Sources: none.
package page
