package kiosk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/terminal/screen"
)

// dockState is the panel of simulated devices for programs: how they are, and what is
// to be done with them.
type dockState struct {
	Printer string `json:"printer,omitempty"`
	After   int    `json:"after,omitempty"`  // rows of the next paper
	Reader  string `json:"reader,omitempty"` // lost, ready or unreadable
	Card    string `json:"card,omitempty"`   // to present: its text, or next of the stack
	Times   int    `json:"times,omitempty"`  // one after another; 0 is once
}

// simulator returns the reader if it is one.
func (k *Kiosk) simulator() *reader.Simulator {
	s, _ := k.cfg.Reader.(*reader.Simulator)
	return s
}

// practises says whether a device is simulated.
func (k *Kiosk) practises() bool { return k.cfg.Setup.Simulated || k.simulator() != nil }

func (k *Kiosk) routeDock(mux *http.ServeMux) {
	if !k.practises() {
		return
	}
	mux.HandleFunc("GET /dock/{$}", k.dock)
	mux.HandleFunc("POST /dock/{$}", k.setDock)
	mux.HandleFunc("GET /dock/turn", k.news)
	mux.HandleFunc("POST /dock/awake", k.awake)
	screen.Assets(mux, "/dock/", k.cfg.Setup.DPI)
}

// dock shows the panel of simulated devices, or says its state in JSON.
func (k *Kiosk) dock(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	p := k.page()
	var state dockState
	if k.cfg.Setup.Simulated {
		state.Printer = printers[k.printer]
		if k.after > 0 {
			state.After = k.after
		}
		p.States, p.Faults = printers[:], printers[device.Out:]
	}
	if k.simulator() != nil {
		state.Reader = k.reader.String()
		p.Reader, p.Stack = state.Reader, k.next < len(k.cfg.Cards)
	}
	k.mu.Unlock()
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(state)
		return
	}
	p.View, p.Printer = "dock", state.Printer
	render(w, http.StatusOK, p)
}

// setDock takes a dockState from a program, or a button.
func (k *Kiosk) setDock(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	var want dockState
	program := strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
	if program {
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil {
			http.Error(w, "read dock: "+err.Error(), http.StatusBadRequest)
			return
		}
	} else {
		want = pressed(r)
	}
	if err := k.do(want); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if program {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, "/dock/", http.StatusSeeOther)
}

// pressed is what a button of the panel says.
func pressed(r *http.Request) dockState {
	switch by := r.PostFormValue("reader"); {
	case by == "once", by == "twice":
		return dockState{Card: strings.TrimSpace(r.PostFormValue("card")), Times: map[string]int{"twice": 2}[by]}
	case by == "next":
		return dockState{Card: by}
	case by != "":
		return dockState{Reader: by}
	case r.PostFormValue("now") != "":
		return dockState{Printer: r.PostFormValue("now")}
	}
	return dockState{Printer: r.PostFormValue("after"), After: 200}
}

// do sets the simulated devices.
func (k *Kiosk) do(want dockState) error {
	s := k.simulator()
	printer := slices.Index(printers[:], want.Printer)
	switch {
	case want.Printer == "" && want.Reader == "" && want.Card == "":
		return errors.New("set dock: nothing is set: name printer, reader or card")
	case want.Printer != "" && (printer < 0 || !k.cfg.Setup.Simulated || want.After < 0 || want.After > 20000):
		return fmt.Errorf("set printer %q after %d rows: the states of a simulated printer are %s", want.Printer, want.After, strings.Join(printers[:], ", "))
	case (want.Reader != "" || want.Card != "") && s == nil:
		return errors.New("set reader: it is not simulated: start with --reader simulate")
	}
	if want.Printer != "" {
		k.Simulate(device.State(printer), want.After)
	}
	if s == nil {
		return nil
	}
	if want.Card == "next" {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.next == len(k.cfg.Cards) {
			return errors.New("present the next card: the stack is empty")
		}
		want.Card = k.cfg.Cards[k.next]
	}
	return s.Do(reader.Order{State: want.Reader, Text: want.Card, Times: want.Times})
}

// presented notes that the stack's next card is used, or of no use. mu is held.
func (k *Kiosk) presented(card string, err error) {
	if k.next == len(k.cfg.Cards) || k.cfg.Cards[k.next] != card {
		return
	}
	var no *Refusal
	if err == nil || errors.As(err, &no) && slices.Contains([]string{"used", "unknown", "foreign"}, no.Word) {
		k.next++
	}
}
