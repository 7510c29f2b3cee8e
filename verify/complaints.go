package verify

import (
	"fmt"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// complaint is one on the record with its answer.
type complaint struct {
	index      uint64
	body       *record.Complaint
	disclosure *source.Entry[*record.Disclosure] // nil while it is open
	share      group.Scalar                      // once settled: the disputed share, which fits
	settled    bool
}

// complaint returns the complaint of a trustee about a dealer, or nil.
func (h *headquarters) complaint(trustee, dealer string) *complaint {
	for _, c := range h.complaints {
		if c.body.Trustee == trustee && c.body.Dealer == dealer {
			return c
		}
	}
	return nil
}

// open returns a complaint that waits for its answer, of one trustee or, without
// a name, of anyone; or nil.
func (h *headquarters) open(trustee string) *complaint {
	for _, c := range h.complaints {
		if c.disclosure == nil && (trustee == "" || c.body.Trustee == trustee) {
			return c
		}
	}
	return nil
}

// complain admits a complaint: after the last dealing, once for each pair, and not
// by one who has confirmed that every share fits (V009). So none comes after the
// key, which waits for every confirmation.
func (r *run) complain(index uint64, b *record.Complaint) error {
	h := r.hq
	_, known := r.def.Trustee(b.Dealer)
	_, confirmed := h.confirmations[b.Trustee]
	switch {
	case !known:
		return fmt.Errorf("the definition has no trustee %q", source.Clip(b.Dealer))
	case b.Trustee == b.Dealer:
		return fmt.Errorf("trustee %s complains of its own dealing", b.Trustee)
	case confirmed:
		return fmt.Errorf("trustee %s complains after it confirmed that every share fits", b.Trustee)
	case h.complaint(b.Trustee, b.Dealer) != nil:
		return fmt.Errorf("trustee %s has complained of the dealing of trustee %s already", b.Trustee, b.Dealer)
	case len(h.dealings) < len(r.def.Trustees):
		return source.TooEarly("trustee %s complains before all have dealt", b.Trustee)
	}
	h.complaints = append(h.complaints, &complaint{index: index, body: b})
	return nil
}

// disclose admits the answer to an open complaint (V009).
func (r *run) disclose(index uint64, b *record.Disclosure) error {
	c := r.hq.complaint(b.Trustee, b.Dealer)
	switch {
	case c == nil:
		return source.TooEarly("trustee %s discloses a share of trustee %q, who has not complained of it", b.Dealer, source.Clip(b.Trustee))
	case c.disclosure != nil:
		return fmt.Errorf("the complaint of trustee %s is answered already (entry %d)", b.Trustee, c.disclosure.Index)
	}
	c.disclosure = &source.Entry[*record.Disclosure]{Index: index, Body: b}
	return nil
}

// checkComplaints checks that each answer settles its complaint, and that no
// dealer has as many complaints against it as the quorum: V015. The dealings
// stand. It returns the dealer by whom the ceremony failed, or nothing.
func (r *run) checkComplaints() (failed string) {
	r.Count("V015", 1+len(r.hq.complaints))
	fail := func(index uint64, dealer, format string, args ...any) {
		if failed == "" {
			failed = dealer
		}
		r.Refute("V015", report.At(record.HQ, index), "%s: the key ceremony failed by the dealing of trustee %s, and no key can follow", fmt.Sprintf(format, args...), dealer)
	}
	against := map[string]int{}
	for _, c := range r.hq.complaints {
		dealer := c.body.Dealer
		against[dealer]++
		if against[dealer] == r.def.Quorum {
			fail(c.index, dealer, "%d trustees, which is a quorum, complain of one dealing", r.def.Quorum)
		}
		if c.disclosure == nil {
			continue
		}
		share, err := group.DecodeScalar(c.disclosure.Body.Share)
		if err != nil || !threshold.VerifyShare(r.dealt[r.place(dealer)], r.place(c.body.Trustee)+1, share) {
			fail(c.disclosure.Index, dealer, "the share disclosed for trustee %s does not fit the commitments", c.body.Trustee)
			continue
		}
		c.share, c.settled = share, true
	}
	if k := r.hq.key; k != nil && failed != "" {
		fail(k.Index, failed, "a key is published")
	}
	return failed
}

// place returns where the definition has the trustee, which it names, from 0.
func (r *run) place(trustee string) int {
	for i := range r.def.Trustees {
		if r.def.Trustees[i].ID == trustee {
			return i
		}
	}
	return -1
}
