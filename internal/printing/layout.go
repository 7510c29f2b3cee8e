package printing

import (
	"fmt"
	"image"
	"strconv"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/printing/shape"
)

// Mark is what a simulated document says at both ends of every page.
const Mark = "شبیه‌سازی‌شده — SIMULATED"

// hair is the width of a rule: two dots of a receipt printer.
const hair = Point * 2 / 3

// Pages is a document laid out.
type Pages struct {
	title string
	lang  Lang
	pages []page
}

// Len returns the number of pages, at least one.
func (p *Pages) Len() int { return len(p.pages) }

// A page has its items at places from its upper left corner.
type page struct {
	width, height Length
	items         []item
}

// An item is one of: a line of text with its baseline at y, a picture, or a
// black rectangle.
type item struct {
	x, y, w, h Length
	line       *shape.Line
	text       *shape.Text
	gray       *image.Gray
}

func (i item) moved(x, y Length) item {
	i.x, i.y = i.x+x, i.y+y
	return i
}

// A piece is a strip of the width of the page's text that is never divided.
type piece struct {
	height Length
	items  []item
	keep   bool   // on one page with the next, if a page can hold both
	head   *piece // goes before it at the top of a page
	space  bool   // left out at the top of a page
	turn   bool   // the page ends here
}

// A setter sets blocks as pieces.
type setter struct {
	doc    Document
	sheet  sheet
	width  Length // of the text
	height Length // of the text; 0 on a roll
	pieces []piece
}

// Lay breaks a document into pages.
func Lay(doc Document) (*Pages, error) {
	if doc.Paper < 0 || int(doc.Paper) >= len(sheets) {
		return nil, fmt.Errorf("lay document: paper %d is unknown", doc.Paper)
	}
	s := &setter{doc: doc, sheet: sheets[doc.Paper]}
	if doc.Margin > 0 {
		s.sheet.margin = doc.Margin
	}
	if doc.Text > 0 {
		s.sheet.text = doc.Text
	}
	s.width = s.sheet.width - 2*s.sheet.margin
	if s.width < 4*s.sheet.text {
		return nil, fmt.Errorf("lay document: text of %d points does not fit between margins of %d", s.sheet.text/Point, s.sheet.margin/Point)
	}
	top, bottom := s.mark()
	foot := s.footer(0, 0)
	if s.sheet.height > 0 {
		s.height = s.sheet.height - 2*s.sheet.margin - top.height - bottom.height - foot.height
	}
	for i, b := range doc.Blocks {
		if i > 0 {
			gap := s.sheet.text / 2
			if _, ok := b.(Heading); ok {
				gap = s.sheet.text
			}
			s.gap(gap)
		}
		if err := b.lay(s); err != nil {
			return nil, fmt.Errorf("lay document: block %d: %w", i+1, err)
		}
	}
	bodies, err := s.paginate()
	if err != nil {
		return nil, fmt.Errorf("lay document: %w", err)
	}

	out := &Pages{title: doc.Title, lang: doc.Lang}
	m := s.sheet.margin
	for i, body := range bodies {
		foot := s.footer(i+1, len(bodies))
		pg := page{width: s.sheet.width, height: s.sheet.height}
		if pg.height == 0 {
			pg.height = 2*m + top.height + body.height + bottom.height + foot.height
		}
		y := m
		for _, part := range []piece{top, body} {
			for _, it := range part.items {
				pg.items = append(pg.items, it.moved(m, y))
			}
			y += part.height
		}
		y = pg.height - m - foot.height
		for _, it := range foot.items {
			pg.items = append(pg.items, it.moved(m, y))
		}
		y -= bottom.height
		for _, it := range bottom.items {
			pg.items = append(pg.items, it.moved(m, y))
		}
		out.pages = append(out.pages, pg)
	}
	return out, nil
}

// gap adds white space, which stays with a heading before it.
func (s *setter) gap(height Length) {
	p := piece{height: height, space: true}
	if n := len(s.pieces); n > 0 {
		p.keep = s.pieces[n-1].keep
	}
	s.pieces = append(s.pieces, p)
}

// text sets a text in the document's direction.
func (s *setter) text(text string, size Length, weight shape.Weight, width Length) *shape.Text {
	t := shape.Lay(text, shape.Style{Size: size, Weight: weight, LeftToRight: s.doc.Lang == English}, width)
	return &t
}

// from returns the distance from the left of what is w wide and lies at a
// distance from the start side.
func (s *setter) from(start, w Length) Length {
	if s.doc.Lang == English {
		return start
	}
	return s.width - start - w
}

// put adds line n of a text at a distance from the start side, in a width, with
// the line's top at y.
func (s *setter) put(p *piece, t *shape.Text, n int, start, width, y Length, align Align) {
	l := &t.Lines[n]
	switch align {
	case Center:
		start += (width - l.Width) / 2
	case End:
		start += width - l.Width
	}
	p.items = append(p.items, item{x: s.from(start, l.Width), y: y + l.Ascent, line: l, text: t})
}

// lines adds a text as pieces of one line each.
func (s *setter) lines(t *shape.Text, align Align, keep bool) {
	for i, l := range t.Lines {
		p := piece{height: l.Ascent + l.Descent, keep: keep || i == 0 && len(t.Lines) > 1 || i == len(t.Lines)-2}
		s.put(&p, t, i, 0, s.width, 0, align)
		s.pieces = append(s.pieces, p)
	}
}

// mark returns what a simulated document has at the top and at the bottom.
func (s *setter) mark() (top, bottom piece) {
	if !s.doc.Simulated {
		return
	}
	t := s.text(Mark, s.sheet.text, shape.Bold, s.width)
	var y Length
	band := piece{}
	for i, l := range t.Lines {
		s.put(&band, t, i, 0, s.width, y, Center)
		y += l.Ascent + l.Descent
	}
	band.items = append(band.items, item{w: s.width, h: 2 * hair}, item{y: y, w: s.width, h: 2 * hair})
	band.height = y + 2*hair
	pad := s.sheet.text / 2
	top, bottom = band, piece{height: band.height + pad}
	top.height += pad
	for _, it := range band.items {
		bottom.items = append(bottom.items, it.moved(0, pad))
	}
	return top, bottom
}

// footer returns the foot of a page. On a roll nothing is numbered.
func (s *setter) footer(n, of int) piece {
	var p piece
	size := s.sheet.text * 4 / 5
	pad := s.sheet.text / 2
	number, side, width := "", Start, s.width*7/10
	switch {
	case s.sheet.height == 0:
		if s.doc.Footer == "" {
			return p
		}
		side, width = Center, s.width
	case s.doc.Lang == English:
		number = fmt.Sprintf("page %d of %d", n, of)
	default:
		number = "صفحهٔ " + persian.Digits(strconv.Itoa(n)) + " از " + persian.Digits(strconv.Itoa(of))
	}
	left := s.text(s.doc.Footer, size, shape.Regular, width)
	y := pad + hair
	for i, l := range left.Lines {
		if len(l.Glyphs) > 0 {
			s.put(&p, left, i, 0, width, y, side)
		}
		y += l.Ascent + l.Descent
	}
	if number != "" {
		right := s.text(number, size, shape.Regular, s.width-width)
		s.put(&p, right, 0, width, s.width-width, pad+hair, End)
	}
	if s.sheet.height > 0 {
		p.items = append(p.items, item{y: pad / 2, w: s.width, h: hair})
	}
	p.height = y
	return p
}

// paginate puts pieces on pages: those that are kept together on one page if one
// can hold them.
func (s *setter) paginate() ([]piece, error) {
	pages := []piece{{}}
	last := func() *piece { return &pages[len(pages)-1] }
	room := func() Length {
		if s.height == 0 {
			return 1 << 40
		}
		return s.height - last().height
	}
	add := func(p piece) {
		for _, it := range p.items {
			last().items = append(last().items, it.moved(0, last().height))
		}
		last().height += p.height
	}
	full := func(group []piece) (height Length) {
		for _, p := range group {
			height += p.height
		}
		return height
	}
	head := func(p piece) (height Length) {
		if p.head != nil {
			height = p.head.height
		}
		return height
	}
	turn := func(p piece) {
		pages = append(pages, piece{})
		if p.head != nil {
			add(*p.head)
		}
	}
	for i := 0; i < len(s.pieces); {
		end := i + 1
		for end < len(s.pieces) && s.pieces[end-1].keep {
			end++
		}
		group := s.pieces[i:end]
		i = end
		first := group[0]
		switch {
		case first.turn:
			turn(piece{})
			continue
		case first.space:
			if last().height > 0 && first.height <= room() {
				add(first)
			}
			continue
		case s.height == 0 || full(group) <= room():
		case full(group)+head(first) <= s.height:
			turn(first)
		}
		for _, p := range group {
			if p.height > room() {
				if p.space {
					continue
				}
				if p.height+head(p) > s.height && s.height > 0 {
					return nil, fmt.Errorf("a piece %d points high does not fit on a page with %d for text", (p.height+head(p))/Point, s.height/Point)
				}
				turn(p)
			}
			add(p)
		}
	}
	return pages, nil
}
