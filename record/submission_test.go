package record_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"pgregory.net/rapid"
)

// blobsOf finds the blobs that a body names by its fields, apart from the
// package's own list.
func blobsOf(b record.Body) (out []record.Blob) {
	v := reflect.ValueOf(b).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Name == "_" {
			continue
		}
		if x, ok := v.Field(i).Interface().(record.Blob); ok {
			out = append(out, x)
		}
	}
	return out
}

// submission returns a submission of a body, with content for its blobs.
func submission(t testing.TB, b record.Body, contents ...[]byte) *record.Submission {
	t.Helper()
	v := reflect.ValueOf(b).Elem()
	n := 0
	s := &record.Submission{}
	for i := range v.NumField() {
		if v.Type().Field(i).Name == "_" {
			continue
		}
		if x, ok := v.Field(i).Interface().(record.Blob); ok {
			v.Field(i).Set(reflect.ValueOf(record.NewBlob(x.Type, contents[n])))
			s.Blobs = append(s.Blobs, contents[n])
			n++
		}
	}
	s.Entry = sign(t, record.HQ, b, "office/hq")
	return s
}

func shuffled(t testing.TB) *record.Submission {
	return submission(t, &record.Shuffle{Contest: "c", Unit: "u", Mixer: "m1", Turn: 1, Input: fill(1, 32),
		Output: record.Blob{Type: record.TypeRows}, Proof: record.Blob{Type: record.TypeShuffleProof}}, fill(2, 660), fill(3, 999))
}

func TestSubmission(t *testing.T) {
	for _, b := range samples() {
		if got, want := record.Blobs(b), blobsOf(b); !reflect.DeepEqual(got, want) {
			t.Errorf("%s names the blobs %v, its fields %v", b.Kind(), got, want)
		}
		contents := make([][]byte, len(blobsOf(b)))
		for i := range contents {
			contents[i] = fill(byte(i+1), 70*i)
		}
		s := submission(t, b, contents...)
		data, err := s.Encode()
		if err != nil {
			t.Errorf("%s: %v", b.Kind(), err)
			continue
		}
		if want := slices.Concat(append([][]byte{s.Entry}, contents...)...); !bytes.Equal(data, want) {
			t.Errorf("%s: the file is %x, want %x", b.Kind(), data, want)
		}
		got, e, err := record.DecodeSubmission(data)
		if err != nil || e.Body.Kind() != b.Kind() || !bytes.Equal(got.Entry, s.Entry) || !slices.EqualFunc(got.Blobs, s.Blobs, bytes.Equal) {
			t.Errorf("%s: read back %v, %v", b.Kind(), got, err)
		}
	}
}

func TestSubmissionRefuses(t *testing.T) {
	good, err := shuffled(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for i := range good { // every bit of a file counts
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if s, _, err := record.DecodeSubmission(bad); err == nil {
			if again, err := s.Encode(); err != nil || !bytes.Equal(again, bad) {
				t.Fatalf("byte %d changed: read, and written as something else", i)
			}
			// Only what the entry says can be another thing, and its signature tells.
			e, _ := record.Decode(s.Entry)
			if e.Verify(testElection, record.HQ, keys("office/hq")) == nil {
				t.Errorf("byte %d can be changed", i)
			}
		}
	}
	for n := range len(good) {
		if _, _, err := record.DecodeSubmission(good[:n]); err == nil {
			t.Errorf("the first %d bytes are accepted", n)
		}
	}
	huge := submission(t, &record.Shares{Contest: "c", Unit: "u", Trustee: "t1", Proof: fill(1, 98)}, fill(1, 33))
	e, err := record.Decode(huge.Entry)
	if err != nil {
		t.Fatal(err)
	}
	e.Body.(*record.Shares).Shares.Size = 1<<64 - 1
	forged := sign(t, record.HQ, e.Body, "office/hq")
	for what, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                     {nil, "no entry"},
		"a byte too many":             {append(bytes.Clone(good), 0), "after"},
		"twice":                       {append(bytes.Clone(good), good...), "after"},
		"text":                        {[]byte("hello"), "submission"},
		"a blob without an end":       {slices.Concat(forged, fill(1, 33)), "of which 33 are there"},
		"an entry that is too large":  {append(head(2, 70_000), make([]byte, 70_000)...), "no entry"},
		"an entry of another version": {binary.BigEndian.AppendUint32(nil, 0x80000000), "decode"},
	} {
		if _, _, err := record.DecodeSubmission(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	s := shuffled(t)
	for what, change := range map[string]func(s *record.Submission){
		"a blob too few":   func(s *record.Submission) { s.Blobs = s.Blobs[:1] },
		"a blob too many":  func(s *record.Submission) { s.Blobs = append(s.Blobs, nil) },
		"another blob":     func(s *record.Submission) { s.Blobs[0] = fill(9, 660) },
		"a shorter blob":   func(s *record.Submission) { s.Blobs[0] = s.Blobs[0][1:] },
		"blobs exchanged":  func(s *record.Submission) { slices.Reverse(s.Blobs) },
		"another entry":    func(s *record.Submission) { s.Entry = s.Entry[1:] },
		"bytes after it":   func(s *record.Submission) { s.Entry = append(s.Entry, 0) },
		"no entry at all":  func(s *record.Submission) { s.Entry = nil },
		"a forged size":    func(s *record.Submission) { s.Entry, s.Blobs = forged, [][]byte{fill(1, 33)} },
		"nothing of it":    func(s *record.Submission) { *s = record.Submission{} },
		"the blob as such": func(s *record.Submission) { s.Entry = s.Blobs[0] },
	} {
		bad := &record.Submission{Entry: bytes.Clone(s.Entry), Blobs: slices.Clone(s.Blobs)}
		change(bad)
		if _, err := bad.Encode(); err == nil {
			t.Errorf("%s: encoded", what)
		}
	}
}

// TestSubmissionRoundTrip: whatever blobs there are, what is written is read back.
func TestSubmissionRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(r, "rows")
		proof := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(r, "proof")
		s := submission(t, &record.Shuffle{Contest: "c", Unit: "u", Mixer: "m1", Turn: 1, Input: fill(1, 32),
			Output: record.Blob{Type: record.TypeRows}, Proof: record.Blob{Type: record.TypeShuffleProof}}, rows, proof)
		data, err := s.Encode()
		if err != nil {
			r.Fatal(err)
		}
		got, _, err := record.DecodeSubmission(data)
		if err != nil || !bytes.Equal(got.Blobs[0], rows) || !bytes.Equal(got.Blobs[1], proof) {
			r.Fatalf("read back %v, %v", got, err)
		}
	})
}

func FuzzDecodeSubmission(f *testing.F) {
	data, err := shuffled(f).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(sign(f, record.HQ, &record.Commitment{Trustee: "t1", Hash: fill(1, 32)}, "office/hq"))
	f.Add([]byte{0x83, 0x60, 0xf6, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, _, err := record.DecodeSubmission(data)
		if err != nil {
			return
		}
		again, err := s.Encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%x is read and written as %x (%v)", data, again, err)
		}
	})
}

func TestAddSignature(t *testing.T) {
	body := func() *record.Result {
		return &record.Result{Contest: "c", Canvass: fill(1, 32), Elected: []string{"101"}}
	}
	first := sign(t, record.HQ, body(), "office/sup")
	both, err := record.AddSignature(testElection, record.HQ, first, body(), signer("office/hq"), keys("office/sup"))
	if err != nil {
		t.Fatal(err)
	}
	if want := sign(t, record.HQ, body(), "office/hq", "office/sup"); !bytes.Equal(both, want) {
		t.Errorf("signed one after the other it is %x, together %x", both, want)
	}
	other := body()
	other.Elected = []string{"102"}
	elsewhere := testElection
	elsewhere[0] ^= 1
	for what, c := range map[string]struct {
		election [32]byte
		entry    []byte
		body     record.Body
		by       string
		known    string
		want     string
	}{
		"another content":    {testElection, first, other, "office/hq", "office/sup", "says something else"},
		"another type":       {testElection, first, &record.Canvass{Contest: "c"}, "office/hq", "office/sup", "says something else"},
		"another election":   {elsewhere, first, body(), "office/hq", "office/sup", "does not verify"},
		"an unknown first":   {testElection, first, body(), "office/hq", "office/x", "neither"},
		"the same one twice": {testElection, first, body(), "office/sup", "office/sup", "already"},
		"no entry":           {testElection, first[1:], body(), "office/hq", "office/sup", "decode"},
	} {
		_, err := record.AddSignature(c.election, record.HQ, c.entry, c.body, signer(c.by), keys(c.known))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
		if errors.Is(err, record.ErrOtherBody) != strings.HasPrefix(c.want, "says") {
			t.Errorf("%s: is ErrOtherBody %v", what, !strings.HasPrefix(c.want, "says"))
		}
	}
}
