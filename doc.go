// Package sandogh is the map of the module; it has no code.
//
// Sandogh runs an election: ballots are sealed where they are cast, written to
// a public record, mixed, opened by a quorum of trustees and counted, and anyone
// can check all of it from the record alone. Specification: the files of spec/,
// each with numbered rules; every package names its own.
//
// What lies in the root is what a citizen must be able to read, import and run
// again: mathematics, law, record, acts, checks. It is pure: no network, no
// database, no voter's name. What lies in internal/ is the machinery of those
// who run an election; nobody has to trust it, so nobody else can import it. The
// layers, the only imports that they may have, and the modules of others that
// each may use are a table in layers_test.go. It fails on any other import.
//
//	crypto/...                         the mathematics: no election words, no files, no clock
//	law election ballot apportion      values and rules, no cryptography
//	count calendar strictjson
//	record board                       every public entry; reading an append-only log
//	verify                             the numbered checks: record in, report out
//	verify/report verify/source        findings and status; blobs, logs and entries as they are read
//	verify/branchlog verify/unit       the checks of one branch's log; of one tally unit
//	verify/outcome                     the checks of what each contest comes to
//	keyceremony encrypt mix decrypt    the acts: each checks its input, acts, and returns
//	tally canvass                      entries for the record
//	internal/...                       the machines
//	cmd/sandogh                        the one binary
//
// # Three walks
//
// A vote: ballot.New takes the selections; encrypt.Device.Seal makes the sealed
// ballot, and the plaintext ends there; the entry is durable in the branch's log
// before the voter decides to cast, spoil or challenge it; the branch closes with
// a statement of its log; verify checks it all; mix, by each mixer in turn;
// decrypt, by a quorum; tally; count, inside canvass; the result.
//
// The law: an article is cited by a rule of package count and by a contest of the
// definition, which internal/drafting makes of a county's places, candidates and
// branches; election.Parse reads it strictly and names every fault with its path;
// its canonical bytes hash to the election id, which is bound into every signature
// and proof; ballot styles are derived from it, never made by hand.
//
// An auditor: package board reads the logs (signatures, witnesses, tree), package
// record decodes entries, package verify walks the checks of spec/verify.md and
// reports.
//
// # Reading order
//
// For the idea: spec/acts.md, then the package documentation of record, encrypt
// and verify. For the mathematics: spec/crypto.md, then crypto/group, transcript,
// elgamal, zkp, shuffle, threshold in this order. For the law: spec/definition.md,
// then election, ballot, apportion, count. Whoever wants to refute a result begins at
// spec/verify.md and verify/verify.go.
//
// It never fails, because it does nothing. Sources are named by each package.
package sandogh
