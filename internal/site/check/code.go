package check

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/internal/typed"
	"github.com/sandogh/sandogh/record"
)

// Places finds sealed ballots by the beginning of their code.
type Places interface {
	Find(prefix string) ([]lookup.Place, lookup.Index, error)
}

// Files is a table as it is published.
type Files struct{ FS fs.FS }

// Find finds in the files.
func (f Files) Find(prefix string) ([]lookup.Place, lookup.Index, error) {
	return lookup.Find(f.FS, prefix)
}

// Table is a table in memory.
type Table struct{ Of *lookup.Table }

// Find finds in memory.
func (t Table) Find(prefix string) ([]lookup.Place, lookup.Index, error) {
	return t.Of.Find(prefix), t.Of.Index(), nil
}

// A Source is what answers are read from.
type Source struct {
	Record   fs.FS
	Table    Places
	Election *[32]byte // nil takes the one found and says so
	Proven   string    // what ProveUnit gave elsewhere, for CheckUnit, which believes it
}

// A State says what became of a question.
type State string

// The states. Only Found is proven.
const (
	Fault   State = "fault"   // what was typed is no code
	None    State = "none"    // the table has no such code
	Many    State = "many"    // several codes begin so
	Found   State = "found"   // one ballot, proven to be in its log
	Wrong   State = "wrong"   // something contradicts what is signed
	Unknown State = "unknown" // something cannot be read
)

// A Name is a name in both languages.
type Name struct {
	Fa string `json:"fa"`
	En string `json:"en"`
}

func name(n election.Name) Name { return Name{n.Fa, n.En} }

// A Code is what is known of a confirmation code.
type Code struct {
	State    State           `json:"state"`
	Fault    typed.CodeFault `json:"fault,omitempty"`
	Election string          `json:"election,omitempty"` // hex
	Compared bool            `json:"compared"`           // with the one expected
	Code     string          `json:"code,omitempty"`     // as printed
	Branch   string          `json:"branch,omitempty"`
	Name     Name            `json:"name"`           // of the branch
	Kind     string          `json:"kind,omitempty"` // cast, spoiled, challenged, or none yet
	Ending   uint64          `json:"ending"`         // for Challenge
	Size     uint64          `json:"size"`           // entries of the log
	Root     string          `json:"root,omitempty"` // hex
	Cosigned []string        `json:"cosigned,omitempty"`
	Quorum   int             `json:"quorum"`
	Proof    string          `json:"proof,omitempty"` // the tlog-proof file
	Entry    string          `json:"entry,omitempty"` // base64 of the sealed ballot
	Matches  int             `json:"matches"`         // with Many, 100 at most
	Unread   []string        `json:"unread,omitempty"`
	Why      string          `json:"why,omitempty"` // with Wrong and Unknown
}

// errWrong marks what contradicts what is signed.
type errWrong struct{ error }

func (e errWrong) Unwrap() error { return e.error }

func wrong(format string, args ...any) error { return errWrong{fmt.Errorf(format, args...)} }

// state tells a contradiction from what cannot be read.
func state(err error) (State, string) {
	var w errWrong
	if errors.As(err, &w) {
		return Wrong, err.Error()
	}
	return Unknown, err.Error()
}

// FindCode finds a confirmation code, or the beginning of one, and proves it.
func (s Source) FindCode(text string) *Code {
	a := &Code{}
	clean, fault := typed.CleanCode(text)
	if fault != "" {
		a.State, a.Fault = Fault, fault
		return a
	}
	places, index, err := s.Table.Find(clean)
	if err != nil {
		a.State, a.Why = state(err)
		return a
	}
	a.Unread = index.Unread[:min(len(index.Unread), 20)]
	switch {
	case len(places) == 0:
		a.State = None
		return a
	case len(places) > 1:
		a.State, a.Matches = Many, len(places)
		return a
	}
	a.State = Found
	if err := s.prove(a, places[0]); err != nil {
		a.State, a.Why = state(err)
		a.Proof, a.Entry = "", ""
	}
	return a
}

// prove takes the entry from its log and proves that it is there.
func (s Source) prove(a *Code, p lookup.Place) error {
	id, def, err := s.definition()
	if err != nil {
		return err
	}
	a.Election, a.Compared = hex.EncodeToString(id[:]), s.Election != nil
	l, b, err := s.open(id, def, p.Branch)
	if err != nil {
		return err
	}
	c := l.Checkpoint()
	a.Branch, a.Name, a.Size, a.Root = b.ID, name(b.Name), c.Size, hex.EncodeToString(c.Root[:])
	a.Cosigned, a.Quorum = c.Cosigned, def.WitnessQuorum
	if len(c.Cosigned) < def.WitnessQuorum {
		return wrong("the checkpoint of branch %s has %d cosignatures, the definition wants %d", b.ID, len(c.Cosigned), def.WitnessQuorum)
	}
	if p.Entry >= c.Size {
		return wrong("the table names an entry that the log of branch %s does not have", b.ID)
	}
	entry, err := l.Entry(p.Entry)
	if err != nil {
		return unproven(err)
	}
	d, err := record.Decode(entry)
	if err != nil {
		return wrong("the entry of branch %s is none of a record: %w", b.ID, err)
	}
	if _, ok := d.Body.(*record.Sealed); !ok || lookup.Plain(record.Code(entry)) != p.Code {
		return wrong("the entry that the table names in branch %s is not the ballot with this code", b.ID)
	}
	a.Code = lookup.Hyphened(p.Code)
	proof, err := l.Prove(p.Entry)
	if err != nil {
		return unproven(err)
	}
	// What is handed out is checked as whoever takes it would.
	file := proof.Marshal()
	if err := CheckProof(file, entry, b.ID, id, def); err != nil {
		return err
	}
	a.Proof, a.Entry = string(file), base64.StdEncoding.EncodeToString(entry)
	return s.ending(a, l, p)
}

// ending proves how the ballot ended.
func (s Source) ending(a *Code, l *board.Log, p lookup.Place) error {
	if p.Kind == "" {
		return nil
	}
	if p.Ending >= l.Size() {
		return wrong("the table names an ending that the log of branch %s does not have", p.Branch)
	}
	entry, err := l.Entry(p.Ending)
	if err != nil {
		return unproven(err)
	}
	d, err := record.Decode(entry)
	if err != nil {
		return wrong("the ending of this ballot is no entry of a record: %w", err)
	}
	code, ok := lookup.CodeOf(d.Body, entry)
	if !ok || d.Body.Kind() != p.Kind || lookup.Plain(code) != p.Code {
		return wrong("the ending that the table names is not that of this ballot")
	}
	a.Kind, a.Ending = p.Kind, p.Ending
	return nil
}

// CheckProof verifies a proof file: that the log of the branch has the entry, by
// the checkpoint in the file, with the keys of the definition and the quorum that
// it wants.
func CheckProof(file, entry []byte, branch string, id [32]byte, def *election.Definition) error {
	proof, err := board.ParseProof(file)
	if err != nil {
		return errWrong{err}
	}
	b, ok := def.Branch(branch)
	if !ok {
		return wrong("the definition has no branch %.40q", branch)
	}
	c, err := board.ParseCheckpoint(proof.Checkpoint, election.BranchOrigin(id, b.ID), b.LogKey.Ed25519(), lookup.Witnesses(def))
	if err != nil {
		return errWrong{err}
	}
	if len(c.Cosigned) < def.WitnessQuorum {
		return wrong("the checkpoint has %d cosignatures, the definition wants %d", len(c.Cosigned), def.WitnessQuorum)
	}
	if err := proof.Check(entry, c); err != nil {
		return errWrong{err}
	}
	return nil
}

// unproven tells a file that differs from one that cannot be read.
func unproven(err error) error {
	var path *fs.PathError
	if errors.Is(err, fs.ErrNotExist) || errors.As(err, &path) {
		return err
	}
	return errWrong{err}
}

// definition returns the definition, whose hash is the election id.
func (s Source) definition() (id [32]byte, def *election.Definition, err error) {
	head, err := fs.ReadFile(s.Record, record.HQ+"/"+board.CheckpointPath)
	if err != nil {
		return id, nil, err
	}
	origin, _, _ := strings.Cut(string(head), "\n")
	b, err := hex.DecodeString(strings.TrimSuffix(strings.TrimPrefix(origin, "sandogh/"), "/hq"))
	if err != nil || len(b) != len(id) || origin != election.HQOrigin([32]byte(b)) {
		return id, nil, wrong("headquarters' checkpoint names no election")
	}
	id = [32]byte(b)
	if s.Election != nil && id != *s.Election {
		return id, nil, wrong("this is the record of election %x; expected was %x", id, *s.Election)
	}
	canonical, err := fs.ReadFile(s.Record, "blob/"+hex.EncodeToString(id[:]))
	if err != nil {
		return id, nil, err
	}
	if record.Code(canonical) != id { // SHA-256
		return id, nil, wrong("the definition does not hash to the election id")
	}
	if def, err = election.Decode(canonical); err != nil {
		return id, nil, errWrong{err}
	}
	return id, def, nil
}

func (s Source) open(id [32]byte, def *election.Definition, branch string) (*board.Log, *election.Branch, error) {
	b, ok := def.Branch(branch)
	if !ok {
		return nil, nil, wrong("the table names branch %.40q, which the definition does not have", branch)
	}
	l, err := board.Open(s.Record, record.BranchLog(b.ID), election.BranchOrigin(id, b.ID), b.LogKey.Ed25519(), lookup.Witnesses(def))
	if err != nil {
		return nil, nil, unproven(err)
	}
	return l, b, nil
}
