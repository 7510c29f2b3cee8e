// Package wording is the words of the shell of the offices' console, in Persian and in
// English.
//
// Specification: ../shared/design/ux.md, part 2.
//
// In and out. [Shell] holds what is on every page, what forms and lists say, what an
// error says ("error.CODE" and "error.CODE.text", by the codes that programs read),
// and the names of roles and of kinds of office.
//
// What it never does: it names no person, and blames nobody; a sentence about an
// error says what to do next.
//
// How it fails: a word that is missing in one language is an error when the console
// starts.
//
// Sources: none.
package wording
