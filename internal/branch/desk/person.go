package desk

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

// most is how many people a search shows.
const most = 20

// personView is the page of one person.
type personView struct {
	Notice    branch.Notice
	Facts     []fact
	Number    string // whole, for forms
	ID        string
	Slip      string
	May       bool // be checked in now
	Undo      bool // by who asks
	Release   []choice
	Again     bool // the slip of the release can be shown again
	To        string
	Ask       bool // the register can be asked again
	WantsSlip bool
}

type fact struct{ Key, Value string }

type choice struct{ ID, Name string }

// find looks for whatever was scanned or typed.
func (d *Desk) find(r *branch.Request) (branch.Answer, error) {
	query := strings.TrimSpace(r.PostForm.Get("q"))
	fault := func(key string) (branch.Answer, error) {
		return d.frontPage(r, frontView{Query: query, Fault: &branch.Notice{Kind: "open", Title: r.Say(key), Text: r.Say(key + ".do")}})
	}
	// A scanner types as on a Latin keyboard: in the Persian layout other letters come
	// out, from which what it read is made again.
	code := query
	if meant, ok := persian.FromPersianLayout(query); ok {
		code = meant
	}
	switch {
	case strings.HasPrefix(code, "SV1."):
		if _, _, err := d.Book.Slip(code); errors.Is(err, marks.ErrSlipForm) && code != query {
			return fault("desk.layout")
		}
		return d.slip(r, code)
	case strings.HasPrefix(code, "SA1."):
		return fault("desk.card")
	case len(query) > 500:
		return fault("desk.none")
	}
	digits := persian.ASCII(query)
	bare := strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' {
			return -1
		}
		return c
	}, digits)
	plain := bare != "" && strings.Trim(bare, "0123456789") == ""
	if plain && len(bare) <= 10 { // one number in groups
		digits = bare
	}
	switch numbers := roll.Scanned(digits); {
	case query == "":
		return fault("desk.empty")
	case len(numbers) == 1:
		return d.one(r, numbers[0])
	case len(numbers) > 1:
		return d.choose(r, query, numbers)
	case plain && len(bare) >= 8:
		if len(bare) == 10 {
			return fault("desk.digit")
		}
		return fault("desk.length")
	}
	found, all := d.Book.Roll().Search(query, most)
	switch len(found) {
	case 0:
		if scanned(query) {
			return fault("desk.layout")
		}
		return fault("desk.none")
	case 1:
		return d.one(r, found[0].Number)
	}
	v := frontView{Query: query, More: all - len(found)}
	for _, p := range found {
		st, err := d.Book.Status(p.Number)
		if err != nil {
			return nil, err
		}
		v.People = append(v.People, d.line(r, st))
	}
	return d.frontPage(r, v)
}

// scanned reports whether a text looks as if a scanner had typed it, not somebody who
// looks for a name: it is long, has digits, and no space.
func scanned(text string) bool {
	return utf8.RuneCountInString(text) >= 16 && strings.ContainsAny(persian.ASCII(text), "0123456789") && !strings.Contains(text, " ")
}

// choose shows the people that a scan can mean.
func (d *Desk) choose(r *branch.Request, query string, numbers []roll.Number) (branch.Answer, error) {
	v := frontView{Query: query}
	var last marks.Status
	for _, n := range numbers {
		st, err := d.Book.Status(n)
		if err != nil {
			return nil, err
		}
		if st.Standing != marks.Unknown {
			v.People, last = append(v.People, d.line(r, st)), st
		}
	}
	switch len(v.People) {
	case 0:
		return d.one(r, numbers[0])
	case 1:
		return d.one(r, last.Person.Number)
	}
	return d.frontPage(r, v)
}

// line is a person in a list to choose from.
func (d *Desk) line(r *branch.Request, s marks.Status) line {
	kind := kinds[s.Standing]
	l := line{ID: s.Person.Number.Digits(), Name: s.Person.Name, Father: s.Person.Father, Number: r.Lang.Digits(s.Person.Number.Masked()),
		State: state{kind, r.Say("desk.short." + string(s.Standing))}}
	if s.Person.Birth != 0 {
		l.Birth = r.Lang.Digits(s.Person.Birth.String())
	}
	return l
}

// kinds are the weights of the standings.
var kinds = map[marks.Standing]string{marks.Here: "good", marks.CheckedIn: "bad", marks.Elsewhere: "open", marks.Released: "open", marks.Given: "bad",
	marks.UnderAge: "bad", marks.Unknown: "open", marks.Busy: "wait"}

func (d *Desk) one(r *branch.Request, n roll.Number) (branch.Answer, error) {
	st, err := d.Book.Status(n)
	if err != nil {
		return nil, err
	}
	return d.person(r, st, "", http.StatusOK), nil
}

// slip shows who brings a slip.
func (d *Desk) slip(r *branch.Request, text string) (branch.Answer, error) {
	_, st, err := d.Book.Slip(text)
	if key, ok := slipFault(err); ok {
		return d.frontPage(r, frontView{Fault: &branch.Notice{Kind: "bad", Title: r.Say(key), Text: r.Say(key + ".do")}})
	}
	var refused *marks.Refused
	if err != nil && !errors.As(err, &refused) {
		return nil, err
	}
	return d.person(r, st, text, http.StatusOK), nil
}

// person is the page of somebody, with what to do next.
func (d *Desk) person(r *branch.Request, s marks.Status, slip string, status int) branch.Page {
	standing := string(s.Standing)
	if s.Standing == marks.Elsewhere {
		a, _ := d.Book.Admission()
		standing += "." + string(a)
	}
	name, _ := d.Book.Roll().Name(s.Branch)
	v := personView{Number: s.Person.Number.Digits(), ID: newID(), Slip: slip,
		Notice: branch.Notice{Kind: kinds[s.Standing], Title: r.Say("desk.is."+standing, s.Branch, name), Text: r.Say("desk.is."+standing+".do", s.Branch, name)}}
	add := func(key, value string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{r.Say(key), value})
		}
	}
	add("desk.person.name", s.Person.Name)
	add("desk.person.father", s.Person.Father)
	if s.Person.Birth != 0 {
		add("desk.person.birth", r.Lang.Digits(s.Person.Birth.String()))
	}
	add("desk.person.number", r.Lang.Digits(s.Person.Number.Digits()))
	add("desk.person.place", s.Person.Place)
	if own := d.Book.Roll().Branch(); s.Person.Branch != "" && s.Person.Branch != own {
		home, _ := d.Book.Roll().Name(s.Person.Branch)
		add("desk.person.branch", fmt.Sprintf("%s (%s)", r.Lang.Name(home), s.Person.Branch))
	}
	switch s.Standing {
	case marks.Here:
		v.May = open(r)
		if !v.May {
			v.Notice = branch.Notice{Kind: "wait", Title: r.Say("desk.shut." + r.Status().State), Text: r.Say("desk.shut.do")}
		}
		if a, _ := d.Book.Admission(); a == marks.Assigned && r.May(branch.Officer) && slip == "" {
			v.Release = d.branches(r)
		}
	case marks.CheckedIn:
		if r.May(branch.Officer) {
			add("desk.person.when", d.clock(r, s.Mark.At)+" — "+by(r, s.Mark.Desk))
			add("desk.person.how", r.Say("desk.how."+string(s.Mark.How)))
		}
		v.Undo = r.May(branch.Head)
	case marks.Released:
		v.Again, v.To = r.May(branch.Officer), s.Branch
		v.WantsSlip = true
	case marks.Elsewhere:
		v.Ask = s.Offline
		v.WantsSlip = !s.Offline
	}
	return branch.Page{Template: "person", Title: r.Say("desk.person"), Status: status, Data: v}
}

// branches are the others, to which a voter can be given up.
func (d *Desk) branches(r *branch.Request) []choice {
	var out []choice
	for _, b := range d.Book.Roll().Branches() {
		if b.ID != d.Book.Roll().Branch() {
			out = append(out, choice{b.ID, r.Lang.Name(b.Name) + " (" + b.ID + ")"})
		}
	}
	return out
}
