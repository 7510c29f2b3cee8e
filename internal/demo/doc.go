// Package demo holds a simulated election, tells it to people act by act, and
// shows what came out.
//
// Specification: contracts of the command line, "demo".
//
// In and out. Run takes the Options of the command, writes the story in English
// or Persian and, if asked, the outcome as one JSON object, and returns a Demo,
// which Serve shows at an address. The election itself is internal/rehearsal.
//
// What it never does: nothing in it is how an election is run; see
// internal/rehearsal. It writes only into its own folder, and only into one
// that is empty.
//
// How it fails: RefutedError if the election came out as it must not; every
// other error is one of input or of the machine.
//
// Sources: the contracts of the command line.
package demo
