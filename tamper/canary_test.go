package tamper_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// canaries are private values that are looked for in what is published, printed
// or logged. What is random is found by any eight bytes in a row of it, in
// whatever form; selections, whose bytes may come up by themselves, by the
// first codes in many forms.
type canaries struct {
	windows  map[uint64]string // of random values
	patterns map[string]string // in full
	kinds    map[string]int    // how many values of each
}

func newCanaries() *canaries {
	return &canaries{map[uint64]string{}, map[string]string{}, map[string]int{}}
}

const window = 8

// add takes a random value in both orders of its bytes.
func (c *canaries) add(kind string, values ...[]byte) {
	for _, v := range values {
		if len(v) < window {
			panic("canary: too short to be told from chance")
		}
		c.kinds[kind]++
		back := bytes.Clone(v)
		slices.Reverse(back)
		for _, b := range [][]byte{v, back} {
			for i := range len(b) - window + 1 {
				c.windows[binary.BigEndian.Uint64(b[i:])] = kind
			}
		}
	}
}

// addStream takes a long random value by every fourth window: any eleven of its
// bytes hold one.
func (c *canaries) addStream(kind string, v []byte) {
	c.kinds[kind]++
	for i := 0; i+window <= len(v); i += 4 {
		c.windows[binary.BigEndian.Uint64(v[i:])] = kind
	}
}

// fewest is how many codes of a selection are looked for.
const fewest = 8

// addSelections takes the codes of a voter, at least fewest of them, and the
// ids of their candidates.
func (c *canaries) addSelections(codes []int, ids []string) {
	if len(codes) < fewest {
		panic("canary: too few codes to be told from chance")
	}
	const kind = "selections"
	c.kinds[kind]++
	codes, ids = codes[:fewest], ids[:fewest]
	var one, cbor []byte
	wide := make([][]byte, 6) // 2, 4 and 8 bytes, in both orders
	for _, code := range codes {
		one = append(one, byte(code))
		if code >= 24 {
			cbor = append(cbor, 0x18)
		}
		cbor = append(cbor, byte(code))
		wide[0], wide[1] = binary.BigEndian.AppendUint16(wide[0], uint16(code)), binary.LittleEndian.AppendUint16(wide[1], uint16(code))
		wide[2], wide[3] = binary.BigEndian.AppendUint32(wide[2], uint32(code)), binary.LittleEndian.AppendUint32(wide[3], uint32(code))
		wide[4], wide[5] = binary.BigEndian.AppendUint64(wide[4], uint64(code)), binary.LittleEndian.AppendUint64(wide[5], uint64(code))
	}
	for _, p := range append(wide, one, cbor) {
		c.patterns[string(p)] = kind
	}
	for _, join := range []string{",", ", ", " ", `","`, `", "`, `" "`, "-", ":", "\n"} {
		c.patterns[strings.Join(ids, join)] = kind
	}
}

// find returns what kind of value is in the data, and in what form, or nothing.
func (c *canaries) find(data []byte) string {
	for form, view := range views(data) {
		for _, v := range view {
			for i := range max(0, len(v)-window+1) {
				if kind, ok := c.windows[binary.BigEndian.Uint64(v[i:])]; ok {
					return kind + ", " + form
				}
			}
			for p, kind := range c.patterns {
				if bytes.Contains(v, []byte(p)) {
					return kind + ", " + form
				}
			}
		}
	}
	return ""
}

// views returns the data as it is and what its texts stand for.
func views(data []byte) map[string][][]byte {
	out := map[string][][]byte{"as bytes": {data}}
	for run := range runs(data, 2*window, isHex) {
		for shift := range 2 {
			b := run[shift:]
			raw, err := hex.DecodeString(string(b[:len(b)/2*2]))
			if err != nil {
				panic(err) // not a run of hex digits
			}
			out["as hexadecimal"] = append(out["as hexadecimal"], raw)
		}
	}
	plain := strings.NewReplacer("-", "+", "_", "/")
	for run := range runs(data, 11, isBase64) {
		for shift := range 4 {
			b := plain.Replace(string(run[shift:]))
			if len(b)%4 == 1 {
				b = b[:len(b)-1]
			}
			raw, err := base64.RawStdEncoding.DecodeString(b)
			if err != nil {
				panic(err) // not a run of base64 digits
			}
			out["as base64"] = append(out["as base64"], raw)
		}
	}
	return numbers(data, out)
}

// numbers adds to the views what decimals stand for: a list of small ones for
// bytes, as fmt and JSON write a slice, and a large one for itself.
func numbers(data []byte, out map[string][][]byte) map[string][][]byte {
	data = syntaxOfGo.ReplaceAllFunc(data, func(b []byte) []byte {
		n, _ := strconv.ParseUint(string(b[2:]), 16, 8)
		return strconv.AppendUint(nil, n, 10)
	})
	var list []byte
	gap := 0
	flush := func() {
		if len(list) >= window {
			out["as a list of numbers"] = append(out["as a list of numbers"], list)
		}
		list = nil
	}
	for i := 0; i < len(data); i++ {
		if data[i] < '0' || data[i] > '9' {
			if gap++; gap > 4 {
				flush()
			}
			continue
		}
		gap = 0
		end := i
		for end < len(data) && data[end] >= '0' && data[end] <= '9' {
			end++
		}
		n, _ := new(big.Int).SetString(string(data[i:end]), 10)
		switch {
		case end-i >= 18:
			out["as a decimal"] = append(out["as a decimal"], n.FillBytes(make([]byte, (n.BitLen()+7)/8)))
			flush()
		case n.Cmp(big.NewInt(255)) <= 0:
			list = append(list, byte(n.Int64()))
		default:
			flush()
		}
		i = end - 1
	}
	flush()
	return out
}

var syntaxOfGo = regexp.MustCompile(`\b0x[0-9a-f]{1,2}\b`) // of a byte, as %#v writes it

// runs yields the longest stretches of bytes of a kind.
func runs(data []byte, least int, of func(byte) bool) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for i := 0; i < len(data); i++ {
			end := i
			for end < len(data) && of(data[end]) {
				end++
			}
			if end-i >= least && !yield(data[i:end]) {
				return
			}
			i = end
		}
	}
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

func isBase64(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || strings.IndexByte("+/-_", b) >= 0
}

// TestCanariesAreFound: in whatever form a value is planted, the search that
// finds nothing in a record would find it.
func TestCanariesAreFound(t *testing.T) {
	rng := seeded(t)
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return b
	}
	c := newCanaries()
	secret, stream := random(32), random(500)
	secret[0] |= 0x80 // so that its decimal has all of it
	codes := []int{3, 5, 6, 17, 22, 24, 31, 33, 39}
	var ids []string
	for _, code := range codes {
		ids = append(ids, fmt.Sprint(100+code))
	}
	c.add("secret", secret)
	c.addStream("stream", stream)
	c.addSelections(codes, ids)
	back := bytes.Clone(secret)
	slices.Reverse(back)
	var small []byte
	for _, code := range codes {
		small = append(small, byte(code), 0, 0, 0)
	}
	for name, planted := range map[string][]byte{
		"bytes":            secret,
		"part":             secret[11:19],
		"reversed":         back,
		"part of a stream": stream[101:112],
		"hex":              fmt.Appendf(nil, "%x", secret),
		"odd hex":          fmt.Appendf(nil, "a%X", secret),
		"hex of reversed":  fmt.Appendf(nil, "0x%x", back),
		"base64":           []byte(base64.StdEncoding.EncodeToString(secret)),
		"base64 at 1":      []byte(base64.StdEncoding.EncodeToString(append([]byte{1}, secret...))),
		"base64 at 2":      []byte(base64.URLEncoding.EncodeToString(append([]byte{1, 2}, secret...))),
		"base64 in a word": []byte("xyz" + base64.RawURLEncoding.EncodeToString(secret) + "x"),
		"decimal":          []byte(new(big.Int).SetBytes(secret).String()),
		"decimal reversed": []byte(new(big.Int).SetBytes(back).String()),
		"slice":            fmt.Append(nil, secret),
		"syntax of Go":     fmt.Appendf(nil, "%#v", secret)[len("[]byte"):],
		"JSON numbers":     []byte(strings.ReplaceAll(fmt.Sprint(secret), " ", ", ")),
		"codes":            fmt.Append(nil, codes),
		"codes in JSON":    []byte(strings.ReplaceAll(fmt.Sprint(codes), " ", ",")),
		"codes as words":   small,
		"codes as CBOR":    {3, 5, 6, 17, 22, 0x18, 24, 0x18, 31, 0x18, 33, 0x18, 39},
		"candidates":       []byte(strings.Join(ids, ", ")),
		"candidates' JSON": fmt.Appendf(nil, `["%s"]`, strings.Join(ids, `","`)),
	} {
		for _, around := range [][2]string{{"", ""}, {"before ", " after"}, {"[", "]"}} {
			if data := around[0] + string(planted) + around[1]; c.find([]byte(data)) == "" {
				t.Errorf("%s: not found in %q", name, data)
			}
		}
	}
	for name, data := range map[string][]byte{"nothing": nil, "other bytes": random(1 << 16), "a text": []byte("nothing 1, 2, 3 to see"),
		"hex": fmt.Appendf(nil, "%x", random(1<<16)), "numbers": fmt.Append(nil, random(1<<12)), "half": secret[:7]} {
		if found := c.find(data); found != "" {
			t.Errorf("%s: found %s", name, found)
		}
	}
}
