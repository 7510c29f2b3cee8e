// Package shuffle re-encrypts and permutes a list of ciphertexts and proves
// that it did nothing else: the proof of a shuffle of Terelius and Wikström,
// byte for byte as the Verificatum mix-net 3.1.0 computes it.
//
// Specification: spec/crypto-shuffle.md.
//
// In and out. A [Session] names the run; [Session.Generators] derives from it
// one element per row whose logarithms nobody knows. [Prove] takes the public
// key and N ciphertexts and returns N ciphertexts and a [Proof] of 163·N + 294
// bytes; [Verify] takes the public values only. Rows number from 2 to [MaxRows].
// The mixers of one unit are the parties of one session and share its
// generators. [ExportDirectory] writes what Verificatum's own verifier reads,
// [CheckDirectory] checks such a directory.
//
// What it never does: it opens nothing and it knows no votes. It has no rule on
// how many rows may be mixed for secrecy's sake: callers decide that. It does
// not check that the input is well formed beyond decoding.
//
// Constant time. Every secret exponent is used in constant time, and no branch
// depends on the permutation. What the memory accesses show is another matter:
// rows are read in input order and written where the permutation sends them,
// so somebody who watches the addresses (through a shared cache, say) learns
// the permutation. A mixer runs on a machine of its own. Verifying is variable
// time, over public values.
//
// How it fails: what does not verify, and every malformed byte, is an error. A
// batched check cannot say which equation failed. A wrong proof passes with
// probability about 2^-128 over the verifier's own coins.
//
// Sources: Terelius, Wikström 2010 (the proof); Wikström 2011, "How to
// implement a stand-alone verifier for the Verificatum mix-net" (byte trees,
// random oracle, generators). Parameters: P-256, SHA-256, batching exponents
// and challenge of 256 bits, statistical distance 2^-100, width 1; batch
// weights of 128 bits.
package shuffle
