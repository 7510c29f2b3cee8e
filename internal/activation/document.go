package activation

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/printing"
)

// Pack is how many cards are printed in one file: twenty pages.
const Pack = 20 * columns * rows

// The sheet, in dots of an eighth of a millimetre.
const (
	columns, rows = 2, 4
	cardWidth     = 92 * 8
	cardHeight    = 58 * 8
	halfWidth     = 48 * 8 // of a printing.Roll58: the halves overlap in their margins
	cross         = 3 * 8  // length of an arm of a cut mark
)

// A Sheet is what is the same on all cards.
type Sheet struct {
	Lang      printing.Lang
	Election  election.Name
	Branch    election.Name
	Simulated bool
}

// words of a card, in Persian and English.
var words = map[string][2]string{
	"title": {"کارت فعال‌سازی", "Activation card"},
	"how":   {"این کارت را جلوی دستگاه رأی‌گیری بگیرید، یا عدد آن را بزنید.", "Hold this card to the voting device, or type its number."},
	"once":  {"یک بار کار می‌کند. نام شما روی آن نیست.", "It works once. Your name is not on it."},
}

func (s *Sheet) say(key string) string { return words[key][s.Lang] }

func (s *Sheet) name(n election.Name) string {
	if s.Lang == printing.English && n.En != "" {
		return n.En
	}
	return n.String()
}

// Document is at most [Pack] cards, several on a page with marks to cut along, in
// the order given: nothing on a card tells its place.
func Document(cards []Card, s Sheet) (printing.Document, error) {
	doc := printing.Document{Title: s.say("title"), Lang: s.Lang, Paper: printing.A4, Margin: printing.MM(100), Simulated: s.Simulated}
	if len(cards) == 0 || len(cards) > Pack {
		return doc, fmt.Errorf("lay out activation cards: %d cards: give 1 to %d", len(cards), Pack)
	}
	text, err := s.bitmap([]printing.Block{
		printing.Heading{Text: s.say("title"), Level: 2},
		printing.Paragraph{Text: s.name(s.Branch), Bold: true},
		printing.Paragraph{Text: s.say("how")},
		printing.Paragraph{Text: s.say("once")},
		printing.Paragraph{Text: s.name(s.Election), Size: 7 * printing.Point},
	})
	if err != nil {
		return doc, err
	}
	for from := 0; from < len(cards); from += columns * rows {
		page := image.NewGray(image.Rect(0, 0, columns*cardWidth+2, rows*cardHeight+2))
		draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
		for i, c := range cards[from:min(len(cards), from+columns*rows)] {
			code, err := s.code(c)
			if err != nil {
				return doc, err
			}
			at := image.Pt(i%columns*cardWidth, i/columns*cardHeight)
			start, end := at.Add(image.Pt(cardWidth-halfWidth, 40)), at.Add(image.Pt(0, 40))
			if s.Lang == printing.English {
				start, end = end, start
			}
			stamp(page, text, start)
			stamp(page, code, end)
		}
		marks(page)
		if from > 0 {
			doc.Blocks = append(doc.Blocks, printing.Break{})
		}
		doc.Blocks = append(doc.Blocks, printing.Picture{Image: page, Align: printing.Center})
	}
	return doc, nil
}

// code draws what is of one card alone: the code and its digits, four and four.
func (s *Sheet) code(c Card) (*printing.Bitmap, error) {
	digits := c.Digits[:4] + " " + c.Digits[4:]
	blocks := []printing.Block{printing.QR{Data: c.Text, Module: printing.MM(6), Align: printing.Center}}
	if s.Lang == printing.Persian {
		blocks = append(blocks, printing.Paragraph{Text: printing.Code(persian.Digits(digits)), Size: 19 * printing.Point, Bold: true, Align: printing.Center})
	}
	blocks = append(blocks, printing.Paragraph{Text: printing.Code(digits), Size: 14 * printing.Point, Align: printing.Center})
	return s.bitmap(blocks)
}

// bitmap lays out half of a card.
func (s *Sheet) bitmap(blocks []printing.Block) (*printing.Bitmap, error) {
	pages, err := printing.Lay(printing.Document{Lang: s.Lang, Paper: printing.Roll58, Margin: printing.MM(35), Blocks: blocks})
	if err != nil {
		return nil, fmt.Errorf("lay out activation card: %w", err)
	}
	return pages.Bitmap(0), nil
}

// stamp puts the black of a bitmap on a page.
func stamp(page *image.Gray, b *printing.Bitmap, at image.Point) {
	for y := range b.Height {
		for x := range b.Width {
			if p := at.Add(image.Pt(x, y)); b.Black(x, y) && p.In(page.Rect) {
				page.SetGray(p.X, p.Y, color.Gray{})
			}
		}
	}
}

// marks draws a cross where four cards meet.
func marks(page *image.Gray) {
	for c := range columns + 1 {
		for r := range rows + 1 {
			x, y := c*cardWidth, r*cardHeight
			for d := -cross; d <= cross; d++ {
				for _, p := range []image.Point{{X: x + d, Y: y}, {X: x + d, Y: y + 1}, {X: x, Y: y + d}, {X: x + 1, Y: y + d}} {
					if p.In(page.Rect) {
						page.SetGray(p.X, p.Y, color.Gray{})
					}
				}
			}
		}
	}
}
