package transcript_test

import (
	"bytes"
	"crypto/sha3"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
	"pgregory.net/rapid"
)

// TestAgainstDefinition runs random absorbs, squeezes and clones beside the
// definition: the bytes from an offset of SHAKE128 of all that was absorbed.
func TestAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		session := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "session"))
		s := transcript.Init(session)
		message, offset := append(session[:], make([]byte, 136)...), 0
		for range rapid.IntRange(1, 12).Draw(t, "operations") {
			switch rapid.IntRange(0, 2).Draw(t, "operation") {
			case 0:
				b := rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "absorbed")
				s.Absorb(b)
				if len(b) > 0 {
					message, offset = append(message, b...), 0
				}
			case 1:
				n := rapid.IntRange(0, 400).Draw(t, "squeezed")
				want := sha3.SumSHAKE128(message, offset+n)[offset:]
				if got := s.Squeeze(n); !bytes.Equal(got, want) {
					t.Fatalf("squeezed %x, want %x", got, want)
				}
				offset += n
			case 2:
				// What is done to the original must not show in the clone.
				clone := s.Clone()
				s.Squeeze(1)
				s.Absorb([]byte("lost"))
				s = clone
			}
		}
	})
}

func TestAbsorbNothing(t *testing.T) {
	s := transcript.New([]byte("tag"))
	a := s.Squeeze(8)
	s.Absorb(nil)
	if slices.Equal(a, s.Squeeze(8)) {
		t.Error("absorbing nothing restarted the output")
	}
}

func TestTags(t *testing.T) {
	if bytes.Equal(transcript.New(nil).Squeeze(32), transcript.New([]byte{0}).Squeeze(32)) {
		t.Error("tags collide")
	}
}

func TestTypedAbsorb(t *testing.T) {
	e, x := group.Hash("test", 0), group.RandomScalar()
	a, b := transcript.New(nil), transcript.New(nil)
	a.AbsorbElement(e)
	a.AbsorbScalar(x)
	b.Absorb(append(e.Bytes(), x.Bytes()...))
	want := b.Squeeze(48)
	if got := a.Clone().Squeeze(48); !bytes.Equal(got, want) {
		t.Errorf("an element and a scalar give %x, their bytes %x", got, want)
	}
	if !a.Scalar().Equal(group.ReduceScalar(want)) {
		t.Error("a scalar is not the next 48 bytes")
	}
}

func FuzzString(f *testing.F) {
	f.Add([]byte("proof"), []byte("rest"))
	f.Fuzz(func(t *testing.T, x, rest []byte) {
		s, r, err := readString(append(transcript.AppendString(nil, x), rest...))
		if err != nil || !bytes.Equal(s, x) || !bytes.Equal(r, rest) {
			t.Errorf("%x, %x read back as %x, %x, %v", x, rest, s, r, err)
		}
	})
}

func BenchmarkAbsorb(b *testing.B) {
	s, row := transcript.New(nil), make([]byte, 66)
	b.SetBytes(66)
	for b.Loop() {
		s.Absorb(row)
	}
}

func BenchmarkSqueezeWeight(b *testing.B) {
	s := transcript.New(nil)
	for b.Loop() {
		s.Squeeze(16)
	}
}
