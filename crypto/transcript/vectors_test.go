package transcript_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/internal/shared"
)

// vectors reads a file of vectors/cfrg in the folder shared, which lies beside
// the module, or skips the test.
func vectors(t *testing.T, name string) []vector {
	t.Helper()
	b := shared.Read(t, "vectors", "cfrg", name)
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// An integer is a JSON integer or a hexadecimal string of any width.
type integer struct{ big.Int }

func (n *integer) UnmarshalJSON(b []byte) error {
	if _, ok := n.SetString(strings.Trim(string(b), `"`), 0); !ok {
		return errors.New("not an integer: " + string(b))
	}
	return nil
}

// A hexBytes is bytes in hexadecimal.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

type vector struct {
	Name, Function, Group, ByteOrder, Expected string

	SessionID           *hexBytes `json:"SessionId"`
	Tag                 *hexBytes
	Operations          []operation
	Input, Output, Narg hexBytes
	Modulus, Value      *integer
	Challenge           *integer
	ExtensionDegree     int
	Coordinates         []*integer

	NumVariables                int
	Witness                     []*integer
	ClaimedSum, FinalEvaluation *integer
}

type operation struct {
	Type   string
	Data   hexBytes
	Length int
}

// sponge starts where the vector says, and checks the session id of its tag.
func (v *vector) sponge(t *testing.T) *transcript.Sponge {
	t.Helper()
	if v.SessionID == nil {
		t.Fatal("no session id")
	}
	id := [32]byte(*v.SessionID)
	if v.Tag != nil && transcript.SessionID(*v.Tag) != id {
		t.Errorf("session id of tag %x is %x, want %x", *v.Tag, transcript.SessionID(*v.Tag), id)
	}
	return transcript.Init(id)
}

// operate returns all that the operations squeeze.
func (v *vector) operate(t *testing.T) []byte {
	t.Helper()
	s := v.sponge(t)
	var out []byte
	for _, op := range v.Operations {
		switch op.Type {
		case "absorb":
			s.Absorb(op.Data)
		case "squeeze":
			clone := s.Clone()
			got := s.Squeeze(op.Length)
			if again := clone.Squeeze(op.Length); !bytes.Equal(got, again) {
				t.Errorf("a clone squeezes %x, not %x", again, got)
			}
			out = append(out, got...)
		default:
			t.Fatalf("unknown operation %q", op.Type)
		}
	}
	return out
}

// reasons names the check that must refuse each bad vector.
var reasons = map[string]error{
	"deserialize_uint_reject_modulus":            errCanonical,
	"deserialize_uint_reject_short":              errShort,
	"deserialize_field_reject_second_coordinate": errCanonical,
	"deserialize_varlen_reject_truncated":        errShort,
	"deserialize_varlen_reject_overflow":         errShort,
	"sumcheck_reject_trailing_bytes":             errTrailing,
	"sumcheck_reject_noncanonical_coefficient":   errCanonical,
	"sumcheck_reject_round_identity":             errRound,
}

func equalBytes(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// equalScalar compares with a production scalar; the vector must be of its
// modulus, which is the one where −1 + 1 is 0.
func (v *vector) equalScalar(t *testing.T, got group.Scalar, want *integer) {
	t.Helper()
	q := new(big.Int).SetBytes(group.NewScalar(1).Neg().Bytes())
	if q.Add(q, big.NewInt(1)).Cmp(&v.Modulus.Int) != 0 {
		t.Fatalf("a vector of modulus %x, not of the group's order", &v.Modulus.Int)
	}
	equalBytes(t, got.Bytes(), want.FillBytes(make([]byte, 32)))
}

// run returns the error of a decoder or verifier.
func (v *vector) run(t *testing.T) error {
	t.Helper()
	switch v.Function {
	case "DuplexSponge":
		equalBytes(t, v.operate(t), v.Output)
	case "DeriveSessionID":
		id := transcript.SessionID(*v.Tag)
		equalBytes(t, id[:], v.Output)
		equalBytes(t, transcript.New(*v.Tag).Squeeze(8), transcript.Init(id).Squeeze(8))
	case "DecodeUint":
		input := []byte(v.Input)
		if v.Operations != nil {
			input = v.operate(t)
			equalBytes(t, input, v.Output)
			s := v.sponge(t)
			s.Absorb(v.Operations[0].Data)
			v.equalScalar(t, s.Scalar(), v.Challenge)
		}
		if len(input) != 48 {
			t.Fatalf("%d bytes to decode", len(input))
		}
		v.equalScalar(t, group.ReduceScalar(input), v.Challenge)
	case "SerializeVarLenString":
		b := transcript.AppendString(nil, v.Input)
		equalBytes(t, b, v.Output)
		s, rest, err := readString(append(b, "rest"...))
		if err != nil {
			return err
		}
		equalBytes(t, s, v.Input)
		equalBytes(t, rest, []byte("rest"))
	case "DeserializeVarLenString":
		_, _, err := readString(v.Input)
		return err
	case "SerializeUint":
		b := appendUint(nil, &v.Value.Int, &v.Modulus.Int)
		equalBytes(t, b, v.Output)
		x, rest, err := readUint(b, &v.Modulus.Int)
		if err != nil || x.Cmp(&v.Value.Int) != 0 || len(rest) != 0 {
			t.Errorf("read back %v, %d bytes left, %v", x, len(rest), err)
		}
	case "DeserializeUint":
		_, _, err := readUint(v.Input, &v.Modulus.Int)
		return err
	case "SerializeField":
		if v.Group != "P-256" || v.ByteOrder != "big-endian" {
			t.Fatalf("a vector of %s, %s", v.Group, v.ByteOrder)
		}
		s := group.NewScalar(v.Value.Uint64())
		v.equalScalar(t, s, v.Value)
		equalBytes(t, s.Bytes(), v.Output)
	case "DeserializeField":
		x, rest, err := readField(v.Input, &v.Modulus.Int, v.ExtensionDegree)
		if err != nil {
			return err
		}
		if len(rest) != 0 || len(x) != len(v.Coordinates) {
			t.Fatalf("%d coordinates, %d bytes left", len(x), len(rest))
		}
		for i := range x {
			if x[i].Cmp(&v.Coordinates[i].Int) != 0 {
				t.Errorf("coordinate %d: %x, want %x", i, x[i], &v.Coordinates[i].Int)
			}
		}
	case "Sumcheck":
		return v.sumcheck(t)
	default:
		t.Fatalf("unknown function %q", v.Function)
	}
	return nil
}

func (v *vector) sumcheck(t *testing.T) error {
	t.Helper()
	claim := sumcheck{&v.Modulus.Int, v.NumVariables, &v.ClaimedSum.Int}
	if v.Expected == "reject" {
		return claim.verify(v.sponge(t), v.Narg, new(big.Int))
	}
	var table []*big.Int
	for _, w := range v.Witness {
		table = append(table, &w.Int)
	}
	narg, final := claim.prove(v.sponge(t), table)
	equalBytes(t, narg, v.Narg)
	if final.Cmp(&v.FinalEvaluation.Int) != 0 {
		t.Errorf("final evaluation %x, want %x", final, &v.FinalEvaluation.Int)
	}
	if err := claim.verify(v.sponge(t), v.Narg, final.Add(final, big.NewInt(1))); !errors.Is(err, errFinal) {
		t.Errorf("another final evaluation: %v", err)
	}
	return claim.verify(v.sponge(t), v.Narg, &v.FinalEvaluation.Int)
}

func TestVectors(t *testing.T) {
	refused := 0
	for _, file := range []string{"fiatShamirShake128Vectors.json", "fiatShamirCodecVectors.json"} {
		all := vectors(t, file)
		if len(all) != 13 {
			t.Errorf("%s has %d vectors, not 13", file, len(all))
		}
		for _, v := range all {
			if v.Expected == "reject" {
				refused++
			}
			t.Run(v.Name, func(t *testing.T) {
				err := v.run(t)
				switch v.Expected {
				case "reject":
					if reason, ok := reasons[v.Name]; !ok || !errors.Is(err, reason) {
						t.Errorf("refused with %v, want %v", err, reason)
					}
				case "", "accept":
					if err != nil {
						t.Error(err)
					}
				default:
					t.Fatalf("unknown expectation %q", v.Expected)
				}
			})
		}
	}
	if refused != len(reasons) {
		t.Errorf("%d bad vectors, not %d", refused, len(reasons))
	}
}
