package tamper_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"pgregory.net/rapid"
)

// complaint and disclosure return the entries of the trustee and the dealer at
// these places of the definition; the share is the one that was sent, but for
// what change makes of it.
func (f *forger) complaint(trustee, dealer int) []byte {
	id := f.def.Trustees[trustee].ID
	return f.sign(hq, &record.Complaint{Trustee: id, Dealer: f.def.Trustees[dealer].ID}, "trustee/"+id)
}

func (f *forger) disclosure(dealer, trustee int, change func(share []byte) []byte) []byte {
	id := f.def.Trustees[dealer].ID
	share := f.sent(dealer, trustee).Bytes()
	if change != nil {
		share = change(share)
	}
	return f.sign(hq, &record.Disclosure{Dealer: id, Trustee: f.def.Trustees[trustee].ID, Share: share}, "trustee/"+id)
}

// dealt puts entries between the dealings and the confirmations and returns
// where the first of them is.
func (f *forger) dealt(entries ...[]byte) int {
	i := indices[*record.Confirmation](f, hq)[0]
	f.insert(hq, i, entries...)
	return i
}

// TestSettledComplaint: a false complaint that the dealer settles changes nothing
// in an election, and fewer than a quorum of them either.
func TestSettledComplaint(t *testing.T) {
	for _, complainers := range [][]int{{1}, {1, 4}} {
		f := good().forger()
		var entries [][]byte
		for _, i := range complainers {
			entries = append(entries, f.complaint(i, 2), f.disclosure(2, i, nil))
		}
		f.dealt(entries...)
		r, view := verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect})
		if r.Status != report.Verified || r.Phase != report.PhaseCertified {
			t.Fatalf("%d complaints: status %s, phase %s: %s", len(complainers), r.Status, r.Phase, found(r))
		}
		if c, _ := r.Check("V015"); c.State != report.Pass || c.Read != 1+len(complainers) {
			t.Errorf("%d complaints: V015 is %s after reading %d", len(complainers), c.State, c.Read)
		}
		for k, c := range view.Complaints() {
			if !c.Settled || c.Trustee != f.def.Trustees[complainers[k]].ID || c.Dealer != f.def.Trustees[2].ID || !c.Share.Equal(f.sent(2, complainers[k])) {
				t.Errorf("complaint %d is %+v", k, c)
			}
		}
	}
}

// TestOpenComplaint: while a dealer does not answer, the ceremony waits.
func TestOpenComplaint(t *testing.T) {
	f := good().forger()
	beforeBranches(f)
	cut[*record.Confirmation](f)
	f.logs[hq] = append(f.logs[hq], f.complaint(1, 2))
	r, view := verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect})
	if r.Status != report.Verified || r.Phase != report.PhaseCeremony || view.Key() != nil {
		t.Fatalf("status %s, phase %s: %s", r.Status, r.Phase, found(r))
	}
	if c := view.Complaints(); len(c) != 1 || c[0].Settled {
		t.Errorf("the complaints are %+v", c)
	}

	f = good().forger()
	beforeBranches(f)
	cut[*record.Grant](f)
	f.dealt(f.complaint(1, 2))
	f.remove(hq, indices[*record.Confirmation](f, hq)[1])
	r, _ = verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect})
	want := "while the complaint of trustee t2 of the dealing of trustee t3 is open"
	if c, finding, _ := r.First(); c.ID != "V009" || !strings.Contains(finding.Text, want) {
		t.Errorf("with a key, %s: %s", c.ID, finding)
	}
}

// TestFailedCeremony: where the ceremony failed, the phase and the finding say
// so, and by whose dealing.
func TestFailedCeremony(t *testing.T) {
	for name, entries := range map[string]func(*forger) [][]byte{
		"a wrong share":          func(f *forger) [][]byte { return [][]byte{f.complaint(1, 2), f.disclosure(2, 1, another)} },
		"complaints of a quorum": func(f *forger) [][]byte { return [][]byte{f.complaint(0, 2), f.complaint(1, 2), f.complaint(3, 2)} },
	} {
		f := good().forger()
		beforeBranches(f)
		cut[*record.Confirmation](f)
		f.logs[hq] = append(f.logs[hq], entries(f)...)
		r, _ := verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect})
		c, finding, _ := r.First()
		want := "the key ceremony failed by the dealing of trustee " + f.def.Trustees[2].ID
		if r.Status != report.Refuted || r.Phase != report.PhaseFailed || c.ID != "V015" || !strings.Contains(finding.Text, want) {
			t.Errorf("%s: status %s, phase %s: %s", name, r.Status, r.Phase, found(r))
		}
	}
}

// TestComplaintOrder compares what verify says of any sequence of complaints,
// answers, confirmations and keys with a model of the rules (R21, A17 to A19).
func TestComplaintOrder(t *testing.T) {
	l := good()
	facts := &source.Facts{}
	verified := 0
	rapid.Check(t, func(t *rapid.T) {
		f := l.forger()
		beforeBranches(f)
		key := f.logs[hq][indices[*record.ElectionKey](f, hq)[0]]
		var confirmations [][]byte
		for _, i := range indices[*record.Confirmation](f, hq) {
			confirmations = append(confirmations, f.logs[hq][i])
		}
		cut[*record.Confirmation](f)

		const none, open, settled = 0, 1, 2
		n := len(f.def.Trustees)
		state := map[[2]int]int{} // of the complaint of a trustee about a dealer
		confirmed, published, sound := map[int]bool{}, false, true
		waits := func(trustee int) bool { // has an open complaint
			for d := range n {
				if state[[2]int{trustee, d}] == open {
					return true
				}
			}
			return false
		}
		lawful := rapid.Bool().Draw(t, "lawful") // leave out what the rules refuse
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			i, d := rapid.IntRange(0, n-1).Draw(t, "trustee"), rapid.IntRange(0, n-1).Draw(t, "dealer")
			pair := [2]int{i, d}
			var ok bool
			var e []byte
			var do func()
			switch rapid.SampledFrom([]string{"complain", "disclose", "wrong share", "confirm", "confirm", "key"}).Draw(t, "step") {
			case "complain":
				against := 0
				for k := range n {
					if state[[2]int{k, d}] != none {
						against++
					}
				}
				ok = i != d && state[pair] == none && !confirmed[i] && !published && against+1 < f.def.Quorum
				e, do = f.complaint(i, d), func() { state[pair] = open }
			case "disclose":
				ok = state[pair] == open
				e, do = f.disclosure(d, i, nil), func() { state[pair] = settled }
			case "wrong share":
				e, do = f.disclosure(d, i, another), func() {}
			case "confirm":
				ok = !confirmed[i] && !waits(i)
				e, do = confirmations[i], func() { confirmed[i] = true }
			case "key":
				ok = !published && len(confirmed) == n
				e, do = key, func() { published = true }
			}
			if ok || !lawful {
				sound = sound && ok
				f.logs[hq] = append(f.logs[hq], e)
				do()
			}
		}
		if lawful { // to the end
			for pair, s := range state {
				if s == open {
					f.logs[hq] = append(f.logs[hq], f.disclosure(pair[1], pair[0], nil))
				}
			}
			for i := range n {
				if !confirmed[i] {
					f.logs[hq] = append(f.logs[hq], confirmations[i])
				}
			}
			if !published {
				f.logs[hq] = append(f.logs[hq], key)
			}
			published = true
		}
		r, view := verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect, Facts: facts})
		if sound != (r.Status == report.Verified) || sound && (published != (r.Phase == report.PhaseReady) || published != (view.Key() != nil)) {
			t.Fatalf("the model says sound %v, published %v; the record is %s in phase %s: %s", sound, published, r.Status, r.Phase, found(r))
		}
		if sound && len(state) > 0 {
			verified++
		}
	})
	t.Logf("%d sequences with complaints are sound", verified)
	if verified == 0 {
		t.Error("no sequence with complaints is sound")
	}
}

// TestComplaintGap takes a complaint or its answer away with the bundle that it is
// in (B14): what rests on it is missing, and nothing is called wrong.
func TestComplaintGap(t *testing.T) {
	for bundle, what := range []string{"the complaint", "the disclosure"} {
		f := good().forger()
		n := 0
		spare := func(count int) (out [][]byte) {
			for range count {
				n++
				id := fmt.Sprintf("spare%d", n)
				out = append(out, f.sign(hq, &record.Grant{Office: "hq", What: record.GrantDevice, ID: id, Branch: "101",
					Key: f.keys.Signing("device/" + id).Public().(ed25519.PublicKey)}, "office/hq"))
			}
			return out
		}
		f.dealt(slices.Concat([][]byte{f.complaint(1, 2)}, spare(300), [][]byte{f.disclosure(2, 1, nil)}, spare(250))...)
		files := f.publish()
		if r, _ := verify.Record(context.Background(), files, verify.Options{Election: &f.expect}); r.Status != report.Verified {
			t.Fatalf("the record is %s: %s", r.Status, found(r))
		}
		delete(files, hq+"/"+board.BundlePath(uint64(bundle), board.Width))
		r, _ := verify.Record(context.Background(), files, verify.Options{Election: &f.expect})
		if c, _ := r.Check("V009"); r.Status != report.Unknown || c.State != report.Missing {
			t.Errorf("without %s the record is %s, V009 %s: %s", what, r.Status, c.State, found(r))
		}
	}
}

func another([]byte) []byte { return group.NewScalar(7).Bytes() }

// TestComplaints: complaints and answers that must not be, with every key stolen.
func TestComplaints(t *testing.T) { complaints().try(t) }

func complaints() table {
	// until cuts the record before the confirmations, and published before the
	// grants.
	until := func(f *forger) { beforeBranches(f); cut[*record.Confirmation](f) }
	published := func(f *forger) { beforeBranches(f); cut[*record.Grant](f) }
	add := func(f *forger, entries ...[]byte) where {
		f.logs[hq] = append(f.logs[hq], entries...)
		return entry(hq, len(f.logs[hq])-1)
	}
	return table{good, []row{
		{"A14 a complaint before all have dealt", "V009", "", func(f *forger) where {
			until(f)
			c := f.complaint(1, 2)
			f.remove(hq, indices[*record.Dealing](f, hq)[4])
			return add(f, c)
		}},
		{"A14 a complaint after the key", "V009", "", func(f *forger) where {
			published(f)
			return add(f, f.complaint(1, 2))
		}},
		{"A14 a trustee complains after it confirmed", "V009", "", func(f *forger) where {
			beforeBranches(f)
			cut[*record.ElectionKey](f)
			return add(f, f.complaint(1, 2))
		}},
		{"A14 a trustee complains twice of one dealing", "V009", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.complaint(1, 2))
		}},
		{"A14 a trustee complains again of what is settled", "V009", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, nil), f.complaint(1, 2))
		}},
		{"A14 a trustee complains of itself", "V009", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 1))
		}},
		{"A14 a complaint of nobody", "V009", "", func(f *forger) where {
			until(f)
			id := f.def.Trustees[1].ID
			return add(f, f.sign(hq, &record.Complaint{Trustee: id, Dealer: "t9"}, "trustee/"+id))
		}},
		{"A14 a complaint in the name of another", "V008", "", func(f *forger) where {
			until(f)
			t := f.def.Trustees
			return add(f, f.sign(hq, &record.Complaint{Trustee: t[1].ID, Dealer: t[2].ID}, "trustee/"+t[3].ID))
		}},

		{"A14 a share is disclosed of which nobody complained", "V009", "", func(f *forger) where {
			until(f)
			return add(f, f.disclosure(2, 1, nil))
		}},
		{"A14 a share is disclosed before the complaint of it", "V009", "", func(f *forger) where {
			until(f)
			at := add(f, f.disclosure(2, 1, nil))
			add(f, f.complaint(1, 2))
			return at
		}},
		{"A14 a share is disclosed of which another complained", "V009", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 3, nil))
		}},
		{"A14 a dealer answers twice", "V009", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, nil), f.disclosure(2, 1, nil))
		}},
		{"A14 a dealer corrects its answer", "V015 V009", "", func(f *forger) where {
			until(f)
			at := add(f, f.complaint(1, 2), f.disclosure(2, 1, another))
			add(f, f.disclosure(2, 1, nil))
			return at
		}},
		{"A14 a share is disclosed in the name of another dealer", "V008", "", func(f *forger) where {
			until(f)
			t := f.def.Trustees
			return add(f, f.complaint(1, 2), f.sign(hq,
				&record.Disclosure{Dealer: t[2].ID, Trustee: t[1].ID, Share: f.sent(2, 1).Bytes()}, "trustee/"+t[3].ID))
		}},

		{"A14 a dealer discloses another share", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, another))
		}},
		{"A14 a dealer discloses the share of another trustee", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, func([]byte) []byte { return f.sent(2, 3).Bytes() }))
		}},
		{"A14 a dealer discloses the share of another dealing", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, func([]byte) []byte { return f.sent(3, 1).Bytes() }))
		}},
		{"A14 a dealer discloses nothing", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, func([]byte) []byte { return nil }))
		}},
		{"A06 a disclosed share in another spelling", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, func(s []byte) []byte { return append([]byte{0}, s...) }))
		}},
		{"A06 a disclosed share is no scalar", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(1, 2), f.disclosure(2, 1, func([]byte) []byte { return slices.Repeat([]byte{0xff}, 32) }))
		}},

		{"A14 a trustee confirms while its complaint is open", "V009", "", func(f *forger) where {
			beforeBranches(f)
			cut[*record.ElectionKey](f)
			f.dealt(f.complaint(1, 2))
			return entry(hq, indices[*record.Confirmation](f, hq)[1])
		}},
		{"A14 the key is published while a complaint is open", "V009", "", func(f *forger) where {
			published(f)
			f.dealt(f.complaint(1, 2))
			f.remove(hq, indices[*record.Confirmation](f, hq)[1])
			return entry(hq, indices[*record.ElectionKey](f, hq)[0])
		}},
		{"A14 a share is wrong, and all confirm and publish a key", "V015", "", func(f *forger) where {
			published(f)
			f.dealt(f.complaint(1, 2), f.disclosure(2, 1, another))
			return entry(hq, indices[*record.ElectionKey](f, hq)[0])
		}},
		{"A14 a quorum complains of one dealing", "V015", "", func(f *forger) where {
			until(f)
			return add(f, f.complaint(0, 2), f.complaint(1, 2), f.complaint(3, 2))
		}},
		{"A14 a quorum complains of one dealing, which is then in the open, and a key is published", "V015", "", func(f *forger) where {
			published(f)
			f.dealt(f.complaint(0, 2), f.disclosure(2, 0, nil), f.complaint(1, 2), f.disclosure(2, 1, nil), f.complaint(3, 2), f.disclosure(2, 3, nil))
			return entry(hq, indices[*record.ElectionKey](f, hq)[0])
		}},
		{"A14 a share is wrong, and the election is held", "V015 V013 V032 V033 V037 V040", "", func(f *forger) where {
			return entry(hq, f.dealt(f.complaint(1, 2), f.disclosure(2, 1, another))+1)
		}},
	}}
}
