// Package programme is the planning of a training programme over the offices' data:
// it makes the input of package planner, keeps plans, and makes sessions of them.
//
// Specification: ../shared/law/facts.md §10.
//
// In go [Settings] (a window of days, the size of a group, a course), changes of the
// pins, and a version; out comes a [Programme] with its plan, and what each change
// moves. Venues with their open days and trainers with their days off are read when
// a programme is added, and again by [Refresh], of which [Preview] tells what would
// move. [Publish] makes a session of each group that has a day. Units are the
// provinces below an office, or its counties; provinces lie where package iran has
// them, counties about the centre of their province.
//
// What it never does: it changes no session that was held or cancelled, and makes
// none before somebody publishes the plan.
//
// How it fails: store.ErrConflict if another has planned meanwhile,
// training.NoPlan if no group has a day, and the errors of package planner.
//
// Sources: none.
package programme

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// ErrNoUnits says that there is no province, or no county, below the office.
var ErrNoUnits = errors.New("there are no units of this kind below the office")

// A Programme is one with its plan read.
type Programme struct {
	trainingdb.TrainingProgramme
	In     planner.Input
	Plan   planner.Plan
	Stands planner.Plan // what the sessions were made from; no groups before
}

// Get reads a programme.
func Get(ctx context.Context, db trainingdb.DBTX, id string) (*Programme, error) {
	row, err := trainingdb.New(db).Programme(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read programme: %w", store.Classify(err))
	}
	p := &Programme{TrainingProgramme: row}
	for _, part := range []struct {
		text string
		to   any
	}{{row.Input, &p.In}, {row.Plan, &p.Plan}, {row.Stands, &p.Stands}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.to); err != nil {
			return nil, fmt.Errorf("read programme %s: %w", id, err)
		}
	}
	return p, nil
}

// Settings are what a programme begins with.
type Settings struct {
	Name     string
	Kind     training.Kind
	Office   string
	Course   string
	Window   planner.Span
	Size     int // units in a group
	Days     int // of a session
	Parallel int
	Teachers int
	Seats    int64 // of the hall that is assumed where no venue is entered
	Today    string
}

// tehran is the base of trainers of the country.
var tehran = planner.Point{Lat: 35.7, Lon: 51.4}

// Add plans a programme for the provinces or counties below an office.
func Add(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, s Settings) (*Programme, error) {
	s.Today = office.Day(now)
	in, err := input(ctx, tx, s)
	if err != nil {
		return nil, fmt.Errorf("add programme: %w", err)
	}
	plan, err := made(in, nil)
	if err != nil {
		return nil, fmt.Errorf("add programme: %w", err)
	}
	id := store.NewID()
	err = trainingdb.New(tx).InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: id, Name: s.Name, Kind: string(s.Kind), Office: s.Office, Course: s.Course,
		Input: asJSON(in), Plan: asJSON(plan)})
	if err != nil {
		return nil, fmt.Errorf("add programme: %w", err)
	}
	if err := office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.programme.add", Object: id, Office: s.Office, After: s}); err != nil {
		return nil, err
	}
	return Get(ctx, tx, id)
}

// input reads what is known of the units, the venues and the trainers.
func input(ctx context.Context, db trainingdb.DBTX, s Settings) (planner.Input, error) {
	in := planner.Input{Size: s.Size, Days: s.Days, Window: s.Window, Closed: []int{5, 6}, Parallel: s.Parallel, Teachers: s.Teachers, Reach: 600}
	oq, q := officedb.New(db), trainingdb.New(db)
	lo, hi := office.Range(s.Office)
	kind := office.ProvinceAt
	if s.Kind != training.National {
		kind = office.CountyAt
	}
	units, err := oq.OfficesOfKind(ctx, officedb.OfficesOfKindParams{Kind: kind, Lo: lo, Hi: hi, Max: 2000})
	if err != nil {
		return in, store.Classify(err)
	}
	at, near, err := places(ctx, oq, units)
	if err != nil {
		return in, err
	}
	venues, err := q.Venues(ctx)
	if err != nil {
		return in, store.Classify(err)
	}
	open, off, err := spans(ctx, q)
	if err != nil {
		return in, err
	}
	people, err := seats(ctx, q, s, kind)
	if err != nil {
		return in, err
	}
	for _, u := range units {
		people := people[u.Code]
		if people == 0 {
			people = int64(len(s.Kind.Roles())) // one in each role, until they are entered
		}
		in.Units = append(in.Units, planner.Unit{ID: u.Code, At: at[u.Code], Near: near[u.Code], People: people})
		own := 0
		for _, v := range venues {
			if v.Office == u.Code {
				in.Venues = append(in.Venues, planner.Venue{ID: v.ID, Name: v.Name, At: at[u.Code], Seats: v.Seats, Open: open[v.ID]})
				own++
			}
		}
		if own == 0 {
			in.Venues = append(in.Venues, planner.Venue{ID: u.Code, Name: "مرکز " + u.NameFa, At: at[u.Code], Seats: s.Seats})
		}
	}
	for _, code := range []string{s.Office, ""} { // those of the office, and those of the country
		lo, hi := office.Range(code)
		if code == "" && s.Office != "" {
			hi = "0" // the country's own alone
		}
		trainers, err := q.Trainers(ctx, trainingdb.TrainersParams{Lo: lo, Hi: hi, Today: s.Today})
		if err != nil {
			return in, store.Classify(err)
		}
		for _, t := range trainers {
			if slices.ContainsFunc(in.Trainers, func(known planner.Trainer) bool { return known.ID == t.Person }) {
				continue
			}
			base, ok := at[t.Office]
			if !ok {
				base = tehran
			}
			in.Trainers = append(in.Trainers, planner.Trainer{ID: t.Person, Name: t.Name, Base: base, Off: off[t.Person]})
		}
	}
	if len(in.Units) == 0 {
		return in, ErrNoUnits
	}
	return in, nil
}

// seats returns how many people sit in the roles of the programme, by code of the
// province or county.
func seats(ctx context.Context, q *trainingdb.Queries, s Settings, kind string) (map[string]int64, error) {
	level := int32(2)
	if kind == office.CountyAt {
		level = 5
	}
	lo, hi := office.Range(s.Office)
	out := map[string]int64{}
	for _, role := range s.Kind.Roles() {
		rows, err := q.SeatsByUnit(ctx, trainingdb.SeatsByUnitParams{Level: level, Role: string(role), Lo: lo, Hi: hi})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, row := range rows {
			out[row.Unit] += row.People
		}
	}
	return out, nil
}

// places returns where units lie and who borders on whom: provinces by package
// iran; counties beside one another in their province, whose centre they share but
// for some kilometres.
func places(ctx context.Context, oq *officedb.Queries, units []officedb.Office) (map[string]planner.Point, map[string][]string, error) {
	at, near := map[string]planner.Point{}, map[string][]string{}
	found := map[string]iran.Province{} // by code of the province
	byName := map[string]string{}       // code of a unit, by the name of the province
	below := map[string][]string{}      // counties, by code of the province
	for _, u := range units {
		code := u.Code[:2]
		below[code] = append(below[code], u.Code)
		if _, known := found[code]; known {
			continue
		}
		province, err := oq.Office(ctx, code)
		if err != nil {
			return nil, nil, store.Classify(err)
		}
		if p, ok := iran.Find(province.NameFa); ok {
			found[code], byName[p.Fa] = p, code
		} else {
			found[code] = iran.Province{Capital: tehran}
		}
	}
	for i, u := range units {
		p := found[u.Code[:2]]
		if u.Kind != office.ProvinceAt {
			at[u.Code] = planner.Point{Lat: p.Capital.Lat + float64(i%7)*.1, Lon: p.Capital.Lon + float64(i%5)*.1}
			near[u.Code] = slices.DeleteFunc(slices.Clone(below[u.Code[:2]]), func(code string) bool { return code == u.Code })
			continue
		}
		at[u.Code] = p.Capital
		for _, n := range p.Neighbours() {
			if code, ok := byName[n.Fa]; ok {
				near[u.Code] = append(near[u.Code], code)
			}
		}
		slices.Sort(near[u.Code]) // as the list of units is
	}
	return at, near, nil
}

// Change plans again after change has been made to the input, over the version
// that was read, and returns what moves.
func Change(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64, act string, change func(*Programme)) ([]planner.Move, error) {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	before := p.In
	change(p)
	plan, err := made(p.In, &p.Plan)
	if err != nil {
		return nil, fmt.Errorf("change programme: %w", err)
	}
	moves := planner.Diff(&p.Plan, plan)
	err = store.Changed(trainingdb.New(tx).UpdatePlan(ctx, trainingdb.UpdatePlanParams{Input: asJSON(p.In), Plan: asJSON(plan), Stands: p.TrainingProgramme.Stands,
		ID: id, Version: version}))
	if err != nil {
		return nil, fmt.Errorf("change programme: %w", err)
	}
	return moves, office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.plan." + act, Object: id, Office: p.Office,
		Before: map[string]any{"pins": before.Pins, "window": before.Window}, After: map[string]any{"pins": p.In.Pins, "window": p.In.Window, "moves": moves}})
}

// PinFirst pins the provinces of the first session as it was published, if the
// programme has them.
func PinFirst(ctx context.Context, db officedb.DBTX, p *Programme) error {
	oq := officedb.New(db)
	for _, u := range p.In.Units {
		o, err := oq.Office(ctx, u.ID)
		if err != nil {
			return store.Classify(err)
		}
		if found, ok := iran.Find(o.NameFa); ok && slices.Contains(iran.First, found.Fa) {
			p.In.Pins = p.In.Pins.Pin(u.ID, 1)
		}
	}
	return nil
}

// Publish makes sessions of the plan, or changes those that were made from an
// earlier one; who was invited to a session that moves is told. It returns how
// many sessions were made and how many were changed.
func Publish(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, version int64) (made, changed int, err error) {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return 0, 0, err
	}
	if !slices.ContainsFunc(p.Plan.Groups, func(g planner.Group) bool { return g.Day != 0 }) {
		return 0, 0, &training.Fault{Reason: training.NoPlan}
	}
	q := trainingdb.New(tx)
	rows, err := q.SessionsOf(ctx, id)
	if err != nil {
		return 0, 0, store.Classify(err)
	}
	for _, g := range p.Plan.Groups {
		if g.Day == 0 {
			continue
		}
		s := p.session(g)
		i := slices.IndexFunc(rows, func(r trainingdb.TrainingSession) bool { return r.Number == int64(g.Number) })
		if i < 0 {
			made++
			err = q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: store.NewID(), Programme: id, Number: s.Number, Course: p.Course, Office: s.Office,
				Badge: digits(10), FirstDay: s.FirstDay, LastDay: s.LastDay, Venue: s.Venue, Seats: s.Seats, Trainers: s.Trainers, Units: s.Units})
			if err != nil {
				return 0, 0, fmt.Errorf("publish programme: %w", err)
			}
			continue
		}
		old := rows[i]
		if old.State != training.Planned || old.FirstDay == s.FirstDay && old.LastDay == s.LastDay && old.Venue == s.Venue && old.Trainers == s.Trainers && old.Units == s.Units && old.Seats == s.Seats {
			continue
		}
		changed++
		s.ID, s.Version, s.State, s.Minutes = old.ID, old.Version, old.State, old.Minutes
		if err := training.EditSession(ctx, tx, now, a, s); err != nil {
			return 0, 0, fmt.Errorf("publish programme: %w", err)
		}
	}
	err = store.Changed(q.UpdatePlan(ctx, trainingdb.UpdatePlanParams{Input: p.Input, Plan: p.TrainingProgramme.Plan, Stands: p.TrainingProgramme.Plan, ID: id, Version: version}))
	if err != nil {
		return 0, 0, fmt.Errorf("publish programme: %w", err)
	}
	return made, changed, office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.publish", Object: id, Office: p.Office,
		Before: planner.Diff(&p.Stands, &p.Plan), After: map[string]int{"made": made, "changed": changed}})
}

// session is a group as it is held. The office in whose hall it is answers for it.
func (p *Programme) session(g planner.Group) trainingdb.TrainingSession {
	v := p.In.Venues[slices.IndexFunc(p.In.Venues, func(v planner.Venue) bool { return v.ID == g.Venue })]
	host := g.Units[0]
	for _, u := range p.In.Units {
		if u.At == v.At {
			host = u.ID
			break
		}
	}
	names := []string{}
	for _, id := range g.Trainers {
		for _, t := range p.In.Trainers {
			if t.ID == id {
				names = append(names, t.Name)
			}
		}
	}
	return trainingdb.TrainingSession{Number: int64(g.Number), Office: host, FirstDay: g.Day.Gregorian(), LastDay: g.Last.Gregorian(), Venue: v.Name,
		Seats: v.Seats, Trainers: asJSON(names), Units: asJSON(g.Units)}
}

// digits returns n random digits.
func digits(n int) string {
	d, _ := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)) // the reader never fails
	return fmt.Sprintf("%0*d", n, d)
}

func asJSON(v any) string {
	b, _ := json.Marshal(v) // plans and lists: it never fails
	return string(b)
}
