package drawing

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/web"
)

// A Tile is a province on the map.
type Tile struct {
	Name  string // by which it is found, Persian or English
	Shown string // the name in the language
	State string // good, bad, open or wait
	Value string // short, as it is shown
	More  string // a sentence, for those who point at it
	Link  string // address of its page, or empty
}

const side, gap = 110, 6

// Map draws provinces where they lie, and the outlines of those that are not among
// them.
func Map(label string, tiles []Tile) template.HTML {
	var b strings.Builder
	rows := 0
	for _, p := range iran.Provinces() {
		rows = max(rows, p.Row+1)
	}
	var lost []Tile
	for _, t := range tiles {
		if _, ok := iran.Find(t.Name); !ok {
			lost = append(lost, t)
		}
	}
	height := rows * side
	if len(lost) > 0 {
		height += (len(lost) + iran.Columns - 1) / iran.Columns * side
	}
	if slices.ContainsFunc(tiles, func(t Tile) bool { return t.Link != "" }) { // then it is more than a picture
		fmt.Fprintf(&b, `<div class="scroll" tabindex="0" role="group" aria-label="%s"><svg class="chart" viewBox="0 0 %d %d" direction="ltr">`, template.HTMLEscapeString(label), iran.Columns*side, height)
	} else {
		open(&b, label, iran.Columns*side, height)
	}
	drawn := map[string]bool{}
	for _, t := range tiles {
		if p, ok := iran.Find(t.Name); ok {
			t.draw(&b, p.Col, p.Row)
			drawn[p.En] = true
		}
	}
	for _, p := range iran.Provinces() { // so that one's own is seen where it lies
		if !drawn[p.En] {
			fmt.Fprintf(&b, `<rect class="soft" x="%d" y="%d" width="%d" height="%d" rx="10" fill="none" stroke="currentColor" stroke-opacity=".3"/>`, p.Col*side+gap/2, p.Row*side+gap/2, side-gap, side-gap)
		}
	}
	for i, t := range lost {
		t.draw(&b, i%iran.Columns, rows+i/iran.Columns)
	}
	b.WriteString("</svg></div>")
	return template.HTML(b.String())
}

// open begins a drawing. On a narrow screen it keeps a readable size and is moved
// sideways in its frame.
func open(b *strings.Builder, label string, width, height int) {
	fmt.Fprintf(b, `<div class="scroll" tabindex="0" role="group" aria-label="%[1]s"><svg class="chart" role="img" aria-label="%[1]s" viewBox="0 0 %[2]d %[3]d" direction="ltr">`,
		template.HTMLEscapeString(label), width, height)
}

func (t Tile) draw(b *strings.Builder, col, row int) {
	x, y := col*side, row*side
	if t.Link != "" {
		fmt.Fprintf(b, `<a href="%s">`, template.HTMLEscapeString(t.Link))
		defer b.WriteString("</a>")
	}
	fmt.Fprintf(b, `<g class="%s"><title>%s</title><rect x="%d" y="%d" width="%d" height="%d" rx="10" fill="currentColor" fill-opacity=".13" stroke="currentColor" stroke-width="2"/>`,
		template.HTMLEscapeString(t.State), template.HTMLEscapeString(t.Shown+": "+t.More), x+gap/2, y+gap/2, side-gap, side-gap)
	lines := wrap(t.Shown, 11)
	size := 16
	for _, line := range lines {
		if utf8.RuneCountInString(line) > 12 { // wider than the tile
			size = 12
		}
	}
	for i, line := range lines {
		text(b, x+side/2, y+26+i*19, "middle", size, 400, line)
	}
	text(b, x+side/2, y+side-20, "middle", 30, 700, t.Value)
	b.WriteString("</g>")
}

func text(b *strings.Builder, x, y int, anchor string, size, weight int, s string) {
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="%s" font-size="%d" font-weight="%d" fill="currentColor">%s</text>`, x, y, anchor, size, weight, template.HTMLEscapeString(s))
}

// wrap breaks a name into two lines at most.
func wrap(s string, width int) []string {
	words := strings.Fields(s)
	for i := 1; i < len(words); i++ {
		first, rest := strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		if utf8.RuneCountInString(s) > width && (i == len(words)-1 || utf8.RuneCountInString(first) >= utf8.RuneCountInString(rest)) {
			return []string{first, rest}
		}
	}
	return []string{s}
}

// start is the place of a distance from the start side of the language.
func start(l web.Lang, distance, width int) int {
	if l == web.Persian {
		return width - distance
	}
	return distance
}
