// Package strictjson reads the JSON that people write, strictly, and names
// everything that is wrong with it by its path.
//
// Specification: spec/definition.md, "Reading" (rules D1 to D4).
//
// In: the bytes of one JSON value, at most 64 MiB ([Unmarshal]). Out: the Go value
// that they fill, and [Faults], each with its JSON path, what is wrong, and how to
// put it right. Fields are named by their json tags; one that is neither
// omitempty nor omitzero must be there. [LinesOf] tells where in the text the value
// at a path stands.
//
// It never fills in, folds or repairs: a field that is not known or written
// twice, null, a fraction, an exponent, data after the value, invalid UTF-8 are
// faults. It reads no file, and what a value means it leaves to whoever asked.
//
// It fails with all faults at once, unless the text is not JSON at all; then it is
// one that says where. It panics only on a Go value that it cannot fill.
//
// Sources: RFC 8259, with the stricter reading of RFC 7493 (names unique, valid
// UTF-8).
package strictjson
