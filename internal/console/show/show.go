// Package show is what templates of the offices' console call to show days, instants,
// codes and names.
//
// Specification: ../shared/design/ux.md, part 5.
//
// In and out. In go values of a page's data; out come HTML that is escaped, in the
// language: days with the Gregorian date beside them, instants in Tehran, codes from
// left to right.
//
// What it never does: it reads no clock and no database.
//
// How it fails: a value that is no day or instant is shown as a dash.
//
// Sources: none.
package show

import (
	"fmt"
	"html/template"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console/table"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/web"
)

// Funcs are what templates call, in a language.
func Funcs(l web.Lang) template.FuncMap {
	return template.FuncMap{
		"day":  func(d any) template.HTML { return dayHTML(l, d) },
		"when": func(t any) template.HTML { return timeHTML(l, t) },
		"code": codeHTML,
		"name": func(fa, en string) string { return NameIn(l, fa, en) },
		"dict": dict,
	}
}

// codeHTML isolates what is neither language. An id is kept in one piece; longer
// ones break anywhere.
func codeHTML(s string) template.HTML {
	class := "code"
	if len(s) <= 26 {
		class = "code short"
	}
	return template.HTML(`<bdi dir="ltr" class="` + class + `">` + template.HTMLEscapeString(s) + `</bdi>`)
}

// NameIn returns a name in the language, or in the other if it has none.
func NameIn(l web.Lang, fa, en string) string {
	if l == web.English && en != "" || fa == "" {
		return en
	}
	return fa
}

// dict makes a map of names and values in turn, to hand several to a template.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

func langOf(l web.Lang) calendar.Lang { return calendar.Lang(l.Code()) }

// dayHTML is a day in the language's words, with the Gregorian date beside it for
// those who point at it.
func dayHTML(l web.Lang, v any) template.HTML {
	d, ok := v.(calendar.Day)
	if s, isText := v.(string); isText {
		d, ok = table.ISODay(s), true
	}
	if !ok || d == 0 {
		return "–"
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, d.Gregorian(), d.Time().Format("2 January 2006"), d.In(langOf(l))))
}

// timeHTML is an instant in Tehran, to the minute.
func timeHTML(l web.Lang, v any) template.HTML {
	t, ok := v.(time.Time)
	if ms, isMillis := v.(int64); isMillis {
		t, ok = time.UnixMilli(ms), ms != 0
	}
	if !ok || t.IsZero() {
		return "–"
	}
	t = t.In(office.Tehran)
	d := calendar.DayOf(t.Date())
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s%s%s</time>`, t.Format(time.RFC3339), t.Format("2 January 2006 15:04"),
		d.In(langOf(l)), l.Say(web.Text{"، ", ", "}), l.Digits(t.Format("15:04"))))
}
