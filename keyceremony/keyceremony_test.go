package keyceremony_test

import (
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/verify"
)

// office is headquarters of a simulated election with five trustees.
type office struct {
	t        *testing.T
	e        *simulate.Election
	hq       *hq.HQ
	trustees []*keyceremony.Trustee
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t}
	var err error
	if o.e, err = simulate.Small(3); err != nil {
		t.Fatal(err)
	}
	def, dir, ctx := o.e.Definition, t.TempDir(), context.Background()
	w, err := witness.New(filepath.Join(dir, "witness"), def.Witnesses[0].Name, o.e.Keys.Signing("witness/1"),
		func(origin string) (ed25519.PublicKey, bool) { return def.HQLogKey.Ed25519(), origin == def.HQOrigin() }, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	o.hq, err = hq.Open(ctx, hq.Config{Private: filepath.Join(dir, "private"), Record: filepath.Join(dir, "record"), Definition: def,
		LogKey: o.e.Keys.Signing("log/hq"), Office: o.e.Keys.Signer("office/hq"), Witnesses: []sequencer.Cosigner{w}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.hq.Close(ctx) })
	for i := range def.Trustees {
		id := def.Trustees[i].ID
		x, err := keyceremony.New(def, id, o.e.Keys.Signing("trustee/"+id), o.e.Keys.Share(id))
		if err != nil {
			t.Fatal(err)
		}
		o.trustees = append(o.trustees, x)
	}
	return o
}

func (o *office) view() *verify.View {
	o.t.Helper()
	_, v, err := o.hq.Verify(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

// all lets every trustee take a step; change, if given, alters what one hands in.
func (o *office) all(step func(*keyceremony.Trustee, *verify.View) ([]byte, error), change func(i int, entry []byte) []byte) {
	o.t.Helper()
	v := o.view()
	for i, x := range o.trustees {
		e, err := step(x, v)
		if err != nil {
			o.t.Fatal(err)
		}
		if change != nil {
			e = change(i, e)
		}
		if err := o.hq.Append(context.Background(), e); err != nil {
			o.t.Fatal(err)
		}
	}
}

func TestCeremony(t *testing.T) {
	o := newOffice(t)
	if _, err := o.trustees[0].Deal(o.view()); err == nil {
		t.Error("a dealing is shown before it was fixed")
	}
	o.all((*keyceremony.Trustee).Commit, nil)
	if _, err := o.trustees[0].Confirm(o.view()); err == nil {
		t.Error("the key is confirmed before all have dealt")
	}
	o.all((*keyceremony.Trustee).Deal, nil)
	if _, err := keyceremony.Publish(o.view(), o.e.Keys.Signer("office/hq")); err == nil {
		t.Error("the key is published before it is confirmed")
	}
	o.all((*keyceremony.Trustee).Confirm, nil)
	e, err := keyceremony.Publish(o.view(), o.e.Keys.Signer("office/hq"))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.hq.Append(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	if v := o.view(); v.Key() == nil {
		t.Error("there is no key")
	}
}

func TestNewRefusesForeignKeys(t *testing.T) {
	o := newOffice(t)
	def, k := o.e.Definition, o.e.Keys
	other, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyceremony.New(def, "t9", k.Signing("trustee/t1"), k.Share("t1")); err == nil {
		t.Error("a trustee that is not in the definition")
	}
	if _, err := keyceremony.New(def, "t1", k.Signing("trustee/t2"), k.Share("t1")); err == nil {
		t.Error("another trustee's signing key")
	}
	if _, err := keyceremony.New(def, "t1", k.Signing("trustee/t1"), other); err == nil {
		t.Error("a foreign key for shares")
	}
}

func TestTrusteeIsRedacted(t *testing.T) {
	x := newOffice(t).trustees[0]
	j, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(j), fmt.Sprintf("%v %+v %#v %d", x, *x, x, x)} {
		if !strings.Contains(text, "REDACTED") || len(text) > 200 {
			t.Errorf("prints as %s", text)
		}
	}
}
