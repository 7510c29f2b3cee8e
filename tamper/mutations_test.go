package tamper_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/sandogh/sandogh/verify/report"
)

var anyNumber = regexp.MustCompile(`\.[0-9]+`)

// TestMutations takes the tiny records apart and puts them together again with
// one or two things changed that no attacker thought about: elements and entries
// are deleted, doubled and exchanged, numbers moved, bytes flipped, cut and
// lengthened, values and entries taken from other places and from another
// election, blobs rewritten, and the whole spelled otherwise. The forger has
// every key and mends what gives it away: hashes, closing statements, heads,
// signatures, trees, checkpoints. No such record verifies but those that are
// true ones; equivalent says which, without package verify.
//
// SANDOGH_MUTATIONS is how many, 100,000 unless it says otherwise; SANDOGH_TAMPER_SEED repeats them.
func TestMutations(t *testing.T) {
	times := 100_000
	if testing.Short() {
		times = 2_000
	}
	if s := os.Getenv("SANDOGH_MUTATIONS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		times = n
	}
	seed := seeded(t).Uint64()
	s := stocks()
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		t.Run(fmt.Sprintf("part %d of %d", w+1, workers), func(t *testing.T) {
			t.Parallel()
			var auditors []*auditor // of each stock
			status := map[report.Status]int{}
			verified := map[string]int{} // by what makes them true
			for i := w; i < times; i += workers {
				if i/workers%5000 == 0 { // forget, or the signatures of all mutants are remembered
					auditors = nil
					for _, s := range s {
						auditors = append(auditors, newAuditor(t, s.id, s.whole().publish()))
					}
				}
				rng := rand.New(rand.NewPCG(seed, uint64(i)))
				which := rng.IntN(len(s))
				m := s[which].mutant(rng)
				r := auditors[which].verify(m.publish())
				status[r.Status]++
				if r.Status != report.Verified {
					continue
				}
				why, err := m.equivalent()
				if err != nil {
					t.Errorf("mutant %d verifies: %v\n%q", i, err, m.did)
				}
				verified[why]++
			}
			t.Log(status, len(verified), "ways in which a mutant is true:")
			for _, why := range slices.Sorted(maps.Keys(verified)) {
				t.Logf("%6d %s", verified[why], why)
			}
			// The mutants are neither all refuted for a trace that was left, nor mostly
			// the good record.
			if times >= 1000 && (status[report.Verified] == 0 || status[report.Refuted] == 0 || verified["nothing has changed"] > times/workers/10 || len(verified) < 5) {
				t.Error("the mutants are not what they should be")
			}
		})
	}
}
