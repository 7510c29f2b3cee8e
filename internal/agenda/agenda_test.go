package agenda_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"pgregory.net/rapid"
)

var polling = calendar.DayOf(2026, 5, 1) // 1405-02-11

// at is noon in Tehran, some days before polling day.
func at(days int) time.Time {
	return (polling + calendar.Day(days)).Time().Add(8*time.Hour + 30*time.Minute)
}

// who is somebody with one post.
func who(role office.Role, code string) office.Actor {
	return office.Actor{Person: string(role) + code, Posts: []office.Post{{ID: "p", Role: role, Office: code}}}
}

var hq = who(office.HQ, "")

var codes = []string{"", "03", "03001", "0300101", "03001010001", "07", "07001", "0700101", "0700102", "07001010001"}

var kindAt = map[int]string{0: office.Country, 2: office.ProvinceAt, 5: office.CountyAt, 7: office.DistrictAt, 11: office.City}

// found makes the offices and the election.
func found(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	err := db.Tx(ctx, func(tx *store.Tx) error {
		for _, c := range codes {
			if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Code: c, Kind: kindAt[len(c)], NameFa: "دفتر " + c}); err != nil {
				return err
			}
		}
		for _, a := range []office.Actor{hq} {
			q := officedb.New(tx)
			if err := q.InsertPerson(ctx, officedb.InsertPersonParams{ID: a.Person, Name: "مریم", Created: 1}); err != nil {
				return err
			}
			if err := q.InsertPost(ctx, officedb.InsertPostParams{ID: "1", Person: a.Person, Role: string(office.HQ), Since: "2025-01-01"}); err != nil {
				return err
			}
		}
		return office.SaveElection(ctx, tx, at(-300), hq, office.Election{NameFa: "شوراها", Kinds: []string{"city", "village"}, PollingDay: polling.Gregorian()})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bench writes and reads.
type bench struct {
	*testing.T
	db   *store.DB
	desk *agenda.Desk
}

func (b bench) add(days int, a office.Actor, code string, e calendar.Event) error {
	return b.db.Tx(context.Background(), func(tx *store.Tx) error {
		return b.desk.Add(context.Background(), tx, at(days), a, agenda.Decision{Office: code, Event: e, Reason: "نامهٔ ۱۲"})
	})
}

func (b bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// refuses fails the test unless the error is a refusal with the code.
func (b bench) refuses(err error, code, stage string, day calendar.Day) {
	b.Helper()
	var r *agenda.Refusal
	if !errors.As(err, &r) || r.Code != code || r.Stage != stage || r.Day != day {
		b.Errorf("the error is %v, not %s %s %v", err, code, stage, day)
	}
}

func (b bench) book() *agenda.Book {
	b.Helper()
	book, err := b.desk.Book(context.Background(), b.db)
	b.must(err)
	again, err := agenda.NewDesk().Book(context.Background(), b.db)
	b.must(err)
	if book.Seq != again.Seq || book.Base != again.Base {
		b.Fatalf("the desk has %d events from %v, the database %d from %v", book.Seq, book.Base, again.Seq, again.Base)
	}
	return book
}

func (b bench) row(days int, code, stage string) agenda.Row {
	b.Helper()
	board, err := b.book().Board(code, polling+calendar.Day(days))
	b.must(err)
	i := slices.IndexFunc(board.Rows, func(r agenda.Row) bool { return r.Stage.ID == stage })
	if i < 0 {
		b.Fatalf("no row %s", stage)
	}
	return board.Rows[i]
}

func (b bench) is(days int, code, stage string, want calendar.State) agenda.Row {
	b.Helper()
	r := b.row(days, code, stage)
	if r.State != want {
		b.Errorf("%s at %q on day %d is %s %s %v, not %s", stage, code, days, r.State, r.Why, r.Before, want)
	}
	return r
}

func each(t *testing.T, test func(b bench)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		found(t, db)
		test(bench{t, db, agenda.NewDesk()})
	})
}

func confirm(stage string) calendar.Event {
	return calendar.Event{Event: calendar.Confirm, Stage: stage}
}

// TestConfirm: a stage is confirmed by its owner alone, not before it begins; at
// the office above it is done when all below have confirmed.
func TestConfirm(t *testing.T) {
	each(t, func(b bench) {
		county := who(office.County, "07001")
		if err := b.add(-134, county, "07001", confirm("start-order-city")); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("a county gives the order to start: %v", err)
		}
		b.refuses(b.add(-134, hq, "", calendar.Event{Event: calendar.Confirm, Stage: "start-order-city", On: polling}), agenda.Future, "", polling-134)
		b.must(b.add(-134, hq, "", confirm("start-order-city")))
		b.refuses(b.add(-133, hq, "", confirm("start-order-city")), agenda.Confirmed, "start-order-city", polling-134)
		b.is(-133, "07001", "start-order-city", calendar.Done)

		b.refuses(b.add(-134, county, "07001", confirm("executive-boards-city")), agenda.Begins, "executive-boards-city", polling-133)
		if err := b.add(-130, county, "03001", confirm("executive-boards-city")); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("a county confirms for another: %v", err)
		}
		if err := b.add(-130, hq, "07001", confirm("executive-boards-city")); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("headquarters confirms for a county: %v", err)
		}
		b.must(b.add(-130, county, "07001", confirm("executive-boards-city")))
		b.is(-130, "07001", "executive-boards-city", calendar.Done)
		b.is(-130, "0700101", "executive-boards-city", calendar.Done)
		b.is(-130, "03001", "executive-boards-city", calendar.Open)
		if r := b.is(-130, "", "executive-boards-city", calendar.Open); r.Below != 2 || r.Counts[calendar.Done] != 1 {
			t.Errorf("%d of %d counties are done", r.Counts[calendar.Done], r.Below)
		}
		b.is(-128, "", "executive-boards-city", calendar.Late)
		b.must(b.add(-127, who(office.County, "03001"), "03001", confirm("executive-boards-city")))
		if r := b.is(-127, "", "executive-boards-city", calendar.Done); r.Done != polling-127 {
			t.Errorf("done on %v", r.Done)
		}

		// What has passed and is not confirmed holds up what follows it, and says so.
		r := b.is(-100, "07001", "executive-vetting-city", calendar.Future)
		if r.Why != "" {
			t.Errorf("held up by %v", r.Before)
		}
		r = b.is(-90, "07001", "executive-vetting-city", calendar.Blocked)
		if r.Why != agenda.WhyBefore || !slices.Equal(r.Before, []string{"inquiries-city"}) {
			t.Errorf("held up because %s: %v", r.Why, r.Before)
		}
		n, err := b.book().Late("07", polling-90)
		if err != nil || n == 0 {
			t.Errorf("%d are late, %v", n, err)
		}
		all, err := b.book().Late("", polling-90)
		if err != nil || all <= n {
			t.Errorf("%d are late in the country, %d in a province, %v", all, n, err)
		}
	})
}

// TestSet: the owner sets days that the law leaves open, and no other.
func TestSet(t *testing.T) {
	each(t, func(b bench) {
		set := func(stage string, from, to int) calendar.Event {
			return calendar.Event{Event: calendar.Set, Stage: stage, From: &from, To: &to}
		}
		if r := b.is(-200, "", "training-national", calendar.Blocked); r.Why != agenda.WhyUnset {
			t.Errorf("why is %q", r.Why)
		}
		b.must(b.add(-200, hq, "", set("training-national", -150, -120)))
		b.is(-200, "", "training-national", calendar.Future)
		b.refuses(b.add(-199, hq, "", set("training-regional", -160, -110)), agenda.Before, "training-national", polling-150)
		b.refuses(b.add(-199, hq, "", set("training-regional", -110, -120)), agenda.Reversed, "training-regional", 0)
		b.must(b.add(-199, hq, "", set("training-regional", -110, -100)))
		b.refuses(b.add(-198, hq, "", set("training-national", -100, -90)), agenda.Behind, "training-regional", polling-110)
		b.refuses(b.add(-198, hq, "", set("start-order-city", -140, -140)), agenda.Fixed, "start-order-city", polling-134)
		if err := b.add(-198, hq, "07001", set("training-branches", -90, -60)); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("headquarters sets the days of a county: %v", err)
		}
		b.must(b.add(-198, who(office.County, "07001"), "07001", set("training-branches", -90, -60)))
		b.is(-198, "07001", "training-branches", calendar.Future)
		b.is(-198, "03001", "training-branches", calendar.Blocked)
		if r := b.row(-198, "", "training-branches"); r.From != polling-90 || r.To != polling-60 {
			t.Errorf("days of all are %v to %v", r.From, r.To)
		}
		// What one county has set stands against a later day for all.
		var r *agenda.Refusal
		if err := b.add(-197, hq, "", set("training-regional", -80, -70)); !errors.As(err, &r) || r.Office != "07001" {
			t.Errorf("%v", err)
		}
	})
}

// TestPostpone: one constituency goes its own way.
func TestPostpone(t *testing.T) {
	each(t, func(b bench) {
		const place = "07001010001"
		postpone := calendar.Event{Event: calendar.Postpone, PollingDay: polling + 30}
		if err := b.add(-20, who(office.Province, "07"), place, postpone); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("a province postpones: %v", err)
		}
		b.refuses(b.add(-20, hq, place, calendar.Event{Event: calendar.Postpone, PollingDay: polling}), agenda.NotLater, "", polling)
		b.refuses(b.add(-20, hq, place, calendar.Event{Event: calendar.Resume}), agenda.NotFrozen, "", 0)
		b.must(b.add(-20, hq, place, postpone))
		if own := b.book().Own("07"); !slices.Equal(own, []string{place}) {
			t.Errorf("with calendars of their own are %q", own)
		}
		if r := b.row(-20, place, "polling-day"); r.From != polling+30 {
			t.Errorf("polling day there is %v", r.From)
		}
		if r := b.row(-20, "0700101", "polling-day"); r.From != polling {
			t.Errorf("polling day beside it is %v", r.From)
		}
		// What the county confirms for the others does not count there, and it
		// confirms it there later.
		county := who(office.County, "07001")
		b.must(b.add(-10, county, "07001", confirm("final-candidates")))
		b.is(-10, "07001", "final-candidates", calendar.Done)
		b.is(-10, "0700101", "final-candidates", calendar.Done)
		b.is(-10, place, "final-candidates", calendar.Blocked)
		b.refuses(b.add(-10, county, place, confirm("final-candidates")), agenda.Begins, "final-candidates", polling+19)
		b.must(b.add(20, county, place, confirm("final-candidates")))
		b.is(20, place, "final-candidates", calendar.Done)
		if err := b.add(20, county, "0700101", confirm("campaign")); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("a county confirms for a district without a calendar of its own: %v", err)
		}
		// What had begun before counts for both.
		b.must(b.add(20, county, "07001", confirm("registration-city")))
		b.is(20, place, "registration-city", calendar.Done)

		tasks, err := b.book().Tasks(county, polling+21, 14)
		if err != nil || !slices.ContainsFunc(tasks, func(x agenda.Task) bool { return x.Office == place && x.Row.Stage.ID == "campaign" }) {
			t.Errorf("the county is asked for %v, %v", tasks, err)
		}
	})
}

// TestMoves: freeze and resume, another polling day, and the earliest that is
// possible.
func TestMoves(t *testing.T) {
	each(t, func(b bench) {
		b.must(b.add(-134, hq, "", confirm("start-order-city")))
		b.must(b.add(-120, hq, "", calendar.Event{Event: calendar.Freeze}))
		b.refuses(b.add(-119, hq, "", calendar.Event{Event: calendar.Freeze}), agenda.Frozen, "", polling-120)
		b.refuses(b.add(-119, hq, "", calendar.Event{Event: calendar.ReAnchor, PollingDay: polling + 9}), agenda.Frozen, "", polling-120)
		if r := b.is(-115, "07001", "registration-city", calendar.Blocked); r.Why != agenda.WhyFrozen {
			t.Errorf("why is %q", r.Why)
		}
		b.must(b.add(-115, hq, "", calendar.Event{Event: calendar.Resume}))
		if r := b.row(-115, "07001", "polling-day"); r.From != polling+5 {
			t.Errorf("polling day is %v", r.From)
		}
		// The order was 134 days before the first polling day; registration begins on
		// −110 at the earliest today, day −115.
		b.refuses(b.add(-115, hq, "", calendar.Event{Event: calendar.ReAnchor, PollingDay: polling - 40}), agenda.Earliest, "start-order-city", polling)
		b.refuses(b.add(-100, hq, "", calendar.Event{Event: calendar.ReAnchor, PollingDay: polling + 1}), agenda.Earliest, "inquiries-city", polling+3)
		b.must(b.add(-115, hq, "", calendar.Event{Event: calendar.ReAnchor, PollingDay: polling + 10}))
		b.refuses(b.add(12, hq, "", calendar.Event{Event: calendar.ReAnchor, PollingDay: polling + 30}), agenda.Over, "", polling+10)

		// The settings of the election say something else now: what was decided stands.
		e, err := office.LoadElection(context.Background(), b.db)
		b.must(err)
		e.PollingDay = (polling + 100).Gregorian()
		b.must(b.db.Tx(context.Background(), func(tx *store.Tx) error { return office.SaveElection(context.Background(), tx, at(-100), hq, e) }))
		if book := b.book(); book.Base != polling {
			t.Errorf("the calendar counts from %v", book.Base)
		}
	})
}

// TestFeed: an address is one person's, works until it is revoked, and is worth
// nothing without a post.
func TestFeed(t *testing.T) {
	each(t, func(b bench) {
		ctx := context.Background()
		var token string
		make := func() {
			b.must(b.db.Tx(ctx, func(tx *store.Tx) (err error) {
				token, err = agenda.NewFeed(ctx, tx, at(-50), hq)
				return err
			}))
		}
		make()
		first := token
		ics, err := b.desk.ICalendar(ctx, b.db, at(-50), token, calendar.English, "hq.example")
		if err != nil || !slices.Contains(lines(ics), "UID:polling-day.hq.example") {
			t.Errorf("%v\n%s", err, ics)
		}
		for _, wrong := range []string{"", "aaaaaaaaaaaaaaaaaaaaaaaaaa", token + "a", "../" + token[3:]} {
			if _, err := b.desk.ICalendar(ctx, b.db, at(-50), wrong, calendar.English, ""); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if _, err := b.desk.ICalendar(ctx, b.db, at(-900), token, calendar.English, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("before the post began: %v", err)
		}
		make()
		if _, err := b.desk.ICalendar(ctx, b.db, at(-50), first, calendar.English, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the old address: %v", err)
		}
		b.must(b.db.Tx(ctx, func(tx *store.Tx) error { return agenda.RevokeFeed(ctx, tx, at(-50), hq) }))
		if _, err := b.desk.ICalendar(ctx, b.db, at(-50), token, calendar.English, ""); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the revoked address: %v", err)
		}
		if since, err := agenda.FeedOf(ctx, b.db, hq.Person); err != nil || !since.IsZero() {
			t.Errorf("since %v, %v", since, err)
		}
	})
}

func lines(b []byte) []string {
	var out []string
	for l := range bytesLines(b) {
		out = append(out, l)
	}
	return out
}

func bytesLines(b []byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := 0
		for i := 0; i+1 < len(b); i++ {
			if b[i] == '\r' && b[i+1] == '\n' {
				if !yield(string(b[start:i])) {
					return
				}
				start = i + 2
			}
		}
	}
}

var errBack = errors.New("back")

// TestAsPackageCalendar: whatever is decided, and refused, in whatever order, the
// board of an office is what package calendar makes of the events that concern it.
func TestAsPackageCalendar(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		found(t, db)
		ctx := context.Background()
		stages := agenda.Stages(calendar.City | calendar.Village)
		rapid.Check(t, func(t *rapid.T) {
			desk := agenda.NewDesk() // of a transaction that comes to nothing
			err := db.Tx(ctx, func(tx *store.Tx) error {
				day := rapid.IntRange(-210, -100).Draw(t, "first")
				var events []agenda.Event
				for range rapid.IntRange(1, 14).Draw(t, "events") {
					day += rapid.SampledFrom([]int{0, 0, 1, 4, 15}).Draw(t, "later")
					s := rapid.SampledFrom(stages).Draw(t, "stage")
					seat := agenda.SeatOf(&s)
					a, code, e := hq, "", calendar.Event{}
					switch rapid.IntRange(0, 9).Draw(t, "what") {
					case 0:
						e = calendar.Event{Event: calendar.Freeze}
					case 1, 2:
						e = calendar.Event{Event: calendar.Resume}
					case 3:
						e = calendar.Event{Event: calendar.ReAnchor, PollingDay: polling + calendar.Day(rapid.IntRange(-20, 90).Draw(t, "polling"))}
					default:
						code = rapid.SampledFrom(slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return len(c) != seat.Level })).Draw(t, "office")
						a = who(seat.Role, code)
						e = confirm(s.ID)
						if s.From == nil {
							from := rapid.IntRange(-100, 0).Draw(t, "from")
							e = calendar.Event{Event: calendar.Set, Stage: s.ID, From: &from}
						}
					}
					err := desk.Add(ctx, tx, at(day), a, agenda.Decision{Office: code, Event: e})
					var r *agenda.Refusal
					switch {
					case err == nil:
						e.On = polling + calendar.Day(day)
						events = append(events, agenda.Event{Event: e, Office: code})
					case !errors.As(err, &r) && !errors.Is(err, office.ErrForbidden):
						t.Fatal(err)
					}
				}
				book, err := desk.Book(ctx, tx)
				if err != nil {
					t.Fatal(err)
				}
				today := polling + calendar.Day(day+rapid.IntRange(0, 60).Draw(t, "read"))
				for _, code := range codes {
					compare(t, book, events, code, today)
				}
				return errBack
			})
			if !errors.Is(err, errBack) {
				t.Fatal(err)
			}
		})
	})
}

// compare folds the events that concern an office anew, one list for each office.
func compare(t *rapid.T, book *agenda.Book, events []agenda.Event, code string, today calendar.Day) {
	plan := func(code string) *calendar.Schedule {
		p := calendar.Plan{PollingDay: polling, Stages: agenda.Stages(calendar.City | calendar.Village)}
		given := map[string]int{}
		for _, e := range events {
			v := e.Event
			if e.Office != "" {
				v.Constituency = code
			}
			if office.Within(code, e.Office) {
				p.Events = append(p.Events, v)
				continue
			}
			if !office.Within(e.Office, code) || v.Event != calendar.Confirm {
				continue
			}
			n := 0
			for _, c := range codes {
				if len(c) == len(e.Office) && office.Within(c, code) {
					n++
				}
			}
			if given[e.Stage]++; given[e.Stage] == n { // the last of those below
				v.Constituency = code
				p.Events = append(p.Events, v)
			}
		}
		s, err := p.Schedule(code, today, calendar.City|calendar.Village)
		if err != nil {
			t.Fatalf("office %q: %v", code, err)
		}
		return s
	}
	want := plan(code)
	board, err := book.Board(code, today)
	if err != nil {
		t.Fatal(err)
	}
	if board.PollingDay != want.PollingDay || board.Frozen != want.Frozen || len(board.Rows) != len(want.Entries) {
		t.Fatalf("office %q: polling day %v, frozen %v, %d rows; package calendar has %v, %v, %d", code, board.PollingDay, board.Frozen, len(board.Rows),
			want.PollingDay, want.Frozen, len(want.Entries))
	}
	for i, r := range board.Rows {
		e := want.Entries[i]
		if r.Below == 0 {
			if got, exp := fmt.Sprint(r.Stage.ID, r.From, r.To, r.Done, r.State), fmt.Sprint(e.Stage.ID, e.From, e.To, e.Done, e.State); got != exp {
				t.Fatalf("office %q: %s, package calendar has %s", code, got, exp)
			}
			continue
		}
		counts := map[calendar.State]int{}
		for _, c := range codes {
			if len(c) == r.Seat.Level && office.Within(c, code) {
				counts[plan(c).Entries[i].State]++
			}
		}
		if fmt.Sprint(counts) != fmt.Sprint(r.Counts) {
			t.Fatalf("office %q, %s: %v, package calendar has %v", code, r.Stage.ID, r.Counts, counts)
		}
	}
}
