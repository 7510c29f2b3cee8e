package board

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxProof bounds the hashes of a proof: no tree is higher (L21).
const maxProof = 63

// A Proof says that an entry is in a log, for somebody who has the entry, the
// log's key and those of its witnesses, and nothing else of the log.
type Proof struct {
	Index      uint64     // of the entry
	Hashes     [][32]byte // RFC 6962 audit path
	Checkpoint []byte     // the signed note
}

// Prove returns the proof for an entry.
func (l *Log) Prove(index uint64) (*Proof, error) {
	hashes, err := l.ProveInclusion(index)
	if err != nil {
		return nil, err
	}
	return &Proof{Index: index, Hashes: hashes, Checkpoint: l.Checkpoint().Note}, nil
}

// Check verifies that the log whose checkpoint this is has the entry. Verify the
// checkpoint with [ParseCheckpoint] first.
func (p *Proof) Check(entry []byte, c Checkpoint) error {
	return CheckInclusion(p.Hashes, p.Index, entry, c.Size, c.Root)
}

// proofHeader is the first line of a proof as a file.
const proofHeader = "c2sp.org/tlog-proof@v1"

// Marshal returns the proof as a file, in the form of C2SP tlog-proof without
// extra data:
//
//	c2sp.org/tlog-proof@v1 LF
//	index SP index in decimal LF
//	base64(hash) LF              for each hash, from the leaf's sibling up
//	LF
//	signed checkpoint
func (p *Proof) Marshal() []byte {
	b := fmt.Appendf(nil, "%s\nindex %d\n", proofHeader, p.Index)
	for _, h := range p.Hashes {
		b = base64.StdEncoding.AppendEncode(b, h[:])
		b = append(b, '\n')
	}
	return append(append(b, '\n'), p.Checkpoint...)
}

// ParseProof reads a proof as Marshal writes it. A line of extra data, which C2SP
// allows and nobody authenticates, is refused, as is every other spelling. What
// it says is not verified.
func ParseProof(file []byte) (*Proof, error) {
	if len(file) > maxCheckpoint+1<<13 {
		return nil, fmt.Errorf("parse proof: it has more than %d bytes", maxCheckpoint+1<<13)
	}
	head, checkpoint, ok := bytes.Cut(file, []byte("\n\n"))
	if !ok {
		return nil, errors.New("parse proof: there is no empty line before a checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	if lines[0] != proofHeader || len(lines) < 2 {
		return nil, fmt.Errorf("parse proof: the first line is not %s", proofHeader)
	}
	if len(lines) > 2+maxProof {
		return nil, fmt.Errorf("parse proof: it has %d hashes; no tree is so high", len(lines)-2)
	}
	p := &Proof{Checkpoint: checkpoint}
	index, ok := strings.CutPrefix(lines[1], "index ")
	n, err := strconv.ParseUint(index, 10, 64)
	if !ok || err != nil || n >= MaxSize || strconv.FormatUint(n, 10) != index {
		return nil, errors.New("parse proof: the second line is not the index of an entry")
	}
	p.Index = n
	for i, line := range lines[2:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != hashSize {
			return nil, fmt.Errorf("parse proof: line %d is not a hash in base64", i+3)
		}
		p.Hashes = append(p.Hashes, [32]byte(h))
	}
	if !bytes.Equal(p.Marshal(), file) {
		return nil, errors.New("parse proof: it is not written in the one way")
	}
	return p, nil
}
