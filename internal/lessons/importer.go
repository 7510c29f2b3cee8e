package lessons

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// Header is the first line of a file of problems.
var Header = []string{"province", "round", "topic", "problem", "cause", "proposal"}

// longest is how many characters a column may have.
var longest = []int{100, 40, 200, 4000, 4000, 4000}

// What is wrong with a line.
const (
	BadHeader   = "header"   // the file does not begin with Header
	BadQuotes   = "quotes"   // a quotation mark stands where none may, or is not closed
	BadColumns  = "columns"  // more or fewer than six; Value is how many
	BadText     = "text"     // not UTF-8
	Empty       = "empty"    // province, round, topic or problem
	TooLong     = "long"     // Value is how many characters there may be
	NoProvince  = "province" // Value is what stands there
	Foreign     = "foreign"  // a province that is not within the posts of who imports
	TwiceInFile = "twice"    // Value is the line that says the same
	TwiceInAll  = "register" // it is in the register
)

// A Fault is what is wrong with a line of a file.
type Fault struct {
	Line  int    `json:"line"`
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
	Value string `json:"value,omitempty"`
}

// Faults are all that is wrong with a file. Nothing of it was imported.
type Faults []Fault

func (f Faults) Error() string {
	return fmt.Sprintf("import problems: line %d: %s %s %q: %d faults in all", f[0].Line, f[0].Field, f[0].Code, f[0].Value, len(f))
}

// Resolve says which province a name or a code is.
type Resolve func(name string) (code string, ok bool)

// Parse reads problems from CSV. May says whether problems of a province can be
// put into the register, taken whether one is in it, by its digest. The error is
// [Faults] or that of the reader.
func Parse(in io.Reader, resolve Resolve, may, taken func(string) bool) ([]Problem, error) {
	buffered := bufio.NewReader(in)
	if b, err := buffered.Peek(3); err == nil && string(b) == "\ufeff" {
		buffered.Discard(3)
	}
	r := csv.NewReader(buffered)
	r.FieldsPerRecord = -1
	var out []Problem
	var faults Faults
	lines := map[string]int{} // by digest
	for first := true; ; first = false {
		row, err := r.Read()
		var wrong *csv.ParseError
		switch {
		case err == io.EOF && first:
			return nil, Faults{{Line: 1, Code: BadHeader}}
		case err == io.EOF && len(faults) > 0:
			return nil, faults
		case err == io.EOF:
			return out, nil
		case errors.As(err, &wrong):
			faults = append(faults, Fault{Line: wrong.Line, Code: BadQuotes})
			continue
		case err != nil:
			return nil, fmt.Errorf("read the file: %w", err)
		}
		line, _ := r.FieldPos(0)
		if first {
			for i := range row {
				row[i] = strings.ToLower(strings.TrimSpace(row[i]))
			}
			if !slices.Equal(row, Header) {
				return nil, Faults{{Line: line, Code: BadHeader}} // no column means anything
			}
			continue
		}
		if len(row) != len(Header) {
			faults = append(faults, Fault{Line: line, Code: BadColumns, Value: fmt.Sprint(len(row))})
			continue
		}
		p, wrongs := parse(row, resolve, may)
		d := p.digest()
		if len(wrongs) == 0 {
			if at, twice := lines[d]; twice {
				wrongs = append(wrongs, Fault{Code: TwiceInFile, Value: fmt.Sprint(at)})
			} else if taken(d) {
				wrongs = append(wrongs, Fault{Code: TwiceInAll})
			}
			lines[d] = line
		}
		for _, f := range wrongs {
			f.Line = line
			faults = append(faults, f)
		}
		if len(faults) == 0 {
			out = append(out, p)
		}
	}
}

// parse reads one line, and returns everything that is wrong with it.
func parse(row []string, resolve Resolve, may func(string) bool) (p Problem, faults []Fault) {
	for i, text := range row {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			faults = append(faults, Fault{Field: Header[i], Code: BadText})
			continue
		}
		row[i] = strings.TrimSpace(persian.Clean(text))
		switch n := utf8.RuneCountInString(row[i]); {
		case n == 0 && i < 4:
			faults = append(faults, Fault{Field: Header[i], Code: Empty})
		case n > longest[i]:
			faults = append(faults, Fault{Field: Header[i], Code: TooLong, Value: fmt.Sprint(longest[i])})
		}
	}
	if len(faults) > 0 {
		return p, faults
	}
	code, ok := resolve(row[0])
	if !ok {
		return p, []Fault{{Field: Header[0], Code: NoProvince, Value: row[0]}}
	}
	if !may(code) {
		return p, []Fault{{Field: Header[0], Code: Foreign, Value: row[0]}}
	}
	return Problem{Office: code, Round: persian.ASCII(row[1]), Topic: row[2], Problem: row[3], Cause: row[4], Proposal: row[5]}, nil
}

// Provinces returns a Resolve over the provinces of the database: by code, and by
// name in any spelling, Persian or English.
func Provinces(ctx context.Context, db officedb.DBTX) (Resolve, error) {
	lo, hi := office.Range("")
	rows, err := officedb.New(db).OfficesOfKind(ctx, officedb.OfficesOfKindParams{Kind: office.ProvinceAt, Lo: lo, Hi: hi, Max: 100})
	if err != nil {
		return nil, fmt.Errorf("read provinces: %w", store.Classify(err))
	}
	codes := map[string]string{}
	for _, o := range rows {
		for _, name := range append(persian.Keys(o.NameFa), strings.ToLower(o.NameEn), o.Code) {
			codes[name] = o.Code
		}
	}
	return func(name string) (string, bool) {
		for _, k := range append(persian.Keys(name), strings.ToLower(name)) {
			if code, ok := codes[k]; ok {
				return code, true
			}
		}
		return "", false
	}, nil
}

// Import puts all problems of a CSV file into the register, or none: then the
// error is [Faults].
func Import(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, in io.Reader) (int, error) {
	resolve, err := Provinces(ctx, tx)
	if err != nil {
		return 0, err
	}
	digests, err := lessonsdb.New(tx).Digests(ctx)
	if err != nil {
		return 0, fmt.Errorf("import problems: %w", err)
	}
	known := map[string]bool{}
	for _, d := range digests {
		known[d] = true
	}
	may := func(code string) bool { return a.May(office.LessonsEdit, code) }
	all, err := Parse(in, resolve, may, func(d string) bool { return known[d] })
	if err != nil {
		return 0, err
	}
	counts := map[string]int{}
	for _, p := range all {
		counts[p.Office]++
	}
	columns := []string{"id", "office", "round", "topic", "problem", "evidence", "cause", "proposal", "factor", "family", "session", "owner", "due", "state", "closing",
		"turn", "talk", "risk", "digest", "folded", "created", "version"}
	err = tx.Load(ctx, "lesson_problem", columns, func(yield func([]any, error) bool) {
		for _, p := range all {
			if !yield([]any{store.NewID(), p.Office, p.Round, p.Topic, p.Problem, "", p.Cause, p.Proposal, "", "", "", "", "", Open, "",
				int64(1), int64(0), int64(0), p.digest(), p.folded(), store.Millis(now), int64(1)}, nil) {
				return
			}
		}
	})
	if err != nil {
		return 0, fmt.Errorf("import problems: %w", err)
	}
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		err := office.Audit(ctx, tx, now, a, office.LessonsEdit, office.Change{Act: "lesson.import", Object: code, Office: code, After: map[string]int{"problems": counts[code]}})
		if err != nil {
			return 0, err
		}
	}
	return len(all), nil
}
