// Package reader reads cards and codes with a device that gives each as a line of
// text: a card reader in the booth, a scanner at the check-in desk.
//
// Specification: none of its own; what a terminal makes of a line is spec/branch-link.md,
// what a desk makes of it is spec/branch-roll.md.
//
// In goes a device: a path (a serial line, a FIFO) or an address; out comes a [Scan]
// for each line, UTF-8 of at most [MaxLine] bytes, without the spaces around it. A
// line ends with LF, CR or both; empty ones are nothing. [Watch] keeps a device read
// for as long as a program runs, and opens it again, sooner at first and then every
// few seconds, when it was unplugged. A [Simulator] is a device in memory, for
// practice and tests, whose lines take the same way. A reader that types into a page
// as a keyboard does is none of this: it needs no program.
//
// What it never does: it keeps nothing. What is read while nobody wants it is thrown
// away: a card that was shown while another voter's session ran must not begin the
// next one, for whoever showed it may have gone. It does not know what a line means,
// and a Scan never prints its text, since a card's text is worth a session and a
// desk's is a person's number. It sends nothing to a device.
//
// How it fails: a line that is no text, is too long, or is what scanners send when
// they could not read is [ErrUnreadable]; a device that is not there, or no longer,
// is [ErrLost] with what the system said. A device cannot tell a dirty window, nor
// silence from a queue that stands still, so there are no states for them.
//
// Sources: termios(3), raw mode; manuals of Honeywell 1300g and Zebra DS9208 (NR) and
// of Microscan MS-96 (NOREAD, NO-READ by others) for what is sent when nothing was
// read. 1,000 bytes are what the desk's field takes; the longest slip has under 400.
package reader
