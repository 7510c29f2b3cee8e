package printing

import (
	"image"

	"github.com/sandogh/sandogh/internal/printing/shape"
)

// A Length is a distance on paper in 1/64 point.
type Length = shape.Length

// Point is 1/72 inch.
const Point = shape.Point

// MM returns a length in tenths of a millimetre: MM(125) is 12.5 mm.
func MM(tenths int) Length { return Length((tenths*72*64 + 127) / 254) }

// A Paper is a size of paper with what is usual on it. The zero value is A4.
type Paper int

// The papers there are. On a roll, a page is as long as what stands on it.
const (
	A4 Paper = iota
	A4Landscape
	A5
	A5Landscape
	Roll80 // 72 mm of 80 can be printed: 576 dots
	Roll58 // 48 mm of 58 can be printed: 384 dots
)

type sheet struct {
	width, height Length // height 0: a roll
	margin        Length
	text          Length // size of text
}

var sheets = [...]sheet{
	A4:          {MM(2100), MM(2970), MM(180), 11 * Point},
	A4Landscape: {MM(2970), MM(2100), MM(150), 11 * Point},
	A5:          {MM(1480), MM(2100), MM(130), 10 * Point},
	A5Landscape: {MM(2100), MM(1480), MM(130), 10 * Point},
	Roll80:      {MM(720), 0, MM(15), 10 * Point},
	Roll58:      {MM(480), 0, MM(10), 9 * Point},
}

// A Lang is the language of a document: its direction and its digits.
type Lang int

// Persian runs from right to left.
const (
	Persian Lang = iota
	English
)

// A Document is what is to be printed.
type Document struct {
	Title  string // of the file; what is printed stands in the blocks
	Lang   Lang
	Paper  Paper
	Margin Length // 0: as usual on the paper
	Text   Length // size of text; 0: as usual on the paper
	Footer string // at the foot of each page, before the page's number
	// Simulated marks both ends of every page as no real one.
	Simulated bool
	Blocks    []Block
}

// A Block is one of the types below, set under one another.
type Block interface{ lay(*setter) error }

// An Align is where a line stands in its width. Start is right in Persian.
type Align int

// The alignments there are.
const (
	Start Align = iota
	Center
	End
)

// A Heading is a bold line that stays with what follows it.
type Heading struct {
	Text  string
	Level int // 1 is the largest, 3 the smallest; 0 is 1
	Align Align
}

// A Paragraph is text in lines.
type Paragraph struct {
	Text  string
	Align Align
	Bold  bool
	Size  Length // 0: the document's
}

// A Table has its first column at the start side. Its header is repeated on each
// page; a row is divided only where it is longer than a page.
type Table struct {
	Columns []Column
	Rows    [][]string // a cell for each column
	Total   []string   // a last row in bold, if any
	Grid    bool       // lines between columns too
}

// A Column is a column of a table.
type Column struct {
	Title string // a table all of whose titles are empty has no header
	Share int    // of the width, in proportion to the others'; 0 is 1
	Align Align
}

// KeyValue is a list of names with what they are.
type KeyValue struct {
	Pairs []Pair
	Share int // of the width for the keys in percent; 0 is 35
}

// A Pair is an entry of KeyValue.
type Pair struct{ Key, Value string }

// A QR is a QR code. What it holds, and any signature in it, is its caller's.
type QR struct {
	Data    string
	Module  Length // width of a module; 0 is 0.5 mm, on a roll as much less as it needs, down to 2 dots. On a roll, whole dots
	Align   Align
	Caption string
}

// A Picture is an image in black and white or in grey.
type Picture struct {
	Image image.Image
	Width Length // 0 is a dot of a receipt printer for each pixel
	Align Align
}

// A Rule is a line across the page.
type Rule struct{}

// A Space is an empty distance, left out at the top of a page.
type Space struct{ Height Length }

// A Break begins a new page. On a roll it is a line to tear along.
type Break struct{}

// Isolate keeps the direction of a text that comes from elsewhere, such as a
// name, apart from that of the text around it.
func Isolate(text string) string { return "\u2068" + text + "\u2069" }

// Code has a text run from left to right, as codes and file names do.
func Code(text string) string { return "\u2066" + text + "\u2069" }

// Missing returns the characters of a text that cannot be printed, each once.
func Missing(text string) []rune { return shape.Missing(text) }
