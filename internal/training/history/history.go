// Package history reads what people did in earlier elections, so that they and those
// who train them can see it.
//
// Specification: none of its own; [Header].
//
// In goes a CSV file, UTF-8, of at most [MaxLines] lines: a national number, the
// round, what the person was, and where. Out come lines of the table training_past.
// The role is one of package training, or words of the file's own.
//
// What it never does: it takes a part of a file; adds a person; says of anybody
// beyond the reach of who imports more than that they are not there; holds a
// national number in what it reports.
//
// How it fails: with an [intake.ImportError] that has all faults of all lines.
//
// Sources: RFC 4180; the check digit of the national number by package persian.
package history

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/intake"
)

// Header is the first line of a file.
var Header = []string{"national_number", "round", "role", "place"}

// MaxLines is how many lines a file may have.
const MaxLines = 100_000

// longest is how many characters a round, a role and a place may have.
var longest = []int{0, 20, 100, 100}

// What is wrong with a line, besides the faults of package intake.
const (
	NoPerson = "person" // nobody with this number is within reach
	NoRound  = "round"
	NoRole   = "past-role"
	BadPlace = "place"
	TooMany  = "lines"
	Columns  = "past-line"
	Names    = "past-header"
)

type entry struct {
	line                int
	number, round, role string
	place               string
}

// Import takes all of a file, or nothing. It returns how many lines there were, and
// how many of them were not known.
func Import(ctx context.Context, db *store.DB, now time.Time, a office.Actor, file io.Reader) (lines, added int, err error) {
	hash := sha256.New()
	entries, faults := read(io.TeeReader(file, hash))
	people := map[string]string{} // number → person, or ""
	for i, e := range entries {
		if i%1000 == 0 && ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
		id, known := people[e.number]
		if !known {
			p, err := officedb.New(db).PersonByNumber(ctx, e.number)
			switch err = store.Classify(err); {
			case err == nil && a.May(office.PeopleEdit, p.Office):
				id = p.ID
			case err != nil && !errors.Is(err, store.ErrNotFound):
				return 0, 0, fmt.Errorf("import earlier elections: %w", err)
			}
			people[e.number] = id
		}
		if id == "" {
			faults = append(faults, intake.LineFault{Line: e.line, Field: Header[0], Say: NoPerson})
		}
	}
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(x, y intake.LineFault) int { return x.Line - y.Line })
		return 0, 0, &intake.ImportError{Faults: faults}
	}
	err = db.Tx(ctx, func(tx *store.Tx) error {
		q := trainingdb.New(tx)
		for _, e := range entries {
			n, err := q.InsertPast(ctx, trainingdb.InsertPastParams{Person: people[e.number], Round: e.round, Role: e.role, Office: e.place})
			if err != nil {
				return err
			}
			added += int(n)
		}
		widest := ""
		if over := a.Over(office.PeopleEdit); len(over) > 0 {
			widest = over[0]
		}
		return office.Audit(ctx, tx, now, a, office.PeopleEdit, office.Change{Act: "training.history.import", Office: widest,
			After: map[string]any{"sha256": hex.EncodeToString(hash.Sum(nil)), "lines": len(entries), "added": added}})
	})
	if err != nil {
		return 0, 0, fmt.Errorf("import earlier elections: %w", err)
	}
	return len(entries), added, nil
}

// read reads the lines of a file, and all that is wrong with it alone.
func read(file io.Reader) (entries []entry, faults []intake.LineFault) {
	fault := func(line int, field, say string) {
		faults = append(faults, intake.LineFault{Line: line, Field: field, Say: say})
	}
	r := csv.NewReader(file)
	r.ReuseRecord, r.FieldsPerRecord = true, -1
	for n := 1; ; n++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			if n == 1 {
				fault(1, "", Names)
			}
			return entries, faults
		}
		var parse *csv.ParseError
		switch {
		case errors.As(err, &parse):
			fault(parse.StartLine, "", Columns)
			continue
		case err != nil:
			fault(n, "", Columns)
			return entries, faults
		}
		at, _ := r.FieldPos(0)
		if n == 1 {
			record[0] = strings.TrimPrefix(record[0], "\ufeff")
			if !slices.Equal(record, Header) {
				fault(1, "", Names)
				return nil, faults
			}
			continue
		}
		if n > MaxLines+1 {
			fault(at, "", TooMany)
			return entries, faults
		}
		if len(record) != len(Header) || slices.ContainsFunc(record, func(c string) bool { return !utf8.ValidString(c) || strings.ContainsRune(c, 0) }) {
			fault(at, "", Columns)
			continue
		}
		had := len(faults)
		e := entry{line: at}
		if e.number, err = persian.NationalNumber(strings.TrimSpace(record[0])); err != nil {
			fault(at, Header[0], intake.BadNumber)
		}
		for k, to := range []*string{nil, &e.round, &e.role, &e.place} {
			if to == nil {
				continue
			}
			*to = strings.TrimSpace(persian.Clean(record[k]))
			if length := utf8.RuneCountInString(*to); length > longest[k] || length == 0 && k < 3 || strings.ContainsAny(*to, "\r\n") {
				fault(at, Header[k], []string{"", NoRound, NoRole, BadPlace}[k])
			}
		}
		e.round = persian.ASCII(e.round)
		if len(faults) == had {
			entries = append(entries, e)
		}
	}
}
