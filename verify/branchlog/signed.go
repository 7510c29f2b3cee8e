package branchlog

import (
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
)

// signed checks the signatures of an entry in a branch's log: two officers, or
// the ballot's device.
func (r *reader) signed(b *Branch, data []byte, e record.Entry) error {
	var need []string
	switch body := e.Body.(type) {
	case *record.Sealed:
		need = []string{"device/" + body.Device}
	case *record.Cast:
		need = []string{"device/" + body.Device}
	case *record.Spoiled:
		need = []string{"device/" + body.Device}
		if byOfficers(e) {
			var err error
			if need, err = r.twoOfficers(b, e); err != nil {
				return err
			}
		}
	case *record.Challenged:
		need = []string{"device/" + body.Device}
	case *record.Opening, *record.Close, *record.Pause, *record.Resume, *record.Extension, *record.Enrol, *record.Retire:
		var err error
		if need, err = r.twoOfficers(b, e); err != nil {
			return err
		}
	default:
		return fmt.Errorf("an entry of this type belongs into headquarters' log")
	}
	parts := [][]byte{r.Election[:], []byte(b.id), data}
	for _, by := range need {
		key, _ := r.granted(b, by)
		parts = append(parts, []byte(by), key)
	}
	return r.Facts.Once(source.Fact("signed", parts...), func() error {
		return e.Verify(r.Election, record.BranchLog(b.id), func(by string) (ed25519.PublicKey, bool) {
			if !slices.Contains(need, by) {
				return nil, false
			}
			return r.granted(b, by)
		})
	})
}

// twoOfficers returns the signers of an entry, if they are two officers of the
// branch that different offices granted.
func (r *reader) twoOfficers(b *Branch, e record.Entry) (need []string, err error) {
	if len(e.Signatures) != 2 {
		return nil, fmt.Errorf("%d signatures, needed are those of two officers", len(e.Signatures))
	}
	var offices []string
	for _, s := range e.Signatures {
		id, ok := strings.CutPrefix(s.By, "officer/")
		if g := r.Officers[id]; ok && g != nil && g.Branch == b.id {
			need = append(need, s.By)
			offices = append(offices, g.Office)
		}
	}
	if len(offices) == 2 && offices[0] == offices[1] {
		return nil, fmt.Errorf("both officers were granted by office %s", offices[0])
	}
	if len(offices) < 2 {
		return nil, fmt.Errorf("not signed by two officers of this branch")
	}
	return need, nil
}

// byOfficers reports whether an officer is among the signers of an entry.
func byOfficers(e record.Entry) bool {
	return slices.ContainsFunc(e.Signatures, func(s record.Signature) bool { return strings.HasPrefix(s.By, "officer/") })
}

// ungranted reports whether a signer of the entry was granted nowhere.
func (r *reader) ungranted(e record.Entry) bool {
	return slices.ContainsFunc(e.Signatures, func(s record.Signature) bool {
		what, id, _ := strings.Cut(s.By, "/")
		return what == record.GrantDevice && r.Devices[id] == nil || what == record.GrantOfficer && r.Officers[id] == nil
	})
}

// granted returns the key of a device or officer that was granted to this
// branch, and to no other.
func (r *reader) granted(b *Branch, by string) (ed25519.PublicKey, bool) {
	what, id, _ := strings.Cut(by, "/")
	g := map[string]map[string]*record.Grant{record.GrantDevice: r.Devices, record.GrantOfficer: r.Officers}[what][id]
	if g == nil || g.Branch != b.id {
		return nil, false
	}
	return g.Key, true
}
