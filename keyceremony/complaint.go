package keyceremony

import (
	"crypto/hpke"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// A BadShareError says that a dealer sent a share that does not fit what it
// committed to, or that cannot be decrypted.
type BadShareError struct{ Dealer string }

func (e *BadShareError) Error() string {
	return fmt.Sprintf("trustee %s sent a share that does not fit its dealing: complain of it on the record", e.Dealer)
}

// received returns the share that the dealer at a place of the definition sent
// this trustee; the error is a BadShareError.
func (t *Trustee) received(place int, commitments []group.Element, message []byte) (group.Scalar, error) {
	dealer := t.def.Trustees[place].ID
	b, err := hpke.Open(t.hpke, hpke.HKDFSHA256(), hpke.AES128GCM(), record.ShareInfo(t.election, dealer, t.id), message)
	if err != nil {
		return group.Scalar{}, &BadShareError{dealer}
	}
	s, err := group.DecodeScalar(b)
	if err != nil || !threshold.VerifyShare(commitments, t.index, s) {
		return group.Scalar{}, &BadShareError{dealer}
	}
	return s, nil
}

// disclosed returns the shares that came into the open by this trustee's
// complaints, by dealer. It is an error while one of them is open.
func (t *Trustee) disclosed(v *verify.View) (map[string]group.Scalar, error) {
	shares := map[string]group.Scalar{}
	for _, c := range v.Complaints() {
		switch {
		case c.Trustee != t.id:
		case !c.Settled:
			return nil, fmt.Errorf("trustee %s has complained of the dealing of trustee %s, which has not answered", t.id, c.Dealer)
		default:
			shares[c.Dealer] = c.Share
		}
	}
	return shares, nil
}

// place returns where the definition has a trustee, from 0.
func (t *Trustee) place(id string) (int, error) {
	i := slices.IndexFunc(t.def.Trustees, func(x election.Trustee) bool { return x.ID == id })
	if i < 0 {
		return 0, fmt.Errorf("the definition has no trustee %q", id)
	}
	return i, nil
}

// Complain says on the record that the share of a dealer cannot be used. It
// refuses if the share fits.
func (t *Trustee) Complain(v *verify.View, dealer string) ([]byte, error) {
	if err := t.ready(v); err != nil {
		return nil, err
	}
	place, err := t.place(dealer)
	if err != nil {
		return nil, err
	}
	commitments, sent, err := v.Dealings()
	switch {
	case err != nil:
		return nil, err
	case dealer == t.id:
		return nil, fmt.Errorf("trustee %s complains of its own dealing", t.id)
	case v.HasConfirmed(t.id):
		return nil, fmt.Errorf("trustee %s has confirmed that every share fits", t.id)
	}
	for _, c := range v.Complaints() {
		if c.Trustee == t.id && c.Dealer == dealer {
			return nil, fmt.Errorf("trustee %s has complained of the dealing of trustee %s already", t.id, dealer)
		}
	}
	if _, err := t.received(place, commitments[place], sent[place][t.index-1]); err == nil {
		return nil, fmt.Errorf("the share of trustee %s fits its dealing: there is nothing to complain of", dealer)
	}
	return record.Sign(t.election, record.HQ, &record.Complaint{Trustee: t.id, Dealer: dealer}, t.signer)
}

// Disclose answers the open complaint of another trustee with the disputed
// share, which everybody learns.
func (t *Trustee) Disclose(v *verify.View, complainer string) ([]byte, error) {
	if err := t.ready(v); err != nil {
		return nil, err
	}
	place, err := t.place(complainer)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(v.Complaints(), func(c verify.Complaint) bool { return c.Trustee == complainer && c.Dealer == t.id })
	switch {
	case i < 0:
		return nil, fmt.Errorf("trustee %s has not complained of the dealing of trustee %s", complainer, t.id)
	case v.Complaints()[i].Settled:
		return nil, fmt.Errorf("the complaint of trustee %s of the dealing of trustee %s is settled", complainer, t.id)
	case t.dealing == nil:
		return nil, fmt.Errorf("trustee %s has no dealing here: resume it", t.id)
	}
	commitments, _, err := v.Dealings()
	if err != nil {
		return nil, err
	}
	share := t.dealing.Share(place + 1)
	if !threshold.VerifyShare(commitments[t.index-1], place+1, share) {
		return nil, fmt.Errorf("the dealing that trustee %s has here is not the one on the record", t.id)
	}
	return record.Sign(t.election, record.HQ, &record.Disclosure{Dealer: t.id, Trustee: complainer, Share: share.Bytes()}, t.signer)
}

// Forget erases the trustee's polynomial. It refuses before every trustee has
// confirmed: until then a complaint can ask for a share.
func (t *Trustee) Forget(v *verify.View) error {
	if err := t.ready(v); err != nil {
		return err
	}
	if n := v.Confirmed(); n < len(t.def.Trustees) {
		return fmt.Errorf("%d of %d trustees have confirmed the key: another can still complain", n, len(t.def.Trustees))
	}
	if t.dealing != nil {
		t.dealing.Erase()
		t.dealing = nil
	}
	return nil
}
