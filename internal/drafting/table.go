package drafting

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

// A File is a file as it was read, with the name by which faults tell it.
type File struct {
	Name string
	Data []byte
}

// maxCSV bounds a file of rows: a country's candidates take a tenth of it.
const maxCSV = 64 << 20

// A row is one line of a table. A field of the header is looked up by name.
type row struct {
	file   File
	line   int
	fields map[string]string
	faults *Faults
	bad    bool // it has a fault
}

// fault reports what is wrong in a field, or in the row if the field is "".
func (r *row) fault(field, text string, args ...any) {
	if field != "" {
		text = field + ": " + text
	}
	r.faults.add(r.file.Name, r.line, text, args...)
	r.bad = true
}

// need returns a field that must not be empty.
func (r *row) need(field string) string {
	s := r.fields[field]
	if s == "" {
		r.fault(field, "empty: write it")
	}
	return s
}

// id returns a field that is an id. Persian digits are read as ASCII.
func (r *row) id(field string) string {
	s := persian.ASCII(r.need(field))
	if s != "" && !election.ValidID(s) {
		r.fault(field, "%s is not an id: write 1 to 32 letters a-z A-Z, digits or -", show(s))
	}
	return s
}

// number returns a field that is a whole number from 0 to most.
func (r *row) number(field string, most int) int {
	s := persian.ASCII(r.need(field))
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || strings.Trim(s, "0123456789") != "" || n > most {
		r.fault(field, "%s is not a whole number in range: write 0 to %d in plain digits", show(s), most)
		return 0
	}
	return n
}

// readTable calls each with every row of a CSV file, in order, and returns what
// is wrong with the table and what each has found wrong, and whether each has
// seen every row. The header is fixed.
func readTable(f File, header []string, each func(*row)) (faults Faults, whole bool) {
	if len(f.Data) > maxCSV {
		faults.add(f.Name, 1, "%d bytes: keep the file within %d", len(f.Data), maxCSV)
		return faults, false
	}
	if !utf8.Valid(f.Data) {
		for i, line := range bytes.Split(f.Data, []byte("\n")) {
			if !utf8.Valid(line) {
				faults.add(f.Name, i+1, "invalid UTF-8: save the file as UTF-8")
			}
		}
		return faults, false
	}
	head := strings.Join(header, ",")
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.Data, []byte("\ufeff"))))
	c.FieldsPerRecord = -1
	whole = true
	for first := true; ; first = false {
		values, err := c.Read()
		if errors.Is(err, io.EOF) {
			if first {
				faults.add(f.Name, 1, "the file is empty: begin it with the line %s", head)
			}
			return faults, whole && !first
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			faults.add(f.Name, parse.Line, "not CSV (%v): write a field with a quote or a comma in quotes, and a quote in it twice", parse.Err)
			if first || !errors.Is(parse.Err, csv.ErrBareQuote) {
				return faults, false // what follows a quote that does not end means nothing
			}
			whole = false
			continue
		} else if err != nil {
			faults.add(f.Name, 1, "not readable: %v", err) // not from memory
			return faults, false
		}
		line, _ := c.FieldPos(0)
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		if first {
			if !slices.Equal(values, header) {
				faults.add(f.Name, line, "the first line names other columns: write %s", head)
				return faults, false
			}
			continue
		}
		if strings.Join(values, "") == "" {
			continue // spreadsheets leave such rows
		}
		if len(values) != len(header) {
			faults.add(f.Name, line, "%d fields: write %d: %s", len(values), len(header), head)
			whole = false
			continue
		}
		r := &row{file: f, line: line, fields: make(map[string]string, len(header)), faults: &faults}
		for i, name := range header {
			r.fields[name] = values[i]
		}
		each(r)
	}
}

// An area is written NAME or CODE:NAME.
type area struct{ code, name string }

// area returns a field that names an area; empty is no area.
func (r *row) area(field string) area {
	s := r.fields[field]
	code, name, ok := strings.Cut(s, ":")
	if !ok {
		return area{name: persian.Clean(s)}
	}
	code, name = persian.ASCII(strings.TrimSpace(code)), strings.TrimSpace(name)
	if !election.ValidID(code) || name == "" {
		r.fault(field, "%s is not CODE:NAME: write a code of letters a-z A-Z, digits or -, a colon and the name", show(s))
		return area{}
	}
	return area{code, persian.Clean(name)}
}

// named puts a text into the language in whose script it is written.
func named(s string) election.Name {
	if isPersian(s) {
		return election.Name{Fa: s}
	}
	return election.Name{En: s}
}
