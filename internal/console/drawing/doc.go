// Package drawing draws the charts of the offices' console and of the public site
// as SVG: a map of the country in 31 equal tiles, bars, lines over time, and the
// seats of a council in half circles.
//
// Specification: ../shared/design/ux.md, part 5 (maps, right to left).
//
// In go values with their words, in a language; out comes an <svg> that stands in
// a page, in the colours of the console's style sheet (classes good, bad, open,
// wait), by currentColor. A tile is found by the name of its province, in any
// spelling; what has no tile stands in a row below the map. Bars begin at the
// start side of the language; time runs from left to right in both, and the map
// has the north above.
//
// What it never does: it is never the only place of a number: who draws puts a
// table with the same numbers beside it, and the drawing has one name and is one
// picture for those who do not see it. Colour is never the only sign: each tile
// and bar has its number.
//
// How it fails: it does not; no values give an empty drawing.
//
// Sources: WCAG 2.2 (1.4.1, 1.4.11); the place of tiles by package iran.
package drawing
