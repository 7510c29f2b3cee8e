package tamper_test

import (
	"crypto/sha256"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// TestUnits: units that are too small, too early, or of the forger's choice.
func TestUnits(t *testing.T) { unitLists().try(t) }

func unitLists() table {
	units := func(f *forger, change func(*plan)) where {
		cut[*record.Shuffle](f)
		return entry(hq, f.fix(change))
	}
	// list changes the bytes of the list, under the name that they then have.
	list := func(f *forger, change func([]byte) []byte) where {
		cut[*record.Shuffle](f)
		return entry(hq, edit(f, hq, 0, func(u *record.Units) {
			u.Units = f.blob(record.TypeUnits, change(slices.Clone(f.blobs[path(u.Units)])))
		}))
	}
	return table{good, []row{
		{"H05 a small unit is not merged", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) {
				u.Units[1].Branches, u.Units[1].Ballots = []string{"102"}, 3
				u.Units = append(u.Units, record.Unit{ID: "104", Branches: []string{"104"}, Ballots: 4})
			})
		}},
		{"F05 a unit of three ballots is fixed, and mixed", "V030", "", func(f *forger) where {
			i := f.fix(func(u *plan) {
				u.Units[1].Branches, u.Units[1].Ballots = []string{"102"}, 3
				u.Units = append(u.Units, record.Unit{ID: "104", Branches: []string{"104"}, Ballots: 4})
			})
			cut[*record.Shares](f)
			edit(f, hq, shuffleOf(f, "102", 1), func(s *record.Shuffle) {
				*s = *f.mix("102", s.Mixer, 1, f.rows(b102), f.session("102"))
			})
			f.remove(hq, indices[*record.Shuffle](f, hq)[shuffleOf(f, "102", 2)])
			return entry(hq, i)
		}},
		{"units are merged differently", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) {
				u.Units[0].Branches, u.Units[0].Ballots = []string{"101", "104"}, 10
				u.Units[1].Branches, u.Units[1].Ballots = []string{"102"}, 3
			})
		}},
		{"B14 a branch is in no unit", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) { u.Units[1].Branches, u.Units[1].Ballots = []string{"102"}, 3 })
		}},
		{"B12 a branch is in two units", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) {
				u.Units[0].Branches = append(u.Units[0].Branches, "102")
				u.Units[0].Ballots += 3
			})
		}},
		{"F08 a unit has one ballot more", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) { u.Units[0].Ballots++ })
		}},
		{"a unit has the id of another", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) { u.Units[1].ID = "104" })
		}},
		{"the units are in another order", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) { u.Units[0], u.Units[1] = u.Units[1], u.Units[0] })
		}},
		{"the unit without ballots is left out", "V030", "", func(f *forger) where {
			return units(f, func(u *plan) {
				u.Units = slices.DeleteFunc(u.Units, func(u record.Unit) bool { return u.Ballots == 0 })
			})
		}},
		{"B16 a byte follows the list of units", "V030", "", func(f *forger) where {
			return list(f, func(b []byte) []byte { return append(b, 0) })
		}},
		{"B16 the list of units is written with a longer head", "V030", "", func(f *forger) where {
			return list(f, func(b []byte) []byte { return append([]byte{0x98, b[0] & 0x1f}, b[1:]...) })
		}},
		{"B16 the list of units is empty", "V030", "", func(f *forger) where {
			return list(f, func([]byte) []byte { return nil })
		}},
		{"the list of units is said to be a list of statements", "V030", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			return entry(hq, edit(f, hq, 0, func(u *record.Units) { u.Units.Type = record.TypeStatements }))
		}},
		{"E13 the list of units is said to be longer than a list can be", "V030 V002", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			return entry(hq, edit(f, hq, 0, func(u *record.Units) { u.Units.Size = 1 << 50 }))
		}},
		{"the list of units is not the one that the entry names", "V002 V030", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			f.later(func(files fstest.MapFS) {
				files[path(nth[*record.Units](f, hq, 0).Units)].Data[3] ^= 1
			})
			return file(path(nth[*record.Units](f, hq, 0).Units))
		}},
		{"B14 the list of units is missing", "V002 V030 V040", report.Unknown, func(f *forger) where {
			return remove(f, path(nth[*record.Units](f, hq, 0).Units))
		}},
		{"F01 the units are fixed before a branch has closed", "V030", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			f.remove(b103, 1)
			f.takeIn(b103)
			return entry(hq, indices[*record.Units](f, hq)[0])
		}},
		{"H06 a branch sends more after the units are fixed", "V030", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			h := nth[*record.Head](f, hq, 0)
			return entry(hq, f.append(hq, h, "office/hq"))
		}},
		{"H06 a ballot is added after the units are fixed", "V030", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			f.cast(b101, f.stuff(b101, f.seal(b101, "b1-device1", 1, 2)))
			f.reclose(b101)
			return entry(hq, indices[*record.Units](f, hq)[0])
		}},
		{"the units are fixed twice", "V009", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			return entry(hq, f.append(hq, nth[*record.Units](f, hq, 0), "office/hq"))
		}},
		{"units of a contest that is not there", "V009", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			return entry(hq, f.append(hq, &record.Units{Contest: "mayor"}, "office/hq"))
		}},
	}}
}

// TestMixing: mixers who change rows, keep the order, or are one and the same.
func TestMixing(t *testing.T) { mixings().try(t) }

func mixings() table {
	// turn cuts the record after the given turn of unit 101, the last entry,
	// and lets the mixer's entry be what change makes of it.
	turn := func(f *forger, turn int, change func(*record.Shuffle)) where {
		cut[*record.Shares](f)
		for n := range indices[*record.Shuffle](f, hq) {
			if s := nth[*record.Shuffle](f, hq, n); s.Unit == "101" && s.Turn > uint64(turn) {
				f.remove(hq, indices[*record.Shuffle](f, hq)[n])
				break
			}
		}
		return entry(hq, edit(f, hq, shuffleOf(f, "101", turn), change))
	}
	// taken lets a mixer take the rows of unit 101 in the given turn, instead
	// of those who had it and the next ones.
	taken := func(f *forger, turn int, s *record.Shuffle) where {
		cut[*record.Shares](f)
		for _, i := range slices.Backward(indices[*record.Shuffle](f, hq)) {
			if had := body[*record.Shuffle](f, hq, i); had.Unit == "101" && had.Turn >= uint64(turn) {
				f.remove(hq, i)
			}
		}
		return entry(hq, f.append(hq, s, "mixer/"+s.Mixer))
	}
	first := func(f *forger) []elgamal.Ciphertext { return f.rows(b101) }
	second := func(f *forger) []elgamal.Ciphertext {
		return f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 1)).Output)
	}
	third := func(f *forger) []elgamal.Ciphertext {
		return f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 2)).Output)
	}
	rewritten := func(change func(f *forger, rows []elgamal.Ciphertext)) func(f *forger) where {
		return func(f *forger) where {
			rows := second(f)
			change(f, rows)
			return turn(f, 1, func(s *record.Shuffle) { s.Output = f.blob(record.TypeRows, elgamal.Encode(rows)) })
		}
	}
	return table{good, []row{
		{"A02 a mixer replaces a vote, the proof kept", "V032", "", rewritten(func(f *forger, rows []elgamal.Ciphertext) {
			rows[3] = f.key.Encrypt(group.NewScalar(4), group.RandomScalar())
		})},
		{"A02 a mixer adds one to a vote", "V032", "", rewritten(func(f *forger, rows []elgamal.Ciphertext) {
			rows[0].B = rows[0].B.Add(group.Generator())
		})},
		{"A02 a mixer counts one row twice and drops another", "V032", "", rewritten(func(f *forger, rows []elgamal.Ciphertext) {
			rows[1] = rows[0]
		})},
		{"A02 a mixer exchanges two rows after the proof", "V032", "", rewritten(func(f *forger, rows []elgamal.Ciphertext) {
			rows[0], rows[1] = rows[1], rows[0]
		})},
		{"A02 a mixer encrypts a row anew after the proof", "V032", "", rewritten(func(f *forger, rows []elgamal.Ciphertext) {
			rows[0] = f.key.Reencrypt(rows[0], group.NewScalar(1))
		})},
		{"a mixer gives back what it took", "V032", "", rewritten(func(f *forger, rows []elgamal.Ciphertext) {
			copy(rows, first(f))
		})},
		{"A06 a mixer puts the identity into a row", "V032", "", func(f *forger) where {
			rows := elgamal.Encode(second(f))
			copy(rows, make([]byte, group.ElementSize))
			return turn(f, 1, func(s *record.Shuffle) { s.Output = f.blob(record.TypeRows, rows) })
		}},
		{"A01 a byte of the proof is changed", "V032", "", func(f *forger) where {
			return turn(f, 1, func(s *record.Shuffle) {
				p := slices.Clone(f.blobs[path(s.Proof)])
				p[len(p)-1] ^= 1
				s.Proof = f.blob(record.TypeShuffleProof, p)
			})
		}},
		{"B16 a mixer names its rows by a part of their hash", "V002 V032", "", func(f *forger) where {
			return turn(f, 1, func(s *record.Shuffle) { s.Output.Hash = s.Output.Hash[:31] })
		}},
		{"a mixer takes the proof of the other mixer", "V032", "", func(f *forger) where {
			p := nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 2)).Proof
			return turn(f, 1, func(s *record.Shuffle) { s.Proof = p })
		}},
		{"a mixer takes the mix of another unit", "V031", "", func(f *forger) where {
			other := nth[*record.Shuffle](f, hq, shuffleOf(f, "102", 1))
			return turn(f, 1, func(s *record.Shuffle) { s.Output, s.Proof = other.Output, other.Proof })
		}},
		{"A02 a proof under the generators of another unit", "V032", "", func(f *forger) where {
			return taken(f, 1, f.mix("101", "m1", 1, first(f), f.session("102")))
		}},
		{"A02 a mixer mixes other votes, with a good proof of that", "V032", "", func(f *forger) where {
			rows := first(f)
			input := sha256.Sum256(elgamal.Encode(rows))
			rows[0] = f.key.Encrypt(group.NewScalar(4), group.RandomScalar())
			s := f.mix("101", "m1", 1, rows, f.session("101"))
			s.Input = input[:]
			return taken(f, 1, s)
		}},
		{"a mixer says that it mixes other votes", "V031", "", func(f *forger) where {
			rows := first(f)
			rows[0] = f.key.Encrypt(group.NewScalar(4), group.RandomScalar())
			return taken(f, 1, f.mix("101", "m1", 1, rows, f.session("101")))
		}},
		{"the second mixer starts from the ballots again", "V031", "", func(f *forger) where {
			return taken(f, 2, f.mix("101", "m2", 2, first(f), f.session("101")))
		}},
		{"a spoiled ballot is mixed instead of a cast one", "V031", "", func(f *forger) where {
			rows := first(f)
			spoiled := nth[*record.Spoiled](f, b101, 0).Code
			for _, i := range indices[*record.Sealed](f, b101) {
				if code := record.Code(f.logs[b101][i]); string(code[:]) == string(spoiled) {
					copy(rows, must(elgamal.Decode(body[*record.Sealed](f, b101, i).Contests[0].Rows, 2)))
				}
			}
			return taken(f, 1, f.mix("101", "m1", 1, rows, f.session("101")))
		}},
		{"one mixer has both turns", "V031", "", func(f *forger) where {
			return taken(f, 2, f.mix("101", "m1", 2, second(f), f.session("101")))
		}},
		{"the mixers are in another order", "V031", "", func(f *forger) where {
			return taken(f, 1, f.mix("101", "m2", 1, first(f), f.session("101")))
		}},
		{"a reserve has a third turn", "V031", "", func(f *forger) where {
			return taken(f, 3, f.mix("101", "m3", 3, third(f), f.session("101")))
		}},
		{"a mixer says that it is the second", "V031", "", func(f *forger) where {
			return taken(f, 1, f.mix("101", "m1", 2, first(f), f.session("101")))
		}},
		{"a unit without ballots is mixed", "V031", "", func(f *forger) where {
			cut[*record.Shares](f)
			s := nth[*record.Shuffle](f, hq, 0)
			s.Unit = "103"
			return entry(hq, f.append(hq, s, "mixer/"+s.Mixer))
		}},
		{"a unit is mixed that is not there", "V009 V001", "", func(f *forger) where {
			cut[*record.Shares](f)
			s := f.mix("104", "m1", 1, f.rows(b104), f.session("104"))
			return entry(hq, f.append(hq, s, "mixer/m1"))
		}},
		{"a unit is mixed before it is fixed", "V009 V001 V031", "", func(f *forger) where {
			cut[*record.Shares](f)
			to := indices[*record.Units](f, hq)[0]
			f.move(hq, indices[*record.Shuffle](f, hq)[shuffleOf(f, "101", 1)], to)
			return entry(hq, to)
		}},
		{"E05 a mixer that is not there", "V008 V001", "", func(f *forger) where {
			return taken(f, 1, f.mix("101", "m9", 1, first(f), f.session("101")))
		}},
	}}
}

// TestOpenings: trustees who open wrongly, too early, or too few.
func TestOpenings(t *testing.T) { shareLists().try(t) }

func shareLists() table {
	rows := func(f *forger, unit string) []elgamal.Ciphertext {
		return f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, unit, 2)).Output)
	}
	// opened cuts the record before the tallies and changes the shares of
	// trustee t1 in unit 101.
	opened := func(f *forger, change func(*record.Shares)) where {
		cut[*record.Tally](f)
		return entry(hq, edit(f, hq, sharesOf(f, "101", "t1"), change))
	}
	partials := func(f *forger, s *record.Shares) []group.Element {
		return must(group.DecodeElements(f.blobs[path(s.Shares)], int(s.Shares.Size)/group.ElementSize))
	}
	publish := func(f *forger, s *record.Shares, partials []group.Element) {
		s.Shares = f.blob(record.TypeShares, threshold.EncodeCommitments(partials))
	}
	return table{good, []row{
		{"A15 a share is changed by one vote", "V034", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) {
				p := partials(f, s)
				p[0] = p[0].Add(group.Generator())
				publish(f, s, p)
			})
		}},
		{"A15 two shares are changed against each other", "V034", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) {
				p := partials(f, s)
				p[0], p[1] = p[0].Add(group.Generator()), p[1].Sub(group.Generator())
				publish(f, s, p)
			})
		}},
		{"A15 two shares are exchanged", "V034", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) {
				p := partials(f, s)
				p[0], p[1] = p[1], p[0]
				publish(f, s, p)
			})
		}},
		{"A15 the shares of another trustee", "V034", "", func(f *forger) where {
			other := nth[*record.Shares](f, hq, sharesOf(f, "101", "t2"))
			return opened(f, func(s *record.Shares) { s.Shares, s.Proof = other.Shares, other.Proof })
		}},
		{"A15 the shares of another unit", "V033", "", func(f *forger) where {
			other := nth[*record.Shares](f, hq, sharesOf(f, "102", "t1"))
			return opened(f, func(s *record.Shares) { s.Shares, s.Proof = other.Shares, other.Proof })
		}},
		{"A10 a proof for another unit", "V034", "", func(f *forger) where {
			forged := f.shares("102", 0, rows(f, "101"))
			return opened(f, func(s *record.Shares) { s.Proof = forged.Proof })
		}},
		{"A03 a proof about the rows before the last mixer", "V034", "", func(f *forger) where {
			forged := f.shares("101", 0, f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 1)).Output))
			return opened(f, func(s *record.Shares) { s.Shares, s.Proof = forged.Shares, forged.Proof })
		}},
		{"A03 shares under another secret, with a good proof of that", "V034", "", func(f *forger) where {
			f.loot = &loot{id: f.loot.id, def: f.def, keys: f.keys, key: f.key, secrets: slices.Clone(f.secrets)}
			f.secrets[0] = must(threshold.CombineShares([]group.Scalar{group.RandomScalar()}))
			forged := f.shares("101", 0, rows(f, "101"))
			return opened(f, func(s *record.Shares) { s.Shares, s.Proof = forged.Shares, forged.Proof })
		}},
		{"A01 shares under another secret, with a proof whose challenge leaves a commitment out", "V034", "", func(f *forger) where {
			mixed := rows(f, "101")
			return opened(f, func(s *record.Shares) {
				forged, proof := f.weakShares("101", 0, mixed)
				publish(f, s, forged)
				s.Proof = proof
			})
		}},
		{"A01 a byte of the proof is changed", "V034", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) { s.Proof[len(s.Proof)-1] ^= 1 })
		}},
		{"A06 a share is the identity", "V034", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) {
				b := slices.Clone(f.blobs[path(s.Shares)])
				copy(b, make([]byte, group.ElementSize))
				s.Shares = f.blob(record.TypeShares, b)
			})
		}},
		{"A15 a share less than rows", "V033", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) { publish(f, s, partials(f, s)[1:]) })
		}},
		{"B16 a trustee names its shares by nothing", "V002 V034", "", func(f *forger) where {
			return opened(f, func(s *record.Shares) { s.Shares.Hash = nil })
		}},
		{"A16 a trustee opens twice", "V033", "", func(f *forger) where {
			cut[*record.Tally](f)
			return entry(hq, f.append(hq, f.shares("101", 0, rows(f, "101")), "trustee/t1"))
		}},
		{"A15 a trustee that is not there", "V008 V001", "", func(f *forger) where {
			cut[*record.Tally](f)
			s := f.shares("101", 3, rows(f, "101"))
			s.Trustee = "t6"
			return entry(hq, f.append(hq, s, "trustee/t6"))
		}},
		{"F01 a trustee opens before the last mixer is done", "V033", "", func(f *forger) where {
			cut[*record.Tally](f)
			to := indices[*record.Shuffle](f, hq)[shuffleOf(f, "101", 2)]
			f.move(hq, indices[*record.Shares](f, hq)[sharesOf(f, "101", "t1")], to)
			return entry(hq, to)
		}},
		{"H04 one mixer mixed, and the unit is opened", "V033", "", func(f *forger) where {
			cut[*record.Shares](f)
			f.remove(hq, indices[*record.Shuffle](f, hq)[shuffleOf(f, "101", 2)])
			return entry(hq, f.append(hq, f.shares("101", 0, f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 1)).Output)), "trustee/t1"))
		}},
		{"H04 nobody mixed, and the unit is opened", "V033", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			return entry(hq, f.append(hq, f.shares("101", 0, f.rows(b101)), "trustee/t1"))
		}},
		{"F04 a branch is opened that is not a unit", "V009 V001", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			return entry(hq, f.append(hq, f.shares("104", 0, f.rows(b104)), "trustee/t1"))
		}},
		{"a unit without ballots is opened", "V033", "", func(f *forger) where {
			cut[*record.Tally](f)
			s := nth[*record.Shares](f, hq, 0)
			s.Unit = "103"
			return entry(hq, f.append(hq, s, "trustee/"+s.Trustee))
		}},
		{"F03 two of three trustees opened, and there is a tally", "V035 V037", "", func(f *forger) where {
			cut[*record.Canvass](f)
			f.remove(hq, indices[*record.Shares](f, hq)[sharesOf(f, "101", "t1")])
			return entry(hq, indices[*record.Tally](f, hq)[tallyOf(f, "101")])
		}},
		{"F03 the third share does not hold, and there is a tally", "V034 V035 V037", "", func(f *forger) where {
			cut[*record.Canvass](f)
			return entry(hq, edit(f, hq, sharesOf(f, "101", "t1"), func(s *record.Shares) { s.Proof[0] ^= 1 }))
		}},
		{"F03 nobody opened, and there is a tally", "V035", "", func(f *forger) where {
			cut[*record.Canvass](f)
			for _, i := range slices.Backward(indices[*record.Shares](f, hq)) {
				f.remove(hq, i)
			}
			return entry(hq, indices[*record.Tally](f, hq)[tallyOf(f, "101")])
		}},
	}}
}

// weakShares returns shares of a trustee under a secret that is not its own,
// with a proof for its own key which holds for whoever leaves the first
// commitment out of the challenge.
func (f *forger) weakShares(unit string, i int, rows []elgamal.Ciphertext) (shares []group.Element, proof []byte) {
	tag := record.SharesTag(f.id, f.key.Element().Bytes(), contest, unit, f.def.Trustees[i].ID)
	y := f.secrets[i].Key()
	other, k := group.RandomScalar(), group.RandomScalar()
	s := transcript.New(tag)
	s.Absorb(y.AppendBytes(transcript.AppendUint32(nil, uint32(len(rows)))))
	for _, c := range rows {
		shares = append(shares, c.A.Mul(other))
		s.AbsorbElement(c.A)
		s.AbsorbElement(shares[len(shares)-1])
	}
	var P, Q group.Element
	for j, c := range rows {
		w := group.ReduceScalar(s.Squeeze(16))
		P, Q = P.Add(c.A.Mul(w)), Q.Add(shares[j].Mul(w))
	}
	one := group.NewScalar(1).Bytes()
	t1 := P.Mul(k)
	s.Absorb(slices.Concat([]byte{2, 0, 0, 0},
		[]byte{1, 0, 0, 0, 1, 0, 0, 0}, one, []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, one,
		[]byte{1, 0, 0, 0, 3, 0, 0, 0}, one, []byte{1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0}, one,
		y.Bytes(), P.Bytes(), Q.Bytes(), t1.Bytes()))
	c := s.Scalar()
	response := k.Add(c.Mul(other))
	t0 := group.BaseMul(response).Sub(y.Mul(c))
	return shares, slices.Concat(t0.Bytes(), t1.Bytes(), response.Bytes())
}
