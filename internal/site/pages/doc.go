// Package pages makes the pages of the public site from an election: results from
// the country down to the unit, what is known before polling day, and corrections.
//
// Specification: doc/guides/site.md, which lists the addresses.
//
// In go a results.Election and a frame.Frame; out come files. Site.Paths lists all
// of them, Site.File makes one, and Site.Affected says which may differ after
// what has changed. Pages are whole HTML in Persian and English, below 100 KB
// with the style; long lists come in pages of 100. Beside each page with numbers
// lies the same as CSV and as JSON.
//
// What it never does: it shows no number without how far the count has come, and
// none of an election whose record is not verified; no number of fewer ballots
// than a published unit, and no turnout of fewer persons. It runs no script and
// loads nothing from elsewhere. Names from outside are only ever text.
//
// How it fails: File of a path that is none of the site's is fs.ErrNotExist; what
// cannot be made is an error that names the page.
//
// Sources: NDI, Open Election Data Initiative (timely, granular, complete, free,
// permanent); WCAG 2.2 AA.
package pages
