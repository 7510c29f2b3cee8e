package tamper_test

import (
	"crypto/rand"
	"crypto/sha256"
	"path/filepath"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/unit"
)

// The acts as a forger does them: without asking whether it may.

// slotTag returns the tag of the slot proof of a ballot in a log.
func (f *forger) slotTag(log string, s *record.Sealed) []byte {
	c := &f.def.Contests[0]
	b, _, _, err := zkp.SlotParams(c.N(), c.K())
	succeed(err)
	return record.SlotTag(f.id, f.key.Element().Bytes(), c.ID, c.N(), c.K(), b,
		record.BallotID{Style: s.Style, Branch: filepath.Base(log), Device: s.Device, Number: s.Number})
}

// seal returns a ballot of a device with the next number and the selected
// codes, sealed with a seed of the forger's.
func (f *forger) seal(log, device string, codes ...int) *record.Sealed {
	s := &record.Sealed{Device: device, Number: f.next(log, device), Style: nth[*record.Sealed](f, b101, 0).Style}
	var seed [32]byte
	rand.Read(seed[:])
	f.sealWith(log, s, seed, codes...)
	return s
}

// sealWith fills the ballot with the selected codes, sealed with a seed.
func (f *forger) sealWith(log string, s *record.Sealed, seed [32]byte, codes ...int) {
	c := &f.def.Contests[0]
	slots := make([]int, c.K())
	copy(slots, codes)
	sealed := must(zkp.SealSlots(f.slotTag(log, s), f.key, c.N(), c.K(), slots, seed))
	s.Contests = []record.SealedContest{{Contest: c.ID, Rows: elgamal.Encode(sealed.Rows), Proof: sealed.Proof}}
}

// sealRows fills the ballot with the codes under the randomness r, with a proof
// of the forger's own making. The prover takes codes that may be proved only,
// so that for others the proof says of their rows that they hold the next best.
func (f *forger) sealRows(log string, s *record.Sealed, r []group.Scalar, codes ...int) {
	c := &f.def.Contests[0]
	_, _, n, err := zkp.SlotParams(c.N(), c.K())
	succeed(err)
	claimed := slices.Clone(codes)
	for i := range claimed {
		claimed[i] = min(max(claimed[i], 1), c.N()+c.K())
		if i > 0 && claimed[i] == claimed[i-1] {
			claimed[i]++
		}
	}
	w := &zkp.SlotWitness{Codes: claimed, R: r, Alpha: group.RandomScalar(), Rho: group.RandomScalar(),
		Tau1: group.RandomScalar(), Tau2: group.RandomScalar()}
	for range n {
		w.SL = append(w.SL, group.RandomScalar())
		w.SR = append(w.SR, group.RandomScalar())
	}
	var rows []elgamal.Ciphertext
	for i, code := range codes {
		rows = append(rows, f.key.Encrypt(group.NewScalar(uint64(code)), r[i]))
	}
	proof := must(zkp.ProveSlots(&zkp.SlotStatement{Tag: f.slotTag(log, s), Key: f.key.Element(), N: c.N(), K: c.K(), Rows: rows}, w))
	s.Contests = []record.SealedContest{{Contest: c.ID, Rows: elgamal.Encode(rows), Proof: proof}}
}

// next returns the number of a device's next ballot.
func (f *forger) next(log, device string) (n uint64) {
	for _, i := range indices[*record.Sealed](f, log) {
		if body[*record.Sealed](f, log, i).Device == device {
			n++
		}
	}
	return n
}

// stuff puts a ballot before the close of a branch and returns its index.
func (f *forger) stuff(log string, s *record.Sealed) int {
	i := indices[*record.Close](f, log)[0]
	f.insert(log, i, f.sign(log, s, "device/"+s.Device))
	return i
}

// cast ends the ballot at index i as cast, before the close.
func (f *forger) cast(log string, i int) int {
	s := body[*record.Sealed](f, log, i)
	code := record.Code(f.logs[log][i])
	to := indices[*record.Close](f, log)[0]
	f.insert(log, to, f.sign(log, &record.Cast{Device: s.Device, Number: s.Number, Code: code[:]}, "device/"+s.Device))
	return to
}

// alter changes the nth sealed ballot of a log, whose device signs again; its
// ending, the close and the head follow.
func (f *forger) alter(log string, n int, change func(*record.Sealed)) int {
	i := edit(f, log, n, change)
	s := body[*record.Sealed](f, log, i)
	f.recode(log, s)
	f.reclose(log)
	return i
}

// recode corrects the code in the ending of a ballot.
func (f *forger) recode(log string, s *record.Sealed) {
	sealed := slices.IndexFunc(f.logs[log], func(data []byte) bool {
		b, ok := must(record.Decode(data)).Body.(*record.Sealed)
		return ok && b.Device == s.Device && b.Number == s.Number
	})
	code := record.Code(f.logs[log][sealed])
	for i, data := range f.logs[log] {
		switch b := must(record.Decode(data)).Body.(type) {
		case *record.Cast:
			if b.Device == s.Device && b.Number == s.Number {
				b.Code = code[:]
				f.put(log, i, b)
			}
		case *record.Spoiled:
			if b.Device == s.Device && b.Number == s.Number {
				b.Code = code[:]
				f.put(log, i, b)
			}
		case *record.Challenged:
			if b.Device == s.Device && b.Number == s.Number {
				b.Code = code[:]
				f.put(log, i, b)
			}
		}
	}
}

// rows returns the rows of a unit's cast ballots in the record's order.
func (f *forger) rows(logs ...string) []elgamal.Ciphertext {
	var out []elgamal.Ciphertext
	for _, log := range logs {
		cast := map[string]bool{}
		for _, i := range indices[*record.Cast](f, log) {
			cast[string(body[*record.Cast](f, log, i).Code)] = true
		}
		for _, i := range indices[*record.Sealed](f, log) {
			if code := record.Code(f.logs[log][i]); cast[string(code[:])] {
				out = append(out, must(elgamal.Decode(body[*record.Sealed](f, log, i).Contests[0].Rows, f.def.Contests[0].K()))...)
			}
		}
	}
	return out
}

// read decodes a blob of rows.
func (f *forger) read(b record.Blob) []elgamal.Ciphertext {
	return must(elgamal.Decode(f.blobs[path(b)], int(b.Size)/elgamal.Size))
}

// mix returns a turn of a mixer that takes the rows, with a proof for the
// session.
func (f *forger) mix(unit, mixer string, turn int, rows []elgamal.Ciphertext, session shuffle.Session) *record.Shuffle {
	out, proof, err := shuffle.Prove(session, must(session.Generators(len(rows))), f.key, rows)
	succeed(err)
	input := sha256.Sum256(elgamal.Encode(rows))
	return &record.Shuffle{Contest: contest, Unit: unit, Mixer: mixer, Turn: uint64(turn), Input: input[:],
		Output: f.blob(record.TypeRows, elgamal.Encode(out)), Proof: f.blob(record.TypeShuffleProof, proof.Encode())}
}

func (f *forger) session(id string) shuffle.Session { return unit.Session(f.id, contest, id) }

// shares returns what the trustee at place i publishes for rows of a unit.
func (f *forger) shares(unit string, i int, rows []elgamal.Ciphertext) *record.Shares {
	id := f.def.Trustees[i].ID
	partials := f.secrets[i].PartialDecrypt(rows)
	proof := must(f.secrets[i].Prove(record.SharesTag(f.id, f.key.Element().Bytes(), contest, unit, id), rows, partials))
	return &record.Shares{Contest: contest, Unit: unit, Trustee: id,
		Shares: f.blob(record.TypeShares, threshold.EncodeCommitments(partials)), Proof: proof}
}

// shuffleOf, sharesOf and tallyOf return which entry of its type it is that is
// about a unit, as nth and edit count.
func shuffleOf(f *forger, unit string, turn int) int {
	for n := range indices[*record.Shuffle](f, hq) {
		if s := nth[*record.Shuffle](f, hq, n); s.Unit == unit && s.Turn == uint64(turn) {
			return n
		}
	}
	panic("forger: no such shuffle")
}

func sharesOf(f *forger, unit, trustee string) int {
	for n := range indices[*record.Shares](f, hq) {
		if s := nth[*record.Shares](f, hq, n); s.Unit == unit && s.Trustee == trustee {
			return n
		}
	}
	panic("forger: no such shares")
}

func tallyOf(f *forger, unit string) int {
	for n := range indices[*record.Tally](f, hq) {
		if nth[*record.Tally](f, hq, n).Unit == unit {
			return n
		}
	}
	panic("forger: no such tally")
}

// plan is the list of units that an entry names.
type plan struct{ Units []record.Unit }

// fix changes the list of the units that were fixed.
func (f *forger) fix(change func(*plan)) int {
	return edit(f, hq, 0, func(u *record.Units) {
		p := plan{must(record.DecodeUnits(f.blobs[path(u.Units)]))}
		change(&p)
		u.Units = f.blob(record.TypeUnits, must(record.EncodeUnits(p.Units)))
	})
}

// state changes the list of statements that a canvass names.
func (f *forger) state(c *record.Canvass, change func(*record.Statements)) {
	s := must(record.DecodeStatements(f.blobs[path(c.Statements)]))
	change(&s)
	c.Statements = f.blob(record.TypeStatements, must(record.EncodeStatements(s)))
}

// recanvass lets the result rest on the canvass as it is now.
func (f *forger) recanvass() {
	code := record.Code(f.logs[hq][indices[*record.Canvass](f, hq)[0]])
	for n := range indices[*record.Question](f, hq) {
		edit(f, hq, n, func(q *record.Question) { q.Votes = code[:] })
	}
	for n := range indices[*record.Result](f, hq) {
		edit(f, hq, n, func(r *record.Result) { r.Canvass = code[:] })
	}
}
