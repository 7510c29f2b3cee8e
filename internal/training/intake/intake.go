// Package intake reads files of people who are to be trained.
//
// Specification: none of its own; [Header].
//
// In goes a CSV file, UTF-8, that can be read more than once, of up to millions of
// lines; out come people, and their seats for package training: a role at a
// province, county or district, named as the list of offices names it. The file is
// read line by line; of each person a number of eight bytes is held.
//
// What it never does: it takes a file with a fault in it, or a part of one; it
// changes nobody who is there already but gives them the seat; it adds nobody to an
// office beyond the reach of who imports.
//
// How it fails: [ImportError] with all faults of all lines, none of which holds a
// national number.
//
// Sources: RFC 4180; the check digit of the national number by package persian.
package intake

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// Header is the first line of a file of people.
var Header = []string{"national_number", "name", "role", "province", "county", "district", "mobile"}

// A LineFault is what is wrong with a line of a file; Say is a key of the pages'
// words.
type LineFault struct {
	Line  int    `json:"line"`
	Field string `json:"field"`
	Say   string `json:"fault"`
	Other int    `json:"other,omitempty"` // the line that has the same number
}

// An ImportError is everything that is wrong with a file.
type ImportError struct{ Faults []LineFault }

func (e *ImportError) Error() string {
	f := e.Faults[0]
	return fmt.Sprintf("import people: %d faults, the first in line %d: %s: %s", len(e.Faults), f.Line, f.Field, f.Say)
}

// What is wrong with a line.
const (
	BadHeader   = "header"
	BadLine     = "line"
	BadNumber   = "number"
	SameNumber  = "same-number"
	NoName      = "name"
	BadRole     = "role"
	NoProvince  = "province"
	NoCounty    = "county"
	NoDistrict  = "district"
	BadMobile   = "mobile"
	OutOfReach  = "reach"
	maxLineName = 100
)

// An importer reads a file of people more than once: to check it, and then for
// each table.
type importer struct {
	file    io.ReadSeeker
	offices map[string]string // keys of the names of province, county and district → code
	actor   office.Actor
	seed    []byte           // of the ids of this import
	known   map[int64]string // people who are there already, of those in the file
	places  map[string]place // of province, county and district as they are written
}

// A place is the office of three names, or which of them is none.
type place struct {
	office string
	field  int    // of Header, or 0
	say    string // what is wrong with it
}

// A line of the file that has no fault.
type line struct {
	number, name, mobile, office string
	role                         training.Role
}

// People reads a file of people, UTF-8 CSV with the Header, adds those who
// are not there yet, and gives each their seat. Either all of the file is taken, or
// nothing: then the error is an *ImportError with every fault. It returns how many
// lines there were, and how many people are new.
func People(ctx context.Context, db *store.DB, now time.Time, a office.Actor, file io.ReadSeeker) (lines, added int, err error) {
	im := &importer{file: file, actor: a, seed: make([]byte, 32), known: map[int64]string{}, places: map[string]place{}}
	rand.Read(im.seed) // it never fails
	if im.offices, err = officeNames(ctx, db); err != nil {
		return 0, 0, fmt.Errorf("import people: %w", err)
	}
	hash := sha256.New()
	first := map[int64]int{}
	var faults []LineFault
	for n, l := range im.lines(hash, &faults) {
		number, _ := strconv.ParseInt(l.number, 10, 64) // it was checked
		if other := first[number]; other != 0 {
			faults = append(faults, LineFault{n, Header[0], SameNumber, other})
		} else {
			first[number] = n
		}
		lines++
		if lines%1000 == 0 && ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
	}
	if len(faults) > 0 {
		return 0, 0, &ImportError{faults}
	}
	err = db.Tx(ctx, func(tx *store.Tx) error {
		if err := im.find(ctx, tx, first); err != nil {
			return err
		}
		added = lines - len(im.known)
		created := store.Millis(now)
		if err := tx.Load(ctx, "person", []string{"id", "name", "number", "phone", "email", "office", "simulated", "created", "version"},
			im.rows(func(l line, id string, known bool, yield func([]any) bool) bool {
				return known || yield([]any{id, l.name, l.number, l.mobile, "", l.office, int64(0), created, int64(1)})
			})); err != nil {
			return err
		}
		if err := tx.Load(ctx, "person_word", []string{"word", "office", "person"}, im.rows(func(l line, id string, known bool, yield func([]any) bool) bool {
			if known {
				return true
			}
			for _, w := range office.Words(l.name) {
				if !yield([]any{w, l.office, id}) {
					return false
				}
			}
			return true
		})); err != nil {
			return err
		}
		q := trainingdb.New(tx)
		if err := tx.Load(ctx, "training_seat", []string{"office", "role", "person"}, im.rows(func(l line, id string, known bool, yield func([]any) bool) bool {
			return known || yield([]any{l.office, string(l.role), id})
		})); err != nil {
			return err
		}
		for _, l := range im.lines(nil, &faults) { // those who were there may have the seat already
			number, _ := strconv.ParseInt(l.number, 10, 64)
			if id, ok := im.known[number]; ok {
				if err := q.InsertSeat(ctx, trainingdb.InsertSeatParams{Office: l.office, Role: string(l.role), Person: id}); err != nil {
					return err
				}
			}
		}
		return office.Audit(ctx, tx, now, a, office.PeopleEdit, office.Change{Act: "training.import", Office: widest(a),
			After: map[string]any{"sha256": hex.EncodeToString(hash.Sum(nil)), "lines": lines, "added": added}})
	})
	if err != nil {
		return 0, 0, fmt.Errorf("import people: %w", err)
	}
	return lines, added, nil
}

func widest(a office.Actor) string {
	if over := a.Over(office.PeopleEdit); len(over) > 0 {
		return over[0]
	}
	return ""
}

// officeNames returns the codes of offices by the keys of their names.
func officeNames(ctx context.Context, db *store.DB) (map[string]string, error) {
	q, names, out, after := trainingdb.New(db), map[string][2]string{}, map[string]string{}, ""
	for {
		rows, err := q.OfficeCodes(ctx, trainingdb.OfficeCodesParams{Code: after, Max: 5000})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, o := range rows {
			after = o.Code
			if len(o.Code) > 7 {
				continue
			}
			names[o.Code] = [2]string{persian.Key(o.NameFa), persian.Key(o.NameEn)}
			for k := range 2 {
				path := []string{}
				for _, n := range []int{2, 5, 7} {
					if n <= len(o.Code) {
						path = append(path, bare(names[o.Code[:n]][k]))
					}
				}
				out[strings.Join(path, "\n")] = o.Code
			}
		}
		if len(rows) < 5000 {
			return out, nil
		}
	}
}

// bare is the key of a name without the word for what it is.
func bare(key string) string {
	for _, word := range []string{"استان ", "شهرستان ", "بخش "} {
		key = strings.TrimPrefix(key, persian.Key(word)+" ")
	}
	return key
}

// lines reads the file from its beginning, and appends what is wrong with it.
func (im *importer) lines(hash io.Writer, faults *[]LineFault) iter.Seq2[int, line] {
	return func(yield func(int, line) bool) {
		if _, err := im.file.Seek(0, io.SeekStart); err != nil {
			*faults = append(*faults, LineFault{1, "", BadLine, 0})
			return
		}
		var in io.Reader = im.file
		if hash != nil {
			in = io.TeeReader(im.file, hash)
		}
		r := csv.NewReader(in)
		r.ReuseRecord, r.FieldsPerRecord = true, -1
		for n := 1; ; n++ {
			record, err := r.Read()
			if errors.Is(err, io.EOF) {
				if n == 1 {
					*faults = append(*faults, LineFault{1, "", BadHeader, 0})
				}
				return
			}
			at, _ := 0, 0
			if err == nil && len(record) > 0 {
				at, _ = r.FieldPos(0)
			}
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				*faults = append(*faults, LineFault{parse.StartLine, "", BadLine, 0})
				continue
			}
			if err != nil {
				*faults = append(*faults, LineFault{n, "", BadLine, 0})
				return
			}
			if n == 1 {
				record[0] = strings.TrimPrefix(record[0], "\ufeff")
				if !slices.Equal(record, Header) {
					*faults = append(*faults, LineFault{1, "", BadHeader, 0})
					return
				}
				continue
			}
			if l, ok := im.check(at, record, faults); ok && !yield(at, l) {
				return
			}
		}
	}
}

// check returns the line of a record, or appends all that is wrong with it.
func (im *importer) check(at int, record []string, faults *[]LineFault) (l line, ok bool) {
	had := len(*faults)
	wrong := func(field int, say string) { *faults = append(*faults, LineFault{at, Header[field], say, 0}) }
	if len(record) != len(Header) {
		*faults = append(*faults, LineFault{at, "", BadLine, 0})
		return l, false
	}
	for _, cell := range record {
		if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) {
			*faults = append(*faults, LineFault{at, "", BadLine, 0})
			return l, false
		}
	}
	var err error
	if l.number, err = persian.NationalNumber(strings.TrimSpace(record[0])); err != nil {
		wrong(0, BadNumber)
	}
	l.name = strings.TrimSpace(persian.Clean(record[1]))
	if n := utf8.RuneCountInString(l.name); n == 0 || n > maxLineName || strings.ContainsAny(l.name, "\r\n") {
		wrong(1, NoName)
	}
	l.role = training.Role(strings.TrimSpace(record[2]))
	if !slices.Contains(training.Roles, l.role) {
		wrong(2, BadRole)
	}
	where := im.place(record[3:6])
	if l.office = where.office; where.field > 0 {
		wrong(where.field, where.say)
	}
	if len(*faults) == had && !im.actor.May(office.PeopleEdit, l.office) {
		wrong(3, OutOfReach)
	}
	l.mobile = strings.Join(strings.Fields(persian.ASCII(record[6])), "")
	if l.mobile != "" && (len(l.mobile) != 11 || !strings.HasPrefix(l.mobile, "09") || strings.Trim(l.mobile, "0123456789") != "") {
		wrong(6, BadMobile)
	}
	return l, len(*faults) == had
}

// place returns the office of the names of province, county and district.
func (im *importer) place(names []string) (p place) {
	written := strings.Join(names, "\n")
	if p, ok := im.places[written]; ok {
		return p
	}
	path := ""
	for k, say := range []string{NoProvince, NoCounty, NoDistrict} {
		name := bare(persian.Key(names[k]))
		if name == "" && k > 0 {
			if k == 1 && persian.Key(names[2]) != "" {
				p.field, p.say = 4, NoCounty
			}
			break
		}
		if k > 0 {
			path += "\n"
		}
		path += name
		code, found := im.offices[path]
		if !found || name == "" {
			p.field, p.say = 3+k, say
			break
		}
		p.office = code
	}
	if len(im.places) < 100_000 {
		im.places[strings.Clone(written)] = p
	}
	return p
}

// find fills known with those of the file who are there already.
func (im *importer) find(ctx context.Context, tx *store.Tx, first map[int64]int) error {
	q, after := trainingdb.New(tx), ""
	for {
		rows, err := q.NumbersFrom(ctx, trainingdb.NumbersFromParams{Number: after, Max: 10_000})
		if err != nil {
			return store.Classify(err)
		}
		for _, r := range rows {
			after = r.Number
			if n, err := strconv.ParseInt(r.Number, 10, 64); err == nil && first[n] != 0 {
				im.known[n] = r.ID
			}
		}
		if len(rows) < 10_000 {
			return nil
		}
	}
}

var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// id returns the id of a new person: the same in each reading of the file.
func (im *importer) id(number string) string {
	m := hmac.New(sha256.New, im.seed)
	m.Write([]byte(number))
	return ids.EncodeToString(m.Sum(nil)[:16])
}

// rows returns the rows of a table, as the function yields them for each line.
func (im *importer) rows(of func(l line, id string, known bool, yield func([]any) bool) bool) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var faults []LineFault
		for _, l := range im.lines(nil, &faults) {
			number, _ := strconv.ParseInt(l.number, 10, 64)
			id, known := im.known[number]
			if !known {
				id = im.id(l.number)
			}
			if !of(l, id, known, func(row []any) bool { return yield(row, nil) }) {
				return
			}
		}
		if len(faults) > 0 { // the file has changed meanwhile
			yield(nil, &ImportError{faults})
		}
	}
}
