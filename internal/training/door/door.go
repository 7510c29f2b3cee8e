// Package door is what passes a door of a training session: badges, and the marks
// of a door without a network.
//
// Specification: none of its own; the comments of [Badge] and [File.seal].
//
// In and out. A badge is 28 digits, which scanners type alike in every layout of
// the keyboard: ten of the session, six of the place on its roster, twelve of a
// MAC. A [File] is the marks that an offline door has collected, sealed with the
// secret that the door was given; [Parse] reads it and [File.Check] its seal.
// Instants are Unix milliseconds.
//
// What it never does: it reads no clock and no database; it says who a badge is
// for by a place alone, never by a name or a national number.
//
// How it fails: [ErrNoBadge], [ErrForged] and [ErrForm], each with what to do. A
// file has at most 100,000 marks.
//
// Sources: HMAC-SHA-256 (RFC 2104), of a badge cut to 12 decimal digits: who
// guesses at a door is right once in 10^12.
package door

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What is wrong with a badge or a file.
var (
	ErrNoBadge = errors.New("this is no badge of a session: scan it again, or enter the national number")
	ErrForged  = errors.New("the seal does not hold: it is forged, changed, or of another door")
	ErrForm    = errors.New("this is no file of marks: save it once more on the page of the door")
)

const (
	sessionDigits = 10
	placeDigits   = 6
	macDigits     = 12
	macBound      = 1_000_000_000_000
)

// Badge returns the badge of a place at a session of ten digits:
//
//	session (10) ‖ place (6) ‖ MAC (12)
//	MAC = HMAC-SHA-256(key, "sandogh badge 1" ‖ LF ‖ session ‖ place)[0:8] as uint64be mod 10^12
func Badge(key []byte, session string, place int64) string {
	head := fmt.Sprintf("%s%06d", session, place)
	m := hmac.New(sha256.New, key)
	m.Write([]byte("sandogh badge 1\n" + head))
	return fmt.Sprintf("%s%012d", head, binary.BigEndian.Uint64(m.Sum(nil))%macBound)
}

// ReadBadge returns the session and the place of a badge, in ASCII digits. Spaces
// are passed over.
func ReadBadge(key []byte, text string) (session string, place int64, err error) {
	text = strings.Join(strings.Fields(text), "")
	if len(text) != sessionDigits+placeDigits+macDigits || strings.Trim(text, "0123456789") != "" {
		return "", 0, ErrNoBadge
	}
	session = text[:sessionDigits]
	if place, err = strconv.ParseInt(text[sessionDigits:sessionDigits+placeDigits], 10, 64); err != nil {
		return "", 0, ErrNoBadge
	}
	if !hmac.Equal([]byte(Badge(key, session, place)), []byte(text)) {
		return "", 0, ErrForged
	}
	return session, place, nil
}

// A Mark says that somebody came.
type Mark struct {
	ID    string `json:"id"`    // made at the door: 32 hex digits
	Place int64  `json:"place"` // on the roster
	At    int64  `json:"at"`    // Unix milliseconds, by the door's clock
}

// A File is the marks of one offline door.
type File struct {
	Format  string `json:"format"` // "sandogh marks 1"
	Door    string `json:"door"`
	Session string `json:"session"` // its ten digits
	Marks   []Mark `json:"marks"`
	Seal    string `json:"seal"` // hex
}

// Format is that of a file of marks.
const Format = "sandogh marks 1"

const maxMarks = 100_000

// seal is HMAC-SHA-256 with the door's secret over
//
//	"sandogh marks 1" ‖ LF ‖ door ‖ LF ‖ session
//	for each mark: LF ‖ id ‖ SP ‖ place ‖ SP ‖ at, the numbers in decimal
func (f *File) seal(secret []byte) []byte {
	m := hmac.New(sha256.New, secret)
	fmt.Fprintf(m, "%s\n%s\n%s", Format, f.Door, f.Session)
	for _, k := range f.Marks {
		fmt.Fprintf(m, "\n%s %d %d", k.ID, k.Place, k.At)
	}
	return m.Sum(nil)
}

// Write seals the marks and returns the file.
func (f File) Write(secret []byte) ([]byte, error) {
	f.Format, f.Seal = Format, hex.EncodeToString(f.seal(secret))
	return json.Marshal(f)
}

// Parse reads a file of marks. Its seal is not checked yet.
func Parse(data []byte) (File, error) {
	var f File
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil || d.More() || f.Format != Format || len(f.Marks) > maxMarks {
		return File{}, ErrForm
	}
	for _, s := range []string{f.Door, f.Session} {
		if s == "" || len(s) > 64 || strings.ContainsAny(s, "\n ") {
			return File{}, ErrForm
		}
	}
	for _, m := range f.Marks {
		if b, err := hex.DecodeString(m.ID); err != nil || len(b) != 16 || m.ID != strings.ToLower(m.ID) || m.Place < 1 || m.At < 0 {
			return File{}, ErrForm
		}
	}
	return f, nil
}

// Check compares the seal.
func (f *File) Check(secret []byte) error {
	seal, err := hex.DecodeString(f.Seal)
	if err != nil || !hmac.Equal(seal, f.seal(secret)) {
		return ErrForged
	}
	return nil
}
