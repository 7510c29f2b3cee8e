package printing_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	. "github.com/sandogh/sandogh/internal/printing"
)

// A file is a PDF read back.
type file struct {
	objects map[int]string // with streams inflated
	streams map[int][]byte
	root    int
	pages   []int
}

var (
	reference = regexp.MustCompile(`(\d+) 0 R`)
	shown     = regexp.MustCompile(`(?s)BT (.*?) ET\n`)
	pieces    = regexp.MustCompile(`/F(\d) |<([0-9a-f]*)>|(BDC)|(EMC)|1 0 0 1 (\S+) (\S+) Tm`)
)

// parse reads a file strictly by its table of places, and checks that every
// object is reachable and every reference leads to one.
func parse(t testing.TB, data []byte) *file {
	t.Helper()
	must := func(ok bool, format string, args ...any) {
		t.Helper()
		if !ok {
			t.Fatalf(format, args...)
		}
	}
	must(bytes.HasPrefix(data, []byte("%PDF-1.7\n")) && bytes.HasSuffix(data, []byte("%%EOF\n")), "file has no head or no end")
	at := bytes.LastIndex(data, []byte("startxref\n"))
	must(at > 0, "file has no startxref")
	var start, count int
	_, err := fmt.Sscanf(string(data[at:]), "startxref\n%d", &start)
	must(err == nil && start < at && bytes.HasPrefix(data[start:], []byte("xref\n0 ")), "xref is not at %d", start)
	_, err = fmt.Sscanf(string(data[start:]), "xref\n0 %d\n", &count)
	must(err == nil, "xref: %v", err)
	table := data[start+len(fmt.Sprintf("xref\n0 %d\n", count)):]
	f := &file{objects: map[int]string{}, streams: map[int][]byte{}}
	for n := 1; n < count; n++ {
		line := string(table[20*n : 20*n+20])
		must(strings.HasSuffix(line, " 00000 n \n"), "entry %d of xref is %q", n, line)
		place, err := strconv.Atoi(line[:10])
		must(err == nil && place < start, "entry %d of xref is %q", n, line)
		head := fmt.Sprintf("%d 0 obj\n", n)
		must(bytes.HasPrefix(data[place:], []byte(head)), "object %d is not at %d", n, place)
		body := data[place+len(head):]
		end := bytes.Index(body, []byte("\nendobj\n"))
		must(end >= 0, "object %d has no end", n)
		if i := bytes.Index(body, []byte(">>\nstream\n")); i >= 0 && i < end {
			dict := string(body[:i+2])
			m := regexp.MustCompile(`/Length (\d+)`).FindStringSubmatch(dict)
			must(m != nil, "stream %d has no length", n)
			length, _ := strconv.Atoi(m[1])
			raw := body[i+len(">>\nstream\n"):]
			must(bytes.HasPrefix(raw[length:], []byte("\nendstream\nendobj\n")), "stream %d is not %d long", n, length)
			z, err := zlib.NewReader(bytes.NewReader(raw[:length]))
			must(err == nil, "stream %d: %v", n, err)
			f.streams[n], err = io.ReadAll(z)
			must(err == nil, "stream %d: %v", n, err)
			f.objects[n] = strings.Replace(dict, m[0], "", 1)
			continue
		}
		f.objects[n] = string(body[:end])
	}
	trailer := string(data[start:at])
	trailer = trailer[strings.LastIndex(trailer, "trailer"):]
	seen := map[int]bool{}
	var follow func(text string)
	follow = func(text string) {
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			must(f.objects[n] != "", "reference to object %d, which is not there", n)
			if !seen[n] {
				seen[n] = true
				follow(f.objects[n])
			}
		}
	}
	follow(trailer)
	must(len(seen) == count-1, "%d of %d objects can be reached", len(seen), count-1)
	f.root, _ = strconv.Atoi(regexp.MustCompile(`/Root (\d+)`).FindStringSubmatch(trailer)[1])
	for _, m := range reference.FindAllStringSubmatch(f.objects[2][strings.Index(f.objects[2], "/Kids"):], -1) {
		n, _ := strconv.Atoi(m[1])
		f.pages = append(f.pages, n)
	}
	return f
}

func (f *file) inflated() []byte {
	var out bytes.Buffer
	for n := 1; n <= len(f.objects); n++ {
		fmt.Fprintf(&out, "%d %s %d\n", n, f.objects[n], len(f.streams[n]))
		out.Write(f.streams[n])
	}
	return out.Bytes()
}

// entry returns the object that an entry of a dictionary refers to.
func (f *file) entry(t testing.TB, n int, name string) int {
	t.Helper()
	m := regexp.MustCompile(name + ` \[?(\d+) 0 R`).FindStringSubmatch(f.objects[n])
	if m == nil {
		t.Fatalf("object %d has no %s: %s", n, name, f.objects[n])
	}
	ref, _ := strconv.Atoi(m[1])
	return ref
}

// text returns the lines of a page from top to bottom as they are seen from left
// to right, by ToUnicode alone.
func (f *file) text(t testing.TB, page int) []string {
	t.Helper()
	unicodes := [2]map[string]string{}
	res := f.entry(t, page, "/Resources")
	for i := range unicodes {
		name := fmt.Sprintf("/F%d", i)
		if !strings.Contains(f.objects[res], name+" ") {
			continue
		}
		unicodes[i] = map[string]string{}
		cmap := f.streams[f.entry(t, f.entry(t, res, name), "/ToUnicode")]
		for _, m := range regexp.MustCompile(`<([0-9a-f]{4})> <([0-9a-f]+)>\n`).FindAllStringSubmatch(string(cmap), -1) {
			raw, err := hex.DecodeString(m[2])
			if err != nil {
				t.Fatal(err)
			}
			r := rune(binary.BigEndian.Uint16(raw))
			if len(raw) == 4 {
				r = (r-0xD800)<<10 + rune(binary.BigEndian.Uint16(raw[2:])) - 0xDC00 + 0x10000
			}
			unicodes[i][m[1]] = string(r)
		}
	}
	var out []string
	for _, bt := range shown.FindAllStringSubmatch(string(f.streams[f.entry(t, page, "/Contents")]), -1) {
		var line strings.Builder
		font, mute := 0, false
		for _, m := range pieces.FindAllStringSubmatch(bt[1], -1) {
			switch {
			case m[1] != "":
				font, _ = strconv.Atoi(m[1])
			case m[3] != "":
				mute = true
			case m[4] != "":
				mute = false
			case m[2] != "feff":
				for cid := range slices.Chunk([]byte(m[2]), 4) {
					s, ok := unicodes[font][string(cid)]
					if !ok {
						t.Errorf("character %s of font %d says nothing", cid, font)
					}
					if !mute {
						line.WriteString(s)
					}
				}
			}
		}
		out = append(out, line.String())
	}
	return out
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

func TestPDFText(t *testing.T) {
	texts := []string{"شبیه‌سازی‌شده — ", "رأی لا لأ سلام‌ها می‌روم", "محمّد کتابِ گُل مؤسّسهٔ", "«گیومه» (پرانتز)؟"}
	for _, weight := range []bool{false, true} {
		doc := Document{Paper: A4}
		for _, text := range texts {
			doc.Blocks = append(doc.Blocks, Paragraph{Text: text, Bold: weight})
		}
		doc.Blocks = append(doc.Blocks, Paragraph{Text: "Tehran ۱۲ and AV", Bold: weight})
		f := parse(t, lay(t, doc).PDF())
		got := f.text(t, f.pages[0])
		for i, text := range texts {
			if want := reversed(strings.TrimSpace(text)); got[i] != want {
				t.Errorf("line %d says %q, not %q", i, got[i], want)
			}
		}
		if got[4] != "Tehran ۱۲ and AV" {
			t.Errorf("line 4 says %q", got[4])
		}
		if want := reversed("صفحهٔ ") + "۱" + reversed(" از ") + "۱"; reversed(got[len(got)-1]) != "صفحهٔ ۱ از ۱" {
			t.Errorf("the foot says %q, not %q", got[len(got)-1], want)
		}
	}
}

func TestPDFCatalogue(t *testing.T) {
	doc := minutes(60)
	data := lay(t, doc).PDF()
	f := parse(t, data)
	if root := f.objects[f.root]; !strings.Contains(root, "/Lang (fa-IR)") || !strings.Contains(root, "/DisplayDocTitle true") || !strings.Contains(root, "/R2L") {
		t.Errorf("the catalogue is %s", root)
	}
	if !strings.Contains(string(f.inflated()), "<feff0635") { // ص
		t.Error("the title is not in the file")
	}
	for _, word := range []string{"CreationDate", "ModDate", "/ID", "Producer", "Metadata"} {
		if bytes.Contains(f.inflated(), []byte(word)) {
			t.Errorf("the file has a %s", word)
		}
	}
	if len(f.pages) < 3 || len(f.pages) != lay(t, doc).Len() {
		t.Errorf("%d pages", len(f.pages))
	}
	doc.Lang = English
	if root := parse(t, lay(t, doc).PDF()); !strings.Contains(root.objects[root.root], "/Lang (en)") {
		t.Error("an English document says otherwise")
	}
}

// TestPDFFont: the embedded fonts are files whose sums are right, whose glyphs
// are there, and which are much smaller than the whole.
func TestPDFFont(t *testing.T) {
	f := parse(t, lay(t, minutes(10)).PDF())
	fonts := 0
	for n, object := range f.objects {
		if !strings.Contains(object, "/Subtype /CIDFontType2") {
			continue
		}
		fonts++
		data := f.streams[f.entry(t, f.entry(t, n, "/FontDescriptor"), "/FontFile2")]
		if len(data) > 40000 {
			t.Errorf("the font has %d bytes", len(data))
		}
		tables := map[string][]byte{}
		var total uint32
		sum := func(b []byte) (s uint32) {
			for i := 0; i < len(b); i += 4 {
				s += binary.BigEndian.Uint32(b[i:])
			}
			return s
		}
		for i := range int(binary.BigEndian.Uint16(data[4:])) {
			e := data[12+16*i:]
			at, length := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
			padded := slices.Clone(data[at : (at+length+3)&^3])
			if string(e[:4]) == "head" {
				clear(padded[8:12])
			}
			if want := binary.BigEndian.Uint32(e[4:]); sum(padded) != want {
				t.Errorf("table %s has sum %x, not %x", e[:4], sum(padded), want)
			}
			tables[string(e[:4])] = padded[:length]
		}
		if total = sum(data); total != 0xB1B0AFBA {
			t.Errorf("the file has sum %x", total)
		}
		loca := tables["loca"]
		gids := f.streams[f.entry(t, n, "/CIDToGIDMap")]
		drawn := 0
		for i := 2; i < len(gids); i += 2 {
			g := int(binary.BigEndian.Uint16(gids[i:]))
			if binary.BigEndian.Uint16(loca[2*g:]) < binary.BigEndian.Uint16(loca[2*g+2:]) {
				drawn++
			}
		}
		if drawn < len(gids)/4 {
			t.Errorf("only %d of %d characters are drawn", drawn, len(gids)/2-1)
		}
	}
	if fonts != 2 {
		t.Errorf("%d fonts", fonts)
	}
}

// tool runs one of poppler's programs, where it is installed.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not installed; the structure is checked by the other tests")
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return out
}

func TestPDFViewerText(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, lay(t, lines()).PDF(), 0o666); err != nil {
		t.Fatal(err)
	}
	got := string(tool(t, "pdftotext", "-layout", name, "-"))
	for _, control := range []string{"\u202a", "\u202b", "\u202c"} {
		got = strings.ReplaceAll(got, control, "")
	}
	for _, want := range []string{"۰۱۲۳۴۵۶۷۸۹", "شمار آرا", "۱٬۲۳۴٬۵۶۷", "لا لأ لإ لآ بلا اسلام", "می‌روم علی‌پور", "محمّد کتابِ خوبٌ گُل", "K7QF-9M2X-33AB", "ڵێکۆڵینەوە"} {
		if !strings.Contains(got, want) {
			t.Errorf("the viewer does not find %q", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

// TestPDFViewerPicture: a viewer draws what we draw: in no cell of 10 by 10
// pixels is there much more or less ink.
func TestPDFViewerPicture(t *testing.T) {
	dir := t.TempDir()
	for i, doc := range []Document{minutes(60), lines(), card()} {
		pages := lay(t, doc)
		name := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(name+".pdf", pages.PDF(), 0o666); err != nil {
			t.Fatal(err)
		}
		tool(t, "pdftoppm", "-r", "100", "-png", "-singlefile", name+".pdf", name)
		f, err := os.Open(name + ".png")
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		data, err := pages.PNG(0, 100)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if d := ours.Bounds().Size().Sub(theirs.Bounds().Size()); d.X*d.X > 1 || d.Y*d.Y > 1 {
			t.Errorf("document %d: sizes %v and %v", i, ours.Bounds(), theirs.Bounds())
		}
		if worst := differ(ours, theirs, 0); worst > 70 {
			t.Errorf("document %d: a cell differs by %d", i, worst)
		}
		if worst := differ(ours, theirs, 7); worst < 90 {
			t.Errorf("document %d: moved by 7 pixels it differs by %d alone: this test sees nothing", i, worst)
		}
	}
}

// differ is the largest difference in mean grey of a cell, with one picture moved.
func differ(a, b image.Image, by int) int {
	worst := 0
	size := a.Bounds().Size()
	for y := 0; y+10 <= size.Y; y += 10 {
		for x := 0; x+10 <= size.X; x += 10 {
			sum := 0
			for k := range 100 {
				p, _, _, _ := a.At(x+k%10, y+k/10).RGBA()
				q, _, _, _ := b.At(x+k%10+by, y+k/10).RGBA()
				sum += int(p>>8) - int(q>>8)
			}
			worst = max(worst, sum/100, -sum/100)
		}
	}
	return worst
}

// TestGridWithoutGaps: lines between columns go on from piece to piece.
func TestGridWithoutGaps(t *testing.T) {
	table := Table{Columns: []Column{{Title: "ا"}, {Title: "ب"}}, Grid: true}
	for range 12 {
		table.Rows = append(table.Rows, []string{"یک\nدو\nسه", "چهار"})
	}
	for _, dpi := range []int{60, 72, 100, 203} {
		data, err := lay(t, Document{Paper: Roll80, Blocks: []Block{table}}).PNG(0, dpi)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		size := img.Bounds().Size()
		black := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r == 0 }
		x := 0
		for x < size.X && !black(x, size.Y/2) {
			x++
		}
		first, last, dots := -1, 0, 0
		for y := range size.Y {
			if black(x, y) {
				if first < 0 {
					first = y
				}
				last = y
				dots++
			}
		}
		if dots != last-first+1 || dots < size.Y*8/10 {
			t.Errorf("at %d dpi a line from %d to %d has %d dots", dpi, first, last, dots)
		}
	}
}
