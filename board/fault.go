package board

import "fmt"

// A Fault is one thing that is wrong with the folder of a published log.
type Fault struct {
	Path    string // the file, from the top of the log's folder
	Entry   int64  // the first entry concerned, -1 if none in particular
	Missing bool   // the file is absent or unreadable: nothing is refuted by it
	Text    string // what is wrong, without the path
}

// String returns the fault as one line for people.
func (f Fault) String() string {
	if f.Entry >= 0 {
		return fmt.Sprintf("%s: entry %d: %s", f.Path, f.Entry, f.Text)
	}
	return f.Path + ": " + f.Text
}

// maxFaults bounds what is listed of one log, and with it the work done on a
// checkpoint that claims a size whose files do not exist.
const maxFaults = 1000
