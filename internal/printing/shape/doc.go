// Package shape turns Persian and Latin text into placed glyphs: bidirectional
// order, joining, and lines broken to a width.
//
// Specification: none of its own; it follows Unicode.
//
// In goes text in UTF-8 with a style (size in 1/64 point, weight, the direction
// of the whole) and a width; out come lines, each with its runes and its glyphs
// from left to right, at distances in 1/64 point. Beside them stand the two fonts
// themselves: outlines, advances and tables, for those who draw or embed them.
//
// What it never does: a line is not wider than asked, unless one cluster alone
// is; no rune is lost, save white space at the end of a line, which belongs to
// the line but has no glyph. A line break in the text is one on paper; other
// control characters and bytes that are not UTF-8 become U+FFFD, which is drawn.
// Embeddings and overrides (U+202A to U+202E) have no effect, so that a name
// from outside does not turn the text around it; isolates do.
//
// How it fails: it does not. What the fonts lack is drawn as an empty box;
// Missing tells so beforehand.
//
// Sources: UAX #9 (bidi, here in full but for embeddings, since the libraries
// lose levels where runs of one parity meet), UAX #14 and #29 (breaks) and
// HarfBuzz's shaping, both by github.com/go-text/typesetting; Vazirmatn 33.0.3
// by Saber Rastikerdar and others, SIL Open Font License 1.1 (vazirmatn/OFL.txt).
package shape
