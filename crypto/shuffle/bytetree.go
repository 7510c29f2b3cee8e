package shuffle

import (
	"encoding/binary"
	"errors"
	"fmt"
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

	// maxDepth is twice what any file of a proof needs.
	maxDepth = 8
)

// arrayTree and listTree are the sizes of an array of n points and of a list of
// n ciphertexts.
func arrayTree(n int) int { return headerSize + n*pointTree }
func listTree(n int) int  { return headerSize + 2*arrayTree(n) }

// A tree is a decoded byte tree; its leaves alias the bytes it was read from.
type tree struct {
	leaf     []byte
	children []tree
	node     bool
}

var errTree = errors.New("decode byte tree: malformed")

// decodeTree reads exactly one byte tree. It allocates at most what the length
// of b allows: a child takes at least five bytes.
func decodeTree(b []byte) (tree, error) {
	t, rest, err := decodeSubtree(b, maxDepth)
	if err != nil {
		return tree{}, err
	}
	if len(rest) != 0 {
		return tree{}, fmt.Errorf("%w: %d bytes after its end", errTree, len(rest))
	}
	return t, nil
}

func decodeSubtree(b []byte, depth int) (t tree, rest []byte, err error) {
	if depth == 0 {
		return tree{}, nil, fmt.Errorf("%w: deeper than %d", errTree, maxDepth)
	}
	if len(b) < headerSize {
		return tree{}, nil, fmt.Errorf("%w: ends in a header", errTree)
	}
	n := uint64(binary.BigEndian.Uint32(b[1:]))
	tag, b := b[0], b[headerSize:]
	switch tag {
	case tagLeaf:
		if n > uint64(len(b)) {
			return tree{}, nil, fmt.Errorf("%w: a leaf longer than what is left", errTree)
		}
		return tree{leaf: b[:n:n]}, b[n:], nil
	case tagNode:
		if n > uint64(len(b)/headerSize) {
			return tree{}, nil, fmt.Errorf("%w: more children than what is left can hold", errTree)
		}
		t = tree{node: true, children: make([]tree, n)}
		for i := range t.children {
			if t.children[i], b, err = decodeSubtree(b, depth-1); err != nil {
				return tree{}, nil, err
			}
		}
		return t, b, nil
	}
	return tree{}, nil, fmt.Errorf("%w: tag %#02x", errTree, tag)
}

// nodes returns the children of a node that has exactly n.
func (t tree) nodes(n int) ([]tree, error) {
	if !t.node || len(t.children) != n {
		return nil, fmt.Errorf("%w: not a node of %d children", errTree, n)
	}
	return t.children, nil
}

func (t tree) field() ([]byte, error) {
	if t.node || len(t.leaf) != fieldSize || t.leaf[0] != 0 {
		return nil, fmt.Errorf("%w: not a non-negative integer of %d bytes", errTree, fieldSize)
	}
	return t.leaf[1:], nil
}

func (t tree) scalar() (group.Scalar, error) {
	b, err := t.field()
	if err != nil {
		return group.Scalar{}, err
	}
	return group.DecodeScalar(b)
}

func (t tree) point() (group.Element, error) {
	xy, err := t.nodes(2)
	if err != nil {
		return group.Element{}, err
	}
	x, err := xy[0].field()
	if err != nil {
		return group.Element{}, err
	}
	y, err := xy[1].field()
	if err != nil {
		return group.Element{}, err
	}
	return group.ElementFromAffine(x, y)
}

// array decodes an array of exactly n elements with read.
func array[T any](t tree, n int, read func(tree) (T, error)) ([]T, error) {
	children, err := t.nodes(n)
	if err != nil {
		return nil, err
	}
	out := make([]T, n)
	for i, c := range children {
		if out[i], err = read(c); err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
	}
	return out, nil
}

func (t tree) points(n int) ([]group.Element, error) { return array(t, n, tree.point) }

func (t tree) scalars(n int) ([]group.Scalar, error) { return array(t, n, tree.scalar) }

// ciphertexts decodes a list of exactly n ciphertexts.
func (t tree) ciphertexts(n int) ([]elgamal.Ciphertext, error) {
	ab, err := t.nodes(2)
	if err != nil {
		return nil, err
	}
	as, err := ab[0].points(n)
	if err != nil {
		return nil, err
	}
	bs, err := ab[1].points(n)
	if err != nil {
		return nil, err
	}
	out := make([]elgamal.Ciphertext, n)
	for i := range out {
		out[i] = elgamal.Ciphertext{A: as[i], B: bs[i]}
	}
	return out, nil
}

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

func (t *treeWriter) ciphertext(c elgamal.Ciphertext) {
	t.node(2)
	t.point(c.A)
	t.point(c.B)
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
