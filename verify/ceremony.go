package verify

import (
	"bytes"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/record"
)

// dealings decodes and checks the dealings of all trustees, in the definition's
// order: V010 and V011. It returns nil unless all are there and right.
func (r *run) dealings() [][]group.Element {
	t := r.def.Quorum
	var all [][]group.Element
	for i := range r.def.Trustees {
		id := r.def.Trustees[i].ID
		p := place{log: record.HQ, entry: -1, path: "trustee " + id}
		fixed := r.hq.commitments[id]
		d := r.hq.dealings[id]
		if d == nil {
			continue
		}
		r.count("V010", 1)
		r.count("V011", 1)
		c, err := threshold.DecodeCommitments(d.Commitments, t)
		if err != nil {
			r.refute("V011", p, "%v", err)
			continue
		}
		// admit lets no dealing in before all are fixed, so fixed is there.
		if want := threshold.CommitHash(record.DealingTag(r.id, id), c, d.Proof); !bytes.Equal(fixed.Hash, want[:]) {
			r.refute("V010", p, "the dealing is not the one that the trustee fixed")
			continue
		}
		if len(d.Shares) != len(r.def.Trustees) {
			r.refute("V011", p, "%d shares for %d trustees", len(d.Shares), len(r.def.Trustees))
			continue
		}
		if err := threshold.VerifyPossession(record.PossessionTag(r.id, id), c, d.Proof); err != nil {
			r.refute("V011", p, "the proof of possession does not hold: %v", err)
			continue
		}
		all = append(all, c)
	}
	if len(all) < len(r.def.Trustees) {
		return nil
	}
	return all
}

// checkCeremony checks the key ceremony as far as it has come: V010 to V013.
// It sets the election key that everything later is checked against.
func (r *run) checkCeremony() {
	all := r.dealings()
	if all == nil {
		return
	}
	y, err := threshold.PublicKey(all)
	if err != nil {
		r.refute("V013", inLog(record.HQ), "%v", err)
		return
	}
	var own [][]byte
	for i := range r.def.Trustees {
		vk, err := threshold.VerificationKey(all, i+1)
		if err != nil {
			r.refute("V013", inLog(record.HQ), "trustee %s: %v", r.def.Trustees[i].ID, err)
			return
		}
		own = append(own, vk.Bytes())
	}
	for i := range r.def.Trustees {
		c, ok := r.hq.confirmations[r.def.Trustees[i].ID]
		if !ok {
			continue
		}
		r.count("V012", 1)
		if !bytes.Equal(c.body.Key, y.Bytes()) || !bytes.Equal(c.body.Verification, own[i]) {
			r.refute("V012", at(record.HQ, c.index), "trustee %s confirmed other keys than the dealings give", c.body.Trustee)
		}
	}
	k := r.hq.key
	if k == nil {
		return
	}
	r.count("V013", 1)
	if !bytes.Equal(k.body.Key, y.Bytes()) {
		r.refute("V013", at(record.HQ, k.index), "the election key is not the product of the dealings")
		return
	}
	if len(k.body.Verification) != len(own) {
		r.refute("V013", at(record.HQ, k.index), "%d verification keys for %d trustees", len(k.body.Verification), len(own))
		return
	}
	for i := range own {
		if !bytes.Equal(k.body.Verification[i], own[i]) {
			r.refute("V013", at(record.HQ, k.index), "the verification key of trustee %s is not what the dealings give", r.def.Trustees[i].ID)
			return
		}
	}
	r.key = elgamal.NewKey(y)
}

// verification returns the verification key of a trustee, after the ceremony
// was found right.
func (r *run) verification(trustee string) (group.Element, bool) {
	for i := range r.def.Trustees {
		if r.def.Trustees[i].ID == trustee {
			e, err := group.DecodeElement(r.hq.key.body.Verification[i])
			return e, err == nil
		}
	}
	return group.Element{}, false
}
