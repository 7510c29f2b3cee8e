// Package certificate is the certificate of somebody who was trained, as a text
// that anybody with the public key can check without a network.
//
// Specification: none of its own; this comment and those of [Certificate.Text].
//
// In goes a [Certificate] and the training office's Ed25519 key; out comes a text
// of letters, digits, "-", "_" and ".", at most 1200 bytes, for a QR code. [Open]
// checks the signature and returns the certificate; [Certificate.On] says whether
// it is good on a day. A [List] is the serials that were revoked, signed by the
// same key; an older one must not take the place of a newer one, which whoever
// keeps it sees by its day.
//
// What it never does: it holds no more of the national number than its last four
// digits, and no telephone; it reads no clock; it accepts no text in a second form.
// Whether the law has changed since is not in it: the articles and their versions
// are, to be compared with the register.
//
// How it fails: [ErrForged] for a signature of another key or another text,
// [ErrForm] for what is no certificate at all. Keys print as [REDACTED].
//
// Sources: Ed25519 as in RFC 8032; base64url without padding as in RFC 4648.
package certificate

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What is wrong with a text.
var (
	ErrForm   = errors.New("this is no certificate of training: read the whole code once more")
	ErrForged = errors.New("the signature does not hold: the certificate is forged, changed, or signed with another key")
)

const (
	prefix     = "SC1." // of a certificate
	listPrefix = "SR1." // of a list of revoked ones
	domain     = "sandogh training certificate 1\n"
	listDomain = "sandogh training revocations 1\n"
	maxText    = 1200
	maxField   = 200
)

// An Article is a version of an article of the law that was taught.
type Article struct {
	Article string `json:"article"`
	Version string `json:"version"`
}

// A Certificate says who was trained in what. Days are ISO.
type Certificate struct {
	Serial   string    `json:"serial"`
	Name     string    `json:"name"`
	Last4    string    `json:"last4"` // digits of the national number, or "" for somebody without one
	Course   string    `json:"course"`
	Issued   string    `json:"issued"`
	Expires  string    `json:"expires"` // the last day on which it is good
	Articles []Article `json:"articles"`
}

var coding = base64.RawURLEncoding.Strict()

// payload is the certificate as it is signed and carried:
//
//	serial ‖ LF ‖ name ‖ LF ‖ last4 ‖ LF ‖ course ‖ LF ‖ issued ‖ LF ‖ expires
//	for each article: LF ‖ article ‖ "@" ‖ version
func (c *Certificate) payload() []byte {
	lines := []string{c.Serial, c.Name, c.Last4, c.Course, c.Issued, c.Expires}
	for _, a := range c.Articles {
		lines = append(lines, a.Article+"@"+a.Version)
	}
	return []byte(strings.Join(lines, "\n"))
}

// Text signs the certificate:
//
//	"SC1." ‖ base64url(payload) ‖ "." ‖ base64url(Ed25519("sandogh training certificate 1" ‖ LF ‖ payload))
func (c *Certificate) Text(key Key) (string, error) {
	if err := c.check(); err != nil {
		return "", fmt.Errorf("sign certificate: %w", err)
	}
	text := seal(prefix, domain, c.payload(), key)
	if len(text) > maxText {
		return "", fmt.Errorf("sign certificate: %d bytes are more than fit into a code, %d: shorten the name of the course", len(text), maxText)
	}
	return text, nil
}

func seal(prefix, domain string, payload []byte, key Key) string {
	return prefix + coding.EncodeToString(payload) + "." + coding.EncodeToString(ed25519.Sign(key.private, append([]byte(domain), payload...)))
}

func unseal(prefix, domain, text string, public ed25519.PublicKey, limit int) ([]byte, error) {
	text, ok := strings.CutPrefix(text, prefix)
	body, sig, dot := strings.Cut(text, ".")
	if !ok || !dot || len(text) > limit || len(public) != ed25519.PublicKeySize {
		return nil, ErrForm
	}
	payload, err := coding.DecodeString(body)
	if err != nil {
		return nil, ErrForm
	}
	signature, err := coding.DecodeString(sig)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, ErrForm
	}
	if strings.ContainsAny(text, "\r\n") { // which base64 passes over
		return nil, ErrForm
	}
	if !ed25519.Verify(public, append([]byte(domain), payload...), signature) {
		return nil, ErrForged
	}
	return payload, nil
}

// Open checks the signature of a text and returns what it says.
func Open(text string, public ed25519.PublicKey) (Certificate, error) {
	payload, err := unseal(prefix, domain, text, public, maxText)
	if err != nil {
		return Certificate{}, fmt.Errorf("open certificate: %w", err)
	}
	lines := strings.Split(string(payload), "\n")
	if len(lines) < 6 {
		return Certificate{}, fmt.Errorf("open certificate: %w", ErrForm)
	}
	c := Certificate{Serial: lines[0], Name: lines[1], Last4: lines[2], Course: lines[3], Issued: lines[4], Expires: lines[5], Articles: []Article{}}
	for _, l := range lines[6:] {
		i := strings.LastIndexByte(l, '@')
		if i < 0 {
			return Certificate{}, fmt.Errorf("open certificate: %w", ErrForm)
		}
		c.Articles = append(c.Articles, Article{l[:i], l[i+1:]})
	}
	if err := c.check(); err != nil {
		return Certificate{}, fmt.Errorf("open certificate: %w: %w", ErrForm, err)
	}
	return c, nil
}

func (c *Certificate) check() error {
	if c.Serial == "" || c.Name == "" || c.Course == "" {
		return errors.New("the serial, the name or the course is missing")
	}
	if len(c.Last4) != 0 && len(c.Last4) != 4 || strings.Trim(c.Last4, "0123456789") != "" {
		return errors.New("last4 is not four digits")
	}
	if len(c.Articles) > 40 {
		return errors.New("more than 40 articles")
	}
	fields := []string{c.Serial, c.Name, c.Course}
	for _, a := range c.Articles {
		if a.Article == "" || a.Version == "" || strings.Contains(a.Version, "@") {
			return errors.New("an article without its version")
		}
		fields = append(fields, a.Article, a.Version)
	}
	for _, f := range fields {
		if len(f) > maxField || !utf8.ValidString(f) || strings.ContainsFunc(f, unicode.IsControl) {
			return errors.New("a text is longer than 200 bytes or holds a control character")
		}
	}
	issued, err := time.Parse(time.DateOnly, c.Issued)
	if err != nil {
		return errors.New("issued is no day")
	}
	expires, err := time.Parse(time.DateOnly, c.Expires)
	if err != nil || expires.Before(issued) {
		return errors.New("expires is no day after that of issue")
	}
	return nil
}

// A State is what a certificate is worth on a day.
type State string

// The states.
const (
	Good    State = "good"
	Early   State = "not-yet"
	Expired State = "expired"
	Revoked State = "revoked"
)

// On returns what the certificate is worth on a day (ISO), by a list of revoked
// ones that may be empty.
func (c *Certificate) On(day string, l List) State {
	switch {
	case slices.Contains(l.Serials, c.Serial):
		return Revoked
	case day < c.Issued:
		return Early
	case day > c.Expires:
		return Expired
	}
	return Good
}

// A List is the serials of certificates that are revoked, as of a day (ISO).
type List struct {
	Day     string   `json:"day"`
	Serials []string `json:"serials"`
}

// Text signs the list, in the order of its serials:
//
//	"SR1." ‖ base64url(payload) ‖ "." ‖ base64url(Ed25519("sandogh training revocations 1" ‖ LF ‖ payload))
//	payload = day, then for each serial: LF ‖ serial
func (l List) Text(key Key) string {
	serials := slices.Clone(l.Serials)
	slices.Sort(serials)
	return seal(listPrefix, listDomain, []byte(strings.Join(append([]string{l.Day}, serials...), "\n")), key)
}

// OpenList checks the signature of a list, at most 64 MiB, and returns it.
func OpenList(text string, public ed25519.PublicKey) (List, error) {
	payload, err := unseal(listPrefix, listDomain, text, public, 64<<20)
	if err != nil {
		return List{}, fmt.Errorf("open list of revoked certificates: %w", err)
	}
	lines := strings.Split(string(payload), "\n")
	if _, err := time.Parse(time.DateOnly, lines[0]); err != nil {
		return List{}, fmt.Errorf("open list of revoked certificates: %w", ErrForm)
	}
	return List{lines[0], lines[1:]}, nil
}

// Fingerprint is how people compare public keys: the beginning of SHA-256.
func Fingerprint(public ed25519.PublicKey) string {
	h := sha256.Sum256(public)
	return hex.EncodeToString(h[:8])
}

const publicHead = "sandogh training key 1 "

// FormatPublic returns the public key as a line of text:
//
//	"sandogh training key 1 " ‖ base64url(32 bytes) ‖ LF
func FormatPublic(public ed25519.PublicKey) []byte {
	return []byte(publicHead + coding.EncodeToString(public) + "\n")
}

// ParsePublic reads what FormatPublic has written.
func ParsePublic(b []byte) (ed25519.PublicKey, error) {
	text, ok := bytes.CutPrefix(bytes.TrimSpace(b), []byte(publicHead))
	public, err := coding.DecodeString(string(text))
	if !ok || err != nil || len(public) != ed25519.PublicKeySize {
		return nil, errors.New("read public key: this is no training key: download it from the page of certificates")
	}
	return public, nil
}
