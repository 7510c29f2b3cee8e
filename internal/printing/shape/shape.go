package shape

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
)

// A Length is a distance on paper in 1/64 point.
type Length int

// Point is 1/72 inch.
const Point Length = 64

// A Style is how a text is set.
type Style struct {
	Size        Length
	Weight      Weight
	LeftToRight bool // the direction of the whole; Persian's is right to left
}

// A Text is a text set in lines.
type Text struct {
	Style Style
	Runes []rune
	Lines []Line
}

// A Line is one line of a text.
type Line struct {
	Start, End      int // its runes, with white space and a line break at its end
	Width           Length
	Ascent, Descent Length  // from the baseline, both positive
	Glyphs          []Glyph // from left to right
}

// A Glyph is a glyph in its place. A cluster is a run of runes and a run of
// glyphs that belong together and cannot be told apart further.
type Glyph struct {
	ID         uint16
	X, Y       Length // from the line's left end and its baseline, y up
	Start, End int    // the runes of its cluster
	First      bool   // the first glyph from the left of its cluster
	Advance    Length // to the next glyph; a mark's is 0
	Reversed   bool   // its runes run from right to left
}

// clean returns the runes that are set for a text.
func clean(text string) []rune {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	out := make([]rune, 0, len(text))
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			r = '\n'
		case r == '\t':
			r = ' '
		case unicode.Is(unicode.Cc, r):
			r = utf8.RuneError
		}
		out = append(out, r)
	}
	return out
}

// Lay sets a text in lines no wider than width. An empty text has one empty line.
func Lay(text string, style Style, width Length) Text {
	t := Text{Style: style, Runes: clean(text)}
	w := workers.Get().(*worker)
	defer workers.Put(w)
	for start := 0; ; {
		end := start
		for end < len(t.Runes) && t.Runes[end] != '\n' {
			end++
		}
		lines := w.paragraph(t.Runes[start:end], style, width)
		for i := range lines {
			lines[i].move(start)
		}
		t.Lines = append(t.Lines, lines...)
		if end == len(t.Runes) {
			return t
		}
		start = end + 1
		t.Lines[len(t.Lines)-1].End = start
	}
}

// move makes the places of a line count from elsewhere.
func (l *Line) move(by int) {
	l.Start, l.End = l.Start+by, l.End+by
	for i := range l.Glyphs {
		l.Glyphs[i].Start += by
		l.Glyphs[i].End += by
	}
}

// A worker is what one goroutine at a time may use.
type worker struct {
	shaper shaping.HarfbuzzShaper
	seg    segmenter.Segmenter
	face   [2]*font.Face
}

var workers = sync.Pool{New: func() any {
	w := new(worker)
	for i, f := range fonts() {
		w.face[i] = font.NewFace(f.font)
	}
	return w
}}

// A run is text of one level and script, shaped.
type run struct {
	start, end int
	level      uint8
	glyphs     []shaping.Glyph
}

func (w *worker) paragraph(text []rune, style Style, width Length) []Line {
	f := style.Weight.Font()
	blank := Line{
		Ascent:  (Length(f.Ascent)*style.Size + Em - 1) / Em,
		Descent: (Length(f.Descent)*style.Size + Em - 1) / Em,
	}
	if len(text) == 0 {
		return []Line{blank}
	}
	runs, _ := w.shape(text, style)

	// upto[i] is the advance of all clusters that begin before rune i.
	upto := make([]Length, len(text)+1)
	begins := make([]bool, len(text)+1) // a cluster does
	begins[len(text)] = true
	for _, r := range runs {
		for _, g := range r.glyphs {
			upto[g.TextIndex()+1] += Length(g.Advance)
			begins[g.TextIndex()] = true
		}
	}
	for i := range text {
		upto[i+1] += upto[i]
	}

	var lines []Line
	for _, span := range w.breaks(text, width, upto, begins) {
		line := blank
		line.Start, line.End = span[0], span[1]
		line.place(text, runs)
		lines = append(lines, line)
	}
	return lines
}

// shape splits a paragraph into runs and shapes them, in logical order. Runes
// that the font lacks are shaped as U+FFFD, since its glyph for what is missing
// is empty; they are returned as well.
func (w *worker) shape(text []rune, style Style) (runs []run, missing []rune) {
	base := 1
	if style.LeftToRight {
		base = 0
	}
	level := levels(text, base)
	script := scripts(text, level)
	shown := text
	for start := 0; start < len(text); {
		end := start + 1
		for end < len(text) && level[end] == level[start] && script[end] == script[start] {
			end++
		}
		in := shaping.Input{
			Text: shown, RunStart: start, RunEnd: end,
			Face: w.face[style.Weight], Size: fixed.Int26_6(style.Size),
			Script: script[start], Language: "fa", Direction: di.DirectionRTL,
		}
		if level[start]%2 == 0 {
			in.Direction = di.DirectionLTR
		}
		if script[start] != language.Arabic {
			in.Language = "en"
		}
		out := w.shaper.ShapeNoExtents(in)
		if lost := lacking(in, out); len(lost) > 0 {
			if len(missing) == 0 {
				shown = slices.Clone(text)
			}
			for _, i := range lost {
				missing = append(missing, text[i])
				shown[i] = utf8.RuneError
			}
			in.Text = shown
			out = w.shaper.ShapeNoExtents(in)
		}
		runs = append(runs, run{start, end, level[start], slices.Clone(out.Glyphs)})
		start = end
	}
	return runs, missing
}

// lacking returns where the runes are that came out as the glyph for what is
// missing.
func lacking(in shaping.Input, out shaping.Output) (lost []int) {
	for _, g := range out.Glyphs {
		if g.GlyphID != 0 {
			continue
		}
		for i := g.TextIndex(); i < g.TextIndex()+g.RunesCount(); i++ {
			if _, ok := in.Face.NominalGlyph(in.Text[i]); !ok && !slices.Contains(lost, i) {
				lost = append(lost, i)
			}
		}
	}
	return lost
}

// scripts returns the script to shape each rune by. What stands from left to
// right in Persian, as numbers do, has no joining and is shaped as Latin; what
// has no script of its own takes that before it.
func scripts(text []rune, level []uint8) []language.Script {
	out := make([]language.Script, len(text))
	for i, r := range text {
		s := language.LookupScript(r)
		if !s.Strong() && i > 0 && level[i] == level[i-1] {
			s = out[i-1]
		}
		if !s.Strong() {
			s = language.Latin
			if level[i]%2 == 1 {
				s = language.Arabic
			}
		}
		if c, _ := bidi.LookupRune(r); level[i]%2 == 0 && s == language.Arabic && c.Class() != bidi.AL && c.Class() != bidi.NSM {
			s = language.Latin
		}
		out[i] = s
	}
	return out
}

// breaks returns the lines of a paragraph as spans of runes: as many words as
// fit, and where one does not fit alone, as many clusters.
func (w *worker) breaks(text []rune, width Length, upto []Length, begins []bool) [][2]int {
	w.seg.Init(text)
	var may []int
	for words := w.seg.LineIterator(); words.Next(); {
		if end := words.Line().Offset + len(words.Line().Text); begins[end] {
			may = append(may, end)
		}
	}
	var clusters []int
	for g := w.seg.GraphemeIterator(); g.Next(); {
		if end := g.Grapheme().Offset + len(g.Grapheme().Text); begins[end] {
			clusters = append(clusters, end)
		}
	}
	// visible[i] is where the text before i ends without white space after it.
	visible := make([]int, len(text)+1)
	for i := range text {
		visible[i+1] = visible[i]
		if !breakable(text[i]) {
			visible[i+1] = i + 1
		}
	}
	last := func(from []int, start int) (int, bool) {
		i, _ := slices.BinarySearch(from, start+1)
		best, ok := 0, false
		for ; i < len(from) && upto[max(start, visible[from[i]])]-upto[start] <= width; i++ {
			best, ok = from[i], true
		}
		return best, ok
	}
	var out [][2]int
	for start := 0; start < len(text); {
		end, ok := last(may, start)
		if !ok {
			end, ok = last(clusters, start)
		}
		if !ok { // one cluster is wider than the line
			i, _ := slices.BinarySearch(clusters, start+1)
			end = clusters[i]
		}
		out = append(out, [2]int{start, end})
		start = end
	}
	return out
}

// breakable reports whether a rune at the end of a line is left out.
func breakable(r rune) bool {
	return unicode.Is(unicode.White_Space, r) && r != 0xA0 && r != 0x202F && r != 0x2007
}

// place puts the glyphs of a line's runes from left to right.
func (l *Line) place(text []rune, runs []run) {
	end := l.End
	for end > l.Start && breakable(text[end-1]) {
		end--
	}
	var parts []run
	first := sort.Search(len(runs), func(i int) bool { return runs[i].end > l.Start })
	for _, r := range runs[first:] {
		if r.start >= end {
			break
		}
		parts = append(parts, r.part(l.Start, end))
	}
	reorder(parts)
	for _, p := range parts {
		for i, g := range p.glyphs {
			l.Glyphs = append(l.Glyphs, Glyph{
				ID: uint16(g.GlyphID), X: l.Width + Length(g.XOffset), Y: Length(g.YOffset),
				Start: g.TextIndex(), End: g.TextIndex() + g.RunesCount(),
				First:   i == 0 || p.glyphs[i-1].TextIndex() != g.TextIndex(),
				Advance: Length(g.Advance), Reversed: p.level%2 == 1,
			})
			l.Width += Length(g.Advance)
		}
	}
}

// part returns what of a run stands between two runes. HarfBuzz orders clusters
// by the direction of the run.
func (r run) part(start, end int) run {
	from := func(rune int) int {
		return sort.Search(len(r.glyphs), func(i int) bool {
			if r.level%2 == 1 {
				return r.glyphs[i].TextIndex() < rune
			}
			return r.glyphs[i].TextIndex() >= rune
		})
	}
	if r.level%2 == 1 {
		start, end = end, start
	}
	r.glyphs = r.glyphs[from(start):from(end)]
	return r
}

// reorder is L2: from the highest level down to the lowest odd one, what is at
// least at that level is reversed.
func reorder(parts []run) {
	highest := uint8(0)
	for _, p := range parts {
		highest = max(highest, p.level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(parts); i++ {
			start := i
			for i < len(parts) && parts[i].level >= level {
				i++
			}
			slices.Reverse(parts[start:i])
		}
	}
}
