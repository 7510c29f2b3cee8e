package board_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/board"
)

func TestProofFiles(t *testing.T) {
	for _, size := range []int{1, 2, 3, 256, 257, 700} {
		fsys, _ := build(t, ".", size, entry)
		l := open(t, fsys, ".")
		for _, i := range []int{0, size / 2, size - 1} {
			p, err := l.Prove(uint64(i))
			if err != nil {
				t.Fatal(err)
			}
			file := p.Marshal()
			again, err := board.ParseProof(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := board.ParseCheckpoint(again.Checkpoint, origin, public(logKey), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Check(entry(i), c); err != nil {
				t.Errorf("entry %d of %d: %v", i, size, err)
			}
			if err := again.Check(entry(i+1), c); err == nil {
				t.Errorf("entry %d of %d: another entry passes", i, size)
			}
			if len(again.Hashes) > 0 {
				again.Hashes[0][0] ^= 1
				if err := again.Check(entry(i), c); err == nil {
					t.Errorf("entry %d of %d: another path passes", i, size)
				}
			}
		}
		if _, err := l.Prove(uint64(size)); err == nil {
			t.Errorf("an entry behind the last of %d is proven", size)
		}
	}
}

// TestProofForm: the example of the form that C2SP gives, with our checkpoint.
func TestProofForm(t *testing.T) {
	fsys, _ := build(t, ".", 3, entry)
	p, err := open(t, fsys, ".").Prove(1)
	if err != nil {
		t.Fatal(err)
	}
	file := string(p.Marshal())
	lines := strings.Split(file, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != "index 1" || len(lines[2]) != 44 || len(lines[3]) != 44 || lines[4] != "" || lines[5] != origin {
		t.Errorf("the proof is\n%s", file)
	}
	header, rest, _ := strings.Cut(file, "\n")
	for what, bad := range map[string]string{
		"nothing":         "",
		"header alone":    header + "\n\n",
		"another header":  "c2sp.org/tlog-proof@v2\n" + rest,
		"extra":           header + "\nextra YQ==\n" + rest,
		"leading zero":    strings.Replace(file, "index 1", "index 01", 1),
		"sign":            strings.Replace(file, "index 1", "index +1", 1),
		"no index":        strings.Replace(file, "index 1\n", "", 1),
		"great index":     strings.Replace(file, "index 1", "index 281474976710656", 1),
		"short hash":      strings.Replace(file, lines[2], lines[2][:40], 1),
		"other base64":    strings.Replace(file, lines[2], lines[2][:42]+"/=", 1),
		"carriage return": strings.ReplaceAll(file, "\n", "\r\n"),
		"too many hashes": header + "\nindex 1\n" + strings.Repeat(lines[2]+"\n", 64) + "\n" + rest,
		"no empty line":   strings.Replace(file, "\n\n", "\n", 2),
		"too long":        file + strings.Repeat("x", 1<<17),
	} {
		if _, err := board.ParseProof([]byte(bad)); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func FuzzProof(f *testing.F) {
	fsys, _ := build(f, ".", 300, entry)
	p, err := open(f, fsys, ".").Prove(77)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Marshal())
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := board.ParseProof(file)
		if err == nil && !bytes.Equal(p.Marshal(), file) {
			t.Error("two files give one proof")
		}
	})
}
