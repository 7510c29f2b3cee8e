package outreach

import (
	"errors"
	"maps"
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/outreach"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/outreachdb"
)

func sorted(m map[string]*sums) []string { return slices.Sorted(maps.Keys(m)) }

var (
	states         = console.Items(outreach.Planned, words["outreach.state.planned"], outreach.Held, words["outreach.state.held"], outreach.Cancelled, words["outreach.state.cancelled"])
	kinds          = console.Items("social", words["outreach.kind.social"], "cultural", words["outreach.kind.cultural"], "political", words["outreach.kind.political"])
	meetingFilters = []console.Field{{Name: "state", Kind: console.Choice, Label: words["outreach.state"], Choices: states},
		{Name: "kind", Kind: console.Choice, Label: words["outreach.kind"], Choices: kinds}}
	meetingFields = []console.Field{
		{Name: "kind", Kind: console.Choice, Label: words["outreach.kind"], Required: true, Choices: kinds},
		{Name: "partner", Kind: console.Line, Label: words["outreach.partner"], Required: true},
		{Name: "subject", Kind: console.Line, Label: words["outreach.subject"], Required: true},
		{Name: "venue", Kind: console.Line, Label: words["outreach.venue"]},
		{Name: "planned", Kind: console.Day, Label: words["outreach.day"], Required: true},
	}
)

// meetingState says how a meeting stands: one whose day is past is late.
func meetingState(r *console.Request, state, planned string) console.State {
	switch {
	case state == outreach.Held:
		return console.State{Kind: "good", Word: r.Say("outreach.state.held"), Key: state}
	case state == outreach.Cancelled:
		return console.State{Kind: "wait", Word: r.Say("outreach.state.cancelled"), Key: state}
	case planned < r.Today():
		return console.State{Kind: "bad", Word: r.Say("outreach.state.late"), Key: "late"}
	}
	return console.State{Kind: "open", Word: r.Say("outreach.state.planned"), Key: state}
}

func meetings(r *console.Request) (console.Answer, error) {
	l := console.List{
		Empty: r.Say("outreach.meetings.empty"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "partner", Label: words["outreach.partner"]}, {Key: "office", Label: words["outreach.office"]}, {Key: "kind", Label: words["outreach.kind"]},
			{Key: "day", Label: words["outreach.day"], Kind: console.Days}, {Key: "attendance", Label: words["outreach.attendance"], Kind: console.Numbers},
			{Key: "waiting", Label: words["outreach.waiting"], Kind: console.Numbers}, {Key: "state", Label: words["outreach.state"], Kind: console.States}},
	}
	if r.Actor.Somewhere(office.OutreachEdit) {
		l.Primary = &console.Link{Path: "/outreach/meetings/new", Word: r.Say("outreach.meeting.new")}
	}
	p := r.Paging()
	skip := p.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := outreachdb.New(r.DB).Meetings(r.Context(), outreachdb.MeetingsParams{Lo: lo, Hi: hi, State: r.Values.Get("state"), Kind: r.Values.Get("kind"),
			Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, m := range rows {
			l.Rows = append(l.Rows, console.Row{ID: m.ID, Path: "/outreach/meeting/" + m.ID, Cells: []any{m.Partner, console.NameIn(r.Lang, m.NameFa, m.NameEn), r.Say("outreach.kind." + m.Kind), m.Planned,
				m.Attendance, m.Waiting, meetingState(r, m.State, m.Planned)}})
		}
	}
	return l, nil
}

func meetingScope(r *console.Request) (string, error) {
	m, err := outreach.GetMeeting(r.Context(), r.DB, r.PathValue("meeting"))
	return m.Office, err
}

func backToMeeting(r *console.Request) console.Link {
	return console.Link{Path: "/outreach/meeting/" + r.PathValue("meeting"), Word: r.Say("shell.cancel")}
}

func fillMeeting(r *console.Request) (console.Values, error) {
	m, err := outreach.GetMeeting(r.Context(), r.DB, r.PathValue("meeting"))
	v := console.Fill("kind", m.Kind, "partner", m.Partner, "subject", m.Subject, "venue", m.Venue, "planned", m.Planned)
	v.SetInt("version", m.Version)
	return v, err
}

// past says that a meeting or a request is not any more what the form is for.
func past(r *console.Request, err error) error {
	if errors.Is(err, outreach.ErrState) {
		return r.Wrong("", "outreach.past")
	}
	return err
}

func plan(r *console.Request) (console.Answer, error) {
	v := r.Values
	m := outreach.Meeting{ID: r.PathValue("meeting"), Office: v.OfficeOf("office"), Kind: v.Get("kind"), Partner: v.Get("partner"), Subject: v.Get("subject"), Venue: v.Get("venue"),
		Planned: v.Get("planned"), Version: v.Int("version")}
	err := r.Tx(func(tx *store.Tx) (err error) {
		m, err = outreach.Plan(r.Context(), tx, r.Now(), r.Actor, m)
		return err
	})
	if err != nil {
		return nil, past(r, err)
	}
	return console.Redirect{Path: "/outreach/meeting/" + m.ID, Flash: r.Say("outreach.saved"), Value: m}, nil
}

// asked is a request as the page of its meeting shows it.
type asked struct {
	outreach.Request
	OwnerName string        `json:"owner_name"`
	State     console.State `json:"-"`
	MayAnswer bool          `json:"-"`
}

func requestState(r *console.Request, answered int64, due string) console.State {
	switch {
	case answered != 0:
		return console.State{Kind: "good", Word: r.Say("outreach.request.answered"), Key: "answered"}
	case due < r.Today():
		return console.State{Kind: "bad", Word: r.Say("outreach.state.late"), Key: "late"}
	}
	return console.State{Kind: "open", Word: r.Say("outreach.request.open"), Key: "open"}
}

func meeting(r *console.Request) (console.Answer, error) {
	ctx := r.Context()
	m, err := outreach.GetMeeting(ctx, r.DB, r.PathValue("meeting"))
	if err != nil {
		return nil, err
	}
	o, err := officedb.New(r.DB).Office(ctx, m.Office)
	if err != nil {
		return nil, err
	}
	rows, err := outreachdb.New(r.DB).AsksOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	d := struct {
		Meeting  outreach.Meeting `json:"meeting"`
		Office   string           `json:"office_name"`
		Kind     string           `json:"-"`
		State    console.State    `json:"state"`
		Held     bool             `json:"-"`
		Requests []asked          `json:"requests"`
		Links    []console.Link   `json:"-"`
	}{m, console.NameIn(r.Lang, o.NameFa, o.NameEn), r.Say("outreach.kind." + m.Kind), meetingState(r, m.State, m.Planned), m.State == outreach.Held, []asked{}, nil}
	for _, x := range rows {
		one := outreach.Request{ID: x.ID, Meeting: x.Meeting, Office: x.Office, Content: x.Content, Owner: x.Owner, Due: x.Due, Answer: x.Answer, Answered: x.Answered, Version: x.Version}
		d.Requests = append(d.Requests, asked{one, x.OwnerName, requestState(r, x.Answered, x.Due), x.Answered == 0 && one.MayAnswer(r.Actor)})
	}
	p := console.Page{Template: "meeting", Title: m.Partner, Crumbs: crumbs(r, console.Link{Path: "/outreach/meetings", Word: r.Say("outreach.meetings")})}
	if r.Actor.May(office.OutreachEdit, m.Office) {
		link := func(to, key string) console.Link {
			return console.Link{Path: "/outreach/meeting/" + m.ID + "/" + to, Word: r.Say(key)}
		}
		switch waiting := slices.IndexFunc(d.Requests, func(x asked) bool { return x.MayAnswer }); {
		case m.State == outreach.Planned && m.Planned <= r.Today():
			p.Next = &console.Next{Text: r.Say("outreach.next.hold"), Link: link("held", "outreach.hold")}
			d.Links = []console.Link{link("edit", "outreach.meeting.edit"), link("cancel", "outreach.cancel")}
		case m.State == outreach.Planned:
			d.Links = []console.Link{link("held", "outreach.hold"), link("edit", "outreach.meeting.edit"), link("cancel", "outreach.cancel")}
		case m.State == outreach.Held && waiting >= 0:
			p.Next = &console.Next{Text: r.Say("outreach.next.answer"), Link: console.Link{Path: "/outreach/request/" + d.Requests[waiting].ID + "/answer", Word: r.Say("outreach.answer")}}
			d.Links = []console.Link{link("ask", "outreach.ask")}
		case m.State == outreach.Held:
			p.Next = &console.Next{Text: r.Say("outreach.next.ask"), Link: link("ask", "outreach.ask")}
		}
	}
	p.Data = d
	return p, nil
}

func fillVersion(r *console.Request) (console.Values, error) {
	m, err := outreach.GetMeeting(r.Context(), r.DB, r.PathValue("meeting"))
	v := console.Fill("held", m.Planned)
	v.SetInt("version", m.Version)
	return v, err
}

var holdForm = &console.Form{
	Back: backToMeeting, Fill: fillVersion, Submit: words["outreach.save"],
	Fields: []console.Field{
		{Name: "held", Kind: console.Day, Label: words["outreach.held.day"], Required: true, Check: func(r *console.Request, day string) string {
			if day > r.Today() {
				return r.Say("outreach.held.future")
			}
			return ""
		}},
		{Name: "attendance", Kind: console.Number, Label: words["outreach.attendance"], Required: true, Min: 1, Max: 1_000_000},
		{Name: "note", Kind: console.Long, Label: words["outreach.note"], Required: true},
		version,
	},
}

func hold(r *console.Request) (console.Answer, error) {
	id, v := r.PathValue("meeting"), r.Values
	err := r.Tx(func(tx *store.Tx) error {
		return outreach.Hold(r.Context(), tx, r.Now(), r.Actor, id, v.Get("held"), v.Int("attendance"), v.Get("note"), v.Int("version"))
	})
	if err != nil {
		return nil, past(r, err)
	}
	return console.Redirect{Path: "/outreach/meeting/" + id, Flash: r.Say("outreach.held.flash")}, nil
}

var cancelForm = &console.Form{
	Back: backToMeeting, Fill: fillVersion, Danger: true,
	Fields: []console.Field{{Name: "why", Kind: console.Long, Label: words["outreach.cancel.why"], Required: true}, version},
}

func cancel(r *console.Request) (console.Answer, error) {
	id := r.PathValue("meeting")
	err := r.Tx(func(tx *store.Tx) error {
		return outreach.Cancel(r.Context(), tx, r.Now(), r.Actor, id, r.Values.Get("why"), r.Values.Int("version"))
	})
	if err != nil {
		return nil, past(r, err)
	}
	return console.Redirect{Path: "/outreach/meeting/" + id, Flash: r.Say("outreach.cancelled.flash")}, nil
}

var askForm = &console.Form{
	Back: backToMeeting, Submit: words["outreach.save"], Intro: words["outreach.ask.intro"],
	Fields: []console.Field{
		{Name: "content", Kind: console.Long, Label: words["outreach.request"], Required: true, Max: 1000},
		{Name: "owner", Kind: console.Person, Label: words["outreach.owner"], Required: true},
		{Name: "due", Kind: console.Day, Label: words["outreach.due"], Required: true},
	},
}

func ask(r *console.Request) (console.Answer, error) {
	x := outreach.Request{Meeting: r.PathValue("meeting"), Content: r.Values.Get("content"), Owner: r.Values.Get("owner"), Due: r.Values.Get("due")}
	err := r.Tx(func(tx *store.Tx) (err error) {
		x, err = outreach.Ask(r.Context(), tx, r.Now(), r.Actor, x)
		return err
	})
	if errors.Is(err, outreach.ErrState) {
		return nil, r.Wrong("", "outreach.ask.planned")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/outreach/meeting/" + x.Meeting, Flash: r.Say("outreach.asked"), Value: x}, nil
}

var requestFilters = []console.Field{{Name: "every", Kind: console.Check, Label: words["outreach.requests.every"]}}

func requests(r *console.Request) (console.Answer, error) {
	l := console.List{
		Intro: r.Say("outreach.requests.intro"), Empty: r.Say("outreach.requests.empty"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "request", Label: words["outreach.request"]}, {Key: "partner", Label: words["outreach.partner"]}, {Key: "office", Label: words["outreach.office"]},
			{Key: "owner", Label: words["outreach.owner"]}, {Key: "due", Label: words["outreach.due"], Kind: console.Days}, {Key: "state", Label: words["outreach.state"], Kind: console.States}},
	}
	p := r.Paging()
	skip := p.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := outreachdb.New(r.DB).Asks(r.Context(), outreachdb.AsksParams{Lo: lo, Hi: hi, Every: store.Bool(r.Values.Is("every")), Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, x := range rows {
			l.Rows = append(l.Rows, console.Row{ID: x.ID, Path: "/outreach/meeting/" + x.Meeting, Cells: []any{x.Content, x.Partner, console.NameIn(r.Lang, x.NameFa, x.NameEn), x.OwnerName, x.Due,
				requestState(r, x.Answered, x.Due)}})
		}
	}
	return l, nil
}

// mine lists the requests that stay before the person until they are answered.
func mine(r *console.Request) (console.Answer, error) {
	rows, err := outreachdb.New(r.DB).AsksOwned(r.Context(), r.Actor.Person)
	if err != nil {
		return nil, err
	}
	l := console.List{
		Whole: true, Empty: r.Say("outreach.mine.empty"),
		Columns: []console.Column{{Key: "request", Label: words["outreach.request"]}, {Key: "partner", Label: words["outreach.partner"]}, {Key: "due", Label: words["outreach.due"], Kind: console.Days, Sort: true},
			{Key: "state", Label: words["outreach.state"], Kind: console.States}},
	}
	for _, x := range rows {
		l.Rows = append(l.Rows, console.Row{ID: x.ID, Path: "/outreach/request/" + x.ID + "/answer", Cells: []any{x.Content, x.Partner, x.Due, requestState(r, x.Answered, x.Due)}})
	}
	return l, nil
}

// requestScope lets in the owner of a request, and who edits meetings of its
// office.
func requestScope(r *console.Request) (string, error) {
	x, err := outreach.GetRequest(r.Context(), r.DB, r.PathValue("request"))
	if err == nil && !x.MayAnswer(r.Actor) {
		err = office.ErrForbidden
	}
	return x.Office, err
}

var answerForm = &console.Form{
	Submit: words["outreach.answer.submit"],
	Fields: []console.Field{{Name: "answer", Kind: console.Long, Label: words["outreach.answer.text"], Required: true}, version},
	Fill: func(r *console.Request) (console.Values, error) {
		x, err := outreach.GetRequest(r.Context(), r.DB, r.PathValue("request"))
		var v console.Values
		v.SetInt("version", x.Version)
		return v, err
	},
	Back: backTo("/outreach/mine"),
	Page: func(r *console.Request, form *console.FormView) (console.Page, error) {
		x, err := outreach.GetRequest(r.Context(), r.DB, r.PathValue("request"))
		return console.Page{Template: "answer", Data: struct {
			Request outreach.Request
			Form    *console.FormView
		}{x, form}}, err
	},
}

func answer(r *console.Request) (console.Answer, error) {
	id := r.PathValue("request")
	err := r.Tx(func(tx *store.Tx) error {
		return outreach.Answer(r.Context(), tx, r.Now(), r.Actor, id, r.Values.Get("answer"), r.Values.Int("version"))
	})
	if err != nil {
		return nil, past(r, err)
	}
	x, err := outreach.GetRequest(r.Context(), r.DB, id)
	to := "/outreach/mine"
	if r.Actor.May(office.OutreachSee, x.Office) {
		to = "/outreach/meeting/" + x.Meeting
	}
	return console.Redirect{Path: to, Flash: r.Say("outreach.answered")}, err
}
