package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of a request.
const (
	MaxRequest = 1 << 16 // bytes
	MaxProof   = 63      // hashes
)

// A Request asks a witness to cosign a checkpoint.
type Request struct {
	OldSize    uint64
	Proof      [][32]byte
	Checkpoint []byte // signed note
}

// Encode returns the request of C2SP tlog-witness add-checkpoint:
//
//	"old " size in decimal LF
//	base64(hash) LF            as many as the proof has
//	LF
//	signed note
func (r *Request) Encode() []byte {
	out := fmt.Appendf(nil, "old %d\n", r.OldSize)
	for _, h := range r.Proof {
		out = append(base64.StdEncoding.AppendEncode(out, h[:]), '\n')
	}
	return append(append(out, '\n'), r.Checkpoint...)
}

// ParseRequest parses what [Request.Encode] writes, and nothing else. It does
// not look into the checkpoint.
func ParseRequest(data []byte) (*Request, error) {
	if len(data) > MaxRequest {
		return nil, fmt.Errorf("parse request: it has more than %d bytes", MaxRequest)
	}
	head, note, ok := bytes.Cut(data, []byte("\n\n"))
	if !ok || len(note) == 0 {
		return nil, errors.New("parse request: no empty line with a checkpoint after it")
	}
	first, rest, more := strings.Cut(string(head), "\n")
	number, ok := strings.CutPrefix(first, "old ")
	size, err := parseSize(number)
	if !ok || err != nil {
		return nil, fmt.Errorf("parse request: its first line is %.40q, not \"old \" and a size", first)
	}
	r := &Request{OldSize: size, Checkpoint: bytes.Clone(note)}
	for more {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		b, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(b) != 32 || len(line) != 44 {
			return nil, fmt.Errorf("parse request: line %d is no hash in base64", len(r.Proof)+2)
		}
		if len(r.Proof) == MaxProof {
			return nil, fmt.Errorf("parse request: a proof of more than %d hashes", MaxProof)
		}
		r.Proof = append(r.Proof, [32]byte(b))
	}
	return r, nil
}

// parseSize parses a decimal number without sign and leading zeros.
func parseSize(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0, fmt.Errorf("%.40q is not a size", text)
	}
	return n, nil
}

// An Outcome is which of three answers a [Response] is.
type Outcome string

// The outcomes of a request.
const (
	Cosigned   Outcome = "cosigned"
	Conflicted Outcome = "conflict"
	Refused    Outcome = "refused"
)

// A Response is a witness's answer to a request that came as a file.
type Response struct {
	Request [32]byte // SHA-256 of the request
	Outcome Outcome
	Lines   []byte // of the cosignature
	Size    uint64 // of a conflict: what the witness cosigned last
	Reason  string // of a refusal, one line
}

// maxResponse bounds the bytes of a response, by file or by HTTP.
const maxResponse = 1 << 14

// Encode returns the response as a file:
//
//	"answer to " hex SHA-256 of the request LF
//	outcome LF
//	LF
//	signature lines | size in decimal LF | reason LF
func (r *Response) Encode() []byte {
	out := fmt.Appendf(nil, "answer to %x\n%s\n\n", r.Request, r.Outcome)
	switch r.Outcome {
	case Cosigned:
		return append(out, r.Lines...)
	case Conflicted:
		return fmt.Appendf(out, "%d\n", r.Size)
	}
	return fmt.Appendf(out, "%s\n", r.Reason)
}

// ParseResponse parses what [Response.Encode] writes, and nothing else. It does
// not look into signature lines.
func ParseResponse(data []byte) (*Response, error) {
	if len(data) > maxResponse {
		return nil, fmt.Errorf("parse response: it has more than %d bytes", maxResponse)
	}
	head, body, ok := strings.Cut(string(data), "\n\n")
	first, outcome, ok2 := strings.Cut(head, "\n")
	digest, ok3 := strings.CutPrefix(first, "answer to ")
	h, err := hex.DecodeString(digest)
	if !ok || !ok2 || !ok3 || err != nil || len(h) != sha256.Size || !strings.HasSuffix(body, "\n") {
		return nil, errors.New("parse response: it does not begin with the request that it answers and an outcome")
	}
	r := &Response{Request: [32]byte(h), Outcome: Outcome(outcome)}
	switch r.Outcome {
	case Cosigned:
		r.Lines = []byte(body)
	case Conflicted:
		if r.Size, err = parseSize(strings.TrimSuffix(body, "\n")); err != nil {
			return nil, fmt.Errorf("parse response: %w", err)
		}
	case Refused:
		r.Reason = strings.TrimSuffix(body, "\n")
		if strings.Contains(r.Reason, "\n") {
			return nil, errors.New("parse response: the reason has more than one line")
		}
	default:
		return nil, fmt.Errorf("parse response: its outcome is %.40q", outcome)
	}
	if !bytes.Equal(r.Encode(), data) {
		return nil, errors.New("parse response: it is not written canonically")
	}
	return r, nil
}
