package verify

import (
	"errors"
	"io/fs"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
)

// checkLayout reads the blobs that no other check wanted (V002) and looks for
// what does not belong (V001), where the source can be listed.
func (r *run) checkLayout() {
	for _, u := range r.units {
		for _, s := range u.Shuffles {
			r.unread(s.Body.Output, s.Index)
			r.unread(s.Body.Proof, s.Index)
		}
		for _, s := range u.Shares {
			r.unread(s.Body.Shares, s.Index)
		}
	}
	for _, o := range r.hq.outcomes {
		r.unread(o.Canvass.Body.Statements, o.Canvass.Index)
	}
	top, ok := r.list(".")
	if !ok {
		return
	}
	for _, f := range top {
		switch f.Name() {
		case "hq", "branch", "blob":
			if !f.IsDir() {
				r.Refute("V001", report.InFile(f.Name()), "a record has a folder of this name, not a file")
			}
		default:
			r.Refute("V001", report.InFile(f.Name()), "a record holds only hq, branch and blob")
		}
	}
	branches, _ := r.list("branch")
	for _, f := range branches {
		if _, known := r.def.Branch(f.Name()); !known || !f.IsDir() {
			r.Refute("V001", report.InFile("branch/"+f.Name()), "the definition has no branch of this name")
		} else if r.branches[f.Name()] == nil {
			r.Absent("V005", report.InFile("branch/"+f.Name()), "the folder of the branch holds no readable log")
		}
	}
	blobs, _ := r.list("blob")
	for _, f := range blobs {
		if path := "blob/" + f.Name(); f.IsDir() || !r.Named(path) {
			r.amiss("V001", report.InFile(path), "no entry names this blob")
		}
	}
}

func (r *run) unread(b record.Blob, index uint64) {
	if !r.Named(source.BlobPath(b)) {
		r.Compare(b, report.At(record.HQ, index))
	}
}

// list returns the files of a folder; ok is false where the source cannot list.
func (r *run) list(dir string) ([]fs.DirEntry, bool) {
	files, err := fs.ReadDir(r.FS(), dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errors.ErrUnsupported) {
			// A source without listing is no fault: nobody who reads it asks for
			// what does not belong. Over a folder, reading it must work.
			if _, can := r.FS().(fs.ReadDirFS); can {
				r.Absent("V001", report.InFile(dir), "the folder cannot be listed: %v", err)
			}
		}
		return nil, false
	}
	r.Count("V001", len(files))
	return files, true
}
