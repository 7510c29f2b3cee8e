package desk

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/reader"
)

// dockOrder is what the panel of the simulated scanner is told by a program.
type dockOrder struct {
	Scanner string `json:"scanner,omitempty"` // lost, ready or unreadable
	Scan    string `json:"scan,omitempty"`    // the text to present
	Times   int    `json:"times,omitempty"`   // one after another; 0 is once
}

// dockRoutes are those of the panel, which is there if the scanner is simulated: then
// the election is for practice, and anybody at the branch's machine may use it.
func (d *Desk) dockRoutes() []branch.Route {
	if d.simulator() == nil {
		return nil
	}
	return []branch.Route{
		{Method: "GET", Path: "/dock/{$}", Do: d.dock},
		{Method: "POST", Path: "/dock/{$}", Do: d.setDock, Always: true},
	}
}

func (d *Desk) simulator() *reader.Simulator {
	s, _ := d.Scanner.(*reader.Simulator)
	return s
}

// dockState is how the scanner is, and whether a page waits for a scan.
func (d *Desk) dockState() (v scannerView, waits bool) {
	d.scanner.mu.Lock()
	defer d.scanner.mu.Unlock()
	return d.scanner.view(), len(d.scanner.waiting) > 0
}

func dockAnswer(v scannerView) (branch.Answer, error) {
	data, err := json.Marshal(dockOrder{Scanner: v.State})
	return branch.File{Type: "application/json", Data: data}, err
}

// dock shows the panel, or says in JSON how the scanner is.
func (d *Desk) dock(r *branch.Request) (branch.Answer, error) {
	v, waits := d.dockState()
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		return dockAnswer(v)
	}
	kind := "good"
	if v.State != reader.Ready.String() {
		kind = "open"
	}
	return branch.Page{Template: "dock", Title: r.Say("desk.dock"), Every: 2, Data: map[string]any{
		"State": state{kind, r.Say("desk.dock." + v.State)}, "Waits": waits}}, nil
}

// setDock takes a dockOrder from a program, or a button.
func (d *Desk) setDock(r *branch.Request) (branch.Answer, error) {
	var o dockOrder
	var err error
	program := strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
	if program {
		in := json.NewDecoder(r.Body)
		in.DisallowUnknownFields()
		err = in.Decode(&o)
	} else {
		switch do := r.PostForm.Get("do"); do {
		case "once", "twice":
			o.Scan, o.Times = strings.TrimSpace(r.PostForm.Get("scan")), map[string]int{"twice": 2}[do]
		default:
			o.Scanner = do
		}
	}
	if err == nil {
		err = d.simulator().Do(reader.Order{State: o.Scanner, Text: o.Scan, Times: o.Times})
	}
	if err != nil {
		return nil, &branch.Refusal{Status: http.StatusBadRequest, Text: words["desk.dock.wrong"], Do: words["desk.dock.wrong.do"], Back: "/dock/", Args: []any{err.Error()}}
	}
	if program {
		v, _ := d.dockState()
		return dockAnswer(v)
	}
	return branch.Redirect{Path: "/dock/", Flash: r.Say("desk.dock.did")}, nil
}
