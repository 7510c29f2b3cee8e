package programme

import (
	"context"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// AddVenue adds a venue of a province or county. Programmes plan with it instead of
// the hall that is assumed there: those that are added from now on, and others when
// they are planned anew ([Refresh]).
func AddVenue(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, code, name string, seats int64) (string, error) {
	v := trainingdb.InsertVenueParams{ID: store.NewID(), Office: code, Name: name, Seats: seats}
	if err := trainingdb.New(tx).InsertVenue(ctx, v); err != nil {
		return "", fmt.Errorf("add venue: %w", err)
	}
	return v.ID, office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.venue.add", Object: v.ID, Office: code, After: v})
}

// EditVenue changes the name and the seats of a venue over the version that was
// read.
func EditVenue(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id, name string, seats, version int64) error {
	q := trainingdb.New(tx)
	before, err := q.Venue(ctx, id)
	if err != nil {
		return fmt.Errorf("edit venue: %w", store.Classify(err))
	}
	if err := store.Changed(q.UpdateVenue(ctx, trainingdb.UpdateVenueParams{Name: name, Seats: seats, ID: id, Version: version})); err != nil {
		return fmt.Errorf("edit venue: %w", err)
	}
	after := before
	after.Name, after.Seats, after.Version = name, seats, version+1
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.venue.edit", Object: id, Office: before.Office, Before: before, After: after})
}

// A Stretch is days from the first to the last, as ISO.
type Stretch struct {
	ID    string `json:"id"`
	First string `json:"first"`
	Last  string `json:"last"`
}

// OpenVenue says that a venue is open on some days. One for which nothing is said
// is open on every day.
func OpenVenue(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, venue, first, last string) error {
	q := trainingdb.New(tx)
	v, err := q.Venue(ctx, venue)
	if err != nil {
		return fmt.Errorf("open venue: %w", store.Classify(err))
	}
	d := Stretch{store.NewID(), first, last}
	if err := q.InsertOpenDays(ctx, trainingdb.InsertOpenDaysParams{ID: d.ID, Venue: venue, FirstDay: first, LastDay: last}); err != nil {
		return fmt.Errorf("open venue: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.venue.open", Object: venue, Office: v.Office, After: d})
}

// CloseVenue takes back that a venue is open on some days.
func CloseVenue(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, venue, days string) error {
	q := trainingdb.New(tx)
	v, err := q.Venue(ctx, venue)
	if err != nil {
		return fmt.Errorf("close venue: %w", store.Classify(err))
	}
	if err := store.Changed(q.DeleteOpenDays(ctx, trainingdb.DeleteOpenDaysParams{ID: days, Venue: venue})); err != nil {
		return fmt.Errorf("close venue: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.venue.close", Object: venue, Office: v.Office, Before: days})
}

// power is that by which somebody says when a trainer is away: their own, or that
// of who plans at the trainer's office.
func power(a office.Actor, person, code string) (office.Power, error) {
	switch {
	case a.Person == person:
		return office.Own, nil
	case a.May(office.TrainingPlan, code):
		return office.TrainingPlan, nil
	}
	return "", office.ErrForbidden
}

// TakeOff says that a trainer of an office is away on some days.
func TakeOff(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, person, code, first, last string) error {
	p, err := power(a, person, code)
	if err != nil {
		return fmt.Errorf("take days off: %w", err)
	}
	d := Stretch{store.NewID(), first, last}
	if err := trainingdb.New(tx).InsertOffDays(ctx, trainingdb.InsertOffDaysParams{ID: d.ID, Person: person, FirstDay: first, LastDay: last}); err != nil {
		return fmt.Errorf("take days off: %w", err)
	}
	return office.Audit(ctx, tx, now, a, p, office.Change{Act: "training.trainer.off", Object: person, Office: code, After: d})
}

// ComeBack takes back that a trainer is away on some days.
func ComeBack(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, person, code, days string) error {
	p, err := power(a, person, code)
	if err != nil {
		return fmt.Errorf("take back days off: %w", err)
	}
	if err := store.Changed(trainingdb.New(tx).DeleteOffDays(ctx, trainingdb.DeleteOffDaysParams{ID: days, Person: person})); err != nil {
		return fmt.Errorf("take back days off: %w", err)
	}
	return office.Audit(ctx, tx, now, a, p, office.Change{Act: "training.trainer.back", Object: person, Office: code, Before: days})
}

// spans returns the days on which venues are open and those on which trainers are
// away, by the ids of venues and people.
func spans(ctx context.Context, q *trainingdb.Queries) (open, off map[string][]planner.Span, err error) {
	open, off = map[string][]planner.Span{}, map[string][]planner.Span{}
	venues, err := q.OpenDays(ctx)
	if err != nil {
		return nil, nil, store.Classify(err)
	}
	for _, d := range venues {
		open[d.Venue] = append(open[d.Venue], planner.Span{From: training.ISO(d.FirstDay), To: training.ISO(d.LastDay)})
	}
	people, err := q.OffDays(ctx)
	if err != nil {
		return nil, nil, store.Classify(err)
	}
	for _, d := range people {
		off[d.Person] = append(off[d.Person], planner.Span{From: training.ISO(d.FirstDay), To: training.ISO(d.LastDay)})
	}
	return open, off, nil
}
