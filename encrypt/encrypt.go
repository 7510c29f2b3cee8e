// Package encrypt is the voting device's act: a ballot goes in, a sealed ballot
// comes out, and after the card is printed it is cast, spoiled or challenged.
//
// Specification: spec/acts.md, section 2; the mathematics is crypto/zkp.
//
// In and out. A Device is made from the definition, the verified election key
// and its own signing key; Restore makes it again from its Root, and
// Skip takes it to the ballot that is next. Commitment goes into the branch's opening statement.
// Seal takes a ballot.Ballot and returns the signed entry, whose hash is the
// confirmation code; Cast, Spoil and Challenge return the entry that ends it. A
// sealed ballot is a function of election, contest, style, branch, device,
// number, selections and the ballot's seed alone, so a device cannot choose its
// randomness to tell somebody something.
//
// What it never does: no file, no network. Selections leave it only in a
// challenge, which the voter asks for; a Device prints as a fixed text. It keeps
// no root: whoever keeps one over a restart erases it when the branch closes.
// Close forgets the device's own copy, and with it everything that could open
// its ballots; it is procedure, not proof, that nobody copied the root before.
//
// How it fails: the same number is never sealed twice; a ballot that has ended
// cannot end again; after the limit it committed to the device refuses.
//
// Sources: Benaloh 2006 (the challenge); RFC 6962 (the tree over the seeds);
// RFC 2104 (HMAC).
package encrypt

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"golang.org/x/mod/sumdb/tlog"
)

// A Device seals ballots. It holds secrets and is not safe for concurrent use:
// one device serves one voter at a time.
type Device struct {
	election [32]byte
	key      *elgamal.Key
	branch   string
	style    election.Style
	id       string
	signer   record.Signer
	root     [32]byte
	limit    uint64
	hashes   []tlog.Hash // of the tree over the seeds' leaves
	next     uint64
	waiting  map[uint64]*pending
	closed   bool
}

// pending is a sealed ballot that has not ended.
type pending struct {
	code     [32]byte
	contests []content
}

// content is what a challenge reveals of one contest.
type content struct {
	contest       string
	slots, blanks []int
}

const redacted = "device[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Device) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Device) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Device) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// New returns a new device with the id in a branch, for at most limit ballots.
// Its root is drawn together with the entropy from outside, as DrawRoot does.
func New(def *election.Definition, key *elgamal.Key, branch, id string, signing ed25519.PrivateKey, limit uint64, outside []byte) (*Device, error) {
	return Restore(def, key, branch, id, signing, limit, DrawRoot(outside))
}

// Restore returns the device that has this root, as it was before its first
// ballot. Skip takes it to where it is now.
func Restore(def *election.Definition, key *elgamal.Key, branch, id string, signing ed25519.PrivateKey, limit uint64, root Root) (*Device, error) {
	style, err := def.StyleOf(branch)
	if err != nil {
		return nil, err
	}
	if err := CheckStyle(style); err != nil {
		return nil, err
	}
	if !election.ValidID(id) {
		return nil, fmt.Errorf("device id %q: use 1 to 32 letters, digits and hyphens", id)
	}
	if limit == 0 || limit > uint64(def.MaxBallotsPerDevice) {
		return nil, fmt.Errorf("device %s: a limit of %d ballots; the definition allows 1 to %d", id, limit, def.MaxBallotsPerDevice)
	}
	d := &Device{election: def.ID(), key: key, branch: branch, style: style, id: id,
		signer: record.Signer{By: "device/" + id, Key: signing}, root: root.bytes(), limit: limit, waiting: map[uint64]*pending{}}
	for i := range limit {
		hs, err := tlog.StoredHashesForRecordHash(int64(i), record.SeedLeaf(i, record.Seed(&d.root, branch, id, i)), d)
		if err != nil {
			return nil, fmt.Errorf("commit to seeds: %w", err)
		}
		d.hashes = append(d.hashes, hs...)
	}
	return d, nil
}

// Skip has the device go on with a number: the branch's log has the ballots before
// it. Those of them that have no ending cannot be challenged any more, since
// nothing has kept their selections: Settle ends them.
func (d *Device) Skip(next uint64) error {
	if next < d.next || next > d.limit {
		return fmt.Errorf("device %s goes on with ballot %d, after %d and with a limit of %d: these are the numbers of another device", d.id, next, d.next, d.limit)
	}
	d.next = next
	return nil
}

// Warm computes what every sealing needs and no ballot changes, so that the first
// voter does not wait for it. It seals a blank vote in each contest under a seed
// that nobody keeps, and throws it away.
func (d *Device) Warm() error {
	var seed [32]byte
	rand.Read(seed[:])
	for _, c := range d.style.Contests {
		s, err := zkp.SealSlots([]byte("warm"), d.key, c.N(), c.K(), make([]int, c.K()), seed)
		if err != nil {
			return fmt.Errorf("warm contest %s: %w", c.ID, err)
		}
		st := &zkp.SlotStatement{Tag: []byte("warm"), Key: d.key.Element(), N: c.N(), K: c.K(), Rows: s.Rows}
		if err := zkp.VerifyOwnSlots(st, s.Proof); err != nil {
			return fmt.Errorf("warm contest %s: the device's own proof does not hold, take it out of service: %w", c.ID, err)
		}
	}
	return nil
}

// ReadHashes implements tlog.HashReader over the tree of the seeds' leaves.
func (d *Device) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(d.hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = d.hashes[x]
	}
	return out, nil
}

// Commitment returns what the opening statement says of the device.
func (d *Device) Commitment() (record.Committed, error) {
	root, err := tlog.TreeHash(int64(d.limit), d)
	if err != nil {
		return record.Committed{}, fmt.Errorf("commit to seeds: %w", err)
	}
	return record.Committed{Device: d.id, Limit: d.limit, Root: root[:]}, nil
}

// A Sealed is a sealed ballot on its way to the log.
type Sealed struct {
	Number uint64
	Entry  []byte
	Code   [32]byte // the confirmation code, see record.FormatCode
}

// ErrClosed says that the device has forgotten its root.
var ErrClosed = errors.New("the device is closed")

// Seal seals a ballot and erases the plaintext. The entry must be durable in
// the log before the voter decides how it ends.
func (d *Device) Seal(b *ballot.Ballot) (*Sealed, error) {
	if d.closed {
		return nil, ErrClosed
	}
	if d.next >= d.limit {
		return nil, fmt.Errorf("device %s has sealed all %d ballots that it committed to: use another device", d.id, d.limit)
	}
	if b.Style() != d.style.ID {
		return nil, fmt.Errorf("a ballot of style %s on a device of style %s", b.Style(), d.style.ID)
	}
	number := d.next
	body := &record.Sealed{Device: d.id, Number: number, Style: d.style.ID}
	seed := record.Seed(&d.root, d.branch, d.id, number)
	w := &pending{}
	id := record.BallotID{Style: d.style.ID, Branch: d.branch, Device: d.id, Number: number}
	for _, c := range d.style.Contests {
		bits, _, _, err := zkp.SlotParams(c.N(), c.K())
		if err != nil {
			return nil, fmt.Errorf("contest %s: %w", c.ID, err)
		}
		slots := b.Slots(c.ID)
		tag := record.SlotTag(d.election, d.key.Element().Bytes(), c.ID, c.N(), c.K(), bits, id)
		s, err := zkp.SealSlots(tag, d.key, c.N(), c.K(), slots, seed)
		if err != nil {
			return nil, fmt.Errorf("seal contest %s: %w", c.ID, err)
		}
		// A fault of the machine must not publish a second proof from the same
		// nonces (spec/crypto-slot.md, S23): what leaves the device has verified.
		st := &zkp.SlotStatement{Tag: tag, Key: d.key.Element(), N: c.N(), K: c.K(), Rows: s.Rows}
		if err := zkp.VerifyOwnSlots(st, s.Proof); err != nil {
			return nil, fmt.Errorf("seal contest %s: the device's own proof does not hold, take it out of service: %w", c.ID, err)
		}
		body.Contests = append(body.Contests, record.SealedContest{Contest: c.ID, Rows: elgamal.Encode(s.Rows), Proof: s.Proof})
		w.contests = append(w.contests, content{c.ID, slots, s.Blanks})
	}
	entry, err := record.Sign(d.election, record.BranchLog(d.branch), body, d.signer)
	if err != nil {
		return nil, err
	}
	b.Erase()
	d.next++
	w.code = record.Code(entry)
	d.waiting[number] = w
	return &Sealed{Number: number, Entry: entry, Code: w.code}, nil
}

// codes drops the unused slots. Its time depends on how many there are, so it
// is for what is revealed.
func codes(slots []int) []uint64 {
	out := []uint64{}
	for _, s := range slots {
		if s != 0 {
			out = append(out, uint64(s))
		}
	}
	slices.Sort(out)
	return out
}

// end takes a ballot out of those that wait for their ending.
func (d *Device) end(number uint64) (*pending, error) {
	w := d.waiting[number]
	if w == nil {
		return nil, fmt.Errorf("device %s: ballot %d is not waiting for its ending", d.id, number)
	}
	delete(d.waiting, number)
	return w, nil
}

// Cast returns the entry that makes a sealed ballot count.
func (d *Device) Cast(number uint64) ([]byte, error) {
	w, err := d.end(number)
	if err != nil {
		return nil, err
	}
	w.erase()
	return d.sign(&record.Cast{Device: d.id, Number: number, Code: w.code[:]})
}

// Spoil returns the entry that cancels a sealed ballot unopened.
func (d *Device) Spoil(number uint64) ([]byte, error) {
	w, err := d.end(number)
	if err != nil {
		return nil, err
	}
	w.erase()
	return d.sign(&record.Spoiled{Device: d.id, Number: number, Code: w.code[:]})
}

// Challenge returns the entry that opens a sealed ballot, which will not be
// counted. The voter has been warned that its content becomes public.
func (d *Device) Challenge(number uint64) ([]byte, error) {
	if d.closed {
		return nil, ErrClosed
	}
	w, err := d.end(number)
	if err != nil {
		return nil, err
	}
	seed := record.Seed(&d.root, d.branch, d.id, number)
	proof, err := tlog.ProveRecord(int64(d.limit), int64(number), d)
	if err != nil {
		return nil, fmt.Errorf("open commitment: %w", err)
	}
	body := &record.Challenged{Device: d.id, Number: number, Code: w.code[:], Seed: seed[:]}
	for _, c := range w.contests {
		body.Contests = append(body.Contests, record.Revealed{Contest: c.contest, Selections: codes(c.slots), Blanks: codes(c.blanks)})
	}
	for _, h := range proof {
		body.Path = append(body.Path, h[:])
	}
	return d.sign(body)
}

func (d *Device) sign(b record.Body) ([]byte, error) {
	return record.Sign(d.election, record.BranchLog(d.branch), b, d.signer)
}

// Waiting returns how many sealed ballots have no ending.
func (d *Device) Waiting() int { return len(d.waiting) }

// Close forgets the root and everything that waits.
func (d *Device) Close() {
	for _, w := range d.waiting {
		w.erase()
	}
	clear(d.waiting)
	clear(d.root[:])
	d.closed = true
}

func (w *pending) erase() {
	for _, c := range w.contests {
		clear(c.slots)
		clear(c.blanks)
	}
	w.contests = nil
}
