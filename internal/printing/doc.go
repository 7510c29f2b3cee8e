// Package printing puts Persian text on paper: one layout for PDF, for the
// 1-bit bitmaps of receipt printers and for pictures on a screen.
//
// Specification: none of its own; what a card or a slip holds is said by those
// who print it.
//
// In goes a Document: a paper and blocks (headings, paragraphs, tables, pairs, QR
// codes, pictures), from right to left or from left to right. Lay breaks it into
// Pages; these give a PDF, a Bitmap of a page in printer's dots or a PNG preview.
// Distances are Lengths of 1/64 point. A roll has one page as long as its text.
// Names of other direction than the text around them are put in Isolate, codes
// in Code.
//
// What it never does: it prints nothing that it was not given but page numbers
// and, for a Simulated document, a mark at both ends of every page: no time, no
// sequence number, no random identifier. Equal documents give equal bytes. No
// text is cut off or shrunk: what does not fit on a line or a page goes on. It
// opens no file and no connection; printers are in internal/printing/device.
//
// How it fails: Lay returns an error that names the block: a row without a cell
// for each column, a picture or code larger than the page, a code with too much
// in it. Characters that the fonts lack are no error but an empty box; Missing
// tells of them when names are entered.
//
// Sources: PDF 1.7 (ISO 32000-1: 9.6 to 9.10 for fonts and ToUnicode); OpenType
// 1.9 for the subset of glyf; QR by ISO/IEC 18004 with recovery level M (15 %),
// the quiet zone of four modules always kept; 203.2 dots per inch, 8 a
// millimetre, 384 of them on paper of 58 mm and 576 on paper of 80 mm.
package printing
