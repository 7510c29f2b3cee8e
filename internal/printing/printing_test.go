package printing_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	. "github.com/sandogh/sandogh/internal/printing"
	qrcode "github.com/skip2/go-qrcode"
	"pgregory.net/rapid"
)

// count counts the runes of texts that are printed.
func count(texts ...string) map[rune]int {
	out := map[rune]int{}
	for _, text := range texts {
		for _, r := range text {
			if !unicode.IsSpace(r) && (r < 0x2066 || r > 0x2069) {
				out[r]++
			}
		}
	}
	return out
}

// said returns all that the pages of a document say.
func said(t testing.TB, p *Pages) []string {
	f := parse(t, p.PDF())
	var out []string
	for _, page := range f.pages {
		out = append(out, f.text(t, page)...)
	}
	return out
}

var words = []string{"سلام", "علی‌پور", "لا", "محمّد", "۱۲", "۱٬۲۳۴", "(IT)", "Tehran", "خانهٔ", "می‌روم", "«گیومه»", "ڵێکۆڵینەوە", "K7QF-9M2X", "\u2068John\u2069", "دبیرستان‌هایشان", "\n"}

func text() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12), func(w []string) string { return strings.Join(w, " ") })
}

// TestNothingLost: whatever is laid on a roll is said by its PDF, rune for rune,
// and no ink comes near the edge of the paper.
func TestNothingLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		doc := Document{Paper: rapid.SampledFrom([]Paper{Roll58, Roll80}).Draw(r, "paper"), Lang: rapid.SampledFrom([]Lang{Persian, English}).Draw(r, "lang")}
		var want []string
		draw := func(label string) string {
			s := text().Draw(r, label)
			want = append(want, s)
			return s
		}
		align := func() Align { return rapid.SampledFrom([]Align{Start, Center, End}).Draw(r, "align") }
		for range rapid.IntRange(0, 4).Draw(r, "blocks") {
			switch rapid.IntRange(0, 4).Draw(r, "kind") {
			case 0:
				doc.Blocks = append(doc.Blocks, Heading{Text: draw("heading"), Level: rapid.IntRange(0, 3).Draw(r, "level"), Align: align()})
			case 1:
				doc.Blocks = append(doc.Blocks, Paragraph{Text: draw("text"), Align: align(), Bold: rapid.Bool().Draw(r, "bold")})
			case 2:
				doc.Blocks = append(doc.Blocks, KeyValue{Pairs: []Pair{{draw("key"), draw("value")}}})
			case 3:
				table := Table{Grid: rapid.Bool().Draw(r, "grid")}
				n := rapid.IntRange(1, 4).Draw(r, "columns")
				row := func() (out []string) {
					for range n {
						out = append(out, draw("cell"))
					}
					return out
				}
				for range n {
					table.Columns = append(table.Columns, Column{Title: draw("title"), Share: rapid.IntRange(0, 5).Draw(r, "share"), Align: align()})
				}
				table.Rows = [][]string{row(), row()}
				if rapid.Bool().Draw(r, "total") {
					table.Total = row()
				}
				doc.Blocks = append(doc.Blocks, table)
			default:
				doc.Blocks = append(doc.Blocks, Rule{}, Space{Height: Point}, Break{})
			}
		}
		doc.Footer = draw("footer")
		pages, err := Lay(doc)
		if err != nil {
			r.Fatal(err)
		}
		if got := count(said(t, pages)...); !maps.Equal(got, count(want...)) {
			r.Fatalf("it says %v, not %v", got, count(want...))
		}
		b := pages.Bitmap(0)
		for y := range b.Height {
			for _, x := range []int{0, 1, 2, b.Width - 3, b.Width - 2, b.Width - 1} {
				if b.Black(x, y) {
					r.Fatalf("there is ink at %d, %d", x, y)
				}
			}
		}
	})
}

func TestTableOverPages(t *testing.T) {
	for _, rows := range []int{0, 1, 20, 60} {
		f := parse(t, lay(t, minutes(rows)).PDF())
		var all []string
		for n, page := range f.pages {
			lines := f.text(t, page)
			all = append(all, lines...)
			if got := strings.Count(strings.Join(lines, "\n"), "SIMULATED"); got != 2 {
				t.Errorf("%d rows: page %d is marked %d times", rows, n+1, got)
			}
			foot := reversed("صفحهٔ " + reversed(digits(n+1)) + " از " + reversed(digits(len(f.pages))))
			if !slices.Contains(lines, foot) {
				t.Errorf("%d rows: page %d has no foot %q", rows, n+1, foot)
			}
			held := false
			for i := range rows {
				held = held || slices.ContainsFunc(lines, func(l string) bool { return strings.HasSuffix(l, digits(i+1)+reversed("نامزد شمارهٔ ")) })
			}
			if titled := slices.Contains(lines, reversed("ردیف")); titled != held && rows > 0 {
				t.Errorf("%d rows: page %d has rows %v, titles %v", rows, n+1, held, titled)
			}
			if slices.Contains(lines, reversed("امضا")) != slices.Contains(lines, reversed("رئیس شعبه، نمایندهٔ فرماندار و ناظر")) {
				t.Errorf("%d rows: page %d parts a heading from its text", rows, n+1)
			}
		}
		at := 0
		for i := range rows {
			next := slices.IndexFunc(all[at:], func(l string) bool {
				return strings.HasSuffix(l, digits(i+1)+reversed("نامزد شمارهٔ "))
			})
			if next < 0 {
				t.Fatalf("%d rows: row %d is not after row %d", rows, i+1, i)
			}
			at += next + 1
		}
	}
	doc := minutes(3)
	doc.Simulated = false
	if strings.Contains(strings.Join(said(t, lay(t, doc)), ""), "SIMULATED") {
		t.Error("a real document is marked as simulated")
	}
}

// TestHeadingStays: wherever a heading falls, its text is on the same page.
func TestHeadingStays(t *testing.T) {
	for n := range 60 {
		doc := Document{Paper: A5}
		for range n {
			doc.Blocks = append(doc.Blocks, Space{Height: 11 * Point}, Rule{})
		}
		doc.Blocks = append(doc.Blocks, Heading{Text: "س"}, Paragraph{Text: "ص"})
		f := parse(t, lay(t, doc).PDF())
		for _, page := range f.pages {
			if lines := f.text(t, page); slices.Contains(lines, "س") != slices.Contains(lines, "ص") {
				t.Errorf("after %d rules a heading is parted from its text", n)
			}
		}
	}
}

func TestRowLongerThanPage(t *testing.T) {
	long := strings.Repeat("سلام دنیا ", 900)
	doc := Document{Paper: A5, Blocks: []Block{Table{Columns: []Column{{Title: "عنوان"}, {Title: "متن"}}, Rows: [][]string{{"یک", long}, {"دو", "پایان"}}, Grid: true}}}
	pages := lay(t, doc)
	if pages.Len() < 3 {
		t.Fatalf("%d pages", pages.Len())
	}
	lines := said(t, pages)
	got := count(lines...)
	if want := count(long)['ل']; got['ل'] != want {
		t.Errorf("%d of %d letters are on paper", got['ل'], want)
	}
	heads := 0
	for _, l := range lines {
		if l == reversed("عنوان") {
			heads++
		}
	}
	if heads != pages.Len() {
		t.Errorf("%d titles on %d pages", heads, pages.Len())
	}
}

func TestErrors(t *testing.T) {
	long := strings.Repeat("x", 3000)
	tall := image.NewGray(image.Rect(0, 0, 100, 3000))
	for want, doc := range map[string]Document{
		"paper 99":            {Paper: 99},
		"between margins":     {Margin: MM(1000)},
		"block 2: heading":    {Blocks: []Block{Rule{}, Heading{Level: 4}}},
		"no columns":          {Blocks: []Block{Table{}}},
		"row 2 has 1 cells":   {Blocks: []Block{Table{Columns: make([]Column, 2), Rows: [][]string{{"", ""}, {""}}}}},
		"total has 1":         {Blocks: []Block{Table{Columns: make([]Column, 2), Total: []string{""}}}},
		"column 1: the share": {Blocks: []Block{Table{Columns: []Column{{Share: -1}}}}},
		"40 columns":          {Paper: Roll58, Blocks: []Block{Table{Columns: make([]Column, 40)}}},
		"pairs":               {Blocks: []Block{KeyValue{Share: 100}}},
		"code: 3000 bytes":    {Blocks: []Block{QR{Data: long}}},
		"smaller modules":     {Paper: Roll58, Blocks: []Block{QR{Data: long[:500], Module: MM(10)}}},
		"picture: it is emp":  {Blocks: []Block{Picture{}}},
		"picture: it is 8":    {Paper: Roll58, Blocks: []Block{Picture{Image: tall, Width: 800 * Point}}},
		"does not fit on a":   {Blocks: []Block{Picture{Image: tall, Width: 300 * Point}}},
	} {
		if _, err := Lay(doc); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "lay document: ") {
			t.Errorf("%s: error is %v", want, err)
		}
	}
}

func TestPapers(t *testing.T) {
	for paper, box := range map[Paper]string{A4: "595.281 841.891", A4Landscape: "841.891 595.281", A5: "419.531 595.281", A5Landscape: "595.281 419.531"} {
		f := parse(t, lay(t, Document{Paper: paper}).PDF())
		if len(f.pages) != 1 || !strings.Contains(f.objects[f.pages[0]], "/MediaBox [0 0 "+box+"]") {
			t.Errorf("paper %d: %s", paper, f.objects[f.pages[0]])
		}
	}
	for paper, width := range map[Paper]int{Roll58: 384, Roll80: 576} {
		short, long := lay(t, Document{Paper: paper, Blocks: []Block{Rule{}}}).Bitmap(0), lay(t, Document{Paper: paper, Blocks: []Block{Rule{}, Space{Height: MM(1000)}, Rule{}}}).Bitmap(0)
		if short.Width != width || long.Width != width || long.Height < short.Height+700 {
			t.Errorf("paper %d: %d by %d dots, %d by %d", paper, short.Width, short.Height, long.Width, long.Height)
		}
	}
	for _, dpi := range []int{17, 601} {
		if _, err := lay(t, Document{}).PNG(0, dpi); err == nil {
			t.Errorf("a picture of %d dpi is drawn", dpi)
		}
	}
}

// TestSame: a document gives the same bytes at any time and in any company, and
// its picture holds nothing but the picture.
func TestSame(t *testing.T) {
	docs := []Document{minutes(30), card(), lines(), slip()}
	want := make([][]byte, len(docs))
	for i, doc := range docs {
		want[i] = lay(t, doc).PDF()
	}
	var wg sync.WaitGroup
	for k := range 8 {
		wg.Go(func() {
			i := k % len(docs)
			pages, err := Lay(docs[i])
			if err != nil || !bytes.Equal(pages.PDF(), want[i]) || !bytes.Equal(pages.Bitmap(0).PNG(), pages.Bitmap(0).PNG()) {
				t.Errorf("document %d came out otherwise: %v", i, err)
			}
		})
	}
	wg.Wait()
	gray, err := lay(t, card()).PNG(0, 203)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{lay(t, card()).Bitmap(0).PNG(), gray} {
		for at := 8; at < len(data); {
			if kind := string(data[at+4 : at+8]); !slices.Contains([]string{"IHDR", "PLTE", "IDAT", "IEND"}, kind) {
				t.Errorf("the picture has a %s", kind)
			}
			at += 12 + int(binary.BigEndian.Uint32(data[at:]))
		}
	}
}

func TestQR(t *testing.T) {
	const data = "1:101,138,175"
	code, err := qrcode.New(data, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	bits := code.Bitmap()
	for module, dots := range map[Length]int{0: 4, MM(8): 6, MM(4): 3, Point: 3} {
		b := lay(t, Document{Paper: Roll58, Blocks: []Block{Rule{}, QR{Data: data, Module: module, Align: Center}, Rule{}}}).Bitmap(0)
		x0, y0 := -1, -1
		for y := 20; y < b.Height && y0 < 0; y++ { // below the first rule
			for x := range b.Width {
				if b.Black(x, y) {
					x0, y0 = x-4*dots, y-4*dots
					break
				}
			}
		}
		for y, row := range bits {
			for x, black := range row {
				for k := range dots * dots {
					if b.Black(x0+x*dots+k%dots, y0+y*dots+k/dots) != black {
						t.Fatalf("%d dots a module: dot %d of module %d, %d is wrong", dots, k, x, y)
					}
				}
			}
		}
	}
}

func TestPicture(t *testing.T) {
	checks := image.NewGray(image.Rect(3, 5, 43, 25)) // not at the origin
	for y := 5; y < 25; y++ {
		for x := 3; x < 43; x++ {
			checks.SetGray(x, y, color.Gray{Y: uint8((x + y) % 2 * 255)})
		}
	}
	b := lay(t, Document{Paper: Roll58, Lang: English, Blocks: []Block{Picture{Image: checks}}}).Bitmap(0)
	for y := range 20 {
		for x := range 40 {
			if b.Black(8+x, 8+y) != ((x+y)%2 == 0) {
				t.Fatalf("dot %d, %d is wrong", x, y)
			}
		}
	}
	before := 1 << 20
	for _, grey := range []uint8{0, 60, 128, 200, 255} {
		img := image.NewUniform(color.Gray{Y: grey})
		flat := image.NewGray(image.Rect(0, 0, 40, 40))
		for i := range flat.Pix {
			flat.Pix[i] = img.C.(color.Gray).Y
		}
		pages := lay(t, Document{Paper: Roll58, Blocks: []Block{Picture{Image: flat}}})
		ink := 0
		for _, bits := range pages.Bitmap(0).Bits {
			for ; bits != 0; bits &= bits - 1 {
				ink++
			}
		}
		if ink >= before || grey == 0 && ink != 1600 || grey == 255 && ink != 0 {
			t.Errorf("grey %d has %d dots of ink, the darker one %d", grey, ink, before)
		}
		before = ink
		if f := parse(t, pages.PDF()); strings.Contains(string(f.inflated()), "/BitsPerComponent 8") != (grey != 0 && grey != 255) {
			t.Errorf("grey %d has other bits a pixel", grey)
		}
	}
}

func TestMissing(t *testing.T) {
	if got := Missing("علی😀"); !slices.Equal(got, []rune{'😀'}) {
		t.Errorf("missing are %q", got)
	}
	// It is drawn as a box all the same.
	b := lay(t, Document{Paper: Roll58, Blocks: []Block{Paragraph{Text: "😀"}}}).Bitmap(0)
	if !slices.ContainsFunc(b.Bits, func(v byte) bool { return v != 0 }) {
		t.Error("nothing is drawn for what is missing")
	}
}

func FuzzText(f *testing.F) {
	f.Add("سلام world ۱۲")
	f.Add("\xff\x00\u202e\u2067(")
	f.Add("م" + strings.Repeat("\u0651", 300))
	f.Add("\n\n\U0001F600\u0600")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2048 {
			return
		}
		start := time.Now()
		for _, paper := range []Paper{A5, Roll58} {
			doc := Document{Title: text, Paper: paper, Footer: text, Blocks: []Block{Heading{Text: text}, Paragraph{Text: text},
				Table{Columns: []Column{{Title: text}, {Title: "ب"}}, Rows: [][]string{{text, text}}}}}
			pages, err := Lay(doc)
			if err != nil {
				if !strings.Contains(err.Error(), "does not fit") {
					t.Fatal(err)
				}
				continue
			}
			said(t, pages)
			pages.Bitmap(0)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
	})
}

func BenchmarkCard(b *testing.B) {
	doc := card()
	for b.Loop() {
		lay(b, doc).Bitmap(0)
	}
}

func BenchmarkTable(b *testing.B) {
	doc := minutes(50)
	for b.Loop() {
		lay(b, doc).PDF()
	}
}

func Example() {
	pages, err := Lay(Document{Title: "برگ رأی", Paper: Roll80, Blocks: []Block{
		Heading{Text: "برگ رأی", Align: Center},
		Table{Columns: []Column{{Share: 4}, {Share: 1, Align: End}}, Rows: [][]string{{"زهرا گُل‌پژوه", "۱۰۲"}}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(pages.Len(), "page,", pages.Bitmap(0).Width, "dots wide")
	// Output: 1 page, 576 dots wide
}
