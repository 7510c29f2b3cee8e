package training

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/door"
)

// Badge returns the digits of a badge.
func (k Keys) Badge(session string, place int64) string { return door.Badge(k.badge, session, place) }

// Entry is somebody who was let in.
type Entry struct {
	Name  string `json:"name"`
	Place int64  `json:"place"`
	At    int64  `json:"at"`
}

// Mark says that somebody came to a session, by the digits of their badge or by
// their national number, in any digits.
func Mark(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, keys Keys, id, text string) (Entry, error) {
	q := trainingdb.New(tx)
	s, err := session(ctx, tx, id)
	if err != nil {
		return Entry{}, err
	}
	if today := office.Day(now); today < s.FirstDay || today > s.LastDay {
		return Entry{}, &Fault{Reason: OffDay, Day: s.FirstDay}
	}
	i, err := who(ctx, tx, keys, s, persian.ASCII(text))
	if err != nil {
		return Entry{}, err
	}
	p, err := office.GetPerson(ctx, tx, i.Person)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{p.Name, i.Place, store.Millis(now)}
	if !slices.Contains(coming, i.State) && i.State != Waiting {
		return e, &Fault{Reason: NotComing, State: i.State, Name: p.Name}
	}
	n, err := q.InsertMark(ctx, trainingdb.InsertMarkParams{ID: store.NewID(), Session: id, Invitation: i.ID, At: e.At, Person: a.Person})
	if err != nil {
		return e, fmt.Errorf("mark: %w", err)
	}
	if n == 0 {
		old, err := q.MarkOf(ctx, trainingdb.MarkOfParams{Session: id, Invitation: i.ID})
		if err != nil {
			return e, fmt.Errorf("mark: %w", store.Classify(err))
		}
		return e, &Fault{Reason: Twice, Name: p.Name, At: old.At}
	}
	return e, office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.mark", Object: i.ID, Office: s.Office, After: map[string]int64{"at": e.At}})
}

// who returns the invitation of a badge or a national number.
func who(ctx context.Context, tx *store.Tx, keys Keys, s trainingdb.TrainingSession, text string) (trainingdb.TrainingInvitation, error) {
	q := trainingdb.New(tx)
	if number := strings.Join(strings.Fields(text), ""); len(number) == 10 {
		p, err := officedb.New(tx).PersonByNumber(ctx, number)
		if err == nil {
			var i trainingdb.TrainingInvitation
			if i, err = q.InvitationOf(ctx, trainingdb.InvitationOfParams{Session: s.ID, Person: p.ID}); err == nil {
				return i, nil
			}
		}
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return trainingdb.TrainingInvitation{}, &Fault{Reason: NotOnRoster, Name: p.Name}
		}
		return trainingdb.TrainingInvitation{}, err
	}
	badge, place, err := door.ReadBadge(keys.badge, text)
	switch {
	case errors.Is(err, door.ErrNoBadge):
		return trainingdb.TrainingInvitation{}, &Fault{Reason: NotBadge}
	case err != nil:
		return trainingdb.TrainingInvitation{}, &Fault{Reason: BadBadge}
	case badge != s.Badge:
		f := &Fault{Reason: OtherSession}
		if other, err := q.SessionByBadge(ctx, badge); err == nil {
			f.Session, f.Day = other.Venue, other.FirstDay
		}
		return trainingdb.TrainingInvitation{}, f
	}
	i, err := q.InvitationByPlace(ctx, trainingdb.InvitationByPlaceParams{Session: s.ID, Place: place})
	if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
		return i, &Fault{Reason: NotOnRoster}
	}
	return i, err
}

// A Sheet is what a door without a network needs to know. Hashes are SHA-256 in
// hex: of the badge; of door ‖ LF ‖ national number.
type Sheet struct {
	Door    string `json:"door"`
	Session string `json:"session"` // its ten digits
	Venue   string `json:"venue"`
	First   string `json:"first"`
	Last    string `json:"last"`
	Secret  string `json:"secret"` // base64: seals its marks
	Seats   []Seat `json:"seats"`
}

// A Seat of a sheet.
type Seat struct {
	Place  int64  `json:"place"`
	Name   string `json:"name"`
	Badge  string `json:"badge"`
	Number string `json:"number"` // or ""
	Marked bool   `json:"marked"`
}

// TakeSheet gives a door a sheet and a secret of its own.
func TakeSheet(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, keys Keys, id string) (Sheet, error) {
	q := trainingdb.New(tx)
	s, err := session(ctx, tx, id)
	if err != nil {
		return Sheet{}, err
	}
	secret := make([]byte, 32)
	rand.Read(secret) // it never fails
	d := Sheet{Door: store.NewID(), Session: s.Badge, Venue: s.Venue, First: s.FirstDay, Last: s.LastDay, Secret: base64.StdEncoding.EncodeToString(secret), Seats: []Seat{}}
	if err := q.InsertDoor(ctx, trainingdb.InsertDoorParams{ID: d.Door, Session: id, Secret: d.Secret, Person: a.Person, Made: store.Millis(now)}); err != nil {
		return Sheet{}, fmt.Errorf("take sheet: %w", err)
	}
	rows, err := q.Roster(ctx, trainingdb.RosterParams{Session: id, Max: 100_000})
	if err != nil {
		return Sheet{}, fmt.Errorf("take sheet: %w", store.Classify(err))
	}
	hash := func(text string) string {
		h := sha256.Sum256([]byte(text))
		return hex.EncodeToString(h[:])
	}
	for _, r := range rows {
		i := r.TrainingInvitation
		if !slices.Contains(coming, i.State) && i.State != Waiting {
			continue
		}
		seat := Seat{Place: i.Place, Name: r.Name, Badge: hash(keys.Badge(s.Badge, i.Place)), Marked: r.Marked != 0}
		if r.Number != "" {
			seat.Number = hash(d.Door + "\n" + r.Number)
		}
		d.Seats = append(d.Seats, seat)
	}
	return d, office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.sheet", Object: id, Office: s.Office,
		After: map[string]any{"door": d.Door, "seats": len(d.Seats)}})
}

// Merged is what came of a file of marks: how many are new, how many were merged
// before, and what was not taken, by place on the roster.
type Merged struct {
	New    int           `json:"new"`
	Same   int           `json:"same"`
	Faults []MergedFault `json:"faults"`
}

// A MergedFault is a mark that was not taken.
type MergedFault struct {
	Place int64  `json:"place"`
	Name  string `json:"name"`
	Fault Fault  `json:"fault"`
}

// Merge takes the marks of an offline door, each once however often the file comes.
func Merge(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, data []byte) (Merged, error) {
	m := Merged{Faults: []MergedFault{}}
	q := trainingdb.New(tx)
	s, err := session(ctx, tx, id)
	if err != nil {
		return m, err
	}
	f, err := door.Parse(data)
	if err != nil {
		return m, &Fault{Reason: BadFile}
	}
	if f.Session != s.Badge {
		fault := &Fault{Reason: OtherSession}
		if other, err := q.SessionByBadge(ctx, f.Session); err == nil {
			fault.Session, fault.Day = other.Venue, other.FirstDay
		}
		return m, fault
	}
	d, err := q.Door(ctx, f.Door)
	if err != nil {
		if errors.Is(store.Classify(err), store.ErrNotFound) {
			return m, &Fault{Reason: BadSeal}
		}
		return m, err
	}
	secret, err := base64.StdEncoding.DecodeString(d.Secret)
	if err != nil || d.Session != id || f.Check(secret) != nil {
		return m, &Fault{Reason: BadSeal}
	}
	for _, k := range f.Marks {
		fault := MergedFault{Place: k.Place}
		i, err := q.InvitationByPlace(ctx, trainingdb.InvitationByPlaceParams{Session: id, Place: k.Place})
		if err != nil {
			if !errors.Is(store.Classify(err), store.ErrNotFound) {
				return m, err
			}
			fault.Fault.Reason = NotOnRoster
			m.Faults = append(m.Faults, fault)
			continue
		}
		if old, err := q.Mark(ctx, k.ID); err == nil && old.Invitation == i.ID {
			m.Same++
			continue
		}
		p, err := office.GetPerson(ctx, tx, i.Person)
		if err != nil {
			return m, err
		}
		fault.Name = p.Name
		if day := office.Day(time.UnixMilli(k.At)); day < s.FirstDay || day > s.LastDay {
			fault.Fault = Fault{Reason: OffDay, Day: day}
			m.Faults = append(m.Faults, fault)
			continue
		}
		n, err := q.InsertMark(ctx, trainingdb.InsertMarkParams{ID: k.ID, Session: id, Invitation: i.ID, At: k.At, Door: f.Door, Person: d.Person})
		if err != nil {
			return m, fmt.Errorf("merge: %w", err)
		}
		if n == 0 {
			fault.Fault = Fault{Reason: Twice}
			if old, err := q.MarkOf(ctx, trainingdb.MarkOfParams{Session: id, Invitation: i.ID}); err == nil {
				fault.Fault.At = old.At
			}
			m.Faults = append(m.Faults, fault)
			continue
		}
		m.New++
	}
	return m, office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.merge", Object: id, Office: s.Office,
		After: map[string]any{"door": f.Door, "new": m.New, "same": m.Same, "faults": len(m.Faults)}})
}

// MoveAbsent gives everybody who should have come and did not a seat at the next
// session of the course that has one. It returns how many were moved, and the names
// of those for whom there is none.
func MoveAbsent(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string) (moved int, left []string, err error) {
	s, err := session(ctx, tx, id)
	if err != nil {
		return 0, nil, err
	}
	if office.Day(now) <= s.LastDay && s.State == Planned {
		return 0, nil, &Fault{Reason: OffDay, Day: s.LastDay}
	}
	rows, err := trainingdb.New(tx).Roster(ctx, trainingdb.RosterParams{Session: id, Max: 100_000})
	if err != nil {
		return 0, nil, store.Classify(err)
	}
	for _, r := range rows {
		i := r.TrainingInvitation
		if r.Marked != 0 || !slices.Contains(coming, i.State) {
			continue
		}
		others, err := room(ctx, tx, s, office.Day(now), i.Person)
		if err != nil {
			return 0, nil, err
		}
		if len(others) == 0 {
			left = append(left, r.Name)
			continue
		}
		// Their own unit's session, if it is yet to come.
		to := others[0]
		for _, o := range others {
			if slices.ContainsFunc(texts(o.Units), func(u string) bool { return office.Within(i.Office, u) }) {
				to = o
				break
			}
		}
		if err := move(ctx, tx, now, a, office.TrainingPlan, i, s, to); err != nil {
			return 0, nil, err
		}
		moved++
	}
	return moved, left, nil
}
