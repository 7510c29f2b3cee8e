package sessions

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/console/courses"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed offline.html
var offline string

var versionField = console.Field{Name: "version", Kind: console.Hidden, Required: true}

// part is the part with the keys of its folder, which are read once.
type part struct {
	keys func() (training.Keys, error)
}

// Part returns the part.
func Part(d console.Deps) console.Part {
	pages, _ := fs.Sub(templates, "templates") // embedded: it is there
	p := &part{sync.OnceValues(func() (training.Keys, error) { return training.LoadKeys(d.Dir) })}
	return console.Part{Name: "sessions", Words: vocabulary, Templates: pages, Routes: p.routes(), Tiles: tiles,
		Nav: []console.Nav{{Path: "/my/training", Word: words["training.mine"], Power: office.Own}}}
}

// Routes returns its routes.
func Routes(d console.Deps) []console.Route { return Part(d).Routes }

func (p *part) routes() []console.Route {
	see, plan, teach := office.TrainingSee, office.TrainingPlan, office.TrainingTeach
	s := func(key string) web.Text { return words["training."+key] }
	return []console.Route{
		{Method: "GET", Path: "/training/sessions", Power: see, Summary: s("sessions"), Do: p.sessions},
		{Method: "GET", Path: "/training/sessions/{session}", Power: see, Scope: sessionScope, Summary: s("session"), Do: p.session},
		{Method: "POST", Path: "/training/sessions/{session}/edit", Power: plan, Scope: sessionScope, Summary: s("session.edit"), Form: sessionForm(), Do: p.editSession},
		{Method: "POST", Path: "/training/sessions/{session}/invite", Power: plan, Scope: sessionScope, Summary: s("invite"), Form: inviteForm(), Do: p.invite},
		{Method: "POST", Path: "/training/sessions/{session}/remind", Power: plan, Scope: sessionScope, Summary: s("remind"), Form: shown.Confirm("remind.intro", toSession), Do: p.remind},
		{Method: "GET", Path: "/training/sessions/{session}/roster", Power: teach, Scope: sessionScope, Summary: s("roster"), Do: p.roster},
		{Method: "POST", Path: "/training/sessions/{session}/door", Power: teach, Scope: sessionScope, Summary: s("door"), Form: doorForm(), Do: p.mark},
		{Method: "POST", Path: "/training/sessions/{session}/sheet", Power: teach, Scope: sessionScope, Summary: s("sheet"), Form: shown.Confirm("sheet.intro", toDoor), Do: p.sheet},
		{Method: "POST", Path: "/training/sessions/{session}/merge", Power: teach, Scope: sessionScope, Summary: s("merge"), Form: mergeForm(), Do: p.merge},
		{Method: "POST", Path: "/training/sessions/{session}/minutes", Power: teach, Scope: sessionScope, Summary: s("minutes"), Form: minutesForm(), Do: p.minutes},
		{Method: "POST", Path: "/training/sessions/{session}/decision", Power: teach, Scope: sessionScope, Summary: s("decision.new"), Form: decisionForm(), Do: p.decision},
		{Method: "POST", Path: "/training/sessions/{session}/topic", Power: plan, Scope: sessionScope, Summary: words["sessions.topic.new"],
			Form: courses.TopicForm(false, words["sessions.topic.intro"], toSession), Do: p.addTopic},
		{Method: "POST", Path: "/training/sessions/{session}/topics/{topic}/edit", Power: plan, Scope: sessionScope, Summary: words["sessions.topic.edit"], Form: topicForm(), Do: p.editTopic},
		{Method: "POST", Path: "/training/sessions/{session}/topics/{topic}/remove", Power: plan, Scope: sessionScope, Summary: words["sessions.topic.remove"], Form: removeForm(), Do: p.removeTopic},
		{Method: "POST", Path: "/training/sessions/{session}/material", Power: teach, Scope: sessionScope, Summary: s("material.new"), Form: materialForm(), Do: p.addMaterial},
		{Method: "POST", Path: "/training/sessions/{session}/absent", Power: plan, Scope: sessionScope, Summary: s("absent"), Form: shown.Confirm("absent.intro", toSession), Do: p.absent},
		{Method: "POST", Path: "/training/sessions/{session}/certify", Power: teach, Scope: sessionScope, Summary: s("certify"), Form: shown.Confirm("certify.intro", toSession), Do: p.certify},
		{Method: "GET", Path: "/training/asks", Power: plan, Summary: s("asks"), Do: p.asks},
		{Method: "POST", Path: "/training/invitations/{invitation}/decide", Power: plan, Scope: invitationScope, Summary: s("decide"), Form: decideForm(), Do: p.decide},
		{Method: "GET", Path: "/training/messages", Power: plan, Summary: words["training.messages"], Query: messagesQuery, Do: p.messages},
		{Method: "POST", Path: "/training/messages/send", Power: plan, Scope: country, Summary: words["sessions.send"], Form: confirm("sessions.send.intro", toMessages), Do: p.send},
		{Method: "POST", Path: "/training/messages/{message}/retry", Power: plan, Scope: messageScope, Summary: words["sessions.retry"], Form: confirm("sessions.retry.intro", toMessages), Do: p.retry},
		{Method: "GET", Path: "/training/certificates", Power: see, Summary: s("certificates"), Do: p.certificates},
		{Method: "GET", Path: "/training/certificates/key", Power: office.Own, Summary: s("key"), Do: p.publicKey},
		{Method: "GET", Path: "/training/certificates/revoked", Power: office.Own, Summary: s("revoked"), Do: p.revoked},
		{Method: "GET", Path: "/training/certificates/{serial}", Power: office.Own, Summary: s("certificate"), Do: p.certificate},
		{Method: "GET", Path: "/training/certificates/{serial}/certificate.pdf", Power: office.Own, Summary: s("certificate.pdf"), Do: p.certificatePDF},
		{Method: "POST", Path: "/training/certificates/{serial}/revoke", Power: plan, Scope: certificateScope, Summary: s("revoke"), Form: revokeForm(), Do: p.revoke},
		{Method: "GET", Path: "/my/training", Power: office.Own, Summary: s("mine"), Do: p.mine},
		{Method: "GET", Path: "/my/materials/{material}", Power: office.Own, Summary: s("material"), Do: p.material},
		{Method: "POST", Path: "/my/invitations/{invitation}/answer", Power: office.Own, Summary: s("answer"), Form: answerForm(), Do: p.answer},
		{Method: "POST", Path: "/my/invitations/{invitation}/swap", Power: office.Own, Summary: s("other"), Form: otherForm(), Do: p.other},
		{Method: "POST", Path: "/my/invitations/{invitation}/feedback", Power: office.Own, Summary: s("feedback"), Form: feedbackForm(), Do: p.feedback},
		{Method: "POST", Path: "/my/decisions/{decision}/done", Power: office.Own, Summary: s("decision.done"), Form: shown.Confirm("decision.done.intro", toMine), Do: p.decisionDone},
	}
}

// confirm is a page that says what will be done.
func confirm(intro string, to func(*console.Request) console.Link) *console.Form {
	return &console.Form{Intro: words[intro], Back: to}
}

func sessionScope(r *console.Request) (string, error) {
	s, err := trainingdb.New(r.DB).Session(r.Context(), r.PathValue("session"))
	return s.Office, store.Classify(err)
}

func invitationScope(r *console.Request) (string, error) {
	i, err := trainingdb.New(r.DB).Invitation(r.Context(), r.PathValue("invitation"))
	return i.Office, store.Classify(err)
}

func certificateScope(r *console.Request) (string, error) {
	c, err := trainingdb.New(r.DB).Certificate(r.Context(), r.PathValue("serial"))
	return c.TrainingCertificate.Office, store.Classify(err)
}

func country(*console.Request) (string, error) { return "", nil }

func toSession(r *console.Request) console.Link {
	return console.Link{Path: "/training/sessions/" + r.PathValue("session"), Word: r.Say("shell.cancel")}
}

func toDoor(r *console.Request) console.Link {
	return console.Link{Path: "/training/sessions/" + r.PathValue("session") + "/door", Word: r.Say("shell.cancel")}
}

func toMine(r *console.Request) console.Link {
	return console.Link{Path: "/my/training", Word: r.Say("shell.cancel")}
}

func toMessages(r *console.Request) console.Link {
	return console.Link{Path: "/training/messages", Word: r.Say("shell.cancel")}
}

// tiles are what the front page shows: what is asked of oneself, and what waits
// for who plans.
func tiles(r *console.Request) ([]console.Tile, error) {
	ctx, q := r.Context(), trainingdb.New(r.DB)
	var out []console.Tile
	mine, err := q.InvitationsOf(ctx, r.Actor.Person)
	if err != nil {
		return nil, store.Classify(err)
	}
	var asked int64
	for _, i := range mine {
		if i.TrainingInvitation.State == training.Invited && i.LastDay >= r.Today() {
			asked++
		}
	}
	if asked > 0 {
		out = append(out, console.Tile{Word: r.Say("training.tile.asked"), Count: asked, State: "open", Path: "/my/training"})
	}
	if r.Actor.Somewhere(office.TrainingPlan) {
		var asking int64
		for _, code := range r.Actor.Over(office.TrainingPlan) {
			lo, hi := office.Range(code)
			rows, err := q.Asking(ctx, trainingdb.AskingParams{Lo: lo, Hi: hi})
			if err != nil {
				return nil, store.Classify(err)
			}
			asking += int64(len(rows))
		}
		if asking > 0 {
			out = append(out, console.Tile{Word: r.Say("training.tile.asks"), Count: asking, State: "open", Path: "/training/asks"})
		}
		reg, err := training.Register(r.Dir)
		if err != nil {
			return nil, err
		}
		stale, err := training.StaleTopics(ctx, r.DB, reg)
		if err != nil {
			return nil, err
		}
		if len(stale) > 0 {
			out = append(out, console.Tile{Word: r.Say("training.tile.stale"), Count: int64(len(stale)), State: "bad", Path: "/training/courses"})
		}
	}
	return out, nil
}
