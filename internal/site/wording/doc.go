// Package wording is the words of the public site's pages, in Persian and English.
//
// Specification: none of its own; the words are those of doc/glossary.md.
//
// Out come words by key for package web. Sentences are short; numbers come with
// what they are of.
//
// What it never does: it decides nothing and knows no page.
//
// How it fails: a page whose template asks for a word that is not here is not made
// at all: see web.NewPages.
//
// Sources: the guidance on plain language in NISTIR 7556.
package wording
