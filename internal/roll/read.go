package roll

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

// Header is the first line of a roll.
const Header = "national_number,name,father,birth,place,branch"

// Bounds of a roll.
const (
	columns     = 6
	maxLines    = 1<<30 - 1
	maxBranches = 1 << 20
	maxFile     = 1 << 44
	maxField    = 200 // characters
	maxFaults   = 100_000
)

// VotingAge is the age that a voter has completed on polling day (law: article
// of the conditions of voters).
const VotingAge = 18

// A Fault is something wrong in a roll.
type Fault struct {
	Line int
	Text string
}

// Faults is what is wrong in a roll: all of it, up to a hundred thousand; More
// counts the rest. It holds no name and no number.
type Faults struct {
	List []Fault
	More int
}

func (f *Faults) add(line int, text string, args ...any) {
	if len(f.List) == maxFaults {
		f.More++
		return
	}
	f.List = append(f.List, Fault{line, fmt.Sprintf(text, args...)})
}

// Error lists the first twenty.
func (f *Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "read roll: %d faults", len(f.List)+f.More)
	for i, x := range f.List {
		if i == 20 {
			fmt.Fprintf(&b, "\n  and %d more", len(f.List)-i+f.More)
			break
		}
		fmt.Fprintf(&b, "\n  line %d: %s", x.Line, x.Text)
	}
	return b.String()
}

// Config is what a roll is read for.
type Config struct {
	Definition *election.Definition
	Branch     string // this one
	Age        int    // years that a voter has completed; 0 is [VotingAge]
}

// A Roll is a roll as it was read. It does not change.
type Roll struct {
	branch   string
	branches []election.Branch
	age      int
	day      calendar.Day // polling day
	hash     string       // of the file
	own      []Person     // in the order of a Persian dictionary
	texts    []string     // of each, what a search looks through
	place    map[Number]int
	others   []entry // by number
	file     io.ReaderAt
	size     int64
}

// An entry is a line of the roll: its number (34 bits) and line (30), its offset
// in the file (44) and branch (20).
type entry struct{ who, where uint64 }

func pack(n Number, line int, off int64, branch int) entry {
	return entry{uint64(n)<<30 | uint64(line), uint64(off)<<20 | uint64(branch)}
}
func (e entry) number() Number { return Number(e.who >> 30) }
func (e entry) line() int      { return int(e.who & maxLines) }
func (e entry) offset() int64  { return int64(e.where >> 20) }
func (e entry) branch() int    { return int(e.where & (maxBranches - 1)) }

// Read reads a roll in one pass and refuses it with all its faults. The file has
// to stay as it is while the roll is in use: lines of other branches' voters are
// read again when they are looked up.
func Read(file io.ReaderAt, size int64, c Config) (*Roll, error) {
	if c.Age == 0 {
		c.Age = VotingAge
	}
	if size > maxFile {
		return nil, fmt.Errorf("read roll: %d bytes: keep the file within %d", size, int64(maxFile))
	}
	at, err := time.Parse(time.DateOnly, c.Definition.PollingDay)
	if err != nil {
		return nil, fmt.Errorf("read roll: polling day: %w", err)
	}
	if _, ok := c.Definition.Branch(c.Branch); !ok {
		return nil, fmt.Errorf("read roll: the definition has no branch %s", c.Branch)
	}
	r := &Roll{branch: c.Branch, branches: c.Definition.Branches, age: c.Age, day: calendar.DayOf(at.Date()), place: map[Number]int{}, file: file, size: size}
	index := make(map[string]int, len(r.branches))
	for i, b := range r.branches {
		index[b.ID] = i
	}
	faults := &Faults{}
	var own []entry
	hash := sha256.New()
	err = lines(io.TeeReader(io.NewSectionReader(file, 0, size), hash), faults, func(line int, off int64, values []string) {
		p, ok := person(values, r.day, func(text string, args ...any) { faults.add(line, text, args...) })
		b, known := index[p.Branch]
		if !known && p.Branch != "" {
			faults.add(line, "branch: the election has no branch of this id: write the id of one of its %d branches", len(r.branches))
		}
		switch {
		case !ok || !known:
		case p.Branch == c.Branch:
			own = append(own, pack(p.Number, line, off, b))
			r.own = append(r.own, p.cleaned(r.branches[b].ID))
		default:
			r.others = append(r.others, pack(p.Number, line, off, b))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read roll: %w", err)
	}
	byNumber := func(a, b entry) int { return cmp.Compare(a.who, b.who) }
	slices.SortFunc(r.others, byNumber)
	slices.SortFunc(own, byNumber)
	twice(own, r.others, faults)
	if len(faults.List) > 0 {
		slices.SortStableFunc(faults.List, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
		return nil, faults
	}
	r.order()
	r.hash = hex.EncodeToString(hash.Sum(nil))
	return r, nil
}

// order sorts the branch's own voters and makes what a search looks through. A large
// branch has 25,000, who are divided among the processors.
func (r *Roll) order() {
	type keyed struct {
		name, father string // their keys
		text         string
		person       Person
	}
	all := make([]keyed, len(r.own))
	var wg sync.WaitGroup
	part := len(all)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(all); from += part {
		wg.Go(func() {
			for i := from; i < min(from+part, len(all)); i++ {
				p := r.own[i]
				all[i] = keyed{persian.SortKey(p.Name), persian.SortKey(p.Father), searched(&p), p}
			}
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.person.Name, b.person.Name),
			cmp.Compare(a.father, b.father), cmp.Compare(a.person.Father, b.person.Father), cmp.Compare(a.person.Number, b.person.Number))
	})
	r.texts = make([]string, len(all))
	for i := range all {
		r.own[i], r.texts[i] = all[i].person, all[i].text
		r.place[r.own[i].Number] = i
	}
}

// lines calls each with every line of the roll that has six fields, with its
// number and offset. The values are valid until the next call.
func lines(in io.Reader, faults *Faults, each func(line int, off int64, values []string)) error {
	buffered := bufio.NewReaderSize(in, 1<<18)
	start := int64(0)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		buffered.Discard(3)
		start = 3
	}
	c := csv.NewReader(buffered)
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	for first := true; ; first = false {
		off := start + c.InputOffset()
		values, err := c.Read()
		if errors.Is(err, io.EOF) {
			if first {
				faults.add(1, "the file is empty: begin it with the line %s", Header)
			}
			_, err := io.Copy(io.Discard, buffered)
			return err
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			faults.add(parse.Line, "not CSV (%v): write a field with a quote or a comma in quotes, and a quote in it twice", parse.Err)
			if first || !errors.Is(parse.Err, csv.ErrBareQuote) {
				return nil // what follows a quote that does not end means nothing
			}
			continue
		}
		if err != nil {
			return err
		}
		line, _ := c.FieldPos(0)
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		switch {
		case first:
			if strings.Join(values, ",") != Header {
				faults.add(line, "the first line names other columns: write %s", Header)
				return nil
			}
		case line > maxLines:
			faults.add(line, "more than %d lines", maxLines)
			return nil
		case strings.Join(values, "") == "": // spreadsheets leave such rows
		case len(values) != columns:
			faults.add(line, "%d fields: write %d: %s", len(values), columns, Header)
		default:
			each(line, off, values)
		}
	}
}

// person reads the fields of a line; what is wrong goes to fault, and ok says
// that nothing was.
func person(values []string, polling calendar.Day, fault func(text string, args ...any)) (p Person, ok bool) {
	ok = true
	bad := func(text string, args ...any) { fault(text, args...); ok = false }
	var err error
	if p.Number, err = ParseNumber(values[0]); err != nil {
		bad("national_number: %s", strings.TrimPrefix(err.Error(), ErrNumber.Error()+": "))
	}
	for _, f := range []struct {
		name string
		to   *string
		from string
	}{{"name", &p.Name, values[1]}, {"father", &p.Father, values[2]}, {"place", &p.Place, values[4]}} {
		switch *f.to = f.from; {
		case Printable(f.from):
		case !utf8.ValidString(f.from):
			bad("%s: invalid UTF-8: save the file as UTF-8", f.name)
		case utf8.RuneCountInString(f.from) > maxField:
			bad("%s: longer than %d characters", f.name, maxField)
		default:
			bad("%s: a character that cannot be printed: remove it", f.name)
		}
	}
	if values[1] == "" {
		bad("name: empty: write it")
	}
	switch p.Birth, err = birth(values[3]); {
	case err != nil:
		bad("birth: no Jalali date: write it as 1360-05-21")
	case p.Birth > polling:
		bad("birth: after polling day")
	}
	if p.Branch = persian.ASCII(values[5]); p.Branch == "" {
		bad("branch: empty: write the branch's id")
	}
	return p, ok
}

// cleaned returns the person as it is shown, with the branch's one string.
func (p Person) cleaned(branch string) Person {
	p.Name, p.Father, p.Place, p.Branch = persian.Clean(p.Name), persian.Clean(p.Father), persian.Clean(p.Place), branch
	return p
}

// Printable reports whether a text can stand on a screen and on paper as a name
// does: UTF-8, at most 200 characters, none of them a control.
func Printable(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxField && !strings.ContainsFunc(s, unprintable)
}

// unprintable are characters that no name has: not the joiners of Persian.
func unprintable(r rune) bool {
	return r != '\u200c' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200f' || r == utf8.RuneError)
}

// birth reads a Jalali date, year-month-day or year/month/day. It is called for
// every line of millions.
func birth(s string) (calendar.Day, error) {
	var part [3]int
	fields := strings.FieldsFunc(persian.ASCII(s), func(r rune) bool { return r == '-' || r == '/' })
	if len(fields) != 3 || len(fields[0]) != 4 || len(s) > 20 {
		return 0, errors.New("not a date")
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 16)
		if err != nil {
			return 0, err
		}
		part[i] = int(n)
	}
	return calendar.Jalali(part[0], part[1], part[2])
}

// twice reports numbers that stand on more than one line. Both lists are in the
// order of numbers and lines.
func twice(a, b []entry, faults *Faults) {
	var last entry
	for len(a) > 0 || len(b) > 0 {
		var e entry
		if len(b) == 0 || len(a) > 0 && a[0].who < b[0].who {
			e, a = a[0], a[1:]
		} else {
			e, b = b[0], b[1:]
		}
		if last.who != 0 && e.number() == last.number() {
			faults.add(e.line(), "national_number: the same as in line %d: remove one of them", last.line())
		}
		last = e
	}
}
