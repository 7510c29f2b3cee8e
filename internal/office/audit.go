package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// A Change is what somebody did, for the log.
type Change struct {
	Act    string // such as person.edit
	Object string // its id
	Office string // which subtree it concerns
	Before any    // what was there, or nil
	After  any    // what is there now, or nil
}

// genesis is what the first line follows.
const genesis = "sandogh audit"

// The hash of a line is the SHA-256 of its fields and of the hash before it, each
// with its length before it, so that no two lines have the same bytes:
//
//	"sandogh audit line" ‖ for each of seq, at, person, role, post office, act,
//	object, office, before, after, prev:  len in decimal ‖ ":" ‖ bytes
func lineHash(l officedb.Audit) string {
	h := sha256.New()
	h.Write([]byte("sandogh audit line"))
	for _, f := range []string{strconv.FormatInt(l.Seq, 10), strconv.FormatInt(l.At, 10), l.Person, l.Role, l.PostOffice,
		l.Act, l.Object, l.Office, l.Before, l.After, l.Prev} {
		fmt.Fprintf(h, "%d:%s", len(f), f)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Audit appends a line to the log, in the transaction of what it records. Power is
// the one by which the actor did it: the line names the post that has it.
func Audit(ctx context.Context, tx *store.Tx, now time.Time, a Actor, p Power, c Change) error {
	q := officedb.New(tx)
	line := officedb.Audit{Seq: 1, At: store.Millis(now), Person: a.Person, Act: c.Act, Object: c.Object, Office: c.Office, Prev: genesis}
	if post, ok := a.Post(p, c.Office); ok {
		line.Role, line.PostOffice = string(post.Role), post.Office
	}
	var err error
	if line.Before, err = asJSON(c.Before); err != nil {
		return fmt.Errorf("audit %s: before: %w", c.Act, err)
	}
	if line.After, err = asJSON(c.After); err != nil {
		return fmt.Errorf("audit %s: after: %w", c.Act, err)
	}
	switch last, err := q.LastAudit(ctx); {
	case err == nil:
		line.Seq, line.Prev = last.Seq+1, last.Hash
	case !errors.Is(store.Classify(err), store.ErrNotFound):
		return fmt.Errorf("audit %s: %w", c.Act, err)
	}
	line.Hash = lineHash(line)
	if err := q.InsertAudit(ctx, officedb.InsertAuditParams(line)); err != nil {
		return fmt.Errorf("audit %s: %w", c.Act, err)
	}
	return nil
}

func asJSON(v any) (string, error) {
	if v == nil {
		return "null", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// CheckLog reads the whole log and returns how many lines it has, and the hash of
// the last. The error names the first line that does not follow from the one
// before it.
func CheckLog(ctx context.Context, db officedb.DBTX) (lines int64, head string, err error) {
	q := officedb.New(db)
	head = genesis
	for {
		page, err := q.AuditFrom(ctx, officedb.AuditFromParams{First: lines + 1, Max: 1000})
		if err != nil {
			return lines, head, fmt.Errorf("read the log: %w", err)
		}
		for _, l := range page {
			switch {
			case l.Seq != lines+1:
				return lines, head, fmt.Errorf("line %d of the log is missing", lines+1)
			case l.Prev != head:
				return lines, head, fmt.Errorf("line %d of the log does not follow from the one before it", l.Seq)
			case l.Hash != lineHash(l):
				return lines, head, fmt.Errorf("line %d of the log was changed", l.Seq)
			}
			lines, head = l.Seq, l.Hash
		}
		if len(page) == 0 {
			return lines, head, nil
		}
	}
}
