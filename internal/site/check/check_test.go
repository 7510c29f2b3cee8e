package check_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/internal/site/check"
	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// held is a record with the table of its codes.
type held struct {
	record fstest.MapFS
	table  *lookup.Table
	view   *verify.View
}

func (h held) source() check.Source {
	id := h.view.Election()
	return check.Source{Record: h.record, Table: check.Table{Of: h.table}, Election: &id}
}

func vector(t testing.TB, name string) held {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join("..", "..", "..", "spec", "vectors", "record", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	h := held{record: fstest.MapFS{}}
	err = fs.WalkDir(z, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(z, name)
		h.record[name] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, h.view = verify.Record(context.Background(), h.record, verify.Options{})
	h.table = lookup.New(h.view.Election(), h.view.Definition())
	if err := h.table.Refresh(context.Background(), h.record); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestCode(t *testing.T) {
	h := vector(t, "good/certified-01.zip")
	for _, p := range h.table.Find("") {
		a := h.source().FindCode(strings.ToLower(p.Code[:12]))
		if a.State != check.Found || a.Kind != p.Kind || a.Branch != p.Branch || strings.ReplaceAll(a.Code, "-", "") != p.Code || !a.Compared || len(a.Cosigned) < a.Quorum {
			t.Errorf("%+v", a)
		}
		// The proof that is handed out proves that entry, and no other.
		entry, err := base64.StdEncoding.DecodeString(a.Entry)
		if err != nil || lookup.Plain(record.Code(entry)) != p.Code {
			t.Errorf("the entry does not have the code: %v", err)
		}
		if err := check.CheckProof([]byte(a.Proof), entry, a.Branch, h.view.Election(), h.view.Definition()); err != nil {
			t.Error(err)
		}
		entry[len(entry)-1] ^= 1
		if err := check.CheckProof([]byte(a.Proof), entry, a.Branch, h.view.Election(), h.view.Definition()); err == nil {
			t.Error("another entry is proven")
		}
		if err := check.CheckProof([]byte(a.Proof), entry, "nowhere", h.view.Election(), h.view.Definition()); err == nil {
			t.Error("the proof holds for another branch")
		}
	}
	for typed, want := range map[string]check.State{"": check.Fault, "ABC": check.Fault, strings.Repeat("7", 1<<20): check.Fault, "00000000": check.None, "<script>": check.Fault} {
		if a := h.source().FindCode(typed); a.State != want {
			t.Errorf("%.20q: %s", typed, a.State)
		}
	}
	other := h.source()
	other.Election = &[32]byte{1}
	if a := other.FindCode(h.table.Find("")[0].Code); a.State != check.Wrong {
		t.Errorf("another election: %+v", a)
	}
}

// TestNothingIsBelieved: whatever byte of a file that an answer rests on is another,
// or whatever file is missing, no ballot counts as found; and a table that lies is
// found out.
func TestNothingIsBelieved(t *testing.T) {
	h := vector(t, "good/certified-01.zip")
	p := h.table.Find("")[0]
	rests := 0
	for name, f := range h.record {
		if strings.HasPrefix(name, "hq/tile") || strings.HasPrefix(name, "blob/") && !strings.Contains(name, hex(h)) {
			continue // not looked at
		}
		rests++
		for _, at := range []int{0, len(f.Data) / 2, len(f.Data) - 2} {
			with := held{maps.Clone(h.record), h.table, h.view}
			changed := bytes.Clone(f.Data)
			changed[at] ^= 1
			with.record[name] = &fstest.MapFile{Data: changed}
			a := with.source().FindCode(p.Code)
			if a.State != check.Wrong && name != "hq/checkpoint" || a.State == check.Found && name != "hq/checkpoint" {
				t.Errorf("%s is changed at %d: %s %s", name, at, a.State, a.Why)
			}
		}
		without := held{maps.Clone(h.record), h.table, h.view}
		delete(without.record, name)
		if a := without.source().FindCode(p.Code); a.State != check.Unknown {
			t.Errorf("%s is missing: %s %s", name, a.State, a.Why)
		}
	}
	if rests < 4 {
		t.Errorf("only %d files were tried", rests)
	}
	lies := func(change func(*lookup.Place)) check.Source {
		q := p
		change(&q)
		s := h.source()
		s.Table = check.Files{FS: fstest.MapFS{lookup.IndexName: {Data: []byte(`{"prefix":1}`)}, lookup.FileName(q.Code[:1]): {Data: lookup.Format([]lookup.Place{q})}}}
		return s
	}
	for what, change := range map[string]func(*lookup.Place){
		"another entry":  func(p *lookup.Place) { p.Entry++ },
		"no entry":       func(p *lookup.Place) { p.Entry = 1 << 30 },
		"another branch": func(p *lookup.Place) { p.Branch = "x" },
		"another ending": func(p *lookup.Place) { p.Ending++ },
		"no ending":      func(p *lookup.Place) { p.Ending = 1 << 30 },
		"another kind": func(p *lookup.Place) {
			p.Kind = map[string]string{"cast": "spoiled", "spoiled": "cast", "challenged": "cast"}[p.Kind]
		},
		"another code": func(p *lookup.Place) { p.Code = p.Code[:31] + string(rune('0'+(p.Code[31]+1)%8)) },
	} {
		s := lies(change)
		typed := p.Code
		if what == "another code" {
			typed = p.Code[:20]
		}
		if a := s.FindCode(typed); a.State != check.Wrong || a.Proof != "" {
			t.Errorf("%s: %s %s", what, a.State, a.Why)
		}
	}
}

func hex(h held) string {
	head := string(h.record["hq/checkpoint"].Data)
	return strings.Split(head, "/")[1]
}

func TestParts(t *testing.T) {
	h := vector(t, "good/certified-01.zip")
	c := h.view.Definition().Contests[0]
	units, err := h.view.Units(c.ID)
	if err != nil {
		t.Fatal(err)
	}
	looked := map[string]int{}
	p := h.source().CheckUnit(context.Background(), c.ID, units[0].ID, func(id string, n int) { looked[id] = n })
	if p.Report.Status != report.Verified || len(p.Rows) != c.N()+1 || p.Ballots != units[0].Ballots || looked["V023"] == 0 || looked["V032"] == 0 {
		t.Errorf("%+v, looked at %v", p, looked)
	}
	divided := h.source()
	for nth := range 3 {
		divided.Proven += divided.ProveUnit(context.Background(), c.ID, units[0].ID, nth, 3, nil)
	}
	if again := divided.CheckUnit(context.Background(), c.ID, units[0].ID, nil); len(divided.Proven) < 1000 || !reflect.DeepEqual(again, p) {
		t.Errorf("with %d digits of proofs: %+v", len(divided.Proven), again)
	}
	for _, nonsense := range []string{"x", "00", strings.Repeat("0", 65)} {
		divided.Proven = nonsense
		if again := divided.CheckUnit(context.Background(), c.ID, units[0].ID, nil); !reflect.DeepEqual(again, p) {
			t.Errorf("with %q for proofs: %+v", nonsense, again)
		}
	}
	if p := h.source().CheckUnit(context.Background(), "x", "y", nil); p.Report.Status != report.Unknown || len(p.Rows) != 0 {
		t.Errorf("a unit that is not there: %+v", p)
	}
	for name, want := range map[string]report.Status{"good/certified-01.zip": report.Verified, "bad/V026-01.zip": report.Refuted} {
		h := vector(t, name)
		for _, x := range h.table.Find("") {
			if x.Kind != "challenged" {
				continue
			}
			p := h.source().CheckChallenge(context.Background(), x.Branch, x.Ending, nil)
			if p.Report.Status != want || len(p.Revealed) == 0 {
				t.Errorf("%s: %+v", name, p)
			}
			a := h.source().FindCode(x.Code)
			if got := h.source().Reveal(a); len(got) != len(p.Revealed) {
				t.Errorf("%s: reveals %v", name, got)
			}
		}
	}
	if p := h.source().CheckChallenge(context.Background(), "x", 0, nil); p.Report.Status != report.Unknown {
		t.Errorf("a ballot that is not there: %+v", p)
	}
}

func BenchmarkCode(b *testing.B) {
	h := vector(b, "good/certified-01.zip")
	p := h.table.Find("")[0]
	for b.Loop() {
		if a := h.source().FindCode(p.Code); a.State != check.Found {
			b.Fatal(a.Why)
		}
	}
}
