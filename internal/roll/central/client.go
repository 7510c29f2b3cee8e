package central

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

// An Answer is what the register says to a claim: granted, or taken with the
// branch that has the voter.
type Answer struct {
	State  string `json:"state"`
	Branch string `json:"branch"`
}

// States of an Answer.
const (
	Granted = "granted"
	Taken   = "taken"
)

// maxMessage bounds a claim and its answer, in bytes.
const maxMessage = 1 << 12

// A Client is a [marks.Register] behind HTTP.
type Client struct {
	address string
	token   string
	http    *http.Client
}

// NewClient returns a client that gives up after the time. The token, if any, is
// sent as a bearer's.
func NewClient(address, token string, within time.Duration) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("use central register: %q is no address: write http(s)://HOST[:PORT]", address)
	}
	return &Client{strings.TrimSuffix(u.String(), "/"), token, &http.Client{Timeout: within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// Claim asks the register for a voter.
func (c *Client) Claim(ctx context.Context, claim marks.Claim) error {
	body, err := json.Marshal(claim)
	if err != nil {
		return fmt.Errorf("claim voter: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address+"/v1/claim", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("claim voter: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("claim voter: %w", marks.ErrOffline) // what failed helps nobody at a desk
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxMessage))
	if err != nil {
		return fmt.Errorf("claim voter: %w", marks.ErrOffline)
	}
	var a Answer
	switch err := json.Unmarshal(data, &a); {
	case resp.StatusCode == http.StatusOK && err == nil && a.State == Granted && a.Branch == claim.Branch:
		return nil
	case resp.StatusCode == http.StatusConflict && err == nil && a.State == Taken && a.Branch != claim.Branch && election.ValidID(a.Branch):
		return &marks.TakenError{Branch: a.Branch}
	case resp.StatusCode >= 500:
		return fmt.Errorf("claim voter: status %d: %w", resp.StatusCode, marks.ErrOffline)
	}
	return fmt.Errorf("claim voter: the central register answers with status %d, which is no answer to a claim", resp.StatusCode)
}
