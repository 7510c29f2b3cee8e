package witness

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/sandogh/sandogh/board"
)

// sizeType is the content type of a conflict's size.
const sizeType = "text/x.tlog.size"

// Handler returns the HTTP interface of C2SP tlog-witness: POST /add-checkpoint.
// told, unless it is nil, is called with each request's origin and outcome, nil
// if it was cosigned; it may be called concurrently.
func Handler(w *Witness, told func(origin string, err error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		addCheckpoint(w, rw, r, told)
	})
	return mux
}

func addCheckpoint(w *Witness, rw http.ResponseWriter, r *http.Request, told func(string, error)) {
	data, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, MaxRequest))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(rw, "the request is too large", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(rw, "the request could not be read", http.StatusBadRequest)
		return
	}
	req, err := ParseRequest(data)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	line, err := w.Cosign(r.Context(), req.OldSize, req.Checkpoint, req.Proof)
	if told != nil {
		origin, _, _ := strings.Cut(string(req.Checkpoint), "\n")
		told(origin, err)
	}
	var conflict *ConflictError
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		rw.Write(line)
	case errors.As(err, &conflict):
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", conflict.Size)
	default:
		status, text := refusal(err)
		http.Error(rw, text, status)
	}
}

// refusals are the answers to those who ask. What is wrong inside the witness
// is not for them.
var refusals = []struct {
	err    error
	status int
}{
	{ErrUnknownLog, http.StatusNotFound},
	{ErrSignature, http.StatusForbidden},
	{ErrCheckpoint, http.StatusBadRequest},
	{ErrOldSize, http.StatusBadRequest},
	{ErrRollback, http.StatusBadRequest},
	{ErrFork, http.StatusConflict},
	{ErrProof, http.StatusUnprocessableEntity},
}

func refusal(err error) (status int, text string) {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.status, r.err.Error()
		}
	}
	return http.StatusInternalServerError, "the witness cannot answer now"
}

// Answer answers a request that came as a file. The response is nil only if
// there is nothing to answer; err says what was refused.
func (w *Witness) Answer(ctx context.Context, request []byte) (response []byte, err error) {
	req, err := ParseRequest(request)
	if err != nil {
		return nil, err
	}
	line, err := w.Cosign(ctx, req.OldSize, req.Checkpoint, req.Proof)
	r := &Response{Request: sha256.Sum256(request), Outcome: Cosigned, Lines: line}
	var conflict *ConflictError
	switch {
	case errors.As(err, &conflict):
		r.Outcome, r.Size = Conflicted, conflict.Size
	case err != nil:
		status, text := refusal(err)
		if status == http.StatusInternalServerError {
			return nil, err
		}
		r.Outcome, r.Reason = Refused, text
	}
	return r.Encode(), err
}

// AnswerFile answers the request in a file and writes the response beside it, to
// [ResponsePath], unless it holds the cosignature asked for already. It returns
// that path also with a refusal; it is empty if there is no answer.
func (w *Witness) AnswerFile(ctx context.Context, path string) (response string, err error) {
	request, err := readLimited(path, MaxRequest)
	if err != nil {
		return "", fmt.Errorf("answer request: %w", err)
	}
	response = ResponsePath(path)
	if w.answered(request, response) {
		return response, nil
	}
	answer, err := w.Answer(ctx, request)
	if answer == nil {
		return "", fmt.Errorf("answer request %s: %w", path, err)
	}
	if failed := w.disk.WriteFile(response, answer, carriedPerm); failed != nil {
		return "", fmt.Errorf("answer request: %w", failed)
	}
	return response, err
}

// answered reports whether the file holds this witness's cosignature for the
// request. Asked once more it would answer with a conflict, and the cosignature
// that nobody has carried yet would be lost.
func (w *Witness) answered(request []byte, path string) bool {
	data, err := readLimited(path, maxResponse)
	if err != nil {
		return false
	}
	answer, err := ParseResponse(data)
	if err != nil || answer.Outcome != Cosigned || answer.Request != sha256.Sum256(request) {
		return false
	}
	r, err := ParseRequest(request)
	if err != nil {
		return false
	}
	_, err = pick(answer.Lines, r.Checkpoint, board.Witness{Name: w.name, Key: w.key.Public().(ed25519.PublicKey)})
	return err == nil
}

// Serve answers requests on the listener until the context ends, then finishes
// those that are under way.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(stop)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	<-served
	if err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
