package sessions

import (
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/courses"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

var sessionStates = map[string]string{training.Planned: "wait", training.Held: "good", training.Cancelled: "wait"}

func sessionState(r *console.Request, s string) console.State {
	return console.State{Kind: sessionStates[s], Word: r.Say("training.session." + s), Key: s}
}

// sessions lists the sessions within reach, in the order of their days.
func (p *part) sessions(r *console.Request) (console.Answer, error) {
	l := console.List{Crumbs: shown.Crumbs(r), Empty: r.Say("training.sessions.empty"), Columns: []console.Column{{Key: "venue", Label: words["training.venue"]},
		{Key: "from", Label: words["training.from"], Kind: console.Days}, {Key: "to", Label: words["training.to"], Kind: console.Days},
		{Key: "units", Label: words["training.units"]}, {Key: "state", Label: words["training.state"], Kind: console.States}}}
	page, skip := r.Paging(), r.Paging().Skip
	q := trainingdb.New(r.DB)
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := q.SessionsIn(r.Context(), trainingdb.SessionsInParams{Lo: lo, Hi: hi, Max: int32(page.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, store.Classify(err)
		}
		n, err := q.CountSessions(r.Context(), trainingdb.CountSessionsParams{Lo: lo, Hi: hi})
		if err != nil {
			return nil, store.Classify(err)
		}
		l.Total, skip = l.Total+n, max(0, skip-int(n))
		for _, s := range rows {
			units, err := shown.Names(r, training.Texts(s.Units))
			if err != nil {
				return nil, err
			}
			l.Rows = append(l.Rows, console.Row{ID: s.ID, Path: "/training/sessions/" + s.ID,
				Cells: []any{s.Venue, s.FirstDay, s.LastDay, r.Lang.And(units), sessionState(r, s.State)}})
		}
		if len(l.Rows) >= page.Limit {
			break
		}
	}
	return l, nil
}

func get(r *console.Request) (trainingdb.TrainingSession, error) {
	s, err := trainingdb.New(r.DB).Session(r.Context(), r.PathValue("session"))
	return s, store.Classify(err)
}

// session is the page of a session.
func (p *part) session(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), trainingdb.New(r.DB)
	s, err := get(r)
	if err != nil {
		return nil, err
	}
	tally, err := q.Tally(ctx, s.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	units, err := shown.Names(r, training.Texts(s.Units))
	if err != nil {
		return nil, err
	}
	agenda, err := courses.Topics(r, s.Course, s.ID)
	if err != nil {
		return nil, err
	}
	decisions, err := q.Decisions(ctx, s.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	materials, err := q.Materials(ctx, s.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	said, err := q.Feedback(ctx, s.ID)
	if err != nil {
		return nil, store.Classify(err)
	}
	pr, err := q.Programme(ctx, s.Programme)
	if err != nil {
		return nil, store.Classify(err)
	}
	data := struct {
		Session   trainingdb.TrainingSession    `json:"session"`
		State     console.State                 `json:"-"`
		Tally     trainingdb.TallyRow           `json:"tally"`
		Units     string                        `json:"units"`
		Trainers  string                        `json:"trainers"`
		Topics    []courses.Topic               `json:"topics"`
		Decisions []trainingdb.DecisionsRow     `json:"decisions"`
		Materials []trainingdb.TrainingMaterial `json:"materials"`
		Clear     string                        `json:"clear"` // mean, of 5
		Useful    string                        `json:"useful"`
		Said      []string                      `json:"said"`
		Answers   int                           `json:"feedback"`
		Plans     bool                          `json:"-"`
		Teaches   bool                          `json:"-"`
		Past      bool                          `json:"-"`
	}{Session: s, State: sessionState(r, s.State), Tally: tally, Units: r.Lang.And(units), Trainers: r.Lang.And(training.Texts(s.Trainers)), Topics: agenda,
		Decisions: decisions, Materials: materials, Answers: len(said), Plans: r.Actor.May(office.TrainingPlan, s.Office), Teaches: r.Actor.May(office.TrainingTeach, s.Office),
		Past: s.LastDay < r.Today()}
	var clear, useful int64
	for _, f := range said {
		clear, useful = clear+f.Clear, useful+f.Useful
		if f.Content != "" {
			data.Said = append(data.Said, f.Content)
		}
	}
	if n := int64(len(said)); n > 0 {
		mean := func(sum int64) string {
			tenths := (sum*10 + n/2) / n
			return r.Lang.Digits(fmt.Sprintf("%d٫%d", tenths/10, tenths%10))
		}
		data.Clear, data.Useful = mean(clear), mean(useful)
	}
	page := console.Page{Template: "session", Title: r.Say("training.session.at", s.Venue), Data: data,
		Crumbs: shown.Crumbs(r, console.Link{Path: "/training/programmes/" + s.Programme, Word: pr.Name})}
	page.Next = nextOf(r, s, tally, data.Plans, data.Teaches)
	return page, nil
}

// nextOf says what is to be done for a session next, by who asks.
func nextOf(r *console.Request, s trainingdb.TrainingSession, t trainingdb.TallyRow, plans, teaches bool) *console.Next {
	today := r.Today()
	do := func(step string) *console.Next {
		return &console.Next{Text: r.Say("training.next." + step), Link: console.Link{Path: "/training/sessions/" + s.ID + "/" + step, Word: r.Say("training." + step)}}
	}
	switch {
	case s.State == training.Cancelled:
		return nil
	case plans && t.People == 0 && today <= s.LastDay:
		return do("invite")
	case teaches && s.FirstDay <= today && today <= s.LastDay:
		return do("door")
	case plans && t.Unanswered > 0 && today < s.FirstDay:
		return do("remind")
	case teaches && today >= s.LastDay && s.State == training.Planned && t.Present > 0:
		return do("certify")
	case teaches && today > s.LastDay && s.Minutes == "":
		return do("minutes")
	}
	return nil
}

func sessionForm() *console.Form {
	states := []any{training.Planned, words["training.session.planned"], training.Held, words["training.session.held"], training.Cancelled, words["training.session.cancelled"]}
	return &console.Form{Intro: words["training.session.edit.intro"], Back: toSession, Fields: []console.Field{
		{Name: "from", Kind: console.Day, Label: words["training.from"], Required: true}, {Name: "to", Kind: console.Day, Label: words["training.to"], Required: true},
		{Name: "venue", Kind: console.Line, Label: words["training.venue"], Required: true, Max: 120},
		{Name: "seats", Kind: console.Number, Label: words["training.seats.of"], Required: true, Min: 1, Max: 5000},
		{Name: "state", Kind: console.Choice, Label: words["training.state"], Required: true, Choices: console.Items(states...)}, versionField},
		Fill: func(r *console.Request) (console.Values, error) {
			s, err := get(r)
			v := console.Fill("from", s.FirstDay, "to", s.LastDay, "venue", s.Venue, "state", s.State)
			v.SetInt("seats", s.Seats)
			v.SetInt("version", s.Version)
			return v, err
		}}
}

func here(r *console.Request) string { return "/training/sessions/" + r.PathValue("session") }

func (p *part) editSession(r *console.Request) (console.Answer, error) {
	s, err := get(r)
	if err != nil {
		return nil, err
	}
	v := r.Values
	if v.Get("from") > v.Get("to") {
		return nil, r.Wrong("to", "training.to.wrong")
	}
	s.FirstDay, s.LastDay, s.Venue, s.Seats, s.State, s.Version = v.Get("from"), v.Get("to"), v.Get("venue"), v.Int("seats"), v.Get("state"), v.Int("version")
	return shown.Write(r, here(r), r.Say("training.saved"), func(tx *store.Tx) error { return training.EditSession(r.Context(), tx, r.Now(), r.Actor, s) })
}

func roleItems(r *console.Request) ([]console.Item, error) {
	var out []console.Item
	for _, role := range training.Roles {
		out = append(out, console.Item{Value: string(role), Word: r.Say("training.role." + string(role))})
	}
	return out, nil
}

func inviteForm() *console.Form {
	return &console.Form{Intro: words["training.invite.intro"], Back: toSession,
		Fields: []console.Field{{Name: "roles", Kind: console.Choices, Label: words["training.roles"], Required: true, Choices: roleItems}},
		Fill: func(r *console.Request) (console.Values, error) {
			s, err := get(r)
			if err != nil {
				return console.Values{}, err
			}
			pr, err := trainingdb.New(r.DB).Programme(r.Context(), s.Programme)
			var v console.Values
			var roles []string
			for _, role := range training.Kind(pr.Kind).Roles() {
				roles = append(roles, string(role))
			}
			v.Set("roles", roles...)
			return v, store.Classify(err)
		}}
}

func (p *part) invite(r *console.Request) (console.Answer, error) {
	var roles []training.Role
	for _, role := range r.Values.All("roles") {
		roles = append(roles, training.Role(role))
	}
	var invited, waiting int
	err := r.Tx(func(tx *store.Tx) (err error) {
		invited, waiting, err = training.Invite(r.Context(), tx, r.Now(), r.Actor, r.PathValue("session"), roles)
		return err
	})
	if err != nil {
		return nil, shown.Told(r, err)
	}
	return console.Redirect{Path: here(r), Flash: r.Say("training.invite.done", invited, waiting)}, nil
}

func (p *part) remind(r *console.Request) (console.Answer, error) {
	var n int
	err := r.Tx(func(tx *store.Tx) (err error) {
		n, err = training.Remind(r.Context(), tx, r.Now(), r.Actor, r.PathValue("session"))
		return err
	})
	if err != nil {
		return nil, shown.Told(r, err)
	}
	return console.Redirect{Path: here(r), Flash: r.Say("training.remind.done", n)}, nil
}

var invitationStates = map[string]string{training.Invited: "open", training.Waiting: "wait", training.Accepted: "good", training.Declined: "bad",
	training.Substitute: "open", training.Replaced: "wait", training.Moved: "wait"}

func invitationState(r *console.Request, s string) console.State {
	return console.State{Kind: invitationStates[s], Word: r.Say("training.state." + s), Key: s}
}

// roster lists who is on a session's list and when they came; as CSV it is what
// the payment office is given.
func (p *part) roster(r *console.Request) (console.Answer, error) {
	page := r.Paging()
	rows, err := trainingdb.New(r.DB).Roster(r.Context(), trainingdb.RosterParams{Session: r.PathValue("session"), Max: int32(page.Limit), Skip: int32(page.Skip)})
	if err != nil {
		return nil, store.Classify(err)
	}
	s, err := get(r)
	if err != nil {
		return nil, err
	}
	l := console.List{Title: r.Say("training.roster.of", s.Venue), Empty: r.Say("training.roster.empty"), Intro: r.Say("training.roster.intro"), Columns: []console.Column{
		{Key: "name", Label: words["training.person"]}, {Key: "place", Label: words["training.place"], Kind: console.Numbers},
		{Key: "role", Label: words["training.role"]}, {Key: "office", Label: words["training.unit"]}, {Key: "office_code", Label: words["training.unit.code"], Kind: console.Codes},
		{Key: "answer", Label: words["training.state"], Kind: console.States}, {Key: "reason", Label: words["training.reason"]},
		{Key: "came", Label: words["training.came"], Kind: console.Times}, {Key: "certificate", Label: words["training.certificate"], Kind: console.Codes}},
		Crumbs: shown.Crumbs(r, console.Link{Path: here(r), Word: r.Say("training.session.at", s.Venue)}), Primary: &console.Link{Path: here(r) + "/door", Word: r.Say("training.door")}}
	for _, x := range rows {
		i := x.TrainingInvitation
		reason := i.Reason
		if x.SubstituteName.Valid {
			reason = r.Say("training.instead", x.SubstituteName.String, i.Reason)
		}
		l.Rows = append(l.Rows, console.Row{ID: i.ID, Cells: []any{x.Name, i.Place, r.Say("training.role." + i.Role), console.NameIn(r.Lang, x.NameFa, x.NameEn), i.Office,
			invitationState(r, i.State), reason, store.Time(x.Marked), x.Serial}})
	}
	return l, nil
}

func minutesForm() *console.Form {
	return &console.Form{Back: toSession, Fields: []console.Field{{Name: "minutes", Kind: console.Long, Label: words["training.minutes"], Required: true, Max: 20_000}, versionField},
		Fill: func(r *console.Request) (console.Values, error) {
			s, err := get(r)
			v := console.Fill("minutes", s.Minutes)
			v.SetInt("version", s.Version)
			return v, err
		}}
}

func (p *part) minutes(r *console.Request) (console.Answer, error) {
	return shown.Write(r, here(r), r.Say("training.saved"), func(tx *store.Tx) error {
		return training.SaveMinutes(r.Context(), tx, r.Now(), r.Actor, r.PathValue("session"), r.Values.Get("minutes"), r.Values.Int("version"))
	})
}

func decisionForm() *console.Form {
	return &console.Form{Back: toSession, Fields: []console.Field{{Name: "text", Kind: console.Long, Label: words["training.decision"], Required: true, Max: 1000},
		{Name: "owner", Kind: console.Person, Label: words["training.owner"], Required: true}, {Name: "due", Kind: console.Day, Label: words["training.due"], Required: true}}}
}

func (p *part) decision(r *console.Request) (console.Answer, error) {
	return shown.Write(r, here(r), r.Say("training.saved"), func(tx *store.Tx) error {
		return training.AddDecision(r.Context(), tx, r.Now(), r.Actor, r.PathValue("session"), r.Values.Get("text"), r.Values.Get("owner"), r.Values.Get("due"))
	})
}

func materialForm() *console.Form {
	return &console.Form{Back: toSession, Limit: training.MaxMaterial + 1<<20, Fields: []console.Field{
		{Name: "name", Kind: console.Line, Label: words["training.material.name"], Required: true, Max: 120},
		{Name: "file", Kind: console.Upload, Label: words["training.material"], Help: words["training.material.help"], Required: true}}}
}

func (p *part) addMaterial(r *console.Request) (console.Answer, error) {
	f, err := r.Values.File("file")
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, r.Wrong("file", "form.required")
	}
	defer f.Close()
	err = training.AddMaterial(r.Context(), r.DB, r.Dir, r.Now(), r.Actor, r.PathValue("session"), r.Values.Get("name"), f)
	if errors.Is(err, training.ErrMaterial) {
		return nil, r.Wrong("file", "training.material.wrong")
	}
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: here(r), Flash: r.Say("training.saved")}, nil
}

// material hands out a file, to who is invited to its session or sees it by a post.
// It is always saved and never shown, whatever it holds.
func (p *part) material(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), trainingdb.New(r.DB)
	m, err := q.Material(ctx, r.PathValue("material"))
	if err != nil {
		return nil, store.Classify(err)
	}
	s, err := q.Session(ctx, m.Session)
	if err != nil {
		return nil, store.Classify(err)
	}
	if _, err := q.InvitationOf(ctx, trainingdb.InvitationOfParams{Session: s.ID, Person: r.Actor.Person}); err != nil && !r.Actor.May(office.TrainingSee, s.Office) {
		return nil, office.ErrForbidden
	}
	data, err := training.ReadMaterial(r.Dir, m)
	if err != nil {
		return nil, err
	}
	return console.File{Name: m.Name, Type: "application/octet-stream", Data: data}, nil
}

func (p *part) absent(r *console.Request) (console.Answer, error) {
	var moved int
	var left []string
	err := r.Tx(func(tx *store.Tx) (err error) {
		moved, left, err = training.MoveAbsent(r.Context(), tx, r.Now(), r.Actor, r.PathValue("session"))
		return err
	})
	if err != nil {
		return nil, shown.Told(r, err)
	}
	return console.Redirect{Path: here(r), Flash: r.Say("training.absent.done", moved, len(left)), Value: map[string]any{"moved": moved, "left": left}}, nil
}

func (p *part) certify(r *console.Request) (console.Answer, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	var n int
	err = r.Tx(func(tx *store.Tx) (err error) {
		n, err = training.Issue(r.Context(), tx, r.Now(), r.Actor, keys, r.PathValue("session"))
		return err
	})
	if err != nil {
		return nil, shown.Told(r, err)
	}
	return console.Redirect{Path: here(r), Flash: r.Say("training.certify.done", n)}, nil
}

// asks lists the substitutes that wait for a decision.
func (p *part) asks(r *console.Request) (console.Answer, error) {
	l := console.List{Whole: true, Crumbs: shown.Crumbs(r), Empty: r.Say("training.asks.empty"), Columns: []console.Column{{Key: "name", Label: words["training.person"]},
		{Key: "substitute", Label: words["training.substitute"]}, {Key: "reason", Label: words["training.reason"]},
		{Key: "role", Label: words["training.role"]}, {Key: "day", Label: words["training.day"], Kind: console.Days}}}
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := trainingdb.New(r.DB).Asking(r.Context(), trainingdb.AskingParams{Lo: lo, Hi: hi})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, x := range rows {
			i := x.TrainingInvitation
			who, err := officedb.New(r.DB).Person(r.Context(), i.Substitute)
			if err != nil {
				return nil, store.Classify(err)
			}
			l.Rows = append(l.Rows, console.Row{ID: i.ID, Path: "/training/invitations/" + i.ID + "/decide", Cells: []any{x.Name, who.Name, i.Reason, r.Say("training.role." + i.Role), x.FirstDay}})
		}
	}
	return l, nil
}

func decideForm() *console.Form {
	return &console.Form{Intro: words["training.decide.intro"],
		Back: func(r *console.Request) console.Link {
			return console.Link{Path: "/training/asks", Word: r.Say("shell.cancel")}
		},
		Fields: []console.Field{{Name: "decision", Kind: console.Choice, Label: words["training.decide.label"], Required: true,
			Choices: console.Items("approve", words["training.approve"], "refuse", words["training.refuse"])}, versionField},
		Fill: func(r *console.Request) (console.Values, error) {
			i, err := trainingdb.New(r.DB).Invitation(r.Context(), r.PathValue("invitation"))
			var v console.Values
			v.SetInt("version", i.Version)
			return v, store.Classify(err)
		}}
}

func (p *part) decide(r *console.Request) (console.Answer, error) {
	return shown.Write(r, "/training/asks", r.Say("training.saved"), func(tx *store.Tx) error {
		return training.Decide(r.Context(), tx, r.Now(), r.Actor, r.PathValue("invitation"), r.Values.Int("version"), r.Values.Get("decision") == "approve")
	})
}
