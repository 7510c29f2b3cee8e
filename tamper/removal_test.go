package tamper_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// TestEveryCheckIsHit: each check is the one that some attack is about, and the
// only one that refuses some attack. The tests of the rows see to it that the
// rows say the truth.
func TestEveryCheckIsHit(t *testing.T) {
	about, alone := map[string]int{}, map[string]int{}
	for _, tb := range tables() {
		for _, r := range tb.rows {
			refusing := strings.Fields(r.checks)
			about[refusing[0]]++
			if len(refusing) == 1 {
				alone[refusing[0]]++
			}
		}
	}
	for _, id := range report.IDs() {
		if about[id] == 0 {
			t.Errorf("no attack is about %s (%s)", id, report.Title(id))
		}
		if alone[id] == 0 {
			t.Errorf("no attack is refused by %s alone (%s)", id, report.Title(id))
		}
	}
}

// earlier is how far a record can come on which only this check finds something,
// and why no further: what rests on a faulty part is not judged. Where a check
// is not listed, an attack that only it finds is carried through to the results.
var earlier = map[string]struct {
	phase report.Phase
	why   string
}{
	"V010": {report.PhaseCeremony, noKey},
	"V011": {report.PhaseCeremony, noKey},
	"V013": {report.PhaseReady, noKey},
	"V015": {report.PhaseReady, noKey},
	"V020": {report.PhaseMixing, "the units of a branch that is not there are not judged"},
	"V022": {report.PhaseClosed, noBallots},
	"V023": {report.PhaseClosed, noBallots},
	"V024": {report.PhaseClosed, noBallots},
	"V032": {report.PhaseMixing, "rows that are not provably mixed may not be opened (V033)"},
	"V036": {report.PhaseOpening, "a unit with such a row counts as not opened, and has no tally"},
}

const (
	noKey     = "without a verified key no ballot is judged"
	noBallots = "a branch with a faulty ballot is not relied on, and its units are not judged"
)

// muted names the check that is taken out of a verifier built for
// TestEveryCheckIsNeeded.
const muted = "SANDOGH_TEST_MUTED_CHECK"

// TestEveryCheckIsNeeded takes each check out of verify and shows an attack that
// then verifies. The program that is shipped has no means to leave out a check:
// the test builds itself once more, with a ledger that ignores the findings of
// one check (doc/decisions/0009).
func TestEveryCheckIsNeeded(t *testing.T) {
	if os.Getenv(muted) != "" {
		withoutEachCheck(t)
		return
	}
	if testing.Short() {
		t.Skip("builds verify once more")
	}
	const ledger = "../verify/report/ledger.go"
	source, err := os.ReadFile(ledger)
	if err != nil {
		t.Fatal(err)
	}
	changed := string(source)
	for _, c := range []struct{ after, put string }{
		{"import (\n", "\t\"os\"\n"},
		{"func (l *Ledger) add(id string, f Finding) {\n", "\tif id == os.Getenv(\"" + muted + "\") {\n\t\treturn\n\t}\n"},
	} {
		if strings.Count(changed, c.after) != 1 {
			t.Fatalf("%s has %q not once: the findings of a check cannot be taken out there", ledger, c.after)
		}
		changed = strings.Replace(changed, c.after, c.after+c.put, 1)
	}
	dir := t.TempDir()
	replaced, err := filepath.Abs(ledger)
	if err != nil {
		t.Fatal(err)
	}
	without := filepath.Join(dir, "ledger.go")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {replaced: without}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{without: []byte(changed), filepath.Join(dir, "overlay.json"): overlay} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-overlay="+filepath.Join(dir, "overlay.json"), "-run=^TestEveryCheckIsNeeded$", ".")
	cmd.Env = append(os.Environ(), muted+"=none")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	} else if !strings.Contains(string(out), "--- PASS: TestEveryCheckIsNeeded") {
		t.Errorf("the other verifier tried nothing:\n%s", out)
	}
	t.Logf("%s", out)
}

// withoutEachCheck runs in the program with the other ledger.
func withoutEachCheck(t *testing.T) {
	for _, id := range report.IDs() {
		want, why := report.PhaseCertified, ""
		if e, ok := earlier[id]; ok {
			want, why = e.phase, ": "+e.why
		}
		var come []report.Phase
		for _, tb := range tables() {
			for _, row := range tb.rows {
				if row.checks != id || slices.Contains(come, want) {
					continue
				}
				t.Setenv(muted, "none")
				f, _, files := tb.forge(row)
				t.Setenv(muted, id)
				r, _ := verify.Record(context.Background(), files, verify.Options{Election: &f.expect, Facts: f.fooled})
				if r.Status == report.Verified {
					come = append(come, r.Phase)
					if r.Phase == want {
						t.Logf("without %s %q is verified, in the phase %s%s", id, row.name, r.Phase, why)
					}
				}
			}
		}
		if !slices.Contains(come, want) {
			t.Errorf("without %s no attack is verified in the phase %s; verified are attacks in %s", id, want, come)
		}
	}
}
