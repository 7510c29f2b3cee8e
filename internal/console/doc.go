// Package console is the shell of the offices' console: one table of routes that
// is the pages in Persian and English, the JSON and the CSV, who may see them, and
// their description.
//
// Specification: ../shared/design/ux.md, parts 1f, 2 and 5; doc/decisions/0008-store-below.md.
//
// In and out. In go [Deps] and [Part] values; out comes an http.Handler, Persian
// at /, English at /en. Routes are authorized by the power and the scope that the
// table names, before anything else; a form is validated as a whole, with every
// fault beside its field and the entry kept; days are typed as Jalali dates and
// stored as ISO dates, numbers in any digits, text through package persian.
//
// What it never does: it shows no stack trace, loads nothing from elsewhere, has
// no script in a page (Policy), writes nothing on GET except when a session was
// last seen, and lets no request of another site write.
//
// How it fails: [Refused] with article and date (409), [Invalid] with all fields
// (422), [ErrNotFound] (404), office.ErrForbidden (403), store.ErrConflict with
// both versions (409), store.ErrFull (507) and store.ErrUnavailable (503); all
// others are 500, logged, and told in one sentence.
//
// Sources: WCAG 2.2 AA; OWASP CSV injection; Fetch metadata by
// net/http.CrossOriginProtection; htmx 2.0.11 and Vazirmatn 5.3.0 as vendored.
//
// How to add a part: doc/guides/console-parts.md.
package console
