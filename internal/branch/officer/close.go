package officer

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

func (s *Screens) close(r *branch.Request) (branch.Answer, error) {
	state := s.Station.State()
	if state == station.Before || state == station.Paused {
		return branch.Redirect{Path: "/officer"}, nil
	}
	s.mu.Lock()
	queue, folder, pushed := s.queue, s.folder, s.pushed
	s.mu.Unlock()
	counts := s.Station.Counts()
	now, every := 0, 0
	switch {
	case state == station.Open:
	case state == station.Closing && !queue:
		now = 1
	case state == station.Closing && counts.Active > 0:
		now, every = 2, 2
	case state == station.Closing && counts.Waiting > 0:
		now, every = 3, 2
	case state == station.Closing:
		now = 4
	case !s.printed(daybook.MinutesPrinted):
		now = 5
	case folder == "":
		now = 6
	case !pushed && s.Push != nil:
		now = 7
	default:
		now = 8
	}
	var statement *record.Close
	if state == station.Closed {
		var err error
		if _, statement, err = s.Station.Statement(r.Context()); err != nil {
			return nil, err
		}
	}
	return branch.Page{Template: "close", Title: r.Say("close.title"), Every: every, Data: map[string]any{
		"Steps": steps(r, now, "close.time", "close.queue", "close.idle", "close.settled", "close.sign", "close.minutes", "close.publish", "close.push"), "Now": now,
		"Counts": counts, "Waiting": s.waiting(r), "Terminals": s.terminalViews(r), "Others": r.Others(), "Folder": folder, "Statement": statement,
		"Print": printView{"minutes", s.Press != nil}, "Papers": s.papers()}}, nil
}

func (s *Screens) closingTime(r *branch.Request) (branch.Answer, error) {
	err := s.Station.BeginClosing()
	if err == nil {
		err = s.Book.Write(r.Who(), daybook.Closing, "")
	}
	return branch.Redirect{Path: "/officer/close"}, err
}

func (s *Screens) queueServed(r *branch.Request) (branch.Answer, error) {
	if c := s.Station.Counts(); c.Chances > 0 && r.PostForm.Get("sure") == "" {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["close.chances"], Args: []any{c.Chances}, Do: words["close.chances.do"], Back: "/officer/close"}
	}
	s.mu.Lock()
	s.queue = true
	s.mu.Unlock()
	return branch.Redirect{Path: "/officer/close"}, nil
}

func (s *Screens) sign(r *branch.Request) (branch.Answer, error) {
	err := s.both(r, daybook.Closed, "", func(by [2]record.Signer) error {
		_, err := s.Station.Close(r.Context(), by)
		return err
	})
	if err == nil {
		err = s.keep(r.Context(), "minutes")
	}
	return branch.Redirect{Path: "/officer/close", Flash: r.Say("close.done")}, err
}

func (s *Screens) publish(r *branch.Request) (branch.Answer, error) {
	if !s.printed(daybook.MinutesPrinted) {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["close.minutes.first"], Do: words["close.minutes.first.do"], Back: "/officer/close"}
	}
	folder, err := s.Publish(r.Context())
	if err != nil {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["close.publish.failed"], Args: []any{err.Error()}, Do: words["close.publish.failed.do"], Back: "/officer/close"}
	}
	s.mu.Lock()
	s.folder = folder
	s.mu.Unlock()
	return branch.Redirect{Path: "/officer/close", Flash: r.Say("close.publish.done")}, s.Book.Write(r.Who(), daybook.Published, "")
}

func (s *Screens) push(r *branch.Request) (branch.Answer, error) {
	if s.Push == nil {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["close.push.none"], Do: words["close.push.failed.do"], Back: "/officer/close"}
	}
	if err := s.Push(r.Context()); err != nil {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["close.push.failed"], Args: []any{err.Error()}, Do: words["close.push.failed.do"], Back: "/officer/close"}
	}
	s.mu.Lock()
	s.pushed = true
	s.mu.Unlock()
	return branch.Redirect{Path: "/officer/close", Flash: r.Say("close.push.done")}, s.Book.Write(r.Who(), daybook.Pushed, "")
}

// orderView is an order to extend that the branch may follow.
type orderView struct{ Hex, Until, Article, Text string }

// extendPage lists the orders on headquarters' log that the branch has not
// followed; one that came on paper or on a stick is pasted.
func (s *Screens) extendPage(r *branch.Request) (branch.Answer, error) {
	var found []orderView
	fault := ""
	orders, err := s.Orders(r.Context())
	if err != nil {
		fault = r.Say("extend.offline")
	}
	for _, o := range orders {
		if x, err := s.Station.ReadOrder(o); err == nil && !s.Station.Followed(o) {
			found = append(found, orderView{hex.EncodeToString(o), r.Lang.Digits(x.Until), x.Article, x.Text})
		}
	}
	return branch.Page{Template: "extend", Title: r.Say("extend.title"), Data: map[string]any{"Orders": found, "Fault": fault, "Others": r.Others()}}, nil
}

// maxOrder bounds the file of an order.
const maxOrder = 64 << 10

func (s *Screens) extend(r *branch.Request) (branch.Answer, error) {
	text := r.PostForm.Get("order")
	if text == "" {
		text = r.PostForm.Get("typed")
	}
	order, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(order) == 0 || len(order) > maxOrder {
		return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["extend.wrong"], Do: words["extend.wrong.do"], Back: "/officer/extend"}
	}
	x, err := s.Station.ReadOrder(order)
	if err != nil {
		return nil, &branch.Refusal{Status: http.StatusUnprocessableEntity, Text: words["extend.wrong"], Do: words["extend.wrong.do"], Back: "/officer/extend"}
	}
	err = s.both(r, daybook.Extended, x.Until+" — "+x.Article, func(by [2]record.Signer) error {
		_, err := s.Station.Extend(r.Context(), by, order)
		return err
	})
	if err == nil {
		s.mu.Lock()
		s.queue = false
		s.mu.Unlock()
	}
	return branch.Redirect{Path: "/officer", Flash: r.Say("extend.done")}, err
}
