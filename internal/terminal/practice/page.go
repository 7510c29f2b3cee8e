package practice

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates
var files embed.FS

// words are what the page says on which a branch is chosen, in both languages at
// once: that of the visitor is chosen on the next one.
var words = web.Words{
	"title":  {"تمرین با دستگاه رأی", "Practise with a voting terminal"},
	"mark":   {"تمرین – هیچ رأیی داده نمی‌شود", "PRACTICE – no vote is given"},
	"text":   {"همان صفحه‌های دستگاه رأی شعبه است. برگ و رسید به شکل عکس نشان داده می‌شود. رایانهٔ این سایت آنچه را می‌زنید می‌بیند، ثبت نمی‌کند و در پایان پاک می‌کند. با هر نامی که خواستید تمرین کنید، نه با رأی خودتان.", "These are the very screens of a branch’s terminal. The card and the slip are shown as pictures. The computer of this site sees what you press, does not record it and erases it at the end. Practise with any names, not with your own vote."},
	"choose": {"شعبه را انتخاب کنید", "Choose a branch"},
	"any":    {"یا با برگ این شعبه تمرین کنید", "Or practise with the ballot of this branch"},
	"field":  {"شناسهٔ شعبه، چنان‌که در نشانی صفحهٔ آن است", "Id of the branch, as in the address of its page"},
	"begin":  {"شروع تمرین", "Begin to practise"},
	"none":   {"این شعبه در این انتخابات نیست.", "This election has no such branch."},
}

var layout = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"t": func(key string) template.HTML {
			return template.HTML(fmt.Sprintf(`<span>%s</span> <span class="small other" lang="en" dir="ltr">%s</span>`,
				template.HTMLEscapeString(words[key][web.Persian]), template.HTMLEscapeString(words[key][web.English])))
		},
		"plain": func(key string) string { return words[key][web.Persian] + " / " + words[key][web.English] },
		"name":  func(n election.Name) string { return web.Persian.Name(n) },
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the page of practice: %w", err)
	}
	for _, one := range t.Templates() {
		if err := web.CheckWords(one, words); err != nil {
			return nil, fmt.Errorf("parse the page of practice: %w", err)
		}
	}
	return t, nil
})

// fewBranches are shown as a button each.
const fewBranches = 24

type page struct {
	Election election.Name
	Branches []election.Branch // to choose from
	Many     bool              // more than can be shown
	Typed    string
	Missing  bool // the branch that was asked for
	Home     web.Text
}

// page answers with the choice of a branch, at the one that was asked for.
func (p *Practice) page(w http.ResponseWriter, status int, branch string) {
	d := p.cfg.Definition
	x := page{Election: d.Name, Typed: branch, Missing: status == http.StatusNotFound, Home: p.cfg.Home}
	if b, ok := d.Branch(branch); ok {
		x.Branches = []election.Branch{*b}
	} else if len(d.Branches) <= fewBranches {
		x.Branches = d.Branches
	} else {
		x.Branches, x.Many = d.Branches[:1], true
	}
	t, err := layout()
	var b bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&b, "practice.html", x)
	}
	if err != nil {
		http.Error(w, "این صفحه ساخته نشد. / This page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}
