package verify

import (
	"bytes"
	"crypto/sha256"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// dealings decodes and checks the dealings of all trustees, in the definition's
// order: V010 and V011. It returns nil unless all are there and right.
func (r *run) dealings() [][]group.Element {
	t := r.def.Quorum
	var all [][]group.Element
	for i := range r.def.Trustees {
		id := r.def.Trustees[i].ID
		p := report.InLog(record.HQ).In("trustee " + id)
		fixed := r.hq.commitments[id]
		if fixed != nil && len(fixed.Hash) != sha256.Size {
			r.Refute("V010", p, "the trustee fixed %d bytes, which can be no dealing's hash", len(fixed.Hash))
		}
		d := r.hq.dealings[id]
		if d == nil {
			continue
		}
		r.Count("V010", 1)
		r.Count("V011", 1)
		c, err := threshold.DecodeCommitments(d.Commitments, t)
		if err != nil {
			r.Refute("V011", p, "%v", err)
			continue
		}
		// admit lets no dealing in before all are fixed, so fixed is there.
		if want := threshold.CommitHash(record.DealingTag(r.id, id), c, d.Proof); !bytes.Equal(fixed.Hash, want[:]) {
			r.Refute("V010", p, "the dealing is not the one that the trustee fixed")
			continue
		}
		if len(d.Shares) != len(r.def.Trustees) {
			r.Refute("V011", p, "%d shares for %d trustees", len(d.Shares), len(r.def.Trustees))
			continue
		}
		tag := record.PossessionTag(r.id, id)
		if err := r.Facts.Once(source.Fact("possession", tag, d.Commitments, d.Proof), func() error {
			return threshold.VerifyPossession(tag, c, d.Proof)
		}); err != nil {
			r.Refute("V011", p, "the proof of possession does not hold: %v", err)
			continue
		}
		all = append(all, c)
	}
	if len(all) < len(r.def.Trustees) {
		return nil
	}
	return all
}

// checkCeremony checks the key ceremony as far as it has come: V010 to V013 and V015.
// It sets the election key that everything later is checked against.
func (r *run) checkCeremony() {
	all := r.dealings()
	if all == nil {
		return
	}
	r.dealt = all
	r.failed = r.checkComplaints()
	y, err := threshold.PublicKey(all)
	if err != nil {
		r.Refute("V013", report.InLog(record.HQ), "%v", err)
		return
	}
	var keys []group.Element
	var own [][]byte
	for i := range r.def.Trustees {
		vk, err := threshold.VerificationKey(all, i+1)
		if err != nil {
			r.Refute("V013", report.InLog(record.HQ), "trustee %s: %v", r.def.Trustees[i].ID, err)
			return
		}
		keys = append(keys, vk)
		own = append(own, vk.Bytes())
	}
	for i := range r.def.Trustees {
		c, ok := r.hq.confirmations[r.def.Trustees[i].ID]
		if !ok {
			continue
		}
		r.Count("V012", 1)
		if !bytes.Equal(c.Body.Key, y.Bytes()) || !bytes.Equal(c.Body.Verification, own[i]) {
			r.Refute("V012", report.At(record.HQ, c.Index), "trustee %s confirmed other keys than the dealings give", c.Body.Trustee)
		}
	}
	k := r.hq.key
	if k == nil || r.failed != "" {
		return
	}
	r.Count("V013", 1)
	if !bytes.Equal(k.Body.Key, y.Bytes()) {
		r.Refute("V013", report.At(record.HQ, k.Index), "the election key is not the product of the dealings")
		return
	}
	if len(k.Body.Verification) != len(own) {
		r.Refute("V013", report.At(record.HQ, k.Index), "%d verification keys for %d trustees", len(k.Body.Verification), len(own))
		return
	}
	for i := range own {
		if !bytes.Equal(k.Body.Verification[i], own[i]) {
			r.Refute("V013", report.At(record.HQ, k.Index), "the verification key of trustee %s is not what the dealings give", r.def.Trustees[i].ID)
			return
		}
	}
	r.key, r.verification = elgamal.NewKey(y), keys
}
