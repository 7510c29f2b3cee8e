// Package zkp is the zero-knowledge proofs: knowledge of a logarithm, equality
// of many logarithms, and the slot proof, that ciphertexts hold distinct numbers
// of a range. The first two are sigma proofs of linear relations, which are here
// in general.
//
// Specification: spec/crypto.md, section 4 (linear relations, logarithms);
// spec/crypto-slot.md (slot proof).
//
// In and out. Every proof takes a tag, which names the protocol and binds it to
// its context, and a statement of public elements; it is bytes of
// a length fixed by the statement (the slot proof describes its own):
//
//	linear relation, N equations in n scalars   33·N + 32·n (batchable), 32·(1 + n) (compact)
//	ProveLog, X = x·g                           65
//	ProveEqual, y = x·g and every q_j = x·p_j   98, however many pairs
//
// The whole statement is absorbed before any challenge is squeezed. A tag
// belongs to one kind of proof: callers give each kind its own label.
//
// What it never does: it knows nothing of what is proved. Witnesses and nonces
// see constant-time arithmetic only; the nonces of sigma proofs come from
// crypto/rand, and none leaves its prover before it has passed the verifier's
// equations, so a fault in the computation is not published.
//
// How it fails: a verifier returns nil or an error that names the first thing
// wrong; proofs and statements are never repaired. A prover returns an error
// when the witness does not fit the statement.
//
// Sources: draft-irtf-cfrg-sigma-protocols and draft-irtf-cfrg-fiat-shamir at
// commit 91cc933, suite sigma-proofs_Shake128_P256; Schnorr 1991; Chaum,
// Pedersen 1992 (equal logarithms); Maurer 2009 (linear relations); Bellare,
// Garay, Rabin 1998 (batching by 128-bit weights); Bernhard, Pereira, Warinschi
// 2012 (strong Fiat–Shamir).
package zkp
