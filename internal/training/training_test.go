package training_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/internal/training/door"
	"github.com/sandogh/sandogh/internal/training/programme"
	"github.com/sandogh/sandogh/law"
)

// A house is a country of five provinces with somebody in each of the four roles.
type house struct {
	t    testing.TB
	db   *store.DB
	now  time.Time
	keys training.Keys
	reg  *law.Register
	dir  string
	hq   office.Actor
	qom  office.Actor      // liaison: plans for Qom
	at   map[string]string // role and province → person
}

var provinces = []struct{ code, fa string }{{"05", "البرز"}, {"14", "سمنان"}, {"19", "قم"}, {"18", "قزوین"}, {"31", "یزد"}}

func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, now: time.Date(2026, 5, 20, 6, 0, 0, 0, time.UTC), reg: law.Published(), dir: t.TempDir(), at: map[string]string{}}
	h.hq = office.Actor{Posts: []office.Post{{Role: office.HQ}}}
	var err error
	if h.keys, err = training.LoadKeys(h.dir); err != nil {
		t.Fatal(err)
	}
	n := 0
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		q := officedb.New(tx)
		if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Kind: office.Country, NameFa: "ایران", NameEn: "Iran"}); err != nil {
			return err
		}
		p, err := office.AddPerson(ctx, tx, h.now, h.hq, office.Person{Name: "ستاد"})
		if err != nil {
			return err
		}
		h.hq.Person = p.ID
		for _, province := range provinces {
			if err := q.InsertOffice(ctx, officedb.InsertOfficeParams{Code: province.code, Kind: office.ProvinceAt, NameFa: province.fa, NameEn: province.code}); err != nil {
				return err
			}
			for _, role := range training.National.Roles() {
				n++
				p, err := office.AddPerson(ctx, tx, h.now, h.hq, office.Person{Name: fmt.Sprintf("فرد %d", n), Number: number(n), Office: province.code,
					Email: fmt.Sprintf("p%d@example.ir", n)})
				if err != nil {
					return err
				}
				h.at[string(role)+province.code] = p.ID
				if err := trainingdb.New(tx).InsertSeat(ctx, trainingdb.InsertSeatParams{Office: province.code, Role: string(role), Person: p.ID}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	h.qom = office.Actor{Person: h.at["politics19"], Posts: []office.Post{{Role: office.Province, Office: "19"}}}
	return h
}

// number returns a valid national number.
func number(n int) string {
	s := fmt.Sprintf("%09d", 100_000_000+n)
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (10 - i)
	}
	if sum %= 11; sum >= 2 {
		sum = 11 - sum
	}
	return fmt.Sprintf("%s%d", s, sum)
}

func (h *house) try(write func(ctx context.Context, tx *store.Tx) error) error {
	ctx := context.Background()
	return h.db.Tx(ctx, func(tx *store.Tx) error { return write(ctx, tx) })
}

func (h *house) tx(write func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	if err := h.try(write); err != nil {
		h.t.Fatal(err)
	}
}

// refused wants a write to be refused for a reason, and returns the fault.
func (h *house) refused(reason training.Reason, write func(ctx context.Context, tx *store.Tx) error) *training.Fault {
	h.t.Helper()
	var f *training.Fault
	if err := h.try(write); !errors.As(err, &f) || f.Reason != reason {
		h.t.Errorf("%v, not refused for %s", err, reason)
		return &training.Fault{}
	}
	return f
}

// course returns a course that teaches an article of the register.
func (h *house) course(article string) (id string) {
	h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
		if id, err = training.AddCourse(ctx, tx, h.now, h.hq, "قانون تازهٔ شوراها", 12); err != nil {
			return err
		}
		return training.SaveTopic(ctx, tx, h.now, h.hq, h.reg, trainingdb.TrainingTopic{Course: id, Place: 1, Title: "روز رأی", Minutes: 90, Article: article})
	})
	return id
}

// sessions plans and publishes a programme, and returns its sessions.
func (h *house) sessions(course string, seats int64) []trainingdb.TrainingSession {
	h.t.Helper()
	var id string
	h.tx(func(ctx context.Context, tx *store.Tx) error {
		p, err := programme.Add(ctx, tx, h.now, h.hq, programme.Settings{Name: "دورهٔ استان‌ها", Kind: training.National, Course: course, Size: 4, Days: 2, Parallel: 1,
			Window: window(h.now, 40), Seats: seats})
		if err != nil {
			return err
		}
		id = p.ID
		_, _, err = programme.Publish(ctx, tx, h.now, h.hq, id, 1)
		return err
	})
	rows, err := trainingdb.New(h.db).SessionsOf(context.Background(), id)
	if err != nil || len(rows) == 0 {
		h.t.Fatal(rows, err)
	}
	return rows
}

func (h *house) invitation(session, person string) trainingdb.TrainingInvitation {
	h.t.Helper()
	i, err := trainingdb.New(h.db).InvitationOf(context.Background(), trainingdb.InvitationOfParams{Session: session, Person: person})
	if err != nil {
		h.t.Fatal(err)
	}
	return i
}

// on moves the clock to noon of a day.
func (h *house) on(day string) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		h.t.Fatal(err)
	}
	h.now = t.Add(9 * time.Hour)
}

var article = law.Published().All()[0].Article

// TestProgramme is the way of a programme: planned, invited, answered, attended,
// certified, and stale when the law changes.
func TestProgramme(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx, q := context.Background(), trainingdb.New(db)
		rows := h.sessions(h.course(article), 17)
		if len(rows) != 2 {
			t.Fatalf("sessions: %+v", rows)
		}
		i := slices.IndexFunc(rows, func(s trainingdb.TrainingSession) bool { return slices.Contains(training.Texts(s.Units), "19") })
		s := rows[i]
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			invited, waiting, err := training.Invite(ctx, tx, h.now, h.hq, s.ID, training.National.Roles())
			if invited != 4*len(training.Texts(s.Units)) || waiting != 0 {
				t.Errorf("%d are invited, %d wait", invited, waiting)
			}
			return err
		})
		// Once more invites nobody twice.
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			invited, waiting, err := training.Invite(ctx, tx, h.now, h.hq, s.ID, training.National.Roles())
			if invited+waiting != 0 {
				t.Errorf("%d are invited again, %d wait", invited, waiting)
			}
			return err
		})

		// The head of Qom's election group cannot come, and names the substitute.
		head := office.Actor{Person: h.at["election-group19"]}
		inv := h.invitation(s.ID, head.Person)
		var deputy office.Person
		h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			deputy, err = office.AddPerson(ctx, tx, h.now, h.hq, office.Person{Name: "جانشین", Number: number(99), Office: "19"})
			return err
		})
		h.refused(training.NothingToSay, func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, h.now, head, inv.ID, inv.Version, training.Substitute, "", deputy.ID)
		})
		h.refused(training.SamePerson, func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, h.now, head, inv.ID, inv.Version, training.Substitute, "سفر", head.Person)
		})
		h.refused(training.HasSeat, func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, h.now, head, inv.ID, inv.Version, training.Substitute, "سفر", h.at["it19"])
		})
		stranger := office.Actor{Person: h.at["it31"], Posts: []office.Post{{Role: office.Province, Office: "31"}}}
		if err := h.try(func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, h.now, stranger, inv.ID, inv.Version, training.Accepted, "", "")
		}); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("somebody of another province answers: %v", err)
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, h.now, head, inv.ID, inv.Version, training.Substitute, "سفر", deputy.ID)
		})
		inv = h.invitation(s.ID, head.Person)
		self := office.Actor{Person: deputy.ID, Posts: h.qom.Posts}
		h.refused(training.SamePerson, func(ctx context.Context, tx *store.Tx) error {
			return training.Decide(ctx, tx, h.now, self, inv.ID, inv.Version, true)
		})
		if err := h.try(func(ctx context.Context, tx *store.Tx) error {
			return training.Decide(ctx, tx, h.now, h.qom, inv.ID, inv.Version-1, true)
		}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("an old version is decided on: %v", err)
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.Decide(ctx, tx, h.now, h.qom, inv.ID, inv.Version, true)
		})
		if got := h.invitation(s.ID, deputy.ID); got.State != training.Invited || got.Instead != inv.ID || got.Role != "election-group" {
			t.Errorf("the substitute has %+v", got)
		}

		// At the door: before the day, on the day, twice, somebody of elsewhere.
		badge := h.keys.Badge(s.Badge, h.invitation(s.ID, deputy.ID).Place)
		mark := func(text string) error {
			return h.try(func(ctx context.Context, tx *store.Tx) error {
				_, err := training.Mark(ctx, tx, h.now, h.hq, h.keys, s.ID, text)
				return err
			})
		}
		want := func(reason training.Reason, text string) {
			t.Helper()
			var f *training.Fault
			if err := mark(text); !errors.As(err, &f) || f.Reason != reason {
				t.Errorf("%s: %v, not %s", text, err, reason)
			}
		}
		want(training.OffDay, badge)
		h.on(s.FirstDay)
		other := rows[1-i]
		want(training.OtherSession, h.keys.Badge(other.Badge, 1))
		want(training.BadBadge, badge[:27]+string('0'+(badge[27]-'0'+1)%10))
		want(training.NotBadge, "12345")
		want(training.NotOnRoster, h.keys.Badge(s.Badge, 777))
		want(training.NotOnRoster, number(1234))
		want(training.NotComing, h.keys.Badge(s.Badge, inv.Place))
		if err := mark(badge); err != nil {
			t.Fatal(err)
		}
		want(training.Twice, badge)
		if err := mark("۱۰۰۰" + number(h.index("politics19"))[4:]); err != nil { // in Persian digits
			t.Error(err)
		}

		// Certificates, on the last day.
		h.refused(training.OffDay, func(ctx context.Context, tx *store.Tx) error {
			_, err := training.Issue(ctx, tx, h.now, h.hq, h.keys, s.ID)
			return err
		})
		h.on(s.LastDay)
		for want := 2; want >= 0; want -= 2 { // once more gives nobody another
			h.tx(func(ctx context.Context, tx *store.Tx) error {
				n, err := training.Issue(ctx, tx, h.now, h.hq, h.keys, s.ID)
				if n != want {
					t.Errorf("%d certificates, not %d", n, want)
				}
				return err
			})
		}
		certs, err := q.CertificatesOf(ctx, deputy.ID)
		if err != nil || len(certs) != 1 {
			t.Fatal(certs, err)
		}
		c, err := certificate.Open(certs[0].TrainingCertificate.Content, h.keys.Certificate.Public())
		if err != nil || c.Name != "جانشین" || c.Last4 != number(99)[6:] || len(c.Articles) != 1 || c.Articles[0].Article != article {
			t.Errorf("%+v, %v", c, err)
		}
		row, _ := q.Certificate(ctx, c.Serial)
		if pdf, err := training.PrintCertificate(row, h.keys, true); err != nil || !strings.HasPrefix(string(pdf), "%PDF-1.7") {
			t.Errorf("the printed certificate: %v", err)
		}
		if pdf, err := programme.Print(ctx, db, s.Programme, true); err != nil || !strings.HasPrefix(string(pdf), "%PDF-1.7") {
			t.Errorf("the printed programme: %v", err)
		}
		if stale := training.StaleOf(h.reg, certs[0].TrainingCertificate.Articles); len(stale) != 0 {
			t.Errorf("stale at once: %v", stale)
		}

		// The law changes: topic and certificate are stale, and which is told.
		h.amend()
		stale := training.StaleOf(h.reg, certs[0].TrainingCertificate.Articles)
		if len(stale) != 1 || stale[0].Article != article || stale[0].Version != "1499" {
			t.Errorf("stale: %v", stale)
		}
		topics, err := training.StaleTopics(ctx, db, h.reg)
		if err != nil || len(topics) != 1 || topics[0].Now.Version != "1499" {
			t.Errorf("stale topics: %+v, %v", topics, err)
		}

		// Revoked: on the list, once.
		revoke := func(ctx context.Context, tx *store.Tx) error {
			return training.Revoke(ctx, tx, h.now, h.hq, c.Serial, "اشتباه در نام", 1)
		}
		h.tx(revoke)
		if err := h.try(revoke); !errors.Is(err, store.ErrConflict) {
			t.Errorf("revoked twice: %v", err)
		}
		text, err := training.Revoked(ctx, db, h.now, h.keys)
		if err != nil {
			t.Fatal(err)
		}
		list, err := certificate.OpenList(text, h.keys.Certificate.Public())
		if err != nil || c.On(office.Day(h.now), list) != certificate.Revoked {
			t.Errorf("%+v, %v", list, err)
		}

		// Everything is in the log, unbroken.
		if n, _, err := office.CheckLog(ctx, db); err != nil || n < 30 {
			t.Errorf("%d lines in the log, %v", n, err)
		}
	})
}

// index is the place of a person among the numbers of the house.
func (h *house) index(key string) int {
	n := 0
	for _, p := range provinces {
		for _, role := range training.National.Roles() {
			if n++; string(role)+p.code == key {
				return n
			}
		}
	}
	return 0
}

// amend puts a later version of the article into the register, as a file.
func (h *house) amend() {
	h.t.Helper()
	all := h.reg.All()
	v := h.reg.Versions(article)[len(h.reg.Versions(article))-1]
	v.Version = "1499"
	data, err := json.Marshal(append(all, v))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.dir, training.LawFile), data, 0o600); err != nil {
		h.t.Fatal(err)
	}
	if h.reg, err = training.Register(h.dir); err != nil {
		h.t.Fatal(err)
	}
}

// TestOffline: a sheet goes out, marks come back, and are merged once.
func TestOffline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		rows := h.sessions(h.course(""), 40)
		s, other := rows[0], rows[1]
		if other.FirstDay < s.FirstDay { // the first of them here
			s, other = other, s
		}
		// Of four provinces, and the other some days later.
		units := [2]string{s.Units, other.Units}
		if len(training.Texts(units[0])) == 1 {
			units[0], units[1] = units[1], units[0]
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			s.Units, other.Units = units[0], units[1]
			other.FirstDay, other.LastDay = (training.ISO(s.LastDay) + 9).Gregorian(), (training.ISO(s.LastDay) + 10).Gregorian()
			if err := training.EditSession(ctx, tx, h.now, h.hq, s); err != nil {
				return err
			}
			return training.EditSession(ctx, tx, h.now, h.hq, other)
		})
		var sheet training.Sheet
		h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
			if _, _, err = training.Invite(ctx, tx, h.now, h.hq, s.ID, training.National.Roles()); err != nil {
				return err
			}
			sheet, err = training.TakeSheet(ctx, tx, h.now, h.hq, h.keys, s.ID)
			return err
		})
		if len(sheet.Seats) != 16 || sheet.Seats[0].Badge == "" || strings.Contains(fmt.Sprint(sheet), number(1)) {
			t.Fatalf("%d seats, or a national number on the sheet", len(sheet.Seats))
		}
		h.on(s.FirstDay)
		secret := decode(t, sheet.Secret)
		at := h.now.UnixMilli()
		file := door.File{Door: sheet.Door, Session: s.Badge}
		id := func(n int) string { return fmt.Sprintf("%032x", n) }
		for n := 1; n <= 10; n++ {
			file.Marks = append(file.Marks, door.Mark{ID: id(n), Place: int64(n), At: at})
		}
		file.Marks = append(file.Marks, door.Mark{ID: id(11), Place: 3, At: at + 5}, // twice
			door.Mark{ID: id(12), Place: 500, At: at},                  // nobody
			door.Mark{ID: id(13), Place: 12, At: at + 30*24*3_600_000}) // another day
		data, err := file.Write(secret)
		if err != nil {
			t.Fatal(err)
		}
		merge := func(id string, data []byte) (m training.Merged, err error) {
			err = h.try(func(ctx context.Context, tx *store.Tx) (err error) {
				m, err = training.Merge(ctx, tx, h.now, h.hq, id, data)
				return err
			})
			return m, err
		}
		// Online, one of them has come already.
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := training.Mark(ctx, tx, h.now, h.hq, h.keys, s.ID, h.keys.Badge(s.Badge, 10))
			return err
		})
		m, err := merge(s.ID, data)
		if err != nil || m.New != 9 || m.Same != 0 || len(m.Faults) != 4 {
			t.Errorf("%+v, %v", m, err)
		}
		var reasons []training.Reason
		for _, f := range m.Faults {
			reasons = append(reasons, f.Fault.Reason)
		}
		if want := []training.Reason{training.Twice, training.Twice, training.NotOnRoster, training.OffDay}; !slices.Equal(reasons, want) {
			t.Errorf("faults: %v", reasons)
		}
		m, err = merge(s.ID, data)
		if n, _ := trainingdb.New(db).CountMarks(context.Background(), s.ID); err != nil || m.New != 0 || m.Same != 9 || n != 10 {
			t.Errorf("again: %+v, %v, %d marks", m, err, n)
		}

		file.Marks = file.Marks[:5]
		forged, _ := file.Write([]byte("another secret"))
		strange := file
		strange.Door = store.NewID()
		unknown, _ := strange.Write(secret)
		for _, c := range []struct {
			reason training.Reason
			at     string
			data   []byte
		}{
			{training.BadSeal, s.ID, forged}, {training.BadSeal, s.ID, unknown}, {training.OtherSession, other.ID, data}, {training.BadFile, s.ID, []byte("{}")},
			{training.BadSeal, s.ID, []byte(strings.Replace(string(data), `"place":12`, `"place":13`, 1))},
		} {
			var f *training.Fault
			if _, err := merge(c.at, c.data); !errors.As(err, &f) || f.Reason != c.reason {
				t.Errorf("%v, not %s", err, c.reason)
			}
		}

		// Those who did not come are moved to the other session in one step.
		h.on(s.LastDay)
		h.refused(training.OffDay, func(ctx context.Context, tx *store.Tx) error {
			_, _, err := training.MoveAbsent(ctx, tx, h.now, h.hq, s.ID)
			return err
		})
		h.now = h.now.Add(24 * time.Hour)
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			moved, left, err := training.MoveAbsent(ctx, tx, h.now, h.hq, s.ID)
			if moved != 6 || len(left) != 0 {
				t.Errorf("%d are moved, %v left", moved, left)
			}
			return err
		})
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			moved, left, err := training.MoveAbsent(ctx, tx, h.now, h.hq, s.ID)
			if moved != 0 || len(left) != 0 {
				t.Errorf("again: %d are moved, %v left", moved, left)
			}
			return err
		})
	})
}

// TestWaiting: a full session has a waiting list, and a seat that is left is given
// to the first who waits.
func TestWaiting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx, q := context.Background(), trainingdb.New(db)
		s := h.sessions(h.course(""), 40)[0]
		s.Seats = 14
		h.tx(func(ctx context.Context, tx *store.Tx) error { return training.EditSession(ctx, tx, h.now, h.hq, s) })
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			invited, waiting, err := training.Invite(ctx, tx, h.now, h.hq, s.ID, training.National.Roles())
			if invited != 14 || waiting != 2 {
				t.Errorf("%d are invited, %d wait", invited, waiting)
			}
			return err
		})
		first, err := q.InvitationByPlace(ctx, trainingdb.InvitationByPlaceParams{Session: s.ID, Place: 1})
		if err != nil {
			t.Fatal(err)
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, h.now, office.Actor{Person: first.Person}, first.ID, first.Version, training.Declined, "بیماری", "")
		})
		n, _ := q.InvitationByPlace(ctx, trainingdb.InvitationByPlaceParams{Session: s.ID, Place: 15})
		last, _ := q.InvitationByPlace(ctx, trainingdb.InvitationByPlaceParams{Session: s.ID, Place: 16})
		if n.State != training.Invited || last.State != training.Waiting {
			t.Errorf("who waited first is %s, who waited last is %s", n.State, last.State)
		}

		// Reminders: once a day, to those who have not answered.
		sent := func() (n int) {
			h.tx(func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = training.Remind(ctx, tx, h.now, h.hq, s.ID)
				return err
			})
			return n
		}
		if a, b := sent(), sent(); a != 14 || b != 0 {
			t.Errorf("%d reminders, then %d", a, b)
		}
	})
}

func TestRecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		ctx, q := context.Background(), trainingdb.New(db)
		s := h.sessions(h.course(""), 40)[0]
		if err := training.AddMaterial(ctx, db, h.dir, h.now, h.hq, s.ID, "../../etc/قانون.pdf", strings.NewReader("%PDF")); err != nil {
			t.Fatal(err)
		}
		files, err := q.Materials(ctx, s.ID)
		if err != nil || len(files) != 1 || files[0].Name != "قانون.pdf" {
			t.Fatal(files, err)
		}
		if b, err := training.ReadMaterial(h.dir, files[0]); err != nil || string(b) != "%PDF" {
			t.Errorf("%q, %v", b, err)
		}
		if err := os.WriteFile(filepath.Join(h.dir, "materials", files[0].Hash), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := training.ReadMaterial(h.dir, files[0]); err == nil {
			t.Error("a file that was changed is handed out")
		}
		for _, size := range []int{0, training.MaxMaterial + 1} {
			if err := training.AddMaterial(ctx, db, h.dir, h.now, h.hq, s.ID, "x", strings.NewReader(strings.Repeat("x", size))); !errors.Is(err, training.ErrMaterial) {
				t.Errorf("%d bytes: %v", size, err)
			}
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.SaveMinutes(ctx, tx, h.now, h.hq, s.ID, "همه حاضر بودند.", s.Version)
		})
		if err := h.try(func(ctx context.Context, tx *store.Tx) error {
			return training.SaveMinutes(ctx, tx, h.now, h.hq, s.ID, "کسی نبود.", s.Version)
		}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("minutes over those of another: %v", err)
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.AddDecision(ctx, tx, h.now, h.hq, s.ID, "فهرست شعبه‌ها", h.qom.Person, "2026-07-01")
		})
		mine, err := q.DecisionsOf(ctx, h.qom.Person)
		if err != nil || len(mine) != 1 {
			t.Fatal(mine, err)
		}
		if err := h.try(func(ctx context.Context, tx *store.Tx) error {
			return training.FinishDecision(ctx, tx, h.now, office.Actor{Person: h.at["it31"]}, mine[0].ID, mine[0].Version)
		}); !errors.Is(err, office.ErrForbidden) {
			t.Errorf("somebody else has done it: %v", err)
		}
		h.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.FinishDecision(ctx, tx, h.now, h.qom, mine[0].ID, mine[0].Version)
		})
	})
}

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	a, err := training.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := training.LoadKeys(dir)
	if err != nil || a.Badge("1234567890", 1) != b.Badge("1234567890", 1) || !a.Certificate.Public().Equal(b.Certificate.Public()) {
		t.Errorf("the keys of a folder change: %v", err)
	}
	if s := fmt.Sprintf("%v %+v", a, a); strings.Contains(s, "[") && !strings.Contains(s, "REDACTED") {
		t.Error(s)
	}
	if err := os.WriteFile(filepath.Join(dir, training.KeyFile), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := training.LoadKeys(dir); err == nil {
		t.Error("a short file of keys is taken")
	}
}

// BenchmarkMark is one door: 50 a second are wanted.
func BenchmarkMark(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := newHouse(b, engine.open(b))
			s := h.sessions(h.course(""), 40)[0]
			const people = 3000
			h.tx(func(ctx context.Context, tx *store.Tx) error {
				for n := range people {
					p := h.hq.Person
					if n > 0 {
						added, err := office.AddPerson(ctx, tx, h.now, h.hq, office.Person{Name: "فرد", Office: "19"})
						if err != nil {
							return err
						}
						p = added.ID
					}
					if err := trainingdb.New(tx).InsertInvitation(ctx, trainingdb.InsertInvitationParams{ID: store.NewID(), Session: s.ID, Place: int64(n + 1),
						Person: p, Office: "19", State: training.Accepted}); err != nil {
						return err
					}
				}
				return nil
			})
			h.on(s.FirstDay)
			n := int64(0)
			for b.Loop() {
				if n++; n > people {
					b.Fatal("the benchmark runs longer than it has people: shorten -benchtime")
				}
				h.tx(func(ctx context.Context, tx *store.Tx) error {
					_, err := training.Mark(ctx, tx, h.now, h.hq, h.keys, s.ID, h.keys.Badge(s.Badge, n))
					return err
				})
			}
		})
	}
}
