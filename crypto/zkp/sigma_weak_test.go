package zkp_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
)

// An equalProof is a statement of equal logarithms with a proof of it, and a
// transcript that leaves something out.
type equalProof struct {
	omit   string
	tag    []byte
	y      group.Element
	p, q   []group.Element
	t0, t1 group.Element
	s      group.Scalar
}

// equalHashed is everything that the proof of equal logarithms hashes: before
// the weights, and with them the combined relation before the challenge.
var equalHashed = []string{"tag", "n", "y", "p_j", "q_j", "relation", "y again", "P", "Q", "T_0", "T_1"}

// statement returns the sponge from which the weights are drawn.
func (e *equalProof) statement() *transcript.Sponge {
	tag := e.tag
	if e.omit == "tag" {
		tag = nil
	}
	s := transcript.New(tag)
	e.absorb(s, "n", binary.LittleEndian.AppendUint32(nil, uint32(len(e.p))))
	e.element(s, "y", e.y)
	for j := range e.p {
		e.element(s, "p_j", e.p[j])
		e.element(s, "q_j", e.q[j])
	}
	return s
}

func (e *equalProof) weights(s *transcript.Sponge) (w []group.Scalar) {
	for range e.p {
		w = append(w, group.ReduceScalar(s.Squeeze(16)))
	}
	return w
}

// weigh returns the sponge after the weights, and P and Q.
func (e *equalProof) weigh() (s *transcript.Sponge, P, Q group.Element) {
	s = e.statement()
	for j, w := range e.weights(s) {
		P, Q = P.Add(e.p[j].Mul(w)), Q.Add(e.q[j].Mul(w))
	}
	return s, P, Q
}

func (e *equalProof) absorb(s *transcript.Sponge, name string, b []byte) {
	// What a verifier does not look at, it does not look at the second time.
	if name == e.omit || e.omit == "y" && name == "y again" {
		return
	}
	s.Absorb(b)
}

func (e *equalProof) element(s *transcript.Sponge, name string, el group.Element) {
	if el.IsIdentity() && name == e.omit { // not chosen yet
		return
	}
	e.absorb(s, name, el.Bytes())
}

// challenge returns c, P and Q.
func (e *equalProof) challenge() (c group.Scalar, P, Q group.Element) {
	s, P, Q := e.weigh()
	one := group.NewScalar(1).Bytes()
	le := func(b []byte, values ...uint32) []byte {
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return b
	}
	relation := append(le(nil, 2, 1, 1), one...)
	relation = append(le(relation, 1, 0, 0), one...)
	relation = append(le(relation, 1, 3), one...)
	relation = append(le(relation, 1, 0, 2), one...)
	e.absorb(s, "relation", relation)
	e.element(s, "y again", e.y)
	e.element(s, "P", P)
	e.element(s, "Q", Q)
	e.element(s, "T_0", e.t0)
	e.element(s, "T_1", e.t1)
	return s.Scalar(), P, Q
}

func (e *equalProof) holds() bool {
	c, P, Q := e.challenge()
	return group.BaseMul(e.s).Equal(e.t0.Add(e.y.Mul(c))) && P.Mul(e.s).Equal(e.t1.Add(Q.Mul(c)))
}

// prove fills in an honest proof for the secret x, but for the transcript.
func (e *equalProof) prove(x group.Scalar) {
	k := group.RandomScalar()
	_, P, _ := e.weigh()
	e.t0, e.t1 = group.BaseMul(k), P.Mul(k)
	c, _, _ := e.challenge()
	e.s = k.Add(c.Mul(x))
}

// refused reports whether the package refuses what it is about.
func (e *equalProof) refused() bool {
	proof := slices.Concat(e.t0.Bytes(), e.t1.Bytes(), e.s.Bytes())
	return zkp.VerifyEqual(e.tag, e.y, len(e.p), at(e.p, e.q), proof) != nil
}

// weakEquals are the forgeries of a trustee with the secret x, by what is not
// hashed. Each leaves a statement that is false.
var weakEquals = map[string]func(e *equalProof, x group.Scalar){
	// The weights are known before the shares: one vote is moved from the first
	// row to the second, and the weighted sum stays what it was.
	"q_j": func(e *equalProof, x group.Scalar) {
		w := e.weights(e.statement())
		e.q[0] = e.q[0].Add(group.Generator())
		e.q[1] = e.q[1].Sub(group.BaseMul(w[0].Mul(w[1].Inverse())))
		e.prove(x)
	},
	// The same with the rows that are said to be opened.
	"p_j": func(e *equalProof, x group.Scalar) {
		w := e.weights(e.statement())
		e.p[0] = e.p[0].Add(group.Generator())
		e.p[1] = e.p[1].Sub(group.BaseMul(w[0].Mul(w[1].Inverse())))
		e.prove(x)
	},
	// The verification key is chosen last, for shares under another secret.
	"y": func(e *equalProof, x group.Scalar) {
		other, k := group.RandomScalar(), group.RandomScalar()
		for j := range e.p {
			e.q[j] = e.p[j].Mul(other)
		}
		_, P, _ := e.weigh()
		e.t0, e.t1 = group.BaseMul(group.RandomScalar()), P.Mul(k)
		c, _, _ := e.challenge()
		e.s = k.Add(c.Mul(other))
		e.y = group.BaseMul(e.s).Sub(e.t0).Mul(c.Inverse())
	},
	// The commitment of one equation is chosen last: shares under another
	// secret, with the trustee's own key.
	"T_0": func(e *equalProof, x group.Scalar) {
		other, k := group.RandomScalar(), group.RandomScalar()
		for j := range e.p {
			e.q[j] = e.p[j].Mul(other)
		}
		_, P, _ := e.weigh()
		e.t1 = P.Mul(k)
		c, _, _ := e.challenge()
		e.s = k.Add(c.Mul(other))
		e.t0 = group.BaseMul(e.s).Sub(e.y.Mul(c))
	},
	// And of the other one: shares that are anything.
	"T_1": func(e *equalProof, x group.Scalar) {
		k := group.RandomScalar()
		e.q[0] = e.q[0].Add(group.Generator())
		e.t0 = group.BaseMul(k)
		c, P, Q := e.challenge()
		e.s = k.Add(c.Mul(x))
		e.t1 = P.Mul(e.s).Sub(Q.Mul(c))
	},
	// A good proof is another unit's as well.
	"tag": func(e *equalProof, x group.Scalar) {
		e.prove(x)
		e.tag = []byte("another unit")
	},
}

// equalUnforged says of the rest why leaving it out gives no forgery.
var equalUnforged = map[string]string{
	"n":        "the verifier knows how many rows it asks about, and all of them are hashed",
	"relation": "a constant",
	"y again":  "hashed before the weights",
	"P":        "a function of what is hashed before",
	"Q":        "a function of what is hashed before",
}

// TestWeakEqualTranscripts leaves out of the hash each thing that is hashed,
// as TestWeakSlotTranscripts does for the slot proof.
func TestWeakEqualTranscripts(t *testing.T) {
	if len(weakEquals)+len(equalUnforged) != len(equalHashed) {
		t.Errorf("%d forgeries and %d reasons for %d things", len(weakEquals), len(equalUnforged), len(equalHashed))
	}
	statement := func(omit string) (*equalProof, group.Scalar) {
		x := group.RandomScalar()
		e := &equalProof{omit: omit, tag: []byte("unit"), y: group.BaseMul(x)}
		e.p, e.q = multiples(x, 3)
		return e, x
	}
	honest, x := statement("")
	if honest.prove(x); !honest.holds() || honest.refused() {
		t.Fatal("an honest proof is refused")
	}
	for _, omit := range equalHashed {
		t.Run(omit, func(t *testing.T) {
			e, x := statement(omit)
			if e.prove(x); !e.holds() {
				t.Error("the weak verifier refuses an honest weak prover")
			}
			if !e.refused() {
				t.Error("it is not hashed here either")
			}
			forge, ok := weakEquals[omit]
			if !ok {
				if equalUnforged[omit] == "" {
					t.Error("neither a forgery nor a reason")
				}
				return
			}
			e, x = statement(omit)
			forge(e, x)
			if !e.holds() {
				t.Error("the forgery is no good")
			}
			if omit != "tag" && omit != "y" && e.q[0].Equal(e.p[0].Mul(x)) {
				t.Error("the forged statement is true")
			}
			if !e.refused() {
				t.Error("accepted")
			}
		})
	}
}

// TestWeakLogTranscripts: proofs of possession of a key that nobody possesses,
// which is how a rogue key would be made.
func TestWeakLogTranscripts(t *testing.T) {
	tag := []byte("ceremony")
	// Only who chose the points to be so knows a relation between these.
	others, mine := group.Hash("weak", 0), group.BaseMul(group.NewScalar(7))
	relation := func(X group.Element) []byte {
		b := []byte{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}
		b = group.NewScalar(1).AppendBytes(b)
		b = append(b, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		return X.AppendBytes(group.NewScalar(1).AppendBytes(b))
	}
	challenge := func(tag []byte, parts ...[]byte) group.Scalar {
		s := transcript.New(tag)
		for _, p := range parts {
			s.Absorb(p)
		}
		return s.Scalar()
	}
	x, k := group.RandomScalar(), group.RandomScalar()
	X, T := group.BaseMul(x), group.BaseMul(k)
	ours := func(tag []byte, X, T group.Element, s group.Scalar) bool {
		return zkp.VerifyLog(tag, X, append(T.Bytes(), s.Bytes()...)) == nil
	}
	holds := func(c group.Scalar, X, T group.Element, s group.Scalar) bool {
		return group.BaseMul(s).Equal(T.Add(X.Mul(c)))
	}
	if c := challenge(tag, relation(X), T.Bytes()); !ours(tag, X, T, k.Add(c.Mul(x))) {
		t.Fatal("an honest proof is refused")
	}

	// Without T: the key that cancels those of the others, T to fit.
	rogue := mine.Sub(others)
	c, s := challenge(tag, relation(rogue)), group.RandomScalar()
	fits := group.BaseMul(s).Sub(rogue.Mul(c))
	if !holds(c, rogue, fits, s) {
		t.Error("without T the forgery is no good")
	}
	if ours(tag, rogue, fits, s) {
		t.Error("a proof for a rogue key is accepted")
	}

	// Without X: T is another's key, X to fit, and nobody knows its logarithm.
	c, s = challenge(tag, others.Bytes()), group.RandomScalar()
	X2 := group.BaseMul(s).Sub(others).Mul(c.Inverse())
	if !holds(c, X2, others, s) {
		t.Error("without X the forgery is no good")
	}
	if ours(tag, X2, others, s) {
		t.Error("a proof for a key that nobody has is accepted")
	}

	// Without the tag: another dealer's proof.
	c = challenge(nil, relation(X), T.Bytes())
	if s := k.Add(c.Mul(x)); !holds(c, X, T, s) || ours(tag, X, T, s) {
		t.Error("without the tag")
	}
}
