package training

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/mail"
)

// Kinds of message.
const (
	InvitationMessage = "invitation"
	ReminderMessage   = "reminder"
	MovedMessage      = "moved"
	CancelledMessage  = "cancelled"
)

// letters are the subject and the body of each kind: who, which course, when and
// where. They are sent in Persian, the language of the offices.
var letters = map[string][2]string{
	InvitationMessage: {"دعوت به جلسهٔ آموزشی", "%s گرامی،\nشما به جلسهٔ «%s» در %s، %s دعوت شده‌اید.\nدر صفحهٔ «آموزش من» بپذیرید، یا علت نیامدن یا جانشین خود را بنویسید.\n"},
	ReminderMessage:   {"یادآوری جلسهٔ آموزشی", "%s گرامی،\nجلسهٔ «%s» در %s، %s برگزار می‌شود و پاسخ شما هنوز نرسیده است.\nدر صفحهٔ «آموزش من» پاسخ دهید.\n"},
	MovedMessage:      {"تغییر جلسهٔ آموزشی", "%s گرامی،\nزمان یا جای جلسهٔ «%s» تغییر کرد. اکنون: %s، %s.\nدر صفحهٔ «آموزش من» ببینید.\n"},
	CancelledMessage:  {"لغو جلسهٔ آموزشی", "%s گرامی،\nجلسهٔ «%s» (%s، %s) لغو شد. زمان تازه به شما گفته می‌شود.\n"},
}

// tell queues a message to who is invited. Who has no address is told on their own
// page alone.
func tell(ctx context.Context, tx *store.Tx, now time.Time, s trainingdb.TrainingSession, i trainingdb.TrainingInvitation, kind string) error {
	p, err := office.GetPerson(ctx, tx, i.Person)
	if err != nil || p.Email == "" {
		return err
	}
	q := trainingdb.New(tx)
	course, err := q.Course(ctx, s.Course)
	if err != nil {
		return fmt.Errorf("queue message: %w", store.Classify(err))
	}
	letter := letters[kind]
	err = q.InsertMessage(ctx, trainingdb.InsertMessageParams{ID: store.NewID(), Invitation: i.ID, Office: i.Office, Kind: kind, Address: p.Email, Subject: letter[0],
		Body: fmt.Sprintf(letter[1], p.Name, course.Name, ISO(s.FirstDay).In(calendar.Persian), s.Venue), Queued: store.Millis(now)})
	if err != nil {
		return fmt.Errorf("queue message: %w", err)
	}
	return nil
}

// tellAll queues a message to everybody who has a seat or waits.
func tellAll(ctx context.Context, tx *store.Tx, now time.Time, s trainingdb.TrainingSession, kind string) error {
	rows, err := trainingdb.New(tx).Roster(ctx, trainingdb.RosterParams{Session: s.ID, Max: 100_000})
	if err != nil {
		return store.Classify(err)
	}
	for _, r := range rows {
		if i := r.TrainingInvitation; slices.Contains(coming, i.State) || i.State == Waiting {
			if err := tell(ctx, tx, now, s, i, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// Remind queues a reminder to everybody invited to a session who has not answered
// and was not reminded in the last day.
func Remind(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string) (int, error) {
	q := trainingdb.New(tx)
	s, err := session(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if s.State != Planned || s.LastDay < office.Day(now) {
		return 0, &Fault{Reason: Over, State: s.State, Day: s.LastDay}
	}
	rows, err := q.Roster(ctx, trainingdb.RosterParams{Session: id, Max: 100_000})
	if err != nil {
		return 0, store.Classify(err)
	}
	n := 0
	for _, r := range rows {
		if r.TrainingInvitation.State != Invited || r.Email == "" {
			continue
		}
		recent, err := q.RemindedSince(ctx, trainingdb.RemindedSinceParams{Invitation: r.TrainingInvitation.ID, Queued: store.Millis(now.Add(-24 * time.Hour))})
		if err != nil {
			return 0, store.Classify(err)
		}
		if recent > 0 {
			continue
		}
		if err := tell(ctx, tx, now, s, r.TrainingInvitation, ReminderMessage); err != nil {
			return 0, err
		}
		n++
	}
	return n, office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.remind", Object: id, Office: s.Office, After: map[string]int{"reminded": n}})
}

// Deliver sends up to max messages that wait, each marked when it was sent, and
// returns how many were sent and how many failed. A message whose mark was lost is
// sent again: nobody is left out.
func Deliver(ctx context.Context, db *store.DB, now func() time.Time, sender mail.Sender, max int32) (sent, failed int, err error) {
	rows, err := trainingdb.New(db).UnsentMessages(ctx, max)
	if err != nil {
		return 0, 0, fmt.Errorf("read messages: %w", store.Classify(err))
	}
	for _, m := range rows {
		done := trainingdb.SentMessageParams{Sent: store.Millis(now()), ID: m.ID}
		if err := sender.Send(ctx, mail.Message{ID: m.ID, To: m.Address, Subject: m.Subject, Body: m.Body, Date: store.Time(m.Queued)}); err != nil {
			if ctx.Err() != nil {
				return sent, failed, err
			}
			done.Sent, done.Failure = 0, err.Error()
			failed++
		} else {
			sent++
		}
		if err := db.Tx(ctx, func(tx *store.Tx) error { return trainingdb.New(tx).SentMessage(ctx, done) }); err != nil {
			return sent, failed, fmt.Errorf("mark message: %w", err)
		}
	}
	return sent, failed, nil
}
