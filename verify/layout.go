package verify

import (
	"errors"
	"io/fs"

	"github.com/sandogh/sandogh/record"
)

// checkLayout reads the blobs that no other check wanted (V002) and looks for
// what does not belong (V001), where the source can be listed.
func (r *run) checkLayout() {
	for _, u := range r.units {
		for _, s := range u.shuffles {
			r.unread(s.body.Output, s.index)
			r.unread(s.body.Proof, s.index)
		}
		for _, s := range u.shares {
			r.unread(s.body.Shares, s.index)
		}
	}
	top, ok := r.list(".")
	if !ok {
		return
	}
	for _, f := range top {
		switch f.Name() {
		case "hq", "branch", "blob":
			if !f.IsDir() {
				r.refute("V001", inFile(f.Name()), "a record has a folder of this name, not a file")
			}
		default:
			r.refute("V001", inFile(f.Name()), "a record holds only hq, branch and blob")
		}
	}
	branches, _ := r.list("branch")
	for _, f := range branches {
		if _, known := r.def.Branch(f.Name()); !known || !f.IsDir() {
			r.refute("V001", inFile("branch/"+f.Name()), "the definition has no branch of this name")
		} else if r.branches[f.Name()] == nil {
			r.absent("V005", inFile("branch/"+f.Name()), "the folder of the branch holds no readable log")
		}
	}
	blobs, _ := r.list("blob")
	for _, f := range blobs {
		if path := "blob/" + f.Name(); f.IsDir() || !r.blobs[path] {
			r.refute("V001", inFile(path), "no entry names this blob")
		}
	}
}

func (r *run) unread(b record.Blob, index uint64) {
	if !r.blobs[blobPath(b)] {
		r.readBlob(b, at(record.HQ, index), false)
	}
}

// list returns the files of a folder; ok is false where the source cannot list.
func (r *run) list(dir string) ([]fs.DirEntry, bool) {
	files, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errors.ErrUnsupported) {
			// A source without listing is no fault: nobody who reads it asks for
			// what does not belong. Over a folder, reading it must work.
			if _, can := r.fsys.(fs.ReadDirFS); can {
				r.absent("V001", inFile(dir), "the folder cannot be listed: %v", err)
			}
		}
		return nil, false
	}
	r.count("V001", len(files))
	return files, true
}
