package printing

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf16"

	"github.com/sandogh/sandogh/internal/printing/shape"
)

// A use is a character (CID) of an embedded font: a glyph with what it says and
// how far it leads, in thousandths of the size. One glyph may have many uses.
//
// Viewers read a line from left to right and turn what is Persian round, rune by
// rune. So a cluster of several runes is a character for each of them, in the
// order of the eye: the leftmost draws the glyph, the others draw nothing, and
// the width is shared. What else a cluster draws, marks above all, says nothing.
type use struct {
	glyph uint16
	says  rune
	width int
}

// zeroWidthSpace is what a mute glyph says to viewers that do not know that it
// is mute.
const zeroWidthSpace = 0x200B

// embedded is what of a font a file uses. CID n stands for uses[n-1].
type embedded struct {
	uses []use
	cids map[use]int
}

func (e *embedded) cid(u use) int {
	if n, ok := e.cids[u]; ok {
		return n
	}
	if e.cids == nil {
		e.cids = map[use]int{}
	}
	e.uses = append(e.uses, u)
	e.cids[u] = len(e.uses)
	return len(e.uses)
}

// A sign is a use in its place on a line.
type sign struct {
	use
	x, y Length
}

// signs returns what of a line speaks, from left to right, and what is mute.
func signs(t *shape.Text, l *shape.Line) (speak, mute []sign) {
	f := t.Style.Weight.Font()
	for i := 0; i < len(l.Glyphs); {
		end := i + 1
		for end < len(l.Glyphs) && !l.Glyphs[end].First {
			end++
		}
		cluster := l.Glyphs[i:end]
		i = end
		base := 0
		for k, g := range cluster {
			if g.Advance > cluster[base].Advance {
				base = k
			}
		}
		for k, g := range cluster {
			if k != base && len(f.Outline(g.ID)) > 0 {
				mute = append(mute, sign{use{g.ID, zeroWidthSpace, thousandths(f.Advance(g.ID))}, g.X, g.Y})
			}
		}
		g := cluster[base]
		runes := spoken(t.Runes[g.Start:g.End])
		if len(runes) == 0 {
			continue
		}
		if g.Reversed {
			slices.Reverse(runes)
		}
		width := f.Advance(g.ID)
		if g.Advance == 0 { // something invisible, such as a lone joiner
			width = 0
		}
		for k, r := range runes {
			s := sign{use{f.Space, r, thousandths(width / len(runes))}, g.X + g.Advance*Length(k)/Length(len(runes)), 0}
			if k == 0 {
				s.glyph, s.y = g.ID, g.Y
			}
			speak = append(speak, s)
		}
	}
	return speak, mute
}

// spoken is the text without controls of direction.
func spoken(runes []rune) []rune {
	return slices.DeleteFunc(slices.Clone(runes), func(r rune) bool {
		return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F
	})
}

// thousandths is a distance in font units in thousandths of the size.
func thousandths(units int) int { return (units*1000 + shape.Em/2) / shape.Em }

// font writes a font as Type0 over CIDFontType2 and returns its object.
func (w *pdf) font(f *shape.Font, e *embedded) int {
	gids := make([]byte, 2, 2+2*len(e.uses)) // CID 0 is glyph 0
	var widths bytes.Buffer
	glyphs := []uint16{0}
	for _, u := range e.uses {
		gids = binary.BigEndian.AppendUint16(gids, u.glyph)
		glyphs = append(glyphs, u.glyph)
		fmt.Fprintf(&widths, "%d ", u.width)
	}
	file := subset(f, glyphs)
	sum := sha256.Sum256(file)
	name := make([]byte, 6) // the tag of a subset, by what is in it
	for i := range name {
		name[i] = 'A' + sum[i]%26
	}
	full := string(name) + "+" + f.Name

	head := f.Table("head")
	box := func(at int) int {
		v := int(int16(binary.BigEndian.Uint16(head[at:])))
		return int(rounded(int64(v)*1000, shape.Em))
	}
	data := w.stream(w.next(), fmt.Sprintf("/Length1 %d ", len(file)), file)
	descriptor := w.next()
	w.object(descriptor, fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent -%d /CapHeight 711 /StemV 80 /FontFile2 %d 0 R >>",
		full, box(36), box(38), box(40), box(42), thousandths(f.Ascent), thousandths(f.Descent), data))
	mapping := w.stream(w.next(), "", gids)
	unicodes := w.stream(w.next(), "", toUnicode(e.uses))
	descendant := w.next()
	w.object(descendant, fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap %d 0 R /DW 0 /W [1 [ %s]] >>",
		full, descriptor, mapping, widths.String()))
	font := w.next()
	w.object(font, fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", full, descendant, unicodes))
	return font
}

// toUnicode returns the CMap from CIDs to text.
func toUnicode(uses []use) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n")
	var lines []string
	for i, u := range uses {
		line := fmt.Sprintf("<%04x> <", i+1)
		for _, c := range utf16.Encode([]rune{u.says}) {
			line += fmt.Sprintf("%04x", c)
		}
		lines = append(lines, line+">\n")
	}
	for block := range slices.Chunk(lines, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for _, line := range block {
			b.WriteString(line)
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subset returns a TrueType file with the given glyphs under their own numbers;
// all others are empty. It is for our two fonts, whose loca is short.
//
//	offset table: u32 1.0 | u16 tables | u16 × 3 for a search
//	for each:     tag (4) | u32 sum | u32 offset | u32 length
//	tables:       each padded with zeros to a multiple of 4
func subset(f *shape.Font, glyphs []uint16) []byte {
	loca, glyf := f.Table("loca"), f.Table("glyf")
	place := func(n int) int { return int(binary.BigEndian.Uint16(loca[2*n:])) * 2 }
	count := len(loca)/2 - 1
	want := make([]bool, count)
	var mark func(g uint16)
	mark = func(g uint16) {
		if int(g) >= count || want[g] {
			return
		}
		want[g] = true
		for _, part := range components(glyf[place(int(g)):place(int(g)+1)]) {
			mark(part)
		}
	}
	for _, g := range glyphs {
		mark(g)
	}
	hmtx := slices.Clone(f.Table("hmtx"))
	metrics := int(binary.BigEndian.Uint16(f.Table("hhea")[34:]))
	var glyphData, places []byte
	for g := range count {
		places = binary.BigEndian.AppendUint16(places, uint16(len(glyphData)/2))
		if want[g] {
			glyphData = append(glyphData, glyf[place(g):place(g+1)]...)
		} else if g < metrics-1 {
			clear(hmtx[4*g : 4*g+4])
		}
	}
	places = binary.BigEndian.AppendUint16(places, uint16(len(glyphData)/2))
	head := slices.Clone(f.Table("head"))
	clear(head[8:12])

	type table struct {
		tag  string
		data []byte
	}
	var tables []table
	for _, t := range []table{{"cvt ", f.Table("cvt ")}, {"fpgm", f.Table("fpgm")}, {"glyf", glyphData}, {"head", head},
		{"hhea", f.Table("hhea")}, {"hmtx", hmtx}, {"loca", places}, {"maxp", f.Table("maxp")}, {"prep", f.Table("prep")}} {
		if t.data != nil {
			tables = append(tables, t)
		}
	}
	n, log := len(tables), 0
	for 2<<log <= n {
		log++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	adjust := 0
	for _, t := range tables {
		if t.tag == "head" {
			adjust = at + len(body) + 8
		}
		out = append(out, t.tag...)
		padded := append(slices.Clone(t.data), make([]byte, (4-len(t.data)%4)%4)...)
		for _, v := range []uint32{checksum(padded), uint32(at + len(body)), uint32(len(t.data))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, padded...)
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[adjust:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) (sum uint32) {
	for i := 0; i+4 <= len(data); i += 4 {
		sum += binary.BigEndian.Uint32(data[i:])
	}
	return sum
}

// components returns the glyphs that a composite glyph is made of.
func components(glyph []byte) []uint16 {
	if len(glyph) < 10 || int16(binary.BigEndian.Uint16(glyph)) >= 0 {
		return nil
	}
	var out []uint16
	for at := 10; at+4 <= len(glyph); {
		flags := binary.BigEndian.Uint16(glyph[at:])
		out = append(out, binary.BigEndian.Uint16(glyph[at+2:]))
		at += 6
		if flags&1 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&8 != 0: // a scale
			at += 2
		case flags&0x40 != 0: // two
			at += 4
		case flags&0x80 != 0: // a matrix
			at += 8
		}
		if flags&0x20 == 0 { // no more
			break
		}
	}
	return out
}
