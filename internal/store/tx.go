package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// A Tx is a transaction that writes. It reads what it has written.
type Tx struct {
	tx     *sql.Tx
	conn   *sql.Conn
	engine Engine
	after  []func()
}

// Tx calls write in a transaction and commits it if write returns no error. When
// Tx has returned without error, what was written is on the disk; after an error
// nothing of it is there. Writers wait for one another, so write must be quick
// and must not wait for anything else.
func (db *DB) Tx(ctx context.Context, write func(*Tx) error) error {
	return db.LongTx(ctx, func(tx *Tx, turn func() error) error {
		if err := turn(); err != nil {
			return err
		}
		return write(tx)
	})
}

// LongTx is [DB.Tx] for what takes minutes. Others write until write calls turn,
// which it must, and behind which it must be quick; what it has read before that
// may be old. SQLite has one writer, so there the others wait all the time.
func (db *DB) LongTx(ctx context.Context, write func(tx *Tx, turn func() error) error) error {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", classify(err))
	}
	defer conn.Close()
	sqlTx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", classify(err))
	}
	defer sqlTx.Rollback() // of no effect after Commit
	tx, mine := &Tx{tx: sqlTx, conn: conn, engine: db.engine}, false
	err = write(tx, func() error {
		if db.engine == Postgres && !mine {
			if _, err := sqlTx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext('sandogh ' || current_schema()))"); err != nil {
				return fmt.Errorf("begin: %w", classify(err))
			}
		}
		mine = true
		return nil
	})
	if err != nil {
		return classify(err)
	}
	if !mine {
		return errors.New("commit: the write has not waited for its turn")
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", classify(err))
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// After has f called when the transaction is committed: for what must not happen
// if it is not.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// ExecContext writes.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	r, err := tx.tx.ExecContext(ctx, tx.engine.bind(query), args...)
	return r, classify(err)
}

// PrepareContext prepares a query.
func (tx *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	s, err := tx.tx.PrepareContext(ctx, tx.engine.bind(query))
	return s, classify(err)
}

// QueryContext queries.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := tx.tx.QueryContext(ctx, tx.engine.bind(query), args...)
	return rows, classify(err)
}

// QueryRowContext queries one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return tx.tx.QueryRowContext(ctx, tx.engine.bind(query), args...)
}

// batch is how many values one statement has: with more SQLite takes longer.
const batch = 1_000

// Load appends many rows to a table: by COPY on PostgreSQL, by long INSERTs on
// SQLite. The names of table and columns are the program's own. It stops at the
// first error of rows, which it returns.
func (tx *Tx) Load(ctx context.Context, table string, columns []string, rows iter.Seq2[[]any, error]) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	if tx.engine == Postgres {
		var broken error // of rows, which the server would answer as one of its own
		err := tx.conn.Raw(func(driver any) error {
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
				row, err, ok := next()
				if !ok {
					return nil, nil
				}
				broken = err
				return row, err
			}))
			return err
		})
		if broken != nil {
			return broken
		}
		return classify(err)
	}
	// FAIL and not ABORT, because whoever called rolls back: so SQLite need not keep
	// every page as it was before the statement.
	return tx.insert(ctx, "INSERT OR FAIL INTO ", table, columns, next, "")
}

// LoadNew is [Tx.Load] by long INSERTs on both engines, which pass over rows that
// are there already.
func (tx *Tx) LoadNew(ctx context.Context, table string, columns []string, rows iter.Seq2[[]any, error]) error {
	next, stop := iter.Pull2(rows)
	defer stop()
	return tx.insert(ctx, "INSERT INTO ", table, columns, next, " ON CONFLICT DO NOTHING")
}

// insert inserts rows, many by one statement.
func (tx *Tx) insert(ctx context.Context, head, table string, columns []string, next func() ([]any, error, bool), tail string) error {
	size := batch / len(columns)
	text := func(rows int) string {
		var b strings.Builder
		b.WriteString(head + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
		for i := range rows * len(columns) {
			switch {
			case i == 0:
				b.WriteString("(")
			case i%len(columns) == 0:
				b.WriteString("), (")
			default:
				b.WriteString(", ")
			}
			if tx.engine == Postgres {
				b.WriteString("$" + strconv.Itoa(i+1))
			} else {
				b.WriteByte('?') // with a number SQLite's driver looks through all of them for each
			}
		}
		return b.String() + ")" + tail
	}
	var full *sql.Stmt
	for {
		var args []any
		for len(args) < size*len(columns) {
			row, err, ok := next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			args = append(args, row...)
		}
		n := len(args) / len(columns)
		if n == 0 {
			return nil
		}
		var err error
		if n == size {
			if full == nil {
				if full, err = tx.tx.PrepareContext(ctx, text(n)); err != nil {
					return classify(err)
				}
				defer full.Close()
			}
			_, err = full.ExecContext(ctx, args...)
		} else {
			_, err = tx.tx.ExecContext(ctx, text(n), args...)
		}
		if err != nil {
			return classify(err)
		}
	}
}

// bound holds queries as SQLite wants them, by the text that sqlc has generated.
var bound sync.Map

// bind returns the query with its parameters as the engine wants them: SQLite
// takes $1 for a name, and ?1 for the first.
func (e Engine) bind(query string) string {
	if e == Postgres {
		return query
	}
	if q, ok := bound.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(query); i++ {
		c := query[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c == '$' && !quoted && i+1 < len(query) && query[i+1] >= '0' && query[i+1] <= '9' {
			c = '?'
		}
		b.WriteByte(c)
	}
	q := b.String()
	bound.Store(query, q)
	return q
}

var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewID returns a new id: 128 random bits in 26 characters.
func NewID() string {
	b := make([]byte, 16)
	rand.Read(b) // it never fails
	return ids.EncodeToString(b)
}

// Millis returns an instant as it is stored.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time returns the instant that is stored; 0 is the zero time.
func Time(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// Bool returns a truth value as it is stored.
func Bool(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Prefix returns the range of texts that begin with p, all of them digits and
// shorter than 32: lo ≤ text < hi in every collation. Of codes of offices it is
// the subtree.
func Prefix(p string) (lo, hi string) { return p, p + strings.Repeat("9", 32-len(p)) }

// Word returns a word as it is stored to be found: hex of its UTF-8. With
// [WordPrefix] the words that begin with another one are a range in every
// collation.
func Word(w string) string { return fmt.Sprintf("%x", w) }

// WordPrefix returns the range of stored words that begin with w: lo ≤ word < hi.
func WordPrefix(w string) (lo, hi string) { return Word(w), Word(w) + "g" }

// Changed returns ErrConflict if an update with a version changed no row: another
// was first. It takes what a generated :execrows query returns.
func Changed(rows int64, err error) error {
	if err != nil {
		return classify(err)
	}
	switch rows {
	case 0:
		return ErrConflict
	case 1:
		return nil
	}
	return fmt.Errorf("update of one row changed %s", strconv.FormatInt(rows, 10))
}
