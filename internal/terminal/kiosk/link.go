package kiosk

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/web"
)

// A State is what the branch says of itself and of this device (K10).
type State struct {
	Election  string `json:"election"`
	Branch    string `json:"branch"`
	Style     string `json:"style"`
	State     string `json:"state"` // before, open, paused, closing, closed
	Admission string `json:"admission"`
	Simulated bool   `json:"simulated"`
	Device    struct {
		ID        string `json:"id"`
		Committed bool   `json:"committed"`
		Next      uint64 `json:"next"`
		Retired   bool   `json:"retired"`
		Locked    bool   `json:"locked"`
		Session   string `json:"session"`
		Last      *struct {
			Number uint64 `json:"number"`
			State  string `json:"state"`
		} `json:"last"`
		Waiting []Waiting `json:"waiting"`
	} `json:"device"`
	Orders []Ending `json:"orders"`
}

// Waiting is a sealed ballot without an ending.
type Waiting struct {
	Number uint64 `json:"number"`
	Code   []byte `json:"code"`
}

// An Ending is what officers have decided of one.
type Ending struct {
	Number uint64           `json:"number"`
	End    terminal.Outcome `json:"end"`
}

// How says how the terminal is (K12).
type How struct {
	Screen   string `json:"screen"`
	Printer  string `json:"printer"`
	Assisted bool   `json:"assisted"`
}

// A Refusal is the branch's no.
type Refusal struct {
	Word string
	Text web.Text
}

func (r *Refusal) Error() string {
	return "the branch refuses (" + r.Word + "): " + r.Text[web.English]
}

// ErrStopped says that the branch has stopped because its disk failed.
var ErrStopped = errors.New("the branch has stopped: its disk failed")

// A Client asks the branch. Any number of goroutines may use it.
type Client struct {
	base string
	http *http.Client
}

// maxAnswer is the size of an answer that is read: waiting ballots and orders.
const maxAnswer = 1 << 20

// NewClient returns a client of the branch at an address, which shows the device's
// key and ends the handshake with anybody who has not the branch's key.
func NewClient(address string, key ed25519.PrivateKey, branch ed25519.PublicKey) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("branch address %q: give https://HOST:PORT", address)
	}
	certificate, err := certificate(key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate},
		InsecureSkipVerify: true, // no authority: the key is compared instead
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) != 1 {
				return errors.New("the branch shows no certificate, or more than one")
			}
			if got, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey); !ok || !got.Equal(branch) {
				return errors.New("what answers has not the key of the branch: check the address, and call headquarters if it is right")
			}
			return nil
		},
	}
	return &Client{strings.TrimSuffix(address, "/"), &http.Client{Timeout: 10 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: config, MaxIdleConns: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// certificate is self-signed, and nothing in it counts but the key.
func certificate(key ed25519.PrivateKey) (tls.Certificate, error) {
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// ask sends a request and reads the answer.
func (c *Client) ask(ctx context.Context, method, path string, body, answer any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	a, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("ask branch: %w", err)
	}
	defer a.Body.Close()
	data, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("ask branch: read its answer: %w", err)
	}
	if len(data) > maxAnswer {
		return fmt.Errorf("ask branch: its answer has more than %d bytes", maxAnswer)
	}
	switch a.StatusCode {
	case http.StatusOK:
		return decode(data, answer)
	case http.StatusConflict, http.StatusBadRequest:
		var no struct {
			Refused string `json:"refused"`
			Text    struct {
				Fa string `json:"fa"`
				En string `json:"en"`
			} `json:"text"`
		}
		if err := decode(data, &no); err != nil || no.Refused == "" {
			return fmt.Errorf("ask branch: its refusal cannot be read: %w", err)
		}
		return &Refusal{no.Refused, web.Text{no.Text.Fa, no.Text.En}}
	case http.StatusServiceUnavailable:
		return ErrStopped
	}
	return fmt.Errorf("ask branch: %s %s: status %d", method, path, a.StatusCode)
}

// decode reads one JSON value with nothing unknown in it.
func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("read the branch's answer: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("read the branch's answer: more than one value")
	}
	return nil
}

// State asks for the state.
func (c *Client) State(ctx context.Context) (*State, error) {
	var s State
	return &s, c.ask(ctx, http.MethodGet, "/v1/branch", nil, &s)
}

// Tell says how the terminal is and returns the state.
func (c *Client) Tell(ctx context.Context, how How) (*State, error) {
	var s State
	return &s, c.ask(ctx, http.MethodPost, "/v1/state", how, &s)
}

// Commit hands in the device's commitment.
func (c *Client) Commit(ctx context.Context, limit uint64, root []byte) (*State, error) {
	var s State
	return &s, c.ask(ctx, http.MethodPost, "/v1/commit", struct {
		Limit uint64 `json:"limit"`
		Root  []byte `json:"root"`
	}{limit, root}, &s)
}

// Activate begins a session with an activation card.
func (c *Client) Activate(ctx context.Context, card string) (session string, err error) {
	var a struct {
		Session string `json:"session"`
	}
	err = c.ask(ctx, http.MethodPost, "/v1/activate", struct {
		Card string `json:"card"`
	}{card}, &a)
	if err == nil && a.Session == "" {
		err = errors.New("ask branch: a session without id")
	}
	return a.Session, err
}

type entry struct {
	Session string `json:"session"`
	Entry   []byte `json:"entry"`
}

// Seal hands in a sealed ballot and returns the branch's hash of it.
func (c *Client) Seal(ctx context.Context, session string, data []byte) (code []byte, err error) {
	var a struct {
		Code []byte `json:"code"`
	}
	err = c.ask(ctx, http.MethodPost, "/v1/seal", entry{session, data}, &a)
	return a.Code, err
}

// End hands in the ending of a ballot.
func (c *Client) End(ctx context.Context, session string, data []byte) error {
	return c.ask(ctx, http.MethodPost, "/v1/end", entry{session, data}, &struct{}{})
}

// Leave ends a session without a cast ballot.
func (c *Client) Leave(ctx context.Context, session string, why terminal.Why) error {
	return c.ask(ctx, http.MethodPost, "/v1/leave", struct {
		Session string       `json:"session"`
		Why     terminal.Why `json:"why"`
	}{session, why}, &struct{}{})
}
