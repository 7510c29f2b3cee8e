// Package web is what every page of Sandogh shares: words in Persian and
// English, digits, the frame of a page with its style, and the headers that
// keep a page to itself.
//
// Specification: none of its own; the words are those of doc/glossary.md.
//
// In and out. In go page templates (html/template, each defining "main"), words
// by key, and a Page; out come whole HTML documents, Persian from right to left
// and English from left to right, of a few kilobytes. Numbers are written in
// the digits of the language and grouped by thousands; codes, ids and hex keep
// ASCII digits and run from left to right. What people type is folded: digits of
// any of the three scripts, and codes in any case, with or without hyphens.
//
// What it never does: it loads nothing from elsewhere, runs no script, sets no
// cookie, and knows neither record nor voter. Text from outside is only ever
// text: html/template escapes it, and it is isolated from the direction of the
// words around it. Fonts are those of the system; none is shipped.
//
// How it fails: NewPages returns an error for a template that does not parse or
// a word that is missing, so that no page fails later for it. A page that cannot
// be rendered is answered with status 500 and a plain sentence.
//
// Sources: WCAG 2.2 AA; Unicode UAX #9 (isolates); CLDR for fa (U+06F0…U+06F9,
// U+066C between thousands); Crockford's base 32; CSP level 3.
package web
