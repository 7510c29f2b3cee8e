package drawing_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/drawing"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/web"
)

// whole fails the test if the drawing is no XML, has colours or styles of its own,
// or draws outside its frame.
func whole(t *testing.T, drawing string, width, height int) (elements map[string]int) {
	t.Helper()
	elements = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(drawing))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return elements
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, drawing)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		elements[e.Name.Local]++
		at := map[string]int{}
		for _, a := range e.Attr {
			if a.Name.Local == "style" || (a.Name.Local == "fill" || a.Name.Local == "stroke") && a.Value != "currentColor" && a.Value != "none" {
				t.Errorf("<%s %s=%q>: a colour that is not of the style sheet", e.Name.Local, a.Name.Local, a.Value)
			}
			n := 0
			if _, err := fmt.Sscan(a.Value, &n); err == nil {
				at[a.Name.Local] = n
			}
		}
		if e.Name.Local == "rect" && (at["x"] < 0 || at["y"] < 0 || at["x"]+at["width"] > width || at["y"]+at["height"] > height) {
			t.Errorf("outside the frame: %v", at)
		}
	}
}

func TestMap(t *testing.T) {
	var tiles []drawing.Tile
	places := map[[2]int]string{}
	for _, p := range sample.Provinces() {
		tiles = append(tiles, drawing.Tile{Name: p.Name.Fa, Shown: p.Name.Fa, State: "open", Value: "۷", More: "x"})
		at, ok := iran.Find(p.Name.Fa)
		english, okEnglish := iran.Find(p.Name.En)
		if !ok || !okEnglish || at.Col != english.Col || at.Row != english.Row {
			t.Errorf("%s (%s) has no tile of its own", p.Name.Fa, p.Name.En)
			continue
		}
		place := [2]int{at.Col, at.Row}
		if other := places[place]; other != "" {
			t.Errorf("%s lies on %s", p.Name.En, other)
		}
		places[place] = p.Name.En
	}
	if len(places) != 31 {
		t.Errorf("%d tiles, not 31", len(places))
	}
	if n := whole(t, string(drawing.Map("نقشه", tiles)), 770, 2000); n["rect"] != 31 {
		t.Errorf("%d tiles drawn", n["rect"])
	}
	tiles = append(tiles, drawing.Tile{Name: "استان دیگر", Shown: `<b>"دیگر"</b>`, State: "wait"})
	if n := whole(t, string(drawing.Map("نقشه", tiles)), 770, 2000); n["rect"] != 32 || n["b"] != 0 {
		t.Errorf("a province without a tile is lost, or is markup: %v", n)
	}
	if s := string(drawing.Map("نقشه", tiles[:1])); whole(t, s, 770, 2000)["rect"] != 31 || strings.Count(s, "<title>") != 1 {
		t.Errorf("one province and 30 outlines: %s", s)
	}
}

func TestBars(t *testing.T) {
	for _, l := range web.Langs {
		s := string(drawing.Bars(l, "l", []drawing.Group{{Name: "قم", Bars: []drawing.Bar{{Name: "1400", Part: 1, Whole: 4, State: "open"}, {Part: 5, Whole: 4}, {Part: 1}}}, {Name: "x"}}))
		if n := whole(t, s, 820, 2000); n["rect"] != 6 {
			t.Errorf("%d boxes", n["rect"])
		}
		// A quarter of 620, at the start side.
		want := `<rect x="190" y="34" width="155"`
		if l == web.Persian {
			want = `<rect x="475" y="34" width="155"`
		}
		if !strings.Contains(s, want) {
			t.Errorf("no %s in %s", want, s)
		}
	}
}

func TestLines(t *testing.T) {
	for _, l := range web.Langs {
		s := string(drawing.Lines(l, "l", []string{"a", "b", "c"}, []drawing.Series{{Name: "x", Y: []int64{0, 5, 10}, State: "open"}, {Name: "y", Y: []int64{0, 0, 10}, Dash: true}}))
		if n := whole(t, s, 820, 360); n["circle"] != 6 {
			t.Errorf("%d points", n["circle"])
		}
		if !strings.Contains(s, "M70 310L360 165L650 20") {
			t.Errorf("the line lies elsewhere: %s", s)
		}
		whole(t, string(drawing.Lines(l, "l", nil, nil)), 820, 360)
		whole(t, string(drawing.Lines(l, "l", []string{"a"}, []drawing.Series{{Y: []int64{0}}})), 820, 360)
	}
}

// TestArc: as many seats as there are, all within the frame, for any house.
func TestArc(t *testing.T) {
	for _, l := range web.Langs {
		for _, total := range []int{1, 2, 3, 9, 15, 21, 290} {
			s := string(drawing.Arc(l, "l", []drawing.Party{{"الف", total - total/3}, {"<b>", total / 3}, {"none", 0}}))
			if n := whole(t, s, 820, 430); n["circle"] != total || n["b"] != 0 {
				t.Errorf("%d seats: %v", total, n)
			}
		}
		if s := drawing.Arc(l, "l", nil); s != "" {
			t.Errorf("no seats: %s", s)
		}
	}
}

// TestTileLink: a tile is a link where it has a page.
func TestTileLink(t *testing.T) {
	s := string(drawing.Map("l", []drawing.Tile{{Name: "قم", Link: `/place/"qom".html`}, {Name: "یزد"}}))
	if n := whole(t, s, 770, 2000); n["a"] != 1 {
		t.Errorf("%d links", n["a"])
	}
}
