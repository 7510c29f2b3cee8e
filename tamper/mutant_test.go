package tamper_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing/fstest"

	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/record"
)

// A piece is an entry that is being changed: [kind, body, signatures].
type piece struct {
	*tree
	data    []byte
	was     *piece // in the good record; itself if unchanged, nil if it is of another election
	mutated bool   // on purpose: it is not mended
}

func (p *piece) kind() string      { return string(p.kids[0].b) }
func (p *piece) field(i int) *tree { return p.kids[1].kids[i] }

// A stock is a good record in pieces with all that is stolen, and values of all
// its fields to put into others.
type stock struct {
	*loot
	pieces map[string][]*piece
	keys   map[string]ed25519.PrivateKey // of those who sign entries
	values map[string][]*tree            // by kind and field
	all    [8][]*tree                    // by major type
	other  *stock                        // of another election
}

// stocks are those of the tiny election, of the one with the tie after it was
// settled by lot, and of that one after an eventful day and a correction.
var stocks = sync.OnceValue(func() []*stock {
	s := []*stock{newStock(tiny().forger()), newStock(settled(tinyTied().forger())), newStock(correctionOf(dayOf(tinyTied())).forger())}
	s[0].other, s[1].other, s[2].other = s[1], s[0], s[0]
	return s
})

// settled answers the question of the tied election by lot, and certifies.
func settled(f *forger) *forger {
	offices := []string{"office/hq", "office/supervisors"}
	_, lot := settles(f)
	hash := record.Code(f.logs[hq][f.append(hq, lot, offices...)])
	q := nth[*record.Question](f, hq, 0)
	order := record.LotOrder(lot.Seed, q.Between)
	f.append(hq, &record.Result{Contest: contest, Canvass: q.Votes, Answers: [][]byte{hash[:]}, Elected: order[:1]}, offices...)
	return f
}

func newStock(f *forger) *stock {
	f.takeIn(b101) // a head with the forger's own date
	s := &stock{loot: f.loot, pieces: map[string][]*piece{}, keys: map[string]ed25519.PrivateKey{}, values: map[string][]*tree{}}
	for log, entries := range f.logs {
		for _, data := range entries {
			p := &piece{tree: mustTree(data), data: data}
			p.was = p
			s.pieces[log] = append(s.pieces[log], p)
			for _, sig := range p.kids[2].kids {
				by := string(sig.kids[0].b)
				s.keys[by] = f.loot.keys.Signing(by)
			}
			p.kids[1].walk(p.kind(), func(path string, t *tree) {
				path = anyNumber.ReplaceAllString(path, ".*")
				s.values[path] = append(s.values[path], t)
				s.all[t.major] = append(s.all[t.major], t)
			})
		}
	}
	return s
}

// whole returns the good record.
func (s *stock) whole() *mutant {
	m := &mutant{stock: s, logs: map[string][]*piece{}, blobs: map[string][]byte{}, renamed: map[string][]byte{}}
	for log, pieces := range s.pieces {
		m.logs[log] = slices.Clone(pieces)
	}
	for name, f := range s.files {
		if filepath.Dir(name) == "blob" {
			m.blobs[name] = f.Data
		}
	}
	return m
}

// A mutant is a record made from a good one by changes that its forger did not
// think about.
type mutant struct {
	*stock
	rng     *rand.Rand
	logs    map[string][]*piece
	blobs   map[string][]byte
	renamed map[string][]byte // hashes that have become others
	did     []string
}

func (s *stock) mutant(rng *rand.Rand) *mutant {
	m := s.whole()
	m.rng = rng
	if rng.IntN(3) == 0 {
		m.cut()
	}
	for range 1 + rng.IntN(2) {
		m.mutate()
	}
	m.mend()
	return m
}

func (m *mutant) note(format string, args ...any) {
	m.did = append(m.did, fmt.Sprintf(format, args...))
}

// own returns a piece of which everything may be changed.
func (m *mutant) own(log string, i int) *piece {
	p := m.logs[log][i]
	if p.was == p {
		p = &piece{tree: p.tree.clone(), data: p.data, was: p}
		m.logs[log][i] = p
	}
	return p
}

// cut ends headquarters' log early: what follows would give a change away.
func (m *mutant) cut() {
	n := 1 + m.rng.IntN(len(m.logs[hq]))
	m.logs[hq] = m.logs[hq][:n]
	m.note("hq cut to %d entries", n)
	if !slices.ContainsFunc(m.logs[hq], func(p *piece) bool { return p.kind() == "election-key" }) ||
		m.rng.IntN(2) == 0 && !slices.ContainsFunc(m.logs[hq], func(p *piece) bool { return p.kind() == "head" }) {
		delete(m.logs, b101)
		m.note("without the branch")
	}
}

// mutate does one thing.
func (m *mutant) mutate() {
	log := hq
	if m.logs[b101] != nil && m.rng.IntN(5) < 2 {
		log = b101
	}
	pieces := m.logs[log]
	if len(pieces) < 2 {
		return
	}
	i := m.rng.IntN(len(pieces))
	at := fmt.Sprintf("%s entry %d (%s)", log, i, pieces[i].kind())
	switch m.rng.IntN(24) {
	case 0:
		m.note("%s deleted", at)
		m.logs[log] = slices.Delete(pieces, i, i+1)
	case 1:
		m.note("%s duplicated", at)
		m.logs[log] = slices.Insert(pieces, m.rng.IntN(len(pieces)), pieces[i])
	case 2:
		j := m.rng.IntN(len(pieces))
		m.note("%s exchanged with entry %d (%s)", at, j, pieces[j].kind())
		pieces[i], pieces[j] = pieces[j], pieces[i]
	case 3:
		from := m.other.pieces[log]
		foreign := from[m.rng.IntN(len(from))]
		m.note("%s from another election before %s", foreign.kind(), at)
		m.logs[log] = slices.Insert(pieces, i, &piece{tree: foreign.clone()})
	case 4, 5:
		m.blob()
	case 6:
		p := m.own(log, i)
		p.mutated = true
		m.note("signatures of %s: %s", at, m.change("", m.pick(p.kids[2])))
	case 7:
		p := m.own(log, i)
		p.mutated = true
		t := m.pick(p.tree)
		t.wide = 1 << m.rng.IntN(4)
		m.note("a length of %s in %d bytes", at, t.wide)
	case 8:
		p := m.own(log, i)
		p.mutated = true
		kinds := []string{"cast", "spoiled", "challenged", "opening", "close", "ruling", "commitment", "tally", "pause", "extension", "result", ""}
		p.kids[0].b = []byte(kinds[m.rng.IntN(len(kinds))])
		m.note("%s is now %s", at, p.kids[0].b)
	default:
		p := m.own(log, i)
		p.mutated = true
		var paths []string
		var trees []*tree
		p.kids[1].walk(p.kind(), func(path string, t *tree) { paths, trees = append(paths, path), append(trees, t) })
		n := m.rng.IntN(len(trees))
		m.note("%s, %s: %s", at, paths[n], m.change(anyNumber.ReplaceAllString(paths[n], ".*"), trees[n]))
	}
}

func (m *mutant) pick(t *tree) *tree {
	var trees []*tree
	t.walk("", func(_ string, t *tree) { trees = append(trees, t) })
	return trees[m.rng.IntN(len(trees))]
}

// value returns a value of a field, or of its type, in one of the records.
func (m *mutant) value(field string, major byte) *tree {
	s := m.stock
	if m.rng.IntN(3) == 0 {
		s = m.other
	}
	if v := s.values[field]; len(v) > 1 && m.rng.IntN(2) == 0 {
		return v[m.rng.IntN(len(v))].clone()
	}
	v := s.all[major]
	if len(v) == 0 { // a change before has made it of a type that no record has
		v = s.all[2]
	}
	return v[m.rng.IntN(len(v))].clone()
}

// change gives a value another one and says how. It may be the same by chance.
func (m *mutant) change(field string, t *tree) string {
	r := m.rng
	if r.IntN(25) == 0 {
		*t = *[]*tree{{major: 7, raw: []byte{0xf6}}, {}, m.value("", 2), m.value("", 3), {major: 4, kids: []*tree{t.clone()}}, {major: 7, raw: []byte{0xa0}}}[r.IntN(6)]
		return "of another type"
	}
	if r.IntN(4) == 0 {
		*t = *m.value(field, t.major)
		return fmt.Sprintf("another one's value %.80x", t.encode(nil))
	}
	switch t.major {
	case 0:
		t.n = []uint64{0, t.n + 1, t.n - 1, 1<<64 - 1, 1 << 32, t.n ^ 1<<r.IntN(64)}[r.IntN(6)]
		return fmt.Sprint("number ", t.n)
	case 2, 3:
		return string(rune('0'+t.major)) + " " + m.changeBytes(&t.b)
	}
	if len(t.kids) == 0 {
		t.kids = append(t.kids, m.value("", byte(2+r.IntN(2))))
		return "one element"
	}
	i, j := r.IntN(len(t.kids)), r.IntN(len(t.kids))
	switch r.IntN(4) {
	case 0:
		t.kids = slices.Delete(t.kids, i, i+1)
		return fmt.Sprintf("without element %d", i)
	case 1:
		t.kids = slices.Insert(t.kids, j, t.kids[i].clone())
		return fmt.Sprintf("element %d also at %d", i, j)
	case 2:
		t.kids[i], t.kids[j] = t.kids[j], t.kids[i]
		return fmt.Sprintf("elements %d and %d exchanged", i, j)
	}
	t.kids = nil
	return "empty"
}

func (m *mutant) changeBytes(b *[]byte) string {
	r := m.rng
	n := len(*b)
	switch {
	case n == 0 || r.IntN(8) == 0:
		*b = append(*b, byte(r.Uint32()))
		return "a byte more"
	case r.IntN(8) == 0:
		*b = nil
		return "empty"
	case r.IntN(4) == 0:
		*b = (*b)[:n-1]
		return "a byte less"
	case r.IntN(6) == 0:
		*b = (*b)[1:]
		return "without the first byte"
	}
	at := r.IntN(8 * n)
	(*b)[at/8] ^= 1 << (at % 8)
	return fmt.Sprintf("bit %d of byte %d flipped", at%8, at/8)
}

// blob changes the bytes of a blob, and all who name it name what it is then.
func (m *mutant) blob() {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range m.blobs {
			if !yield(name) {
				return
			}
		}
	})
	name := names[m.rng.IntN(len(names))]
	data := bytes.Clone(m.blobs[name])
	how := ""
	switch m.rng.IntN(6) {
	case 0:
		other := names[m.rng.IntN(len(names))]
		data, how = m.blobs[other], other
	case 1:
		other := m.other.files[names[m.rng.IntN(len(names))]]
		if other == nil { // blobs of the other election have other names
			for path, f := range m.other.files {
				if filepath.Dir(path) == "blob" && len(f.Data) == len(data) {
					other = f
				}
			}
		}
		if other == nil {
			return
		}
		data, how = other.Data, "that of another election"
	case 2: // elements of 33 bytes, exchanged
		if n := len(data) / 33; n > 1 {
			i, j := m.rng.IntN(n), m.rng.IntN(n)
			a := bytes.Clone(data[33*i : 33*i+33])
			copy(data[33*i:], data[33*j:33*j+33])
			copy(data[33*j:], a)
			how = fmt.Sprintf("elements %d and %d exchanged", i, j)
		}
	default:
		how = m.changeBytes(&data)
	}
	m.note("%s: %s", name, how)
	was, is := strings.TrimPrefix(name, "blob/"), sha256.Sum256(data)
	m.blobs[fmt.Sprintf("blob/%x", is)] = data
	old := must(hex.DecodeString(was))
	m.renamed[string(old)] = is[:]
	for i, p := range m.logs[hq] {
		p.kids[1].walk("", func(_ string, t *tree) {
			if t.major == 4 && len(t.kids) == 3 && t.kids[1].major == 0 && bytes.Equal(t.kids[2].b, old) {
				m.own(hq, i).kids[1].walk("", func(_ string, t *tree) {
					if t.major == 4 && len(t.kids) == 3 && t.kids[1].major == 0 && bytes.Equal(t.kids[2].b, old) {
						t.kids[1].n, t.kids[2].b = uint64(len(data)), is[:]
					}
				})
			}
		})
	}
}

// mend does what a forger with every key does about the traces: the hashes of
// what has changed, closing statements, heads, and every signature. What was
// mutated is signed again and otherwise left as it is.
func (m *mutant) mend() {
	for i, p := range m.logs[hq] {
		if p.kind() == "commitment" && !p.mutated {
			if h, ok := m.dealt(p); ok && !bytes.Equal(p.field(1).b, h[:]) {
				m.own(hq, i).field(1).b = h[:]
			}
		}
	}
	for _, p := range m.logs[hq] { // what the branch names of headquarters' log
		if p.kind() == "extension-order" && p.was != p && p.was != nil {
			m.sign(hq, p)
			is, was := sha256.Sum256(p.data), sha256.Sum256(p.was.data)
			m.renamed[string(was[:])] = is[:]
		}
	}
	m.settleLog(b101, func(i int, p *piece) {
		if p.kind() != "close" {
			return
		}
		root := rootOf(leaves(m.entries(b101)[:i]))
		counts := m.counts(m.logs[b101][:i])
		counts[0] = max(counts[1], m.was("close").field(3).kids[0].n)
		c := m.own(b101, i)
		c.field(1).n, c.field(2).b = uint64(i), root[:]
		for j, n := range counts {
			c.field(3).kids[j].n = n
		}
	})
	head := m.forger().checkpoint(b101, m.entries(b101))
	m.settleLog(hq, func(i int, p *piece) {
		if p.kind() == "head" && m.logs[b101] != nil && !bytes.Equal(p.field(1).b, head) {
			m.own(hq, i).field(1).b = head
		}
	})
}

// settleLog goes through a log in its order: it corrects the hashes by which an
// entry names what has changed, lets mend do more, and signs.
func (m *mutant) settleLog(log string, mend func(i int, p *piece)) {
	for i, p := range m.logs[log] {
		if !p.mutated && p.was != nil {
			if len(m.renamed) > 0 {
				m.rename(log, i)
			}
			mend(i, m.logs[log][i])
			p = m.logs[log][i]
		}
		if p.was == p {
			continue
		}
		m.sign(log, p)
		if p.was != nil {
			is := sha256.Sum256(p.data)
			was := sha256.Sum256(p.was.data)
			m.renamed[string(was[:])] = is[:]
		}
	}
}

func (m *mutant) rename(log string, i int) {
	m.logs[log][i].kids[1].walk("", func(path string, t *tree) {
		if t.major == 2 && len(t.b) == sha256.Size && m.renamed[string(t.b)] != nil {
			m.own(log, i).kids[1].walk("", func(_ string, t *tree) {
				if is := m.renamed[string(t.b)]; t.major == 2 && is != nil {
					t.b = is
				}
			})
		}
	})
}

// dealing returns the dealing of the trustee of a commitment, if it is shown.
func (m *mutant) dealing(commitment *piece) *piece {
	for _, d := range m.logs[hq] {
		if d.kind() == "dealing" && d.was != nil && len(d.kids) == 3 && len(d.kids[1].kids) == 4 && d.field(0).equal(commitment.field(0)) {
			return d
		}
	}
	return nil
}

// dealt returns the hash of that dealing, if it can be hashed.
func (m *mutant) dealt(commitment *piece) (h [32]byte, ok bool) {
	d := m.dealing(commitment)
	if d == nil {
		return h, false
	}
	c, err := threshold.DecodeCommitments(d.field(1).b, m.def.Quorum)
	if err != nil {
		return h, false
	}
	return threshold.CommitHash(record.DealingTag(m.id, string(d.field(0).b)), c, d.field(2).b), true
}

// was returns the piece of a kind in the good record that has one of it.
func (m *mutant) was(kind string) *piece {
	for _, log := range []string{hq, b101} {
		for _, p := range m.stock.pieces[log] {
			if p.kind() == kind {
				return p
			}
		}
	}
	panic("forger: no entry of kind " + kind)
}

// counts returns what a branch has counted: checked in (unknown), cast, spoiled,
// challenged.
func (m *mutant) counts(pieces []*piece) (c [4]uint64) {
	for _, p := range pieces {
		if i := slices.Index([]string{"", "cast", "spoiled", "challenged"}, p.kind()); i > 0 {
			c[i]++
		}
	}
	return c
}

func (m *mutant) entries(log string) (out [][]byte) {
	for _, p := range m.logs[log] {
		out = append(out, p.data)
	}
	return out
}

// sign signs an entry with the keys of all whom its signatures name, if they can
// be read, and encodes it.
func (m *mutant) sign(log string, p *piece) {
	if len(p.kids) == 3 {
		message := head([]byte("sandogh entry v1\x00"+string(m.id[:])), 4, 3, 0)
		message = append(head(message, 3, uint64(len(log)), 0), log...)
		message = p.kids[1].encode(p.kids[0].encode(message))
		for _, s := range p.kids[2].kids {
			if s.major == 4 && len(s.kids) == 2 && s.kids[1].major == 2 && len(s.kids[1].b) == ed25519.SignatureSize {
				if key := m.keys[string(s.kids[0].b)]; key != nil {
					s.kids[1].b = ed25519.Sign(key, message)
				}
			}
		}
	}
	p.data = p.encode(nil)
}

// publish returns the published form.
func (m *mutant) publish() fstest.MapFS {
	f := m.forger()
	clear(f.logs)
	for log := range m.logs {
		f.logs[log] = m.entries(log)
	}
	f.blobs = m.blobs
	return f.publish()
}
