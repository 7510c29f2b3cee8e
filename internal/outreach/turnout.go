package outreach

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/outreachdb"
)

// Contests are the kinds of election of which turnout is known.
var Contests = []string{"councils", "majlis", "experts", "president"}

// Bases are what the number of those who could vote rests on, the denominator of
// a turnout: the register of births and deaths, an estimate from the census, or a
// roll of voters.
var Bases = []string{"civil-register", "census", "voters-roll"}

// A Turnout is how many took part in a round.
type Turnout struct {
	Office   string `json:"office"` // a province, or "" for the country
	Round    string `json:"round"`
	Contest  string `json:"contest"`
	Basis    string `json:"basis"`
	Eligible int64  `json:"eligible"`
	Voted    int64  `json:"voted"`
	Source   string `json:"source"`
}

// Header is the first line of a file of turnout. Province is a name or a code, or
// "-" for the country; contest is one of Contests and basis one of Bases; eligible
// and voted are whole numbers in any digits, without separators, voted no more than
// eligible; source says where the figures were published.
var Header = []string{"province", "round", "contest", "basis", "eligible", "voted", "source"}

// What is wrong with a line.
const (
	BadHeader  = "header"   // the file does not begin with Header
	BadQuotes  = "quotes"   // a quotation mark stands where none may, or is not closed
	BadColumns = "columns"  // more or fewer than seven; Value is how many
	BadText    = "text"     // not UTF-8, or longer than 200 characters
	Empty      = "empty"    //
	NoProvince = "province" // Value is what stands there
	NoContest  = "contest"  // it is none of Contests
	NoBasis    = "basis"    // it is none of Bases
	BadNumber  = "number"   // not a whole number up to 10^9
	TooMany    = "more"     // more voted than could
	Twice      = "twice"    // Value is the line with the same province, round, contest and basis
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
	return fmt.Sprintf("import turnout: line %d: %s %s %q: %d faults in all", f[0].Line, f[0].Field, f[0].Code, f[0].Value, len(f))
}

// Parse reads turnout from CSV. Resolve says which province a name or a code is.
// The error is [Faults] or that of the reader.
func Parse(in io.Reader, resolve func(name string) (string, bool)) ([]Turnout, error) {
	buffered := bufio.NewReader(in)
	if b, err := buffered.Peek(3); err == nil && string(b) == "\ufeff" {
		buffered.Discard(3)
	}
	r := csv.NewReader(buffered)
	r.FieldsPerRecord = -1
	var out []Turnout
	var faults Faults
	lines := map[[4]string]int{}
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
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		if first {
			if !slices.Equal(row, Header) {
				return nil, Faults{{Line: line, Code: BadHeader}}
			}
			continue
		}
		if len(row) != len(Header) {
			faults = append(faults, Fault{Line: line, Code: BadColumns, Value: strconv.Itoa(len(row))})
			continue
		}
		t, wrongs := parse(row, resolve)
		if key := [4]string{t.Office, t.Round, t.Contest, t.Basis}; len(wrongs) == 0 {
			if at, twice := lines[key]; twice {
				wrongs = []Fault{{Code: Twice, Value: strconv.Itoa(at)}}
			}
			lines[key] = line
		}
		for _, f := range wrongs {
			f.Line = line
			faults = append(faults, f)
		}
		if len(faults) == 0 {
			out = append(out, t)
		}
	}
}

// parse reads one line, and returns everything that is wrong with it.
func parse(row []string, resolve func(string) (string, bool)) (t Turnout, faults []Fault) {
	wrong := func(i int, code, value string) {
		faults = append(faults, Fault{Field: Header[i], Code: code, Value: value})
	}
	for i, text := range row {
		switch {
		case text == "":
			wrong(i, Empty, "")
		case !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > 200:
			wrong(i, BadText, "")
		default:
			row[i] = persian.Clean(text)
		}
	}
	if len(faults) > 0 {
		return t, faults
	}
	t = Turnout{Round: persian.ASCII(row[1]), Contest: row[2], Basis: row[3], Source: row[6]}
	if row[0] != "-" {
		ok := false
		if t.Office, ok = resolve(row[0]); !ok {
			wrong(0, NoProvince, row[0])
		}
	}
	if !slices.Contains(Contests, t.Contest) {
		wrong(2, NoContest, strings.Join(Contests, ", "))
	}
	if !slices.Contains(Bases, t.Basis) {
		wrong(3, NoBasis, strings.Join(Bases, ", "))
	}
	for i, n := range []*int64{&t.Eligible, &t.Voted} {
		v, err := strconv.ParseUint(persian.ASCII(row[4+i]), 10, 63)
		if err != nil || v > 1e9 || i == 0 && v == 0 {
			wrong(4+i, BadNumber, "")
		}
		*n = int64(v)
	}
	if len(faults) == 0 && t.Voted > t.Eligible {
		wrong(5, TooMany, "")
	}
	return t, faults
}

// Import writes all figures of a CSV file, or none: then the error is [Faults]. A
// figure that is there already is replaced. It takes the power over the country.
func Import(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, in io.Reader) (int, error) {
	if !a.May(office.OutreachEdit, "") {
		return 0, fmt.Errorf("import turnout: %w", office.ErrForbidden)
	}
	lo, hi := office.Range("")
	rows, err := officedb.New(tx).OfficesOfKind(ctx, officedb.OfficesOfKindParams{Kind: office.ProvinceAt, Lo: lo, Hi: hi, Max: 100})
	if err != nil {
		return 0, fmt.Errorf("read provinces: %w", err)
	}
	codes := map[string]string{}
	for _, o := range rows {
		for _, name := range append(persian.Keys(o.NameFa), strings.ToLower(o.NameEn), o.Code) {
			codes[name] = o.Code
		}
	}
	all, err := Parse(in, func(name string) (string, bool) {
		for _, k := range append(persian.Keys(name), strings.ToLower(name)) {
			if code, ok := codes[k]; ok {
				return code, true
			}
		}
		return "", false
	})
	if err != nil {
		return 0, err
	}
	q := outreachdb.New(tx)
	for _, t := range all {
		if err := q.SetTurnout(ctx, outreachdb.SetTurnoutParams(t)); err != nil {
			return 0, fmt.Errorf("import turnout: %w", err)
		}
	}
	return len(all), office.Audit(ctx, tx, now, a, office.OutreachEdit, office.Change{Act: "turnout.import", Object: "turnout", After: all})
}

// A Comparison is the turnout of offices in the rounds of one contest, by one
// denominator.
type Comparison struct {
	Contest string    `json:"contest"`
	Basis   string    `json:"basis"`
	Figures []Turnout `json:"figures"` // by office, then by round
}

// Compare returns what can be compared: never figures of different denominators
// or contests beside each other.
func Compare(ctx context.Context, db outreachdb.DBTX, contest, basis string) ([]Comparison, error) {
	rows, err := outreachdb.New(db).Turnout(ctx, outreachdb.TurnoutParams{Contest: contest, Basis: basis})
	if err != nil {
		return nil, fmt.Errorf("read turnout: %w", store.Classify(err))
	}
	var out []Comparison
	for _, r := range rows {
		i := slices.IndexFunc(out, func(c Comparison) bool { return c.Contest == r.Contest && c.Basis == r.Basis })
		if i < 0 {
			i = len(out)
			out = append(out, Comparison{Contest: r.Contest, Basis: r.Basis})
		}
		out[i].Figures = append(out[i].Figures, Turnout{r.Office, r.Round, r.Contest, r.Basis, r.Eligible, r.Voted, r.Source})
	}
	return out, nil
}
