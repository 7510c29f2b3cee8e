package outreach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/outreachdb"
)

// ErrState says that a meeting or a request is past that.
var ErrState = errors.New("it is in that state already")

// States of a meeting.
const (
	Planned   = "planned"
	Held      = "held"
	Cancelled = "cancelled"
)

// Kinds are the kinds of group that are met.
var Kinds = []string{"social", "cultural", "political"}

// A Meeting is one with a group.
type Meeting struct {
	ID         string `json:"id"`
	Office     string `json:"office"`
	Kind       string `json:"kind"`
	Partner    string `json:"partner"` // the group
	Subject    string `json:"subject"`
	Venue      string `json:"venue"`
	Planned    string `json:"planned"` // day
	State      string `json:"state"`
	Held       string `json:"held"` // day, or ""
	Attendance int64  `json:"attendance"`
	Note       string `json:"note"`
	Version    int64  `json:"version"`
}

// GetMeeting returns a meeting.
func GetMeeting(ctx context.Context, db outreachdb.DBTX, id string) (Meeting, error) {
	r, err := outreachdb.New(db).Meeting(ctx, id)
	if err != nil {
		return Meeting{}, fmt.Errorf("read meeting: %w", store.Classify(err))
	}
	return Meeting{r.ID, r.Office, r.Kind, r.Partner, r.Subject, r.Venue, r.Planned, r.State, r.Held, r.Attendance, r.Note, r.Version}, nil
}

// Plan puts a meeting into the plan, or changes one that is planned, over the
// version that was read.
func Plan(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, m Meeting) (Meeting, error) {
	fail := func(err error) (Meeting, error) { return m, fmt.Errorf("plan meeting: %w", err) }
	q := outreachdb.New(tx)
	change := office.Change{Act: "meeting.plan"}
	var err error
	if m.ID == "" {
		if !a.May(office.OutreachEdit, m.Office) {
			return fail(office.ErrForbidden)
		}
		m.ID, m.State, m.Version = store.NewID(), Planned, 1
		err = q.InsertMeeting(ctx, outreachdb.InsertMeetingParams{ID: m.ID, Office: m.Office, Kind: m.Kind, Partner: m.Partner, Subject: m.Subject, Venue: m.Venue, Planned: m.Planned})
	} else {
		before, e := GetMeeting(ctx, tx, m.ID)
		switch {
		case e != nil:
			return fail(e)
		case !a.May(office.OutreachEdit, before.Office):
			return fail(office.ErrForbidden)
		case before.State != Planned:
			return fail(ErrState)
		}
		m.Office, m.State, change.Before = before.Office, before.State, before
		err = store.Changed(q.UpdateMeeting(ctx, outreachdb.UpdateMeetingParams{Kind: m.Kind, Partner: m.Partner, Subject: m.Subject, Venue: m.Venue, Planned: m.Planned, ID: m.ID, Version: m.Version}))
		m.Version++
	}
	if err != nil {
		return fail(err)
	}
	change.Object, change.Office, change.After = m.ID, m.Office, m
	return m, office.Audit(ctx, tx, now, a, office.OutreachEdit, change)
}

// Hold says that a planned meeting was held: on which day, by how many, and what
// was said. Cancel says that it will not be, and why.
func Hold(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, day string, attendance int64, note string, version int64) error {
	return end(ctx, tx, now, a, Meeting{ID: id, State: Held, Held: day, Attendance: attendance, Note: note, Version: version})
}

// Cancel says that a planned meeting will not be held, and why.
func Cancel(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, why string, version int64) error {
	return end(ctx, tx, now, a, Meeting{ID: id, State: Cancelled, Note: why, Version: version})
}

func end(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, m Meeting) error {
	fail := func(err error) error { return fmt.Errorf("set meeting %s: %w", m.State, err) }
	before, err := GetMeeting(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	if !a.May(office.OutreachEdit, before.Office) {
		return fail(office.ErrForbidden)
	}
	if before.State != Planned {
		return fail(ErrState)
	}
	err = store.Changed(outreachdb.New(tx).SetMeetingState(ctx, outreachdb.SetMeetingStateParams{State: m.State, Held: m.Held, Attendance: m.Attendance, Note: m.Note, ID: m.ID, Version: m.Version}))
	if err != nil {
		return fail(err)
	}
	return office.Audit(ctx, tx, now, a, office.OutreachEdit, office.Change{Act: "meeting." + m.State, Object: m.ID, Office: before.Office, Before: map[string]string{"state": before.State},
		After: map[string]any{"state": m.State, "held": m.Held, "attendance": m.Attendance, "note": m.Note}})
}

// A Request is what a group asked for in a meeting.
type Request struct {
	ID       string `json:"id"`
	Meeting  string `json:"meeting"`
	Office   string `json:"office"`
	Content  string `json:"content"`
	Owner    string `json:"owner"`
	Due      string `json:"due"`
	Answer   string `json:"answer"`
	Answered int64  `json:"answered"` // 0: not yet
	Version  int64  `json:"version"`
}

// GetRequest returns a request.
func GetRequest(ctx context.Context, db outreachdb.DBTX, id string) (Request, error) {
	r, err := outreachdb.New(db).Ask(ctx, id)
	if err != nil {
		return Request{}, fmt.Errorf("read request: %w", store.Classify(err))
	}
	return Request{r.ID, r.Meeting, r.Office, r.Content, r.Owner, r.Due, r.Answer, r.Answered, r.Version}, nil
}

// Ask records a request of a meeting that was held, with who answers it until
// when.
func Ask(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, x Request) (Request, error) {
	fail := func(err error) (Request, error) { return x, fmt.Errorf("record request: %w", err) }
	m, err := GetMeeting(ctx, tx, x.Meeting)
	if err != nil {
		return x, err
	}
	if !a.May(office.OutreachEdit, m.Office) {
		return fail(office.ErrForbidden)
	}
	if m.State != Held {
		return fail(ErrState)
	}
	x.ID, x.Office, x.Version = store.NewID(), m.Office, 1
	err = outreachdb.New(tx).InsertAsk(ctx, outreachdb.InsertAskParams{ID: x.ID, Meeting: x.Meeting, Office: x.Office, Content: x.Content, Owner: x.Owner, Due: x.Due, Created: store.Millis(now)})
	if err != nil {
		return fail(err)
	}
	return x, office.Audit(ctx, tx, now, a, office.OutreachEdit, office.Change{Act: "request.add", Object: x.ID, Office: x.Office, After: x})
}

// MayAnswer reports whether somebody may answer a request: its owner, and who
// edits meetings of its office.
func (x Request) MayAnswer(a office.Actor) bool {
	return a.Person != "" && a.Person == x.Owner || a.May(office.OutreachEdit, x.Office)
}

// Answer answers a request, once.
func Answer(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, answer string, version int64) error {
	fail := func(err error) error { return fmt.Errorf("answer request: %w", err) }
	x, err := GetRequest(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case !x.MayAnswer(a):
		return fail(office.ErrForbidden)
	case x.Answered != 0:
		return fail(ErrState)
	case answer == "":
		return fail(errors.New("there is no answer"))
	}
	if err := store.Changed(outreachdb.New(tx).AnswerAsk(ctx, outreachdb.AnswerAskParams{Answer: answer, Answered: store.Millis(now), ID: id, Version: version})); err != nil {
		return fail(err)
	}
	return office.Audit(ctx, tx, now, a, office.Own, office.Change{Act: "request.answer", Object: id, Office: x.Office, After: map[string]string{"answer": answer}})
}

// Unknown is the reach of a campaign that nobody has measured.
const Unknown = -1

// A Campaign is one of voter education.
type Campaign struct {
	ID       string `json:"id"`
	Office   string `json:"office"`
	Name     string `json:"name"`
	Channel  string `json:"channel"`
	Audience string `json:"audience"`
	Since    string `json:"since"`
	Until    string `json:"until"`
	Target   int64  `json:"target"` // people it is for
	Reach    int64  `json:"reach"`  // people reached, or Unknown
	Measured string `json:"measured"`
	Version  int64  `json:"version"`
}

// GetCampaign returns a campaign.
func GetCampaign(ctx context.Context, db outreachdb.DBTX, id string) (Campaign, error) {
	r, err := outreachdb.New(db).Campaign(ctx, id)
	if err != nil {
		return Campaign{}, fmt.Errorf("read campaign: %w", store.Classify(err))
	}
	return Campaign{r.ID, r.Office, r.Name, r.Channel, r.Audience, r.Since, r.Until, r.Target, r.Reach, r.Measured, r.Version}, nil
}

// Save writes a campaign: a new one if it has no id, else over the version that
// was read.
func Save(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, c Campaign) (Campaign, error) {
	fail := func(err error) (Campaign, error) { return c, fmt.Errorf("save campaign: %w", err) }
	if c.Reach != Unknown && c.Measured == "" {
		return fail(errors.New("nobody says how its reach was measured"))
	}
	q := outreachdb.New(tx)
	change := office.Change{Act: "campaign.save"}
	var err error
	if c.ID == "" {
		if !a.May(office.OutreachEdit, c.Office) {
			return fail(office.ErrForbidden)
		}
		c.ID, c.Version = store.NewID(), 1
		err = q.InsertCampaign(ctx, outreachdb.InsertCampaignParams{ID: c.ID, Office: c.Office, Name: c.Name, Channel: c.Channel, Audience: c.Audience, Since: c.Since, Until: c.Until,
			Target: c.Target, Reach: c.Reach, Measured: c.Measured})
	} else {
		before, e := GetCampaign(ctx, tx, c.ID)
		if e != nil {
			return fail(e)
		}
		if !a.May(office.OutreachEdit, before.Office) {
			return fail(office.ErrForbidden)
		}
		c.Office, change.Before = before.Office, before
		err = store.Changed(q.UpdateCampaign(ctx, outreachdb.UpdateCampaignParams{Name: c.Name, Channel: c.Channel, Audience: c.Audience, Since: c.Since, Until: c.Until, Target: c.Target,
			Reach: c.Reach, Measured: c.Measured, ID: c.ID, Version: c.Version}))
		c.Version++
	}
	if err != nil {
		return fail(err)
	}
	change.Object, change.Office, change.After = c.ID, c.Office, c
	return c, office.Audit(ctx, tx, now, a, office.OutreachEdit, change)
}
