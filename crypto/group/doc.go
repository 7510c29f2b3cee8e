// Package group is the prime-order group P-256 as the rest of the mathematics
// sees it: scalars, elements, strict encodings, hashing to the group and
// multi-scalar multiplication.
//
// Specification: spec/crypto.md, section 1.
//
// In and out. A Scalar is an integer mod q, encoded as 32 bytes big-endian and
// refused when it is not below q. An Element is a point of the curve, encoded
// as the 33 bytes of compressed SEC 1; the identity has no encoding and every
// decoder refuses it. Both are values: no function changes its arguments, and
// results may alias inputs freely.
//
// Two kinds of arithmetic, told apart by name. Everything that a secret scalar
// may touch runs in constant time: all Scalar methods except those named
// VarTime, Element.Mul, BaseMul, Base, and Acc, which adds up products without
// leaving the constant-time representation. What works on public values only
// runs in variable time: Element.Add, Sub and Neg, MultiMul, Table and Batch.
// A secret must never reach the second kind; the doc comment of each function
// says which it is.
//
// What it never does: no file, no clock, no network, no election words. The
// only randomness is RandomScalar, from crypto/rand.
//
// How it fails: malformed bytes are an error. A wrong number of arguments
// (slices of different lengths) is a programmer's error and panics.
//
// Sources: SEC 2 (secp256r1); SEC 1 section 2.3 (encodings); RFC 9380 section
// 8.2, suite P256_XMD:SHA-256_SSWU_RO_ (hashing); Renes, Costello, Batina 2016
// (complete addition, in filippo.io/nistec). Scalars are filippo.io/bigmod,
// constant-time points filippo.io/nistec, variable-time points gnark-crypto's
// ecc/secp256r1. This package hides all three; nobody else imports them.
package group
