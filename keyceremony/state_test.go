package keyceremony_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/verify"
)

// anew returns a trustee as it begins after a break, with what it kept.
func (o *office) anew(i int, state []byte) (*keyceremony.Trustee, error) {
	o.t.Helper()
	def := o.e.Definition
	id := def.Trustees[i].ID
	x, err := keyceremony.New(def, id, o.e.Keys.Signing("trustee/"+id), o.e.Keys.Share(id))
	if err != nil {
		o.t.Fatal(err)
	}
	return x, x.Resume(state)
}

// TestResume: each step, taken again by a trustee that has nothing but what
// State returned before, gives the same entry to the byte.
func TestResume(t *testing.T) {
	o := newOffice(t)
	if o.trustees[0].State() != nil {
		t.Error("there is a state before there is a dealing")
	}
	for _, step := range []func(*keyceremony.Trustee, *verify.View) ([]byte, error){
		(*keyceremony.Trustee).Commit, (*keyceremony.Trustee).Deal,
	} {
		v := o.view()
		first, err := step(o.trustees[0], v)
		if err != nil {
			t.Fatal(err)
		}
		x, err := o.anew(0, o.trustees[0].State())
		if err != nil {
			t.Fatal(err)
		}
		if again, err := step(x, v); err != nil || !bytes.Equal(first, again) {
			t.Errorf("after a break the entry is %x (%v), it was %x", again, err, first)
		}
		if !bytes.Equal(x.State(), o.trustees[0].State()) {
			t.Error("the state changed on its way")
		}
		o.trustees[0] = x
		o.all(step, nil)
	}
	// Confirm needs no dealing, and gives the same again too.
	v := o.view()
	x, err := o.anew(0, o.trustees[0].State())
	if err != nil {
		t.Fatal(err)
	}
	first, err := x.Confirm(v)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := x.Confirm(v); err != nil || !bytes.Equal(first, again) {
		t.Errorf("confirmed again it is %x (%v), it was %x", again, err, first)
	}

	// What was kept is of this trustee, election and quorum alone.
	state := o.trustees[0].State()
	if _, err := o.anew(1, state); err == nil {
		t.Error("a trustee goes on with the dealing of another")
	}
	if _, err := newOffice(t).anew(0, state); err == nil {
		t.Error("a trustee goes on with the dealing of another election")
	}
	for i := range state {
		bad := bytes.Clone(state)
		bad[i] ^= 1
		if _, err := o.anew(0, bad); err == nil {
			t.Errorf("byte %d of the state can be changed", i)
		}
	}
	for _, n := range []int{0, 1, 25, 100, 185, len(state) - 1} {
		if _, err := o.anew(0, state[:n]); err == nil {
			t.Errorf("%d bytes are a state", n)
		}
	}
}

func TestHold(t *testing.T) {
	o := newOffice(t)
	o.all((*keyceremony.Trustee).Commit, nil)
	secret, err := threshold.CombineShares([]group.Scalar{group.NewScalar(7)})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.trustees[0].Hold(o.view(), secret); err == nil {
		t.Error("a share is held before there are dealings")
	}
	o.all((*keyceremony.Trustee).Deal, nil)
	o.all((*keyceremony.Trustee).Confirm, nil)
	e, err := keyceremony.Publish(o.view(), o.e.Keys.Signer("office/hq"))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.hq.Append(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	v := o.view()
	own, err := threshold.DecodeSecret(o.trustees[0].Secret().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	def := o.e.Definition
	x, err := keyceremony.New(def, "t1", o.e.Keys.Signing("trustee/t1"), o.e.Keys.Share("t1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []*threshold.Secret{secret, o.trustees[1].Secret()} {
		if err := x.Hold(v, wrong); !errors.Is(err, keyceremony.ErrOtherShare) || x.Secret() != nil {
			t.Errorf("another share: %v", err)
		}
	}
	if err := x.Hold(v, own); err != nil || x.Secret() != own {
		t.Errorf("its own share: %v", err)
	}
}
