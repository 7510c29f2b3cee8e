package rehearsal_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/shared"
	"github.com/sandogh/sandogh/internal/simulate"
)

// A tree is a byte tree, read without knowing what it ought to be.
type tree struct {
	data     []byte // of a leaf
	children []tree // of a node
	node     bool
}

// readTree reads one tree and returns what is left.
func readTree(b []byte) (tree, []byte, error) {
	if len(b) < 5 {
		return tree{}, nil, fmt.Errorf("%d bytes are no head", len(b))
	}
	n, rest := int(binary.BigEndian.Uint32(b[1:])), b[5:]
	switch b[0] {
	case 1:
		if n > len(rest) {
			return tree{}, nil, fmt.Errorf("a leaf of %d bytes, and %d are left", n, len(rest))
		}
		return tree{data: rest[:n]}, rest[n:], nil
	case 0:
		t := tree{node: true}
		for range n {
			child, after, err := readTree(rest)
			if err != nil {
				return tree{}, nil, err
			}
			t.children, rest = append(t.children, child), after
		}
		return t, rest, nil
	}
	return tree{}, nil, fmt.Errorf("a tree begins with %#x", b[0])
}

// form writes what a tree is made of: a leaf as its length, a node as its
// children in brackets, equal neighbours with their number.
func (t tree) form() string {
	if !t.node {
		return fmt.Sprint(len(t.data))
	}
	var parts []string
	for i := 0; i < len(t.children); {
		f, n := t.children[i].form(), 1
		for i+n < len(t.children) && t.children[i+n].form() == f {
			n++
		}
		if n > 1 {
			f = fmt.Sprint(n, "*", f)
		}
		parts, i = append(parts, f), i+n
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// forms returns the form of each file of a proof directory: of a byte tree its
// own, of a text its length and, where it is the same for everybody, itself.
func forms(t *testing.T, files fstest.MapFS) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, f := range files {
		switch {
		case strings.HasSuffix(name, ".bt"):
			tr, rest, err := readTree(f.Data)
			if err != nil || len(rest) > 0 {
				t.Fatalf("%s: %d bytes after the tree, %v", name, len(rest), err)
			}
			out[name] = tr.form()
		case name == "protInfo.xml" || strings.HasSuffix(name, "auxsid"):
			out[name] = "text"
		default:
			out[name] = string(f.Data)
		}
		if !strings.HasSuffix(name, ".bt") && name != "protInfo.xml" && bytes.ContainsAny(f.Data, " \r\n") {
			t.Errorf("%s: a text with a space or a line end: %q", name, f.Data)
		}
	}
	return out
}

// wantForms is what Verificatum 3.1.0 writes for lists of n ciphertexts on a
// curve of 256 bits that so many mixers have shuffled.
func wantForms(n, mixers int) map[string]string {
	const point = "[2*33]"
	array := fmt.Sprintf("[%d*%s]", n, point)
	list := fmt.Sprintf("[2*%s]", array)
	scalars := fmt.Sprintf("[%d*33]", n)
	if n == 2 { // an array of two scalars has the form of a point
		scalars = point
	}
	out := map[string]string{
		"protInfo.xml": "text", "shuffle/auxsid": "text", "shuffle/version": "3.1.0", "shuffle/type": "shuffling", "shuffle/width": "1",
		"shuffle/FullPublicKey.bt": "[2*" + point + "]", "shuffle/Ciphertexts.bt": list, "shuffle/ShuffledCiphertexts.bt": list,
		"shuffle/proofs/activethreshold": fmt.Sprint(mixers),
	}
	for i := range mixers {
		file := func(stem string) string { return fmt.Sprintf("shuffle/proofs/%s%02d.bt", stem, i+1) }
		out[file("Ciphertexts")] = list
		out[file("PermutationCommitment")] = array
		out[file("PoSCommitment")] = fmt.Sprintf("[%s %s %s 2*%s [2*%s]]", array, point, array, point, point)
		out[file("PoSReply")] = fmt.Sprintf("[33 %s 2*33 %s 33]", scalars, scalars)
	}
	return out
}

func compareForms(t *testing.T, got, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s is %q, want %q", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is too much", name)
		}
	}
}

// TestFormsOfVerificatum: the forms wanted here are those of the files that
// Verificatum itself wrote. PolynomialInExponent.bt is about its key.
func TestFormsOfVerificatum(t *testing.T) {
	for name, c := range map[string]struct{ rows, mixers int }{"n2": {2, 1}, "n10": {10, 1}, "n100": {100, 1}, "n20-3parties": {20, 2}} {
		root := os.DirFS(shared.Path(t, "vectors", "verificatum", name))
		files := fstest.MapFS{}
		for file := range wantForms(c.rows, c.mixers) {
			data, err := os.ReadFile(filepath.Join(shared.Path(t, "vectors", "verificatum", name), file))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			files[file] = &fstest.MapFile{Data: data}
		}
		compareForms(t, forms(t, files), wantForms(c.rows, c.mixers))
		if _, err := shuffle.CheckDirectory(root); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mixedBy runs the small election until so many mixers have mixed every unit.
func mixedBy(t *testing.T, mixers int) *rehearsal.Rehearsal {
	t.Helper()
	ctx := context.Background()
	e, err := simulate.Small(5)
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Definition.Mixers {
		e.Definition.Mixers[i].Reserve = i >= mixers
	}
	r, err := rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: filepath.Join(t.TempDir(), "e"), Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(ctx) })
	acts := []func() error{
		func() error { return r.Ceremony(ctx) },
		func() error { _, err := r.Vote(ctx); return err },
		func() error { return r.Units(ctx) },
	}
	for _, m := range r.Mixers() {
		acts = append(acts, func() error { return r.Mix(ctx, m) })
	}
	for _, act := range acts {
		if err := act(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(r.Mixers()); n != mixers {
		t.Fatalf("%d mixers mixed", n)
	}
	return r
}

// TestExportsOfAnElection: every unit of elections with two and three mixers is
// exported in the forms of Verificatum, is accepted by the reader of
// Verificatum's own, and with any byte changed it is refused.
func TestExportsOfAnElection(t *testing.T) {
	for _, mixers := range []int{2, 3} {
		r := mixedBy(t, mixers)
		units, err := r.View().Units("council")
		if err != nil {
			t.Fatal(err)
		}
		sessions := map[string]string{}
		for _, u := range units {
			name := fmt.Sprintf("%d mixers, unit %s", mixers, u.ID)
			d, err := r.View().Proofs("council", u.ID)
			if u.Ballots == 0 {
				if err == nil {
					t.Errorf("%s: it has no ballots and is exported", name)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			err = shuffle.ExportDirectory(d, func(name string, data []byte) error {
				files[name] = &fstest.MapFile{Data: data}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			rows := 2 * int(u.Ballots) // the contest has two votes
			compareForms(t, forms(t, files), wantForms(rows, mixers))
			report, err := shuffle.CheckDirectory(files)
			if err != nil || report.Rows != rows || report.Mixers != mixers || report.Parties != mixers || report.Proofs != mixers {
				t.Errorf("%s: %+v, %v", name, report, err)
			}
			// Two lists of one election never share a session.
			session := report.Session.SID + "." + report.Session.AuxSID
			if other, ok := sessions[session]; ok {
				t.Errorf("units %s and %s share the session %s", other, u.ID, session)
			}
			sessions[session] = u.ID
			chained(t, files, mixers)
			changed(t, name, files)
		}
		if len(sessions) < 2 {
			t.Errorf("%d mixers: %d units are exported", mixers, len(sessions))
		}
	}
}

// chained: each mixer takes what the one before gave, and the last one's output
// is the output of the whole.
func chained(t *testing.T, files fstest.MapFS, mixers int) {
	t.Helper()
	out := func(i int) []byte { return files[fmt.Sprintf("shuffle/proofs/Ciphertexts%02d.bt", i)].Data }
	last := files["shuffle/Ciphertexts.bt"].Data
	for i := range mixers {
		if bytes.Equal(out(i+1), last) {
			t.Errorf("mixer %d changed nothing", i+1)
		}
		last = out(i + 1)
	}
	if !bytes.Equal(last, files["shuffle/ShuffledCiphertexts.bt"].Data) {
		t.Error("the output is not that of the last mixer")
	}
}

// changed changes each byte of the small files and a sample of the others'.
// Where protInfo.xml may differ (names, addresses, keys, spaces), a change may
// be accepted; then it is of what no proof depends on, and the same session.
func changed(t *testing.T, name string, files fstest.MapFS) {
	t.Helper()
	want, err := shuffle.CheckDirectory(files)
	if err != nil {
		t.Fatal(err)
	}
	const sample = 7 // of every so many bytes a different one in each file
	tries := 0
	for i, file := range slices.Sorted(maps.Keys(files)) {
		data := files[file].Data
		step := 1
		if len(data) > 200 {
			step = len(data)/sample + 1
		}
		for at := i % step; at < len(data); at += step {
			tries++
			bad := bytes.Clone(data)
			bad[at] ^= 1 << (at % 8)
			now := maps.Clone(files)
			now[file] = &fstest.MapFile{Data: bad}
			report, err := shuffle.CheckDirectory(now)
			if err == nil && (file != "protInfo.xml" || report != want) {
				t.Errorf("%s: %s is accepted with byte %d changed", name, file, at)
			}
		}
	}
	if tries < 100 {
		t.Errorf("%s: only %d changes were tried", name, tries)
	}
}
