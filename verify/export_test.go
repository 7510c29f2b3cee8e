package verify

import (
	"context"
	"io/fs"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/source"
)

// SignedInHQ checks the signatures of an entry as one of headquarters' log of
// the record in fsys, of which the definition and the first line of the
// checkpoint must be there. It reports whether the entry belongs there.
func SignedInHQ(fsys fs.FS, e record.Entry) (belongs bool, err error) {
	r := &run{Reader: source.New(context.Background(), fsys, nil, nil), hq: &headquarters{}}
	r.bootstrap()
	need := r.answerable(e.Body)
	if need == nil {
		return false, nil
	}
	return true, r.verifySignatures(e, need)
}
