package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/branch/press"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
	"github.com/sandogh/sandogh/internal/web"
)

// number reads the number that a form of these pages carries.
func number(r *branch.Request) (roll.Number, error) {
	n, err := roll.ParseNumber(r.PostForm.Get("number"))
	if err != nil {
		return 0, refusal("desk.form", "/desk")
	}
	return n, nil
}

// checkIn makes the mark and says to hand out a card, in this order.
func (d *Desk) checkIn(r *branch.Request) (branch.Answer, error) {
	n, err := number(r)
	if err != nil {
		return nil, err
	}
	if !open(r) {
		return nil, refusal("desk.shut", "/desk")
	}
	slip := r.PostForm.Get("slip")
	st, err := d.Book.CheckIn(r.Context(), marks.Request{Number: n, Desk: d.who(r), ID: r.PostForm.Get("id"), Slip: slip})
	var refused *marks.Refused
	switch {
	case errors.As(err, &refused):
		return d.person(r, refused.Status, "", http.StatusConflict), nil
	case err != nil:
		if key, ok := slipFault(err); ok {
			return nil, refusal(key, "/desk")
		}
		return nil, err
	}
	d.Marked()
	return branch.Redirect{Path: "/desk/done", Flash: r.Say("desk.done.who", r.Lang.Digits(st.Person.Number.Masked()))}, nil
}

// who names the desk for the book: its number, or the officer who sits at it.
func (d *Desk) who(r *branch.Request) string {
	if desk := r.Desk(); desk != "" {
		return desk
	}
	return r.Who()
}

func (d *Desk) undo(r *branch.Request) (branch.Answer, error) {
	n, err := number(r)
	if err != nil {
		return nil, err
	}
	switch err := d.Book.Undo(d.Chances, n, r.Who(), r.PostForm.Get("reason")); {
	case errors.Is(err, marks.ErrReason):
		return nil, refusal("desk.undo.reason", "/desk")
	case errors.Is(err, marks.ErrNoChance):
		return nil, refusal("desk.undo.late", "/desk")
	case errors.Is(err, marks.ErrNotCheckedIn):
		return nil, refusal("desk.undo.not", "/desk")
	case err != nil:
		return nil, err
	}
	d.Marked()
	if err := d.tellConflicts(); err != nil {
		return nil, err
	}
	return branch.Redirect{Path: "/desk", Flash: r.Say("desk.undo.done", r.Lang.Digits(n.Masked()))}, nil
}

// releaseView is the page of a release slip.
type releaseView struct {
	To, Branch string // its name and its id
	Person     string
	ID, Number string // whole, for forms, and as it is shown
	Text       string
	Code       template.URL // a picture
	Printer    bool
}

// giveUp gives a voter up to the branch that the form names, or finds that this was
// done, and returns what the slip says. The page, if any, is the answer instead.
func (d *Desk) giveUp(r *branch.Request) (v releaseView, page branch.Answer, err error) {
	n, err := number(r)
	if err != nil {
		return v, nil, err
	}
	to := r.PostForm.Get("to")
	text, err := d.Book.Release(n, to, r.Who())
	var refused *marks.Refused
	switch {
	case errors.As(err, &refused):
		return v, d.person(r, refused.Status, "", http.StatusConflict), nil
	case errors.Is(err, marks.ErrNoBranch):
		return v, nil, refusal("desk.release.branch", "/desk")
	case err != nil:
		if key, ok := slipFault(err); ok {
			return v, nil, refusal(key, "/desk")
		}
		return v, nil, err
	}
	st, err := d.Book.Status(n)
	if err != nil {
		return v, nil, err
	}
	name, _ := d.Book.Roll().Name(to)
	return releaseView{To: fmt.Sprintf("%s (%s)", r.Lang.Name(name), to), Branch: to, Person: st.Person.Name, ID: n.Digits(), Number: r.Lang.Digits(n.Masked()),
		Text: text, Printer: d.Press != nil}, nil, nil
}

// release gives a voter up and shows the slip for it.
func (d *Desk) release(r *branch.Request) (branch.Answer, error) {
	v, page, err := d.giveUp(r)
	if page != nil || err != nil {
		return page, err
	}
	d.Marked()
	if v.Code, err = picture(v.Text); err != nil {
		return nil, err
	}
	return branch.Page{Template: "release", Title: r.Say("desk.release.title"), Data: v}, nil
}

// printSlip prints the slip of a release on the branch's printer.
func (d *Desk) printSlip(r *branch.Request) (branch.Answer, error) {
	if d.Press == nil {
		return nil, refusal("desk.printer", "/desk")
	}
	v, page, err := d.giveUp(r)
	if page != nil || err != nil {
		return page, err
	}
	title := r.Say("desk.release.title")
	doc := printing.Document{Title: title, Lang: printing.Lang(r.Lang), Simulated: d.Simulated, Blocks: []printing.Block{
		printing.Heading{Text: title, Align: printing.Center},
		printing.Paragraph{Text: printing.Isolate(r.Lang.Name(d.Election)), Align: printing.Center},
		printing.KeyValue{Pairs: []printing.Pair{{Key: r.Say("desk.person.name"), Value: printing.Isolate(v.Person)}, {Key: r.Say("desk.person.number"), Value: printing.Code(v.Number)},
			{Key: r.Say("desk.release.from"), Value: printing.Isolate(r.Lang.Name(d.Branch))}, {Key: r.Say("desk.release.to"), Value: printing.Isolate(v.To)}}},
		printing.QR{Data: v.Text, Align: printing.Center, Caption: r.Say("desk.release.code")},
		printing.Paragraph{Text: printing.Code(v.Text)},
		printing.Paragraph{Text: r.Say("desk.release.text", v.To)},
	}}
	return d.Press.Print(press.Paper{Title: title, Parts: []printing.Document{doc}, Back: "/desk"})
}

// picture is a QR code as a page shows it, with modules as large as they fit.
func picture(text string) (template.URL, error) {
	var err error
	for _, module := range []int{10, 8, 6, 4} { // tenths of a millimetre
		var pages *printing.Pages
		pages, err = printing.Lay(printing.Document{Paper: printing.Roll80, Margin: printing.MM(5),
			Blocks: []printing.Block{printing.QR{Data: text, Align: printing.Center, Module: printing.MM(module)}}})
		if err == nil {
			return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(pages.Bitmap(0).PNG())), nil
		}
	}
	return "", fmt.Errorf("draw code: %w", err)
}

// ask asks the central register about who was admitted without it.
func (d *Desk) ask(r *branch.Request) (branch.Answer, error) {
	err := d.reconcile(r.Context())
	if errors.Is(err, marks.ErrOffline) {
		return nil, refusal("desk.offline", "/desk-day")
	}
	if err != nil {
		return nil, err
	}
	return branch.Redirect{Path: "/desk-day", Flash: r.Say("desk.asked")}, nil
}

// reconcile asks the register, and says how many conflicts there are then, also when
// it stopped to answer on the way.
func (d *Desk) reconcile(ctx context.Context) error {
	err := d.Book.Reconcile(ctx)
	return errors.Join(err, d.tellConflicts())
}

func (d *Desk) tellConflicts() error {
	if d.Conflicts == nil {
		return nil
	}
	all, err := d.Book.Conflicts()
	if err != nil {
		return err
	}
	return d.Conflicts(len(all))
}

// queue keeps how many people are waiting.
func (d *Desk) queue(r *branch.Request) (branch.Answer, error) {
	n, ok := web.ParseNumber(r.PostForm.Get("count"))
	if !ok || n > 100_000 {
		return nil, refusal("desk.queue", "/desk-day")
	}
	if err := d.Book.Wait(int(n)); err != nil {
		return nil, err
	}
	return branch.Redirect{Path: "/desk-day", Flash: r.Say("desk.queue.done", int(n))}, nil
}
