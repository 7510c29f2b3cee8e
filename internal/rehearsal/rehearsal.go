// Package rehearsal runs a whole simulated election with all its bodies in one
// process: ceremony, branches, mixers, trustees, headquarters, witnesses.
//
// Specification: contracts of the command line, "demo".
//
// In and out. New takes a simulate.Election and a folder; the methods are the
// acts in their order, each of which verifies the record before it goes on.
// The public record grows in DIR/record; the bodies' own state in DIR/private.
//
// The voters' ballots take the way of a real branch: an activation card, the
// session of internal/terminal, the engine of internal/station. No page is shown,
// no card printed, and no roll played.
//
// What it never does: it is not how an election is run. All keys lie in one
// process, the voters are simulated, and one verification serves several
// bodies (source.Facts). The definition is marked as practice.
//
// How it fails: with the error of the act or the check that refused.
//
// Sources: the protocol.
package rehearsal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/canvass"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/decrypt"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/mix"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/tally"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// Config is what a rehearsal is made from.
type Config struct {
	Election *simulate.Election
	Dir      string
	Seed     uint64
	// Progress, if given, is told how far a long act has come. It is called
	// from several goroutines.
	Progress func(act string, done, total int)
}

// A Rehearsal is a simulated election on its way. Not safe for concurrent use.
type Rehearsal struct {
	cfg       Config
	def       *election.Definition
	keys      *simulate.Keys
	hq        *hq.HQ
	witnesses []*witness.Witness
	trustees  []*keyceremony.Trustee
	view      *verify.View
	report    *report.Report
	seats     []seat
}

// seat is what a branch needs: its place in the definition, its officers and
// devices.
type seat struct {
	branch   string
	officers [2]record.Signer
	devices  []string
}

// Record returns the folder of the public record.
func (r *Rehearsal) Record() string { return filepath.Join(r.cfg.Dir, "record") }

// Definition returns the definition.
func (r *Rehearsal) Definition() *election.Definition { return r.def }

// Witnesses returns the witnesses, to be asked by others.
func (r *Rehearsal) Witnesses() []*witness.Witness { return r.witnesses }

// Seats returns the ids of the officers, the head first, and of the devices that
// were granted to a branch.
func (r *Rehearsal) Seats(branch string) (officers, devices []string) {
	for _, s := range r.seats {
		if s.branch != branch {
			continue
		}
		for _, o := range s.officers {
			officers = append(officers, strings.TrimPrefix(o.By, "officer/"))
		}
		devices = s.devices
	}
	return officers, devices
}

// View returns the last verified view.
func (r *Rehearsal) View() *verify.View { return r.view }

// Report returns the last report.
func (r *Rehearsal) Report() *report.Report { return r.report }

// New opens headquarters' log in an empty folder and publishes the definition
// and the grants.
func New(ctx context.Context, cfg Config) (*Rehearsal, error) {
	r := &Rehearsal{cfg: cfg, def: cfg.Election.Definition, keys: cfg.Election.Keys}
	if files, err := os.ReadDir(cfg.Dir); err == nil && len(files) > 0 {
		return nil, fmt.Errorf("the folder %s is not empty: name another one, or remove it first", cfg.Dir)
	}
	id := r.def.ID()
	logs := map[string]ed25519.PublicKey{election.HQOrigin(id): r.def.HQLogKey.Ed25519()}
	for i := range r.def.Branches {
		logs[election.BranchOrigin(id, r.def.Branches[i].ID)] = r.def.Branches[i].LogKey.Ed25519()
	}
	for i := range r.def.Witnesses {
		by := fmt.Sprintf("witness/%d", i+1)
		w, err := witness.New(filepath.Join(cfg.Dir, "private", by), r.def.Witnesses[i].Name, r.keys.Signing(by),
			func(origin string) (ed25519.PublicKey, bool) { k, ok := logs[origin]; return k, ok }, time.Now)
		if err != nil {
			return nil, errors.Join(err, r.closeWitnesses())
		}
		r.witnesses = append(r.witnesses, w)
	}
	var err error
	r.hq, err = hq.Open(ctx, hq.Config{
		Private: filepath.Join(cfg.Dir, "private"), Record: r.Record(), Definition: r.def,
		LogKey: r.keys.Signing("log/hq"), Office: r.keys.Signer("office/hq"), Witnesses: r.cosigners(),
		Verify: verify.Options{Facts: &source.Facts{}, Progress: cfg.Progress},
	})
	if err != nil {
		return nil, errors.Join(err, r.closeWitnesses())
	}
	return r, nil
}

func (r *Rehearsal) cosigners() []sequencer.Cosigner {
	var out []sequencer.Cosigner
	for _, w := range r.witnesses {
		out = append(out, w)
	}
	return out
}

func (r *Rehearsal) closeWitnesses() error {
	var all []error
	for _, w := range r.witnesses {
		all = append(all, w.Close())
	}
	return errors.Join(all...)
}

// Close gives the folders free.
func (r *Rehearsal) Close(ctx context.Context) error {
	return errors.Join(r.hq.Close(ctx), r.closeWitnesses())
}

// Verify publishes and verifies the record as it stands.
func (r *Rehearsal) Verify(ctx context.Context) error {
	var err error
	r.report, r.view, err = r.hq.Verify(ctx)
	return err
}

// Ceremony makes the election key and grants officers and devices.
func (r *Rehearsal) Ceremony(ctx context.Context) error {
	if err := r.Verify(ctx); err != nil {
		return err
	}
	for i := range r.def.Trustees {
		id := r.def.Trustees[i].ID
		t, err := keyceremony.New(r.def, id, r.keys.Signing("trustee/"+id), r.keys.Share(id))
		if err != nil {
			return err
		}
		r.trustees = append(r.trustees, t)
	}
	for _, step := range []func(*keyceremony.Trustee, *verify.View) ([]byte, error){
		(*keyceremony.Trustee).Commit, (*keyceremony.Trustee).Deal, (*keyceremony.Trustee).Confirm,
	} {
		for _, t := range r.trustees {
			e, err := step(t, r.view)
			if err != nil {
				return err
			}
			if err := r.hq.Append(ctx, e); err != nil {
				return err
			}
		}
		if err := r.Verify(ctx); err != nil {
			return err
		}
	}
	e, err := keyceremony.Publish(r.view, r.keys.Signer("office/hq"))
	if err != nil {
		return err
	}
	if err := r.hq.Append(ctx, e); err != nil {
		return err
	}
	for _, t := range r.trustees {
		if err := t.Forget(r.view); err != nil {
			return err
		}
	}
	if err := r.grant(ctx); err != nil {
		return err
	}
	return r.Verify(ctx)
}

// grant makes two officers of two offices and two devices valid in each branch.
func (r *Rehearsal) grant(ctx context.Context) error {
	for i := range r.def.Branches {
		s := seat{branch: r.def.Branches[i].ID}
		var entries [][]byte
		put := func(office, what, id string) error {
			by := r.keys.Signer(what + "/" + id)
			e, err := record.Sign(r.hq.Election(), record.HQ, &record.Grant{Office: office, What: what, ID: id,
				Branch: s.branch, Key: by.Key.Public().(ed25519.PublicKey)}, r.keys.Signer("office/"+office))
			entries = append(entries, e)
			return err
		}
		for j, office := range []string{"hq", "supervisors"} {
			id := fmt.Sprintf("b%d-%s", i+1, []string{"head", "supervisor"}[j])
			if err := put(office, record.GrantOfficer, id); err != nil {
				return err
			}
			s.officers[j] = r.keys.Signer("officer/" + id)
		}
		for j := range 2 {
			id := fmt.Sprintf("b%d-device%d", i+1, j+1)
			if err := put("hq", record.GrantDevice, id); err != nil {
				return err
			}
			s.devices = append(s.devices, id)
		}
		if err := r.hq.Append(ctx, entries...); err != nil {
			return err
		}
		r.seats = append(r.seats, s)
	}
	return nil
}

// Units takes the closed branches in and fixes the units of every contest.
func (r *Rehearsal) Units(ctx context.Context) error {
	var ids []string
	for _, s := range r.seats {
		ids = append(ids, s.branch)
	}
	if err := r.hq.TakeIn(ctx, ids...); err != nil {
		return err
	}
	if err := r.Verify(ctx); err != nil {
		return err
	}
	for i := range r.def.Contests {
		if err := r.hq.FixUnits(ctx, r.view, r.def.Contests[i].ID); err != nil {
			return err
		}
	}
	return r.Verify(ctx)
}

// eachUnit calls act for every unit that has ballots, several at a time, and
// hands what it returns to headquarters.
func (r *Rehearsal) eachUnit(ctx context.Context, name string, act func(contest, unit string) (*record.Submission, error)) error {
	type job struct{ contest, unit string }
	var jobs []job
	for i := range r.def.Contests {
		units, err := r.view.Units(r.def.Contests[i].ID)
		if err != nil {
			return err
		}
		for _, u := range units {
			if u.Ballots > 0 {
				jobs = append(jobs, job{r.def.Contests[i].ID, u.ID})
			}
		}
	}
	var submitting sync.Mutex
	return parallel(len(jobs), func(i int) error {
		s, err := act(jobs[i].contest, jobs[i].unit)
		if err != nil {
			return err
		}
		if err := r.view.Admit(s); err != nil { // side by side; Submit will find the fact
			return err
		}
		submitting.Lock()
		defer submitting.Unlock()
		return r.hq.Submit(ctx, r.view, s)
	}, func(done int) { r.progress(name, done, len(jobs)) })
}

// Mix lets the mixer with the id mix every unit.
func (r *Rehearsal) Mix(ctx context.Context, mixer string) error {
	err := r.eachUnit(ctx, "mixing by "+mixer, func(contest, unit string) (*record.Submission, error) {
		return mix.Unit(r.view, contest, unit, mixer, r.keys.Signer("mixer/"+mixer))
	})
	if err != nil {
		return err
	}
	return r.Verify(ctx)
}

// Mixers returns the ids of the mixers that are not in reserve.
func (r *Rehearsal) Mixers() []string {
	var ids []string
	for _, m := range r.def.Mixers {
		if !m.Reserve {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// Open lets the trustees with the given places in the definition open every
// unit as far as they can.
func (r *Rehearsal) Open(ctx context.Context, places ...int) error {
	for _, i := range places {
		t := r.trustees[i]
		err := r.eachUnit(ctx, "opening by "+t.ID(), func(contest, unit string) (*record.Submission, error) {
			return decrypt.Unit(r.view, contest, unit, t.ID(), t.Secret(), t.Signer())
		})
		if err != nil {
			return err
		}
	}
	return r.Verify(ctx)
}

// Tally puts the tally of every unit on the record.
func (r *Rehearsal) Tally(ctx context.Context) error {
	for i := range r.def.Contests {
		id := r.def.Contests[i].ID
		units, err := r.view.Units(id)
		if err != nil {
			return err
		}
		var entries [][]byte
		for _, u := range units {
			e, err := tally.Unit(r.view, id, u.ID, r.keys.Signer("office/hq"))
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
		if err := r.hq.Append(ctx, entries...); err != nil {
			return err
		}
	}
	return r.Verify(ctx)
}

// Canvass canvasses every contest and certifies those that the law leaves no
// question open in.
func (r *Rehearsal) Canvass(ctx context.Context) error {
	for i := range r.def.Contests {
		canvassed, err := canvass.Contest(r.view, r.def.Contests[i].ID, r.keys.Signer("office/hq"))
		if err != nil {
			return err
		}
		if err := r.hq.Enter(ctx, canvassed...); err != nil {
			return err
		}
	}
	if err := r.Verify(ctx); err != nil {
		return err
	}
	return r.certify(ctx)
}

func (r *Rehearsal) progress(act string, done, total int) {
	if r.cfg.Progress != nil {
		r.cfg.Progress(act, done, total)
	}
}

// parallel calls work(i) for 0 ≤ i < n on as many goroutines as there are
// processors. The first error ends it.
func parallel(n int, work func(i int) error, done func(n int)) error {
	var mu sync.Mutex
	var first error
	next, finished := 0, 0
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := first != nil || i >= n
				mu.Unlock()
				if stop {
					return
				}
				err := work(i)
				mu.Lock()
				if err != nil && first == nil {
					first = err
				}
				finished++
				done(finished)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return first
}

// branchDir returns the folder of a branch's published log.
func (r *Rehearsal) branchDir(branch string) string {
	return filepath.Join(r.Record(), filepath.FromSlash(record.BranchLog(branch)))
}

// privateDir returns the folder of a branch's own state.
func (r *Rehearsal) privateDir(branch string) string {
	return filepath.Join(r.cfg.Dir, "private", strings.ReplaceAll(record.BranchLog(branch), "/", "-"))
}

// Forced combines the shares that are on the record for the first unit, few as
// they are, and returns how many rows there are and how many of them open to a
// code of the contest. Below the quorum it should be none.
func (r *Rehearsal) Forced() (rows, codes int, err error) {
	for i := range r.def.Contests {
		c := &r.def.Contests[i]
		units, err := r.view.Units(c.ID)
		if err != nil {
			return 0, 0, err
		}
		for _, u := range units {
			if u.Ballots == 0 {
				continue
			}
			mixed, err := r.view.Mixed(c.ID, u.ID)
			if err != nil {
				return 0, 0, err
			}
			var indices []int
			var partials [][]group.Element
			for j, t := range r.trustees {
				if r.view.HasShares(c.ID, u.ID, t.ID()) {
					indices = append(indices, j+1)
					partials = append(partials, t.Secret().PartialDecrypt(mixed))
				}
			}
			combined, err := threshold.Combine(indices, partials)
			if err != nil {
				return 0, 0, err
			}
			points, err := threshold.Open(mixed, combined)
			if err != nil {
				return 0, 0, err
			}
			table := threshold.NewLogTable(c.N() + c.K())
			for _, p := range points {
				if _, ok := table.Log(p); ok {
					codes++
				}
			}
			return len(points), codes, nil
		}
	}
	return 0, 0, fmt.Errorf("no unit has ballots")
}
