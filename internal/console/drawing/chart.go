package drawing

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/sandogh/sandogh/internal/web"
)

// A Group is bars that belong together, such as the rounds of a province.
type Group struct {
	Name string
	Bars []Bar
}

// A Bar is a part of a whole.
type Bar struct {
	Name        string // such as the round
	Part, Whole int64
	Value       string // as it is shown
	State       string // its colour: good, bad, open or wait
}

const (
	nameWidth = 190
	barWidth  = 620
	barHeight = 28
	width     = 820
)

// Bars draws groups of bars under one another, each as long as its part of its own
// whole: all of the width is 100 %.
func Bars(l web.Lang, label string, groups []Group) template.HTML {
	height := 12
	for _, g := range groups {
		height += 34 + len(g.Bars)*(barHeight+6) + 10
	}
	var b strings.Builder
	open(&b, label, width, height)
	begin, end := "start", "end"
	if l == web.Persian { // the drawing itself runs from left to right
		begin, end = end, begin
	}
	y := 0
	for _, g := range groups {
		y += 34
		text(&b, start(l, 4, width), y-8, begin, 18, 700, g.Name)
		for _, bar := range g.Bars {
			share := 0.0
			if bar.Whole > 0 {
				share = min(1, max(0, float64(bar.Part)/float64(bar.Whole)))
			}
			long := int(share*barWidth + .5)
			text(&b, start(l, 20, width), y+20, begin, 16, 400, bar.Name) // name and value first: a narrow screen shows the beginning
			text(&b, start(l, nameWidth-12, width), y+20, end, 16, 700, bar.Value)
			fmt.Fprintf(&b, `<g class="%s">`, template.HTMLEscapeString(bar.State))
			box(&b, start(l, nameWidth, width), y, barWidth, l, `fill="none" stroke="currentColor" stroke-opacity=".35"`)
			box(&b, start(l, nameWidth, width), y, long, l, `fill="currentColor" fill-opacity=".75"`)
			b.WriteString("</g>")
			y += barHeight + 6
		}
		y += 10
	}
	b.WriteString("</svg></div>")
	return template.HTML(b.String())
}

func box(b *strings.Builder, x, y, long int, l web.Lang, look string) {
	if l == web.Persian {
		x -= long
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" %s/>`, x, y, long, barHeight, look)
}

// A Series is a line over time.
type Series struct {
	Name  string
	State string // its colour
	Dash  bool   // broken: a sign besides the colour
	Y     []int64
}

// Lines draws series over the same times, from left to right, from 0 up to the
// highest. Times are words; the first and the last are written.
func Lines(l web.Lang, label string, times []string, all []Series) template.HTML {
	const left, right, top, bottom = 70, 170, 20, 50
	const height = 360
	highest := int64(1)
	for _, s := range all {
		for _, v := range s.Y {
			highest = max(highest, v)
		}
	}
	x := func(i int) int {
		if len(times) < 2 {
			return left
		}
		return left + i*(width-left-right)/(len(times)-1)
	}
	y := func(v int64) int { return height - bottom - int(v*int64(height-top-bottom)/highest) }
	var b strings.Builder
	open(&b, label, width, height)
	marks := []int64{0, highest}
	if highest >= 4 {
		marks = []int64{0, highest / 2, highest}
	}
	for _, v := range marks {
		fmt.Fprintf(&b, `<path d="M%d %dH%d" stroke="currentColor" stroke-opacity=".25"/>`, left, y(v), width-right)
		text(&b, left-10, y(v)+6, "end", 16, 400, l.Number(v))
	}
	if n := len(times); n > 0 {
		text(&b, x(0), height-18, "start", 16, 400, times[0])
		if n > 1 {
			text(&b, x(n-1), height-18, "end", 16, 400, times[n-1])
		}
	}
	taken := -100
	for _, s := range all {
		if len(s.Y) == 0 {
			continue
		}
		var d strings.Builder
		for i, v := range s.Y {
			fmt.Fprintf(&d, "%c%d %d", "ML"[min(i, 1)], x(i), y(v))
		}
		dash := ""
		if s.Dash {
			dash = ` stroke-dasharray="9 7"`
		}
		last := y(s.Y[len(s.Y)-1])
		if last-taken < 20 && taken-last < 20 {
			last = taken + 20
		}
		taken = last
		fmt.Fprintf(&b, `<g class="%s"><path d="%s" fill="none" stroke="currentColor" stroke-width="3"%s/>`, template.HTMLEscapeString(s.State), d.String(), dash)
		for i, v := range s.Y {
			fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="4" fill="currentColor"><title>%s: %s</title></circle>`, x(i), y(v), template.HTMLEscapeString(times[i]), l.Number(v))
		}
		text(&b, width-right+12, last+6, "start", 16, 700, s.Name)
		b.WriteString("</g>")
	}
	b.WriteString("</svg></div>")
	return template.HTML(b.String())
}
