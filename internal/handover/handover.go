// Package handover brings the published log of a closed branch to headquarters
// over HTTP, only as much as is missing, and checks it on arrival.
//
// Specification: spec/bodies.md, section 8.
//
// In and out. A [Receiver] at headquarters answers
//
//	POST <prefix>/branch/<id>             the signed checkpoint
//	PUT  <prefix>/branch/<id>/<file>      a file that it names
//
// and [Push] at the branch sends what is missing until the Receiver says that the
// log is whole and accepted. Every request may be repeated, and a push that was
// broken off goes on where it stood.
//
// What it never does: it takes nothing of a log whose checkpoint the branch's key
// has not signed and too few witnesses have cosigned, no file that the checkpoint
// does not name, and nothing else after a branch was accepted. It trusts no
// connection: each byte is compared with what is signed.
//
// How it fails: what differs from the checkpoint is thrown away and asked for
// again. A log that verification would refute is refused with the finding; it
// stays where it came in, and is no part of the record.
//
// Sources: threats E01 to E03, E13; RFC 9110.
package handover

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/strictjson"
)

// An Answer is what headquarters says of a branch's log.
type Answer struct {
	Accepted bool     `json:"accepted"`
	Missing  []string `json:"missing"` // files, at most maxMissing of them
}

const (
	maxMissing = 256
	maxSize    = 1 << 24 // entries
	maxNote    = 64 << 10
	fileTime   = 10 * time.Minute
	maxFile    = board.Width * (2 + board.MaxEntry)
)

// A Receiver is headquarters' side.
type Receiver struct {
	Dir        string // each branch has a folder in it
	Disk       durable.Disk
	Definition *election.Definition
	Witnesses  []board.Witness
	// Accept verifies a log that has come in whole. Its error is told to the
	// branch.
	Accept func(ctx context.Context, branch, dir string) error

	mu sync.Mutex // one branch is checked at a time
}

// acceptedFile says that a branch's log was accepted, and with which checkpoint.
const acceptedFile = "accepted"

// Handler answers branches.
func (r *Receiver) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /branch/{id}", func(w http.ResponseWriter, hr *http.Request) {
		note, err := io.ReadAll(io.LimitReader(hr.Body, maxNote+1))
		if err != nil || len(note) > maxNote {
			http.Error(w, "this is no checkpoint", http.StatusBadRequest)
			return
		}
		answer, status, err := r.begin(hr.Context(), hr.PathValue("id"), note)
		if err != nil {
			http.Error(w, err.Error(), status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer) // a branch that gets no answer asks again
	})
	mux.HandleFunc("PUT /branch/{id}/{file...}", func(w http.ResponseWriter, hr *http.Request) {
		// A slow line may take its time for one file.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(fileTime))
		data, err := io.ReadAll(io.LimitReader(hr.Body, maxFile+1))
		if err != nil || len(data) > maxFile {
			http.Error(w, "this is no file of a log", http.StatusBadRequest)
			return
		}
		if status, err := r.put(hr.PathValue("id"), hr.PathValue("file"), data); err != nil {
			http.Error(w, err.Error(), status)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// read reads and checks a checkpoint of a branch.
func (r *Receiver) read(branch string, note []byte) (board.Checkpoint, error) {
	at, ok := r.Definition.Branch(branch)
	if !ok {
		return board.Checkpoint{}, fmt.Errorf("the definition has no branch %.40q", branch)
	}
	c, err := board.ParseCheckpoint(note, election.BranchOrigin(r.Definition.ID(), branch), at.LogKey.Ed25519(), r.Witnesses)
	if err != nil {
		return c, err
	}
	if c.Size > maxSize {
		return c, fmt.Errorf("a log of %d entries is larger than any branch's", c.Size)
	}
	if len(c.Cosigned) < r.Definition.WitnessQuorum {
		return c, fmt.Errorf("%d witnesses have cosigned it, the definition wants %d", len(c.Cosigned), r.Definition.WitnessQuorum)
	}
	return c, nil
}

func (r *Receiver) folder(branch string) string { return filepath.Join(r.Dir, branch, "log") }

// begin takes a checkpoint and says what is missing; if nothing is, the log is
// checked and accepted.
func (r *Receiver) begin(ctx context.Context, branch string, note []byte) (Answer, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.read(branch, note); err != nil {
		return Answer{}, http.StatusForbidden, fmt.Errorf("refuse branch: %w", err)
	}
	dir := r.folder(branch)
	accepted, err := os.ReadFile(filepath.Join(filepath.Dir(dir), acceptedFile))
	switch {
	case err == nil && string(accepted) == string(note):
		return Answer{Accepted: true, Missing: []string{}}, 0, nil
	case err == nil:
		return Answer{}, http.StatusConflict, errors.New("refuse branch: another log of it has been accepted: a branch closes once")
	case !errors.Is(err, fs.ErrNotExist):
		return Answer{}, http.StatusInternalServerError, errors.New("headquarters cannot read its disk")
	}
	if err := r.keep(filepath.Join(dir, board.CheckpointPath), note); err != nil {
		return Answer{}, http.StatusInternalServerError, errors.New("headquarters cannot write its disk")
	}
	missing, err := r.missing(branch, dir, note)
	if err != nil {
		return Answer{}, http.StatusInternalServerError, err
	}
	if len(missing) > 0 {
		return Answer{Missing: missing[:min(len(missing), maxMissing)]}, 0, nil
	}
	if err := r.Accept(ctx, branch, dir); err != nil {
		return Answer{}, http.StatusUnprocessableEntity, fmt.Errorf("refuse branch: %w", err)
	}
	if err := r.keep(filepath.Join(filepath.Dir(dir), acceptedFile), note); err != nil {
		return Answer{}, http.StatusInternalServerError, errors.New("headquarters cannot write its disk")
	}
	return Answer{Accepted: true, Missing: []string{}}, 0, nil
}

func (r *Receiver) keep(path string, data []byte) error {
	if err := r.Disk.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return r.Disk.WriteFile(path, data, 0o600)
}

// missing returns the files of a log that are not there, or differ from what the
// checkpoint signs: those are removed.
func (r *Receiver) missing(branch, dir string, note []byte) ([]string, error) {
	c, err := r.read(branch, note)
	if err != nil {
		return nil, err
	}
	var out []string
	for name := range board.Files(c.Size) {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			out = append(out, name)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	at, _ := r.Definition.Branch(branch)
	log, err := board.Open(os.DirFS(dir), ".", c.Origin, at.LogKey.Ed25519(), r.Witnesses)
	if err != nil {
		return nil, err
	}
	for _, f := range log.Check() {
		if f.Path == board.CheckpointPath {
			return nil, fmt.Errorf("refuse branch: %s", f.Text)
		}
		if err := r.Disk.Remove(filepath.Join(dir, filepath.FromSlash(f.Path))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.New("headquarters cannot write its disk")
		}
		if !slices.Contains(out, f.Path) {
			out = append(out, f.Path)
		}
	}
	return out, nil
}

// put takes one file that the checkpoint names.
func (r *Receiver) put(branch, name string, data []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.Definition.Branch(branch); !ok {
		return http.StatusNotFound, errors.New("the definition has no such branch")
	}
	dir := r.folder(branch)
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), acceptedFile)); err == nil {
		return http.StatusConflict, errors.New("the branch’s log has been accepted")
	}
	note, err := os.ReadFile(filepath.Join(dir, board.CheckpointPath))
	if err != nil {
		return http.StatusConflict, errors.New("send the checkpoint first")
	}
	c, err := r.read(branch, note)
	if err != nil {
		return http.StatusForbidden, err
	}
	named := false
	for file := range board.Files(c.Size) {
		named = named || file == name && name != board.CheckpointPath
	}
	if !named {
		return http.StatusNotFound, errors.New("the checkpoint names no such file")
	}
	if err := r.keep(filepath.Join(dir, filepath.FromSlash(name)), data); err != nil {
		return http.StatusInternalServerError, errors.New("headquarters cannot write its disk")
	}
	return 0, nil
}

// A RefusedError is what headquarters has refused: sending it again would not help.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return "headquarters refuses the log: " + e.Text }

// Push sends the published log in dir to the receiver at the address, only what
// it lacks, until it is accepted. told, if given, is told of each file sent.
func Push(ctx context.Context, address, branch, dir string, transport http.RoundTripper, told func(file string)) error {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.User != nil || base.RawQuery != "" {
		return fmt.Errorf("push branch %s: %q is no address such as https://hq.example/receive", branch, address)
	}
	note, err := os.ReadFile(filepath.Join(dir, board.CheckpointPath))
	if err != nil {
		return fmt.Errorf("push branch %s: %w: publish its log first", branch, err)
	}
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
			TLSHandshakeTimeout: 20 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	}
	client := &http.Client{Transport: transport, Timeout: 30 * time.Minute, // headquarters verifies the record meanwhile
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("redirected: name the address itself") }}
	defer client.CloseIdleConnections()
	ask := func(method, path string, body []byte) ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, method, base.JoinPath("branch", branch, path).String(), strings.NewReader(string(body)))
		if err != nil {
			return nil, err
		}
		a, err := client.Do(req)
		if err != nil {
			return nil, err
		}
		defer a.Body.Close()
		b, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
		switch {
		case err != nil:
			return nil, err
		case a.StatusCode >= 400 && a.StatusCode < 500:
			return nil, &RefusedError{strings.TrimSpace(string(b))}
		case a.StatusCode >= 300:
			return nil, fmt.Errorf("headquarters answers %s: %.200s", a.Status, b)
		}
		return b, nil
	}
	for sent := map[string]int{}; ; {
		b, err := ask(http.MethodPost, "", note)
		if err != nil {
			return fmt.Errorf("push branch %s: %w", branch, err)
		}
		var answer Answer
		if faults := strictjson.Unmarshal(b, "answer", &answer); len(faults) > 0 {
			return fmt.Errorf("push branch %s: the answer is none: %s", branch, faults[0])
		}
		if answer.Accepted {
			return nil
		}
		if len(answer.Missing) == 0 {
			return fmt.Errorf("push branch %s: headquarters neither accepts the log nor says what is missing", branch)
		}
		for _, name := range answer.Missing {
			if !fs.ValidPath(name) || sent[name] >= 3 {
				return fmt.Errorf("push branch %s: headquarters asks for %.100q again: the file differs from the checkpoint; publish the log again", branch, name)
			}
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				return fmt.Errorf("push branch %s: %w: publish the log again", branch, err)
			}
			if _, err := ask(http.MethodPut, name, data); err != nil {
				return fmt.Errorf("push branch %s: %w", branch, err)
			}
			if sent[name]++; told != nil {
				told(name)
			}
		}
	}
}
