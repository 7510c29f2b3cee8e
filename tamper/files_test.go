package tamper_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// find returns the name of the first file with the prefix.
func find(files fstest.MapFS, prefix string) string {
	first := ""
	for name := range files {
		if strings.HasPrefix(name, prefix) && (first == "" || name < first) {
			first = name
		}
	}
	return first
}

// spoil changes the first file with the prefix after publishing.
func spoil(f *forger, prefix string, change func(data []byte) []byte) where {
	name := find(f.publish(), prefix)
	f.later(func(files fstest.MapFS) { files[name].Data = change(files[name].Data) })
	return file(name)
}

func flip(at int) func([]byte) []byte {
	return func(data []byte) []byte {
		data[(at+len(data))%len(data)] ^= 1
		return data
	}
}

func truncate(n int) func([]byte) []byte {
	return func(data []byte) []byte { return data[:len(data)-n] }
}

func add(f *forger, name string) where {
	f.later(func(files fstest.MapFS) { files[name] = &fstest.MapFile{Data: []byte("more")} })
	return file(name)
}

func remove(f *forger, prefix string) where {
	f.later(func(files fstest.MapFS) {
		maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return strings.HasPrefix(name, prefix) })
	})
	return anywhere
}

// long makes headquarters' log longer than a full tile: the same head again and
// again, which is allowed.
func long(f *forger) {
	head := f.logs[hq][indices[*record.Head](f, hq)[0]]
	i := indices[*record.Units](f, hq)[0]
	for range 300 {
		f.insert(hq, i, head)
	}
}

// withoutHQ is what refuses a record whose headquarters' log cannot be believed:
// then nobody is granted anything, and no blob is named.
const withoutHQ = "V005 V001 V008 V013 V021"

// TestFiles: attackers without keys, who have the published files in hand.
func TestFiles(t *testing.T) { publishedFiles().try(t) }

func publishedFiles() table {
	output := func(f *forger) string { return path(nth[*record.Shuffle](f, hq, 0).Output) }
	return table{good, []row{
		{"B02 a byte of headquarters' checkpoint is flipped", withoutHQ, "", func(f *forger) where { return spoil(f, "hq/checkpoint", flip(-10)) }},
		{"B02 a byte of a branch's checkpoint is flipped", "V005 V020 V040", "", func(f *forger) where { return spoil(f, b101+"/checkpoint", flip(-10)) }},
		{"B02 a byte of a tile is flipped", "V006 V026 V027 V028 V031 V033 V037 V040", "", func(f *forger) where { return spoil(f, b101+"/tile/0/", flip(40)) }},
		{"B02 a byte of a full tile is flipped", "V006", "", func(f *forger) where { long(f); return spoil(f, "hq/tile/0/000", flip(4000)) }},
		{"B02 a byte of a tile of the second level is flipped", "V006", "", func(f *forger) where { long(f); return spoil(f, "hq/tile/1/", flip(3)) }},
		{"B02 a byte of an entry of a long log is flipped", "V006", "", func(f *forger) where { long(f); return spoil(f, "hq/tile/entries/000", flip(-3)) }},
		{"B02 a byte of the last entry is flipped", "V006", "", func(f *forger) where { return spoil(f, "hq/tile/entries/", flip(-3)) }},
		{"B02 a byte of a branch's entry is flipped", "V006 V030 V040", "", func(f *forger) where { return spoil(f, b103+"/tile/entries/", flip(-3)) }},
		{"B02 a byte of a blob is flipped", "V002 V032 V033 V037 V040", "", func(f *forger) where { return spoil(f, output(f), flip(50)) }},
		{"B06 a bit of a mixer's proof flips on the disk", "V002 V032 V033 V037 V040", "", func(f *forger) where {
			return spoil(f, path(nth[*record.Shuffle](f, hq, 0).Proof), flip(500))
		}},
		{"B10 a tile is truncated", "V006 V026 V027 V028 V031 V033 V037 V040", "", func(f *forger) where { return spoil(f, b101+"/tile/0/", truncate(1)) }},
		{"B10 a bundle is truncated", "V006", "", func(f *forger) where { return spoil(f, "hq/tile/entries/", truncate(5)) }},
		{"B10 a blob is truncated", "V002 V032 V033 V037 V040", "", func(f *forger) where { return spoil(f, output(f), truncate(1)) }},
		{"B10 a blob is longer", "V002 V032 V033 V037 V040", "", func(f *forger) where {
			return spoil(f, output(f), func(data []byte) []byte { return append(data, 0) })
		}},
		{"B10 a bundle has bytes after its entries", "V006", "", func(f *forger) where {
			return spoil(f, "hq/tile/entries/", func(data []byte) []byte { return append(data, 0, 0) })
		}},

		{"a file more at the top", "V001", "", func(f *forger) where { return add(f, "index.html") }},
		{"A12 the randomness of the ballots is published beside them", "V001", "", func(f *forger) where { return add(f, "seeds.json") }},
		{"H01 a list of the times at which ballots were cast", "V001", "", func(f *forger) where { add(f, "branch/times"); return file("branch/times") }},
		{"a folder more at the top", "V001", "", func(f *forger) where { add(f, "private/keys"); return file("private") }},
		{"a file more in headquarters' log", "V006", "", func(f *forger) where { return add(f, "hq/tile/0/001.p/7") }},
		{"a file more in a branch's log", "V006", "", func(f *forger) where { return add(f, b102+"/voters.csv") }},
		{"a blob that no entry names", "V001", "", func(f *forger) where {
			return add(f, path(record.NewBlob("", []byte("more"))))
		}},
		{"a branch that the definition does not have", "V001", "", func(f *forger) where { add(f, "branch/999/checkpoint"); return file("branch/999") }},
		{"headquarters' log is a file", "V005", report.Unknown, func(f *forger) where {
			remove(f, "hq/")
			add(f, "hq")
			return file("hq/checkpoint")
		}},

		{"B14 a branch is missing", "V020 V040", report.Unknown, func(f *forger) where { remove(f, b102+"/"); return inLog(b102) }},
		{"B14 a branch's checkpoint is missing", "V005 V020 V040", report.Unknown, func(f *forger) where {
			remove(f, b102+"/checkpoint")
			return anywhere
		}},
		{"a tile is missing", "V006 V027 V028", report.Unknown, func(f *forger) where { return remove(f, b103+"/tile/0") }},
		{"a blob of shares is missing", "V002 V034 V035 V037 V040", report.Unknown, func(f *forger) where {
			name := path(nth[*record.Shares](f, hq, 5).Shares)
			remove(f, name)
			return file(name)
		}},
		{"the definition is missing", "V002", report.Unknown, func(f *forger) where {
			name := fmt.Sprintf("blob/%x", f.id)
			remove(f, name)
			return file(name)
		}},
		{"B17 headquarters' log is missing", "V005", report.Unknown, func(f *forger) where { remove(f, "hq/"); return file("hq/checkpoint") }},
		{"B17 there is nothing", "V005", report.Unknown, func(f *forger) where { return remove(f, "") }},
	}}
}

// TestLogs: attackers who hold the keys of logs, but not those of witnesses; or
// those of witnesses, but not those of logs.
func TestLogs(t *testing.T) { publishedLogs().try(t) }

func publishedLogs() table {
	return table{good, []row{
		{"B04 the witness has not cosigned headquarters' log", "V005", "", func(f *forger) where { f.unwitness[hq] = true; return inLog(hq) }},
		{"B04 the witness has not cosigned a branch's log", "V005", "", func(f *forger) where { f.unwitness[b101] = true; return inLog(b101) }},
		{"E05 another key signs headquarters' checkpoint", withoutHQ, "", func(f *forger) where {
			f.signedBy[hq] = f.keys.Signing("log/other")
			return inLog(hq)
		}},
		{"E05 another branch's key signs a checkpoint", "V005 V020 V040", "", func(f *forger) where {
			f.signedBy[b101] = f.keys.Signing("log/" + b102)
			return inLog(b101)
		}},
		{"E05 the log's own key cosigns for the witness", withoutHQ, "", func(f *forger) where {
			return spoil(f, "hq/checkpoint", func(data []byte) []byte {
				text, _, _ := bytes.Cut(data, []byte("\n\n"))
				own := bytes.SplitAfter(data[len(text)+2:], []byte("\n"))[0]
				return append(data[:len(text)+2:len(text)+2], append(own, own...)...)
			})
		}},
		{"a branch's log lies in the place of another", "V005 V020 V040", "", func(f *forger) where {
			f.later(func(files fstest.MapFS) {
				for name, file := range files {
					if rest, ok := strings.CutPrefix(name, b103+"/"); ok {
						defer func() { files[b104+"/"+rest] = file }()
					} else if strings.HasPrefix(name, b104+"/") {
						delete(files, name)
					}
				}
			})
			return inLog(b104)
		}},
		{"another election was expected", "V004", "", func(f *forger) where { f.expect[0] ^= 1; return file("hq/checkpoint") }},

		{"B16 an entry of 60,001 bytes", "V006", "", func(f *forger) where {
			f.logs[hq] = append(f.logs[hq], make([]byte, record.MaxEntry+1))
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"B16 an empty entry", "V006", "", func(f *forger) where {
			f.logs[hq] = append(f.logs[hq], nil)
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"B16 an entry of an unknown type", "V007", "", func(f *forger) where {
			i := indices[*record.Result](f, hq)[0]
			f.logs[hq] = append(f.logs[hq], bytes.Replace(f.logs[hq][i], []byte("result"), []byte("resu1t"), 1))
			return entry(hq, i+1)
		}},
		{"B16 an entry in another spelling", "V007", "", func(f *forger) where {
			i := len(f.logs[hq]) - 1
			e := f.logs[hq][i] // an array of three, with the length in one more byte
			f.logs[hq][i] = append([]byte{0x98, 0x03}, e[1:]...)
			return entry(hq, i)
		}},
		{"B16 an entry with bytes after it", "V007", "", func(f *forger) where {
			i := len(f.logs[hq]) - 1
			f.logs[hq][i] = append(bytes.Clone(f.logs[hq][i]), 0)
			return entry(hq, i)
		}},
		{"B16 an entry with a field more", "V007", "", func(f *forger) where {
			i := indices[*record.Opening](f, b103)[0]
			e := bytes.Clone(f.logs[b103][i])
			f.insert(b103, 1, bytes.Replace(e, []byte("opening\x83"), []byte("opening\x84\x00"), 1))
			f.reclose(b103)
			return entry(b103, 1)
		}},
		{"B16 nothing but zeros", "V007", "", func(f *forger) where {
			f.logs[hq] = append(f.logs[hq], make([]byte, 100))
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"a branch's entry stands in headquarters' log", "V007", "", func(f *forger) where {
			b := nth[*record.Close](f, b103, 0)
			return entry(hq, f.append(hq, b, "office/hq"))
		}},
		{"an entry of headquarters stands in a branch's log", "V008", "", func(f *forger) where {
			b := nth[*record.Tally](f, hq, 0)
			f.insert(b103, 1, f.sign(b103, b, "office/hq"))
			f.reclose(b103)
			return entry(b103, 1)
		}},

		{"an office signs for headquarters", "V008", "", func(f *forger) where {
			return entry(hq, f.append(hq, nth[*record.Tally](f, hq, 0), "office/supervisors"))
		}},
		{"a key that nobody knows signs for headquarters", "V008", "", func(f *forger) where {
			f.logs[hq] = append(f.logs[hq], must(record.Sign(f.id, hq, nth[*record.Result](f, hq, 0),
				record.Signer{By: "office/hq", Key: f.keys.Signing("office/unknown")}, f.keys.Signer("office/supervisors"))))
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"A10 an entry was signed for another election", "V008", "", func(f *forger) where {
			other := f.id
			other[0] ^= 1
			b := nth[*record.Result](f, hq, 0)
			f.logs[hq][len(f.logs[hq])-1] = must(record.Sign(other, hq, b, f.keys.Signer("office/hq"), f.keys.Signer("office/supervisors")))
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"A10 an entry was signed for another log", "V008", "", func(f *forger) where {
			b := nth[*record.Result](f, hq, 0)
			f.logs[hq][len(f.logs[hq])-1] = f.sign(b101, b, "office/hq", "office/supervisors")
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"A19 a letter moves from one field to the next, under the same signature", "V008", "", func(f *forger) where {
			cut[*record.Canvass](f)
			i := indices[*record.Tally](f, hq)[0]
			e := must(record.Decode(f.logs[hq][i]))
			b := e.Body.(*record.Tally)
			b.Contest, b.Unit = b.Contest[:len(b.Contest)-1], b.Contest[len(b.Contest)-1:]+b.Unit
			f.logs[hq][i] = must(record.Encode(e))
			return entry(hq, i)
		}},
		{"A20 a second signature of the same bytes", "V008", "", func(f *forger) where {
			i := len(f.logs[hq]) - 1
			e := must(record.Decode(f.logs[hq][i]))
			e.Signatures[0].Sig = addOrder(e.Signatures[0].Sig)
			f.logs[hq][i] = must(record.Encode(e))
			return entry(hq, i)
		}},
		{"a trustee signs another one's shares", "V008 V001", "", func(f *forger) where {
			cut[*record.Tally](f)
			rows := f.read(nth[*record.Shuffle](f, hq, shuffleOf(f, "101", 2)).Output)
			return entry(hq, f.append(hq, f.shares("101", 3, rows), "trustee/t1"))
		}},
	}}
}

// addOrder adds the order of the group of Ed25519 to the scalar of a signature.
func addOrder(sig []byte) []byte {
	order := []byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	out := bytes.Clone(sig)
	carry := 0
	for i := range order {
		carry += int(out[32+i]) + int(order[i])
		out[32+i] = byte(carry)
		carry >>= 8
	}
	return out[:ed25519.SignatureSize]
}
