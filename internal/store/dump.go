package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A backup is text, the same for both engines: a first line with the format, then
// for each table, in an order in which none refers to a later one, a line with its
// name and columns and a line for each row, in the order of the primary key; each
// line a JSON array. The last line is the hash of all before it:
//
//	["sandogh backup", 1]
//	[null, "office", "code", "kind", …]
//	["07", "province", …]
//	[null, "<hex of SHA-256 of all bytes above>"]
//
// No row begins with null: columns are never null.
//
// The state hash is that hash: two databases with the same rows have the same one.
const format = "sandogh backup"

// ErrBackup says that a backup is not whole, or is none.
var ErrBackup = errors.New("the backup is not whole, or is none")

// tables returns the tables, each behind those that it refers to.
func (db *DB) tables(ctx context.Context, q querier) ([]string, error) {
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version' ORDER BY name"
	refs := "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)"
	if db.engine == Postgres {
		list = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'goose_db_version' ORDER BY tablename COLLATE \"C\""
		refs = "SELECT DISTINCT f.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid WHERE c.contype = 'f' AND t.relname = $1 AND t.relnamespace = current_schema()::regnamespace"
	}
	names, err := column(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var out []string
	for len(out) < len(names) {
		before := len(out)
		for _, name := range names {
			if slices.Contains(out, name) {
				continue
			}
			needs, err := column(ctx, q, refs, name)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(needs, func(n string) bool { return n != name && !slices.Contains(out, n) }) {
				out = append(out, name)
			}
		}
		if len(out) == before {
			return nil, errors.New("tables refer to one another in a circle")
		}
	}
	return out, nil
}

// columns returns the columns of a table in their order, and how many of them, the
// first ones of keys, are its primary key.
func (db *DB) columns(ctx context.Context, q querier, table string) (all, keys []string, err error) {
	list := "SELECT name FROM pragma_table_info(?1) ORDER BY name"
	key := "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk"
	if db.engine == Postgres {
		list = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name COLLATE \"C\""
		key = "SELECT a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey) WHERE i.indisprimary AND t.relname = $1 AND t.relnamespace = current_schema()::regnamespace ORDER BY array_position(i.indkey::int2[], a.attnum)"
	}
	if all, err = column(ctx, q, list, table); err != nil {
		return nil, nil, err
	}
	keys, err = column(ctx, q, key, table)
	return all, keys, err
}

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

func column(ctx context.Context, q querier, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, classify(rows.Err())
}

// Backup writes all rows, as they were at one instant, and returns the state hash.
func (db *DB) Backup(ctx context.Context, w io.Writer) (state string, err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{Isolation: db.snapshot(), ReadOnly: true})
	if err != nil {
		return "", fmt.Errorf("back up: %w", classify(err))
	}
	defer tx.Rollback()
	h := sha256.New()
	b := bufio.NewWriterSize(io.MultiWriter(w, h), 1<<20)
	if err := line(b, format, 1); err != nil {
		return "", fmt.Errorf("back up: %w", err)
	}
	tables, err := db.tables(ctx, tx)
	if err != nil {
		return "", fmt.Errorf("back up: %w", err)
	}
	for _, table := range tables {
		if err := db.dump(ctx, tx, b, table); err != nil {
			return "", fmt.Errorf("back up table %s: %w", table, err)
		}
	}
	if err := b.Flush(); err != nil {
		return "", fmt.Errorf("back up: %w", err)
	}
	state = hex.EncodeToString(h.Sum(nil))
	end := bufio.NewWriter(w)
	if err := errors.Join(line(end, nil, state), end.Flush()); err != nil {
		return "", fmt.Errorf("back up: %w", err)
	}
	return state, nil
}

// snapshot is the isolation in which all queries see one instant.
func (db *DB) snapshot() sql.IsolationLevel {
	if db.engine == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault // a transaction of SQLite sees one instant
}

// StateHash returns the hash over all rows: two databases have the same one if
// they hold the same, on whatever engine.
func (db *DB) StateHash(ctx context.Context) (string, error) { return db.Backup(ctx, io.Discard) }

// line writes a JSON array and the end of the line, byte for byte as encoding/json
// does. Most values are numbers and texts in which nothing is escaped: these go
// without it.
func line(w *bufio.Writer, values ...any) error {
	for i, v := range values {
		w.WriteByte("[,"[min(i, 1)])
		switch v := v.(type) {
		case int64:
			w.Write(strconv.AppendInt(w.AvailableBuffer(), v, 10))
			continue
		case string:
			if plain(v) {
				w.WriteByte('"')
				w.WriteString(v)
				w.WriteByte('"')
				continue
			}
		}
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		w.Write(b)
	}
	w.WriteByte(']')
	return w.WriteByte('\n')
}

// plain reports whether encoding/json writes a text as it is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f || c == 0xe2 { // 0xe2 begins U+2028 and U+2029
			return false
		}
	}
	return utf8.ValidString(s)
}

func (db *DB) dump(ctx context.Context, q querier, w *bufio.Writer, table string) error {
	columns, keys, err := db.columns(ctx, q, table)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return errors.New("it has no primary key, and so no order")
	}
	head := []any{nil, table}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		head = append(head, c)
		quoted[i] = `"` + c + `"`
	}
	if err := line(w, head...); err != nil {
		return err
	}
	for i, k := range keys {
		keys[i] = `"` + k + `"`
		if db.engine == Postgres {
			keys[i] += db.binary(ctx, q, table, k)
		}
	}
	rows, err := q.QueryContext(ctx, "SELECT "+strings.Join(quoted, ", ")+` FROM "`+table+`" ORDER BY `+strings.Join(keys, ", "))
	if err != nil {
		return classify(err)
	}
	defer rows.Close()
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		if err := line(w, values...); err != nil {
			return err
		}
	}
	return classify(rows.Err())
}

// binary is the collation of a column of text, by its bytes as SQLite has it.
func (db *DB) binary(ctx context.Context, q querier, table, name string) string {
	kind, err := column(ctx, q, "SELECT data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 AND column_name = $2", table, name)
	if err == nil && len(kind) == 1 && kind[0] == "text" {
		return ` COLLATE "C"`
	}
	return ""
}

// Restore fills an empty database from a backup, all or nothing, and returns the
// state hash. The error is ErrBackup for one that is not whole or that does not fit
// the tables, and ErrExists if the database holds anything.
func (db *DB) Restore(ctx context.Context, r io.Reader) (state string, err error) {
	err = db.Tx(ctx, func(tx *Tx) error {
		tables, err := db.tables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			found, err := column(ctx, tx, `SELECT 'x' FROM "`+t+`" LIMIT 1`)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				return fmt.Errorf("table %s: %w", t, ErrExists)
			}
		}
		in := &reader{r: bufio.NewReaderSize(r, 1<<20), h: sha256.New()}
		first, err := in.next()
		if err != nil {
			return err
		}
		if len(first) != 2 || first[0] != format || first[1] != int64(1) {
			return fmt.Errorf("its first line: %w", ErrBackup)
		}
		err = tx.Bulk(ctx, tables, func() error {
			row, err := in.next()
			for err == nil && len(row) > 2 && row[0] == nil {
				row, err = db.fill(ctx, tx, tables, in, row)
			}
			if err != nil {
				return err
			}
			if len(row) != 2 || row[0] != nil || row[1] != in.before {
				return fmt.Errorf("its hash: %w", ErrBackup)
			}
			state = in.before
			return nil
		})
		return foreign(err)
	})
	if err != nil {
		return "", fmt.Errorf("restore: %w", err)
	}
	return state, nil
}

// fill loads one table and returns the row behind it.
func (db *DB) fill(ctx context.Context, tx *Tx, tables []string, in *reader, head []any) (after []any, err error) {
	table, _ := head[1].(string)
	if !slices.Contains(tables, table) {
		return nil, fmt.Errorf("table %q: %w", table, ErrBackup)
	}
	columns, _, err := db.columns(ctx, tx, table)
	if err != nil {
		return nil, err
	}
	var named []string
	for _, c := range head[2:] {
		s, _ := c.(string)
		named = append(named, s)
	}
	if !slices.Equal(named, columns) {
		return nil, fmt.Errorf("columns of table %s: %w", table, ErrBackup)
	}
	for i, c := range named {
		if db.engine == SQLite {
			named[i] = `"` + c + `"`
		}
	}
	err = tx.Load(ctx, table, named, func(yield func([]any, error) bool) {
		for {
			row, err := in.next()
			if err != nil {
				yield(nil, err)
				return
			}
			if len(row) > 0 && row[0] == nil {
				after = row
				return
			}
			if len(row) != len(columns) {
				yield(nil, fmt.Errorf("a row of table %s: %w", table, ErrBackup))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	return after, err
}

// foreign says of rows that no database has held that they are from no backup.
func foreign(err error) error {
	if errors.Is(err, ErrReference) || errors.Is(err, ErrExists) {
		return fmt.Errorf("%w: %w", ErrBackup, err)
	}
	return err
}

// reader reads lines of a backup.
type reader struct {
	r      *bufio.Reader
	h      hash.Hash
	before string // hash of what was read before the last line
}

func (r *reader) next() ([]any, error) {
	text, err := r.r.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("its end is missing: %w: %w", ErrBackup, err)
	}
	if strings.HasPrefix(string(text[:min(len(text), 6)]), "[null,") {
		r.before = hex.EncodeToString(r.h.Sum(nil))
	}
	r.h.Write(text)
	if row, ok := parse(text); ok {
		return row, nil
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var row []any
	if err := d.Decode(&row); err != nil {
		return nil, fmt.Errorf("a line: %w: %w", ErrBackup, err)
	}
	for i, v := range row {
		if n, ok := v.(json.Number); ok {
			if row[i], err = n.Int64(); err != nil {
				return nil, fmt.Errorf("a number of a line: %w", ErrBackup)
			}
		}
	}
	return row, nil
}

// parse reads a line in which nothing is escaped, as nearly all are: encoding/json
// takes ten times as long. What it does not know it leaves to it.
func parse(text []byte) (row []any, ok bool) {
	s, ok := strings.CutSuffix(string(text), "]\n")
	if !ok || s == "" || s[0] != '[' || !utf8.ValidString(s) {
		return nil, false
	}
	row = make([]any, 0, 16)
	for s != "" {
		s = s[1:] // the bracket, or the comma
		if body, text := strings.CutPrefix(s, `"`); text {
			end := 0
			for end < len(body) && body[end] != '"' && body[end] != '\\' && body[end] >= ' ' {
				end++
			}
			if end == len(body) || body[end] != '"' {
				return nil, false
			}
			row, s = append(row, body[:end]), body[end+1:]
		} else {
			end := strings.IndexByte(s, ',')
			if end < 0 {
				end = len(s)
			}
			n, err := strconv.ParseInt(s[:end], 10, 64)
			if err != nil || strconv.FormatInt(n, 10) != s[:end] {
				return nil, false
			}
			row, s = append(row, n), s[end:]
		}
		if s != "" && s[0] != ',' {
			return nil, false
		}
	}
	return row, true
}
