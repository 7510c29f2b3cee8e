package training

import (
	"encoding/json"
	"errors"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/training/history"
	"github.com/sandogh/sandogh/internal/training/intake"
)

func importForm() *console.Form {
	return &console.Form{Intro: words["training.import.intro"], Back: toHome, Limit: 256 << 20,
		Fields: []console.Field{{Name: "file", Kind: console.Upload, Label: words["training.import.file"], Help: words["training.import.help"], Required: true}}}
}

// shownFaults is how many faults of a file a page shows; as JSON they are all
// there.
const shownFaults = 1000

func (p *part) importPeople(r *console.Request) (console.Answer, error) {
	f, err := r.Values.File("file")
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, r.Wrong("file", "form.required")
	}
	defer f.Close()
	n, added, err := intake.People(r.Context(), r.DB, r.Now(), r.Actor, f)
	var wrong *intake.ImportError
	if errors.As(err, &wrong) {
		return faultsPage(r, wrong.Faults), nil
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/training", Flash: r.Say("training.import.done", n, added), Value: map[string]int{"lines": n, "added": added}}, nil
}

func historyForm() *console.Form {
	return &console.Form{Intro: words["training.history.intro"], Back: toHome, Limit: 32 << 20,
		Fields: []console.Field{{Name: "file", Kind: console.Upload, Label: words["training.import.file"], Help: words["training.history.help"], Required: true}}}
}

// importHistory takes a file of what people did in earlier elections.
func (p *part) importHistory(r *console.Request) (console.Answer, error) {
	f, err := r.Values.File("file")
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, r.Wrong("file", "form.required")
	}
	defer f.Close()
	n, added, err := history.Import(r.Context(), r.DB, r.Now(), r.Actor, f)
	var wrong *intake.ImportError
	if errors.As(err, &wrong) {
		return faultsPage(r, wrong.Faults), nil
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/training", Flash: r.Say("training.history.done", n, added), Value: map[string]int{"lines": n, "added": added}}, nil
}

// faultsPage tells every fault of a file.
func faultsPage(r *console.Request, all []intake.LineFault) console.Page {
	data := faults{Again: r.URL.Path[len(r.Lang.Prefix()):], All: all, Total: len(all), More: max(0, len(all)-shownFaults)}
	for _, f := range all[:len(all)-data.More] {
		data.Shown = append(data.Shown, shownFault{f.Line, f.Field, r.Say("training.line."+f.Say, f.Other)})
	}
	return console.Page{Template: "faults", Title: r.Say("training.import.refused"), Data: data, Status: 422, Crumbs: Crumbs(r)}
}

type shownFault struct {
	Line  int
	Field string
	Text  string
}

type faults struct {
	Again string // where the file is sent again
	All   []intake.LineFault
	Shown []shownFault
	Total int
	More  int
}

// MarshalJSON writes all of them.
func (f faults) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]any{"faults": f.All}) }
