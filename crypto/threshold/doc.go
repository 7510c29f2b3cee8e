// Package threshold shares a secret key among n trustees so
// that any t of them open ciphertexts together and t−1 learn nothing: Pedersen
// key generation with Feldman's commitments, partial decryption, combining.
//
// Specification: spec/crypto.md, section 5.
//
// In and out. Trustees have the indices 1..n. Each deals once: t elements
// committing to a polynomial of degree t−1, a proof of possession of its
// constant term (65 bytes), and one scalar for each trustee. All commitments
// together give the public key y and every verification key y_i; the scalars
// that trustee i received give its Secret x_i. Of each ciphertext (A, B) under
// y it publishes the partial decryption x_i·A with one proof of equal
// logarithms (98 bytes) over all rows. Combine gives x·A of each row from any t
// of them, Open gives m·g = B − x·A, and a LogTable gives the small m. Elements
// are written additively.
//
// What it never does: it neither sends, signs, encrypts nor stores anything,
// and does not decide who is a trustee; key ceremony and opening do. Nothing is
// computed with a Secret but Key, Rehearse, PartialDecrypt and Prove. What
// touches dealt scalars or the Secret is in constant time; combining works on
// public elements in variable time.
//
// How it fails: a wrong share, proof or encoding is false or an error. Using
// something after Erase, or asking a dealing for the share of an index outside
// 1..n (0 would be its secret), is a programmer's error and panics. Secrets
// print, log and marshal as a fixed word.
//
// Sources: Feldman 1987; Pedersen 1991; Gennaro, Jarecki, Krawczyk, Rabin 2007
// (what a rushing dealer can do without commit-then-reveal); Ristenpart, Yilek
// 2007 (proofs of possession against rogue keys); Cramer, Gennaro,
// Schoenmakers 1997 (opening by a quorum).
package threshold
