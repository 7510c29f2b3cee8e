package election_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/election"
)

// encode is the canonical form as spec/definition.md states it, from the JSON
// alone: it shares nothing with the package.
func encode(t testing.TB, v any) []byte {
	head := func(major byte, n uint64) []byte {
		switch {
		case n < 24:
			return []byte{major<<5 | byte(n)}
		case n <= math.MaxUint8:
			return []byte{major<<5 | 24, byte(n)}
		case n <= math.MaxUint16:
			return binary.BigEndian.AppendUint16([]byte{major<<5 | 25}, uint16(n))
		case n <= math.MaxUint32:
			return binary.BigEndian.AppendUint32([]byte{major<<5 | 26}, uint32(n))
		}
		return binary.BigEndian.AppendUint64([]byte{major<<5 | 27}, n)
	}
	switch v := v.(type) {
	case bool:
		if v {
			return []byte{0xf5}
		}
		return []byte{0xf4}
	case float64:
		if v < 0 || v != math.Trunc(v) {
			t.Fatalf("number %v", v)
		}
		return head(0, uint64(v))
	case string:
		return append(head(3, uint64(len(v))), v...)
	case []any:
		b := head(4, uint64(len(v)))
		for _, x := range v {
			b = append(b, encode(t, x)...)
		}
		return b
	case map[string]any:
		optional := []string{"fa", "en", "ruling", "parent", "lists", "list", "photo", "veteran", "degree", "reserve",
			"threshold", "half", "alternates_by", "list_limits", "min", "max", "round", "previous_result"}
		if _, contest := v["seats"]; contest {
			optional = append(optional, "kind") // of a district it must be written
		}
		var pairs [][]byte
		for k, x := range v {
			empty := x == "" || x == false || x == 0.0
			switch x := x.(type) {
			case []any:
				empty = len(x) == 0
			case map[string]any:
				empty = len(encode(t, x)) == 1
			}
			if empty && slices.Contains(optional, k) {
				continue
			}
			pairs = append(pairs, append(encode(t, k), encode(t, x)...))
		}
		slices.SortFunc(pairs, bytes.Compare) // no key is a prefix of another, encoded
		return slices.Concat(head(5, uint64(len(pairs))), bytes.Join(pairs, nil))
	}
	t.Fatalf("value %T", v)
	return nil
}

func TestCanonical(t *testing.T) {
	data, err := os.ReadFile("../spec/examples/definition.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	d, err := election.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	want := encode(t, v)
	if got := d.Canonical(); !bytes.Equal(got, want) {
		t.Errorf("canonical bytes\n%x\nwant\n%x", got, want)
	}
	if id := d.ID(); id != sha256.Sum256(want) {
		t.Errorf("id %x", id)
	}
	// Fixed, so that no change of the form goes unseen.
	const id = "ed70da2681b98b37e2495e61aecc15c5ad58ef171007c6f03854a76097a1e00c"
	if got := hex.EncodeToString(func() []byte { id := d.ID(); return id[:] }()); got != id {
		t.Errorf("the example's id is %s, want %s", got, id)
	}
	if got, want := d.HQOrigin(), "sandogh/"+id+"/hq"; got != want {
		t.Errorf("origin %q, want %q", got, want)
	}
	if got, want := d.BranchOrigin("3"), "sandogh/"+id+"/branch/3"; got != want {
		t.Errorf("origin %q, want %q", got, want)
	}
}

// The settings of the rules: in the canonical form when they say something, and
// never when they do not, so that a definition without them keeps its id.
func TestCanonicalSettings(t *testing.T) {
	d := example()
	proportional(&d.Contests[1])
	twoRounds(&d.Contests[2])
	d.Contests[2].Round, d.Contests[2].PreviousResult = 2, strings.Repeat("ab", 32)
	if f := d.Validate(); len(f) > 0 {
		t.Fatal(f)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	want := encode(t, v)
	back, err := election.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Canonical(), want) {
		t.Errorf("canonical bytes\n%x\nwant\n%x", back.Canonical(), want)
	}
	if again, err := election.Decode(want); err != nil || again.ID() != d.ID() {
		t.Errorf("the settings change through Decode: %v", err)
	}
	// Written as nothing, they are as if they were not there.
	const none = `"kind":"","threshold":"","half":"","alternates_by":"","list_limits":{"min":0,"max":0},"round":0,"previous_result":""`
	plain := bytes.ReplaceAll(exampleJSON(t), []byte(`"min_unit"`), []byte(none+`,"min_unit"`))
	if e, err := election.Parse(plain); err != nil || e.ID() != example().ID() {
		t.Errorf("empty settings change the id: %v", err)
	}
	// Each reaches the id.
	ids := map[[32]byte]bool{d.ID(): true}
	for i, change := range []func(c *election.Contest){
		func(c *election.Contest) { c.Kind = election.KindMajlis },
		func(c *election.Contest) { c.Threshold = "1/20" },
		func(c *election.Contest) { c.Half = apportion.HalfEven },
		func(c *election.Contest) { c.AlternatesBy = election.AlternatesNone },
		func(c *election.Contest) { c.ListLimits.Min = 3 },
		func(c *election.Contest) { c.ListLimits.Max = 21 },
		func(c *election.Contest) { c.Round = 2 },
		func(c *election.Contest) { c.PreviousResult = strings.Repeat("0", 64) },
	} {
		x := *d
		x.Contests = slices.Clone(d.Contests)
		change(&x.Contests[1])
		if id := x.ID(); ids[id] {
			t.Errorf("change %d does not reach the id", i)
		} else {
			ids[id] = true
		}
	}
}

// Nothing of the writing reaches the id: not space, order of fields, escapes, or
// whether an optional field is left out.
func TestWritingDoesNotMatter(t *testing.T) {
	want := example().ID()
	var v map[string]any
	if err := json.Unmarshal(exampleJSON(t), &v); err != nil {
		t.Fatal(err)
	}
	v["districts"].([]any)[0].(map[string]any)["parent"] = ""
	v["mixers"].([]any)[0].(map[string]any)["reserve"] = false
	v["contests"].([]any)[2].(map[string]any)["lists"] = []any{}
	v["laws"].([]any)[0].(map[string]any)["ruling"] = ""
	v["trustees"].([]any)[0].(map[string]any)["name"].(map[string]any)["fa"] = ""
	sorted, err := json.Marshal(v) // by the fields' names
	if err != nil {
		t.Fatal(err)
	}
	escaped := bytes.ReplaceAll(exampleJSON(t), []byte("Karaj"), []byte(`\u004baraj`))
	for _, data := range [][]byte{sorted, escaped} {
		d, err := election.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if d.ID() != want {
			t.Error("the writing changed the id")
		}
	}
}

// hexMirror maps each hex digit to another.
var hexMirror = func() (m ['f' + 1]byte) {
	const digits = "0123456789abcdef"
	for i := range len(digits) {
		m[digits[i]] = digits[len(digits)-1-i]
	}
	return m
}()

// Every value reaches the id.
func TestEveryFieldMatters(t *testing.T) {
	ids := map[[32]byte]string{example().ID(): "the example"}
	var walk func(path string, v any, again func() []byte)
	walk = func(path string, v any, again func() []byte) {
		check := func(path string) {
			d := new(election.Definition)
			if err := json.Unmarshal(again(), d); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			id := d.ID()
			if other, ok := ids[id]; ok {
				t.Errorf("a change at %s and %s have the same id", path, other)
			}
			ids[id] = path
		}
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				p := path + "." + k
				switch y := x.(type) {
				case bool:
					v[k] = !y
					check(p)
				case float64:
					v[k] = y + 1000
					check(p)
				case string:
					v[k] = y + "x"
					if len(y) == 64 {
						v[k] = strings.Map(func(r rune) rune { return rune(hexMirror[r]) }, y)
					}
					check(p)
				default:
					walk(p, x, again)
				}
				v[k] = x
			}
		case []any:
			for _, x := range v {
				walk(path+"[]", x, again)
			}
			if len(v) > 1 {
				v[0], v[1] = v[1], v[0]
				check(path + " swapped")
				v[0], v[1] = v[1], v[0]
			}
		}
	}
	var root any
	if err := json.Unmarshal(exampleJSON(t), &root); err != nil {
		t.Fatal(err)
	}
	walk("", root, func() []byte {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
	if len(ids) < 200 {
		t.Errorf("only %d changes were tried", len(ids))
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := example().Canonical()
	if _, err := election.Decode(good); err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("the canonical bytes do not have %q", old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	for name, bad := range map[string][]byte{
		"nothing":            nil,
		"cut short":          good[:len(good)-1],
		"trailing byte":      append(bytes.Clone(good), 0),
		"longer head":        append([]byte{0xb8, 16}, good[1:]...),
		"indefinite map":     append(append([]byte{0xbf}, good[1:]...), 0xff),
		"tag":                append([]byte{0xd9, 0xd9, 0xf7}, good...),
		"unknown field":      append(append([]byte{0xb1}, good[1:]...), 0x61, 'z', 0x00),
		"field twice":        append(append([]byte{0xb1}, good[1:]...), "\x66quorum\x02"...),
		"longer number":      replace("\x66quorum\x02", "\x66quorum\x18\x02"),
		"number as float":    replace("\x66quorum\x02", "\x66quorum\xf9\x40\x00"),
		"negative":           replace("\x66quorum\x02", "\x66quorum\x20"),
		"null":               replace("\x66quorum\x02", "\x66quorum\xf6"),
		"bytes for text":     replace("\x69Judiciary", "\x49Judiciary"),
		"invalid UTF-8":      replace("\x69Judiciary", "\x69Judiciar\xff"),
		"optional spelt":     replace("\xa1\x62en\x69Judiciary", "\xa2\x62en\x69Judiciary\x62fa\x60"),
		"name in other case": replace("\x66quorum\x02", "\x66Quorum\x02"),
		"null array":         replace("\x68branches\x81\x614", "\x68branches\xf6"),
		"array":              []byte{0x80},
		"too large":          make([]byte, election.MaxCanonical+1),
	} {
		d, err := election.Decode(bad)
		var faults *election.Faults
		if d != nil || !errors.As(err, &faults) {
			t.Errorf("%s: definition %v, error %v", name, d, err)
		}
	}
}

// A flipped bit is refused or is another election.
func TestDecodeIsInjective(t *testing.T) {
	good := example().Canonical()
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(good)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
		b[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		d, err := election.Decode(b)
		if err == nil && !bytes.Equal(d.Canonical(), b) {
			t.Fatal("accepted bytes that are not canonical")
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(example().Canonical())
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := election.Decode(b)
		if (d == nil) == (err == nil) {
			t.Fatalf("definition %v, error %v", d, err)
		}
		if err == nil && !bytes.Equal(d.Canonical(), b) {
			t.Fatal("encode(decode(x)) is not x")
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(exampleJSON(f))
	for _, row := range faulty {
		if b := row.spoil(exampleJSON(f)); len(b) < 1<<16 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := election.Parse(b)
		if (d == nil) == (err == nil) {
			t.Fatalf("definition %v, error %v", d, err)
		}
		if err != nil {
			return
		}
		back, err := election.Decode(d.Canonical())
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(back)
		if err != nil {
			t.Fatal(err)
		}
		again, err := election.Parse(text)
		if err != nil || again.ID() != d.ID() {
			t.Fatalf("the definition changed on its way through CBOR and JSON: %v", err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	data := large(b)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := election.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkID(b *testing.B) {
	d, err := election.Parse(large(b))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d.ID()
	}
}

func BenchmarkDecode(b *testing.B) {
	d, err := election.Parse(large(b))
	if err != nil {
		b.Fatal(err)
	}
	data := d.Canonical()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := election.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
