package tamper_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// auditor verifies changed copies of one record, remembering what held in the
// good one, and stops at the first refutation.
type auditor struct {
	expect [32]byte
	facts  *source.Facts
}

func newAuditor(t *testing.T, expect [32]byte, good fs.FS) *auditor {
	t.Helper()
	a := &auditor{expect, &source.Facts{}}
	if r := a.verify(good); r.Status != report.Verified {
		t.Fatalf("the record is %s before anything is done to it: %s", r.Status, found(r))
	}
	return a
}

func (a *auditor) verify(files fs.FS) *report.Report {
	r, _ := verify.Record(context.Background(), files, verify.Options{Election: &a.expect, Facts: a.facts, First: true})
	return r
}

// TestEveryBit flips every bit of every file of the tiny record, one at a time
// (B02): each is refuted. Changed bytes are wrong and not only missing, wherever
// they lie.
func TestEveryBit(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 101 // prime, so that every bit of a byte has its turn
	}
	l := tiny()
	a := newAuditor(t, l.id, l.files)
	names := slices.Sorted(maps.Keys(l.files))
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		t.Run(fmt.Sprintf("part %d of %d", w+1, workers), func(t *testing.T) {
			t.Parallel()
			files, flips := copied(l.files), 0
			for _, name := range names {
				data := files[name].Data
				for bit := w * step; bit < 8*len(data); bit += workers * step {
					data[bit/8] ^= 1 << (bit % 8)
					if r := a.verify(files); r.Status != report.Refuted {
						t.Errorf("%s with bit %d of byte %d flipped is %s: %s", name, bit%8, bit/8, r.Status, found(r))
					}
					data[bit/8] ^= 1 << (bit % 8)
					flips++
				}
			}
			t.Logf("%d bits flipped", flips)
		})
	}
}

// TestEveryName takes every file of the tiny record away, puts it beside its
// place, exchanges it with every other one, and flips every bit of its path
// (B14): no such record verifies.
func TestEveryName(t *testing.T) {
	l := tiny()
	a := newAuditor(t, l.id, l.files)
	names := slices.Sorted(maps.Keys(l.files))
	try := func(what string, change func(files fstest.MapFS)) {
		t.Helper()
		files := maps.Clone(l.files)
		change(files)
		if r := a.verify(files); r.Status == report.Verified {
			t.Errorf("%s: it verifies", what)
		}
	}
	for i, name := range names {
		try(name+" is removed", func(files fstest.MapFS) { delete(files, name) })
		try(name+" is there twice", func(files fstest.MapFS) { files[name+"x"] = files[name] })
		for _, other := range names[:i] {
			try(name+" and "+other+" are exchanged", func(files fstest.MapFS) { files[name], files[other] = files[other], files[name] })
		}
		for bit := range 8 * len(name) {
			path := []byte(name)
			path[bit/8] ^= 1 << (bit % 8)
			if to := string(path); fs.ValidPath(to) && l.files[to] == nil {
				try(fmt.Sprintf("%s is renamed to %q", name, to), func(files fstest.MapFS) {
					files[to] = files[name]
					delete(files, name)
				})
			}
		}
	}
}

// copied returns files whose data may be changed.
func copied(files fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, f := range files {
		out[name] = &fstest.MapFile{Data: slices.Clone(f.Data)}
	}
	return out
}

// TestFirst: to stop at the first refutation changes no status, whatever is
// done to a record.
func TestFirst(t *testing.T) {
	for _, tb := range tables() {
		a := newAuditor(t, tb.from().id, tb.from().files)
		for _, row := range tb.rows {
			f, _, files := tb.forge(row)
			facts := a.facts
			if f.fooled != nil {
				facts = f.fooled
			}
			r := (&auditor{f.expect, facts}).verify(files)
			want := row.status
			if want == "" {
				want = report.Refuted
			}
			if r.Status != want {
				t.Errorf("%s: status %s, want %s: %s", row.name, r.Status, want, found(r))
			}
		}
	}
}
