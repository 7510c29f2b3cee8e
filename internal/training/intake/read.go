package intake

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
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

// A place is the office of three names, or which of them is none.
type place struct {
	office string
	field  int    // of Header, or 0
	say    string // what is wrong with it
}

// A line of the file that has no fault.
type line struct {
	at                           int
	key                          int64 // the number as a number
	number, name, mobile, office string
	role                         training.Role
	id                           string
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

// told is after how many lines the context and whoever watches hear of it.
const told = 1000

// Read reads the file, and counts.
func (im *importer) Read(p []byte) (int, error) {
	n, err := im.file.Read(p)
	im.read += int64(n)
	return n, err
}

// lines reads the file from its beginning, when a share of the work is done before,
// and appends what is wrong with it. It stops when the context ends.
func (im *importer) lines(ctx context.Context, hash io.Writer, before float64, faults *[]LineFault) iter.Seq[line] {
	return func(yield func(line) bool) {
		if _, err := im.file.Seek(0, io.SeekStart); err != nil {
			*faults = append(*faults, LineFault{1, "", BadLine, 0})
			return
		}
		im.read = 0
		r := csv.NewReader(io.TeeReader(im, hash))
		r.ReuseRecord, r.FieldsPerRecord = true, -1
		for n := 1; ; n++ {
			if n%told == 0 {
				if ctx.Err() != nil {
					return
				}
				im.progress(before + float64(im.read)/float64(2*max(im.size, 1)))
			}
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
			if l, ok := im.check(at, record, faults); ok && !yield(l) {
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
	l.at = at
	if l.number, err = persian.NationalNumber(strings.TrimSpace(record[0])); err != nil {
		wrong(0, BadNumber)
	}
	l.key, _ = strconv.ParseInt(l.number, 10, 64) // as it was checked
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
	if len(im.places) < remembered {
		im.places[strings.Clone(written)] = p
	}
	return p
}
