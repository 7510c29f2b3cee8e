package witness

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/strictjson"
)

// EvidenceFormat is the format of [Evidence].
const EvidenceFormat = "sandogh-evidence-1"

// A Kind says how two signed checkpoints of a log stand to one another.
type Kind string

// The kinds of evidence. The first two convict the log; the others are kept
// because the tree's hashes, once they are published, may make them do so.
const (
	Fork       Kind = "fork"       // two trees of one size
	Divergence Kind = "divergence" // of two trees the larger begins otherwise
	Rollback   Kind = "rollback"   // a smaller tree after a larger one
	Unproven   Kind = "unproven"   // a larger tree without a proof that it extends the other
)

// proves is what each kind proves, and what it does not.
var proves = map[Kind]string{
	Fork: "The key signed two different trees of one size as this log. No honest log does: it showed different people different entries, or took back what it had signed.",
	Divergence: "The key signed both trees as this log, and the hashes of the proof show that the larger one does not begin with the smaller one: " +
		"its first entries have the root given here. No honest log does: it took back what it had signed.",
	Rollback: "The key signed both trees as this log. That the smaller one came later, or contradicts the larger one, is not proved: the log may have signed it earlier, " +
		"and somebody shown it again. It is proved if the larger tree's first entries, as many as the smaller one has, have another root.",
	Unproven: "The key signed both trees as this log. That they contradict each other is not proved: whoever showed the larger one gave no proof that it extends the other, " +
		"and anybody can leave a proof out. It is proved if the larger tree's first entries, as many as the smaller one has, have another root.",
}

// Evidence is two checkpoints that a log signed: one that a witness cosigned or
// that is published, and one that does not agree with it.
type Evidence struct {
	Kind   Kind
	Origin string
	LogKey ed25519.PublicKey
	First  []byte // signed note
	Second []byte // signed note

	// Of a divergence: the root of the larger tree's first entries, as many
	// as the smaller one has, and the RFC 6962 proof of it.
	Root  [32]byte
	Proof [][32]byte
}

// Convicts reports whether evidence of this kind, once verified, proves that
// the log has contradicted itself.
func (e *Evidence) Convicts() bool { return e.Kind == Fork || e.Kind == Divergence }

// Proves says in words what evidence of this kind proves once it is verified.
func (e *Evidence) Proves() string { return proves[e.Kind] }

// convict returns what the two checkpoints, whose signatures are verified, are
// evidence of, or nil. A request whose old size is not that of the last
// checkpoint has a proof of something else.
func convict(last, next board.Checkpoint, oldSize uint64, proof [][32]byte, key ed25519.PublicKey) *Evidence {
	e := &Evidence{Origin: next.Origin, LogKey: key, First: last.Note, Second: next.Note}
	switch {
	case last.Note == nil:
		return nil // nothing was cosigned that could be contradicted
	case next.Size == last.Size && next.Root != last.Root:
		e.Kind = Fork
	case next.Size < last.Size:
		e.Kind = Rollback
	case next.Size > last.Size && oldSize == last.Size && last.Size > 0:
		e.Kind = Unproven
		if root, ok := beginning(proof, last.Size, next.Size); ok && root != last.Root &&
			board.CheckConsistency(proof, last.Size, root, next.Size, next.Root) == nil {
			e.Kind, e.Root, e.Proof = Divergence, root, proof
		}
	default:
		return nil
	}
	return e
}

// beginning computes from a consistency proof the root that it gives to the
// first m of n entries, as RFC 9162, section 2.1.4.2, does. It cannot if m is a
// power of two: then that root is no part of the proof.
//
//	node = SHA-256(01 ‖ left ‖ right)
func beginning(proof [][32]byte, m, n uint64) (root [32]byte, ok bool) {
	if m == 0 || m >= n || m&(m-1) == 0 || len(proof) == 0 {
		return root, false
	}
	f, s := m-1, n-1
	for f&1 == 1 {
		f, s = f>>1, s>>1
	}
	root = proof[0]
	for _, h := range proof[1:] {
		if f&1 == 1 || f == s {
			root = sha256.Sum256(append(append([]byte{1}, h[:]...), root[:]...))
			for f&1 == 0 && f != 0 {
				f, s = f>>1, s>>1
			}
		}
		f, s = f>>1, s>>1
	}
	return root, true
}

// Verify verifies that the evidence is of its kind: both notes are signed by
// LogKey for the origin, and their sizes and roots, and the proof, stand to one
// another as the kind says. Whether LogKey is the log's key, only the log's
// definition tells.
func (e *Evidence) Verify() error {
	if err := e.verify(); err != nil {
		return fmt.Errorf("verify evidence: %w", err)
	}
	return nil
}

func (e *Evidence) verify() error {
	first, second, err := e.checkpoints()
	if err != nil {
		return err
	}
	is := false
	switch e.Kind {
	case Fork:
		is = first.Size == second.Size && first.Root != second.Root
	case Rollback:
		is = second.Size < first.Size
	case Unproven:
		is = second.Size > first.Size && first.Size > 0
	case Divergence:
		small, large := first, second
		if small.Size > large.Size {
			small, large = large, small
		}
		is = small.Size < large.Size && e.Root != small.Root
		if err := board.CheckConsistency(e.Proof, small.Size, e.Root, large.Size, large.Root); err != nil {
			return err
		}
	}
	if !is {
		return fmt.Errorf("checkpoints of %d and %d entries are no %s", first.Size, second.Size, e.Kind)
	}
	return nil
}

// checkpoints parses and verifies both notes.
func (e *Evidence) checkpoints() (first, second board.Checkpoint, err error) {
	if first, err = board.ParseCheckpoint(e.First, e.Origin, e.LogKey, nil); err != nil {
		return first, second, fmt.Errorf("first: %w", err)
	}
	if second, err = board.ParseCheckpoint(e.Second, e.Origin, e.LogKey, nil); err != nil {
		return first, second, fmt.Errorf("second: %w", err)
	}
	return first, second, nil
}

// Against holds both checkpoints against the published log, whose hashes say
// what a rollback and what was unproven leave open. It returns evidence that
// convicts the log, or nil if it begins with both trees.
func (e *Evidence) Against(log *board.Log) (*Evidence, error) {
	out, err := e.against(log)
	if err != nil {
		return nil, fmt.Errorf("hold evidence against log: %w", err)
	}
	return out, nil
}

func (e *Evidence) against(log *board.Log) (*Evidence, error) {
	first, second, err := e.checkpoints()
	if err != nil {
		return nil, err
	}
	published, err := parse(log.Checkpoint().Note, e.Origin, e.LogKey)
	if err != nil {
		return nil, err
	}
	for _, c := range []board.Checkpoint{second, first} {
		if c.Size > published.Size {
			return nil, fmt.Errorf("it has %d entries, the evidence is of %d: ask for the log as it was published last", published.Size, c.Size)
		}
		root, err := log.RootAt(c.Size)
		if err != nil {
			return nil, err
		}
		if root == c.Root {
			continue
		}
		out := &Evidence{Kind: Fork, Origin: e.Origin, LogKey: e.LogKey, First: published.Note, Second: c.Note}
		if c.Size < published.Size {
			out.Kind, out.Root = Divergence, root
			if out.Proof, err = log.ProveConsistency(c.Size, published.Size); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, nil
}

// evidenceFile is the JSON form; schema evidence.
type evidenceFile struct {
	Format string   `json:"format"`
	Kind   string   `json:"kind"`
	Origin string   `json:"origin"`
	LogKey string   `json:"log_key"`
	First  string   `json:"first"`
	Second string   `json:"second"`
	Root   string   `json:"root,omitempty"`
	Proof  []string `json:"proof,omitempty"`
	Proves string   `json:"proves"`
}

// Encode returns the one JSON form of the evidence.
func (e *Evidence) Encode() ([]byte, error) {
	f := evidenceFile{Format: EvidenceFormat, Kind: string(e.Kind), Origin: e.Origin, LogKey: hex.EncodeToString(e.LogKey),
		First: string(e.First), Second: string(e.Second), Proves: e.Proves()}
	if e.Kind == Divergence {
		f.Root = hex.EncodeToString(e.Root[:])
		for _, h := range e.Proof {
			f.Proof = append(f.Proof, hex.EncodeToString(h[:]))
		}
	}
	var out bytes.Buffer
	j := json.NewEncoder(&out)
	j.SetEscapeHTML(false)
	j.SetIndent("", "  ")
	if err := j.Encode(f); err != nil {
		return nil, fmt.Errorf("encode evidence: %w", err)
	}
	return out.Bytes(), nil
}

// maxEvidence bounds the bytes of a file of evidence: two checkpoints with one
// signature each, and a proof.
const maxEvidence = 1 << 16

// ParseEvidence parses what [Evidence.Encode] wrote, and refuses every other
// spelling of it. It does not verify.
func ParseEvidence(data []byte) (*Evidence, error) {
	if len(data) > maxEvidence {
		return nil, fmt.Errorf("parse evidence: it has more than %d bytes", maxEvidence)
	}
	var f evidenceFile
	faults := strictjson.Unmarshal(data, "evidence", &f)
	e := &Evidence{Kind: Kind(f.Kind), Origin: f.Origin, First: []byte(f.First), Second: []byte(f.Second)}
	if len(faults) == 0 {
		if f.Format != EvidenceFormat {
			faults.Add("format", "%s: only %q is read", strictjson.Quote(f.Format), EvidenceFormat)
		}
		if _, ok := proves[e.Kind]; !ok {
			faults.Add("kind", "%s: one of fork, divergence, rollback, unproven", strictjson.Quote(f.Kind))
		}
		key := hash(&faults, "log_key", f.LogKey)
		e.LogKey = key[:]
		if e.Kind == Divergence {
			e.Root = hash(&faults, "root", f.Root)
			for i, h := range f.Proof {
				e.Proof = append(e.Proof, hash(&faults, strictjson.At("proof", i), h))
			}
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("parse evidence: %w", faults)
	}
	again, err := e.Encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, data) {
		return nil, fmt.Errorf("parse evidence: it is not as the witness wrote it: ask for the file anew")
	}
	return e, nil
}

func hash(faults *strictjson.Faults, path, text string) (h [32]byte) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) {
		faults.Add(path, "%s: must be 64 hexadecimal digits", strictjson.Quote(text))
		return h
	}
	return [32]byte(b)
}
