package zkp_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/internal/shared"
)

// sharedVectors reads a file of vectors/cfrg in the folder shared, which lies
// beside the module, or skips the test.
func sharedVectors(t *testing.T, name string, into any) {
	t.Helper()
	b := shared.Read(t, "vectors", "cfrg", name)
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

type sigmaVector struct {
	ID         string `json:"Id"`
	Relation   string
	Flavor     string
	Tag        string
	SessionID  string `json:"SessionId"`
	Instance   string
	Witness    string
	NargString string
	Expected   string
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stream returns the scalars that the vectors were made from.
func stream(label string) func() group.Scalar {
	return transcript.New([]byte(label)).Scalar
}

const suite = "sigma-proofs_Shake128_P256"

func TestSigmaVectors(t *testing.T) {
	var all []sigmaVector
	sharedVectors(t, "sigma-proofs_Shake128_P256.json", &all)
	if len(all) != 14 {
		t.Fatalf("%d vectors, not 14", len(all))
	}
	for _, v := range all {
		t.Run(v.Relation+"/"+v.Flavor, func(t *testing.T) {
			if id := transcript.SessionID([]byte(v.Tag)); hex.EncodeToString(id[:]) != v.SessionID {
				t.Errorf("session id %x, want %s", id, v.SessionID)
			}
			encoded := unhex(t, v.Instance)
			in, err := zkp.DecodeInstance(encoded)
			if err != nil {
				t.Fatal(err)
			}
			rebuilt, witness := rebuild(t, v.Relation)
			if !bytes.Equal(in.Bytes(), encoded) || !bytes.Equal(rebuilt.Bytes(), encoded) {
				t.Errorf("the statement encodes to\n%x, rebuilt from its draws\n%x, want\n%x", in.Bytes(), rebuilt.Bytes(), encoded)
			}
			var secret []byte
			for _, w := range witness {
				secret = w.AppendBytes(secret)
			}
			if hex.EncodeToString(secret) != v.Witness {
				t.Fatalf("witness %x, want %s", secret, v.Witness)
			}
			prove, verify, short := zkp.ProveBatchableWith, zkp.VerifyBatchable, "DSFS"
			if v.Flavor == "compact" {
				prove, verify, short = zkp.ProveCompactWith, zkp.VerifyCompact, "CMPT"
			}
			tag := []byte(v.Relation + "-" + short + "-with-" + suite)
			if string(tag) != v.Tag {
				t.Errorf("tag %s, want %s", tag, v.Tag)
			}
			proof, err := prove(tag, in, witness, stream("TestDRNG-SIGMA-PROOFS-"+short+"-"+suite+"-"+v.Relation))
			if err != nil {
				t.Fatal(err)
			}
			if hex.EncodeToString(proof) != v.NargString {
				t.Errorf("proof\n%x, want\n%s", proof, v.NargString)
			}
			if err := verify(tag, in, unhex(t, v.NargString)); err != nil {
				t.Error(err)
			}
			if v.Flavor == "batchable" {
				var b group.Batch
				if err := zkp.AddBatchable(&b, tag, in, proof); err != nil || !b.Valid() {
					t.Errorf("the batch refuses it (%v)", err)
				}
			}
		})
	}
}

// plain returns an equation with coefficients 1; terms alternate scalar and
// element.
func plain(image []uint32, terms ...uint32) zkp.Equation {
	var eq zkp.Equation
	for _, el := range image {
		eq.Image = append(eq.Image, zkp.ImageTerm{Element: el, Coefficient: group.NewScalar(1)})
	}
	for i := 0; i < len(terms); i += 2 {
		eq.Terms = append(eq.Terms, zkp.Term{Scalar: terms[i], Element: terms[i+1], Coefficient: group.NewScalar(1)})
	}
	return eq
}

// rebuild makes the statement and witness of a relation from its draws.
func rebuild(t *testing.T, relation string) (*zkp.Instance, []group.Scalar) {
	t.Helper()
	draw := stream("TestDRNG-SIGMA-PROOFS-" + suite + "-" + relation)
	g := group.BaseMul
	var points []group.Element
	var equations []zkp.Equation
	var witness []group.Scalar
	switch relation {
	case "discrete_logarithm":
		x := draw()
		points, witness = []group.Element{g(x)}, []group.Scalar{x}
		equations = []zkp.Equation{plain([]uint32{1}, 0, 0)}
	case "dleq", "dleq_derived_element":
		h, x := draw(), draw()
		points, witness = []group.Element{g(x), g(h), g(h).Mul(x)}, []group.Scalar{x}
		equations = []zkp.Equation{plain([]uint32{1}, 0, 0), plain([]uint32{3}, 0, 2)}
	case "pedersen_commitment":
		h, m, r := draw(), draw(), draw()
		points, witness = []group.Element{g(h), g(m).Add(g(h).Mul(r))}, []group.Scalar{m, r}
		equations = []zkp.Equation{plain([]uint32{2}, 0, 0, 1, 1)}
	case "pedersen_commitment_dleq":
		g0, g1, g2, g3, x0, x1 := g(draw()), g(draw()), g(draw()), g(draw()), draw(), draw()
		points = []group.Element{g0, g1, g0.Mul(x0).Add(g1.Mul(x1)), g2, g3, g2.Mul(x0).Add(g3.Mul(x1))}
		witness = []group.Scalar{x0, x1}
		equations = []zkp.Equation{plain([]uint32{3}, 0, 1, 1, 2), plain([]uint32{6}, 0, 4, 1, 5)}
	case "bbs_blind_commitment_computation":
		q, j1, j2, j3 := g(draw()), g(draw()), g(draw()), g(draw())
		m1, m2, m3, b := draw(), draw(), draw(), draw()
		c := q.Mul(b).Add(j1.Mul(m1)).Add(j2.Mul(m2)).Add(j3.Mul(m3))
		points, witness = []group.Element{q, j1, j2, j3, c}, []group.Scalar{b, m1, m2, m3}
		equations = []zkp.Equation{plain([]uint32{5}, 0, 1, 1, 2, 2, 3, 3, 4)}
	case "elgamal_decryption":
		x, e0, m := draw(), g(draw()), g(draw())
		points, witness = []group.Element{g(x), e0, e0.Mul(x).Sub(m), m}, []group.Scalar{x}
		equations = []zkp.Equation{plain([]uint32{1}, 0, 0), plain([]uint32{4, 3}, 0, 2)}
	default:
		t.Fatalf("unknown relation %q", relation)
	}
	in, err := zkp.NewInstance(points, equations...)
	if err != nil {
		t.Fatal(err)
	}
	return in, witness
}

// refusedAt names the check that must refuse each invalid record.
var refusedAt = map[string]string{
	"batchable/A1": "decode element", "batchable/A2": "decode element", "batchable/A2b": "decode element",
	"batchable/A3": "decode element", "batchable/A4": "decode element", "batchable/A6": "decode element",
	"batchable/B1": "decode scalar", "compact/B2": "decode scalar",
	"batchable/C1": "bytes", "batchable/C2": "bytes", "compact/C1": "bytes", "compact/C2": "bytes",
	"compact/D1":   "the commitment of equation 0 is the identity",
	"batchable/E1": "leave out", "batchable/E1b": "leave out",
	"batchable/E2":  "the image of equation",
	"batchable/E3":  "decode element",
	"batchable/E4":  "elements",
	"batchable/F1b": "equation 0 does not hold", "compact/F1b": "the challenge differs",
	"batchable/F2b": "equation 0 does not hold", "compact/F2b": "the challenge differs",
	"batchable/F3": "equation 0 does not hold", "compact/F3": "the challenge differs",
	"compact/F4": "the challenge differs", "batchable/F4b": "equation 0 does not hold",
	"batchable/H1": "equation 0 does not hold", "batchable/H2": "equation 0 does not hold",
	"compact/H3": "the challenge differs",
}

func TestSigmaInvalidVectors(t *testing.T) {
	var all []sigmaVector
	sharedVectors(t, "sigma-proofs-invalid_Shake128_P256.json", &all)
	if len(all) != 33 {
		t.Fatalf("%d vectors, not 33", len(all))
	}
	accepted := 0
	for _, v := range all {
		if v.Expected == "accept" {
			accepted++
		}
		name := strings.TrimPrefix(v.ID, "sigma-protocols/p256/discrete_logarithm/")
		t.Run(name, func(t *testing.T) {
			in, err := zkp.DecodeInstance(unhex(t, v.Instance))
			if err == nil {
				err = map[string]func([]byte, *zkp.Instance, []byte) error{
					"batchable": zkp.VerifyBatchable, "compact": zkp.VerifyCompact,
				}[v.Flavor]([]byte(v.Tag), in, unhex(t, v.NargString))
			}
			if in != nil && v.Flavor == "batchable" {
				var b group.Batch
				if added := zkp.AddBatchable(&b, []byte(v.Tag), in, unhex(t, v.NargString)); (added == nil && b.Valid()) != (err == nil) {
					t.Errorf("alone: %v; in a batch: %v, %v", err, added, b.Valid())
				}
			}
			switch {
			case v.Expected == "accept":
				if err != nil {
					t.Error(err)
				}
			case err == nil:
				t.Error("accepted")
			case refusedAt[name] == "" || !strings.Contains(err.Error(), refusedAt[name]):
				t.Errorf("refused with %q, want %q", err, refusedAt[name])
			}
		})
	}
	if accepted != 4 {
		t.Errorf("%d records to accept, not 4", accepted)
	}
}
