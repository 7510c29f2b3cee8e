package tamper_test

import (
	"bytes"
	"crypto/ed25519"
	"maps"
	"slices"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// TestDefinition: another law of the election under the same name.
func TestDefinition(t *testing.T) { definitions().try(t) }

func definitions() table {
	// publishOnly makes the record of the definition alone, as the election of
	// that id, which is also the one expected.
	publishOnly := func(f *forger, canonical []byte) where {
		beforeBranches(f)
		b := record.NewBlob(record.TypeDefinition, canonical)
		f.id, f.expect = [32]byte(b.Hash), [32]byte(b.Hash)
		f.blob(record.TypeDefinition, canonical)
		f.logs[hq] = [][]byte{f.sign(hq, &record.Definition{Blob: b}, "office/hq")}
		return file(path(b))
	}
	return table{good, []row{
		{"B15 the names of two candidates are exchanged, and all is signed for that", "V004", "", func(f *forger) where {
			d := must(election.Decode(f.def.Canonical()))
			c := d.Contests[0].Candidates
			c[0].Name, c[1].Name = c[1].Name, c[0].Name
			publishOnly(f, d.Canonical())
			f.expect = f.def.ID()
			return file("hq/checkpoint")
		}},
		{"B15 the first entry names another definition", "V003 V001", "", func(f *forger) where {
			other := must(election.Decode(f.def.Canonical()))
			other.PollingDay = "2026-05-02"
			return entry(hq, edit(f, hq, 0, func(d *record.Definition) { d.Blob = f.blob(record.TypeDefinition, other.Canonical()) }))
		}},
		{"the definition is not valid: one trustee more than there are must open", "V003", "", func(f *forger) where {
			d := must(election.Decode(f.def.Canonical()))
			d.Quorum = len(d.Trustees) + 1
			return publishOnly(f, d.Canonical())
		}},
		{"A04 the definition names a small group", "V003", "", func(f *forger) where {
			// A field more, in its place in the order of fields.
			b := bytes.Replace(f.def.Canonical(), []byte("fformat"), []byte("egroupeP-192fformat"), 1)
			b[0]++
			return publishOnly(f, b)
		}},
		{"B16 the definition is in another spelling", "V003", "", func(f *forger) where {
			return publishOnly(f, append(f.def.Canonical(), 0))
		}},
		{"two definitions", "V009", "", func(f *forger) where {
			f.insert(hq, 1, f.logs[hq][0])
			return entry(hq, 1)
		}},
		{"the definition is not the first entry", "V009", "", func(f *forger) where {
			beforeBranches(f)
			cut[*record.Dealing](f)
			f.move(hq, 1, 0)
			return entry(hq, 0)
		}},
		{"headquarters' log is empty", "V003", report.Unknown, func(f *forger) where {
			beforeBranches(f)
			f.logs[hq] = nil
			return inLog(hq)
		}},
	}}
}

// deal returns a dealing of the forger's in the place of trustee i's, whose
// constant term is replaced by that of rogue, and fixes it.
func (f *forger) deal(i int, rogue func(own []group.Element) []group.Element, tag []byte) {
	f.dealWith(i, rogue, func(d *threshold.Dealing, _ group.Element) []byte { return must(d.ProvePossession(tag)) })
}

func (f *forger) dealWith(i int, rogue func(own []group.Element) []group.Element, prove func(d *threshold.Dealing, key group.Element) []byte) {
	id := f.def.Trustees[i].ID
	d := must(threshold.Deal(f.def.Quorum, len(f.def.Trustees)))
	c := rogue(d.Commitments())
	proof := prove(d, c[0])
	h := threshold.CommitHash(record.DealingTag(f.id, id), c, proof)
	edit(f, hq, i, func(b *record.Commitment) { b.Hash = h[:] })
	edit(f, hq, i, func(b *record.Dealing) {
		b.Commitments, b.Proof = threshold.EncodeCommitments(c), proof
		for j := range b.Shares {
			b.Shares[j] = f.encryptTo(id, j, d.Share(j+1))
		}
	})
}

// cancels returns the commitments of a dealer who alone would know the key: the
// others' constant terms are taken away from its own.
func (f *forger) cancels(own []group.Element) []group.Element {
	for i := range 4 {
		c := must(threshold.DecodeCommitments(nth[*record.Dealing](f, hq, i).Commitments, f.def.Quorum))
		own[0] = own[0].Sub(c[0])
	}
	return own
}

// weakPossession returns a proof for a key that nobody has, which holds for
// whoever leaves its commitment out of the challenge.
func weakPossession(tag []byte, key group.Element) []byte {
	one := group.NewScalar(1).Bytes()
	s := transcript.New(tag)
	s.Absorb(slices.Concat([]byte{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, one, []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, one, key.Bytes()))
	response := group.RandomScalar()
	commitment := group.BaseMul(response).Sub(key.Mul(s.Scalar()))
	return append(commitment.Bytes(), response.Bytes()...)
}

// TestCeremony: rogue trustees, and a headquarters with a key of its own.
func TestCeremony(t *testing.T) { ceremonies().try(t) }

func ceremonies() table {
	same := func(own []group.Element) []group.Element { return own }
	dealt := func(f *forger) { beforeBranches(f); cut[*record.Confirmation](f) }
	confirmed := func(f *forger) { beforeBranches(f); cut[*record.ElectionKey](f) }
	published := func(f *forger) { beforeBranches(f); cut[*record.Grant](f) }
	trustee := func(i int) where { return where{log: hq, entry: -1, path: "trustee " + good().def.Trustees[i].ID} }
	return table{good, []row{
		{"A13 a dealing is shown before all are fixed", "V009", "", func(f *forger) where {
			dealt(f)
			to := indices[*record.Commitment](f, hq)[4]
			f.move(hq, indices[*record.Dealing](f, hq)[0], to)
			return entry(hq, to)
		}},
		{"A13 a dealing is fixed after another is shown", "V009", "", func(f *forger) where {
			dealt(f)
			f.remove(hq, indices[*record.Dealing](f, hq)[4])
			f.logs[hq] = append(f.logs[hq], f.logs[hq][5])
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"a trustee fixes two dealings", "V009", "", func(f *forger) where {
			dealt(f)
			f.insert(hq, 2, f.logs[hq][1])
			return entry(hq, 2)
		}},
		{"a trustee shows two dealings", "V009", "", func(f *forger) where {
			dealt(f)
			f.logs[hq] = append(f.logs[hq], f.logs[hq][len(f.logs[hq])-1])
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"A13 a dealing is not the one that was fixed", "V010", "", func(f *forger) where {
			dealt(f)
			fixed := nth[*record.Commitment](f, hq, 4)
			f.deal(4, same, record.PossessionTag(f.id, f.def.Trustees[4].ID))
			edit(f, hq, 4, func(b *record.Commitment) { b.Hash = fixed.Hash })
			return trustee(4)
		}},
		{"A13 a trustee fixes what can be no dealing's hash", "V010", "", func(f *forger) where {
			beforeBranches(f)
			cut[*record.Dealing](f)
			edit(f, hq, 4, func(b *record.Commitment) { b.Hash = b.Hash[:31] })
			return trustee(4)
		}},
		{"A13 a rogue key cancels the others, without a proof of possession", "V011", "", func(f *forger) where {
			dealt(f)
			f.deal(4, f.cancels, record.PossessionTag(f.id, f.def.Trustees[4].ID))
			return trustee(4)
		}},
		{"A01 a rogue key, with a proof whose challenge leaves its commitment out", "V011", "", func(f *forger) where {
			dealt(f)
			tag := record.PossessionTag(f.id, f.def.Trustees[4].ID)
			f.dealWith(4, f.cancels, func(_ *threshold.Dealing, key group.Element) []byte { return weakPossession(tag, key) })
			return trustee(4)
		}},
		{"A13 a proof of possession of another trustee", "V011", "", func(f *forger) where {
			dealt(f)
			// The same dealing with the same proof, as trustee t5's.
			b := nth[*record.Dealing](f, hq, 0)
			c := must(threshold.DecodeCommitments(b.Commitments, f.def.Quorum))
			h := threshold.CommitHash(record.DealingTag(f.id, f.def.Trustees[4].ID), c, b.Proof)
			edit(f, hq, 4, func(fixed *record.Commitment) { fixed.Hash = h[:] })
			edit(f, hq, 4, func(d *record.Dealing) { d.Commitments, d.Proof, d.Shares = b.Commitments, b.Proof, b.Shares })
			return trustee(4)
		}},
		{"A10 a proof of possession from another election", "V011", "", func(f *forger) where {
			dealt(f)
			f.deal(4, same, record.PossessionTag([32]byte{1}, f.def.Trustees[4].ID))
			return trustee(4)
		}},
		{"A14 a polynomial of lower degree than the quorum", "V011", "", func(f *forger) where {
			dealt(f)
			f.deal(4, func(own []group.Element) []group.Element { return own[:2] }, record.PossessionTag(f.id, f.def.Trustees[4].ID))
			return trustee(4)
		}},
		{"A06 a commitment that is the identity", "V011", "", func(f *forger) where {
			dealt(f)
			edit(f, hq, 4, func(d *record.Dealing) { copy(d.Commitments[group.ElementSize:], make([]byte, group.ElementSize)) })
			return trustee(4)
		}},
		{"A14 a share fewer than there are trustees", "V011", "", func(f *forger) where {
			dealt(f)
			edit(f, hq, 4, func(d *record.Dealing) { d.Shares = d.Shares[:4] })
			return trustee(4)
		}},

		{"A14 a trustee confirms another key", "V012", "", func(f *forger) where {
			confirmed(f)
			return entry(hq, edit(f, hq, 2, func(c *record.Confirmation) { c.Key = group.BaseMul(group.NewScalar(7)).Bytes() }))
		}},
		{"A14 a trustee confirms another's verification key", "V012", "", func(f *forger) where {
			confirmed(f)
			other := nth[*record.Confirmation](f, hq, 1).Verification
			return entry(hq, edit(f, hq, 2, func(c *record.Confirmation) { c.Verification = other }))
		}},
		{"I06 the key is published before every trustee confirmed it", "V009", "", func(f *forger) where {
			published(f)
			key := indices[*record.ElectionKey](f, hq)[0]
			f.move(hq, key, key-1)
			return entry(hq, key-1)
		}},
		{"headquarters publishes a key of its own, which all confirm", "V013 V012", "", func(f *forger) where {
			published(f)
			own := group.BaseMul(group.NewScalar(7)).Bytes()
			for n := range f.def.Trustees {
				edit(f, hq, n, func(c *record.Confirmation) { c.Key = own })
			}
			return entry(hq, edit(f, hq, 0, func(k *record.ElectionKey) { k.Key = own }))
		}},
		{"headquarters publishes a key of its own", "V013", "", func(f *forger) where {
			published(f)
			return entry(hq, edit(f, hq, 0, func(k *record.ElectionKey) { k.Key = group.BaseMul(group.NewScalar(7)).Bytes() }))
		}},
		{"A15 headquarters publishes another verification key", "V013", "", func(f *forger) where {
			published(f)
			return entry(hq, edit(f, hq, 0, func(k *record.ElectionKey) { k.Verification[1] = group.BaseMul(group.NewScalar(7)).Bytes() }))
		}},
		{"A15 headquarters exchanges two verification keys", "V013", "", func(f *forger) where {
			published(f)
			return entry(hq, edit(f, hq, 0, func(k *record.ElectionKey) {
				k.Verification[0], k.Verification[1] = k.Verification[1], k.Verification[0]
			}))
		}},
		{"headquarters publishes the key twice", "V009", "", func(f *forger) where {
			published(f)
			f.logs[hq] = append(f.logs[hq], f.logs[hq][len(f.logs[hq])-1])
			return entry(hq, len(f.logs[hq])-1)
		}},
	}}
}

// TestGrants: offices that make devices and officers valid which should not be.
func TestGrants(t *testing.T) { grants().try(t) }

func grants() table {
	grant := func(f *forger, change func(*record.Grant)) where {
		beforeBranches(f)
		g := &record.Grant{Office: "hq", What: record.GrantDevice, ID: "spare", Branch: "101",
			Key: f.keys.Signing("device/spare").Public().(ed25519.PublicKey)}
		change(g)
		return entry(hq, f.append(hq, g, "office/"+g.Office))
	}
	return table{good, []row{
		{"a device has the key of an officer", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Key = f.keys.Signing("officer/b1-head").Public().(ed25519.PublicKey) })
		}},
		{"a device is granted twice", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.ID = "b1-device1" })
		}},
		{"a grant for a branch that is not there", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Branch = "999" })
		}},
		{"a grant for a trustee", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.What = "trustee" })
		}},
		{"A20 a key of small order, for which anybody can sign", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Key = append([]byte{1}, make([]byte, 31)...) })
		}},
		{"A20 a key that is no point of the curve", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Key = append([]byte{2}, make([]byte, 31)...) })
		}},
		{"I07 an officer has the key of an office", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) {
				g.What, g.Key = record.GrantOfficer, f.keys.Signing("office/supervisors").Public().(ed25519.PublicKey)
			})
		}},
		{"I07 a device has the key of a trustee", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Key = f.keys.Signing("trustee/t1").Public().(ed25519.PublicKey) })
		}},
		{"a grant with a key that is too short", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Key = g.Key[:31] })
		}},
		{"a grant for an id that no path could hold", "V014", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.ID = "../spare" })
		}},
		{"I07 a grant by an office that is not there", "V008", "", func(f *forger) where {
			return grant(f, func(g *record.Grant) { g.Office = "ministry" })
		}},
		{"I07 a grant in the name of another office", "V008", "", func(f *forger) where {
			grant(f, func(*record.Grant) {})
			i := len(f.logs[hq]) - 1
			g := body[*record.Grant](f, hq, i)
			f.logs[hq][i] = f.sign(hq, g, "office/supervisors")
			return entry(hq, i)
		}},
	}}
}

// TestHeads: what headquarters and the branches say of each other's logs.
func TestHeads(t *testing.T) { heads().try(t) }

func heads() table {
	head := func(f *forger, log string) int {
		for _, i := range indices[*record.Head](f, hq) {
			if record.BranchLog(body[*record.Head](f, hq, i).Branch) == log {
				return i
			}
		}
		return -1
	}
	return table{good, []row{
		{"B05 a branch goes back behind what headquarters took in", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			f.logs[b101] = f.logs[b101][:10]
			return entry(hq, head(f, b101))
		}},
		{"B04 a branch shows headquarters another log than it publishes", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			had := f.logs[hq][head(f, b101)]
			f.cast(b101, f.stuff(b101, f.seal(b101, "b1-device1", 2)))
			f.reclose(b101)
			// Headquarters has taken in a log as long as this one, and another.
			short := f.loot.forger()
			short.logs[b101] = append(short.logs[b101], short.logs[b101][0], short.logs[b101][0])
			f.logs[hq][head(f, b101)] = had
			return entry(hq, edit(f, hq, 0, func(h *record.Head) { h.Checkpoint = short.checkpoint(b101, short.logs[b101]) }))
		}},
		{"B01 a ballot is deleted after headquarters took the branch in", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			had := f.logs[hq][head(f, b101)]
			code := nth[*record.Cast](f, b101, 0).Code
			i := indices[*record.Cast](f, b101)[0]
			b := body[*record.Cast](f, b101, i)
			f.logs[b101][i] = f.sign(b101, &record.Spoiled{Device: b.Device, Number: b.Number, Code: code}, "device/"+b.Device)
			f.reclose(b101)
			f.logs[hq][head(f, b101)] = had
			return entry(hq, head(f, b101))
		}},
		{"B13 two entries of a branch are exchanged after headquarters took it in", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			had := f.logs[hq][head(f, b101)]
			log := f.logs[b101]
			// The next ballot is sealed before this one is cast, as may be.
			i := indices[*record.Cast](f, b101)[0]
			log[i], log[i+1] = log[i+1], log[i]
			f.reclose(b101)
			f.logs[hq][head(f, b101)] = had
			return entry(hq, head(f, b101))
		}},
		{"headquarters goes back in what it took in", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			old := &record.Head{Branch: "101", Checkpoint: f.checkpoint(b101, f.logs[b101][:5])}
			return entry(hq, f.append(hq, old, "office/hq"))
		}},
		{"headquarters took in a checkpoint that the branch did not sign", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			f.signedBy[b101] = f.keys.Signing("log/other")
			i := f.takeIn(b101)
			delete(f.signedBy, b101)
			return entry(hq, i)
		}},
		{"headquarters took in a checkpoint that the branch did not sign, and the branch is not there yet", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			delete(f.logs, b101)
			h := nth[*record.Head](f, hq, 1)
			return entry(hq, edit(f, hq, 0, func(b *record.Head) { b.Checkpoint = h.Checkpoint }))
		}},
		{"B04 a branch shows headquarters two logs of one length, and is not there yet", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			other := slices.Clone(f.logs[b101])
			delete(f.logs, b101)
			other[len(other)-1] = other[0]
			return entry(hq, f.append(hq, &record.Head{Branch: "101", Checkpoint: f.checkpoint(b101, other)}, "office/hq"))
		}},
		{"headquarters took in the checkpoint of another branch", "V028", "", func(f *forger) where {
			cut[*record.Units](f)
			h := nth[*record.Head](f, hq, 1)
			return entry(hq, edit(f, hq, 0, func(b *record.Head) { b.Checkpoint = h.Checkpoint }))
		}},
		{"headquarters fixed the units with less than the branch publishes", "V028", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			f.put(hq, head(f, b101), &record.Head{Branch: "101", Checkpoint: f.checkpoint(b101, f.logs[b101][:5])})
			return inLog(b101)
		}},
		{"headquarters never took a branch in", "V028", "", func(f *forger) where {
			cut[*record.Shuffle](f)
			f.remove(hq, head(f, b103))
			return inLog(b103)
		}},
		{"headquarters took in a branch that is not there", "V009", "", func(f *forger) where {
			cut[*record.Units](f)
			return entry(hq, f.append(hq, &record.Head{Branch: "999", Checkpoint: nth[*record.Head](f, hq, 0).Checkpoint}, "office/hq"))
		}},
		{"a branch has a log before there is a key", "V009 V013", "", func(f *forger) where {
			// Only one branch has opened, and none of its ballots is there yet.
			h := f.logs[hq][head(f, b103)]
			maps.DeleteFunc(f.logs, func(log string, _ [][]byte) bool { return log != hq && log != b103 })
			cut[*record.Head](f)
			key := indices[*record.ElectionKey](f, hq)[0]
			f.remove(hq, key)
			f.insert(hq, key, bytes.Clone(h))
			return entry(hq, key)
		}},
	}}
}
