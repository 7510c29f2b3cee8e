package tamper_test

import (
	"bytes"
	"crypto/ed25519"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/record"
)

// watched is the record of the tiny election with two witnesses, both of whom
// must cosign.
var watched = sync.OnceValue(func() *loot {
	return hold(tinySeed, func(e *simulate.Election) {
		shrink(e, 1, 1)
		d := e.Definition
		d.Witnesses = append(d.Witnesses, election.Witness{Name: "witness.simulated.example/2",
			Key: election.Key(e.Keys.Signing("witness/2").Public().(ed25519.PublicKey))})
		d.WitnessQuorum = 2
	})
})

// cosigned replaces the cosignatures on a log's published checkpoint by those
// that lines returns for its text, in that order.
func (f *forger) cosigned(log string, lines func(text []byte) [][]byte) where {
	f.later(func(files fstest.MapFS) {
		note := files[log+"/checkpoint"].Data
		text, rest, _ := bytes.Cut(note, []byte("\n\n"))
		own, _, _ := bytes.Cut(rest, []byte("\n"))
		out := append(bytes.Clone(text), "\n\n"...)
		out = append(append(out, own...), '\n')
		for _, line := range lines(append(bytes.Clone(text), '\n')) {
			out = append(out, line...)
		}
		files[log+"/checkpoint"].Data = out
	})
	return file(log + "/checkpoint")
}

// TestWitnesses: a log that has not shown the same tree to both witnesses, and
// tries to make one cosignature count for two.
func TestWitnesses(t *testing.T) { cosignatures().try(t) }

func cosignatures() table {
	l := watched()
	one, two := l.def.Witnesses[0].Name, l.def.Witnesses[1].Name
	key := func(i int) ed25519.PrivateKey {
		return l.keys.Signing([]string{"witness/1", "witness/2", "witness/3"}[i-1])
	}
	only := func(i int) func([]byte) [][]byte {
		return func(text []byte) [][]byte { return [][]byte{cosign(l.def.Witnesses[i-1].Name, key(i), text)} }
	}
	// with has the first cosign, and then what second makes of the text.
	with := func(second func(text []byte) []byte) func([]byte) [][]byte {
		return func(text []byte) [][]byte { return [][]byte{cosign(one, key(1), text), second(text)} }
	}
	return table{watched, []row{
		{"B04 one of two witnesses has not cosigned headquarters' log", "V005", "", func(f *forger) where { return f.cosigned(hq, only(1)) }},
		{"B04 the other of two witnesses has not cosigned headquarters' log", "V005", "", func(f *forger) where { return f.cosigned(hq, only(2)) }},
		{"B04 one of two witnesses has not cosigned a branch's log", "V005", "", func(f *forger) where { return f.cosigned(b101, only(2)) }},
		{"B04 neither of two witnesses has cosigned", "V005", "", func(f *forger) where { f.unwitness[hq] = true; return file(hq + "/checkpoint") }},
		{"B04 a tree that only one witness was shown", "V005", "", func(f *forger) where {
			cut[*record.Result](f)
			return f.cosigned(hq, only(2))
		}},
		{"B04 one witness cosigns twice", withoutHQ, "", func(f *forger) where {
			return f.cosigned(hq, with(func(text []byte) []byte { return cosign(one, key(1), text) }))
		}},
		{"B04 one witness cosigns under both names", withoutHQ, "", func(f *forger) where {
			return f.cosigned(hq, with(func(text []byte) []byte { return cosign(two, key(1), text) }))
		}},
		{"B04 a witness that nobody named cosigns", withoutHQ, "", func(f *forger) where {
			return f.cosigned(hq, with(func(text []byte) []byte { return cosign(two+"3", key(3), text) }))
		}},
		{"B04 a witness that nobody named cosigns besides both", withoutHQ, "", func(f *forger) where {
			return f.cosigned(hq, func(text []byte) [][]byte {
				return [][]byte{cosign(one, key(1), text), cosign(two, key(2), text), cosign(two+"3", key(3), text)}
			})
		}},
		{"B04 a cosignature of an earlier checkpoint", withoutHQ, "", func(f *forger) where {
			before := f.logs[hq][:len(f.logs[hq])-1]
			text := board.FormatCheckpoint(f.loot.origin(hq), uint64(len(before)), rootOf(leaves(before)))
			return f.cosigned(hq, with(func([]byte) []byte { return cosign(two, key(2), text) }))
		}},
		{"B04 a cosignature of another log", withoutHQ, "", func(f *forger) where {
			text := board.FormatCheckpoint(f.loot.origin(b101), uint64(len(f.logs[b101])), rootOf(leaves(f.logs[b101])))
			return f.cosigned(hq, with(func([]byte) []byte { return cosign(two, key(2), text) }))
		}},
		{"B04 a cosignature with another time than it signed", withoutHQ, "", func(f *forger) where {
			return f.cosigned(hq, with(func(text []byte) []byte {
				name, id, sig, err := board.ParseSignatureLine(string(cosign(two, key(2), text)))
				succeed(err)
				sig[7] ^= 1
				return board.FormatSignatureLine(name, id, sig)
			}))
		}},
		{"B04 the log signs in a witness's place", withoutHQ, "", func(f *forger) where {
			return f.cosigned(hq, with(func(text []byte) []byte { return cosign(two, f.keys.Signing("log/"+hq), text) }))
		}},
	}}
}
