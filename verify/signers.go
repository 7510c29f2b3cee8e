package verify

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
)

// supervisor stands for any one supervisory office among those who must sign.
// Names of signers hold a slash, so no entry can spell it.
const supervisor = "a supervisory office"

// answerable returns who must have signed an entry of headquarters' log: the
// exact signers, or supervisor. It returns nil for an entry that does not
// belong there.
func (r *run) answerable(b record.Body) []string {
	hq := "office/" + r.hqOffice
	switch b := b.(type) {
	case *record.Definition, *record.ElectionKey, *record.Head, *record.Units, *record.Tally, *record.Canvass, *record.Question:
		return []string{hq}
	case *record.Result, *record.Ruling, *record.Lot, *record.Correction, *record.ExtensionOrder:
		return []string{hq, supervisor}
	case *record.Grant:
		return []string{"office/" + b.Office}
	case *record.Commitment:
		return []string{"trustee/" + b.Trustee}
	case *record.Dealing:
		return []string{"trustee/" + b.Trustee}
	case *record.Complaint:
		return []string{"trustee/" + b.Trustee}
	case *record.Disclosure:
		return []string{"trustee/" + b.Dealer}
	case *record.Confirmation:
		return []string{"trustee/" + b.Trustee}
	case *record.Shares:
		return []string{"trustee/" + b.Trustee}
	case *record.Shuffle:
		return []string{"mixer/" + b.Mixer}
	}
	return nil
}

// signed checks that the signers are those needed and that their signatures
// hold.
func (r *run) signed(data []byte, e record.Entry, need []string) error {
	parts := [][]byte{r.id[:], []byte(record.HQ), data}
	for _, s := range e.Signatures {
		key, _ := r.signerKey(s.By)
		parts = append(parts, key)
	}
	return r.Facts.Once(source.Fact("signed", parts...), func() error { return r.verifySignatures(e, need) })
}

func (r *run) verifySignatures(e record.Entry, need []string) error {
	var by []string
	for _, s := range e.Signatures {
		by = append(by, s.By)
	}
	if len(by) != len(need) {
		return fmt.Errorf("signed by %s, needed are %s", strings.Join(by, ", "), strings.Join(need, ", "))
	}
	for _, n := range need {
		if n != supervisor && !slices.Contains(by, n) {
			return fmt.Errorf("signed by %s, needed are %s", strings.Join(by, ", "), strings.Join(need, ", "))
		}
	}
	return e.Verify(r.id, record.HQ, func(by string) (ed25519.PublicKey, bool) {
		if !slices.Contains(need, by) && !(slices.Contains(need, supervisor) && r.supervises(by)) {
			return nil, false
		}
		return r.signerKey(by)
	})
}

// supervises reports whether the signer is a supervisory office.
func (r *run) supervises(by string) bool {
	id, ok := strings.CutPrefix(by, "office/")
	return ok && r.offices[id] == election.Supervisory
}

// signerKey returns the key of a signer that the definition names, or that a
// grant has made valid.
func (r *run) signerKey(by string) (ed25519.PublicKey, bool) {
	kind, id, _ := strings.Cut(by, "/")
	switch kind {
	case "office":
		if o, ok := r.def.Office(id); ok {
			return o.Key.Ed25519(), true
		}
	case "trustee":
		if t, ok := r.def.Trustee(id); ok {
			return t.SigningKey.Ed25519(), true
		}
	case "mixer":
		if m, ok := r.def.Mixer(id); ok {
			return m.Key.Ed25519(), true
		}
	case "device":
		if g := r.hq.devices[id]; g != nil {
			return g.Key, true
		}
	case "officer":
		if g := r.hq.officers[id]; g != nil {
			return g.Key, true
		}
	}
	return nil, false
}
