package drawing

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/sandogh/sandogh/internal/web"
)

// A Party is a group of seats in an arc.
type Party struct {
	Name  string
	Seats int
}

// partyColours are the style sheet's party-1 to party-6, again from the first.
const partyColours = 6

// Arc draws seats in half circles, the parties side by side from the start side of
// the language, in the order given. Each seat is a disc with the number of its
// party in the order, so that no colour need be told apart.
func Arc(l web.Lang, label string, parties []Party) template.HTML {
	total := 0
	for _, p := range parties {
		total += max(0, p.Seats)
	}
	if total == 0 {
		return ""
	}
	rows := max(1, int(math.Round(math.Sqrt(float64(total)/math.Pi))))
	const inner, outer, w, h = 150.0, 380.0, 820, 430
	step := (outer - inner) / float64(max(rows, 2))
	r := min(step*.44, 34)
	// Seats in each row in proportion to its length, the rest in the outermost.
	type seat struct{ angle, x, y float64 }
	var seats []seat
	length := 0.0
	radius := func(row int) float64 { return outer - float64(row)*step }
	for i := range rows {
		length += radius(i)
	}
	left := total
	for i := rows - 1; i >= 0; i-- {
		n := int(math.Round(float64(total) * radius(i) / length))
		if i == 0 || n > left {
			n = left
		}
		left -= n
		for k := range n {
			angle := math.Pi / 2
			if n > 1 {
				angle = math.Pi * float64(k) / float64(n-1)
			}
			seats = append(seats, seat{angle, w/2 - radius(i)*math.Cos(angle), h - 20 - radius(i)*math.Sin(angle)})
		}
	}
	// From the start side: by angle, inner rows after outer ones at the same angle.
	for i := 1; i < len(seats); i++ {
		for j := i; j > 0 && seats[j].angle < seats[j-1].angle; j-- {
			seats[j], seats[j-1] = seats[j-1], seats[j]
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="arc"><svg class="chart" role="img" aria-label="%s" viewBox="0 0 %d %d" direction="ltr">`, template.HTMLEscapeString(label), w, h)
	at := 0
	for i, p := range parties {
		fmt.Fprintf(&b, `<g class="party-%d"><title>%s: %s</title>`, i%partyColours+1, template.HTMLEscapeString(p.Name), l.Number(int64(p.Seats)))
		for range max(0, p.Seats) {
			x := seats[at].x
			if l == web.Persian {
				x = w - x
			}
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="currentColor" fill-opacity=".2" stroke="currentColor" stroke-width="2"/>`, x, seats[at].y, r)
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle" font-size="%.0f" font-weight="700" fill="currentColor">%s</text>`, x, seats[at].y+r*.35, r, l.Number(int64(i+1)))
			at++
		}
		b.WriteString("</g>")
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle" font-size="64" font-weight="700" fill="currentColor">%s</text>`, w/2, h-40, l.Number(int64(total)))
	b.WriteString("</svg></div>")
	return template.HTML(b.String())
}
