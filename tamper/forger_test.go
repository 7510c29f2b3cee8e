package tamper_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
	"golang.org/x/mod/sumdb/tlog"
)

// The logs of the record. Branch 103 has no voters; 102 and 104 are one unit.
const (
	hq   = record.HQ
	b101 = "branch/101"
	b102 = "branch/102"
	b103 = "branch/103"
	b104 = "branch/104"
)

const contest = "council"

// seed is one with which, in branch 101, one voter wants another card and one
// challenges the device; takeApart makes sure of it.
const seed = 72

// loot is a good record and every secret of the election but the devices'
// roots, which are erased at closing.
type loot struct {
	id      [32]byte
	def     *election.Definition
	keys    *simulate.Keys
	key     *elgamal.Key
	secrets []*threshold.Secret // of the trustees
	logs    map[string][][]byte // entries, by log
	files   fstest.MapFS        // as published
}

// good is the record of the small election. tied is one in which two
// candidates tie for the last seat, so that the law leaves a question open.
var (
	good = sync.OnceValue(func() *loot { return hold(seed, nil) })
	tied = sync.OnceValue(func() *loot {
		return hold(seed, func(e *simulate.Election) {
			for i, votes := range [][][]int{{{1}, {1}, {1, 2}, {1, 2}, {1, 3}, {1, 3}}, {{1}, {1}, {1}}, nil, {{1}, {1}, {1}, {1}}} {
				e.Branches[i].Voters = func() (out []simulate.Voter) {
					for _, codes := range votes {
						out = append(out, simulate.Voter{{Contest: contest, Codes: codes}})
					}
					return out
				}
			}
		})
	})
)

// must returns v. An error is a fault of the forger, not of what it attacks.
func must[V any](v V, err error) V {
	if err != nil {
		panic(fmt.Sprintf("forger: %v", err))
	}
	return v
}

func succeed(err error) { must(0, err) }

// hold holds an election, with what change makes of it, and loots it.
func hold(seed uint64, change func(*simulate.Election)) *loot {
	ctx := context.Background()
	dir := must(os.MkdirTemp("", "tamper"))
	defer os.RemoveAll(dir)
	e := must(simulate.Small(seed))
	if change != nil {
		change(e)
	}
	r := must(rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(dir, "election"), Seed: seed}))
	succeed(r.Ceremony(ctx))
	must(r.Vote(ctx))
	succeed(r.Units(ctx))
	for _, m := range r.Mixers() {
		succeed(r.Mix(ctx, m))
	}
	for i := range e.Definition.Quorum {
		succeed(r.Open(ctx, i))
	}
	succeed(r.Tally(ctx))
	succeed(r.Canvass(ctx))
	succeed(r.Close(ctx))
	return takeApart(e, os.DirFS(r.Record()))
}

func takeApart(e *simulate.Election, published fs.FS) *loot {
	l := &loot{id: e.Definition.ID(), def: e.Definition, keys: e.Keys, logs: map[string][][]byte{}, files: fstest.MapFS{}}
	succeed(fs.WalkDir(published, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			l.files[name] = &fstest.MapFile{Data: must(fs.ReadFile(published, name))}
		}
		return err
	}))
	logs := []string{hq}
	for i := range l.def.Branches {
		logs = append(logs, record.BranchLog(l.def.Branches[i].ID))
	}
	var witnesses []board.Witness
	for _, w := range l.def.Witnesses {
		witnesses = append(witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	for _, log := range logs {
		key := e.Keys.Signing("log/" + log).Public().(ed25519.PublicKey)
		from := must(board.Open(l.files, log, l.origin(log), key, witnesses))
		for e, err := range from.Entries(0, from.Size()) {
			succeed(err)
			l.logs[log] = append(l.logs[log], bytes.Clone(e.Data))
		}
	}
	f := l.forger()
	l.key = elgamal.NewKey(must(group.DecodeElement(nth[*record.ElectionKey](f, hq, 0).Key)))
	for i := range l.def.Trustees {
		l.secrets = append(l.secrets, f.secretOf(i))
	}
	if len(indices[*record.Challenged](f, b101)) != 1 || len(indices[*record.Spoiled](f, b101)) != 1 {
		panic("forger: the seed gives no spoiled and no challenged ballot any more: look for another one")
	}
	return l
}

// secretOf puts together the share of the trustee at place i from what the
// dealers sent, with the trustee's stolen key.
func (f *forger) secretOf(i int) *threshold.Secret {
	var shares []group.Scalar
	for j := range f.def.Trustees {
		shares = append(shares, f.sent(j, i))
	}
	return must(threshold.CombineShares(shares))
}

// sent decrypts what the dealer at place j sent the trustee at place i.
func (f *forger) sent(j, i int) group.Scalar {
	dealer, me := f.def.Trustees[j].ID, f.def.Trustees[i].ID
	key := must(hpke.NewDHKEMPrivateKey(f.keys.Share(me)))
	b := must(hpke.Open(key, hpke.HKDFSHA256(), hpke.AES128GCM(), record.ShareInfo(f.id, dealer, me), nth[*record.Dealing](f, hq, j).Shares[i]))
	return must(group.DecodeScalar(b))
}

// encryptTo encrypts a share from a dealer to the trustee at place i.
func (f *forger) encryptTo(dealer string, i int, share group.Scalar) []byte {
	to := f.def.Trustees[i]
	key := must(hpke.DHKEM(ecdh.X25519()).NewPublicKey(to.HPKEKey[:]))
	return must(hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES128GCM(), record.ShareInfo(f.id, dealer, to.ID), share.Bytes()))
}

func (l *loot) origin(log string) string {
	if log == hq {
		return election.HQOrigin(l.id)
	}
	return election.BranchOrigin(l.id, filepath.Base(log))
}

// A forger is a record in pieces. It is changed and then published.
type forger struct {
	*loot
	id         [32]byte // of the election that it pretends to be
	expect     [32]byte // what the auditor expects
	logs       map[string][][]byte
	blobs      map[string][]byte
	signedBy   map[string]ed25519.PrivateKey // logs whose checkpoints another key signs
	unwitness  map[string]bool               // logs that no witness cosigns
	afterwards []func(files fstest.MapFS)    // changes to the published files
	fooled     *source.Facts                 // what the auditor believes without looking, if anything
}

func (l *loot) forger() *forger {
	f := &forger{loot: l, id: l.id, expect: l.id, logs: map[string][][]byte{}, blobs: map[string][]byte{},
		signedBy: map[string]ed25519.PrivateKey{}, unwitness: map[string]bool{}}
	for log, entries := range l.logs {
		f.logs[log] = slices.Clone(entries)
	}
	for name, file := range l.files {
		if filepath.Dir(name) == "blob" {
			f.blobs[name] = file.Data
		}
	}
	return f
}

// later changes the published files.
func (f *forger) later(change func(files fstest.MapFS)) { f.afterwards = append(f.afterwards, change) }

// publish writes the published form: logs, and the blobs that entries name.
func (f *forger) publish() fstest.MapFS {
	files := fstest.MapFS{}
	write := func(name string, data []byte) { files[name] = &fstest.MapFile{Data: bytes.Clone(data)} }
	for log, entries := range f.logs {
		hashes := leaves(entries)
		size := uint64(len(entries))
		for i := uint64(0); board.TileWidth(0, i, size) > 0; i++ {
			w := board.TileWidth(0, i, size)
			var bundle []byte
			for _, e := range entries[i*board.Width : int(i)*board.Width+w] {
				bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(e)))
				bundle = append(bundle, e...)
			}
			write(log+"/"+board.BundlePath(i, w), bundle)
		}
		for level := 0; len(hashes) > 0; level++ {
			var above []tlog.Hash
			for i := 0; i*board.Width < len(hashes); i++ {
				tile := hashes[i*board.Width : min((i+1)*board.Width, len(hashes))]
				var data []byte
				for _, h := range tile {
					data = append(data, h[:]...)
				}
				write(log+"/"+board.TilePath(level, uint64(i), len(tile)), data)
				if len(tile) == board.Width {
					above = append(above, rootOf(tile))
				}
			}
			hashes = above
		}
		write(log+"/checkpoint", f.checkpoint(log, entries))
	}
	for name := range f.named() {
		if data, ok := f.blobs[name]; ok {
			write(name, data)
		}
	}
	for _, change := range f.afterwards {
		change(files)
	}
	return files
}

// named returns the paths of the blobs that the definition and the entries of
// headquarters' log name.
func (f *forger) named() map[string]bool {
	names := map[string]bool{"blob/" + hex.EncodeToString(f.id[:]): true}
	for _, data := range f.logs[hq] {
		e, err := record.Decode(data)
		if err != nil {
			continue
		}
		for _, b := range blobsOf(e.Body) {
			names[path(b)] = true
		}
	}
	return names
}

func blobsOf(body record.Body) []record.Blob {
	switch b := body.(type) {
	case *record.Definition:
		return []record.Blob{b.Blob}
	case *record.Shuffle:
		return []record.Blob{b.Output, b.Proof}
	case *record.Shares:
		return []record.Blob{b.Shares}
	case *record.Units:
		return []record.Blob{b.Units}
	case *record.Canvass:
		return []record.Blob{b.Statements}
	}
	return nil
}

func path(b record.Blob) string { return "blob/" + hex.EncodeToString(b.Hash) }

// blob puts data beside the logs and returns its name.
func (f *forger) blob(kind string, data []byte) record.Blob {
	b := record.NewBlob(kind, data)
	f.blobs[path(b)] = data
	return b
}

// checkpoint returns the signed and cosigned checkpoint over the entries.
func (f *forger) checkpoint(log string, entries [][]byte) []byte {
	origin := f.loot.origin(log)
	if f.id != f.loot.id {
		origin = election.HQOrigin(f.id)
	}
	key := f.signedBy[log]
	if key == nil {
		key = f.keys.Signing("log/" + log)
	}
	text := board.FormatCheckpoint(origin, uint64(len(entries)), rootOf(leaves(entries)))
	signed := append(bytes.Clone(text), '\n')
	signed = append(signed, board.FormatSignatureLine(origin, board.KeyID(origin, board.AlgEd25519, key.Public().(ed25519.PublicKey)), ed25519.Sign(key, text))...)
	if f.unwitness[log] {
		return signed
	}
	for i, w := range f.def.Witnesses {
		signed = must(board.AddCosignatures(signed, cosign(w.Name, f.keys.Signing(fmt.Sprintf("witness/%d", i+1)), text)))
	}
	return signed
}

// cosign returns the line of a cosignature.
func cosign(name string, key ed25519.PrivateKey, text []byte) []byte {
	const time = 1_780_000_000
	sig := binary.BigEndian.AppendUint64(nil, time)
	sig = append(sig, ed25519.Sign(key, board.CosignatureMessage(time, text))...)
	return board.FormatSignatureLine(name, board.KeyID(name, board.AlgCosignature, key.Public().(ed25519.PublicKey)), sig)
}

func leaves(entries [][]byte) []tlog.Hash {
	var out []tlog.Hash
	for _, e := range entries {
		out = append(out, tlog.RecordHash(e))
	}
	return out
}

// rootOf is the tree hash of RFC 6962, section 2.1.
func rootOf(h []tlog.Hash) tlog.Hash {
	if len(h) == 0 {
		return tlog.Hash(must(hex.DecodeString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")))
	}
	if len(h) == 1 {
		return h[0]
	}
	k := 1
	for 2*k < len(h) {
		k *= 2
	}
	return tlog.NodeHash(rootOf(h[:k]), rootOf(h[k:]))
}

// indices returns where a log has entries of a type.
func indices[B record.Body](f *forger, log string) []int {
	var out []int
	for i, data := range f.logs[log] {
		if e, err := record.Decode(data); err == nil {
			if _, ok := e.Body.(B); ok {
				out = append(out, i)
			}
		}
	}
	return out
}

// body returns the body of entry i, which is of type B.
func body[B record.Body](f *forger, log string, i int) B {
	return must(record.Decode(f.logs[log][i])).Body.(B)
}

// nth returns the body of the nth entry of a type, from 0; edit changes it and
// has it signed again by those who had signed it, and returns its index.
func nth[B record.Body](f *forger, log string, n int) B {
	return body[B](f, log, indices[B](f, log)[n])
}

func edit[B record.Body](f *forger, log string, n int, change func(B)) int {
	i := indices[B](f, log)[n]
	b := body[B](f, log, i)
	change(b)
	f.put(log, i, b)
	return i
}

// put replaces the body of entry i; those who had signed it sign again.
func (f *forger) put(log string, i int, b record.Body) {
	var by []string
	for _, s := range must(record.Decode(f.logs[log][i])).Signatures {
		by = append(by, s.By)
	}
	f.logs[log][i] = f.sign(log, b, by...)
}

func (f *forger) sign(log string, b record.Body, by ...string) []byte {
	var signers []record.Signer
	for _, s := range by {
		signers = append(signers, f.keys.Signer(s))
	}
	return must(record.Sign(f.id, log, b, signers...))
}

// insert puts entries before entry i.
func (f *forger) insert(log string, i int, entries ...[]byte) {
	f.logs[log] = slices.Insert(f.logs[log], i, entries...)
}

func (f *forger) remove(log string, i int) { f.logs[log] = slices.Delete(f.logs[log], i, i+1) }

// append appends an entry and returns its index.
func (f *forger) append(log string, b record.Body, by ...string) int {
	f.logs[log] = append(f.logs[log], f.sign(log, b, by...))
	return len(f.logs[log]) - 1
}

// move takes entry i out and puts it where entry to is now.
func (f *forger) move(log string, i, to int) {
	e := f.logs[log][i]
	f.remove(log, i)
	f.insert(log, to, e)
}

// cut ends headquarters' log before its first entry of type B, if it has one.
func cut[B record.Body](f *forger) {
	if i := indices[B](f, hq); len(i) > 0 {
		f.logs[hq] = slices.Clip(f.logs[hq][:i[0]])
	}
}

// beforeBranches cuts the record before the first branch opened.
func beforeBranches(f *forger) {
	cut[*record.Head](f)
	maps.DeleteFunc(f.logs, func(log string, _ [][]byte) bool { return log != hq })
}

// reclose corrects the closing statement of a branch to what its log holds,
// and takeIn gives headquarters its new checkpoint.
func (f *forger) reclose(log string) {
	edit(f, log, 0, func(c *record.Close) {
		i := indices[*record.Close](f, log)[0]
		root := rootOf(leaves(f.logs[log][:i]))
		c.Size, c.Root = uint64(i), root[:]
		c.Counts.Cast = uint64(len(indices[*record.Cast](f, log)))
		c.Counts.Spoiled = uint64(len(indices[*record.Spoiled](f, log)))
		c.Counts.Challenged = uint64(len(indices[*record.Challenged](f, log)))
		c.Counts.CheckedIn = max(c.Counts.CheckedIn, c.Counts.Cast)
	})
	f.takeIn(log)
}

func (f *forger) takeIn(log string) int {
	for n := range indices[*record.Head](f, hq) {
		if record.BranchLog(nth[*record.Head](f, hq, n).Branch) == log {
			return edit(f, hq, n, func(h *record.Head) { h.Checkpoint = f.checkpoint(log, f.logs[log]) })
		}
	}
	panic("forger: headquarters has no head of " + log)
}
