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
// # How to add a part
//
// A part called agenda is these files:
//
//	internal/store/migrations/0002_agenda.sql     tables: TEXT and BIGINT only, "-- +goose Up" and "-- +goose Down"
//	internal/store/queries/agenda.sql             queries for sqlc; sqlc.arg(name), LIMIT sqlc.arg(max); no arrays, no ::casts
//	sqlc.yaml, sqlc.sqlite.yaml                   one entry each, like that of office; schema names 0001_office.sql and its own
//	internal/store/agendadb/                      sqlc generate && sqlc compile -f sqlc.sqlite.yaml; committed
//	internal/agenda/                              what it knows, without HTTP: functions over (ctx, tx *store.Tx, …) and (ctx, db *store.DB, …)
//	internal/console/agenda/                      doc.go, agenda.go (Part, Routes), words.go (web.Words, keys "agenda.…"), templates/*.html, tests
//	layers_test.go                                a row for each new package (agendadb: none may; see those of people)
//	cmd/sandogh/hq_serve.go                       one line in parts()
//
// agenda.go has two functions:
//
//	func Part(d console.Deps) console.Part       // Name, Words, Templates (fs.Sub of templates), Nav, Routes, Acts, Tiles
//	func Routes(d console.Deps) []console.Route  // the table
//
// package people is the example. In short:
//
//   - GET with a list: return [List] with Columns and Rows; Whole if these are all
//     rows (the console then searches, sorts, pages), else read [Request.Paging].
//     CSV, JSON, paging and the empty state come by themselves.
//   - A form: Route{Method: "POST", Form: &Form{…}}. GET on the same path shows it;
//     Do is called with valid [Request.Values] and returns a [Redirect] with a
//     Flash. What only the database knows is refused with [Request.Wrong]. A field
//     "version" (Hidden, Required) with Fill, and store.Changed on the update, show
//     both versions when two people write.
//   - What destroys or changes: a form without fields, with Intro and Danger: true,
//     is the page of confirmation. What two people do: [office.Propose] in Do,
//     and an [Act] in the part.
//   - Any other page: return [Page]{Template: "name", Data: …}; templates/name.html
//     defines "main" and is given Data, which is also its JSON. {{t "agenda.key" args}},
//     {{text .WebText}}, {{num .N}}, {{day .ISO}}, {{when .Millis}}, {{code .ID}}, {{u "/path"}},
//     {{name .Fa .En}}, {{template "state" .State}}, {{template "icon" "good"}},
//     {{template "form" .Form}} with [Request.FormView], {{template "list" .List}}
//     with [Request.ListView]. No text in templates: words only.
//   - Writing: r.Tx(func(tx *store.Tx) error { … }), and in it r.Audit(tx,
//     office.Change{Act: "agenda.confirm", Object: id, Office: code, Before: x, After: y}).
//     Queries: agendadb.New(tx) to write, agendadb.New(r.DB) to read.
//   - Who may: Power is one of package office (powers.go: all areas are there);
//     Scope returns the code of the office of the object in the path. Without Scope,
//     Do keeps to r.Over(): the offices whose subtrees the person may; office.Range
//     makes BETWEEN bounds of each.
//   - Time: r.Now(), r.Today() (ISO day in Tehran), [ISODay] for a calendar.Day.
//     Polling day: office.LoadElection.
//   - Charts: SVG as template.HTML made in Go, with classes of the style sheet
//     (good, bad, open, wait, soft), beside a table with the same numbers.
//   - Live: return [Stream]. A file: [File].
//
// Tests: storetest.Each for both engines; consoletest.New(t, db, agenda.Part) for
// pages: c.As(office.Province, "07").Get("/agenda").Is(200).Has("…");
// consoletest.Matrix(t, agenda.Part, objects) writes testdata/matrix.txt with -update: every
// route × every role × own office, foreign office, signed out. consoletest.Words(t,
// part) finds text in templates. In a browser: ctx := consoletest.Browser(t);
// c.SignIn(ctx, role, code); c.Look(ctx, t, "/agenda", …) looks at each page in both
// languages and widths, by axe-core where SANDOGH_AXE names it; -screenshots DIR.
package console
