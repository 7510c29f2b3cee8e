package lookup

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/typed"
	"github.com/sandogh/sandogh/record"
)

// A Place is where a sealed ballot is, and how it ended.
type Place struct {
	Code   string // 32 characters, without hyphens
	Branch string
	Entry  uint64
	Kind   string // of the ending's entry: cast, spoiled or challenged; or empty
	Ending uint64 // the entry that ended it, with Kind
}

// perFile is how many lines a file has on the average, at most: so one comes in
// the time of a picture.
const perFile = 256

// maxPrefix is the longest beginning by which files are told apart: 32⁴ files are
// enough for 268 million ballots.
const maxPrefix = 4

// A Table is the places of all ballots of a record.
type Table struct {
	id       [32]byte
	def      *election.Definition
	branches []branch // in the definition's order
	sorted   []Place
}

type branch struct {
	checkpoint []byte // with which it was read
	places     []Place
	unread     bool // or not read whole
}

// New returns an empty table of an election.
func New(id [32]byte, def *election.Definition) *Table {
	return &Table{id: id, def: def, branches: make([]branch, len(def.Branches))}
}

// Refresh reads the logs of those branches whose checkpoint has changed.
func (t *Table) Refresh(ctx context.Context, fsys fs.FS) error {
	witnesses := Witnesses(t.def)
	changed := t.sorted == nil
	for i := range t.branches {
		if err := ctx.Err(); err != nil {
			return err
		}
		def := &t.def.Branches[i]
		b := &t.branches[i]
		l, err := board.Open(fsys, record.BranchLog(def.ID), election.BranchOrigin(t.id, def.ID), def.LogKey.Ed25519(), witnesses)
		if err != nil {
			changed = changed || b.checkpoint != nil
			*b = branch{unread: !errors.Is(err, fs.ErrNotExist)}
			continue
		}
		if note := l.Checkpoint().Note; !bytes.Equal(note, b.checkpoint) {
			*b = readBranch(def.ID, l)
			b.checkpoint, changed = note, true
		}
	}
	if !changed {
		return nil
	}
	t.sorted = []Place{}
	for _, b := range t.branches {
		t.sorted = append(t.sorted, b.places...)
	}
	slices.SortStableFunc(t.sorted, func(a, b Place) int { return strings.Compare(a.Code, b.Code) })
	return nil
}

// Witnesses returns the witnesses of an election as package board takes them.
func Witnesses(def *election.Definition) []board.Witness {
	var out []board.Witness
	for _, w := range def.Witnesses {
		out = append(out, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	return out
}

func readBranch(id string, l *board.Log) (b branch) {
	own := map[string]int{} // code → place
	for e, err := range l.Entries(0, l.Size()) {
		if err != nil {
			b.unread = true
			break
		}
		d, err := record.Decode(e.Data)
		if err != nil {
			b.unread = true
			continue
		}
		code, ok := CodeOf(d.Body, e.Data)
		if !ok {
			continue
		}
		text := Plain(code)
		if d.Body.Kind() == (*record.Sealed).Kind(nil) {
			own[text] = len(b.places)
			b.places = append(b.places, Place{Code: text, Branch: id, Entry: e.Index})
		} else if j, ok := own[text]; ok && b.places[j].Kind == "" {
			b.places[j].Kind, b.places[j].Ending = d.Body.Kind(), e.Index
		}
	}
	return b
}

// CodeOf returns the confirmation code that an entry is about.
func CodeOf(b record.Body, data []byte) (code [32]byte, ok bool) {
	var of []byte
	switch b := b.(type) {
	case *record.Sealed:
		return record.Code(data), true
	case *record.Cast:
		of = b.Code
	case *record.Spoiled:
		of = b.Code
	case *record.Challenged:
		of = b.Code
	}
	if len(of) != len(code) {
		return code, false
	}
	return [32]byte(of), true
}

// Plain writes a code without hyphens.
func Plain(code [32]byte) string { return strings.ReplaceAll(record.FormatCode(code), "-", "") }

// Hyphened writes a code as it is printed.
func Hyphened(plain string) string {
	var groups []string
	for ; len(plain) > 4; plain = plain[4:] {
		groups = append(groups, plain[:4])
	}
	return strings.Join(append(groups, plain), "-")
}

// Len returns how many sealed ballots the table has.
func (t *Table) Len() int { return len(t.sorted) }

// Unread returns the branches of which something could not be read.
func (t *Table) Unread() []string {
	var out []string
	for i, b := range t.branches {
		if b.unread {
			out = append(out, t.def.Branches[i].ID)
		}
	}
	return out
}

// Find returns the ballots whose code begins so, 100 at most.
func (t *Table) Find(prefix string) []Place { return beginning(t.sorted, prefix) }

func beginning(sorted []Place, prefix string) []Place {
	from := sort.Search(len(sorted), func(i int) bool { return sorted[i].Code >= prefix })
	to := from
	for to < len(sorted) && to < from+100 && strings.HasPrefix(sorted[to].Code, prefix) {
		to++
	}
	return sorted[from:to]
}

// An Index is the file lookup/index.json.
type Index struct {
	Election string   `json:"election"` // hex
	Prefix   int      `json:"prefix"`   // how many characters of a code name its file
	Ballots  int      `json:"ballots"`  // sealed ballots in all
	Unread   []string `json:"unread"`   // branches of which something could not be read
}

// Names of the files, below the site's root.
const (
	Folder    = "lookup"
	IndexName = Folder + "/index.json"
)

// FileName returns the name of the file that has the codes with a beginning.
func FileName(prefix string) string { return Folder + "/" + prefix + ".txt" }

// Index returns the index.
func (t *Table) Index() Index {
	x := Index{Election: hex.EncodeToString(t.id[:]), Prefix: 1, Ballots: len(t.sorted), Unread: append([]string{}, t.Unread()...)}
	for files := 32; len(t.sorted) > perFile*files && x.Prefix < maxPrefix; files *= 32 {
		x.Prefix++
	}
	return x
}

// Files puts the index and every file of the table. A beginning that no code has
// has no file.
func (t *Table) Files(put func(name string, data []byte) error) error {
	x := t.Index()
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if err := put(IndexName, append(b, '\n')); err != nil {
		return err
	}
	for rest := t.sorted; len(rest) > 0; {
		prefix := rest[0].Code[:x.Prefix]
		n := sort.Search(len(rest), func(i int) bool { return rest[i].Code[:x.Prefix] > prefix })
		if err := put(FileName(prefix), Format(rest[:n])); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// Format returns the lines of places, ascending by code:
//
//	code SP branch SP entry LF
//	code SP branch SP entry SP kind SP ending LF
func Format(places []Place) []byte {
	var b []byte
	for _, p := range places {
		b = fmt.Appendf(b, "%s %s %d", p.Code, p.Branch, p.Entry)
		if p.Kind != "" {
			b = fmt.Appendf(b, " %s %d", p.Kind, p.Ending)
		}
		b = append(b, '\n')
	}
	return b
}

// MaxFile bounds the bytes of a file of the table that is read.
const MaxFile = 16 << 20

// Parse reads the lines that Format writes.
func Parse(data []byte) ([]Place, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("read table: a file has at most %d bytes", MaxFile)
	}
	var out []Place
	for n := 1; len(data) > 0; n++ {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		data = rest
		p, ok := parseLine(string(line))
		if !ok || !ended || len(out) > 0 && out[len(out)-1].Code > p.Code {
			return nil, fmt.Errorf("read table: line %d is none of a table, or out of order", n)
		}
		out = append(out, p)
	}
	return out, nil
}

func parseLine(line string) (p Place, ok bool) {
	words := strings.Split(line, " ")
	if len(words) != 3 && len(words) != 5 {
		return p, false
	}
	p = Place{Code: words[0], Branch: words[1]}
	clean, fault := typed.CleanCode(p.Code)
	if fault != "" || clean != p.Code || len(p.Code) != typed.CodeLength || p.Branch == "" || len(p.Branch) > 32 {
		return p, false
	}
	number := func(s string, n *uint64) bool {
		var err error
		*n, err = strconv.ParseUint(s, 10, 53)
		return err == nil && strconv.FormatUint(*n, 10) == s
	}
	if !number(words[2], &p.Entry) {
		return p, false
	}
	if len(words) == 5 {
		p.Kind = words[3]
		return p, (p.Kind == "cast" || p.Kind == "spoiled" || p.Kind == "challenged") && number(words[4], &p.Ending)
	}
	return p, true
}

// Find returns the ballots whose code begins so from the files of a table, 100 at
// most.
func Find(fsys fs.FS, prefix string) ([]Place, Index, error) {
	var x Index
	b, err := fs.ReadFile(fsys, IndexName)
	if err != nil {
		return nil, x, fmt.Errorf("read table: %w", err)
	}
	if err := json.Unmarshal(b, &x); err != nil || x.Prefix < 1 || x.Prefix > maxPrefix {
		return nil, x, fmt.Errorf("read table: %s is not the index of a table", IndexName)
	}
	if len(prefix) < x.Prefix {
		return nil, x, fmt.Errorf("read table: a code is found by %d characters or more", x.Prefix)
	}
	b, err = fs.ReadFile(fsys, FileName(prefix[:x.Prefix]))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, x, nil
	} else if err != nil {
		return nil, x, fmt.Errorf("read table: %w", err)
	}
	places, err := Parse(b)
	return beginning(places, prefix), x, err
}
