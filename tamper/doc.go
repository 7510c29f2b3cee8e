// Package tamper is the attackers: forgers who take a good record apart, change
// it, put it together again, and must be found out. It has tests only.
//
// Specification: spec/verify.md, whose checks these tests try to get past. Ids
// such as A08 or B18 at the beginning of a row are those of doc/threats.md.
//
// In and out. One small election is run once, with everything in it: a unit of
// merged branches, a branch without voters, a spoiled and a challenged ballot.
// Its entries, blobs and every private key go to the forger. Each row of the
// tables says what was done and which numbered checks refuse it: exactly those,
// so that a check that begins to refuse for a wrong reason is noticed as well
// as one that no longer refuses.
//
// The forger holds all keys: after a change it signs again, builds tiles and
// checkpoints anew, has them cosigned, and repairs closing statements and
// heads. What is refused then is refused for its content. Where what follows in
// the log would give the change away at once, the log is cut before it, which
// is the record as an auditor sees it at that phase. Forged proofs are made
// with the provers of the system on statements of the forger's choice.
//
// Every check is the only one that refuses some row, and a test builds verify
// without each of them in turn to show that the row then verifies. Most such
// rows are carried through: everybody after the attacker goes along, up to a
// signed result. Where only the unsoundness of a proof would get a record that
// far (V036), the auditor is made to believe that proof.
//
// Beside the tables the smallest record that has everything is tried without a
// thought: every bit flipped, every file renamed, 100,000 mutants signed again.
// spec/vectors/record holds what other verifiers can try themselves on.
//
// Those who only look are here too. They know everything that an election holds
// secret (crypto/rand is tapped, keys are stolen, and what a device or a dealer
// derived is derived once more) and search what is published, printed, logged
// and told in errors for it, in every form that they can think of; and they
// compare the outside of two elections with other votes.
//
// What it never does: it does not attack the primitives; that is for the tests
// of crypto/…, which forge proofs by other means. An older state of the whole
// record, witnesses included, is a good record: it verifies, and says that the
// election has not come further.
//
// How it fails: a row that verifies is a hole in package verify; a value that is
// found is a leak, and the finding says of what kind and in what form.
package tamper
