package readiness

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/readinessdb"
)

// A Line is how far an office and those below it are, or a role there.
type Line struct {
	Office   string
	Role     string // of a line by role
	Known    bool   // it was counted
	Counted  time.Time
	Seats    int64 // people to be trained
	Trained  int64
	Stale    int64
	Invited  int64
	Problems int64 // open; not by role
	Unjudged int64 // of them, by fewer than two people
	Highest  int64 // risk of them, 1 to 25; 0 while none was judged
	Late     int64 // stages; not by role. -1 while there is no calendar
	Forecast Forecast
}

// Missing is how many are still to be trained.
func (l *Line) Missing() int64 { return l.Seats - l.Trained }

// A Forecast is the pace of a subtree, and what follows from it.
type Forecast struct {
	Known bool
	Since calendar.Day // the first complete count that it rests on
	Days  int          // from that to the last
	Gain  int64        // people trained in them
	Ready calendar.Day // when all are, at this pace; 0 if that lies beyond ten years
}

// A Report is a subtree.
type Report struct {
	Line              // the whole of it
	Roles    []Line   // by role
	Children []Line   // the offices below, one level
	Missing  []string // provinces of the subtree that were never counted
}

// Read adds up a subtree. The book is of the calendar.
func Read(ctx context.Context, db readinessdb.DBTX, book *agenda.Book, under string, today calendar.Day) (*Report, error) {
	r, err := read(ctx, db, book, under, today)
	if err != nil {
		return nil, fmt.Errorf("read readiness: %w", store.Classify(err))
	}
	return r, nil
}

// below is the length of codes one level below one.
func below(code string) int { return map[int]int{0: 2, 2: 5, 5: 7}[len(code)] }

func read(ctx context.Context, db readinessdb.DBTX, book *agenda.Book, under string, today calendar.Day) (*Report, error) {
	q := readinessdb.New(db)
	lo, hi := office.Range(under)
	counts, err := q.Counts(ctx)
	if err != nil {
		return nil, err
	}
	counted := map[string]time.Time{}
	for _, c := range counts {
		counted[c.Part] = store.Time(c.Counted)
	}
	all, err := parts(ctx, db)
	if err != nil {
		return nil, err
	}
	out := &Report{}
	out.Line = line(under, counted, all)
	for _, p := range all {
		if _, ok := counted[p]; !ok && (office.Within(p, under) || office.Within(under, p) && p != "") {
			out.Missing = append(out.Missing, p)
		}
	}

	children := map[string]*Line{}
	level := below(under)
	if level > 0 {
		for _, o := range book.Offices(under, level) {
			l := line(o.Code, counted, all)
			children[o.Code] = &l
		}
	}
	roles := map[string]*Line{}
	now, err := q.Now(ctx, readinessdb.NowParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	for _, n := range now {
		if roles[n.Role] == nil {
			roles[n.Role] = &Line{Office: under, Role: n.Role, Known: out.Known, Counted: out.Counted}
		}
		lines := []*Line{&out.Line, roles[n.Role]}
		if c := children[upTo(n.Unit, level)]; c != nil && level > 0 {
			lines = append(lines, c)
		}
		for _, l := range lines {
			l.Seats, l.Trained, l.Stale, l.Invited = l.Seats+n.Seats, l.Trained+n.Trained, l.Stale+n.Stale, l.Invited+n.Invited
		}
	}
	problems, err := q.OpenProblems(ctx, readinessdb.OpenProblemsParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		lines := []*Line{&out.Line}
		if c := children[upTo(p.Office, level)]; c != nil && level > 0 {
			lines = append(lines, c)
		}
		for _, l := range lines {
			l.Problems, l.Unjudged, l.Highest = l.Problems+p.Number, l.Unjudged+p.Unjudged, max(l.Highest, p.Highest)
		}
	}
	past, err := q.Past(ctx, readinessdb.PastParams{Since: (today - window).Gregorian(), Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	for _, l := range append(slices.Collect(maps.Values(children)), &out.Line) {
		l.Late = -1
		if book.Set() {
			n, err := book.Late(l.Office, today)
			if err != nil {
				return nil, err
			}
			l.Late = int64(n)
		}
		if len(l.Office) <= 5 {
			l.Forecast = forecast(past, l, all)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(children)) {
		out.Children = append(out.Children, *children[code])
	}
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		out.Roles = append(out.Roles, *roles[role])
	}
	return out, nil
}

// line is an empty line of an office: known if all parts that it needs were
// counted, as old as the oldest.
func line(code string, counted map[string]time.Time, all []string) Line {
	l := Line{Office: code, Known: true}
	n := 0
	for _, p := range all {
		if !needs(code, p) {
			continue
		}
		at, ok := counted[p]
		l.Known = l.Known && ok
		if n++; ok && (l.Counted.IsZero() || at.Before(l.Counted)) {
			l.Counted = at
		}
	}
	l.Known = l.Known && n > 0
	return l
}

// needs reports whether an office is counted with a part.
func needs(code, part string) bool {
	return code == "" || part != "" && strings.HasPrefix(code, part)
}

// The pace is looked for in so many days, and needs so many.
const (
	window  = 7
	minSpan = 3
	tooFar  = 3650
)

// forecast is the pace of an office between the first and the last of the days on
// which all of its parts were counted.
func forecast(past []readinessdb.ReadinessPast, l *Line, all []string) Forecast {
	type sum struct {
		trained int64
		parts   map[string]bool
	}
	days := map[string]*sum{}
	for _, p := range past {
		if !office.Within(p.Unit, l.Office) && !(len(p.Unit) == 2 && office.Within(l.Office, p.Unit)) && p.Unit != "" {
			continue
		}
		d := days[p.Day]
		if d == nil {
			d = &sum{parts: map[string]bool{}}
			days[p.Day] = d
		}
		d.parts[upTo(p.Unit, 2)] = true
		if office.Within(p.Unit, l.Office) {
			d.trained += p.Trained
		}
	}
	var whole []string
	for _, day := range slices.Sorted(maps.Keys(days)) {
		complete := true
		for _, p := range all {
			// Within a province the rows of the office itself tell that it was counted.
			complete = complete && (!needs(l.Office, p) || days[day].parts[p])
		}
		if complete {
			whole = append(whole, day)
		}
	}
	if !l.Known || len(whole) < 2 {
		return Forecast{}
	}
	first, last := isoDay(whole[0]), isoDay(whole[len(whole)-1])
	f := Forecast{Since: first, Days: int(last - first), Gain: days[whole[len(whole)-1]].trained - days[whole[0]].trained}
	if f.Days < minSpan || f.Gain <= 0 {
		return f
	}
	f.Known = true
	if need := (l.Missing()*int64(f.Days) + f.Gain - 1) / f.Gain; need <= tooFar {
		f.Ready = last + calendar.Day(max(need, 0))
	}
	return f
}

func isoDay(iso string) calendar.Day {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return 0
	}
	return calendar.DayOf(t.Date())
}

// Why an office is on the red list.
const (
	RedLate     = "late"     // stages are late
	RedPace     = "pace"     // at this pace all are trained after polling day only
	RedStanding = "standing" // people are missing and the pace cannot be told, within 30 days of polling day
	RedStale    = "stale"    // one certificate in ten is stale, or more
	RedRisk     = "risk"     // an open problem of an earlier round has a risk of Grave or more
)

// Grave is the risk of an open problem, of 25, with which an office is on the red
// list.
const Grave = 12

// Red returns why a line is on the red list, for a polling day; nothing if it is
// not.
func (l *Line) Red(today, polling calendar.Day) []string {
	var why []string
	if l.Late > 0 {
		why = append(why, RedLate)
	}
	if l.Highest >= Grave {
		why = append(why, RedRisk)
	}
	if !l.Known {
		return why
	}
	switch f := l.Forecast; {
	case polling == 0 || l.Missing() == 0:
	case f.Known && (f.Ready == 0 || f.Ready > polling):
		why = append(why, RedPace)
	case !f.Known && polling-today <= 30:
		why = append(why, RedStanding)
	}
	if l.Stale > 0 && l.Stale*10 >= l.Stale+l.Trained {
		why = append(why, RedStale)
	}
	return why
}
