package sessions

import (
	"encoding/base64"
	"html/template"
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/console"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/skip2/go-qrcode"
)

// asked is an invitation on one's own page.
type asked struct {
	ID     string                        `json:"id"`
	Course string                        `json:"course"`
	Venue  string                        `json:"venue"`
	First  string                        `json:"first"`
	Last   string                        `json:"last"`
	State  console.State                 `json:"state"`
	Reason string                        `json:"reason"`
	Came   int64                         `json:"came"`
	Open   bool                          `json:"-"` // it can be answered
	Seat   bool                          `json:"-"` // it has a badge
	Badge  string                        `json:"badge,omitempty"`
	QR     template.URL                  `json:"-"`
	Files  []trainingdb.TrainingMaterial `json:"files"`
}

// past is what somebody was in an earlier election.
type past struct {
	Round string `json:"round"`
	Role  string `json:"role"`
	Place string `json:"place"`
}

// roleName is a role in words: one of the training, or words of the file's own.
func roleName(r *console.Request, role string) string {
	if slices.Contains(training.Roles, training.Role(role)) {
		return r.Say("training.role." + role)
	}
	return role
}

// qr is a QR code as an image within the page.
func qr(text string) (template.URL, error) {
	b, err := qrcode.Encode(text, qrcode.Medium, 320)
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b)), err
}

// mine is everybody's own page.
func (p *part) mine(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), trainingdb.New(r.DB)
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	rows, err := q.InvitationsOf(ctx, r.Actor.Person)
	if err != nil {
		return nil, store.Classify(err)
	}
	data := struct {
		Asked        []asked                       `json:"asked"`
		Earlier      []asked                       `json:"earlier"`
		Certificates []held                        `json:"certificates"`
		Decisions    []trainingdb.TrainingDecision `json:"decisions"`
		Past         []past                        `json:"past"`
	}{Asked: []asked{}, Earlier: []asked{}, Certificates: []held{}, Past: []past{}}
	for _, x := range rows {
		i := x.TrainingInvitation
		a := asked{ID: i.ID, Course: x.CourseName, Venue: x.Venue, First: x.FirstDay, Last: x.LastDay, State: invitationState(r, i.State), Reason: i.Reason, Came: x.Marked}
		if a.Files, err = q.Materials(ctx, i.Session); err != nil {
			return nil, store.Classify(err)
		}
		gone := i.State == training.Moved || i.State == training.Replaced || i.State == training.Declined
		if x.LastDay < r.Today() || gone || x.SessionState != training.Planned {
			data.Earlier = append(data.Earlier, a)
			continue
		}
		a.Open = true
		if a.Seat = i.State == training.Accepted; a.Seat {
			a.Badge = keys.Badge(x.Badge, i.Place)
			if a.QR, err = qr(a.Badge); err != nil {
				return nil, err
			}
		}
		data.Asked = append(data.Asked, a)
	}
	slices.Reverse(data.Asked) // the next one first
	certs, err := q.CertificatesOf(ctx, r.Actor.Person)
	if err != nil {
		return nil, store.Classify(err)
	}
	for _, c := range certs {
		h, err := holding(r, trainingdb.CertificateRow(c))
		if err != nil {
			return nil, err
		}
		data.Certificates = append(data.Certificates, h)
	}
	if data.Decisions, err = q.DecisionsOf(ctx, r.Actor.Person); err != nil {
		return nil, store.Classify(err)
	}
	earlier, err := q.PastOf(ctx, r.Actor.Person)
	if err != nil {
		return nil, store.Classify(err)
	}
	for _, e := range earlier {
		data.Past = append(data.Past, past{r.Lang.Digits(e.Round), roleName(r, e.Role), e.Office})
	}
	page := console.Page{Template: "mine", Data: data}
	if i := slices.IndexFunc(data.Asked, func(a asked) bool { return a.State.Key == training.Invited }); i >= 0 {
		page.Next = &console.Next{Text: r.Say("training.next.answer", data.Asked[i].Course), Link: console.Link{Path: "/my/invitations/" + data.Asked[i].ID + "/answer", Word: r.Say("training.answer")}}
	}
	return page, nil
}

func own(r *console.Request) (trainingdb.TrainingInvitation, error) {
	i, err := trainingdb.New(r.DB).Invitation(r.Context(), r.PathValue("invitation"))
	if err != nil {
		return i, store.Classify(err)
	}
	if i.Person != r.Actor.Person && !r.Actor.May(office.TrainingPlan, i.Office) {
		return i, office.ErrForbidden
	}
	return i, nil
}

func ownVersion(r *console.Request) (console.Values, error) {
	i, err := own(r)
	var v console.Values
	v.SetInt("version", i.Version)
	return v, err
}

// colleagues are those who can come instead: who sits or whose record is kept at
// the same office.
func colleagues(r *console.Request) ([]console.Item, error) {
	i, err := own(r)
	if err != nil {
		return nil, err
	}
	people, err := office.Find(r.Context(), r.DB, i.Office, "", 300, 0)
	if err != nil {
		return nil, err
	}
	var out []console.Item
	for _, p := range people {
		if p.ID != i.Person && p.Office == i.Office {
			out = append(out, console.Item{Value: p.ID, Word: p.Name})
		}
	}
	return out, nil
}

func answerForm() *console.Form {
	return &console.Form{Back: toMine, Submit: words["training.answer.submit"], Fill: ownVersion, Fields: []console.Field{
		{Name: "answer", Kind: console.Choice, Label: words["training.answer.label"], Required: true, Choices: console.Items(training.Accepted, words["training.accept"],
			training.Declined, words["training.decline"], training.Substitute, words["training.send.substitute"])},
		{Name: "reason", Kind: console.Long, Label: words["training.reason"], Help: words["training.reason.help"], Max: 500},
		{Name: "substitute", Kind: console.Choice, Label: words["training.substitute"], Help: words["training.substitute.help"], Choices: colleagues}, versionField},
		Check: func(r *console.Request) []console.Fault {
			var out []console.Fault
			answer := r.Values.Get("answer")
			if answer != training.Accepted && r.Values.Get("reason") == "" {
				out = append(out, console.Fault{Field: "reason", Text: r.Say("training.fault.reason-missing")})
			}
			if answer == training.Substitute && r.Values.Get("substitute") == "" {
				out = append(out, console.Fault{Field: "substitute", Text: r.Say("training.substitute.missing")})
			}
			return out
		}}
}

func (p *part) answer(r *console.Request) (console.Answer, error) {
	v := r.Values
	return shown.Write(r, "/my/training", r.Say("training.answer.done"), func(tx *store.Tx) error {
		return training.Answer(r.Context(), tx, r.Now(), r.Actor, r.PathValue("invitation"), v.Int("version"), v.Get("answer"), v.Get("reason"), v.Get("substitute"))
	})
}

func otherForm() *console.Form {
	return &console.Form{Intro: words["training.other.intro"], Back: toMine, Fill: ownVersion, Fields: []console.Field{
		{Name: "session", Kind: console.Choice, Label: words["training.other.label"], Required: true, Choices: func(r *console.Request) ([]console.Item, error) {
			i, err := own(r)
			if err != nil {
				return nil, err
			}
			rooms, err := training.Room(r.Context(), r.DB, r.Now(), i.ID)
			if err != nil {
				return nil, err
			}
			var out []console.Item
			for _, s := range rooms {
				out = append(out, console.Item{Value: s.ID, Word: r.Say("training.other.item", console.ISODay(s.FirstDay).In(calendar.Lang(r.Lang.Code())), s.Venue)})
			}
			return out, nil
		}}, versionField}}
}

func (p *part) other(r *console.Request) (console.Answer, error) {
	return shown.Write(r, "/my/training", r.Say("training.other.done"), func(tx *store.Tx) error {
		return training.Move(r.Context(), tx, r.Now(), r.Actor, r.PathValue("invitation"), r.Values.Int("version"), r.Values.Get("session"))
	})
}

func feedbackForm() *console.Form {
	return &console.Form{Intro: words["training.feedback.intro"], Back: toMine, Fields: []console.Field{
		{Name: "clear", Kind: console.Number, Label: words["training.clear"], Required: true, Min: 1, Max: 5},
		{Name: "useful", Kind: console.Number, Label: words["training.useful"], Required: true, Min: 1, Max: 5},
		{Name: "text", Kind: console.Long, Label: words["training.feedback.text"], Max: 1000}}}
}

func (p *part) feedback(r *console.Request) (console.Answer, error) {
	v := r.Values
	return shown.Write(r, "/my/training", r.Say("training.feedback.done"), func(tx *store.Tx) error {
		return training.GiveFeedback(r.Context(), tx, r.Now(), r.Actor, r.PathValue("invitation"), v.Int("clear"), v.Int("useful"), v.Get("text"))
	})
}

func (p *part) decisionDone(r *console.Request) (console.Answer, error) {
	d, err := trainingdb.New(r.DB).Decision(r.Context(), r.PathValue("decision"))
	if err != nil {
		return nil, store.Classify(err)
	}
	return shown.Write(r, "/my/training", r.Say("training.saved"), func(tx *store.Tx) error {
		return training.FinishDecision(r.Context(), tx, r.Now(), r.Actor, d.ID, d.Version)
	})
}
