package tamper_test

import (
	"crypto/ed25519"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// TestCarriedThrough: attacks that everybody after them goes along with, up to
// the result, so that one check stands between them and a certified record.
func TestCarriedThrough(t *testing.T) { carriedThrough().try(t) }

func carriedThrough() table {
	before := func(f *forger, i int, b record.Body, by ...string) where {
		f.insert(hq, i, f.sign(hq, b, by...))
		return entry(hq, i)
	}
	return table{good, []row{
		{"B15 the first entry names another definition, which nobody shows", "V003", "", func(f *forger) where {
			other := must(election.Decode(f.def.Canonical()))
			other.PollingDay = "2026-05-02"
			return entry(hq, edit(f, hq, 0, func(d *record.Definition) {
				d.Blob = record.NewBlob(record.TypeDefinition, other.Canonical())
			}))
		}},
		{"A14 a trustee confirmed another key, and the election went on", "V012", "", func(f *forger) where {
			return entry(hq, edit(f, hq, 2, func(c *record.Confirmation) { c.Key = group.BaseMul(group.NewScalar(7)).Bytes() }))
		}},
		{"I07 a device is granted with the key of an officer, and not used", "V014", "", func(f *forger) where {
			g := &record.Grant{Office: "hq", What: record.GrantDevice, ID: "spare", Branch: "101",
				Key: f.keys.Signing("officer/b1-head").Public().(ed25519.PublicKey)}
			return entry(hq, f.append(hq, g, "office/hq"))
		}},
		{"D19 a branch opened again before it closed", "V021", "", func(f *forger) where {
			f.insert(b103, 1, f.logs[b103][0])
			f.reclose(b103)
			return entry(b103, 1)
		}},
		{"B12 a ballot is cast twice, and counted once", "V025", "", func(f *forger) where {
			stated := nth[*record.Close](f, b101, 0).Counts
			i := indices[*record.Close](f, b101)[0]
			f.insert(b101, i, f.logs[b101][indices[*record.Cast](f, b101)[0]])
			f.reclose(b101)
			edit(f, b101, 0, func(c *record.Close) { c.Counts = stated })
			f.takeIn(b101)
			return entry(b101, i)
		}},
		{"D07 a device reveals another vote than it sealed, and nobody looks", "V026", "", func(f *forger) where {
			i := edit(f, b101, 0, func(c *record.Challenged) { c.Contests[0].Selections = []uint64{4, 5} })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"C04 more cast than voters checked in, and the canvass says so", "V027", "", func(f *forger) where {
			var in uint64
			i := edit(f, b101, 0, func(c *record.Close) { c.Counts.CheckedIn = c.Counts.Cast - 1; in = c.Counts.CheckedIn })
			f.takeIn(b101)
			edit(f, hq, 0, func(c *record.Canvass) {
				f.state(c, func(s *record.Statements) { s.Statements[0].Counts.CheckedIn = in })
			})
			f.recanvass()
			return entry(b101, i)
		}},
		{"B05 a branch went back after it had closed, and came again", "V028", "", func(f *forger) where {
			i := indices[*record.Units](f, hq)[0]
			last := f.logs[hq][indices[*record.Head](f, hq)[0]]
			f.insert(hq, i, last)
			return before(f, i, &record.Head{Branch: "101", Checkpoint: f.checkpoint(b101, f.logs[b101][:5])}, "office/hq")
		}},
		{"H06 a branch sent a head after the units were fixed", "V030", "", func(f *forger) where {
			return before(f, indices[*record.Units](f, hq)[0]+1, nth[*record.Head](f, hq, 0), "office/hq")
		}},
		{"a reserve mixed a third time, and its rows were not used", "V031", "", func(f *forger) where {
			rows := f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 2)).Output)
			return before(f, indices[*record.Shares](f, hq)[0], f.mix("101", "m3", 3, rows, f.session("101")), "mixer/m3")
		}},
		{"A16 a trustee opened twice, and was counted once", "V033", "", func(f *forger) where {
			return before(f, indices[*record.Tally](f, hq)[0], nth[*record.Shares](f, hq, sharesOf(f, "101", "t1")), "trustee/t1")
		}},
		{"A15 a fourth trustee opened wrongly, and was not needed", "V034", "", func(f *forger) where {
			rows := f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 2)).Output)
			s := f.shares("101", 3, rows)
			p := f.secrets[3].PartialDecrypt(rows)
			p[0] = p[0].Add(group.Generator())
			s.Shares = f.blob(record.TypeShares, threshold.EncodeCommitments(p))
			return before(f, indices[*record.Tally](f, hq)[0], s, "trustee/t4")
		}},
		{"F01 headquarters knew the tally before a quorum had opened", "V035", "", func(f *forger) where {
			to := indices[*record.Shares](f, hq)[0]
			f.move(hq, indices[*record.Tally](f, hq)[tallyOf(f, "101")], to)
			return entry(hq, to)
		}},
		{"F08 a tally has one vote more, which the canvass does not count", "V037", "", func(f *forger) where {
			return entry(hq, edit(f, hq, tallyOf(f, "101"), func(b *record.Tally) { b.Counts[0]++ }))
		}},

		{"B14 a branch is missing when the units are fixed", "V020", report.Unknown, func(f *forger) where {
			cut[*record.Shuffle](f)
			remove(f, b102+"/")
			return inLog(b102)
		}},
	}}
}

// TestAskedTwice: the last of them, in an election with a tie.
func TestAskedTwice(t *testing.T) { askedTwice().try(t) }

func askedTwice() table {
	return table{tied, []row{
		{"F06 a question is put again, and answered once", "V041", "", func(f *forger) where {
			i := indices[*record.Question](f, hq)[0]
			f.insert(hq, i+1, f.logs[hq][i])
			draw(f, func(*record.Lot) {})
			hash := record.Code(f.logs[hq][len(f.logs[hq])-1])
			f.append(hq, certified(f, [][]byte{hash[:]}), offices...)
			return entry(hq, i+1)
		}},
	}}
}

// TestBrokenProofs: what is left to refuse, should a proof turn out not to prove
// anything. The auditor is made to believe the slot proofs of altered ballots,
// and everybody after that is honest.
func TestBrokenProofs(t *testing.T) { brokenProofs().try(t) }

func brokenProofs() table {
	return table{good, []row{
		{"A17 a slot proof lets through a vote for a code that is in no table", "V036", "", func(f *forger) where {
			f.reseal(1, 2, 8)
			return inLog(hq)
		}},
		{"A07 slot proofs let through each voter's vote for one candidate twice", "V036", "", func(f *forger) where {
			f.reseal(len(indices[*record.Cast](f, b101)), 2, 2)
			return inLog(hq)
		}},
		{"A07 a slot proof lets through a vote for code 0", "V036", "", func(f *forger) where {
			f.reseal(1, 0, 2)
			return inLog(hq)
		}},
	}}
}

// reseal lets the first cast ballots of branch 101 hold the codes, the auditor
// believe their slot proofs, and the unit be mixed and opened anew.
func (f *forger) reseal(ballots int, codes ...int) {
	cut[*record.Tally](f)
	cast := map[string]bool{}
	for _, i := range indices[*record.Cast](f, b101) {
		cast[string(body[*record.Cast](f, b101, i).Code)] = true
	}
	var altered []int
	for n, i := range indices[*record.Sealed](f, b101) {
		if code := record.Code(f.logs[b101][i]); cast[string(code[:])] && len(altered) < ballots {
			altered = append(altered, f.alter(b101, n, func(s *record.Sealed) {
				f.sealRows(b101, s, []group.Scalar{group.RandomScalar(), group.RandomScalar()}, codes...)
			}))
		}
	}
	f.fooled = &source.Facts{}
	for _, i := range altered {
		f.fooled.Hold(source.Fact("slots", f.id[:], f.key.Element().Bytes(), []byte(b101), f.logs[b101][i]))
	}
	rows := f.rows(b101)
	for turn := 1; turn <= 2; turn++ {
		edit(f, hq, shuffleOf(f, "101", turn), func(s *record.Shuffle) {
			*s = *f.mix("101", s.Mixer, turn, rows, f.session("101"))
			rows = f.read(s.Output)
		})
	}
	for i, id := range []string{"t1", "t2", "t3"} {
		edit(f, hq, sharesOf(f, "101", id), func(s *record.Shares) { *s = *f.shares("101", i, rows) })
	}
}
