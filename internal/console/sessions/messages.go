package sessions

import (
	"errors"

	"github.com/sandogh/sandogh/internal/console"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/courier"
)

// What became of a message: keys of words.
const (
	sent    = "sent"
	sending = "sending"
	unsure  = "unsure"
	failed  = "failed"
	givenUp = "given-up"
	unsent  = "unsent"
)

var messageKinds = map[string]string{sent: "good", sending: "wait", unsure: "bad", failed: "open", givenUp: "bad", unsent: "wait"}

// fate says what became of a message.
func fate(r *console.Request, m trainingdb.MessagesInRow) console.State {
	key := unsent
	switch {
	case m.Sent != 0:
		key = sent
	case m.Claimed != 0 && m.Failure == "" && r.Now().Sub(store.Time(m.Claimed)) < courier.Sending:
		key = sending
	case m.Claimed != 0:
		key = unsure
	case m.Tries >= courier.MaxTries:
		key = givenUp
	case m.Failure != "":
		key = failed
	}
	return console.State{Kind: messageKinds[key], Word: r.Say("sessions.fate." + key), Key: key}
}

var messagesQuery = []console.Field{{Name: "state", Kind: console.Choice, Label: words["training.state"], Choices: console.Items(
	unsent, words["sessions.fate.unsent"], failed, words["sessions.fate.failed"], unsure, words["sessions.fate.unsure"], sent, words["sessions.fate.sent"])}}

// messages lists what was written to people, and what became of it.
func (p *part) messages(r *console.Request) (console.Answer, error) {
	l := console.List{Crumbs: shown.Crumbs(r), Intro: r.Say("sessions.messages.intro"), Empty: r.Say("sessions.messages.empty"), Columns: []console.Column{
		{Key: "subject", Label: words["sessions.subject"]}, {Key: "kind", Label: words["sessions.kind"]}, {Key: "address", Label: words["sessions.address"], Kind: console.Codes},
		{Key: "queued", Label: words["sessions.queued"], Kind: console.Times}, {Key: "state", Label: words["training.state"], Kind: console.States},
		{Key: "sent", Label: words["sessions.sent.at"], Kind: console.Times}, {Key: "failure", Label: words["sessions.failure"]},
		{Key: "due", Label: words["sessions.next"], Kind: console.Times}}}
	if r.Actor.May(office.TrainingPlan, "") {
		l.Primary = &console.Link{Path: "/training/messages/send", Word: r.Say("sessions.send")}
	}
	page := r.Paging()
	skip := page.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := trainingdb.New(r.DB).MessagesIn(r.Context(), trainingdb.MessagesInParams{Lo: lo, Hi: hi, State: r.Values.Get("state"),
			Max: int32(page.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, store.Classify(err)
		}
		skip = 0
		for _, m := range rows {
			state, path, next := fate(r, m), "", int64(0)
			switch state.Key {
			case failed:
				path, next = "/training/messages/"+m.ID+"/retry", m.Due
			case unsure, givenUp:
				path = "/training/messages/" + m.ID + "/retry"
			}
			l.Rows = append(l.Rows, console.Row{ID: m.ID, Path: path, Cells: []any{m.Subject, r.Say("sessions.kind." + m.Kind), m.Address, store.Time(m.Queued), state,
				store.Time(m.Sent), m.Failure, store.Time(next)}})
		}
		if len(l.Rows) >= page.Limit {
			break
		}
	}
	return l, nil
}

// sendAtOnce bounds what one press of the button sends, so that it answers soon.
const sendAtOnce = 50

func (p *part) send(r *console.Request) (console.Answer, error) {
	c := courier.Courier{DB: r.DB, Dir: r.Dir, Origin: r.Origin, Now: r.Now, Log: r.Log}
	sent, failed, err := c.Deliver(r.Context(), sendAtOnce)
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/training/messages", Flash: r.Say("sessions.send.done", sent, failed), Value: map[string]int{"sent": sent, "failed": failed}}, nil
}

func messageScope(r *console.Request) (string, error) {
	m, err := trainingdb.New(r.DB).Message(r.Context(), r.PathValue("message"))
	return m.Office, store.Classify(err)
}

// retry lets a message be sent once more.
func (p *part) retry(r *console.Request) (console.Answer, error) {
	err := r.Tx(func(tx *store.Tx) error {
		return courier.Retry(r.Context(), tx, r.Now(), r.Actor, r.PathValue("message"))
	})
	if errors.Is(err, courier.ErrSending) || errors.Is(err, store.ErrConflict) {
		return nil, &console.Refused{Text: r.Say("sessions.retry.no")}
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/training/messages", Flash: r.Say("sessions.retry.done")}, nil
}
