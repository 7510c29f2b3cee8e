package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

type demoCmd struct {
	Dir       string `help:"Folder for the election; must be empty or new (default: a new temporary folder)." placeholder:"DIR"`
	Statement string `help:"Replay an official statement of votes (CSV) instead of the sample county." placeholder:"FILE.csv"`
	Seats     int    `help:"Seats of the statement's contest; also what a voter may choose."`
	Ballots   int    `help:"At most so many ballots in each branch (totals then no longer equal the file)."`
	Seed      uint64 `default:"${seed}" help:"Seed of the simulated voters' choices; keys are always fresh."`
	JSON      bool   `name:"json" help:"Print the outcome as JSON."`
	Serve     bool   `default:"true" negatable:"" help:"Serve the result afterwards."`
	Listen    string `help:"Where to serve (default: 127.0.0.1:8405, or any free port)." placeholder:"HOST:PORT"`
	Lang      string `enum:"en,fa" default:"en" help:"Language of the story: en or fa."`
}

func (demoCmd) Help() string {
	return `Runs a whole election in one process, with simulated voters and keys that are
thrown away: ceremony, branches, mixing, opening, count, certification. Then it
verifies the public record from nothing but the record.

Example: sandogh demo
Example: sandogh demo --statement council.csv --seats 4 --serve=false --json`
}

// story tells the demo to people.
type story struct {
	s    *streams
	bar  *bar
	fa   bool
	used []usage
}

// tell prints a paragraph in the language chosen.
func (t *story) tell(en, fa string, args ...any) {
	t.bar.done()
	if t.fa {
		fmt.Fprintln(t.s.err, persian(fa, args))
		return
	}
	fmt.Fprintf(t.s.err, en+"\n", args...)
}

var decimal = regexp.MustCompile(`%([0-9]*)d`)

// persian formats with Persian digits in numbers, and Latin ones in ids and
// codes, which people compare with other texts.
func persian(format string, args []any) string {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = a
		switch a.(type) {
		case int, int64, uint64:
			out[i] = strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return '۰' + r - '0'
				}
				return r
			}, fmt.Sprint(a))
		}
	}
	return fmt.Sprintf(decimal.ReplaceAllString(format, "%${1}s"), out...)
}

// stage runs one act, measured.
func (t *story) stage(name string, act func() error) error {
	u := measure(name)
	err := act()
	t.bar.done()
	t.used = append(t.used, u.done())
	return err
}

func (c *demoCmd) Run(ctx context.Context, s *streams) (err error) {
	if c.Seats != 0 && c.Statement == "" {
		return errors.New("--seats goes with --statement")
	}
	e, statement, err := c.election()
	if err != nil {
		return err
	}
	dir := c.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "sandogh-demo-"); err != nil {
			return err
		}
	}
	t := &story{s: s, bar: newBar(s), fa: c.Lang == "fa"}
	t.tell("SIMULATED: every voter, key and printer here exists only in this process.\nThe election lies in %s.",
		"شبیه‌سازی‌شده: همهٔ رأی‌دهندگان، کلیدها و چاپگرها فقط در همین برنامه وجود دارند.\nانتخابات در %s است.", dir)
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: dir, Seed: c.Seed, Progress: t.bar.set})
	if err != nil {
		return err
	}
	defer func() {
		if err2 := r.Close(context.WithoutCancel(ctx)); err == nil {
			err = err2
		}
	}()
	if err := c.acts(ctx, t, r); err != nil {
		return err
	}
	rep, view, err := c.verified(ctx, t, r)
	if err != nil {
		return err
	}
	out, err := outcome(view, rep, t.used)
	if err != nil {
		return err
	}
	t.result(out)
	if statement != nil && c.Ballots == 0 {
		if err := compare(statement, out); err != nil {
			return refused(fmt.Errorf("the result is not that of %s: %w", c.Statement, err))
		}
		t.tell("Every unit's totals, undervotes and overvotes equal those of %s.",
			"مجموع هر واحد با %s برابر است.", c.Statement)
	}
	if statement == nil {
		if err := tampered(ctx, t, r); err != nil {
			return err
		}
	}
	t.measured(r.Record())
	t.tell("\nTry next:\n  go run ./cmd/sandogh verify %s --election %s",
		"\nگام بعد:\n  go run ./cmd/sandogh verify %s --election %s", r.Record(), rep.Election)
	if c.JSON {
		if err := out.print(s.out); err != nil {
			return err
		}
	}
	if rep.Status != report.Verified {
		return reportStatus(rep)
	}
	if c.Serve {
		return serve(ctx, t, c.Listen, r.Record(), rep, view)
	}
	return nil
}

// election makes the election: the sample county or the statement's.
func (c *demoCmd) election() (*simulate.Election, *simulate.Statement, error) {
	if c.Statement == "" {
		e, err := simulate.County(c.Seed)
		return e, nil, err
	}
	f, err := os.Open(c.Statement)
	if err != nil {
		return nil, nil, fmt.Errorf("read statement: %w", err)
	}
	defer f.Close()
	s, err := simulate.ReadStatement(f, c.Statement, c.Seats)
	if err != nil {
		return nil, nil, err
	}
	title := strings.TrimSuffix(filepath.Base(c.Statement), ".csv")
	e, err := s.Election(title, c.Seed, c.Ballots)
	return e, s, err
}

// acts runs the election from the key ceremony to the result.
func (c *demoCmd) acts(ctx context.Context, t *story, r *rehearsal.Rehearsal) error {
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
		if err := tooFew(t, r); err != nil {
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
		return r.Canvass(ctx)
	})
}

// tooFew lets two trustees try what takes three.
func tooFew(t *story, r *rehearsal.Rehearsal) error {
	err := r.Tally(context.Background())
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
func (c *demoCmd) verified(ctx context.Context, t *story, r *rehearsal.Rehearsal) (*report.Report, *verify.View, error) {
	t.tell("8. Anyone verifies the public record from nothing but the record.", "۸. هر کسی پروندهٔ عمومی را فقط از روی خودش بررسی می‌کند.")
	id := r.Definition().ID()
	var rep *report.Report
	var view *verify.View
	err := t.stage("verify", func() error {
		rep, view = verify.Record(ctx, os.DirFS(r.Record()), verify.Options{Election: &id, Progress: t.bar.set})
		return ctx.Err()
	})
	if err != nil {
		return nil, nil, err
	}
	if view == nil || rep.Status != report.Verified {
		check, f, _ := rep.First()
		return nil, nil, refused(fmt.Errorf("the record that was just made is %s: %s (%s): %s", rep.Status, check.ID, check.Title, f))
	}
	t.tell("   Verified by %d checks, in phase “%s”.", "   %d بررسی آن را تأیید کرد، مرحله: «%s».", rep.Passed(), rep.Phase)
	return rep, view, nil
}

// tampered changes one byte of a copy of the record and shows what refuses it.
func tampered(ctx context.Context, t *story, r *rehearsal.Rehearsal) error {
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
