package tamper_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"testing"
)

// A tree is a CBOR value of those that entries are made of, without what the
// decoder of package record knows of them, so that it can be put together again
// as no encoder of the system would.
type tree struct {
	major byte   // 0 number, 2 bytes, 3 text, 4 array, 7 what stands in raw
	n     uint64 // of a number
	b     []byte // of bytes and text
	kids  []*tree
	raw   []byte
	wide  int // 0 for the shortest head, else 1, 2, 4 or 8 bytes of length
}

// parseTree reads the value that data begins with. Data is from the record.
func parseTree(data []byte) (t *tree, rest []byte) {
	t = &tree{major: data[0] >> 5}
	n, rest := uint64(data[0]&31), data[1:]
	if n >= 24 {
		size := 1 << (n - 24)
		var wide [8]byte
		copy(wide[8-size:], rest)
		n, rest = binary.BigEndian.Uint64(wide[:]), rest[size:]
	}
	switch t.major {
	case 0:
		t.n = n
	case 2, 3:
		t.b, rest = bytes.Clone(rest[:n]), rest[n:]
	case 4:
		for range n {
			var kid *tree
			kid, rest = parseTree(rest)
			t.kids = append(t.kids, kid)
		}
	default:
		panic(fmt.Sprintf("forger: CBOR major type %d", t.major))
	}
	return t, rest
}

func mustTree(data []byte) *tree {
	t, rest := parseTree(data)
	if len(rest) > 0 {
		panic("forger: bytes after a CBOR value")
	}
	return t
}

// encode appends the value.
func (t *tree) encode(out []byte) []byte {
	if t.major == 7 {
		return append(out, t.raw...)
	}
	n := t.n
	switch t.major {
	case 2, 3:
		n = uint64(len(t.b))
	case 4:
		n = uint64(len(t.kids))
	}
	out = head(out, t.major, n, t.wide)
	out = append(out, t.b...)
	for _, k := range t.kids {
		out = k.encode(out)
	}
	return out
}

// head appends the head of a value with n in at least wide bytes after it.
func head(out []byte, major byte, n uint64, wide int) []byte {
	m := major << 5
	switch {
	case wide == 0 && n < 24:
		return append(out, m|byte(n))
	case wide <= 1 && n < 1<<8:
		return append(out, m|24, byte(n))
	case wide <= 2 && n < 1<<16:
		return binary.BigEndian.AppendUint16(append(out, m|25), uint16(n))
	case wide <= 4 && n < 1<<32:
		return binary.BigEndian.AppendUint32(append(out, m|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(out, m|27), n)
}

func (t *tree) clone() *tree {
	c := *t
	c.b, c.kids = bytes.Clone(t.b), slices.Clone(t.kids)
	for i, k := range c.kids {
		c.kids[i] = k.clone()
	}
	return &c
}

func (t *tree) equal(u *tree) bool { return bytes.Equal(t.encode(nil), u.encode(nil)) }

// walk calls visit for the value and all in it, with the places that lead to it.
func (t *tree) walk(path string, visit func(path string, t *tree)) {
	visit(path, t)
	for i, k := range t.kids {
		k.walk(path+"."+strconv.Itoa(i), visit)
	}
}

// differ calls visit for what is not the same in two values: the smallest values
// of which that can be said, with the places that lead to them.
func differ(path string, a, b *tree, visit func(path string, a, b *tree)) {
	if a.equal(b) {
		return
	}
	if a.major == 4 && b.major == 4 && len(a.kids) == len(b.kids) && a.wide == b.wide {
		for i := range a.kids {
			differ(path+"."+strconv.Itoa(i), a.kids[i], b.kids[i], visit)
		}
		return
	}
	visit(path, a, b)
}

// TestTrees: a tree is encoded as it was read.
func TestTrees(t *testing.T) {
	n := 0
	for _, entries := range good().logs {
		for _, e := range entries {
			n++
			if got := mustTree(e).encode(nil); !bytes.Equal(got, e) {
				t.Fatalf("%x is encoded again as %x", e, got)
			}
		}
	}
	if n < 50 {
		t.Errorf("%d entries", n)
	}
}
