package people

import (
	"errors"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// roleItems are the roles that the giver may give somewhere.
func roleItems(r *console.Request) ([]console.Item, error) {
	var out []console.Item
	for _, role := range office.Roles {
		out = append(out, console.Item{Value: string(role), Word: r.Say("role." + string(role))})
	}
	return out, nil
}

var appointForm = &console.Form{
	Submit: words["people.post.give"], Back: backToOne,
	Fill: func(r *console.Request) (console.Values, error) {
		p, err := office.GetPerson(r.Context(), r.DB, r.PathValue("id"))
		return console.Fill("since", r.Today(), "office", officeValue(p.Office)), err
	},
	Fields: []console.Field{
		{Name: "role", Kind: console.Choice, Label: words["people.role"], Required: true, Choices: roleItems},
		{Name: "office", Kind: console.Office, Label: words["people.office"], Required: true},
		{Name: "since", Kind: console.Day, Label: words["people.since"], Required: true},
		{Name: "until", Kind: console.Day, Label: words["people.until"], Help: words["people.until.help"]},
	},
	Check: func(r *console.Request) []console.Fault {
		var out []console.Fault
		if !office.Role(r.Values.Get("role")).Fits(r.Values.OfficeOf("office")) {
			out = append(out, console.Fault{Field: "office", Text: r.Say("people.role.level")})
		} else if !r.Actor.MayGive(office.Role(r.Values.Get("role")), r.Values.OfficeOf("office")) {
			out = append(out, console.Fault{Field: "role", Text: r.Say("people.role.more")})
		}
		if until := r.Values.Get("until"); until != "" && until < r.Values.Get("since") {
			out = append(out, console.Fault{Field: "until", Text: r.Say("people.until.early")})
		}
		return out
	},
}

// officeValue is a code as an Office field holds it.
func officeValue(code string) string {
	if code == "" {
		return "-"
	}
	return code
}

func appoint(r *console.Request) (console.Answer, error) {
	v, id := r.Values, r.PathValue("id")
	var post string
	err := r.Tx(func(tx *store.Tx) (err error) {
		post, err = office.Appoint(r.Context(), tx, r.Now(), r.Actor, id, office.Role(v.Get("role")), v.OfficeOf("office"), v.Get("since"), v.Get("until"))
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/people/" + id, Flash: r.Say("people.post.given"), Value: map[string]string{"id": post}}, nil
}

// postScope is the office of the post in the path.
func postScope(r *console.Request) (string, error) {
	p, err := officedb.New(r.DB).Post(r.Context(), r.PathValue("post"))
	return p.Office, err
}

var endForm = &console.Form{
	Intro: words["people.post.end.intro"], Danger: true,
	Fields: []console.Field{
		{Name: "until", Kind: console.Day, Label: words["people.post.last"], Required: true},
		{Name: "version", Kind: console.Hidden, Required: true},
	},
	Fill: func(r *console.Request) (console.Values, error) {
		p, err := officedb.New(r.DB).Post(r.Context(), r.PathValue("post"))
		v := console.Fill("until", r.Today())
		v.SetInt("version", p.Version)
		return v, err
	},
	Back: func(r *console.Request) console.Link {
		p, _ := officedb.New(r.DB).Post(r.Context(), r.PathValue("post")) // else to nobody, and from there to the list
		return console.Link{Path: "/people/" + p.Person, Word: r.Say("shell.cancel")}
	},
}

func endPost(r *console.Request) (console.Answer, error) {
	p, err := officedb.New(r.DB).Post(r.Context(), r.PathValue("post"))
	if err != nil {
		return nil, err
	}
	until := r.Values.Get("until")
	if until < p.Since {
		return nil, r.Wrong("until", "people.until.early")
	}
	err = r.Tx(func(tx *store.Tx) error {
		return office.EndPost(r.Context(), tx, r.Now(), r.Actor, p.ID, until, r.Values.Int("version"))
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/people/" + p.Person, Flash: r.Say("people.post.ended")}, nil
}

// offices lists the offices of the subtrees of the person.
func offices(r *console.Request) (console.Answer, error) {
	l := console.List{
		Columns: []console.Column{
			{Key: "name", Label: words["offices.name"]},
			{Key: "code", Label: words["people.office.code"], Kind: console.Codes},
			{Key: "kind", Label: words["offices.kind"]},
			{Key: "population", Label: words["offices.population"], Kind: console.Numbers},
		},
		Empty: r.Say("offices.empty"),
	}
	p, q, kind := r.Paging(), officedb.New(r.DB), r.Values.Get("kind")
	skip := p.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		var rows []officedb.Office
		var err error
		if kind == "" {
			rows, err = q.Offices(r.Context(), officedb.OfficesParams{Lo: lo, Hi: hi, Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		} else {
			rows, err = q.OfficesOfKind(r.Context(), officedb.OfficesOfKindParams{Kind: kind, Lo: lo, Hi: hi, Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		}
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, o := range rows {
			l.Rows = append(l.Rows, console.Row{ID: o.Code, Path: "/offices/" + officeValue(o.Code), Cells: []any{console.NameIn(r.Lang, o.NameFa, o.NameEn), o.Code, r.Say("office." + o.Kind), o.Population}})
		}
		if len(l.Rows) >= p.Limit {
			break
		}
	}
	return l, nil
}

var kindItems = console.Items(office.ProvinceAt, officeWord("استان", "Province"), office.CountyAt, officeWord("شهرستان", "County"),
	office.DistrictAt, officeWord("بخش", "District"), office.City, officeWord("شهر", "City"), office.Village, officeWord("روستا", "Village"))

// officeScope is the office in the path.
func officeScope(r *console.Request) (string, error) {
	code := r.PathValue("code")
	if code == "-" {
		return "", nil
	}
	o, err := officedb.New(r.DB).Office(r.Context(), code)
	return o.Code, err
}

// showOffice is the page of one office: who has posts there, and below.
func showOffice(r *console.Request) (console.Answer, error) {
	q := officedb.New(r.DB)
	o, err := q.Office(r.Context(), r.Office)
	if err != nil {
		return nil, err
	}
	lo, hi := office.Range(r.Office)
	p := r.Paging()
	rows, err := q.PostsIn(r.Context(), officedb.PostsInParams{Lo: lo, Hi: hi, Max: int32(p.Limit), Skip: int32(p.Skip)})
	if err != nil {
		return nil, err
	}
	l := console.List{
		Title: console.NameIn(r.Lang, o.NameFa, o.NameEn), Intro: r.Say("offices.posts"), Empty: r.Say("offices.posts.none"),
		Crumbs: []console.Link{{Path: "/offices", Word: r.Say("offices.title")}},
		Columns: []console.Column{{Key: "name", Label: words["people.name"]}, {Key: "role", Label: words["people.role"]},
			{Key: "office_code", Label: words["people.office.code"], Kind: console.Codes}, {Key: "since", Label: words["people.since"], Kind: console.Days},
			{Key: "until", Label: words["people.until"], Kind: console.Days}},
	}
	if above := office.Parent(r.Office); r.Office != "" && r.May(above) {
		l.Actions = append(l.Actions, console.Link{Path: "/offices/" + officeValue(above), Word: r.Say("offices.above")})
	}
	for _, row := range rows {
		l.Rows = append(l.Rows, console.Row{ID: row.ID, Path: "/people/" + row.Person, Cells: []any{row.Name, r.Say("role." + row.Role), row.Office, row.Since, row.Until}})
	}
	return l, nil
}

// decide says what went wrong with a decision in a sentence.
func decided(r *console.Request, err error) error {
	switch {
	case errors.Is(err, office.ErrSamePerson):
		return &console.Refused{Text: r.Say("approvals.same")}
	case errors.Is(err, office.ErrDecided):
		return &console.Refused{Text: r.Say("approvals.done")}
	}
	return err
}
