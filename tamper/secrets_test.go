package tamper_test

import (
	"bytes"
	"crypto/hpke"
	"crypto/sha256"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/crypto/transcript"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/record"
	"golang.org/x/mod/sumdb/tlog"
)

// A stolen election is a looted record with its voters. Its methods give what
// the election held secret, computed once more from keys and from what
// crypto/rand gave. Each value is compared with what is published of it,
// so that what is looked for is what there was.
type stolen struct {
	*loot
	branches []simulate.Branch
}

// keysTo adds the private keys of all bodies.
func (l *stolen) keysTo(c *canaries) {
	names := []string{"witness/1"}
	for log, entries := range l.logs {
		names = append(names, "log/"+log)
		for _, data := range entries {
			for _, s := range must(record.Decode(data)).Signatures {
				names = append(names, s.By)
			}
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		c.add("signing key", l.keys.Signing(name).Seed())
	}
	for _, t := range l.def.Trustees {
		c.add("key for shares", l.keys.Share(t.ID).Bytes())
	}
}

// sharesTo adds what the dealers sent, what the trustees made of it, and the
// key that nobody has.
func (l *stolen) sharesTo(c *canaries) {
	f := l.forger()
	for i, to := range l.def.Trustees {
		key := must(hpke.NewDHKEMPrivateKey(l.keys.Share(to.ID)))
		for j, from := range l.def.Trustees {
			sent := nth[*record.Dealing](f, hq, j)
			c.add("dealt share", must(hpke.Open(key, hpke.HKDFSHA256(), hpke.AES128GCM(), record.ShareInfo(l.id, from.ID, to.ID), sent.Shares[i])))
		}
		c.add("trustee's share", l.secrets[i].Bytes())
	}
	x := l.private()
	if !group.BaseMul(x).Equal(l.key.Element()) {
		panic("secrets: the shares do not give the private key")
	}
	c.add("election's private key", x.Bytes())
}

// private returns the election's private key.
func (l *stolen) private() (x group.Scalar) {
	for k, lambda := range must(threshold.Lagrange([]int{1, 2, 3})) {
		x = x.Add(lambda.Mul(must(group.DecodeScalar(l.secrets[k].Bytes()))))
	}
	return x
}

// roots returns the roots of the devices of the branches, given all that was
// drawn in the length of one: those that the openings commit to.
func (l *stolen) roots(drawn [][]byte) map[string][32]byte {
	f := l.forger()
	out := map[string][32]byte{}
	for log := range l.logs {
		if log == hq {
			continue
		}
		opening := nth[*record.Opening](f, log, 0)
		for _, d := range opening.Devices {
			for _, random := range drawn {
				root := sha256.Sum256(append([]byte("sandogh device root v1\x00"), random...))
				var leaves []tlog.Hash
				for i := range d.Limit {
					leaves = append(leaves, record.SeedLeaf(i, record.Seed(&root, opening.Branch, d.Device, i)))
				}
				if r := rootOf(leaves); bytes.Equal(r[:], d.Root) {
					out[d.Device] = root
				}
			}
			if _, ok := out[d.Device]; !ok {
				panic("secrets: no root is that of device " + d.Device)
			}
		}
	}
	return out
}

// ballotsTo adds the devices' roots, the seeds of all ballots but those that a
// challenge opens, and of each sealed ballot its selections and all that its
// seed gives.
func (l *stolen) ballotsTo(c *canaries, drawn [][]byte) {
	f := l.forger()
	roots := l.roots(drawn)
	for log := range l.logs {
		if log == hq {
			continue
		}
		opening := nth[*record.Opening](f, log, 0)
		shown := map[record.BallotID]bool{}
		for _, i := range indices[*record.Challenged](f, log) {
			b := body[*record.Challenged](f, log, i)
			shown[record.BallotID{Device: b.Device, Number: b.Number}] = true
		}
		for _, d := range opening.Devices {
			root := roots[d.Device]
			c.add("device root", root[:])
			for i := range d.Limit {
				if seed := record.Seed(&root, opening.Branch, d.Device, i); !shown[record.BallotID{Device: d.Device, Number: i}] {
					c.add("ballot's seed", seed[:])
				}
			}
		}
		choices := l.choices(opening.Branch)
		for _, i := range indices[*record.Sealed](f, log) {
			b := body[*record.Sealed](f, log, i)
			if shown[record.BallotID{Device: b.Device, Number: b.Number}] {
				continue
			}
			root := roots[b.Device]
			seed := record.Seed(&root, opening.Branch, b.Device, b.Number)
			id := record.BallotID{Style: b.Style, Branch: opening.Branch, Device: b.Device, Number: b.Number}
			slots := l.sealedWith(c, b, id, seed, choices)
			codes := slots[:slices.Index(append(slices.Clone(slots), 0), 0)]
			var ids []string
			for _, code := range codes {
				ids = append(ids, l.def.Contests[0].Candidates[code-1].ID)
			}
			c.addSelections(codes, ids)
		}
	}
}

// choices returns the slots of the different selections of a branch's voters.
func (l *stolen) choices(branch string) (out [][]int) {
	for _, b := range l.branches {
		if b.ID != branch {
			continue
		}
		for _, v := range b.Voters() {
			slots := append(slices.Sorted(slices.Values(v[0].Codes)), make([]int, l.def.Contests[0].K())...)
			out = append(out, slots[:l.def.Contests[0].K()])
		}
	}
	return out
}

// sealedWith finds the choice that a ballot was sealed with, as who has its
// seed can, and adds its randomness.
func (l *stolen) sealedWith(c *canaries, b *record.Sealed, id record.BallotID, seed [32]byte, choices [][]int) []int {
	contest := &l.def.Contests[0]
	rows := must(elgamal.Decode(b.Contests[0].Rows, contest.K()))
	for _, slots := range choices {
		nonces := l.nonces(contest, id, seed, slots)
		if !group.BaseMul(nonces[0]).Equal(rows[0].A) {
			continue
		}
		for j, row := range rows {
			if !group.BaseMul(nonces[j]).Equal(row.A) {
				panic("secrets: only some rows have the randomness of the seed")
			}
		}
		for _, n := range nonces {
			c.add("nonce of a ballot", n.Bytes())
		}
		return slots
	}
	panic("secrets: no choice of the branch's voters gives the sealed ballot")
}

// nonces returns all scalars of a sealing as spec/crypto-slot.md derives them:
// the k of the rows first.
func (l *stolen) nonces(contest *election.Contest, id record.BallotID, seed [32]byte, slots []int) []group.Scalar {
	n, k := contest.N(), contest.K()
	bits, _, length, err := zkp.SlotParams(n, k)
	succeed(err)
	tag := record.SlotTag(l.id, l.key.Element().Bytes(), contest.ID, n, k, bits, id)
	s := transcript.New(transcript.AppendString(transcript.AppendString(nil, []byte("sandogh seal")), tag))
	s.Absorb(seed[:])
	var in []byte
	for _, v := range []int{n, k, bits} {
		in = transcript.AppendUint32(in, uint32(v))
	}
	in = transcript.AppendString(l.key.Element().AppendBytes(in), tag)
	for _, slot := range slots {
		in = transcript.AppendUint32(in, uint32(slot))
	}
	s.Absorb(in)
	s.Squeeze(16 * k) // the order of the blanks
	out := make([]group.Scalar, k+2+2*length+2)
	for i := range out {
		out[i] = s.Scalar()
	}
	return out
}

// samples returns one value of some kinds.
func (l *stolen) samples(p *tap) map[string][]byte {
	return map[string][]byte{
		"share":       l.secrets[2].Bytes(),
		"private key": l.private().Bytes(),
		"signing key": l.keys.Signing("office/hq").Seed(),
		"randomness":  p.reads[48][len(p.reads[48])/2],
	}
}
