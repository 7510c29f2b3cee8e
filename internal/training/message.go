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
)

// Kinds of message.
const (
	InvitationMessage = "invitation"
	ReminderMessage   = "reminder"
	ComingMessage     = "coming" // to who has accepted, shortly before
	MovedMessage      = "moved"
	CancelledMessage  = "cancelled"
)

// letters are the subject and the body of each kind: who, which course, when and
// where. They are sent in Persian, the language of the offices.
var letters = map[string][2]string{
	InvitationMessage: {"دعوت به جلسهٔ آموزشی", "%s گرامی،\nشما به جلسهٔ «%s» در %s، %s دعوت شده‌اید.\nدر صفحهٔ «آموزش من» بپذیرید، یا علت نیامدن یا جانشین خود را بنویسید.\n"},
	ReminderMessage:   {"یادآوری جلسهٔ آموزشی", "%s گرامی،\nجلسهٔ «%s» در %s، %s برگزار می‌شود و پاسخ شما هنوز نرسیده است.\nدر صفحهٔ «آموزش من» پاسخ دهید.\n"},
	ComingMessage:     {"جلسهٔ آموزشی نزدیک است", "%s گرامی،\nجلسهٔ «%s» در %s، %s برگزار می‌شود.\nکارت ورود شما در صفحهٔ «آموزش من» است.\n"},
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

// What is due, in days before the first day of a session, the nearest last: who has
// not answered is reminded twice, who comes once.
var dueDays = []struct {
	state, kind string
	days        calendar.Day
}{{Invited, ReminderMessage, 10}, {Invited, ReminderMessage, 4}, {Accepted, ComingMessage, 2}}

// patience is how long somebody has to answer before the first reminder.
const patience = 24 * time.Hour

// RemindDue queues up to max reminders that are due, each once for its occasion: a
// kind, a number of days and the first day of the session, so that one that moves
// is another. It returns how many; with max there may be more.
func RemindDue(ctx context.Context, tx *store.Tx, now time.Time, max int) (int, error) {
	q, today, n := trainingdb.New(tx), ISO(office.Day(now)), 0
	sessions, err := q.DueSessions(ctx, trainingdb.DueSessionsParams{Today: today.Gregorian(), Until: (today + dueDays[0].days).Gregorian()})
	if err != nil {
		return 0, fmt.Errorf("remind: %w", store.Classify(err))
	}
	for _, s := range sessions {
		for k, d := range dueDays {
			left := ISO(s.FirstDay) - today
			if left > d.days || k+1 < len(dueDays) && dueDays[k+1].state == d.state && left <= dueDays[k+1].days {
				continue // not yet, or the next one takes its place
			}
			occasion := fmt.Sprintf("%s-%d-%s", d.kind, d.days, s.FirstDay)
			rows, err := q.ToRemind(ctx, trainingdb.ToRemindParams{Session: s.ID, State: d.state, Before: store.Millis(now.Add(-patience)), Occasion: occasion,
				Kind: d.kind, Max: int32(max - n)})
			if err != nil {
				return n, fmt.Errorf("remind: %w", store.Classify(err))
			}
			for _, r := range rows {
				i := r.TrainingInvitation
				once, err := q.InsertReminder(ctx, trainingdb.InsertReminderParams{Invitation: i.ID, Occasion: occasion, Queued: store.Millis(now)})
				if err != nil {
					return n, fmt.Errorf("remind: %w", err)
				}
				if once == 0 {
					continue
				}
				if err := tell(ctx, tx, now, s, i, d.kind); err != nil {
					return n, err
				}
				if n++; n == max {
					return n, reminded(ctx, tx, now, n)
				}
			}
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, reminded(ctx, tx, now, n)
}

// reminded writes down what nobody asked for: in the log it has no person.
func reminded(ctx context.Context, tx *store.Tx, now time.Time, n int) error {
	return office.Audit(ctx, tx, now, office.Actor{}, office.TrainingPlan, office.Change{Act: "training.remind.due", After: map[string]int{"reminded": n}})
}
