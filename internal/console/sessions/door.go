package sessions

import (
	"bytes"
	"errors"
	"html/template"
	"io"

	"github.com/sandogh/sandogh/internal/console"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// doorForm is the page at the door: one field, which a scanner fills and sends, and
// how many have come.
func doorForm() *console.Form {
	return &console.Form{Back: toSession, Submit: words["training.door.submit"],
		Fields: []console.Field{{Name: "badge", Kind: console.Code, Label: words["training.badge"], Help: words["training.badge.help"], Required: true, Max: 40, Complete: "off"}},
		Page: func(r *console.Request, f *console.FormView) (console.Page, error) {
			s, err := get(r)
			if err != nil {
				return console.Page{}, err
			}
			t, err := trainingdb.New(r.DB).Tally(r.Context(), s.ID)
			if err != nil {
				return console.Page{}, store.Classify(err)
			}
			return console.Page{Template: "door", Title: r.Say("training.door.of", s.Venue), Data: struct {
				Form   *console.FormView   `json:"-"`
				Tally  trainingdb.TallyRow `json:"tally"`
				ID     string              `json:"id"`
				Today  bool                `json:"today"`
				First  string              `json:"first"`
				Coming int64               `json:"coming"`
			}{f, t, s.ID, s.FirstDay <= r.Today() && r.Today() <= s.LastDay, s.FirstDay, t.Accepted + t.Unanswered + t.Asking},
				Crumbs: shown.Crumbs(r, console.Link{Path: here(r), Word: r.Say("training.session.at", s.Venue)})}, nil
		}}
}

func (p *part) mark(r *console.Request) (console.Answer, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	var e training.Entry
	err = r.Tx(func(tx *store.Tx) (err error) {
		e, err = training.Mark(r.Context(), tx, r.Now(), r.Actor, keys, r.PathValue("session"), r.Values.Get("badge"))
		return err
	})
	var f *training.Fault
	if errors.As(err, &f) { // beside the field, so that the next one can be scanned at once
		return nil, &console.Invalid{Faults: []console.Fault{{Field: "badge", Text: shown.SayFault(r, f)}}}
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: here(r) + "/door", Flash: r.Say("training.door.in", e.Name), Value: e}, nil
}

var offlinePage = template.Must(template.New("offline").Parse(offline))

// sheet gives out the page of a door without a network: one file that needs
// nothing else.
func (p *part) sheet(r *console.Request) (console.Answer, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	var s training.Sheet
	err = r.Tx(func(tx *store.Tx) (err error) {
		s, err = training.TakeSheet(r.Context(), tx, r.Now(), r.Actor, keys, r.PathValue("session"))
		return err
	})
	if err != nil {
		return nil, shown.Told(r, err)
	}
	said := map[string]string{}
	for _, key := range []string{"title", "field", "help", "submit", "in", "twice", "other", "forged", "unknown", "day", "count", "save", "saved", "lost"} {
		said[key] = r.Text(words["training.offline."+key])
	}
	var b bytes.Buffer
	err = offlinePage.Execute(&b, map[string]any{"Lang": r.Lang.Code(), "Dir": r.Lang.Dir(), "Sheet": s, "Words": said})
	if err != nil {
		return nil, err
	}
	return console.File{Name: "door-" + s.First + ".html", Type: "text/html; charset=utf-8", Data: b.Bytes()}, nil
}

func mergeForm() *console.Form {
	return &console.Form{Intro: words["training.merge.intro"], Back: toDoor, Limit: 32 << 20,
		Fields: []console.Field{{Name: "file", Kind: console.Upload, Label: words["training.merge.file"], Required: true}}}
}

func (p *part) merge(r *console.Request) (console.Answer, error) {
	data, err := uploaded(r)
	if err != nil {
		return nil, err
	}
	var m training.Merged
	err = r.Tx(func(tx *store.Tx) (err error) {
		m, err = training.Merge(r.Context(), tx, r.Now(), r.Actor, r.PathValue("session"), data)
		return err
	})
	var f *training.Fault
	if errors.As(err, &f) {
		return nil, &console.Invalid{Faults: []console.Fault{{Field: "file", Text: shown.SayFault(r, f)}}}
	}
	if err != nil {
		return nil, err
	}
	type bad struct {
		Place int64  `json:"place"`
		Name  string `json:"name"`
		Text  string `json:"text"`
	}
	faults := []bad{}
	for _, f := range m.Faults {
		fault := f.Fault
		fault.Name = f.Name
		faults = append(faults, bad{f.Place, f.Name, shown.SayFault(r, &fault)})
	}
	return console.Page{Template: "merged", Title: r.Say("training.merged"), Data: struct {
		New    int    `json:"new"`
		Same   int    `json:"same"`
		Faults []bad  `json:"faults"`
		ID     string `json:"id"`
	}{m.New, m.Same, faults, r.PathValue("session")}, Crumbs: shown.Crumbs(r, console.Link{Path: here(r), Word: r.Say("training.session")})}, nil
}

// uploaded reads the file of a form; its form bounds how long it is.
func uploaded(r *console.Request) ([]byte, error) {
	f, err := r.Values.File("file")
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, r.Wrong("file", "form.required")
	}
	defer f.Close()
	return io.ReadAll(f)
}
