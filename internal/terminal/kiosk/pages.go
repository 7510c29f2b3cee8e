package kiosk

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates
var files embed.FS

var layout = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"plain":  func(key string) string { return words[key][web.Persian] },
		"digits": web.Persian.Digits,
		"both": func(key string) template.HTML { // the second language beside the first
			text, ok := words[key]
			if !ok {
				text = web.Text{key, key}
			}
			clip := template.HTMLEscapeString(key)
			return template.HTML(fmt.Sprintf(`<span data-clip="%s">%s</span> <span class="small other" lang="en" dir="ltr" data-clip="%s">%s</span>`,
				clip, template.HTMLEscapeString(text[web.Persian]), clip, template.HTMLEscapeString(text[web.English])))
		},
		"named": func(n election.Name) template.HTML {
			return template.HTML("<bdi>" + template.HTMLEscapeString(web.Persian.Name(n)) + "</bdi>")
		},
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the device's page: %w", err)
	}
	return t, nil
})

type page struct {
	View, Said, Card, Cause, Detail, Voting, Focus string
	Printer, Reader                                string
	Election, Branch                               election.Name
	Turn                                           uint64
	Simulated, NoReader, Stack                     bool
	Pad, States, Faults                            []string
}

func (k *Kiosk) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { k.home(w, http.StatusOK) })
	mux.HandleFunc("POST /{$}", k.post)
	mux.HandleFunc("GET /turn", k.news)
	mux.HandleFunc("POST /awake", k.awake)
	k.routeDock(mux)
	screen.Assets(mux, "/", k.cfg.Setup.DPI)
	return screen.Secure(mux, k.cfg.Address)
}

// home answers with the device's own page. Whoever asks for it has left the last
// page of a session.
func (k *Kiosk) home(w http.ResponseWriter, status int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stage == over {
		k.child.quit()
	}
	p := k.page()
	switch c := k.why(); {
	case k.stage == live && k.token != "":
		p.View, p.Voting = "live", k.pages()
		if k.lead { // once: this is the page before which the card was shown
			p.View, k.lead = "begun", false
		}
	case c != InService:
		p.View, p.Cause, k.said = "out", "cause."+string(c), nil
		if c == NoProcess {
			p.Detail = k.failed
		}
	default:
		p.View, p.Card, p.Focus = "idle", k.card, "card"
		p.NoReader = k.cfg.Reader != nil && k.reader == reader.Lost
		p.Pad = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}
		if k.said != nil {
			p.Said = "refused." + k.said.Word
			if _, ok := words[p.Said]; !ok {
				p.Said = "refused.other"
			}
		}
	}
	render(w, status, p)
}

// page is what every page has. mu is held.
func (k *Kiosk) page() *page {
	b, _ := k.cfg.Vault.Definition.Branch(k.cfg.Vault.Branch)
	return &page{Turn: k.turn, Election: k.cfg.Vault.Definition.Name, Branch: b.Name, Simulated: k.cfg.Setup.Simulated || k.cfg.Vault.Definition.Practice}
}

func render(w http.ResponseWriter, status int, p *page) {
	t, err := layout()
	var b bytes.Buffer
	if err == nil {
		err = t.ExecuteTemplate(&b, "layout", p)
	}
	if err != nil {
		http.Error(w, "این صفحه ساخته نشد. / This page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

const maxCard = 400 // bytes of a card's text

// post types a digit of a card, or begins a session with it.
func (k *Kiosk) post(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	if err := r.ParseForm(); err != nil || len(r.PostForm.Get("card")) > maxCard {
		k.home(w, http.StatusBadRequest)
		return
	}
	card, do := r.PostForm.Get("card"), r.PostForm.Get("do")
	typed := func(text string) {
		k.mu.Lock()
		k.card, k.said = text, nil
		k.mu.Unlock()
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
	if digit, ok := strings.CutPrefix(do, "digit:"); ok && len(digit) == 1 && len(card) < maxCard {
		typed(card + web.Persian.Digits(digit))
		return
	}
	if do == "rub" {
		runes := []rune(card)
		typed(string(runes[:max(0, len(runes)-1)]))
		return
	}
	if card = strings.TrimSpace(card); card == "" {
		k.home(w, http.StatusOK)
		return
	}
	address, err := k.Activate(r.Context(), persian.ASCII(card))
	k.mu.Lock()
	k.tell(err)
	k.mu.Unlock()
	if err != nil {
		k.home(w, http.StatusConflict)
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

func (*Kiosk) awake(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// news answers when the page is another one, or after a while.
func (k *Kiosk) news(w http.ResponseWriter, r *http.Request) {
	late := time.NewTimer(4 * time.Second)
	defer late.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for waiting := true; waiting; {
		k.mu.Lock()
		turn := k.turn
		k.mu.Unlock()
		if strconv.FormatUint(turn, 10) != r.FormValue("turn") {
			break
		}
		select {
		case <-tick.C:
		case <-late.C:
			waiting = false
		case <-r.Context().Done():
			return
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(struct {
		Turn  uint64 `json:"turn"`
		Phase int    `json:"phase"`
		Over  bool   `json:"over"`
	}{Turn: k.turn})
}
