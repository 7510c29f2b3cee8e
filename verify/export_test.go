package verify

import (
	"io/fs"

	"github.com/sandogh/sandogh/record"
)

// Listed returns the ids and titles of all checks.
func Listed() (ids, titles []string) {
	for _, c := range list {
		ids, titles = append(ids, c.id), append(titles, c.title)
	}
	return ids, titles
}

// MaxFindings is how many findings a check lists.
const MaxFindings = maxFindings

// A Ledger collects findings as a verification does.
type Ledger struct{ l *ledger }

// NewLedger returns an empty ledger.
func NewLedger() Ledger { return Ledger{newLedger()} }

// Count notes that check id looked at n things.
func (l Ledger) Count(id string, n int) { l.l.count(id, n) }

// Refute notes that check id found something wrong with an entry.
func (l Ledger) Refute(id, log string, entry uint64, text string) {
	l.l.refute(id, at(log, entry), "%s", text)
}

// Absent notes that something is missing for check id.
func (l Ledger) Absent(id, log string, entry uint64, text string) {
	l.l.absent(id, at(log, entry), "%s", text)
}

// Report closes the ledger.
func (l Ledger) Report() *Report { return l.l.report([32]byte{1}, true, true, PhaseReady) }

// SignedInHQ checks the signatures of an entry as one of headquarters' log of
// the record in fsys, of which the definition and the first line of the
// checkpoint must be there. It reports whether the entry belongs there.
func SignedInHQ(fsys fs.FS, e record.Entry) (belongs bool, err error) {
	r := &run{fsys: fsys, ledger: newLedger(), blobs: map[string]bool{}, hq: &headquarters{}}
	r.bootstrap()
	need := r.answerable(e.Body)
	if need == nil {
		return false, nil
	}
	return true, r.signed(e, record.HQ, need)
}
