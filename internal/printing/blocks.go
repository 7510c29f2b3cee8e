package printing

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/sandogh/sandogh/internal/printing/shape"
	qrcode "github.com/skip2/go-qrcode"
)

func (h Heading) lay(s *setter) error {
	if h.Level < 0 || h.Level > 3 {
		return fmt.Errorf("heading: level %d is not 1 to 3", h.Level)
	}
	size := s.sheet.text * [...]Length{16, 16, 13, 11}[h.Level] / 10
	s.lines(s.text(h.Text, size, shape.Bold, s.width), h.Align, true)
	return nil
}

func (p Paragraph) lay(s *setter) error {
	size, weight := s.sheet.text, shape.Regular
	if p.Size > 0 {
		size = p.Size
	}
	if p.Bold {
		weight = shape.Bold
	}
	s.lines(s.text(p.Text, size, weight, s.width), p.Align, false)
	return nil
}

func (Rule) lay(s *setter) error {
	s.pieces = append(s.pieces, piece{height: hair, items: []item{{w: s.width, h: hair}}})
	return nil
}

func (sp Space) lay(s *setter) error {
	s.gap(max(0, sp.Height))
	return nil
}

func (Break) lay(s *setter) error {
	if s.height > 0 {
		s.pieces = append(s.pieces, piece{turn: true})
		return nil
	}
	p := piece{height: hair}
	for x := Length(0); x < s.width; x += MM(20) {
		p.items = append(p.items, item{x: x, w: min(MM(10), s.width-x), h: hair})
	}
	s.pieces = append(s.pieces, p)
	return nil
}

func (k KeyValue) lay(s *setter) error {
	share := k.Share
	if share == 0 {
		share = 35
	}
	if share < 1 || share > 99 {
		return fmt.Errorf("pairs: the keys' share of %d percent is not 1 to 99", share)
	}
	t := Table{Columns: []Column{{Share: share}, {Share: 100 - share}}}
	g, err := s.grid(t, s.sheet.text/8)
	if err != nil {
		return err
	}
	for _, p := range k.Pairs {
		g.row([]string{p.Key, p.Value}, shape.Regular, 0, nil)
	}
	return nil
}

func (t Table) lay(s *setter) error {
	if len(t.Columns) == 0 {
		return errors.New("table: it has no columns")
	}
	g, err := s.grid(t, s.sheet.text/3)
	if err != nil {
		return err
	}
	titled := false
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title
		titled = titled || c.Title != ""
	}
	for i, r := range t.Rows {
		if len(r) != len(t.Columns) {
			return fmt.Errorf("table: row %d has %d cells for %d columns", i+1, len(r), len(t.Columns))
		}
	}
	if n := len(t.Total); n != 0 && n != len(t.Columns) {
		return fmt.Errorf("table: the total has %d cells for %d columns", n, len(t.Columns))
	}
	var head *piece
	if titled {
		head = g.head(titles)
	} else if t.Grid {
		s.pieces = append(s.pieces, piece{height: hair, keep: true, items: []item{{w: s.width, h: hair}}})
	}
	for _, r := range t.Rows {
		g.row(r, shape.Regular, hair, head)
	}
	if len(t.Total) > 0 {
		if n := len(s.pieces); len(t.Rows) > 0 {
			s.pieces[n-1].keep = true // a total is not alone on a page
		}
		g.row(t.Total, shape.Bold, hair, head)
	}
	return nil
}

// A grid sets the rows of one table.
type grid struct {
	s     *setter
	t     Table
	pad   Length   // above and below a cell
	side  Length   // at each side of a cell, where another cell or a line is
	start []Length // of each column, from the start side; then of the end
}

// grid divides the width among the columns by their shares, but leaves none
// narrower than a letter or a word of its title if the others can give.
func (s *setter) grid(t Table, pad Length) (*grid, error) {
	g := &grid{s: s, t: t, pad: pad, side: s.sheet.text / 3, start: []Length{0}}
	free, sum := s.width, 0
	letter := s.sheet.text + 2*g.side
	need := make([]Length, len(t.Columns))
	var all Length
	for i, c := range t.Columns {
		if c.Share < 0 || c.Share > 1000 {
			return nil, fmt.Errorf("table: column %d: the share %d is not 0 to 1000", i+1, c.Share)
		}
		sum += max(1, c.Share)
		need[i] = letter
		for _, word := range strings.Fields(c.Title) {
			w := s.text(word, s.sheet.text, shape.Bold, s.width).Lines[0].Width
			need[i] = max(need[i], w+2*g.side)
		}
		all += need[i]
	}
	if all > s.width {
		for i := range need {
			need[i] = letter
		}
	}
	if n := s.width / letter; len(t.Columns) > int(n) {
		return nil, fmt.Errorf("table: it has %d columns, and room for %d: give it a larger paper or smaller text", len(t.Columns), n)
	}
	width := make([]Length, len(t.Columns))
	for again := true; again; {
		again = false
		for i, c := range t.Columns {
			if share := max(1, c.Share); width[i] == 0 && need[i]*Length(sum) > free*Length(share) && sum > share {
				width[i], again = need[i], true
				free, sum = free-need[i], sum-share
			}
		}
	}
	var at Length
	for i, c := range t.Columns {
		if share := Length(max(1, c.Share)); width[i] == 0 {
			width[i] = free * share / Length(sum)
			free, sum = free-width[i], sum-int(share)
		}
		at += width[i]
		g.start = append(g.start, at)
	}
	return g, nil
}

// cell returns where the text of a column begins, and its width.
func (g *grid) cell(i int) (start, width Length) {
	start, end := g.start[i], g.start[i+1]
	if i > 0 || g.t.Grid {
		start += g.side
	}
	if i < len(g.t.Columns)-1 || g.t.Grid {
		end -= g.side
	}
	return start, end - start
}

// row adds a row as one piece for each of its lines, kept together.
func (g *grid) row(cells []string, weight shape.Weight, rule Length, head *piece) {
	s := g.s
	texts := make([]*shape.Text, len(cells))
	lines := 0
	for i, c := range cells {
		_, width := g.cell(i)
		texts[i] = s.text(c, s.sheet.text, weight, width)
		lines = max(lines, len(texts[i].Lines))
	}
	for n := range lines {
		p := piece{keep: n < lines-1, head: head}
		if n == 0 {
			p.height = g.pad
		}
		top := p.height
		for i, t := range texts {
			if n >= len(t.Lines) {
				continue
			}
			start, width := g.cell(i)
			s.put(&p, t, n, start, width, top, g.t.Columns[i].Align)
			p.height = max(p.height, top+t.Lines[n].Ascent+t.Lines[n].Descent)
		}
		if n == lines-1 {
			p.height += g.pad + rule
			if rule > 0 {
				p.items = append(p.items, item{y: p.height - rule, w: s.width, h: rule})
			}
		}
		g.columns(&p)
		s.pieces = append(s.pieces, p)
	}
}

// columns draws the lines between columns, if the table has them.
func (g *grid) columns(p *piece) {
	if !g.t.Grid {
		return
	}
	for i, start := range g.start {
		if i == len(g.start)-1 {
			start -= hair
		}
		p.items = append(p.items, item{x: g.s.from(start, hair), w: hair, h: p.height})
	}
}

// head adds a header and returns it as one piece, to be repeated.
func (g *grid) head(titles []string) *piece {
	s := g.s
	from := len(s.pieces)
	g.row(titles, shape.Bold, 2*hair, nil)
	head := piece{keep: true}
	for _, p := range s.pieces[from:] {
		for _, it := range p.items {
			head.items = append(head.items, it.moved(0, head.height))
		}
		head.height += p.height
	}
	if g.t.Grid {
		head.items = append(head.items, item{w: s.width, h: hair})
	}
	s.pieces = append(s.pieces[:from], head)
	return &head
}

func (q QR) lay(s *setter) error {
	code, err := qrcode.New(q.Data, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("code: %d bytes: %w", len(q.Data), err)
	}
	module := q.Module
	if module <= 0 {
		module = MM(5)
	}
	bits := code.Bitmap() // with its quiet zone
	n := len(bits)
	gray := image.NewGray(image.Rect(0, 0, n, n))
	for y, row := range bits {
		for x, black := range row {
			if !black {
				gray.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	size := Length(n) * module
	if s.height == 0 {
		d := max(1, toDots(module))
		for q.Module <= 0 && d > 2 && dots(n*d) > s.width {
			d--
		}
		size = dots(n * d)
	}
	if size > s.width {
		return fmt.Errorf("code: %d modules are %d points wide, the text only %d: give it less data or smaller modules", n, size/Point, s.width/Point)
	}
	s.picture(gray, size, size, q.Align)
	if q.Caption != "" {
		s.pieces[len(s.pieces)-1].keep = true
		s.lines(s.text(q.Caption, s.sheet.text*4/5, shape.Regular, s.width), q.Align, false)
	}
	return nil
}

func (p Picture) lay(s *setter) error {
	if p.Image == nil || p.Image.Bounds().Empty() {
		return errors.New("picture: it is empty")
	}
	b := p.Image.Bounds()
	gray := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			gray.Set(x, y, p.Image.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	width := p.Width
	if width <= 0 {
		width = dots(b.Dx())
	}
	if width > s.width {
		return fmt.Errorf("picture: it is %d points wide, the text only %d", width/Point, s.width/Point)
	}
	s.picture(gray, width, width*Length(b.Dy())/Length(b.Dx()), p.Align)
	return nil
}

func (s *setter) picture(gray *image.Gray, w, h Length, align Align) {
	start := Length(0)
	switch align {
	case Center:
		start = (s.width - w) / 2
	case End:
		start = s.width - w
	}
	s.pieces = append(s.pieces, piece{height: h, items: []item{{x: s.from(start, w), w: w, h: h, gray: gray}}})
}

// dots is the length of n dots of a receipt printer, 8 to a millimetre.
func dots(n int) Length { return Length((n*5*72*64 + 508) / 1016) }

// toDots is how many dots a length is.
func toDots(l Length) int { return (int(l)*1016 + 5*72*32) / (5 * 72 * 64) }
