package people

import (
	"embed"
	"errors"
	"io/fs"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

//go:embed templates/*.html
var templates embed.FS

// Part returns the part.
func Part(d console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{
		Name: "people", Words: words, Templates: own, Routes: Routes(d),
		Nav: []console.Nav{
			{Path: "/people", Word: words["people.title"], Power: office.PeopleSee},
			{Path: "/offices", Word: words["offices.title"], Power: office.PeopleSee},
			{Path: "/approvals", Word: words["approvals.title"], Power: office.Approve},
			{Path: "/audit", Word: words["audit.title"], Power: office.AuditSee},
		},
		Tiles: tiles,
	}
}

// Routes returns its routes.
func Routes(console.Deps) []console.Route {
	return []console.Route{
		{Method: "GET", Path: "/people", Power: office.PeopleSee, Summary: words["people.title"], Do: list},
		{Method: "POST", Path: "/people/new", Power: office.PeopleEdit, Summary: words["people.new"],
			Form: &console.Form{Fields: fields, Submit: words["people.save"], Back: backToList}, Do: add},
		{Method: "GET", Path: "/people/{id}", Power: office.PeopleSee, Scope: personScope, Summary: words["people.one"], Do: show},
		{Method: "POST", Path: "/people/{id}/edit", Power: office.PeopleEdit, Scope: personScope, Summary: words["people.edit"],
			Form: &console.Form{Fields: append(fields[:len(fields):len(fields)], console.Field{Name: "version", Kind: console.Hidden, Required: true}),
				Fill: fill, Submit: words["people.save"], Back: backToOne}, Do: edit},
		{Method: "POST", Path: "/people/{id}/posts", Power: office.PowersGrant, Scope: personScope, Summary: words["people.post.new"], Form: appointForm, Do: appoint},
		{Method: "POST", Path: "/people/{id}/invite", Power: office.PowersGrant, Scope: personScope, Summary: words["people.invite"],
			Form: &console.Form{Intro: words["people.invite.intro"], Back: backToOne}, Do: invite},
		{Method: "POST", Path: "/posts/{post}/end", Power: office.PowersGrant, Scope: postScope, Summary: words["people.post.end"], Form: endForm, Do: endPost},
		{Method: "GET", Path: "/offices", Power: office.PeopleSee, Summary: words["offices.title"],
			Query: []console.Field{{Name: "kind", Kind: console.Choice, Label: words["offices.kind"], Choices: kindItems}}, Do: offices},
		{Method: "GET", Path: "/offices/{code}", Power: office.PeopleSee, Scope: officeScope, Summary: words["offices.one"], Do: showOffice},
		{Method: "GET", Path: "/approvals", Power: office.Approve, Summary: words["approvals.title"], Do: approvals},
		{Method: "GET", Path: "/approvals/{proposal}", Power: office.Approve, Scope: proposalScope, Summary: words["approvals.one"], Do: approval},
		{Method: "POST", Path: "/approvals/{proposal}/confirm", Power: office.Approve, Scope: proposalScope, Summary: words["approvals.confirm"], Form: decideForm(true), Do: decide(office.Confirmed)},
		{Method: "POST", Path: "/approvals/{proposal}/refuse", Power: office.Approve, Scope: proposalScope, Summary: words["approvals.refuse"], Form: decideForm(false), Do: decide(office.Rejected)},
		{Method: "POST", Path: "/approvals/{proposal}/withdraw", Power: office.Approve, Scope: proposalScope, Summary: words["approvals.withdraw"], Form: decideForm(false), Do: decide(office.Withdrawn)},
		{Method: "GET", Path: "/audit", Power: office.AuditSee, Summary: words["audit.title"], Query: auditQuery, Do: audit},
		{Method: "GET", Path: "/audit/check", Power: office.AuditSee, Summary: words["audit.check"], Do: checkLog},
		{Method: "GET", Path: "/audit/export", Power: office.AuditSee, Summary: words["audit.export"], Query: auditQuery, Do: exportLog},
	}
}

// personScope is the office that keeps the record of the person in the path.
func personScope(r *console.Request) (string, error) {
	p, err := office.GetPerson(r.Context(), r.DB, r.PathValue("id"))
	return p.Office, err
}

var fields = []console.Field{
	{Name: "name", Kind: console.Line, Label: words["people.name"], Required: true, Max: 100},
	{Name: "number", Kind: console.Code, Label: words["people.number"], Help: words["people.number.help"], Max: 10, Check: checkNumber},
	{Name: "office", Kind: console.Office, Label: words["people.office"], Required: true},
	{Name: "phone", Kind: console.Code, Label: words["people.phone"], Max: 20, Complete: "off"},
	{Name: "email", Kind: console.Code, Label: words["people.email"], Complete: "off"},
}

func checkNumber(r *console.Request, number string) string {
	if _, err := persian.NationalNumber(number); err != nil {
		return r.Say("people.number.wrong")
	}
	if p, err := officedb.New(r.DB).PersonByNumber(r.Context(), number); err == nil && p.ID != r.PathValue("id") {
		return r.Say("people.number.twice", p.Name)
	}
	return ""
}

func backToList(r *console.Request) console.Link {
	return console.Link{Path: "/people", Word: r.Say("shell.cancel")}
}

func backToOne(r *console.Request) console.Link {
	return console.Link{Path: "/people/" + r.PathValue("id"), Word: r.Say("shell.cancel")}
}

func entered(r *console.Request) office.Person {
	return office.Person{Name: r.Values.Get("name"), Number: r.Values.Get("number"), Phone: r.Values.Get("phone"),
		Email: r.Values.Get("email"), Office: r.Values.OfficeOf("office"), Version: r.Values.Int("version")}
}

func list(r *console.Request) (console.Answer, error) {
	l := console.List{
		Columns: []console.Column{
			{Key: "name", Label: words["people.name"]},
			{Key: "office", Label: words["people.office"]},
			{Key: "office_code", Label: words["people.office.code"], Kind: console.Codes},
			{Key: "phone", Label: words["people.phone"], Kind: console.Codes},
		},
		Search: r.Say("people.search"), Empty: r.Say("people.empty"),
	}
	if r.Actor.Somewhere(office.PeopleEdit) {
		l.Primary = &console.Link{Path: "/people/new", Word: r.Say("people.new")}
	}
	p := r.Paging()
	names := map[string]string{}
	skip := p.Skip
	for _, code := range r.Over() {
		found, err := office.Find(r.Context(), r.DB, code, p.Search, p.Limit-len(l.Rows), skip)
		if errors.Is(err, office.ErrMany) {
			l.Intro, err = r.Say("people.many"), nil
		}
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, one := range found {
			if _, known := names[one.Office]; !known {
				o, err := officedb.New(r.DB).Office(r.Context(), one.Office)
				if err != nil {
					return nil, err
				}
				names[one.Office] = console.NameIn(r.Lang, o.NameFa, o.NameEn)
			}
			l.Rows = append(l.Rows, console.Row{ID: one.ID, Path: "/people/" + one.ID, Cells: []any{one.Name, names[one.Office], one.Office, one.Phone}})
		}
		if len(l.Rows) >= p.Limit {
			break
		}
	}
	return l, nil
}

func add(r *console.Request) (console.Answer, error) {
	var p office.Person
	err := r.Tx(func(tx *store.Tx) (err error) {
		p, err = office.AddPerson(r.Context(), tx, r.Now(), r.Actor, entered(r))
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/people/" + p.ID, Flash: r.Say("people.added", p.Name), Value: p}, nil
}

func fill(r *console.Request) (console.Values, error) {
	p, err := office.GetPerson(r.Context(), r.DB, r.PathValue("id"))
	if err != nil {
		return console.Values{}, err
	}
	v := console.Fill("name", p.Name, "number", p.Number, "office", officeValue(p.Office), "phone", p.Phone, "email", p.Email)
	v.SetInt("version", p.Version)
	return v, nil
}

func edit(r *console.Request) (console.Answer, error) {
	p := entered(r)
	p.ID = r.PathValue("id")
	err := r.Tx(func(tx *store.Tx) error { return office.EditPerson(r.Context(), tx, r.Now(), r.Actor, p) })
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/people/" + p.ID, Flash: r.Say("people.saved")}, nil
}

// one is what the page of a person shows.
type one struct {
	Person     office.Person `json:"person"`
	OfficeName string        `json:"office_name"`
	Posts      []post        `json:"posts"`
	Edit       bool          `json:"-"`
	Grant      bool          `json:"-"`
}

type post struct {
	ID     string `json:"id"`
	Role   string `json:"role"`
	Word   string `json:"-"`
	Office string `json:"office"`
	Name   string `json:"office_name"`
	Since  string `json:"since"`
	Until  string `json:"until"`
	Open   bool   `json:"-"` // it can be ended by the reader
}

func show(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), officedb.New(r.DB)
	p, err := office.GetPerson(ctx, r.DB, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	o, err := q.Office(ctx, p.Office)
	if err != nil {
		return nil, err
	}
	rows, err := q.PostsOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	data := one{Person: p, OfficeName: console.NameIn(r.Lang, o.NameFa, o.NameEn), Posts: []post{}, Edit: r.Actor.May(office.PeopleEdit, p.Office), Grant: r.Actor.May(office.PowersGrant, p.Office)}
	for _, row := range rows {
		data.Posts = append(data.Posts, post{row.ID, row.Role, r.Say("role." + row.Role), row.Office, console.NameIn(r.Lang, row.NameFa, row.NameEn), row.Since, row.Until,
			row.Until == "" && r.Actor.May(office.PowersGrant, row.Office)})
	}
	return console.Page{Template: "person", Title: p.Name, Data: data, Crumbs: []console.Link{{Path: "/people", Word: r.Say("people.title")}}}, nil
}
