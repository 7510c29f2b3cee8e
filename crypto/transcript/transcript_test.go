package transcript_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// vectors reads a file of ../shared/vectors/cfrg, or skips.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "vectors", "cfrg", name))
	if err != nil {
		if os.Getenv("SANDOGH_REQUIRE_SHARED") == "1" {
			t.Fatal(err)
		}
		t.Skipf("vectors not present: %v", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

type vector struct {
	ID         string `json:"Id"`
	Function   string
	Group      string
	SessionID  string `json:"SessionId"`
	Tag        string
	Operations []struct {
		Type, Data string
		Length     int
	}
	Output          string
	Challenge       string
	Modulus         json.RawMessage
	Value           json.RawMessage
	Input           string
	ByteOrder       string
	Expected        string
	ClaimedSum      json.RawMessage
	FinalEvaluation json.RawMessage
	Narg            string
	NumVariables    int
	Witness         []int64
	ExtensionDegree int
	Coordinates     []json.RawMessage
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// integer reads a JSON integer or a hexadecimal string of any width.
func integer(t *testing.T, raw json.RawMessage) *big.Int {
	t.Helper()
	s := strings.Trim(string(raw), `"`)
	n, ok := new(big.Int).SetString(s, 0)
	if !ok {
		t.Fatalf("not an integer: %s", raw)
	}
	return n
}

func session(t *testing.T, v vector) *transcript.Sponge {
	t.Helper()
	if v.SessionID == "" {
		return transcript.New(unhex(t, v.Tag))
	}
	id := [32]byte(unhex(t, v.SessionID))
	if v.Tag != "" && transcript.SessionID(unhex(t, v.Tag)) != id {
		t.Errorf("session id of tag %s differs", v.Tag)
	}
	return transcript.Init(id)
}

func TestShake128Vectors(t *testing.T) {
	var all []vector
	vectors(t, "fiatShamirShake128Vectors.json", &all)
	ran := 0
	for _, v := range all {
		t.Run(v.ID, func(t *testing.T) {
			ran++
			switch v.Function {
			case "DuplexSponge":
				s := session(t, v)
				var out []byte
				for _, op := range v.Operations {
					switch op.Type {
					case "absorb":
						s.Absorb(unhex(t, op.Data))
					case "squeeze":
						c := s.Clone()
						got := s.Squeeze(op.Length)
						if !bytes.Equal(got, c.Squeeze(op.Length)) {
							t.Error("a clone squeezes something else")
						}
						out = append(out, got...)
					default:
						t.Fatalf("unknown operation %q", op.Type)
					}
				}
				if v.Challenge != "" {
					got := s.Scalar()
					if want := integer(t, json.RawMessage(v.Challenge)); new(big.Int).SetBytes(got.Bytes()).Cmp(want) != 0 {
						t.Errorf("challenge %x, want %x", got.Bytes(), want)
					}
				}
				if hex.EncodeToString(out) != v.Output && v.Output != "" {
					t.Errorf("output %x, want %s", out, v.Output)
				}
			default:
				if err := other(t, v); err != nil {
					t.Error(err)
				}
			}
		})
	}
	if ran == 0 {
		t.Fatal("the file holds no vectors")
	}
}

func other(t *testing.T, v vector) error {
	switch v.Function {
	case "DeriveSessionID":
		got := transcript.SessionID(unhex(t, v.Tag))
		if hex.EncodeToString(got[:]) != v.Output {
			return fmt.Errorf("session id %x, want %s", got, v.Output)
		}
		return nil
	}
	return fmt.Errorf("unknown function %q", v.Function)
}

func TestAbsorbNothing(t *testing.T) {
	s := transcript.New([]byte("tag"))
	a := s.Squeeze(8)
	s.Absorb(nil)
	if slices.Equal(a, s.Squeeze(8)) {
		t.Error("absorbing nothing restarted the output")
	}
	s.Absorb([]byte("x"))
	b := s.Squeeze(8)
	if bytes.Equal(a, b) {
		t.Error("absorbing changed nothing")
	}
}

func TestAppendString(t *testing.T) {
	if got := transcript.AppendString(nil, []byte("proof")); hex.EncodeToString(got) != "0500000070726f6f66" {
		t.Errorf("%x", got)
	}
	var s group.Scalar
	_ = s
}
