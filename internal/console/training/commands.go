package training

import (
	"errors"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/programme"
)

func versionOf(r *console.Request) (console.Values, error) {
	p, err := trainingdb.New(r.DB).Programme(r.Context(), r.PathValue("programme"))
	var v console.Values
	v.SetInt("version", p.Version)
	return v, store.Classify(err)
}

var versionField = console.Field{Name: "version", Kind: console.Hidden, Required: true}

func unitItems(pinned bool) func(r *console.Request) ([]console.Item, error) {
	return func(r *console.Request) ([]console.Item, error) {
		p, err := load(r)
		if err != nil {
			return nil, err
		}
		var out []console.Item
		for _, g := range p.Plan.Groups {
			for _, code := range g.Units {
				if _, ok := p.In.Pins.Units[code]; pinned && !ok {
					continue
				}
				n, err := Names(r, []string{code})
				if err != nil {
					return nil, err
				}
				out = append(out, console.Item{Value: code, Word: r.Say("training.unit.at", n[0], g.Number)})
			}
		}
		return out, nil
	}
}

func groupItems(r *console.Request) ([]console.Item, error) {
	p, err := load(r)
	if err != nil {
		return nil, err
	}
	var out []console.Item
	for _, g := range p.Plan.Groups {
		n, err := Names(r, g.Units)
		if err != nil {
			return nil, err
		}
		out = append(out, console.Item{Value: strconv.Itoa(g.Number), Word: r.Say("training.group.of", g.Number, r.Lang.And(n))})
	}
	return out, nil
}

func venueItems(r *console.Request) ([]console.Item, error) {
	p, err := load(r)
	if err != nil {
		return nil, err
	}
	var out []console.Item
	for _, v := range p.In.Venues {
		out = append(out, console.Item{Value: v.ID, Word: r.Say("training.venue.seats", v.Name, v.Seats)})
	}
	return out, nil
}

func planForm(intro string, fields ...console.Field) *console.Form {
	return &console.Form{Intro: words["training."+intro], Fields: append(fields, versionField), Fill: versionOf, Back: toPlan}
}

func moveForm() *console.Form {
	return planForm("move.intro", console.Field{Name: "unit", Kind: console.Choice, Label: words["training.unit"], Required: true, Choices: unitItems(false)},
		console.Field{Name: "group", Kind: console.Choice, Label: words["training.group.to"], Required: true, Choices: groupItems})
}

func swapForm() *console.Form {
	return planForm("swap.intro", console.Field{Name: "unit", Kind: console.Choice, Label: words["training.unit.one"], Required: true, Choices: unitItems(false)},
		console.Field{Name: "other", Kind: console.Choice, Label: words["training.unit.other"], Required: true, Choices: unitItems(false)})
}

func unpinForm() *console.Form {
	return planForm("unpin.intro", console.Field{Name: "unit", Kind: console.Choice, Label: words["training.unit"], Required: true, Choices: unitItems(true)})
}

func whenForm() *console.Form {
	return planForm("when.intro", console.Field{Name: "group", Kind: console.Choice, Label: words["training.group"], Required: true, Choices: groupItems},
		console.Field{Name: "day", Kind: console.Day, Label: words["training.day"]},
		console.Field{Name: "venue", Kind: console.Choice, Label: words["training.venue"], Choices: venueItems})
}

func windowForm() *console.Form {
	f := planForm("window.intro", console.Field{Name: "from", Kind: console.Day, Label: words["training.from"], Required: true},
		console.Field{Name: "to", Kind: console.Day, Label: words["training.to"], Required: true},
		console.Field{Name: "parallel", Kind: console.Number, Label: words["training.parallel"], Required: true, Max: 50, Help: words["training.parallel.help"]},
		console.Field{Name: "teachers", Kind: console.Number, Label: words["training.teachers"], Required: true, Max: 10},
		console.Field{Name: "holidays", Kind: console.Long, Label: words["training.holidays"], Help: words["training.holidays.help"], Check: func(r *console.Request, text string) string {
			if _, bad := holidays(text); bad != "" {
				return r.Say("training.holidays.wrong", bad)
			}
			return ""
		}})
	f.Fill = func(r *console.Request) (console.Values, error) {
		p, err := load(r)
		if err != nil {
			return console.Values{}, err
		}
		text := ""
		for _, d := range p.In.Holidays {
			text += d.String() + "\n"
		}
		v := console.Fill("from", p.In.Window.From.Gregorian(), "to", p.In.Window.To.Gregorian(), "holidays", text)
		v.SetInt("parallel", int64(p.In.Parallel))
		v.SetInt("teachers", int64(p.In.Teachers))
		v.SetInt("version", p.Version)
		return v, nil
	}
	return f
}

// change plans again, and says how much moved.
func change(r *console.Request, act string, do func(*programme.Programme)) (console.Answer, error) {
	var moves []planner.Move
	err := r.Tx(func(tx *store.Tx) (err error) {
		moves, err = programme.Change(r.Context(), tx, r.Now(), r.Actor, r.PathValue("programme"), r.Values.Int("version"), act, do)
		return err
	})
	if err != nil {
		return nil, Told(r, err)
	}
	return console.Redirect{Path: "/training/programmes/" + r.PathValue("programme") + "/plan", Flash: r.Say("training.moves", len(moves)), Value: moves}, nil
}

func (p *part) move(r *console.Request) (console.Answer, error) {
	return change(r, "move", func(p *programme.Programme) {
		p.In.Pins = p.In.Pins.Pin(r.Values.Get("unit"), int(r.Values.Int("group")))
	})
}

func (p *part) swap(r *console.Request) (console.Answer, error) {
	if r.Values.Get("unit") == r.Values.Get("other") {
		return nil, r.Wrong("other", "training.swap.same")
	}
	return change(r, "swap", func(p *programme.Programme) {
		p.In.Pins = p.In.Pins.Swap(&p.Plan, r.Values.Get("unit"), r.Values.Get("other"))
	})
}

func (p *part) unpin(r *console.Request) (console.Answer, error) {
	return change(r, "unpin", func(p *programme.Programme) { p.In.Pins = p.In.Pins.Unpin(r.Values.Get("unit")) })
}

func (p *part) when(r *console.Request) (console.Answer, error) {
	return change(r, "session", func(p *programme.Programme) {
		p.In.Pins = p.In.Pins.PinSession(int(r.Values.Int("group")), planner.Pin{Day: console.ISODay(r.Values.Get("day")), Venue: r.Values.Get("venue")})
	})
}

func (p *part) window(r *console.Request) (console.Answer, error) {
	v := r.Values
	if v.Get("from") > v.Get("to") {
		return nil, r.Wrong("to", "training.to.wrong")
	}
	return change(r, "window", func(p *programme.Programme) {
		p.In.Window = planner.Span{From: console.ISODay(v.Get("from")), To: console.ISODay(v.Get("to"))}
		p.In.Parallel, p.In.Teachers = int(v.Int("parallel")), int(v.Int("teachers"))
		p.In.Holidays, _ = holidays(v.Get("holidays")) // it was checked
	})
}

func (p *part) first(r *console.Request) (console.Answer, error) {
	pr, err := load(r)
	if err != nil {
		return nil, err
	}
	r.Values.SetInt("version", pr.Version)
	var failed error
	answer, err := change(r, "first", func(p *programme.Programme) { failed = programme.PinFirst(r.Context(), r.DB, p) })
	return answer, errors.Join(failed, err)
}

func (p *part) publish(r *console.Request) (console.Answer, error) {
	pr, err := load(r)
	if err != nil {
		return nil, err
	}
	var made, changed int
	err = r.Tx(func(tx *store.Tx) (err error) {
		made, changed, err = programme.Publish(r.Context(), tx, r.Now(), r.Actor, pr.ID, pr.Version)
		return err
	})
	if err != nil {
		return nil, Told(r, err)
	}
	return console.Redirect{Path: "/training/programmes/" + pr.ID, Flash: r.Say("training.publish.done", made, changed)}, nil
}

// holidays reads Jalali days, one on a line, or returns the line that is none.
func holidays(text string) (days []calendar.Day, bad string) {
	for _, line := range lines(text) {
		d, err := calendar.ParseDay(line)
		if err != nil {
			return nil, line
		}
		days = append(days, d)
	}
	return days, ""
}

// lines returns the lines of a text that are not empty.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
