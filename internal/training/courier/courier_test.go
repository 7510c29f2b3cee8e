package courier_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/courier"
	"github.com/sandogh/sandogh/internal/training/mail"
)

var hq = office.Actor{Person: "hq", Posts: []office.Post{{Role: office.HQ}}}

// A post is a courier with a session to which people are invited.
type post struct {
	*courier.Courier
	t       testing.TB
	now     time.Time
	session string
}

func newPost(t testing.TB, db *store.DB) *post {
	t.Helper()
	p := &post{t: t, now: time.Date(2026, 5, 20, 6, 0, 0, 0, time.UTC), session: store.NewID()}
	p.Courier = &courier.Courier{DB: db, Dir: t.TempDir(), Origin: "https://hq.example", Now: func() time.Time { return p.now }, Log: slog.New(slog.DiscardHandler)}
	p.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := officedb.New(tx).InsertOffice(ctx, officedb.InsertOfficeParams{Kind: office.Country, NameFa: "ایران"}); err != nil {
			return err
		}
		course, err := training.AddCourse(ctx, tx, p.now, hq, "دوره", 12)
		if err != nil {
			return err
		}
		q := trainingdb.New(tx)
		if err := q.InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: "p", Name: "برنامه", Kind: "national", Course: course}); err != nil {
			return err
		}
		return q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: p.session, Programme: "p", Number: 1, Course: course, Badge: "0000000001", FirstDay: "2026-06-10",
			LastDay: "2026-06-11", Venue: "مرکز قم", Seats: 10, Trainers: "[]", Units: `[""]`})
	})
	return p
}

func (p *post) tx(write func(ctx context.Context, tx *store.Tx) error) {
	p.t.Helper()
	if err := p.DB.Tx(context.Background(), func(tx *store.Tx) error { return write(context.Background(), tx) }); err != nil {
		p.t.Fatal(err)
	}
}

// invite adds somebody with an address and invites them, and returns the invitation.
func (p *post) invite(email string) (i trainingdb.TrainingInvitation) {
	p.t.Helper()
	p.tx(func(ctx context.Context, tx *store.Tx) error {
		who, err := office.AddPerson(ctx, tx, p.now, hq, office.Person{Name: "مریم", Email: email})
		if err != nil {
			return err
		}
		if err := trainingdb.New(tx).InsertSeat(ctx, trainingdb.InsertSeatParams{Role: string(training.IT), Person: who.ID}); err != nil {
			return err
		}
		if _, _, err := training.Invite(ctx, tx, p.now, hq, p.session, []training.Role{training.IT}); err != nil {
			return err
		}
		i, err = trainingdb.New(tx).InvitationOf(ctx, trainingdb.InvitationOfParams{Session: p.session, Person: who.ID})
		return err
	})
	return i
}

func (p *post) messages() []trainingdb.MessagesInRow {
	p.t.Helper()
	rows, err := trainingdb.New(p.DB).MessagesIn(context.Background(), trainingdb.MessagesInParams{Lo: "", Hi: "0", Max: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	return rows
}

// round lets the courier go round, and wants what it sent and what failed.
func (p *post) round(sent, failed int) {
	p.t.Helper()
	s, f, err := p.Round(context.Background())
	if s != sent || f != failed || err != nil {
		p.t.Errorf("%d sent, %d failed, %v; not %d and %d", s, f, err, sent, failed)
	}
}

// on moves the clock to the morning of a day.
func (p *post) on(day string) {
	t, err := time.ParseInLocation(time.DateOnly, day, office.Tehran)
	if err != nil {
		p.t.Fatal(err)
	}
	p.now = t.Add(8 * time.Hour)
}

// TestReminders: who has not answered is reminded ten and four days before, who
// comes two days before; each once, whoever goes round and however often.
func TestReminders(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		silent, coming := p.invite("silent@example.ir"), p.invite("coming@example.ir")
		p.invite("") // has no address: is not written to
		p.tx(func(ctx context.Context, tx *store.Tx) error {
			return training.Answer(ctx, tx, p.now, office.Actor{Person: coming.Person}, coming.ID, 1, training.Accepted, "", "")
		})
		p.round(2, 0) // the invitations
		p.round(0, 0)
		for _, day := range []struct {
			day  string
			sent int
		}{{"2026-05-30", 0}, {"2026-05-31", 1}, {"2026-06-03", 0}, {"2026-06-07", 1}, {"2026-06-08", 1}, {"2026-06-09", 0}, {"2026-06-10", 0}} {
			p.on(day.day)
			p.round(day.sent, 0)
			p.round(0, 0)
		}
		kinds := map[string]int{}
		for _, m := range p.messages() {
			kinds[m.Kind]++
			if m.Sent == 0 {
				t.Errorf("not sent: %+v", m)
			}
		}
		if kinds[training.InvitationMessage] != 2 || kinds[training.ReminderMessage] != 2 || kinds[training.ComingMessage] != 1 {
			t.Errorf("%v", kinds)
		}
		if files, _ := filepath.Glob(filepath.Join(p.Dir, "outbox", "*.eml")); len(files) != 5 {
			t.Errorf("%d files", len(files))
		}
		// A session that moves is another occasion.
		p.tx(func(ctx context.Context, tx *store.Tx) error {
			s, err := trainingdb.New(tx).Session(ctx, p.session)
			if err != nil {
				return err
			}
			s.FirstDay, s.LastDay = "2026-06-14", "2026-06-15"
			return training.EditSession(ctx, tx, p.now, hq, s)
		})
		p.round(3, 0) // two are told of it, who is silent is reminded
		if n, _, err := office.CheckLog(context.Background(), db); err != nil || n == 0 {
			t.Errorf("%d lines in the log, %v", n, err)
		}
		// Who was reminded by hand is left alone.
		p.on("2026-06-10")
		p.tx(func(ctx context.Context, tx *store.Tx) error {
			return trainingdb.New(tx).InsertMessage(ctx, trainingdb.InsertMessageParams{ID: store.NewID(), Invitation: silent.ID, Kind: training.ReminderMessage, Address: "silent@example.ir",
				Queued: store.Millis(p.now)})
		})
		p.round(1, 0)
	})
}

// TestCutOff: a message whose sender was cut off is not sent again by itself, but
// into a folder, where that doubles nothing.
func TestCutOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		p.invite("maryam@example.ir")
		id := p.messages()[0].ID
		claim := func() {
			t.Helper()
			p.tx(func(ctx context.Context, tx *store.Tx) error {
				return store.Changed(trainingdb.New(tx).ClaimMessage(ctx, trainingdb.ClaimMessageParams{Claimed: store.Millis(p.now), ID: id}))
			})
		}
		claim()
		p.round(0, 0) // another holds it
		p.now = p.now.Add(courier.Sending + time.Second)
		p.round(1, 0)
		if m := p.messages()[0]; m.Sent == 0 {
			t.Errorf("%+v", m)
		}
	})
}

// A door of a mail server says what it answers to RCPT and to the end of DATA; with
// "" it closes the connection there.
type door struct{ rcpt, data string }

func (p *post) server(answers ...door) (taken chan string) {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { l.Close() })
	taken = make(chan string, 10)
	go func() {
		for _, a := range answers {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn, a, taken)
		}
	}()
	config := fmt.Sprintf(`{"address":%q,"from":"hq@example.ir","user":"","password":"","plain":true}`, l.Addr())
	if err := os.WriteFile(filepath.Join(p.Dir, mail.ConfigFile), []byte(config), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return taken
}

func serve(conn net.Conn, a door, taken chan string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	fmt.Fprint(conn, "220 here\r\n")
	var body strings.Builder
	for data := false; ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case data && line == ".\r\n":
			taken <- body.String()
			if a.data == "" {
				return
			}
			data = false
			fmt.Fprint(conn, a.data+"\r\n")
		case data:
			body.WriteString(line)
		case strings.HasPrefix(line, "RCPT"):
			fmt.Fprint(conn, a.rcpt+"\r\n")
		case strings.HasPrefix(line, "DATA"):
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		default:
			fmt.Fprint(conn, "250 fine\r\n")
		}
	}
}

// TestServer: what a server refuses is tried again, later and later; what it may
// have taken is not, until somebody says so.
func TestServer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		p := newPost(t, db)
		p.invite("maryam@example.ir")
		taken := p.server(door{rcpt: "450 later"}, door{rcpt: "250 fine", data: "451 full"}, door{rcpt: "250 fine"}, door{rcpt: "250 fine", data: "250 taken"})
		p.round(0, 1)
		m := p.messages()[0]
		if !strings.Contains(m.Failure, "450") || m.Tries != 1 {
			t.Errorf("%+v", m)
		}
		p.round(0, 0) // not at once
		p.now = p.now.Add(time.Minute)
		p.round(0, 1)
		p.now = p.now.Add(time.Minute)
		p.round(0, 0) // the second time it waits longer
		p.now = p.now.Add(4 * time.Minute)
		p.round(0, 1)
		if m = p.messages()[0]; m.Claimed == 0 || m.Sent != 0 || !strings.Contains(m.Failure, mail.ErrUnsure.Error()) {
			t.Errorf("%+v", m)
		}
		p.now = p.now.Add(240 * time.Hour)
		p.round(0, 0)
		p.tx(func(ctx context.Context, tx *store.Tx) error { return courier.Retry(ctx, tx, p.now, hq, m.ID) })
		p.round(1, 0)
		if len(taken) != 3 {
			t.Errorf("the server was given %d messages", len(taken))
		}
		err := db.Tx(ctx, func(tx *store.Tx) error { return courier.Retry(ctx, tx, p.now, hq, m.ID) })
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("what was sent is sent again: %v", err)
		}
	})
}

// TestGivenUp: a message is not tried for ever.
func TestGivenUp(t *testing.T) {
	p := newPost(t, storetest.SQLite(t))
	p.invite("nobody at all")
	for range courier.MaxTries {
		p.round(0, 1)
		p.now = p.now.Add(25 * time.Hour)
	}
	p.round(0, 0)
	if m := p.messages()[0]; m.Tries != courier.MaxTries {
		t.Errorf("%+v", m)
	}
}

// TestKeep: the background sender sends, and ends with its context.
func TestKeep(t *testing.T) {
	p := newPost(t, storetest.SQLite(t))
	p.invite("maryam@example.ir")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); p.Keep(ctx, time.Hour) }()
	deadline := time.After(time.Minute)
	for p.messages()[0].Sent == 0 {
		select {
		case <-deadline:
			t.Fatal("nothing was sent in a minute")
		default:
		}
	}
	stop()
	<-done
}
