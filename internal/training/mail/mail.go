// Package mail sends what people are told about their training: by a mail server,
// or into a folder of files from which somebody sends them.
//
// Specification: none of its own.
//
// In go a [Message] and a [Sender]: [Open] returns the one that mail.json in a
// folder describes ([Server]), and without that file an [Outbox], whose folder
// gets a file of RFC 5322 for each message, named after its id. Sending a message
// twice to an Outbox writes the same file twice, so nothing is doubled.
//
// What it never does: it puts no text of others into a header without encoding it,
// sends nothing to an address that is none, and shows the server's password
// nowhere.
//
// How it fails: with an error that names the step; the caller keeps the message and
// tries again, but not by itself after [ErrUnsure]. A server that does not answer is
// given up after 20 seconds.
//
// Sources: RFC 5321, RFC 5322, RFC 2045 and RFC 2047 by the standard library;
// STARTTLS is required unless mail.json says "plain": true.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
)

// A Message is a text to somebody.
type Message struct {
	ID      string // letters and digits
	To      string // address
	Subject string
	Body    string // plain text
	Date    time.Time
}

// ErrAddress says that an address is none.
var ErrAddress = errors.New("this is no address of mail")

// ErrUnsure says that a server was given all of a message and has not said whether
// it took it: it may arrive.
var ErrUnsure = errors.New("it may have arrived")

// A Sender sends a message.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// bytes returns the message as it travels.
func (m Message) bytes(from string) ([]byte, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return nil, ErrAddress
	}
	if m.ID == "" || strings.Trim(strings.ToLower(m.ID), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return nil, fmt.Errorf("id %q has other than letters and digits", m.ID)
	}
	var b bytes.Buffer
	_, host, _ := strings.Cut(from, "@")
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n", from, to.Address,
		mime.BEncoding.Encode("utf-8", m.Subject), m.Date.Format(time.RFC1123Z), m.ID, host)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	body := base64.StdEncoding.EncodeToString([]byte(m.Body))
	for len(body) > 76 {
		b.WriteString(body[:76] + "\r\n")
		body = body[76:]
	}
	b.WriteString(body + "\r\n")
	return b.Bytes(), nil
}

// An Outbox is a folder of messages.
type Outbox struct{ Dir string }

// Send writes the message into the folder.
func (o Outbox) Send(_ context.Context, m Message) error {
	b, err := m.bytes("training@localhost")
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	if err := durable.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return durable.WriteFile(filepath.Join(o.Dir, m.ID+".eml"), b, 0o600)
}

// A Server is a mail server. Its password is secret.
type Server struct {
	Address  string   `json:"address"` // HOST:PORT
	From     string   `json:"from"`
	User     string   `json:"user"`
	Password password `json:"password"`
	Plain    bool     `json:"plain"` // without TLS, inside one machine or a closed network
}

type password string

const redacted = "[REDACTED]"

// LogValue, Format and MarshalJSON keep the password out of logs and messages.
func (password) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (password) Format(f fmt.State, _ rune)   { f.Write([]byte(redacted)) }
func (password) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

const patience = 20 * time.Second

// Send hands the message to the server.
func (s Server) Send(ctx context.Context, m Message) error {
	b, err := m.bytes(s.From)
	if err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	to, _ := mail.ParseAddress(m.To)
	if err := s.send(ctx, to.Address, b); err != nil {
		return fmt.Errorf("send message by %s: %w", s.Address, err)
	}
	return nil
}

func (s Server) send(ctx context.Context, to string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return err
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	if !s.Plain {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errors.New("it offers no TLS: nothing was sent")
		}
		if err := c.StartTLS(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}); err != nil {
			return err
		}
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, string(s.Password), host)); err != nil {
			return err
		}
	}
	if err := c.Mail(s.From); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		if refused := (*textproto.Error)(nil); errors.As(err, &refused) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	c.Quit() // the message is theirs, whatever comes of this
	return nil
}

// ConfigFile is the file that describes the server.
const ConfigFile = "mail.json"

// Open returns the sender of a folder.
func Open(dir string) (Sender, error) {
	path := filepath.Join(dir, ConfigFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Outbox{filepath.Join(dir, "outbox")}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var s Server
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("read %s: it must have address, from, user, password and plain, and nothing else", path) // err may hold the password
	}
	if _, _, err := net.SplitHostPort(s.Address); err != nil {
		return nil, fmt.Errorf("read %s: address must be HOST:PORT", path)
	}
	if a, err := mail.ParseAddress(s.From); err != nil || a.Address != s.From {
		return nil, fmt.Errorf("read %s: from must be an address of mail", path)
	}
	return s, nil
}
