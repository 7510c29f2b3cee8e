package witness

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sandogh/sandogh/board"
)

// A Client is a witness behind HTTP, as a log sees it. Its methods may be called
// concurrently.
type Client struct {
	witness board.Witness
	url     string
	http    *http.Client
}

// clientTimeout is for one request with its answer.
const clientTimeout = 30 * time.Second

// NewClient returns the witness of the name and key at the submission prefix,
// such as https://witness.example.org/w1. transport may be nil; proxies and
// trust in certificates are its.
func NewClient(w board.Witness, prefix string, transport http.RoundTripper) (*Client, error) {
	u, err := url.Parse(prefix)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("make client of witness %s: %q is not an address such as https://witness.example.org/w1", w.Name, prefix)
	}
	if len(w.Key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("make client of witness %s: its key has %d bytes, want %d", w.Name, len(w.Key), ed25519.PublicKeySize)
	}
	return &Client{w, u.JoinPath("add-checkpoint").String(), &http.Client{
		Transport: transport,
		Timeout:   clientTimeout,
		// A witness that has moved is one for its definition to name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Cosign asks the witness, once, and returns its signature line after verifying
// it. A witness that has another size answers with a [ConflictError].
func (c *Client) Cosign(ctx context.Context, oldSize uint64, checkpoint []byte, proof [][32]byte) ([]byte, error) {
	line, err := c.cosign(ctx, &Request{oldSize, proof, checkpoint})
	if err != nil {
		return nil, fmt.Errorf("ask witness %s: %w", c.witness.Name, err)
	}
	return line, nil
}

func (c *Client) cosign(ctx context.Context, r *Request) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(r.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(body) > maxResponse {
		return nil, fmt.Errorf("the answer has more than %d bytes", maxResponse)
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	switch {
	case resp.StatusCode == http.StatusOK:
		return pick(body, r.Checkpoint, c.witness)
	case resp.StatusCode == http.StatusConflict && strings.TrimSpace(kind) == sizeType:
		text, _ := strings.CutSuffix(string(body), "\n")
		size, err := parseSize(text)
		if err != nil {
			return nil, fmt.Errorf("the answer is a conflict, but %w", err)
		}
		return nil, &ConflictError{size}
	}
	for _, refused := range refusals {
		// Of several errors with one status the text tells which.
		if text := strings.TrimSpace(string(body)); refused.status == resp.StatusCode && text == refused.err.Error() {
			return nil, refused.err
		}
	}
	return nil, fmt.Errorf("the answer is %s: %.80q", resp.Status, body)
}

// pick returns the witness's own line from among those answered, verified
// against the checkpoint. Lines of others are ignored.
func pick(lines, checkpoint []byte, w board.Witness) ([]byte, error) {
	text, _, ok := bytes.Cut(checkpoint, []byte("\n\n"))
	if !ok {
		return nil, errors.New("the checkpoint has no signatures")
	}
	v := board.NewWitnessVerifier(w.Name, w.Key)
	for line := range strings.Lines(string(lines)) {
		name, id, sig, err := board.ParseSignatureLine(line)
		if err != nil {
			return nil, err
		}
		if name == w.Name && id == v.KeyHash() && v.Verify(append(bytes.Clone(text), '\n'), sig) {
			return []byte(line), nil
		}
	}
	return nil, fmt.Errorf("the answer has no cosignature of this checkpoint by %s", w.Name)
}
