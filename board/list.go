package board

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// maxDepth is far more directories than the longest path of a log has.
const maxDepth = 16

// CanList reports whether the folder of the log can be listed. Where it cannot
// (over HTTP), files that do not belong are not found, and need not be: nobody
// who reads the log asks for them.
func (l *Log) CanList() bool {
	if _, ok := l.fsys.(fs.ReadDirFS); ok {
		return true
	}
	_, err := fs.ReadDir(l.fsys, l.dir)
	return err == nil
}

// list reports every file and empty folder that does not belong to the
// published form of a log of this size.
func (s *scanner) list() {
	if s.log.CanList() {
		s.listFolder("", 0)
	}
}

func (s *scanner) listFolder(folder string, depth int) {
	shown := folder
	if folder == "" {
		shown = "."
	}
	if depth > maxDepth {
		s.fault(shown, -1, fmt.Sprintf("does not belong to the log: folders %d deep", depth))
		return
	}
	found, err := fs.ReadDir(s.log.fsys, path.Join(s.log.dir, folder))
	if err != nil {
		s.failed(shown, err)
		return
	}
	if len(found) == 0 {
		s.fault(shown, -1, "does not belong to the log: an empty folder")
	}
	for _, d := range found {
		if s.done() {
			return
		}
		name := strings.TrimPrefix(folder+"/"+d.Name(), "/")
		switch {
		case d.IsDir():
			s.listFolder(name, depth+1)
		case !d.Type().IsRegular():
			s.fault(name, -1, "is not a regular file")
		case !belongs(name, s.log.Size()):
			s.fault(name, -1, "does not belong to a log of this size")
		}
	}
}
