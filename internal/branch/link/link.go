package link

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
)

// Bytes are base64 with padding.
type Bytes []byte

// MarshalText implements encoding.TextMarshaler.
func (b Bytes) MarshalText() ([]byte, error) { return base64.StdEncoding.AppendEncode(nil, b), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bytes) UnmarshalText(text []byte) (err error) {
	*b, err = base64.StdEncoding.Strict().DecodeString(string(text))
	if err == nil && len(*b) > 0 && bytes.ContainsAny(text, "\r\n") {
		err = errors.New("base64 in several lines")
	}
	return err
}

// State is the answer of K10.
type State struct {
	Election  string  `json:"election"`
	Branch    string  `json:"branch"`
	Style     string  `json:"style"`
	State     string  `json:"state"`
	Admission string  `json:"admission"`
	Simulated bool    `json:"simulated"`
	Device    Device  `json:"device"`
	Orders    []Order `json:"orders"`
}

// Device is what the branch says of the device that asks.
type Device struct {
	ID        string    `json:"id"`
	Committed bool      `json:"committed"`
	Next      int       `json:"next"`
	Retired   bool      `json:"retired"`
	Locked    bool      `json:"locked"`
	Session   string    `json:"session"`
	Last      *Last     `json:"last"`
	Waiting   []Waiting `json:"waiting"`
}

// Last is the last ballot of a device that was sealed.
type Last struct {
	Number int    `json:"number"`
	State  string `json:"state"`
}

// Waiting is a sealed ballot without an ending.
type Waiting struct {
	Number int   `json:"number"`
	Code   Bytes `json:"code"`
}

// Order is what officers have decided of a waiting ballot.
type Order struct {
	Number int    `json:"number"`
	End    string `json:"end"`
}

// The requests, K11 to K41.
type (
	Commit struct {
		Limit int   `json:"limit"`
		Root  Bytes `json:"root"`
	}
	Heard struct {
		Screen   string `json:"screen"`
		Printer  string `json:"printer"`
		Assisted bool   `json:"assisted"`
	}
	Activate struct {
		Card string `json:"card"`
	}
	Entry struct {
		Session string `json:"session"`
		Entry   Bytes  `json:"entry"`
	}
	Leave struct {
		Session string `json:"session"`
		Why     string `json:"why"`
	}
)

// The answers to Activate and to a sealed ballot.
type (
	Session struct {
		Session string `json:"session"`
	}
	Code struct {
		Code Bytes `json:"code"`
	}
)

// A Refusal is the answer of status 400, 409 and 503.
type Refusal struct {
	Refused string `json:"refused"`
	Text    Text   `json:"text"`
}

// Text is said to people.
type Text struct {
	Fa string `json:"fa"`
	En string `json:"en"`
}

// The words of K12.
var (
	screens  = []string{"idle", "voting", "sealing", "printing", "deciding", "alert", "help", "out-of-service"}
	printers = []string{"ready", "low", "out", "cover", "hot", "faulty", "lost"}
	reasons  = []string{"timeout", "left", "officer", "fault"}
)

// Config is what a Server is made from.
type Config struct {
	Station   *station.Station
	Election  [32]byte
	Branch    string
	Admission string
	Simulated bool
	Key       ed25519.PrivateKey // the branch's log key
	// Stopped, if given, is why the branch takes nothing any more, besides what
	// the Station says: a disk that fails at one file stops all.
	Stopped func() error
	Log     *slog.Logger
}

// A Server answers terminals.
type Server struct {
	cfg Config
	mux *http.ServeMux
}

// New returns the branch's side of the link.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /v1/branch", s.answer(func(r *http.Request, device string) (any, error) { return s.state(device), nil }))
	handle(s, "/v1/commit", func(ctx context.Context, device string, in Commit) (any, error) {
		err := cfg.Station.Commit(record.Committed{Device: device, Limit: uint64(in.Limit), Root: in.Root})
		return s.state(device), err
	})
	handle(s, "/v1/state", func(ctx context.Context, device string, in Heard) (any, error) {
		if !slices.Contains(screens, in.Screen) || !slices.Contains(printers, in.Printer) {
			return nil, errMalformed
		}
		cfg.Station.Heard(device, station.Seen{Screen: in.Screen, Printer: in.Printer, Assisted: in.Assisted})
		return s.state(device), nil
	})
	handle(s, "/v1/activate", func(ctx context.Context, device string, in Activate) (any, error) {
		ids, err := cfg.Station.Activate(station.Activation{Device: device, Card: in.Card})
		if err != nil {
			return nil, err
		}
		return Session{ids[0]}, nil
	})
	handle(s, "/v1/seal", func(ctx context.Context, device string, in Entry) (any, error) {
		codes, err := cfg.Station.Seal(ctx, station.Sealing{Device: device, Session: in.Session, Entry: in.Entry})
		if err != nil {
			return nil, err
		}
		return Code{codes[0][:]}, nil
	})
	handle(s, "/v1/end", func(ctx context.Context, device string, in Entry) (any, error) {
		return struct{}{}, cfg.Station.End(ctx, station.End{Device: device, Session: in.Session, Entry: in.Entry})
	})
	handle(s, "/v1/leave", func(ctx context.Context, device string, in Leave) (any, error) {
		if !slices.Contains(reasons, in.Why) {
			return nil, errMalformed
		}
		return struct{}{}, cfg.Station.Leave(device, in.Session, in.Why)
	})
	return s
}

var errMalformed = errors.New("this is no request of the link")

const maxRequest = 256 << 10

// handle answers POST of a path with what do returns for the request's object.
func handle[In any](s *Server, path string, do func(ctx context.Context, device string, in In) (any, error)) {
	s.mux.HandleFunc("POST "+path, s.answer(func(r *http.Request, device string) (any, error) {
		data, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
		if err != nil {
			return nil, errMalformed
		}
		in, err := Decode[In](data)
		if err != nil {
			return nil, err
		}
		return do(r.Context(), device, in)
	}))
}

// Decode reads the object of a request or of an answer, strictly.
func Decode[T any](data []byte) (T, error) {
	var v T
	if len(data) > maxRequest {
		return v, fmt.Errorf("%w: more than %d bytes", errMalformed, maxRequest)
	}
	if faults := strictjson.Unmarshal(data, "request", &v); len(faults) > 0 {
		return v, fmt.Errorf("%w: %s", errMalformed, faults[0])
	}
	return v, nil
}

func (s *Server) answer(do func(r *http.Request, device string) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, err := peerKey(r.TLS)
		device, known := "", false
		if err == nil {
			device, known = s.cfg.Station.DeviceOf(key)
		}
		if !known { // it was taken off the roster since the handshake
			s.send(w, http.StatusForbidden, refusal("retired"))
			return
		}
		var v any
		if s.cfg.Stopped != nil {
			err = s.cfg.Stopped()
		}
		if err == nil {
			v, err = do(r, device)
		}
		var refused *station.Refused
		switch {
		case err == nil:
			s.send(w, http.StatusOK, v)
		case errors.Is(err, errMalformed):
			s.send(w, http.StatusBadRequest, refusal("malformed"))
		case errors.As(err, &refused):
			if s.cfg.Log != nil {
				s.cfg.Log.Info("refused", "device", device, "path", r.URL.Path, "word", refused.Word)
			}
			s.send(w, http.StatusConflict, refusal(refused.Word))
		default:
			if s.cfg.Log != nil {
				s.cfg.Log.Error("the branch cannot write", "path", r.URL.Path, "error", err)
			}
			s.send(w, http.StatusServiceUnavailable, refusal("stopped"))
		}
	}
}

func (s *Server) send(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // a terminal that gets no answer asks again
}

func (s *Server) state(device string) State {
	d := s.cfg.Station.Device(device)
	out := State{Election: hex.EncodeToString(s.cfg.Election[:]), Branch: s.cfg.Branch, Style: s.cfg.Station.Style().ID,
		State: string(s.cfg.Station.State()), Admission: s.cfg.Admission, Simulated: s.cfg.Simulated, Orders: []Order{},
		Device: Device{ID: d.ID, Committed: d.Committed, Next: int(d.Next), Retired: d.Retired, Locked: d.Locked, Session: d.Session, Waiting: []Waiting{}}}
	if d.Last != nil {
		out.Device.Last = &Last{int(d.Last.Number), string(d.Last.State)}
	}
	for _, b := range d.Waiting {
		out.Device.Waiting = append(out.Device.Waiting, Waiting{int(b.Number), b.Code[:]})
		if b.Order != "" && !d.Retired && !b.Live {
			out.Orders = append(out.Orders, Order{int(b.Number), string(b.Order)})
		}
	}
	return out
}

// Serve answers terminals on the listener until the context ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	config, err := ServerTLS(s.cfg.Key, func(key ed25519.PublicKey) bool { _, ok := s.cfg.Station.DeviceOf(key); return ok })
	if err != nil {
		return err
	}
	var errs *slog.Logger
	if errs = s.cfg.Log; errs == nil {
		errs = slog.New(slog.DiscardHandler)
	}
	server := &http.Server{Handler: s.mux, TLSConfig: config, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 8 << 10, ErrorLog: slog.NewLogLogger(errs.Handler(), slog.LevelWarn)}
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(l, "", "") }()
	select {
	case err := <-done:
		return fmt.Errorf("serve terminals: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if server.Shutdown(stop) != nil {
		server.Close()
	}
	<-done
	return nil
}
