package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// Options are what the command line says of a demo.
type Options struct {
	Dir       string // for the election; empty for a new temporary folder
	Statement string // an official statement of votes to replay; empty for the sample county
	Seats     int    // of the statement's contest
	Ballots   int    // the most in each branch; 0 for all
	Seed      uint64 // of the simulated voters' choices
	Lot       string // public seed with which ties are drawn; empty to leave them open
	Persian   bool   // tell the story in Persian

	Tell     io.Writer                           // where the story goes
	JSON     io.Writer                           // where the outcome goes as JSON, or nil
	Progress func(stage string, done, total int) // how far a long act has come; from any goroutine
	Pause    func()                              // called before anything is told
}

// A RefutedError says that the election came out as it must not: its record
// does not verify, or its totals are not those of the statement.
type RefutedError struct{ err error }

func (e *RefutedError) Error() string { return e.err.Error() }
func (e *RefutedError) Unwrap() error { return e.err }

func refuted(format string, args ...any) error { return &RefutedError{fmt.Errorf(format, args...)} }

// A Demo is an election that was held and verified.
type Demo struct {
	t      *story
	record string // folder
	report *report.Report
	view   *verify.View
}

// story tells the demo to people.
type story struct {
	o    Options
	code string // of a cast ballot, for readers to look up
	used []usage
}

// tell prints a paragraph in the language chosen.
func (t *story) tell(en, fa string, args ...any) {
	t.o.Pause()
	if t.o.Persian {
		fmt.Fprintln(t.o.Tell, inPersian(fa, args))
		return
	}
	fmt.Fprintf(t.o.Tell, en+"\n", args...)
}

var decimal = regexp.MustCompile(`%([0-9]*)d`)

// inPersian formats with Persian digits in numbers, and Latin ones in ids and
// codes, which people compare with other texts.
func inPersian(format string, args []any) string {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		switch a.(type) {
		case int, int64, uint64:
			out[i] = persian.Digits(fmt.Sprint(a))
		}
	}
	return fmt.Sprintf(decimal.ReplaceAllString(format, "%${1}s"), out...)
}

// stage runs one act, measured.
func (t *story) stage(name string, act func() error) error {
	u := measure(name)
	err := act()
	t.o.Pause()
	t.used = append(t.used, u.done())
	return err
}

// Run holds the election, tells it, and verifies its record from nothing but
// the record.
func Run(ctx context.Context, o Options) (d *Demo, err error) {
	t := &story{o: o}
	e, statement, err := t.election()
	if err != nil {
		return nil, err
	}
	dir := o.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "sandogh-demo-"); err != nil {
			return nil, err
		}
	}
	t.tell("SIMULATED: every voter, key and printer here exists only in this process.\nThe election lies in %s.",
		"شبیه‌سازی‌شده: همهٔ رأی‌دهندگان، کلیدها و چاپگرها فقط در همین برنامه وجود دارند.\nانتخابات در %s است.", dir)
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: dir, Seed: o.Seed, Progress: o.Progress})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err2 := r.Close(context.WithoutCancel(ctx)); err == nil {
			err = err2
		}
	}()
	if err := t.acts(ctx, r); err != nil {
		return nil, err
	}
	d = &Demo{t: t, record: r.Record()}
	if d.report, d.view, err = t.verified(ctx, r); err != nil {
		return nil, err
	}
	out, err := outcome(d.view, d.report, t.used)
	if err != nil {
		return nil, err
	}
	t.result(out)
	if statement != nil && o.Ballots == 0 {
		if err := compare(statement, out); err != nil {
			return nil, refuted("the result is not that of %s: %w", o.Statement, err)
		}
		t.tell("Every unit's totals, undervotes and overvotes equal those of %s.",
			"مجموع هر واحد با %s برابر است.", o.Statement)
	}
	if statement == nil {
		if err := t.tampered(ctx, r); err != nil {
			return nil, err
		}
	}
	t.measured(d.record)
	t.tell("\nTry next:\n  go run ./cmd/sandogh verify %s --election %s",
		"\nگام بعد:\n  go run ./cmd/sandogh verify %s --election %s", d.record, d.report.Election)
	if o.JSON != nil {
		err = out.print(o.JSON)
	}
	return d, err
}

// election makes the election: the sample county or the statement's.
func (t *story) election() (*simulate.Election, *simulate.Statement, error) {
	if t.o.Statement == "" {
		e, err := simulate.County(t.o.Seed)
		return e, nil, err
	}
	f, err := os.Open(t.o.Statement)
	if err != nil {
		return nil, nil, fmt.Errorf("read statement: %w", err)
	}
	defer f.Close()
	s, err := simulate.ReadStatement(f, t.o.Statement, t.o.Seats)
	if err != nil {
		return nil, nil, err
	}
	title := strings.TrimSuffix(filepath.Base(t.o.Statement), ".csv")
	e, err := s.Election(title, t.o.Seed, t.o.Ballots)
	return e, s, err
}

// acts runs the election from the key ceremony to the result.
func (t *story) acts(ctx context.Context, r *rehearsal.Rehearsal) error {
	d := r.Definition()
	t.tell("\n1. The definition is fixed. Its hash is the election id; it is bound into every proof:\n   %x",
		"\n۱. تعریف انتخابات ثابت می‌شود. شناسهٔ انتخابات، درهم‌سازِ آن است و در هر اثبات می‌آید:\n   %x", d.ID())
	t.tell("2. %d trustees make the election key together. Any %d of them can open, fewer cannot.",
		"۲. %d امین با هم کلید انتخابات را می‌سازند. هر %d نفر می‌توانند باز کنند، کمتر نه.", len(d.Trustees), d.Quorum)
	if err := t.stage("ceremony", func() error { return r.Ceremony(ctx) }); err != nil {
		return err
	}
	t.tell("3. %d branches open, serve their voters, and close. Every ballot is sealed on the device.",
		"۳. %d شعبه باز می‌شوند، رأی می‌گیرند و بسته می‌شوند. هر رأی در همان دستگاه مهر می‌شود.", len(d.Branches))
	var votes rehearsal.Votes
	err := t.stage("seal", func() (err error) { votes, err = r.Vote(ctx); return err })
	t.code = votes.Code
	if err != nil {
		return err
	}
	t.tell("   %d simulated voters: %d ballots cast, %d spoiled (another card), %d challenged (the machine was tested).\n   One voter's confirmation code: %s (branch %s).",
		"   %d رأی‌دهندهٔ شبیه‌سازی‌شده: %d رأی به صندوق رفت، %d باطل و تکرار شد، %d برای آزمون دستگاه باز شد.\n   کد پیگیری یک رأی‌دهنده: %s (شعبهٔ %s).",
		votes.Voters, votes.Cast, votes.Spoiled, votes.Challenged, votes.Code, votes.Branch)
	t.tell("4. Headquarters checks every ballot's proof at intake and fixes the tally units; small branches are merged.",
		"۴. ستاد اثبات هر رأی را هنگام دریافت بررسی می‌کند و واحدهای شمارش را ثابت می‌کند؛ شعبه‌های کوچک ادغام می‌شوند.")
	if err := t.stage("intake", func() error { return r.Units(ctx) }); err != nil {
		return err
	}
	t.tell("5. %d mixers shuffle and re-encrypt every unit, each proving that it changed nothing.",
		"۵. %d آمیزنده همهٔ واحدها را در هم می‌ریزند و دوباره رمز می‌کنند و ثابت می‌کنند که چیزی عوض نشده است.", len(r.Mixers()))
	err = t.stage("mix", func() error {
		for _, m := range r.Mixers() {
			if err := r.Mix(ctx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.tell("6. Trustees open the mixed units.", "۶. امینان واحدهای آمیخته را باز می‌کنند.")
	err = t.stage("open", func() error {
		if err := r.Open(ctx, 0, 1); err != nil {
			return err
		}
		if err := t.tooFew(ctx, r); err != nil {
			return err
		}
		return r.Open(ctx, 2)
	})
	if err != nil {
		return err
	}
	t.tell("7. The units are counted, the contest is canvassed and certified.", "۷. واحدها شمرده، نتیجه بررسی و گواهی می‌شود.")
	return t.stage("count", func() error {
		if err := r.Tally(ctx); err != nil {
			return err
		}
		if err := r.Canvass(ctx); err != nil || t.o.Lot == "" {
			return err
		}
		return r.Draw(ctx, t.o.Lot, "--lot of the demo (simulated)")
	})
}

// tooFew lets two trustees try what takes three.
func (t *story) tooFew(ctx context.Context, r *rehearsal.Rehearsal) error {
	err := r.Tally(ctx)
	if err == nil {
		return errors.New("two trustees opened a unit: the quorum does not hold")
	}
	t.tell("   Two of five try to count: refused. (%v)", "   دو نفر از پنج نفر می‌کوشند بشمارند: نمی‌شود. (%v)", err)
	rows, codes, err := r.Forced()
	if err != nil {
		return err
	}
	if codes > 0 {
		return fmt.Errorf("two trustees' shares give %d codes of %d rows: the quorum does not hold", codes, rows)
	}
	t.tell("   They combine their shares all the same: of %d rows, %d open to a candidate or a blank.",
		"   سهم‌هایشان را با این همه ترکیب می‌کنند: از %d سطر، %d سطر به نامزد یا رأی سفید باز می‌شود.", rows, codes)
	return nil
}

// verified verifies the record from nothing but the record.
func (t *story) verified(ctx context.Context, r *rehearsal.Rehearsal) (*report.Report, *verify.View, error) {
	t.tell("8. Anyone verifies the public record from nothing but the record.", "۸. هر کسی پروندهٔ عمومی را فقط از روی خودش بررسی می‌کند.")
	id := r.Definition().ID()
	var rep *report.Report
	var view *verify.View
	err := t.stage("verify", func() error {
		rep, view = verify.Record(ctx, os.DirFS(r.Record()), verify.Options{Election: &id, Progress: t.o.Progress})
		return ctx.Err()
	})
	if err != nil {
		return nil, nil, err
	}
	if view == nil || rep.Status != report.Verified {
		check, f, _ := rep.First()
		return nil, nil, refuted("the record that was just made is %s: %s (%s): %s", rep.Status, check.ID, check.Title, f)
	}
	t.tell("   Verified by %d checks, in phase “%s”.", "   %d بررسی آن را تأیید کرد، مرحله: «%s».", rep.Passed(), rep.Phase)
	return rep, view, nil
}

// tampered changes one byte of a copy of the record and shows what refuses it.
func (t *story) tampered(ctx context.Context, r *rehearsal.Rehearsal) error {
	dir := filepath.Join(filepath.Dir(r.Record()), "tampered")
	var victim string
	err := fs.WalkDir(os.DirFS(r.Record()), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if victim == "" && strings.HasPrefix(path, "branch/") && strings.Contains(path, "tile/entries/") {
			victim = path
		}
		to := filepath.Join(dir, filepath.FromSlash(path))
		if err := durable.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return durable.CopyFile(to, filepath.Join(r.Record(), filepath.FromSlash(path)), 0o644)
	})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, filepath.FromSlash(victim))
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	at := len(data) / 2
	data[at] ^= 1
	if err := durable.WriteFile(file, data, 0o644); err != nil {
		return err
	}
	id := r.Definition().ID()
	rep, _ := verify.Record(ctx, os.DirFS(dir), verify.Options{Election: &id})
	check, f, found := rep.First()
	if !found || rep.Status != report.Refuted {
		return errors.New("a changed record was not refuted")
	}
	t.tell("\nOne bit of byte %d of %s in a copy is changed: %s by %s (%s):\n   %s",
		"\nیک بیت از بایت %d پروندهٔ %s در یک رونوشت عوض می‌شود: %s با بررسی %s (%s):\n   %s", at, victim, rep.Status, check.ID, check.Title, f)
	return nil
}

// measured prints what each stage took.
func (t *story) measured(record string) {
	bytes := int64(0)
	_ = filepath.WalkDir(record, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	t.tell("\n%-10s %10s %12s %12s", "\n%-10s %10s %12s %12s", "stage", "seconds", "CPU seconds", "peak MB")
	var total usage
	for _, u := range t.used {
		t.tell("%-10s %10.1f %12.1f %12d", "%-10s %10.1f %12.1f %12d", u.name, u.wall.Seconds(), u.cpu.Seconds(), u.peak>>20)
		total.wall += u.wall
		total.cpu += u.cpu
	}
	t.tell("%-10s %10.1f %12.1f   the record has %.1f MB", "%-10s %10.1f %12.1f   حجم پرونده %.1f مگابایت", "total", total.wall.Seconds(), total.cpu.Seconds(), float64(bytes)/1e6)
}

// usage is what a stage took.
type usage struct {
	name      string
	wall, cpu time.Duration
	peak      int64 // bytes, the greatest of the process so far
	start     time.Time
}

func measure(name string) *usage {
	cpu, _ := resources()
	return &usage{name: name, cpu: -cpu, start: time.Now()}
}

func (u *usage) done() usage {
	cpu, peak := resources()
	return usage{name: u.name, wall: time.Since(u.start), cpu: u.cpu + cpu, peak: peak}
}
