package shuffle

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// A byte tree is Verificatum's encoding of everything:
//
//	leaf    0x01 ‖ uint32be length ‖ bytes
//	node    0x00 ‖ uint32be number of children ‖ children
//	field   leaf of 33 bytes: 0x00 ‖ 32 bytes big-endian below the modulus
//	point   node(field x, field y)
//	array   node(element, element, …)
//	list    node(array of A, array of B)        a list of ciphertexts
const (
	tagNode = 0
	tagLeaf = 1

	headerSize = 5
	fieldSize  = 33
	scalarTree = headerSize + fieldSize
	pointTree  = headerSize + 2*scalarTree
)

// arrayTree and listTree are the sizes of an array of n points and of a list of
// n ciphertexts.
func arrayTree(n int) int { return headerSize + n*pointTree }
func listTree(n int) int  { return headerSize + 2*arrayTree(n) }

// A treeWriter writes byte trees piece by piece to a hash or a buffer, neither
// of which fails, so that a list is hashed without a copy of it.
type treeWriter struct {
	w   io.Writer
	buf []byte
}

func (t *treeWriter) node(children int) {
	t.buf = binary.BigEndian.AppendUint32(append(t.buf, tagNode), uint32(children))
}

func (t *treeWriter) leaf(b []byte) {
	t.buf = binary.BigEndian.AppendUint32(append(t.buf, tagLeaf), uint32(len(b)))
	t.buf = append(t.buf, b...)
}

func (t *treeWriter) int32(n uint32) { t.leaf(binary.BigEndian.AppendUint32(nil, n)) }

func (t *treeWriter) field(be []byte) {
	t.buf = append(t.buf, tagLeaf, 0, 0, 0, fieldSize, 0)
	t.buf = append(t.buf, be...)
}

func (t *treeWriter) scalar(s group.Scalar) { t.field(s.Bytes()) }

// point must not be given the identity.
func (t *treeWriter) point(e group.Element) {
	x, y := e.Affine()
	t.node(2)
	t.field(x[:])
	t.field(y[:])
	if len(t.buf) >= 1<<14 {
		t.flush()
	}
}

func (t *treeWriter) scalars(ss []group.Scalar) {
	t.node(len(ss))
	for _, s := range ss {
		t.scalar(s)
	}
}

func (t *treeWriter) points(es []group.Element) {
	t.node(len(es))
	for _, e := range es {
		t.point(e)
	}
}

func (t *treeWriter) ciphertexts(cs []elgamal.Ciphertext) {
	t.node(2)
	t.node(len(cs))
	for _, c := range cs {
		t.point(c.A)
	}
	t.node(len(cs))
	for _, c := range cs {
		t.point(c.B)
	}
}

// flush hands on what is buffered; whoever creates a treeWriter ends with it.
func (t *treeWriter) flush() {
	t.w.Write(t.buf)
	t.buf = t.buf[:0]
}

var errTree = errors.New("not the byte tree that belongs there")

// A treeReader reads a byte tree whose shape is known, field by field. Since
// every length in it is known before it is read, nothing is allocated or
// descended into on the word of the bytes. After the first error nothing more
// is read.
type treeReader struct {
	b   []byte
	err error
}

// take consumes the tag, the length and then more bytes, and returns the latter.
func (t *treeReader) take(tag byte, length, more int) []byte {
	if t.err == nil && (len(t.b) < headerSize+more || t.b[0] != tag ||
		binary.BigEndian.Uint32(t.b[1:]) != uint32(length)) {
		t.err = errTree
	}
	if t.err != nil {
		return nil
	}
	out := t.b[headerSize:][:more]
	t.b = t.b[headerSize+more:]
	return out
}

func (t *treeReader) node(children int) { t.take(tagNode, children, 0) }

// field returns 32 bytes, or nil after an error.
func (t *treeReader) field() []byte {
	b := t.take(tagLeaf, fieldSize, fieldSize)
	if t.err == nil && b[0] != 0 {
		t.err = errTree
	}
	if t.err != nil {
		return nil
	}
	return b[1:]
}

func (t *treeReader) scalar() (s group.Scalar) {
	if b := t.field(); t.err == nil {
		s, t.err = group.DecodeScalar(b)
	}
	return s
}

func (t *treeReader) point() (e group.Element) {
	t.node(2)
	x, y := t.field(), t.field()
	if t.err == nil {
		e, t.err = group.ElementFromAffine(x, y)
	}
	return e
}

func (t *treeReader) scalars(into []group.Scalar) {
	t.node(len(into))
	for i := 0; i < len(into) && t.err == nil; i++ {
		into[i] = t.scalar()
	}
}

func (t *treeReader) points(into []group.Element) {
	t.node(len(into))
	for i := 0; i < len(into) && t.err == nil; i++ {
		into[i] = t.point()
	}
}

func (t *treeReader) ciphertexts(into []elgamal.Ciphertext) {
	t.node(2)
	t.node(len(into))
	for i := 0; i < len(into) && t.err == nil; i++ {
		into[i].A = t.point()
	}
	t.node(len(into))
	for i := 0; i < len(into) && t.err == nil; i++ {
		into[i].B = t.point()
	}
}

// end returns the first error; bytes left over are one.
func (t *treeReader) end() error {
	if t.err == nil && len(t.b) != 0 {
		t.err = errTree
	}
	return t.err
}
