package central

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/journal"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/roll/marks"
)

const kindGrant = "grant"

// A Server is the register of one election. It is an http.Handler.
type Server struct {
	def      *election.Definition
	election string
	token    string

	mu      sync.Mutex
	journal *journal.Journal
	granted map[roll.Number]string // branch
}

// A grant is what the journal keeps.
type grant struct {
	Number roll.Number `json:"number"`
	Branch string      `json:"branch"`
}

// Open opens the register's journal. Claims must carry the token, if there is one.
func Open(disk durable.Disk, path string, d *election.Definition, token string) (*Server, error) {
	s := &Server{def: d, election: fmt.Sprintf("%x", d.ID()), token: token, granted: map[roll.Number]string{}}
	j, err := journal.Open(disk, path, func(kind string, data []byte) error {
		var g grant
		if err := strict(data, &g); err != nil {
			return err
		}
		if _, twice := s.granted[g.Number]; twice || kind != kindGrant {
			return fmt.Errorf("a record of kind %q does not follow from those before it", kind)
		}
		s.granted[g.Number] = g.Branch
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open central register: %w", err)
	}
	s.journal = j
	return s, nil
}

// Close closes the journal.
func (s *Server) Close() error { return s.journal.Close() }

// Granted returns how many voters have been granted.
func (s *Server) Granted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.granted)
}

func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more than one value")
	}
	return nil
}

// ServeHTTP answers a claim.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v1/claim" || r.Method != http.MethodPost {
		http.Error(w, "POST /v1/claim is all there is", http.StatusNotFound)
		return
	}
	if s.token != "" {
		got := sha256.Sum256([]byte(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
		want := sha256.Sum256([]byte(s.token))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			http.Error(w, "the token is not the register's", http.StatusUnauthorized)
			return
		}
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	if err != nil {
		http.Error(w, "read claim: too long", http.StatusRequestEntityTooLarge)
		return
	}
	var c marks.Claim
	if err := s.check(data, &c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	branch, err := s.claim(c)
	if err != nil {
		http.Error(w, "the register cannot write: it has stopped", http.StatusServiceUnavailable)
		return
	}
	a, status := Answer{Granted, branch}, http.StatusOK
	if branch != c.Branch {
		a.State, status = Taken, http.StatusConflict
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(a)
}

// check reads a claim. Errors hold nothing of it.
func (s *Server) check(data []byte, c *marks.Claim) error {
	if err := strict(data, c); err != nil {
		return fmt.Errorf("read claim: it is not {request, election, branch, number} with a national number")
	}
	if c.Election != s.election {
		return fmt.Errorf("read claim: election: this is the register of election %s", s.election)
	}
	if _, ok := s.def.Branch(c.Branch); !ok {
		return fmt.Errorf("read claim: branch: the election has no branch of this id")
	}
	if len(c.Request) != 64 || c.Number == 0 {
		return fmt.Errorf("read claim: request: write 64 hex digits; number: write ten digits")
	}
	return nil
}

// claim grants the voter if nobody has them, durably, and returns who has.
func (s *Server) claim(c marks.Claim) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if branch, ok := s.granted[c.Number]; ok {
		return branch, nil
	}
	if err := s.journal.Append(kindGrant, grant{c.Number, c.Branch}); err != nil {
		return "", err
	}
	s.granted[c.Number] = c.Branch
	return c.Branch, nil
}
