package printing

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"image"
	"slices"
	"strconv"
	"unicode/utf16"

	"github.com/sandogh/sandogh/internal/printing/shape"
)

// PDF returns all pages as a PDF 1.7 file. It holds the glyphs that it uses and
// what they say, so that its text can be searched and copied, and nothing that
// differs from one call to the next.
//
//	%PDF-1.7
//	1 0 obj  catalogue: language, direction, that the title is to be shown
//	2 0 obj  tree of pages
//	3 0 obj  information: the title alone
//	4 0 obj  resources of all pages
//	5 … obj  for each page its contents and itself; then fonts and pictures
//	xref     the place of each
func (p *Pages) PDF() []byte {
	w := &pdf{}
	w.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	const catalogue, tree, info, resources = 1, 2, 3, 4
	w.places = make([]int, 4)
	lang, direction := "fa-IR", "R2L"
	if p.lang == English {
		lang, direction = "en", "L2R"
	}
	w.object(catalogue, fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R /Lang (%s) /ViewerPreferences << /DisplayDocTitle true /Direction /%s >> >>", tree, lang, direction))
	w.object(info, "<< /Title "+utf16BE(p.title)+" >>")
	var kids bytes.Buffer
	for _, pg := range p.pages {
		content := w.stream(w.next(), "", w.content(pg))
		kid := w.next()
		w.object(kid, fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources %d 0 R /Contents %d 0 R >>",
			tree, points(pg.width), points(pg.height), resources, content))
		fmt.Fprintf(&kids, "%d 0 R ", kid)
	}
	w.object(tree, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [ %s] >>", len(p.pages), kids.String()))
	var res bytes.Buffer
	res.WriteString("<< /Font << ")
	for weight := range w.fonts {
		if f := &w.fonts[weight]; len(f.uses) > 0 {
			fmt.Fprintf(&res, "/F%d %d 0 R ", weight, w.font(shape.Weight(weight).Font(), f))
		}
	}
	res.WriteString(">> /XObject << ")
	for i, gray := range w.pictures {
		fmt.Fprintf(&res, "/P%d %d 0 R ", i, w.picture(gray))
	}
	res.WriteString(">> >>")
	w.object(resources, res.String())

	at := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.places)+1)
	for _, place := range w.places {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&w.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.places)+1, catalogue, info, at)
	return w.out.Bytes()
}

// A pdf is a file being written.
type pdf struct {
	out      bytes.Buffer
	places   []int // of object n at n-1
	fonts    [2]embedded
	pictures []*image.Gray
}

// next returns the number of a new object.
func (w *pdf) next() int {
	w.places = append(w.places, 0)
	return len(w.places)
}

func (w *pdf) object(n int, body string) {
	w.places[n-1] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

// stream writes a compressed stream with further entries in its dictionary.
func (w *pdf) stream(n int, entries string, data []byte) int {
	var small bytes.Buffer
	z, err := zlib.NewWriterLevel(&small, zlib.BestCompression)
	if err != nil {
		panic(err) // the level is one of zlib's
	}
	z.Write(data) // a bytes.Buffer takes everything
	z.Close()
	w.places[n-1] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n<< %s/Filter /FlateDecode /Length %d >>\nstream\n", n, entries, small.Len())
	w.out.Write(small.Bytes())
	w.out.WriteString("\nendstream\nendobj\n")
	return n
}

// points writes a length in points, to a thousandth.
func points(l Length) string {
	n := int64(l) * 1000
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	n = (n + 32) / 64
	s := sign + strconv.FormatInt(n/1000, 10)
	if n%1000 != 0 {
		s += "." + fmt.Sprintf("%03d", n%1000)
	}
	return s
}

// utf16BE writes a text string.
func utf16BE(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return "<" + hex.EncodeToString(b) + ">"
}

// content returns what draws a page.
func (w *pdf) content(pg page) []byte {
	var b bytes.Buffer
	for _, it := range pg.items {
		switch {
		case it.line != nil:
			w.line(&b, it, pg.height-it.y)
		case it.gray != nil:
			i := slices.Index(w.pictures, it.gray)
			if i < 0 {
				i = len(w.pictures)
				w.pictures = append(w.pictures, it.gray)
			}
			fmt.Fprintf(&b, "q %s 0 0 %s %s %s cm /P%d Do Q\n", points(it.w), points(it.h), points(it.x), points(pg.height-it.y-it.h), i)
		default:
			fmt.Fprintf(&b, "%s %s %s %s re f\n", points(it.x), points(pg.height-it.y-it.h), points(it.w), points(it.h))
		}
	}
	return b.Bytes()
}

// line draws a line of text. Its mute glyphs follow, as no text at all.
func (w *pdf) line(b *bytes.Buffer, it item, y Length) {
	style := it.text.Style
	speak, mute := signs(it.text, it.line)
	if len(speak)+len(mute) == 0 {
		return
	}
	fmt.Fprintf(b, "BT /F%d %s Tf 1 0 0 1 %s %s Tm ", style.Weight, points(style.Size), points(it.x), points(y))
	w.show(b, speak, style)
	if len(mute) > 0 {
		fmt.Fprintf(b, "/Span << /ActualText <feff> >> BDC 1 0 0 1 %s %s Tm ", points(it.x), points(y))
		w.show(b, mute, style)
		b.WriteString("EMC ")
	}
	b.WriteString("ET\n")
}

// show draws signs. Where a sign's place differs from where the widths before it
// lead, by kerning or as a mark, the difference is written in thousandths of the
// size.
func (w *pdf) show(b *bytes.Buffer, signs []sign, style shape.Style) {
	size := int64(style.Size)
	var pen int64 // in thousandths of a Length
	var rise Length
	b.WriteString("[<")
	for _, s := range signs {
		if s.y != rise {
			rise = s.y
			fmt.Fprintf(b, ">] TJ %s Ts [<", points(rise))
		}
		if by := rounded(pen-int64(s.x)*1000, size); by != 0 {
			fmt.Fprintf(b, "> %d <", by)
			pen -= by * size
		}
		fmt.Fprintf(b, "%04x", w.fonts[style.Weight].cid(s.use))
		pen += int64(s.width) * size
	}
	b.WriteString(">] TJ ")
	if rise != 0 {
		b.WriteString("0 Ts ")
	}
}

// rounded is a/b to the nearest whole number; b is positive.
func rounded(a, b int64) int64 {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

// picture writes an image, of one bit a pixel if it has black and white alone.
func (w *pdf) picture(gray *image.Gray) int {
	width, height := gray.Rect.Dx(), gray.Rect.Dy()
	bits, data := 8, gray.Pix
	if !slices.ContainsFunc(gray.Pix, func(v uint8) bool { return v != 0 && v != 255 }) {
		white := NewBitmap(width, height)
		for y := range height {
			for x := range width {
				if gray.GrayAt(x, y).Y == 255 {
					white.Blacken(x, y)
				}
			}
		}
		bits, data = 1, white.Bits
	}
	return w.stream(w.next(), fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent %d /Interpolate false ",
		width, height, bits), data)
}
