package keyceremony_test

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/record"
)

// dealt returns an office whose trustees have dealt; the dealer, if it is not
// below zero, encrypted something else than its share to the victims.
func dealt(t *testing.T, bad []byte, dealer int, victims ...int) *office {
	t.Helper()
	o := newOffice(t)
	def := o.e.Definition
	o.all((*keyceremony.Trustee).Commit, nil)
	o.all((*keyceremony.Trustee).Deal, func(i int, entry []byte) []byte {
		if i != dealer {
			return entry
		}
		e, err := record.Decode(entry)
		if err != nil {
			t.Fatal(err)
		}
		d := e.Body.(*record.Dealing)
		for _, victim := range victims {
			key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(def.Trustees[victim].HPKEKey[:])
			if err != nil {
				t.Fatal(err)
			}
			d.Shares[victim], err = hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES128GCM(), record.ShareInfo(def.ID(), o.id(dealer), o.id(victim)), bad)
			if err != nil {
				t.Fatal(err)
			}
		}
		return o.sign(d, dealer)
	})
	return o
}

func (o *office) id(trustee int) string { return o.e.Definition.Trustees[trustee].ID }

func (o *office) sign(b record.Body, trustee int) []byte {
	o.t.Helper()
	e, err := record.Sign(o.e.Definition.ID(), record.HQ, b, o.e.Keys.Signer("trustee/"+o.id(trustee)))
	if err != nil {
		o.t.Fatal(err)
	}
	return e
}

// put appends what an act returned.
func (o *office) put(entry []byte, err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.hq.Append(context.Background(), entry); err != nil {
		o.t.Fatal(err)
	}
}

// refused fails unless an act was refused with an error that holds the text.
func refused(t *testing.T, what string, entry []byte, err error, text string) {
	t.Helper()
	if err == nil || entry != nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v, want %q", what, err, text)
	}
}

// A dealer that sends one trustee another share than it committed to is named
// by that trustee, and by no other.
func TestBadDealerIsNamed(t *testing.T) {
	for name, bad := range map[string][]byte{"another share": group.RandomScalar().Bytes(), "no scalar": make([]byte, 31)} {
		t.Run(name, func(t *testing.T) {
			const dealer, victim = 1, 3
			o := dealt(t, bad, dealer, victim)
			v := o.view()
			for i, x := range o.trustees {
				_, err := x.Confirm(v)
				var named *keyceremony.BadShareError
				switch {
				case i != victim && err != nil:
					t.Errorf("trustee %d: %v", i, err)
				case i == victim && (!errors.As(err, &named) || named.Dealer != o.id(dealer)):
					t.Errorf("the victim says: %v", err)
				}
			}
		})
	}
}

// TestComplaint: a dealer sent two trustees another share. They complain, the
// dealer discloses, and the ceremony has a key that any quorum opens with, the
// two among them. The dealer had confirmed before they complained.
func TestComplaint(t *testing.T) {
	const dealer = 1
	o := dealt(t, group.RandomScalar().Bytes(), dealer, 3, 4)
	o.put(o.trustees[dealer].Confirm(o.view()))

	o.put(o.trustees[3].Complain(o.view(), o.id(dealer)))
	o.put(o.trustees[4].Complain(o.view(), o.id(dealer)))
	v := o.view()
	e, err := o.trustees[3].Confirm(v)
	refused(t, "confirm before the answer", e, err, "has not answered")
	e, err = o.trustees[3].Complain(v, o.id(dealer))
	refused(t, "complain twice", e, err, "already")
	e, err = o.trustees[2].Disclose(v, o.id(3))
	refused(t, "disclose for another dealer", e, err, "has not complained")
	if err := o.trustees[dealer].Forget(v); err == nil {
		t.Error("the polynomial is erased while others can complain")
	}

	// The dealer answers one from memory, the other after a break.
	o.put(o.trustees[dealer].Disclose(v, o.id(3)))
	e, err = o.trustees[dealer].Disclose(o.view(), o.id(3))
	refused(t, "disclose twice", e, err, "is settled")
	again, err := o.anew(dealer, o.trustees[dealer].State())
	if err != nil {
		t.Fatal(err)
	}
	o.put(again.Disclose(o.view(), o.id(4)))
	v = o.view()
	for _, c := range v.Complaints() {
		if !c.Settled || c.Dealer != o.id(dealer) {
			t.Errorf("the complaint is %+v", c)
		}
	}

	for i, x := range o.trustees {
		if i != dealer {
			o.put(x.Confirm(v))
		}
	}
	e, err = o.trustees[3].Complain(o.view(), o.id(dealer))
	refused(t, "complain after confirming", e, err, "has confirmed")
	o.put(keyceremony.Publish(o.view(), o.e.Keys.Signer("office/hq")))
	v = o.view()
	if v.Key() == nil {
		t.Fatal("there is no key")
	}
	for _, x := range o.trustees {
		if err := x.Forget(v); err != nil || x.State() != nil {
			t.Errorf("trustee %s does not forget: %v", x.ID(), err)
		}
	}

	rows := []elgamal.Ciphertext{v.Key().Encrypt(group.NewScalar(5), group.RandomScalar())}
	for _, open := range [][]int{{3, 4, 0}, {1, 2, 3}} {
		var indices []int
		var partials [][]group.Element
		for _, i := range open {
			indices = append(indices, i+1)
			partials = append(partials, o.trustees[i].Secret().PartialDecrypt(rows))
		}
		combined, err := threshold.Combine(indices, partials)
		if err != nil {
			t.Fatal(err)
		}
		points, err := threshold.Open(rows, combined)
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := threshold.NewLogTable(9).Log(points[0]); !ok || m != 5 {
			t.Errorf("trustees at %d open to %d", open, m)
		}
	}
}

// TestFalseComplaint: a trustee does not make one; when one stands there
// nevertheless, the honest dealer settles it.
func TestFalseComplaint(t *testing.T) {
	const dealer, liar = 2, 0
	o := dealt(t, nil, -1)
	v := o.view()
	e, err := o.trustees[liar].Complain(v, o.id(dealer))
	refused(t, "complain of a good share", e, err, "nothing to complain of")
	e, err = o.trustees[liar].Complain(v, o.id(liar))
	refused(t, "complain of oneself", e, err, "its own")
	e, err = o.trustees[liar].Complain(v, "t9")
	refused(t, "complain of nobody", e, err, `no trustee "t9"`)
	e, err = o.trustees[dealer].Disclose(v, o.id(liar))
	refused(t, "disclose without a complaint", e, err, "has not complained")
	e, err = o.trustees[dealer].Disclose(v, "t9")
	refused(t, "disclose to nobody", e, err, `no trustee "t9"`)

	o.put(o.sign(&record.Complaint{Trustee: o.id(liar), Dealer: o.id(dealer)}, liar), nil)
	fresh, err := keyceremony.New(o.e.Definition, o.id(dealer), o.e.Keys.Signing("trustee/"+o.id(dealer)), o.e.Keys.Share(o.id(dealer)))
	if err != nil {
		t.Fatal(err)
	}
	e, err = fresh.Disclose(o.view(), o.id(liar))
	refused(t, "disclose without the dealing", e, err, "resume it")
	if _, err := fresh.Commit(o.view()); err != nil { // draws another one
		t.Fatal(err)
	}
	e, err = fresh.Disclose(o.view(), o.id(liar))
	refused(t, "disclose a share of another dealing", e, err, "not the one on the record")
	o.put(o.trustees[dealer].Disclose(o.view(), o.id(liar)))
	o.all((*keyceremony.Trustee).Confirm, nil)
	o.put(keyceremony.Publish(o.view(), o.e.Keys.Signer("office/hq")))
	if o.view().Key() == nil {
		t.Error("there is no key")
	}
}

// TestDealerFails: a dealer that discloses another share, or of which a quorum
// complains, ends the ceremony; one that does not answer holds it up.
func TestDealerFails(t *testing.T) {
	const dealer = 1
	t.Run("no answer", func(t *testing.T) {
		o := dealt(t, make([]byte, 32), dealer, 3)
		o.put(o.trustees[3].Complain(o.view(), o.id(dealer)))
		v := o.view()
		for i, x := range o.trustees {
			if i != 3 {
				o.put(x.Confirm(v))
			}
		}
		_, err := keyceremony.Publish(o.view(), o.e.Keys.Signer("office/hq"))
		refused(t, "publish", nil, err, "4 of 5 trustees")
	})
	for name, fail := range map[string]func(o *office){
		"a wrong answer": func(o *office) {
			o.put(o.sign(&record.Disclosure{Dealer: o.id(dealer), Trustee: o.id(3), Share: group.RandomScalar().Bytes()}, dealer), nil)
		},
		"a quorum of complaints": func(o *office) {
			for _, i := range []int{0, 4} {
				o.put(o.sign(&record.Complaint{Trustee: o.id(i), Dealer: o.id(dealer)}, i), nil)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := dealt(t, make([]byte, 32), dealer, 3)
			o.put(o.trustees[3].Complain(o.view(), o.id(dealer)))
			fail(o)
			_, v, err := o.hq.Verify(context.Background())
			if want := "failed by the dealing of trustee " + o.id(dealer); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the record says %v", err)
			}
			for _, act := range []func(*keyceremony.Trustee) ([]byte, error){
				func(x *keyceremony.Trustee) ([]byte, error) { return x.Confirm(v) },
				func(x *keyceremony.Trustee) ([]byte, error) { return x.Disclose(v, o.id(3)) },
				func(x *keyceremony.Trustee) ([]byte, error) { return x.Complain(v, o.id(dealer)) },
				func(*keyceremony.Trustee) ([]byte, error) {
					return keyceremony.Publish(v, o.e.Keys.Signer("office/hq"))
				},
			} {
				e, err := act(o.trustees[dealer])
				refused(t, "an act after that", e, err, "V015")
			}
		})
	}
}
