package press

import (
	"context"
	"embed"
	"encoding/base64"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
)

//go:embed all:templates
var templates embed.FS

// states are the words of the printer's states.
var states = [...]string{device.Ready: "ready", device.Low: "low", device.Out: "out", device.Cover: "cover", device.Hot: "hot", device.Faulty: "faulty", device.Lost: "lost"}

// patience is how long the page waits for the printer to say how it is: a little
// longer than the printer itself is waited for.
const patience = 6 * time.Second

func (p *Press) state(ctx context.Context) device.State {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return p.device.State(ctx)
}

// simulator returns the printer if it is a simulated one.
func (p *Press) simulator() *device.Simulator {
	s, _ := p.device.(*device.Simulator)
	return s
}

// Part returns the page for the shell.
func (p *Press) Part() branch.Part {
	own, err := fs.Sub(templates, "templates")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	part := branch.Part{Name: "press", Words: words, Templates: own,
		Nav: []branch.Nav{{Path: "/printer", Word: "press", Role: branch.Officer}},
		Routes: []branch.Route{
			{Method: "GET", Path: "/printer", Role: branch.Officer, Do: p.page},
			{Method: "POST", Path: "/printer/again", Role: branch.Officer, Do: p.again, Always: true},
			{Method: "POST", Path: "/printer/test", Role: branch.Officer, Do: p.test, Always: true},
		}}
	if p.simulator() != nil {
		part.Routes = append(part.Routes, branch.Route{Method: "POST", Path: "/printer/simulate", Role: branch.Officer, Do: p.simulate, Always: true})
		part.Entries = func(r *branch.Request) []branch.Entry {
			return []branch.Entry{{Path: r.Lang.Prefix() + "/printer", Title: r.Say("press.simulated"), Text: r.Say("press.simulated.text"), Kind: "wait"}}
		}
	}
	return part
}

// view is the page of the printer.
type view struct {
	Notice  branch.Notice
	Begun   bool // what came out is void
	Again   bool
	Back    string
	Low     bool     // after a print
	States  []choice // of the simulated printer
	Faults  []choice // those in which it does not print
	Picture template.URL
	Torn    bool // the picture ends where a fault came
}

type choice struct{ ID, Word string }

func (p *Press) page(r *branch.Request) (branch.Answer, error) {
	p.mu.Lock()
	var j job
	if p.job != nil {
		j = *p.job
	}
	p.mu.Unlock()
	v := view{Back: j.Back}
	switch {
	case j.running:
		v.Back = "" // not before it is on paper
		v.Notice = branch.Notice{Kind: "wait", Title: r.Say("press.printing", j.Title), Text: r.Say("press.part", min(j.next+1, j.all), j.all)}
	case j.fault != nil:
		w := states[j.fault.State]
		v.Notice = branch.Notice{Kind: "bad", Title: r.Say("press.not", j.Title, r.Say("press."+w)), Text: r.Say("press." + w + ".do")}
		v.Begun, v.Again = j.fault.Begun, true
	case j.err != nil:
		v.Notice, v.Again = branch.Notice{Kind: "bad", Title: r.Say("press.failed", j.Title), Text: r.Say("press.failed.do")}, true
	case j.all > 0:
		v.Notice = branch.Notice{Kind: "good", Title: r.Say("press.done", j.Title), Text: r.Say("press.done.do")}
		v.Low = p.state(r.Context()) == device.Low
	default:
		state := p.state(r.Context())
		kind := map[device.State]string{device.Ready: "good", device.Low: "open"}[state]
		if kind == "" {
			kind = "bad"
		}
		v.Notice = branch.Notice{Kind: kind, Title: r.Say("press." + states[state]), Text: r.Say("press." + states[state] + ".do")}
	}
	if s := p.simulator(); s != nil {
		for i, w := range states {
			v.States = append(v.States, choice{w, r.Say("press." + w)})
			if !device.State(i).Prints() {
				v.Faults = append(v.Faults, choice{w, r.Say("press." + w)})
			}
		}
		if last, whole := s.Last(); last.Bitmap != nil && last.Bitmap.Height > 0 {
			v.Picture, v.Torn = template.URL("data:image/png;base64,"+base64.StdEncoding.EncodeToString(last.Bitmap.PNG())), !whole
		}
	}
	return branch.Page{Template: "printer", Title: r.Say("press"), Every: 2, Data: v}, nil
}

// test prints a page that shows whether the printer prints well.
func (p *Press) test(r *branch.Request) (branch.Answer, error) {
	doc := printing.Document{Title: r.Say("press.test.title"), Lang: printing.Lang(r.Lang), Simulated: p.simulator() != nil, Blocks: []printing.Block{
		printing.Heading{Text: r.Say("press.test.title"), Align: printing.Center},
		printing.Paragraph{Text: r.Say("press.test.text")},
		printing.Paragraph{Text: "ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی"},
		printing.Paragraph{Text: "۰۱۲۳۴۵۶۷۸۹ " + printing.Code("0123456789")},
		printing.Rule{},
		printing.QR{Data: "SANDOGH1 test", Align: printing.Center},
	}}
	return p.Print(Paper{Title: doc.Title, Parts: []printing.Document{doc}})
}

// tornAfter is how many rows are on paper before a fault in mid-print.
const tornAfter = 200

// simulate puts the simulated printer into a state, now or in the next print.
func (p *Press) simulate(r *branch.Request) (branch.Answer, error) {
	for i, w := range states {
		switch w {
		case r.PostForm.Get("now"):
			p.simulator().Set(device.State(i))
			return branch.Redirect{Path: "/printer"}, nil
		case r.PostForm.Get("after"):
			p.simulator().SetAfter(tornAfter, device.State(i))
			return branch.Redirect{Path: "/printer", Flash: r.Say("press.simulated.after")}, nil
		}
	}
	return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["press.simulated.wrong"], Do: words["press.simulated.wrong.do"], Back: "/printer"}
}
