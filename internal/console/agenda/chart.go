package agenda

import (
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/web"
)

// Measures of the picture, in pixels.
const (
	chartWidth = 1060
	labelWidth = 350
	rowHeight  = 38
	headHeight = 64
	barHeight  = 18
	longLabel  = 46 // characters on one line
	margin     = 6  // days before the first and behind the last
)

// drawing draws rows over time. Distances run from the start side of the page's
// script: from the right in Persian.
type drawing struct {
	strings.Builder
	r     *console.Request
	first calendar.Day
	scale float64 // pixels a day
}

// x is the place of a distance from the start side.
func (d *drawing) x(start float64) float64 {
	if d.r.Lang == web.Persian {
		return chartWidth - start
	}
	return start
}

// at is the distance at which a day begins.
func (d *drawing) at(day calendar.Day) float64 { return labelWidth + float64(day-d.first)*d.scale }

func (d *drawing) text(start, y float64, anchor, size, words string) {
	fmt.Fprintf(d, `<text x="%.0f" y="%.0f" text-anchor="%s" font-size="%s" direction="%s" stroke="#fff" stroke-width="4" paint-order="stroke">%s</text>`, d.x(start), y, anchor, size, d.r.Lang.Dir(), template.HTMLEscapeString(words))
}

func (d *drawing) line(start, y1, y2 float64, attrs string) {
	fmt.Fprintf(d, `<line x1="%[1]f" x2="%[1]f" y1="%[2]f" y2="%[3]f" stroke="currentColor" %[4]s/>`, d.x(start), y1, y2, attrs)
}

// rect is a box between two distances.
func (d *drawing) rect(from, to, y, h float64, attrs string) {
	a, b := d.x(from), d.x(to)
	fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" %s/>`, min(a, b), y, max(to-from, 0), h, attrs)
}

// chart draws the rows of a board, in their order: a bar from the first to the last
// day of each, full if it is done, striped if it is late, and only its edge if it
// lies ahead. The table says the same.
func chart(r *console.Request, b *agenda.Board, rows []agenda.Row) template.HTML {
	first, last := b.Today, b.Today
	for _, row := range rows {
		for _, day := range []calendar.Day{row.From, row.To} {
			if day != 0 {
				first, last = min(first, day), max(last, day)
			}
		}
	}
	first, last = first-margin, last+margin+1
	d := &drawing{r: r, first: first, scale: float64(chartWidth-labelWidth) / float64(last-first)}
	height := float64(headHeight + rowHeight*len(rows) + 8)
	fmt.Fprintf(d, `<svg width="%d" height="%.0f" viewBox="0 0 %d %.0f" role="img" aria-label="%s">`, chartWidth, height, chartWidth, height,
		template.HTMLEscapeString(r.Say("agenda.chart", len(rows))))
	d.WriteString(`<defs><pattern id="late" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
		`<rect width="3.5" height="6" fill="currentColor" class="bad"/></pattern></defs>`)
	d.months(last, height)
	d.mark(b.Today, height, 34, r.Say("agenda.chart.today"), `stroke-width="2" stroke-dasharray="5 4"`)
	if b.PollingDay >= first && b.PollingDay < last {
		d.mark(b.PollingDay, height, 50, r.Say("agenda.chart.polling"), `stroke-width="2"`)
	}
	for i := range rows {
		d.row(&rows[i], float64(headHeight+rowHeight*i))
	}
	d.WriteString("</svg>")
	return template.HTML(d.String())
}

// months draws a line where each month begins, with its name.
func (d *drawing) months(last calendar.Day, height float64) {
	for day := d.first; day < last; day++ {
		if _, _, n := day.Jalali(); n != 1 {
			continue
		}
		d.line(d.at(day), 22, height, `stroke-opacity=".18"`)
		if words := strings.Fields(day.In(lang(d.r))); d.at(day) < chartWidth-50 {
			d.text(d.at(day)+5, 16, "start", "13", words[2])
		}
	}
}

func (d *drawing) mark(day calendar.Day, height, y float64, words, attrs string) {
	d.line(d.at(day), y+4, height, attrs)
	anchor, at := "start", d.at(day)+4
	if at > chartWidth-90 {
		anchor, at = "end", d.at(day)-4
	}
	d.text(at, y, anchor, "13", words)
}

func (d *drawing) row(row *agenda.Row, y float64) {
	d.rect(0, chartWidth, y+rowHeight-1, 1, `fill="currentColor" fill-opacity=".1"`)
	mid := y + rowHeight/2
	if title := row.Stage.Title(lang(d.r)); utf8.RuneCountInString(title) <= longLabel {
		d.text(8, mid+5, "start", "14", title)
	} else {
		cut := strings.LastIndex(title[:len(string([]rune(title)[:longLabel]))], " ")
		d.text(8, mid-3, "start", "13", title[:cut])
		d.text(8, mid+13, "start", "13", title[cut+1:])
	}
	word := d.r.Say("agenda.state." + string(row.State))
	if row.Below > 0 && row.State != calendar.Done {
		word += " " + confirmed(d.r, row)
	}
	fmt.Fprintf(d, `<g class="%s">`, stateKinds[row.State])
	defer d.WriteString("</g>")
	from, to := row.From, row.To
	if from == 0 {
		from = to
	}
	if to == 0 {
		to = from
	}
	if from == 0 {
		d.text(labelWidth+8, mid+5, "start", "13", word+" · "+d.r.Say("agenda.unset"))
		return
	}
	fill := `fill="currentColor" stroke="currentColor" rx="3"`
	switch row.State {
	case calendar.Future:
		fill = `fill="none" stroke="currentColor" stroke-width="1.5" rx="3"`
	case calendar.Late:
		fill = `fill="url(#late)" stroke="currentColor" stroke-width="1.5" rx="3"`
	case calendar.Blocked:
		fill = `fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="4 3" rx="3"`
	}
	start, end := d.at(from), max(d.at(to+1), d.at(from)+6)
	d.rect(start, end, mid-barHeight/2, barHeight, fill)
	if room := float64(8 * utf8.RuneCountInString(word)); end+8+room < chartWidth {
		d.text(end+6, mid+5, "start", "13", word)
	} else {
		d.text(start-6, mid+5, "end", "13", word)
	}
}
