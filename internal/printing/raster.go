package printing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"github.com/sandogh/sandogh/internal/printing/shape"
	"golang.org/x/image/vector"
)

// A Bitmap is a picture in black and white. Rows lie one after another, each of
// Stride bytes; the highest bit is leftmost, 1 is black:
//
//	Bits[y*Stride + x/8] >> (7 - x%8) & 1
type Bitmap struct {
	Width, Height, Stride int
	Bits                  []byte
}

// NewBitmap returns a white bitmap.
func NewBitmap(width, height int) *Bitmap {
	stride := (width + 7) / 8
	return &Bitmap{width, height, stride, make([]byte, stride*height)}
}

// Black reports whether a dot is black. What is outside is white.
func (b *Bitmap) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < b.Width && y < b.Height && b.Bits[y*b.Stride+x/8]>>(7-x%8)&1 == 1
}

// Blacken makes a dot black.
func (b *Bitmap) Blacken(x, y int) { b.Bits[y*b.Stride+x/8] |= 0x80 >> (x % 8) }

// PNG returns the bitmap as a PNG of 1 bit a pixel.
func (b *Bitmap) PNG() []byte {
	img := image.NewPaletted(image.Rect(0, 0, b.Width, b.Height), color.Palette{color.White, color.Black})
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	return encode(img)
}

func encode(img image.Image) []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // the buffer takes everything, and a page is never empty
	}
	return out.Bytes()
}

// Bitmap returns a page in the dots of a receipt printer, 203.2 to an inch.
func (p *Pages) Bitmap(n int) *Bitmap {
	ink := p.pages[n].ink(scale{1016, 5 * 72 * 64})
	b := NewBitmap(ink.Rect.Dx(), ink.Rect.Dy())
	for y := range b.Height {
		for x := range b.Width {
			if ink.Pix[y*ink.Stride+x] >= 128 {
				b.Blacken(x, y)
			}
		}
	}
	return b
}

// PNG returns a smooth picture of a page at 18 to 600 dots per inch.
func (p *Pages) PNG(n, dpi int) ([]byte, error) {
	if dpi < 18 || dpi > 600 {
		return nil, fmt.Errorf("draw page: %d dots per inch is not 18 to 600", dpi)
	}
	ink := p.pages[n].ink(scale{dpi, 72 * 64})
	gray := image.NewGray(ink.Rect)
	for i, a := range ink.Pix {
		gray.Pix[i] = 255 - a
	}
	return encode(gray), nil
}

// A scale is pixels for a length, as a fraction.
type scale struct{ num, den int }

func (s scale) px(l Length) int        { return (int(l)*s.num + s.den/2) / s.den }
func (s scale) float(l Length) float32 { return float32(l) * float32(s.num) / float32(s.den) }

// end is where a rectangle ends: all thin ones are equally thin, and long ones
// that touch leave no gap.
func (s scale) end(at, length Length) int {
	if length <= 4*hair {
		return s.px(at) + max(1, s.px(length))
	}
	return max(s.px(at+length), s.px(at)+1)
}

// ink draws a page: 255 is black.
func (p page) ink(s scale) *image.Alpha {
	dst := image.NewAlpha(image.Rect(0, 0, s.px(p.width), s.px(p.height)))
	z := vector.NewRasterizer(0, 0)
	for _, it := range p.items {
		switch {
		case it.line != nil:
			text(dst, z, it, s)
		case it.gray != nil:
			picture(dst, it, s)
		default:
			box := image.Rect(s.px(it.x), s.px(it.y), s.end(it.x, it.w), s.end(it.y, it.h))
			draw.Draw(dst, box, image.Opaque, image.Point{}, draw.Src)
		}
	}
	return dst
}

// text draws a line with its baseline on a whole pixel. All of it is one shape,
// so that joined letters have no seam.
func text(dst *image.Alpha, z *vector.Rasterizer, it item, s scale) {
	f := it.text.Style.Weight.Font()
	pad := s.px(it.text.Style.Size) + 1
	box := image.Rect(s.px(it.x)-pad, s.px(it.y)-s.px(it.line.Ascent)-pad, s.px(it.x+it.line.Width)+pad, s.px(it.y)+s.px(it.line.Descent)+pad).Intersect(dst.Rect)
	if box.Empty() {
		return
	}
	z.Reset(box.Dx(), box.Dy())
	em := s.float(it.text.Style.Size) / shape.Em
	for _, g := range it.line.Glyphs {
		x := s.float(it.x+g.X) - float32(box.Min.X)
		y := float32(s.px(it.y)-box.Min.Y) - s.float(g.Y)
		for _, seg := range f.Outline(g.ID) {
			ax, ay := x+em*seg.X[0], y-em*seg.Y[0]
			switch {
			case seg.Move:
				z.ClosePath()
				z.MoveTo(ax, ay)
			case seg.Curve:
				z.QuadTo(ax, ay, x+em*seg.X[1], y-em*seg.Y[1])
			default:
				z.LineTo(ax, ay)
			}
		}
	}
	z.ClosePath()
	z.Draw(dst, box, image.Opaque, image.Point{})
}

// bayer orders the thresholds by which grey becomes dots.
var bayer = [4][4]int{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}

// picture draws an image in its own pixels, grey as a pattern of dots.
func picture(dst *image.Alpha, it item, s scale) {
	x0, y0, w, h := s.px(it.x), s.px(it.y), s.px(it.w), s.px(it.h)
	size := it.gray.Rect.Size()
	for y := range min(h, dst.Rect.Max.Y-y0) {
		for x := range min(w, dst.Rect.Max.X-x0) {
			v := int(it.gray.Pix[y*size.Y/h*it.gray.Stride+x*size.X/w])
			if v*16 < (bayer[y%4][x%4]*2+1)*128 {
				dst.Pix[(y0+y)*dst.Stride+x0+x] = 255
			}
		}
	}
}
