package reader

import "io"

// Lines are the lines of a device for the tests.
type Lines struct{ *lines }

func NewLines(r io.Reader) Lines { return Lines{newLines(r)} }

func (l Lines) Next() (string, error) { return l.next() }
