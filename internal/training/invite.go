package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
)

// maxSeats bounds what one session and one role of a unit may ask.
const maxSeats = 2000

// Invite invites to a session everybody who sits in one of the roles in its units.
// Who finds no seat is put on the waiting list; who is invited already is left as
// they are. It returns how many were invited and how many wait.
func Invite(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, roles []Role) (invited, waiting int, err error) {
	q := trainingdb.New(tx)
	s, err := session(ctx, tx, id)
	if err != nil {
		return 0, 0, err
	}
	if s.State != Planned || s.LastDay < office.Day(now) {
		return 0, 0, &Fault{Reason: Over, State: s.State, Day: s.LastDay}
	}
	known := map[string]bool{}
	roster, err := q.Roster(ctx, trainingdb.RosterParams{Session: id, Max: 100_000})
	if err != nil {
		return 0, 0, store.Classify(err)
	}
	for _, r := range roster {
		known[r.TrainingInvitation.Person] = true
	}
	for _, unit := range texts(s.Units) {
		for _, role := range roles {
			lo, hi := office.Range(unit)
			seats, err := q.SeatsIn(ctx, trainingdb.SeatsInParams{Lo: lo, Hi: hi, Role: string(role), Max: maxSeats})
			if err != nil {
				return 0, 0, store.Classify(err)
			}
			for _, seat := range seats {
				if known[seat.Person] {
					continue
				}
				known[seat.Person] = true
				i, err := add(ctx, tx, now, s, seat.Person, Role(seat.Role), seat.Office, "")
				if err != nil {
					return 0, 0, err
				}
				if i.State == Waiting {
					waiting++
				} else {
					invited++
				}
			}
		}
	}
	return invited, waiting, office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.invite", Object: id, Office: s.Office,
		After: map[string]any{"roles": roles, "invited": invited, "waiting": waiting}})
}

// add puts somebody on the roster, on a seat if one is free, and writes to them.
func add(ctx context.Context, tx *store.Tx, now time.Time, s trainingdb.TrainingSession, person string, role Role, code, instead string) (trainingdb.TrainingInvitation, error) {
	q := trainingdb.New(tx)
	i := trainingdb.TrainingInvitation{ID: store.NewID(), Session: s.ID, Person: person, Role: string(role), Office: code, State: Invited, Instead: instead,
		Invited: store.Millis(now), Version: 1}
	last, err := q.LastPlace(ctx, s.ID)
	if err != nil && !errors.Is(store.Classify(err), store.ErrNotFound) {
		return i, fmt.Errorf("invite: %w", store.Classify(err))
	}
	i.Place = last + 1
	taken, err := q.CountTaken(ctx, s.ID)
	if err != nil {
		return i, fmt.Errorf("invite: %w", store.Classify(err))
	}
	if taken >= s.Seats {
		i.State = Waiting
	}
	err = q.InsertInvitation(ctx, trainingdb.InsertInvitationParams{ID: i.ID, Session: i.Session, Place: i.Place, Person: person, Role: i.Role, Office: code,
		State: i.State, Instead: instead, Invited: i.Invited})
	if errors.Is(err, store.ErrExists) {
		return i, &Fault{Reason: HasSeat}
	}
	if err != nil {
		return i, fmt.Errorf("invite: %w", err)
	}
	if i.State == Invited {
		err = tell(ctx, tx, now, s, i, InvitationMessage)
	}
	return i, err
}

// invitation reads an invitation and its session.
func invitation(ctx context.Context, db trainingdb.DBTX, id string) (trainingdb.TrainingInvitation, trainingdb.TrainingSession, error) {
	i, err := trainingdb.New(db).Invitation(ctx, id)
	if err != nil {
		return i, trainingdb.TrainingSession{}, fmt.Errorf("read invitation: %w", store.Classify(err))
	}
	s, err := session(ctx, db, i.Session)
	return i, s, err
}

// set writes the state of an invitation and the line in the log, and gives the seat
// that it may have left to the first who waits.
func set(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, p office.Power, i trainingdb.TrainingInvitation, s trainingdb.TrainingSession, state, reason, substitute string) error {
	q := trainingdb.New(tx)
	err := store.Changed(q.UpdateInvitation(ctx, trainingdb.UpdateInvitationParams{State: state, Reason: reason, Substitute: substitute,
		Answered: store.Millis(now), ID: i.ID, Version: i.Version}))
	if err != nil {
		return fmt.Errorf("change invitation: %w", err)
	}
	err = office.Audit(ctx, tx, now, a, p, office.Change{Act: "training.invitation." + state, Object: i.ID, Office: i.Office,
		Before: map[string]string{"state": i.State}, After: map[string]string{"state": state, "reason": reason, "substitute": substitute}})
	if err != nil || slices.Contains(coming, state) || !slices.Contains(coming, i.State) {
		return err
	}
	first, err := q.FirstWaiting(ctx, s.ID)
	if err != nil {
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	taken, err := q.CountTaken(ctx, s.ID)
	if err != nil || taken >= s.Seats {
		return store.Classify(err)
	}
	err = store.Changed(q.UpdateInvitation(ctx, trainingdb.UpdateInvitationParams{State: Invited, Answered: 0, ID: first.ID, Version: first.Version}))
	if err != nil {
		return fmt.Errorf("give the seat to who waits: %w", err)
	}
	if err := tell(ctx, tx, now, s, first, InvitationMessage); err != nil {
		return err
	}
	return office.Audit(ctx, tx, now, a, p, office.Change{Act: "training.invitation.invited", Object: first.ID, Office: first.Office,
		Before: map[string]string{"state": Waiting}, After: map[string]string{"state": Invited}})
}

// mine reports by which power somebody may answer: it is theirs, or their office
// plans for it.
func mine(a office.Actor, i trainingdb.TrainingInvitation) (office.Power, bool) {
	if i.Person == a.Person {
		return office.Own, true
	}
	return office.TrainingPlan, a.May(office.TrainingPlan, i.Office)
}

// Answer accepts or declines an invitation, or names a substitute: state is
// Accepted, Declined or Substitute. A refusal has a reason.
func Answer(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64, state, reason, substitute string) error {
	i, s, err := invitation(ctx, tx, id)
	if err != nil {
		return err
	}
	p, ok := mine(a, i)
	switch {
	case !ok:
		return fmt.Errorf("answer: %w", office.ErrForbidden)
	case s.State != Planned || s.LastDay < office.Day(now):
		return &Fault{Reason: Over, State: s.State, Day: s.LastDay}
	case !slices.Contains(coming, i.State) && !(i.State == Waiting && state == Declined):
		return &Fault{Reason: NotComing, State: i.State}
	case state != Accepted && reason == "":
		return &Fault{Reason: NothingToSay}
	case state == Substitute && substitute == i.Person:
		return &Fault{Reason: SamePerson}
	case state != Accepted && state != Declined && state != Substitute:
		return fmt.Errorf("answer: %q is no answer", state)
	}
	if state != Substitute {
		substitute = ""
	} else if other, err := trainingdb.New(tx).InvitationOf(ctx, trainingdb.InvitationOfParams{Session: s.ID, Person: substitute}); err == nil {
		return &Fault{Reason: HasSeat, State: other.State}
	}
	i.Version = version
	return set(ctx, tx, now, a, p, i, s, state, reason, substitute)
}

// Decide approves a substitute, who then has the seat, or refuses them: then the
// invitation stands as before. Nobody decides on their own.
func Decide(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64, approve bool) error {
	i, s, err := invitation(ctx, tx, id)
	if err != nil {
		return err
	}
	switch {
	case !a.May(office.TrainingPlan, i.Office):
		return fmt.Errorf("decide on a substitute: %w", office.ErrForbidden)
	case a.Person == i.Person || a.Person == i.Substitute:
		return &Fault{Reason: SamePerson}
	case i.State != Substitute:
		return &Fault{Reason: NotComing, State: i.State}
	}
	i.Version = version
	if !approve {
		return set(ctx, tx, now, a, office.TrainingPlan, i, s, Invited, i.Reason, "")
	}
	// The one first, so that the seat is not given to who waits.
	q := trainingdb.New(tx)
	err = store.Changed(q.UpdateInvitation(ctx, trainingdb.UpdateInvitationParams{State: Replaced, Reason: i.Reason, Substitute: i.Substitute,
		Answered: store.Millis(now), ID: i.ID, Version: i.Version}))
	if err != nil {
		return fmt.Errorf("decide on a substitute: %w", err)
	}
	n, err := add(ctx, tx, now, s, i.Substitute, Role(i.Role), i.Office, i.ID)
	if err != nil {
		return err
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.substitute", Object: i.ID, Office: i.Office,
		Before: map[string]string{"person": i.Person}, After: map[string]string{"person": i.Substitute, "invitation": n.ID}})
}

// room returns the sessions of the course after a day that have a seat for a
// person, the earliest first.
func room(ctx context.Context, db trainingdb.DBTX, s trainingdb.TrainingSession, after, person string) ([]trainingdb.TrainingSession, error) {
	q := trainingdb.New(db)
	all, err := q.SessionsAfter(ctx, trainingdb.SessionsAfterParams{Course: s.Course, Day: after})
	if err != nil {
		return nil, store.Classify(err)
	}
	var out []trainingdb.TrainingSession
	for _, other := range all {
		taken, err := q.CountTaken(ctx, other.ID)
		if err != nil {
			return nil, store.Classify(err)
		}
		if other.ID == s.ID || taken >= other.Seats {
			continue
		}
		if _, err := q.InvitationOf(ctx, trainingdb.InvitationOfParams{Session: other.ID, Person: person}); err == nil {
			continue
		}
		out = append(out, other)
	}
	return out, nil
}

// Room returns the sessions to which an invitation can be moved.
func Room(ctx context.Context, db trainingdb.DBTX, now time.Time, id string) ([]trainingdb.TrainingSession, error) {
	i, s, err := invitation(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return room(ctx, db, s, office.Day(now), i.Person)
}

// Move gives somebody a seat at another session of the course instead.
func Move(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64, to string) error {
	i, s, err := invitation(ctx, tx, id)
	if err != nil {
		return err
	}
	p, ok := mine(a, i)
	if !ok {
		return fmt.Errorf("move: %w", office.ErrForbidden)
	}
	others, err := room(ctx, tx, s, office.Day(now), i.Person)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(others, func(o trainingdb.TrainingSession) bool { return o.ID == to })
	if n < 0 {
		return &Fault{Reason: NoSeats}
	}
	i.Version = version
	return move(ctx, tx, now, a, p, i, s, others[n])
}

func move(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, p office.Power, i trainingdb.TrainingInvitation, s, to trainingdb.TrainingSession) error {
	if i.State == Moved || i.State == Replaced {
		return &Fault{Reason: NotComing, State: i.State}
	}
	if err := set(ctx, tx, now, a, p, i, s, Moved, i.Reason, ""); err != nil {
		return err
	}
	_, err := add(ctx, tx, now, to, i.Person, Role(i.Role), i.Office, i.ID)
	return err
}
