package witness

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/durable"
)

// The files of a [Drop] are the witness's name, escaped as in a URL path, and:
const (
	requestSuffix  = ".request"
	responseSuffix = ".response"
)

// carriedPerm is for files that others carry. Memory sticks know no stricter one.
const carriedPerm = 0o644

// ResponsePath returns where the response to a request's file belongs: beside
// it, with the other ending.
func ResponsePath(request string) string {
	if base := request[:len(request)-len(filepath.Ext(request))]; filepath.Ext(request) == requestSuffix {
		return base + responseSuffix
	}
	return request + responseSuffix
}

// A PendingError says that a request lies in a file and waits for its response.
type PendingError struct {
	Witness  string
	Request  string // path
	Response string // path
}

func (e *PendingError) Error() string {
	return fmt.Sprintf("take %s to the witness %s and bring its answer back as %s", e.Request, e.Witness, e.Response)
}

// A Drop is a witness behind a folder, as a log sees it: what is asked lies in
// one file, somebody carries it, and what is answered lies in another one. One
// folder serves one log.
type Drop struct {
	witness board.Witness
	request string
	disk    durable.Disk
}

// NewDrop returns the witness of the name and key behind the folder, which is
// there.
func NewDrop(w board.Witness, dir string) *Drop { return NewDropOn(durable.Disk{}, w, dir) }

// NewDropOn is NewDrop with the disk to write on.
func NewDropOn(disk durable.Disk, w board.Witness, dir string) *Drop {
	return &Drop{w, filepath.Join(dir, url.PathEscape(w.Name)+requestSuffix), disk}
}

// Cosign returns the signature line of the response that lies in the folder, if
// it answers for this checkpoint. Otherwise it writes the request and returns a
// [PendingError], or, if the folder shows that the witness has another size, a
// [ConflictError]. A response to another request is ignored and stays until the
// next one takes its place.
func (d *Drop) Cosign(ctx context.Context, oldSize uint64, checkpoint []byte, proof [][32]byte) ([]byte, error) {
	line, err := d.cosign(ctx, &Request{oldSize, proof, checkpoint})
	if err != nil {
		return nil, fmt.Errorf("ask witness %s by file: %w", d.witness.Name, err)
	}
	return line, nil
}

func (d *Drop) cosign(ctx context.Context, want *Request) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	response := ResponsePath(d.request)
	pending := &PendingError{d.witness.Name, d.request, response}
	data, err := readLimited(d.request, MaxRequest)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	encoded := want.Encode()
	if last, err := ParseRequest(data); err == nil {
		same := sameText(last.Checkpoint, want.Checkpoint)
		known := last.OldSize // as far as the folder shows
		answer, err := d.answer(response, sha256.Sum256(data))
		switch {
		case err != nil:
			return nil, err
		case answer == nil && same:
			return nil, pending
		case answer == nil:
		case answer.Outcome == Cosigned:
			line, err := pick(answer.Lines, last.Checkpoint, d.witness)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", response, err)
			}
			if same {
				return line, nil
			}
			if known, err = sizeOf(last.Checkpoint); err != nil {
				return nil, fmt.Errorf("%s: %w", d.request, err)
			}
		case answer.Outcome == Conflicted:
			known = answer.Size
		case bytes.Equal(data, encoded):
			return nil, fmt.Errorf("it refused %s: %s (to ask again, remove %s)", d.request, answer.Reason, response)
		}
		if want.OldSize != known {
			return nil, &ConflictError{known}
		}
	}
	if err := d.disk.WriteFile(d.request, encoded, carriedPerm); err != nil {
		return nil, err
	}
	return nil, pending
}

// answer returns the response to the request with the hash, or nil if there is
// none.
func (d *Drop) answer(path string, request [32]byte) (*Response, error) {
	data, err := readLimited(path, maxResponse)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := ParseResponse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: fetch it again", path, err)
	}
	if r.Request != request {
		return nil, nil
	}
	return r, nil
}

// sameText reports whether two signed notes have one text.
func sameText(a, b []byte) bool {
	textA, _, _ := bytes.Cut(a, []byte("\n\n"))
	textB, _, _ := bytes.Cut(b, []byte("\n\n"))
	return bytes.Equal(textA, textB)
}

// sizeOf returns the size that the text of a checkpoint names.
func sizeOf(checkpoint []byte) (uint64, error) {
	lines := bytes.SplitN(checkpoint, []byte("\n"), 3)
	if len(lines) < 3 {
		return 0, errors.New("it holds no checkpoint")
	}
	return parseSize(string(lines[1]))
}

func readLimited(path string, limit int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(b) > limit {
		err = fmt.Errorf("read %s: it has more than %d bytes", path, limit)
	}
	return b, err
}
