package shape

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

//go:embed vazirmatn/Vazirmatn-Regular.ttf
var regular []byte

//go:embed vazirmatn/Vazirmatn-Bold.ttf
var bold []byte

// Licence is the licence of the fonts.
//
//go:embed vazirmatn/OFL.txt
var Licence string

// A Weight chooses a font.
type Weight int

// The weights there are.
const (
	Regular Weight = iota
	Bold
)

// Em is the size of both fonts in font units.
const Em = 2048

// A Font is one of the two embedded fonts. Any number of goroutines may use it.
type Font struct {
	// Name is the PostScript name.
	Name            string
	Ascent, Descent int    // font units, both positive
	Space           uint16 // the glyph that draws nothing

	font   *font.Font
	loader *opentype.Loader

	mu       sync.Mutex
	face     *font.Face // guarded by mu: a face caches
	outlines map[uint16][]Segment
}

// A Segment is a piece of an outline in font units, y up. The curves are
// quadratic: a move or a line has one point, a curve its control point and end.
type Segment struct {
	Move  bool
	Curve bool
	X, Y  [2]float32
}

var fonts = sync.OnceValue(func() [2]*Font {
	return [2]*Font{load("Vazirmatn-Regular", regular), load("Vazirmatn-Bold", bold)}
})

// load panics for a file that is no font: it came with the program.
func load(name string, file []byte) *Font {
	loader, err := opentype.NewLoader(bytes.NewReader(file))
	if err != nil {
		panic(fmt.Errorf("load font %s: %w", name, err))
	}
	parsed, err := font.NewFont(loader)
	if err != nil {
		panic(fmt.Errorf("load font %s: %w", name, err))
	}
	f := &Font{Name: name, font: parsed, loader: loader, face: font.NewFace(parsed), outlines: map[uint16][]Segment{}}
	extents, ok := f.face.FontHExtents()
	if !ok || parsed.Upem() != Em {
		panic("load font " + name + ": metrics of another font")
	}
	space, _ := parsed.NominalGlyph(' ')
	f.Space = uint16(space)
	f.Ascent, f.Descent = int(extents.Ascender), -int(extents.Descender)
	return f
}

// Font returns the font of the weight.
func (w Weight) Font() *Font { return fonts()[w] }

// Outline returns the outline of a glyph. It is not to be changed.
func (f *Font) Outline(glyph uint16) []Segment {
	f.mu.Lock()
	defer f.mu.Unlock()
	if out, ok := f.outlines[glyph]; ok {
		return out
	}
	var out []Segment
	outline, _ := f.face.GlyphDataOutline(font.GID(glyph))
	for _, s := range outline.Segments {
		g := Segment{Move: s.Op == opentype.SegmentOpMoveTo, Curve: s.Op == opentype.SegmentOpQuadTo}
		for i, p := range s.ArgsSlice()[:min(2, len(s.ArgsSlice()))] {
			g.X[i], g.Y[i] = p.X, p.Y
		}
		out = append(out, g)
	}
	f.outlines[glyph] = out
	return out
}

// Advance returns the advance of a glyph in font units.
func (f *Font) Advance(glyph uint16) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int(f.face.HorizontalAdvance(font.GID(glyph)))
}

// Table returns a table of the font file, or nil.
func (f *Font) Table(tag string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	table, err := f.loader.RawTable(opentype.MustNewTag(tag))
	if err != nil {
		return nil
	}
	return table
}

// Missing returns the runes of a text that the fonts cannot draw, each once.
func Missing(text string) []rune {
	w := workers.Get().(*worker)
	defer workers.Put(w)
	var out []rune
	for part := range strings.SplitSeq(string(clean(text)), "\n") {
		for _, weight := range []Weight{Regular, Bold} {
			_, missing := w.shape([]rune(part), Style{Size: Em, Weight: weight})
			for _, r := range missing {
				if !slices.Contains(out, r) {
					out = append(out, r)
				}
			}
		}
	}
	return out
}
