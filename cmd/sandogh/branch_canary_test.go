package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// A canary is something of one voter's session that must be nowhere when it is over.
type canary struct {
	kind  string
	bytes []byte
}

// ints are numbers as they lie in memory.
func ints(codes []int) (b []byte) {
	for _, c := range codes {
		b = binary.LittleEndian.AppendUint64(b, uint64(c))
	}
	return b
}

// cborArray are numbers as a record has them.
func cborArray(codes []int) []byte {
	b := []byte{0x80 | byte(len(codes))}
	if len(codes) > 23 {
		b = []byte{0x98, byte(len(codes))}
	}
	for _, c := range codes {
		switch {
		case c < 24:
			b = append(b, byte(c))
		case c < 256:
			b = append(b, 0x18, byte(c))
		default:
			b = binary.BigEndian.AppendUint16(append(b, 0x19), uint16(c))
		}
	}
	return b
}

func decimals(codes []int) []byte {
	var s []string
	for _, c := range codes {
		s = append(s, strconv.Itoa(c))
	}
	return []byte(strings.Join(s, ","))
}

func wide(s string) (b []byte) { // as a browser keeps some texts
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func runes(s string) (b []byte) { // as the session keeps what is typed
	for _, r := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	return b
}

// canaries are those of a ballot. Its card is one of them if the lines of voters are
// given: by two lines of dots.
func (b *ballotOf) canaries(t *testing.T, voters map[string]bool) []canary {
	t.Helper()
	sorted := slices.Sorted(slices.Values(b.codes))
	out := []canary{{"choices in memory, as chosen", ints(b.codes)}, {"choices in memory, sorted", ints(sorted)}, {"choices in a record", cborArray(sorted)},
		{"choices as text, as chosen", decimals(b.codes)}, {"choices as text, sorted", decimals(sorted)},
		{"search", []byte(b.query)}, {"search in memory", runes(b.query)}, {"search, wide", wide(b.query)}}
	if voters == nil {
		return out
	}
	var best []byte
	for _, r := range b.lines {
		if voters[string(r)] && dots(r) > dots(best) {
			best = r
		}
	}
	if dots(best) < 40 {
		t.Fatal("a card has no line of a voter")
	}
	return append(out, canary{"card", best})
}

// linesOf are the lines that few cards have: those of voters and not of the form.
// Two voters may well have the same.
func linesOf(ballots ...*ballotOf) map[string]bool {
	count := map[string]int{}
	for _, b := range ballots {
		own := map[string]bool{}
		for _, r := range b.lines {
			own[string(r)] = true
		}
		for r := range own {
			count[r]++
		}
	}
	voters := map[string]bool{}
	for r, n := range count {
		if n <= max(1, len(ballots)/4) {
			voters[r] = true
		}
	}
	return voters
}

func dots(row []byte) (n int) {
	for _, b := range row {
		for ; b != 0; b &= b - 1 {
			n++
		}
	}
	return n
}

// pairs are the lines of a picture, two by two, as the printer gets them.
func pairs(png io.Reader) (out [][]byte, err error) {
	m, _, err := image.Decode(png)
	if err != nil {
		return nil, err
	}
	r := m.Bounds()
	stride := (r.Dx() + 7) / 8
	bits := make([]byte, stride*r.Dy())
	for y := range r.Dy() {
		for x := range r.Dx() {
			if level, _, _, _ := m.At(r.Min.X+x, r.Min.Y+y).RGBA(); level < 0x8000 {
				bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	for y := 0; y+1 < r.Dy(); y++ {
		out = append(out, bits[y*stride:(y+2)*stride])
	}
	return out, nil
}

// sought finds many texts at once: by their first eight bytes.
type sought struct {
	heads map[uint64][]canary
	first [1 << 16]bool // of two bytes, so that most places cost one look
}

func seek(canaries ...canary) *sought {
	s := &sought{heads: map[uint64][]canary{}}
	for _, c := range canaries {
		at := 0 // a head that is rare, and enough after it
		for i := range max(0, len(c.bytes)-32) {
			if dots(c.bytes[i:i+8]) > dots(c.bytes[at:at+8]) {
				at = i
			}
		}
		head := binary.LittleEndian.Uint64(c.bytes[at:])
		s.heads[head] = append(s.heads[head], canary{c.kind, c.bytes[at:]})
		s.first[uint16(head)] = true
	}
	return s
}

// in returns the kinds that are in the bytes.
func (s *sought) in(data []byte, found map[string]bool) {
	for i := 0; i+8 <= len(data); i++ {
		if !s.first[binary.LittleEndian.Uint16(data[i:])] {
			continue
		}
		for _, c := range s.heads[binary.LittleEndian.Uint64(data[i:])] {
			if bytes.HasPrefix(data[i:], c.bytes) {
				found[c.kind] = true
			}
		}
	}
}

// inMemory looks through all that a process can write to: its stacks and heaps.
func (s *sought) inMemory(t *testing.T, pid int) map[string]bool {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	found, all := map[string]bool{}, 0
	buf := make([]byte, 4<<20)
	const overlap = 4096
	for line := range strings.Lines(string(maps)) {
		var from, to uint64
		var may string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &may); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if !strings.HasPrefix(may, "rw") {
			continue
		}
		for at := from; at < to; at += uint64(len(buf) - overlap) {
			n, _ := mem.ReadAt(buf[:min(uint64(len(buf)), to-at)], int64(at)) // what is gone meanwhile cannot be read
			s.in(buf[:n], found)
			all += n
		}
	}
	if all < 1<<20 {
		t.Fatalf("of process %d only %d bytes could be read", pid, all)
	}
	return found
}

// inFiles looks through every file of a folder, and its names. It returns each kind
// with a file that has it.
func (s *sought) inFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) { // a browser that ends tidies up
				return nil
			}
			return err
		}
		found := map[string]bool{}
		s.in([]byte(path), found)
		if d.Type().IsRegular() && d.Name() != "sandogh" {
			b, err := os.ReadFile(path)
			if err != nil && !os.IsNotExist(err) {
				return err
			}
			s.in(b, found)
		}
		for kind := range found {
			out[kind] = path
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// childrenOf are the processes that a process has started.
func childrenOf(t *testing.T, pid int) (out []int) {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		b, _ := os.ReadFile(d) // or it has ended
		_, rest, ok := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); ok && len(f) > 2 && f[1] == strconv.Itoa(pid) {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(d)))
			out = append(out, n)
		}
	}
	return out
}
