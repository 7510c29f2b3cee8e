package kiosk_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// branch is a branch in memory that speaks the link (spec/branch-link.md), for one
// device.
type branch struct {
	t      testing.TB
	server *httptest.Server
	def    *election.Definition
	id     string
	device string
	key    ed25519.PublicKey // the device's

	mu        sync.Mutex
	state     string
	simulated bool
	limit     uint64
	root      []byte
	cards     map[string]bool // unused
	session   string
	sessions  int
	entries   [][]byte
	ends      map[uint64]string
	codes     map[uint64][]byte
	next      uint64
	orders    []map[string]any
	how       []map[string]any // what it was told
	left      []string
	locked    bool
	down      bool // answers nothing but 500
	deaf      int  // acts, but loses so many answers
	retired   bool
}

func newBranch(t testing.TB, def *election.Definition, id, device string, log ed25519.PrivateKey, key ed25519.PublicKey) *branch {
	t.Helper()
	b := &branch{t: t, def: def, id: id, device: device, key: key, state: "before", simulated: true, cards: map[string]bool{}, ends: map[uint64]string{}, codes: map[uint64][]byte{}}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, log.Public(), log)
	if err != nil {
		t.Fatal(err)
	}
	b.server = httptest.NewUnstartedServer(http.HandlerFunc(b.serve))
	b.server.TLS = &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAnyClientCert, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: log}},
		VerifyConnection: func(s tls.ConnectionState) error {
			if got, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey); !ok || !got.Equal(key) {
				return fmt.Errorf("another device")
			}
			return nil
		}}
	b.server.StartTLS()
	t.Cleanup(b.server.Close)
	return b
}

// with looks at the branch, or changes it.
func (b *branch) with(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
}

func (b *branch) serve(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var in struct {
		Card     string `json:"card"`
		Session  string `json:"session"`
		Entry    []byte `json:"entry"`
		Why      string `json:"why"`
		Screen   string `json:"screen"`
		Printer  string `json:"printer"`
		Assisted *bool  `json:"assisted"`
		Limit    uint64 `json:"limit"`
		Root     []byte `json:"root"`
	}
	if r.Method == http.MethodPost {
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			b.t.Errorf("%s: %v", r.URL.Path, err)
		}
	}
	if b.down {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	status, answer := b.answer(r.Method+" "+r.URL.Path, in.Card, in.Session, in.Entry, in.Why, func() {
		b.how = append(b.how, map[string]any{"screen": in.Screen, "printer": in.Printer, "assisted": *in.Assisted})
	}, in.Limit, in.Root)
	if b.deaf > 0 && r.URL.Path != "/v1/state" && r.URL.Path != "/v1/branch" {
		b.deaf--
		status, answer = http.StatusBadGateway, nil
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer)
}

func (b *branch) answer(path, card, session string, entry []byte, why string, told func(), limit uint64, root []byte) (int, any) {
	refuse := func(word string) (int, any) {
		return http.StatusConflict, map[string]any{"refused": word, "text": map[string]string{"fa": "نه", "en": "no"}}
	}
	switch path {
	case "GET /v1/branch":
	case "POST /v1/state":
		told()
	case "POST /v1/commit":
		b.limit, b.root = limit, root
	case "POST /v1/activate":
		fresh, known := b.cards[card]
		switch {
		case b.locked:
			return refuse("locked")
		case b.session != "":
			return refuse("busy")
		case !known:
			return refuse("unknown")
		case !fresh:
			return refuse("used")
		}
		b.cards[card] = false
		b.sessions++
		b.session = fmt.Sprintf("session-%d", b.sessions)
		return http.StatusOK, map[string]any{"session": b.session}
	case "POST /v1/seal", "POST /v1/end":
		code := record.Code(entry)
		if slices.ContainsFunc(b.entries, func(e []byte) bool { return bytes.Equal(e, entry) }) {
			if path == "POST /v1/seal" {
				return http.StatusOK, map[string]any{"code": code[:]}
			}
			return http.StatusOK, map[string]any{}
		}
		e, err := record.Decode(entry)
		if err == nil {
			err = e.Verify(b.def.ID(), record.BranchLog(b.id), func(by string) (ed25519.PublicKey, bool) { return b.key, by == "device/"+b.device })
		}
		if err != nil {
			b.t.Error(err)
			return refuse("entry")
		}
		if b.state == "paused" {
			return refuse("paused")
		}
		end := func(n uint64) (int, any) {
			if b.ends[n] != "" {
				return refuse("ended")
			}
			order := slices.IndexFunc(b.orders, func(o map[string]any) bool { return o["number"] == n && o["end"] == e.Body.Kind() })
			if session == "" && order < 0 {
				return refuse("order")
			}
			if session != "" && session != b.session {
				return refuse("session")
			}
			if order >= 0 {
				b.orders = slices.Delete(b.orders, order, order+1)
			}
			b.ends[n] = e.Body.Kind()
			b.entries = append(b.entries, entry)
			if e.Body.Kind() == "cast" {
				b.session = ""
			}
			return http.StatusOK, map[string]any{}
		}
		switch body := e.Body.(type) {
		case *record.Sealed:
			if session != b.session {
				return refuse("session")
			}
			if body.Number != b.next {
				return refuse("number")
			}
			b.next++
			b.codes[body.Number] = code[:]
			b.entries = append(b.entries, entry)
			return http.StatusOK, map[string]any{"code": code[:]}
		case *record.Cast:
			return end(body.Number)
		case *record.Spoiled:
			return end(body.Number)
		case *record.Challenged:
			return end(body.Number)
		}
		return refuse("entry")
	case "POST /v1/leave":
		b.left = append(b.left, why)
		if session == b.session {
			b.session = ""
		}
		return http.StatusOK, map[string]any{}
	default:
		return http.StatusNotFound, nil
	}
	id := b.def.ID()
	waiting := []map[string]any{}
	var last any
	for n := range b.next {
		state := b.ends[n]
		if state == "" {
			state = "waiting"
			waiting = append(waiting, map[string]any{"number": n, "code": b.codes[n]})
		}
		last = map[string]any{"number": n, "state": state}
	}
	orders := b.orders
	if orders == nil {
		orders = []map[string]any{}
	}
	return http.StatusOK, map[string]any{"election": hex.EncodeToString(id[:]), "branch": b.id, "style": "x", "state": b.state, "admission": "assigned", "simulated": b.simulated,
		"device": map[string]any{"id": b.device, "committed": b.root != nil && b.state != "before", "next": b.next, "retired": b.retired, "locked": b.locked, "session": b.session, "last": last, "waiting": waiting},
		"orders": orders}
}
