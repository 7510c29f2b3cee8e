// Package press prints the branch's papers on the branch's own printer, and is the
// page that says how the printer is and what to do.
//
// Specification: ../shared/design/ux.md, parts 1f and 6.
//
// In and out. In goes a receipt printer, the width of its paper, and a [Paper]: one
// document or several, each cut off by itself. [Press.Print] begins to print and
// leads to the page; the page says how far it has come and keeps itself fresh. When
// all is on paper, Printed of the paper is called, once. After a fault the page says
// what has happened, whether what came out is void, and prints again from the
// document that was not finished. A document longer than a metre goes to the printer
// in pieces. With a simulated printer the page shows what it has printed, and has each
// fault as a button.
//
// What it never does: it prints nothing twice by itself, keeps no queue, and keeps
// nothing of what was printed but its title; only the simulated printer, which is for
// practice, shows its last paper. It writes no file.
//
// How it fails: while something is printed, another paper is refused. A printer that
// is out of paper, open, hot, faulty or lost, before or in the middle, is a screen of
// its own each. A branch without a printer has a nil Press, which has no page.
//
// Sources: the states of package device; sizes of paper of package printing.
package press
