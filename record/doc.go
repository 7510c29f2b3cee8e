// Package record holds every entry of the public record: its type, its one
// encoding, what is signed, and which act writes it.
//
// Specification: spec/record.md (rules R1…) and spec/record.cddl.
//
// In and out. An Entry is a body, one of the types of this package, with the
// signatures of those who answer for it; it is encoded as deterministic CBOR
// of at most MaxEntry bytes. Decode refuses everything that Encode does not
// write: unknown types and fields, other spellings of a value, trailing bytes.
// What is larger than an entry lies beside the logs as a blob, named by a Blob
// value (kind, size in bytes, SHA-256).
//
// The bytes that are signed bind an entry to its election and its log, so that
// it is worth nothing elsewhere; see Message. Tags of proofs are made here too
// (tag.go), because the mathematics does not know the words.
//
// What it never does: it reads no file and decides nothing. Whether an entry
// may stand where it stands is for package verify. There is no field for a
// voter, nor for the time of a vote.
//
// How it fails: Decode and Verify return errors that name the type and the
// field. Encoding a body over the limit is an error before anything is signed.
//
// Sources: RFC 8949 section 4.2.1 (core deterministic encoding); RFC 8032
// (Ed25519, as crypto/ed25519 verifies it: s below the order, so no second
// signature of the same bytes by others); RFC 8610 (CDDL).
package record
