package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

const entriesPerPage = 50

// open opens the log with the name that it has in the record.
func (s *site) open(name string) (*board.Log, error) {
	var witnesses []board.Witness
	for _, w := range s.def.Witnesses {
		witnesses = append(witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	id := s.cfg.View.Election()
	if name == record.HQ {
		return board.Open(s.cfg.Record, name, election.HQOrigin(id), s.def.HQLogKey.Ed25519(), witnesses)
	}
	b, ok := s.def.Branch(strings.TrimPrefix(name, "branch/"))
	if !ok {
		return nil, fmt.Errorf("the definition has no log %q", name)
	}
	return board.Open(s.cfg.Record, name, election.BranchOrigin(id, b.ID), b.LogKey.Ed25519(), witnesses)
}

// logName is a log in words.
func (c *call) logName(log string) election.Name {
	if id, ok := strings.CutPrefix(log, "branch/"); ok {
		if b, ok := c.def.Branch(id); ok {
			return b.Name
		}
		return election.Name{Fa: id, En: id}
	}
	for _, o := range c.def.Offices {
		if o.Role == election.Headquarters {
			return o.Name
		}
	}
	return election.Name{Fa: log, En: log}
}

// logRow is a row of the table of logs.
type logRow struct {
	Log      string
	Name     election.Name
	Size     uint64
	Cosigned int
	Fault    string // why it cannot be shown
}

// recordPage is the body of the list of logs.
type recordPage struct {
	HQ       logRow
	Branches []logRow
	Pager    pager
	Quorum   int
}

func (c *call) logRow(log string) logRow {
	r := logRow{Log: log, Name: c.logName(log)}
	l, err := c.open(log)
	if err != nil {
		r.Fault = clip(err.Error())
		return r
	}
	r.Size, r.Cosigned = l.Size(), len(l.Checkpoint().Cosigned)
	return r
}

// known answers that there is nothing to show if there is no definition.
func (c *call) known() bool {
	if c.def == nil {
		c.fail(http.StatusNotFound, "error.nothing")
		return false
	}
	return true
}

func (c *call) record() {
	if !c.known() {
		return
	}
	p, ok := c.page(len(c.def.Branches), perPage)
	if !ok {
		return
	}
	body := recordPage{HQ: c.logRow(record.HQ), Pager: p, Quorum: c.def.WitnessQuorum}
	for _, b := range c.def.Branches[p.From:p.To] {
		body.Branches = append(body.Branches, c.logRow(record.BranchLog(b.ID)))
	}
	c.show(http.StatusOK, "record", c.say("record.title"), body)
}

// openAsked opens the log of the address, or answers why not.
func (c *call) openAsked() (*board.Log, string, bool) {
	if !c.known() {
		return nil, "", false
	}
	name := record.HQ
	if id := c.r.PathValue("id"); id != "" {
		if _, ok := c.def.Branch(id); !ok {
			c.fail(http.StatusNotFound, "error.branch")
			return nil, "", false
		}
		name = record.BranchLog(id)
	}
	l, err := c.open(name)
	if err != nil {
		c.fail(http.StatusInternalServerError, "error.log", name, clip(err.Error()))
		return nil, "", false
	}
	return l, name, true
}

// entryRow is an entry in a list.
type entryRow struct {
	Index   uint64
	Kind    string // in words
	Signers []string
	Says    string
	Fault   string // why it cannot be read
}

func (c *call) entryRow(log string, e board.Entry) entryRow {
	r := entryRow{Index: e.Index}
	d, err := record.Decode(e.Data)
	if err != nil {
		r.Fault = clip(err.Error())
		return r
	}
	r.Kind, r.Says = c.orOther("kind.", d.Body.Kind()), c.sentence(d.Body)
	for _, s := range d.Signatures {
		r.Signers = append(r.Signers, s.By)
	}
	return r
}

// logPage is the body of the list of entries of a log.
type logPage struct {
	Log      string
	Name     election.Name
	Size     uint64
	Root     string
	Cosigned []string
	Entries  []entryRow
	Fault    string
	Pager    pager
}

func (c *call) log() {
	l, name, ok := c.openAsked()
	if !ok {
		return
	}
	p, ok := c.page(int(l.Size()), entriesPerPage)
	if !ok {
		return
	}
	head := l.Checkpoint()
	body := logPage{Log: name, Name: c.logName(name), Size: head.Size, Root: hex.EncodeToString(head.Root[:]), Cosigned: head.Cosigned, Pager: p}
	for e, err := range l.Entries(uint64(p.From), uint64(p.To)) {
		if err != nil {
			body.Fault = clip(err.Error())
			break
		}
		body.Entries = append(body.Entries, c.entryRow(name, e))
	}
	c.show(http.StatusOK, "log", c.say("log.title", body.Name), body)
}

// entryPage is the body of the page of one entry.
type entryPage struct {
	entryRow
	Log        string
	Name       election.Name
	Bytes      int
	Hash, Leaf string
	Code       string // of a sealed ballot, or of the one that it is about
	Fields     []field
	Size       uint64
	Root       string
	Proof      []string
	Last       uint64
	Prev, Next uint64
}

func (c *call) entry() {
	l, name, ok := c.openAsked()
	if !ok {
		return
	}
	index, ok := web.ParseNumber(c.r.PathValue("entry"))
	if !ok {
		c.fail(http.StatusBadRequest, "error.index")
		return
	}
	if index >= l.Size() {
		c.fail(http.StatusNotFound, "error.noentry", l.Size())
		return
	}
	data, err := l.Entry(index)
	if err != nil {
		c.fail(http.StatusInternalServerError, "error.entry", index, clip(err.Error()))
		return
	}
	proof, err := l.ProveInclusion(index)
	head := l.Checkpoint()
	if err == nil {
		err = board.CheckInclusion(proof, index, data, head.Size, head.Root)
	}
	if err != nil {
		c.fail(http.StatusInternalServerError, "error.entry", index, clip(err.Error()))
		return
	}
	hash := sha256.Sum256(data)
	leaf := sha256.Sum256(append([]byte{0}, data...))
	body := entryPage{entryRow: c.entryRow(name, board.Entry{Index: index, Data: data}), Log: name, Name: c.logName(name),
		Bytes: len(data), Hash: hex.EncodeToString(hash[:]), Leaf: hex.EncodeToString(leaf[:]),
		Size: head.Size, Root: hex.EncodeToString(head.Root[:]), Last: head.Size - 1, Prev: max(index, 1) - 1, Next: index + 1}
	for _, h := range proof {
		body.Proof = append(body.Proof, hex.EncodeToString(h[:]))
	}
	if d, err := record.Decode(data); err == nil {
		body.Fields = c.fields(d.Body)
		if code, ok := codeOf(d.Body, data); ok {
			body.Code = record.FormatCode(code)
		}
	}
	c.show(http.StatusOK, "entry", c.say("entry.title", index), body)
}

// codeOf returns the confirmation code that an entry is about.
func codeOf(b record.Body, data []byte) (code [32]byte, ok bool) {
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
	if len(of) != 32 {
		return code, false
	}
	return [32]byte(of), true
}

// clip bounds text that comes from an error.
func clip(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return s
}
