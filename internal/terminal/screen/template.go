package screen

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates static
var files embed.FS

// templates are parsed once in a process, for each language.
var templates = sync.OnceValues(func() ([2]*set, error) {
	var out [2]*set
	for _, lang := range web.Langs {
		t, err := template.New("").Funcs(functions(lang)).ParseFS(files, "templates/*.html")
		if err != nil {
			return out, fmt.Errorf("parse the voter's pages: %w", err)
		}
		for _, one := range t.Templates() {
			if err := web.CheckWords(one, words); err != nil {
				return out, fmt.Errorf("parse the voter's page %s: %w", one.Name(), err)
			}
		}
		out[lang] = &set{t}
	}
	return out, nil
})

func markup(s string) template.HTML { return template.HTML(s) }

// say is a text with its clip. What it is spoken with stands beside it.
func say(lang web.Lang, key string, args ...any) template.HTML {
	text, ok := words[key]
	if !ok {
		text = web.Text{key, key}
	}
	with := ""
	for _, a := range args {
		if n, ok := a.(election.Name); ok {
			a = lang.Name(n)
		}
		with += fmt.Sprint(a) + "|"
	}
	if with != "" {
		with = ` data-with="` + template.HTMLEscapeString(strings.TrimSuffix(with, "|")) + `"`
	}
	return markup(`<span data-clip="` + key + `"` + with + `>` + template.HTMLEscapeString(lang.Say(text, args...)) + `</span>`)
}

// spoken is a text that is its own clip: a name, a letter, digits.
func spoken(clip, lang, text string) template.HTML {
	if lang != "" {
		lang = ` lang="` + lang + `"`
	}
	return markup(`<bdi data-clip="` + template.HTMLEscapeString(clip) + `"` + lang + `>` + template.HTMLEscapeString(text) + `</bdi>`)
}

func functions(lang web.Lang) template.FuncMap {
	return template.FuncMap{
		"t":     func(key string, args ...any) template.HTML { return say(lang, key, args...) },
		"plain": func(key string, args ...any) string { return lang.Say(words[key], args...) },
		"clip":  clip,
		"named": func(clip string, n election.Name) template.HTML {
			in := lang.Code()
			if lang == web.Persian && n.Fa == "" || lang == web.English && n.En == "" {
				in = lang.Other().Code()
			}
			return spoken(clip, in, lang.Name(n))
		},
		"key":    func(s string) template.HTML { return spoken("key/"+s, "", s) },
		"local":  lang.Digits,
		"digits": func(s string) template.HTML { return spoken("digits", "", lang.Digits(s)) },
		"arrow": func(to, class string) template.HTML {
			if class == "stop" || class == "go" && to == "back" {
				return ""
			}
			forward := [...]string{"←", "→"}[lang]
			if to == "back" {
				forward = [...]string{"→", "←"}[lang]
			}
			return markup(`<span aria-hidden="true">` + forward + `</span>`)
		},
	}
}

// Assets adds what every page loads to a mux, below a path: the style for a
// screen with so many pixels an inch, the fonts and the script.
func Assets(mux *http.ServeMux, at string, dpi int) {
	for _, f := range []struct{ name, kind string }{{"screen.css", "text/css; charset=utf-8"}, {"screen.js", "text/javascript; charset=utf-8"},
		{"vazirmatn.woff2", "font/woff2"}, {"vazirmatn-latin.woff2", "font/woff2"}} {
		b, err := files.ReadFile("static/" + f.name)
		if err != nil {
			continue // embedded: it is there
		}
		path := f.name
		if f.name == "screen.css" {
			b = append([]byte(":root { --mm: "+strconv.FormatFloat(float64(dpi)/25.4, 'f', 4, 64)+"px; }\n"), b...)
			path = "style.css"
		}
		mux.HandleFunc("GET "+at+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", f.kind)
			w.Write(b)
		})
	}
}
