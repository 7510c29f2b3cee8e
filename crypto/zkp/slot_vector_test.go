package zkp_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
)

var updateSlot = flag.Bool("update", false, "write spec/vectors/slot.json anew")

// A slotVector is one sealing with every intermediate value; bytes are
// lower-case hexadecimal in their encodings.
type slotVector struct {
	Comment    string      `json:"comment"`
	N          int         `json:"n"`
	K          int         `json:"k"`
	B          int         `json:"b"`
	M          int         `json:"m"`
	Length     int         `json:"length"`
	Tag        string      `json:"tag"`
	Key        string      `json:"y"`
	Seed       string      `json:"seed"`
	Selections []int       `json:"selections"`
	Blanks     []int       `json:"blanks"`
	R          []string    `json:"r"`
	Rows       []string    `json:"rows"`
	Alpha      string      `json:"alpha"`
	Rho        string      `json:"rho"`
	SL         []string    `json:"sL"`
	SR         []string    `json:"sR"`
	Tau1       string      `json:"tau1"`
	Tau2       string      `json:"tau2"`
	A          string      `json:"A"`
	S          string      `json:"S"`
	Eta        string      `json:"eta"`
	Zeta       string      `json:"zeta"`
	T1         [2]string   `json:"T1"`
	T2         [2]string   `json:"T2"`
	X          string      `json:"x"`
	TauX       string      `json:"tauX"`
	Mu         string      `json:"mu"`
	T          string      `json:"t"`
	W          string      `json:"w"`
	Rounds     []slotRound `json:"rounds"`
	ALast      string      `json:"a"`
	BLast      string      `json:"b_"`
	Proof      string      `json:"proof"`
}

type slotRound struct {
	L string `json:"L"`
	R string `json:"R"`
	U string `json:"u"`
}

func refHexes[T interface{ Bytes() []byte }](xs ...T) (out []string) {
	for _, x := range xs {
		out = append(out, hex.EncodeToString(x.Bytes()))
	}
	return out
}

func vectorOf(tag []byte, y group.Element, n, k int, selections []int, seed [32]byte) *slotVector {
	ref := refSeal(tag, y, n, k, selections, seed)
	w, tr := ref.w, ref.trace
	v := &slotVector{
		Comment: "one sealing, spec/crypto-slot.md; hexadecimal; length is N; T1 and T2 are pairs; b_ is b'",
		N:       n, K: k, Selections: selections, Blanks: ref.blanks,
		Tag: hex.EncodeToString(tag), Seed: hex.EncodeToString(seed[:]), Proof: hex.EncodeToString(tr.proof),
		R: refHexes(w.r...), SL: refHexes(w.sL...), SR: refHexes(w.sR...),
		T1: [2]string(refHexes(tr.T1.A, tr.T1.B)), T2: [2]string(refHexes(tr.T2.A, tr.T2.B)),
	}
	v.B, v.M, v.Length, _ = zkp.SlotParams(n, k)
	for _, c := range ref.st.Rows {
		v.Rows = append(v.Rows, hex.EncodeToString(c.AppendBytes(nil)))
	}
	for _, e := range []struct {
		to   *string
		from interface{ Bytes() []byte }
	}{
		{&v.Key, y}, {&v.Alpha, w.alpha}, {&v.Rho, w.rho}, {&v.Tau1, w.tau1}, {&v.Tau2, w.tau2},
		{&v.A, tr.A}, {&v.S, tr.S}, {&v.Eta, tr.eta}, {&v.Zeta, tr.zeta}, {&v.X, tr.x},
		{&v.TauX, tr.tauX}, {&v.Mu, tr.mu}, {&v.T, tr.t}, {&v.W, tr.w}, {&v.ALast, tr.aLast}, {&v.BLast, tr.bLast},
	} {
		*e.to = hex.EncodeToString(e.from.Bytes())
	}
	for i := range tr.L {
		r := refHexes(tr.L[i], tr.R[i])
		v.Rounds = append(v.Rounds, slotRound{r[0], r[1], refHexes(tr.u[i])[0]})
	}
	return v
}

// The published vector is reproduced, every value by the reference and the
// results by the package.
func TestSlotVector(t *testing.T) {
	path := filepath.Join("..", "..", "spec", "vectors", "slot.json")
	tag := []byte("slot vector: 4 of 10")
	y := group.Hash("slot-vector-key", 0)
	seed := [32]byte([]byte("thirty-two bytes used as a seed."))
	got, err := json.MarshalIndent(vectorOf(tag, y, 10, 4, []int{3, 8, 0, 0}, seed), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *updateSlot {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, published) {
		t.Error("the reference does not reproduce spec/vectors/slot.json")
	}

	var v slotVector
	if err := json.Unmarshal(published, &v); err != nil {
		t.Fatal(err)
	}
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key, err := group.DecodeElement(unhex(v.Key))
	if err != nil {
		t.Fatal(err)
	}
	s, err := zkp.SealSlots(unhex(v.Tag), elgamal.NewKey(key), v.N, v.K, v.Selections, [32]byte(unhex(v.Seed)))
	if err != nil {
		t.Fatal(err)
	}
	var rows []byte
	for _, r := range v.Rows {
		rows = append(rows, unhex(r)...)
	}
	if !bytes.Equal(elgamal.Encode(s.Rows), rows) || !bytes.Equal(s.Proof, unhex(v.Proof)) {
		t.Error("sealing does not reproduce the rows and the proof")
	}
	if len(s.Blanks) != len(v.Blanks) || s.Blanks[0] != v.Blanks[0] || s.Blanks[1] != v.Blanks[1] {
		t.Errorf("blanks %v, not %v", s.Blanks, v.Blanks)
	}
	st := &zkp.SlotStatement{Tag: unhex(v.Tag), Key: key, N: v.N, K: v.K, Rows: s.Rows}
	if err := zkp.VerifySlots(st, unhex(v.Proof)); err != nil {
		t.Error(err)
	}
}
