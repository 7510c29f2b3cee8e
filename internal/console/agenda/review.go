package agenda

import (
	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

// reviewed returns the open actions of the review of earlier rounds that have to be
// done before a stage, counted by stage, for who sees the review of the office.
func reviewed(r *console.Request) (map[string]lessonsdb.OpenByStageRow, error) {
	if !r.Actor.May(office.LessonsSee, r.Office) {
		return nil, nil
	}
	lo, hi := office.Range(r.Office)
	rows, err := lessonsdb.New(r.DB).OpenByStage(r.Context(), lessonsdb.OpenByStageParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, store.Classify(err)
	}
	out := map[string]lessonsdb.OpenByStageRow{}
	for _, row := range rows {
		out[row.Stage] = row
	}
	return out, nil
}

// asks says what the review asks before a stage.
func asks(r *console.Request, x lessonsdb.OpenByStageRow) string {
	if x.Actions == 0 {
		return ""
	}
	return r.Say("agenda.review.count", x.Actions, console.ISODay(x.Due).In(lang(r)))
}

// An ask is an action of the review, on the page of its stage.
type ask struct {
	Path    string        `json:"path"`
	Content string        `json:"content"`
	Owner   string        `json:"owner"`
	Due     calendar.Day  `json:"due"`
	State   console.State `json:"state"`
}

// review returns the actions of the review before a stage, the open ones first.
func review(r *console.Request, stage string) ([]ask, error) {
	out := []ask{}
	if !r.Actor.May(office.LessonsSee, r.Office) {
		return out, nil
	}
	lo, hi := office.Range(r.Office)
	rows, err := lessonsdb.New(r.DB).ActionsOfStage(r.Context(), lessonsdb.ActionsOfStageParams{Stage: stage, Lo: lo, Hi: hi})
	if err != nil {
		return nil, store.Classify(err)
	}
	for _, closed := range []bool{false, true} {
		for _, x := range rows {
			if (x.State == "closed") != closed {
				continue
			}
			state := console.State{Kind: "open", Word: r.Say("agenda.review.open"), Key: "open"}
			switch {
			case closed:
				state = console.State{Kind: "good", Word: r.Say("agenda.review.closed"), Key: "closed"}
			case x.Due < r.Today():
				state = console.State{Kind: "bad", Word: r.Say("agenda.review.late"), Key: "late"}
			}
			out = append(out, ask{"/lessons/problem/" + x.Problem, x.Content, x.OwnerName, console.ISODay(x.Due), state})
		}
	}
	return out, nil
}
