package tamper_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// A row is one attack. forge does it and returns where it must be found.
type row struct {
	name   string
	checks string        // all that refuse or miss something; the one that the attack is about first
	status report.Status // empty: refuted
	forge  func(f *forger) where
}

// where is the place of a finding: what is empty, or below zero, may be anything.
type where struct {
	log   string
	entry int
	path  string
}

var anywhere = where{entry: -1}

func entry(log string, i int) where { return where{log: log, entry: i} }
func inLog(log string) where        { return where{log: log, entry: -1} }
func file(path string) where        { return where{entry: -1, path: path} }

func (w where) has(f report.Finding) bool {
	return (w.log == "" || w.log == f.Log) && (w.entry < 0 || int64(w.entry) == f.Entry) && (w.path == "" || w.path == f.Path)
}

// A table is attacks on one record.
type table struct {
	from func() *loot
	rows []row
}

// tables are all of this package, those that go furthest first.
func tables() []table {
	return []table{
		carriedThrough(), askedTwice(), brokenProofs(),
		definitions(), ceremonies(), complaints(), grants(), publishedFiles(), publishedLogs(), cosignatures(),
		openings(), ballots(), endings(), challenges(), days(), heads(),
		unitLists(), mixings(), shareLists(), results(), questions(), rulings(), corrections(),
	}
}

// forging is held while a forger works: the keys are made when they are asked
// for. What is forged is verified side by side.
var forging sync.Mutex

// forge does the attack of a row on a copy of the record.
func (tb table) forge(row row) (*forger, where, fstest.MapFS) {
	forging.Lock()
	defer forging.Unlock()
	f := tb.from().forger()
	at := row.forge(f)
	return f, at, f.publish()
}

// try runs the rows, each on a copy of the record.
func (tb table) try(t *testing.T) {
	t.Helper()
	facts := &source.Facts{} // of an auditor that has seen the good record
	l := tb.from()
	if r, _ := verify.Record(context.Background(), l.forger().publish(), verify.Options{Election: &l.id, Facts: facts}); r.Status != report.Verified {
		t.Fatalf("the record is %s before anything is done to it: %s", r.Status, found(r))
	}
	for _, row := range tb.rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f, at, files := tb.forge(row)
			rep, view := verify.Record(context.Background(), files, verify.Options{Election: &f.expect, Facts: f.fooled})
			want := row.status
			if want == "" {
				want = report.Refuted
			}
			if rep.Status != want {
				t.Errorf("status %s, want %s", rep.Status, want)
			}
			if view != nil && view.Sound() == nil {
				t.Error("the acts would continue from this record")
			}
			refusing := strings.Fields(row.checks)
			first := refusing[0]
			slices.Sort(refusing)
			if got := refused(rep); !slices.Equal(got, refusing) {
				t.Errorf("refused by %s, want %s", got, refusing)
			}
			c, _ := rep.Check(first)
			if !slices.ContainsFunc(c.Findings, at.has) {
				t.Errorf("%s finds nothing at %+v", first, at)
			}
			remembered := facts
			if f.fooled != nil {
				remembered = f.fooled
			}
			again, _ := verify.Record(context.Background(), files, verify.Options{Election: &f.expect, Facts: remembered})
			if again.Status != rep.Status || !slices.Equal(refused(again), refused(rep)) {
				t.Errorf("with remembered facts %s, refused by %s", again.Status, refused(again))
			}
			if t.Failed() {
				t.Log(found(rep))
			}
		})
	}
}

// refused returns the checks that fail or miss something.
func refused(r *report.Report) []string {
	var out []string
	for _, c := range r.Checks {
		if c.State == report.Fail || c.State == report.Missing {
			out = append(out, c.ID)
		}
	}
	return out
}

func found(r *report.Report) string {
	var b strings.Builder
	for _, c := range r.Checks {
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "\n%s %s %s", c.ID, c.State, f)
		}
	}
	return b.String()
}

// TestGood: the record as it was published and as the forger puts it together
// again verify, and nothing is left out: every check but V041 has something to
// look at (there is no question here; TestQuestions has one).
func TestGood(t *testing.T) {
	l := good()
	for name, files := range map[string]fstest.MapFS{"published": l.files, "put together again": l.forger().publish()} {
		r, _ := verify.Record(context.Background(), files, verify.Options{Election: &l.id})
		if r.Status != report.Verified || r.Phase != report.PhaseCertified {
			t.Errorf("%s: status %s, phase %s: %s", name, r.Status, r.Phase, found(r))
		}
		for _, c := range r.Checks {
			if c.State != report.Pass {
				t.Errorf("%s: %s is %s", name, c.ID, c.State)
			}
		}
	}
}

// TestRollback: a record cut short and properly signed is an earlier state, not
// a wrong one; it must never be taken for the end. B05, B17.
func TestRollback(t *testing.T) {
	for _, c := range []struct {
		phase report.Phase
		cut   func(*forger)
	}{
		{report.PhaseCanvassed, cut[*record.Result]},
		{report.PhaseCounted, cut[*record.Canvass]},
		{report.PhaseOpening, cut[*record.Tally]},
		{report.PhaseMixing, cut[*record.Shares]},
		{report.PhaseClosed, cut[*record.Units]},
		{report.PhaseReady, beforeBranches},
		{report.PhaseCeremony, func(f *forger) { beforeBranches(f); cut[*record.ElectionKey](f) }},
		{report.PhaseDefined, func(f *forger) { beforeBranches(f); cut[*record.Commitment](f) }},
	} {
		f := good().forger()
		c.cut(f)
		files := f.publish()
		r, _ := verify.Record(context.Background(), files, verify.Options{Election: &f.id})
		if r.Status != report.Verified || r.Phase != c.phase {
			t.Errorf("cut before %s: status %s, phase %s: %s", c.phase, r.Status, r.Phase, found(r))
		}
		if check, _ := r.Check("V042"); check.State != report.NotDue {
			t.Errorf("cut before %s: the result is %s", c.phase, check.State)
		}
	}
}

// seeded returns random numbers that SANDOGH_TAMPER_SEED repeats.
func seeded(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	if s := os.Getenv("SANDOGH_TAMPER_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("SANDOGH_TAMPER_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// TestAnyByte changes single bytes anywhere (B02): the record never verifies.
func TestAnyByte(t *testing.T) {
	rng := seeded(t)
	l := good()
	var names []string
	for name := range l.files {
		names = append(names, name)
	}
	slices.Sort(names)
	const times = 60
	for i := range times {
		name := names[rng.IntN(len(names))]
		data := l.files[name].Data
		at, mask := rng.IntN(len(data)), byte(1+rng.IntN(255))
		data[at] ^= mask
		r, view := verify.Record(context.Background(), l.files, verify.Options{Election: &l.id})
		data[at] ^= mask
		if r.Status == report.Verified {
			t.Errorf("change %d: %s, byte %d xor %#x verifies", i, name, at, mask)
		}
		if view != nil && view.Sound() == nil {
			t.Errorf("change %d: %s, byte %d xor %#x: the acts would continue", i, name, at, mask)
		}
	}
}

// TestAnyFileMissing takes single files away (B14): the record never verifies,
// the file is named, and an incomplete copy is not called wrong.
func TestAnyFileMissing(t *testing.T) {
	l := good()
	for name := range l.files {
		files := maps.Clone(l.files)
		delete(files, name)
		r, view := verify.Record(context.Background(), files, verify.Options{Election: &l.id})
		if r.Status != report.Unknown {
			t.Errorf("without %s: status %s: %s", name, r.Status, found(r))
		}
		if view != nil && view.Sound() == nil {
			t.Errorf("without %s: the acts would continue", name)
		}
		named := slices.ContainsFunc(r.Checks, func(c report.Check) bool {
			return slices.ContainsFunc(c.Findings, func(f report.Finding) bool { return f.Path == name })
		})
		if branch, ok := strings.CutSuffix(name, "/checkpoint"); ok && !named { // its folder stands for it
			named = strings.Contains(found(r), branch)
		}
		if !named {
			t.Errorf("without %s: no finding names it: %s", name, found(r))
		}
	}
}
