package tamper_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/decrypt"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/demo"
	office "github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/keyceremony"
	"github.com/sandogh/sandogh/mix"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// said returns what a value becomes under every verb, logged and marshalled,
// itself, in a slice and in a struct. An unexported field is printed without
// the methods of its value: for that, who has one hides itself, see
// TestSecretTypesAreRedacted.
func said(t *testing.T, v any) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, v := range []any{v, []any{v}, struct{ Secret any }{v}, map[string]any{"secret": v}} {
		for _, verb := range "vsdxXqbote" {
			for _, flag := range []string{"", "+", "#", " ", "0"} {
				fmt.Fprintf(&out, "%"+flag+string(verb)+"\n", v)
			}
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("said", "what", v)
		}
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	return out.Bytes()
}

// voted is a ballot with selections that can be told from chance.
var voted = []int{3, 5, 6, 17, 22, 24, 31, 33, 39}

// TestSecretsPrintAsNothing formats every type that holds a secret.
func TestSecretsPrintAsNothing(t *testing.T) {
	p := tapped(t)
	ctx := t.Context()
	e := wide(func(int, int) []int { return voted })
	style := must(e.Definition.StyleOf("101"))
	key := elgamal.NewKey(group.BaseMul(group.RandomScalar()))
	device := must(encrypt.New(e.Definition, key, "101", "b1-device1", e.Keys.Signing("device/b1-device1"), 3, []byte("dice")))
	vote := []ballot.Selections{{Contest: contest, Codes: voted}}
	must(device.Seal(must(ballot.New(style, vote))))

	dealing := must(threshold.Deal(1, 1))
	secret := must(threshold.CombineShares([]group.Scalar{dealing.Share(1)}))
	slots := append(slices.Clone(voted), 0, 0, 0)
	var seed [32]byte
	copy(seed[:], secret.Bytes())
	sealed := must(zkp.SealSlots([]byte("tag"), key, 40, 12, slots, seed))
	scalars := func(n int) (out []group.Scalar) {
		for range n {
			out = append(out, group.RandomScalar())
		}
		return out
	}
	slot := &zkp.SlotWitness{Codes: voted, R: scalars(12), Alpha: group.RandomScalar(), Rho: group.RandomScalar(), SL: scalars(2), SR: scalars(2)}
	trustee := must(keyceremony.New(e.Definition, "t1", e.Keys.Signing("trustee/t1"), e.Keys.Share("t1")))

	noLog := func(string) (ed25519.PublicKey, bool) { return nil, false }
	w := must(witness.New(t.TempDir(), "witness.example", e.Keys.Signing("witness/1"), noLog, time.Now))
	defer w.Close()
	signer := must(sequencer.NewSigner("origin", e.Keys.Signing("log/hq")))
	branch := station.Config{Dir: t.TempDir(), Definition: e.Definition, Branch: "101", LogKey: e.Keys.Signing("log/branch/101")}
	s := must(station.New(ctx, branch))
	defer s.Shut(ctx)
	headquarters := office.Config{Private: t.TempDir(), Record: t.TempDir(), Definition: e.Definition, LogKey: e.Keys.Signing("log/hq"), Office: e.Keys.Signer("office/hq")}
	h := must(office.Open(ctx, headquarters))
	defer h.Close(ctx)

	c := p.canaries()
	for _, name := range []string{"device/b1-device1", "trustee/t1", "witness/1", "log/hq", "log/branch/101", "officer/a", "office/hq"} {
		c.add("signing key", e.Keys.Signing(name).Seed())
	}
	c.add("key for shares", e.Keys.Share("t1").Bytes())
	c.add("share", secret.Bytes())
	c.addSelections(voted, []string{"103", "105", "106", "117", "122", "124", "131", "133", "139"})

	for name, v := range map[string]any{
		"group.Scalar": group.RandomScalar(), "group.Scalar pointer": &slot.Alpha, "scalars": slot.R,
		"threshold.Dealing": dealing, "threshold.Dealing copy": *dealing, "threshold.Secret": secret, "threshold.Secret copy": *secret,
		"zkp.Sealed": sealed, "zkp.Sealed copy": *sealed, "zkp.SlotWitness": slot, "zkp.SlotWitness copy": *slot,
		"ballot.Ballot": must(ballot.New(style, vote)), "ballot.Ballot copy": *must(ballot.New(style, vote)), "ballot.Selections": vote[0],
		"encrypt.Device": device, "encrypt.Device copy": *device,
		"keyceremony.Trustee": trustee, "keyceremony.Trustee copy": *trustee,
		"record.Signer": e.Keys.Signer("office/hq"), "sequencer signer": signer, "witness.Witness": w,
		"simulate.Keys": e.Keys, "simulate.Keys copy": *e.Keys, "simulate.Election": e,
		"hq.Config": headquarters, "hq.HQ": h, "station.Config": branch, "station.Station": s,
	} {
		out := said(t, v)
		if found := c.find(out); found != "" {
			t.Errorf("%s prints a secret (%s): %.300s", name, found, out)
		}
	}
	// The search finds what is not redacted.
	if c.find(said(t, e.Keys.Signing("office/hq"))) == "" || c.find(said(t, voted)) == "" {
		t.Error("a key and selections as they are were not found")
	}
}

// secretType matches the types of fields that make the type around them one
// that must not print them. A pointer in a field is printed as an address.
var secretType = regexp.MustCompile(`(?:^|[^*\w])(?:(ed25519|ecdh|hpke|rsa|ecdsa)\.PrivateKey\b|age\.(X25519|Hybrid)Identity\b|record\.Signer\b|threshold\.(Secret|Dealing)\b|simulate\.Keys\b|ballot\.(Ballot|Selections)\b|encrypt\.Device\b|keyceremony\.Trustee\b)`)

// transient are types that never leave the function that makes them.
var transient = map[string]string{
	"internal/rehearsal.seat": "in a Rehearsal, which is redacted",
}

// TestSecretTypesAreRedacted reads the source: every struct with a field that
// holds a key, a share or selections has the three methods that hide it.
func TestSecretTypesAreRedacted(t *testing.T) {
	methods := map[string]map[string]bool{} // of a type
	holds := map[string]string{}
	embeds := map[string][]string{}
	succeed(filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
		if strings.HasPrefix(pkg, "cmd/") { // what a command holds, no other code can print
			return nil
		}
		ast.Inspect(must(parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv != nil {
					name := pkg + "." + strings.TrimPrefix(types.ExprString(n.Recv.List[0].Type), "*")
					if methods[name] == nil {
						methods[name] = map[string]bool{}
					}
					methods[name][n.Name.Name] = true
				}
			case *ast.TypeSpec:
				s, ok := n.Type.(*ast.StructType)
				if !ok {
					return true
				}
				for _, field := range s.Fields.List {
					f := types.ExprString(field.Type)
					if _, isFunc := field.Type.(*ast.FuncType); !isFunc && secretType.MatchString(f) {
						holds[pkg+"."+n.Name.Name] = f
					}
					if len(field.Names) == 0 {
						embeds[pkg+"."+n.Name.Name] = append(embeds[pkg+"."+n.Name.Name], pkg+"."+f)
					}
				}
			}
			return true
		})
		return nil
	}))
	for name, field := range holds {
		if transient[name] != "" {
			continue
		}
		for _, m := range []string{"Format", "LogValue", "MarshalJSON"} {
			has := func(n string) bool { return methods[n][m] }
			if !has(name) && !slices.ContainsFunc(embeds[name], has) {
				t.Errorf("%s holds a %s and has no method %s", name, field, m)
			}
		}
	}
	if len(holds) < 8 {
		t.Errorf("only %d types hold a secret: %v", len(holds), holds)
	}
	for name := range transient {
		if holds[name] == "" {
			t.Errorf("%s holds no secret any more: take it off the list", name)
		}
	}
}

// TestErrorsTellNoSecret makes calls fail that have a secret in hand.
func TestErrorsTellNoSecret(t *testing.T) {
	p := tapped(t)
	l := good()
	_, view := verify.Record(context.Background(), l.files, verify.Options{Election: &l.id})
	wideStyle := must(wide(func(int, int) []int { return voted }).Definition.StyleOf("101"))
	device := must(encrypt.New(l.def, l.key, "101", "b1-device1", l.keys.Signing("device/b1-device1"), 2, nil))
	trustee := func() *keyceremony.Trustee {
		return must(keyceremony.New(l.def, "t1", l.keys.Signing("trustee/t1"), l.keys.Share("t1")))
	}
	share := l.secrets[0].Bytes()
	long := append(slices.Clone(share), 7)
	big := slices.Repeat([]byte{0xff}, 32)
	rows := []elgamal.Ciphertext{l.key.Encrypt(group.NewScalar(1), group.RandomScalar())}
	down := slices.Clone(voted)
	slices.Reverse(down)
	choose := func(codes ...int) error {
		_, err := ballot.New(wideStyle, []ballot.Selections{{Contest: contest, Codes: codes}})
		return err
	}
	seal := func(slots ...int) error {
		_, err := zkp.SealSlots([]byte("tag"), l.key, 40, 12, slots, [32]byte(share))
		return err
	}
	fails := func(_ any, err error) error { return err }
	calls := map[string]error{
		"more than may be chosen":      choose(append(slices.Clone(voted), 10, 11, 12, 13)...),
		"a code that is not there":     choose(append(slices.Clone(voted), 41)...),
		"a code twice":                 choose(append(slices.Clone(voted), 5)...),
		"another contest":              fails(ballot.New(wideStyle, []ballot.Selections{{Contest: "x", Codes: voted}})),
		"sealing too few slots":        seal(voted...),
		"sealing descending":           seal(append(down, 0, 0, 0)...),
		"proving another shape":        fails(zkp.ProveSlots(&zkp.SlotStatement{Tag: []byte("t"), Key: l.key.Element(), N: 40, K: 1, Rows: rows}, &zkp.SlotWitness{Codes: voted})),
		"a ballot of another election": fails(device.Seal(must(ballot.New(wideStyle, []ballot.Selections{{Contest: contest, Codes: voted}})))),
		"an ending without a ballot":   fails(device.Challenge(1)),
		"no such branch":               fails(encrypt.New(l.def, l.key, "x", "d", l.keys.Signing("device/d"), 2, share)),
		"no such device id":            fails(encrypt.New(l.def, l.key, "101", "d d", l.keys.Signing("device/d"), 2, share)),
		"another trustee's key":        fails(keyceremony.New(l.def, "t1", l.keys.Signing("trustee/t2"), l.keys.Share("t1"))),
		"another key for shares":       fails(keyceremony.New(l.def, "t1", l.keys.Signing("trustee/t1"), l.keys.Share("t2"))),
		"no such trustee":              fails(keyceremony.New(l.def, "t9", l.keys.Signing("trustee/t1"), l.keys.Share("t1"))),
		"dealing before fixing":        fails(trustee().Deal(view)),
		"opening a second time":        fails(decrypt.Unit(view, contest, "101", "t1", l.secrets[0], l.keys.Signer("trustee/t1"))),
		"opening an unknown unit":      fails(decrypt.Unit(view, contest, "x", "t1", l.secrets[0], l.keys.Signer("trustee/t1"))),
		"mixing out of turn":           fails(mix.Unit(view, contest, "101", "m1", l.keys.Signer("mixer/m1"))),
		"a share with a byte more":     fails(threshold.DecodeSecret(long)),
		"a share above the order":      fails(threshold.DecodeSecret(big)),
		"a scalar with a byte more":    fails(group.DecodeScalar(long)),
		"a scalar as an element":       fails(group.DecodeElement(share)),
		"a scalar as elements":         fails(group.DecodeElements(slices.Repeat(share, 2), 2)),
		"partials of other rows":       fails(l.secrets[0].Prove([]byte("t"), rows, nil)),
		"a proof of another relation":  fails(zkp.ProveEqual([]byte("t"), must(group.DecodeScalar(share)), l.key.Element(), 0, nil)),
		"half a signing key":           fails(sequencer.NewSigner("origin", l.keys.Signing("office/hq")[:32])),
		"half a witness's key":         fails(witness.New(t.TempDir(), "w", l.keys.Signing("office/hq")[:32], nil, nil)),
		"a witness's name":             fails(witness.New(t.TempDir(), "w w", l.keys.Signing("office/hq"), nil, nil)),
		"a key as an entry":            fails(record.Decode(l.keys.Signing("office/hq"))),
		"a share as an entry":          fails(record.Decode(share)),
	}
	c := p.canaries()
	l2 := &stolen{l, nil}
	l2.keysTo(c)
	l2.sharesTo(c)
	c.addSelections(voted, []string{"103", "105", "106", "117", "122", "124", "131", "133", "139"})
	c.addSelections(down, []string{"139", "133", "131", "124", "122", "117", "106", "105", "103"})
	for name, err := range calls {
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if found := c.find(fmt.Appendf(nil, "%v\n%+v\n%#v\n%q", e, e, e, e)); found != "" {
				t.Errorf("%s tells %s: %v", name, found, e)
			}
		}
	}
}

// TestDemoTellsNoSecret: nor does a demo with all that it prints.
func TestDemoTellsNoSecret(t *testing.T) {
	p := tapped(t)
	dir := t.TempDir()
	statement := filepath.Join(dir, "s.csv")
	succeed(os.WriteFile(statement, []byte("precinct,active_voters,ballots,candidate,votes,undervotes,overvotes\n"+
		"1,20,8,Ada,7,2,1\n1,20,8,Bea,4,2,1\n1,20,8,Cid,1,2,1\n2/A,10,3,Ada,2,1,0\n2/A,10,3,Bea,2,1,0\n2/A,10,3,Cid,1,1,0\n"), 0o600))
	var told bytes.Buffer
	printed := overheard(t, func() {
		for _, persian := range []bool{false, true} {
			o := demo.Options{Dir: filepath.Join(dir, fmt.Sprint("e", persian)), Statement: statement, Seats: 2, Seed: 3, Lot: "1", Persian: persian,
				Tell: &told, JSON: &told, Progress: func(string, int, int) {}, Pause: func() {}}
			must(demo.Run(t.Context(), o))
		}
	})
	if told.Len() < 2000 {
		t.Errorf("only %d bytes were told", told.Len())
	}
	c := p.canaries()
	for name, data := range map[string][]byte{"told": told.Bytes(), "printed": printed} {
		if found := c.find(data); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
	succeed(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if found := c.find(must(os.ReadFile(path))); found != "" {
				t.Errorf("%s: %s", path, found)
			}
		}
		return err
	}))
}
