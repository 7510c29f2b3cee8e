package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// An Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options are how a database is opened.
type Options struct {
	Dir    string        // folder of the SQLite file if no DSN names one
	Schema string        // PostgreSQL: schema to work in, made if it is missing; "" is the server's own choice
	Wait   time.Duration // how long a writer waits for its turn; 10 s if zero
}

// File is the name of the SQLite database in its folder.
const File = "console.sqlite"

// DB is an open database. It reads; [DB.Tx] writes. Any number of goroutines may
// use it.
type DB struct {
	engine Engine
	read   *sql.DB
	write  *sql.DB // the same as read on PostgreSQL
	wait   time.Duration
}

// Open opens the database and brings its tables up to date. The DSN is
// "postgres://…" or the path of an SQLite file; if it is empty the file is
// console.sqlite in the folder of the options.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if o.Wait == 0 {
		o.Wait = 10 * time.Second
	}
	var db *DB
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		db, err = openPostgres(ctx, dsn, o)
	} else {
		if dsn == "" {
			if o.Dir == "" {
				return nil, errors.New("open database: no folder and no address is given")
			}
			dsn = filepath.Join(o.Dir, File)
		}
		db, err = openSQLite(ctx, dsn, o)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open database: bring its tables up to date: %w", err)
	}
	return db, nil
}

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	address := func(readOnly bool) string {
		q := url.Values{"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", o.Wait.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "temp_store(MEMORY)",
			"cache_size(-65536)",
		}}
		if readOnly {
			q["_pragma"] = append(q["_pragma"], "query_only(ON)")
		} else {
			q.Set("_txlock", "immediate")
		}
		return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
	}
	write, err := sql.Open("sqlite", address(false))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", address(true))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(8)
	db := &DB{engine: SQLite, read: read, write: write, wait: o.Wait}
	for _, want := range []struct{ pragma, value string }{{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}} {
		var got string
		if err := write.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
			db.Close()
			return nil, fmt.Errorf("%s: %w", path, classify(err))
		}
		if got != want.value {
			db.Close()
			return nil, fmt.Errorf("%s: %s is %s and not %s: what is acknowledged would not be safe", path, want.pragma, got, want.value)
		}
	}
	return db, nil
}

func openPostgres(ctx context.Context, dsn string, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the address is not one of PostgreSQL: it should look like postgres://user@host/name") // err may hold the password
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = o.Wait
	}
	cfg.RuntimeParams["synchronous_commit"] = "on"
	cfg.RuntimeParams["application_name"] = "sandogh"
	cfg.RuntimeParams["lock_timeout"] = fmt.Sprint(o.Wait.Milliseconds())
	if o.Schema != "" {
		cfg.RuntimeParams["search_path"] = pgx.Identifier{o.Schema}.Sanitize()
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	db := &DB{engine: Postgres, read: pool, write: pool, wait: o.Wait}
	var durable string
	if err := pool.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&durable); err != nil {
		db.Close()
		return nil, classify(err)
	}
	if durable != "on" {
		db.Close()
		return nil, fmt.Errorf("synchronous_commit is %s and not on: what is acknowledged would not be safe", durable)
	}
	if o.Schema != "" {
		if _, err := pool.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{o.Schema}.Sanitize()); err != nil {
			db.Close()
			return nil, classify(err)
		}
	}
	return db, nil
}

func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if db.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db.write, files, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return classify(err)
}

// Engine returns the kind of database.
func (db *DB) Engine() Engine { return db.engine }

// Close closes the database.
func (db *DB) Close() error {
	err := db.read.Close()
	if db.write != db.read {
		err = errors.Join(err, db.write.Close())
	}
	return err
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return classify(db.read.PingContext(ctx)) }

var errReadOnly = errors.New("write to the database: only a transaction may")

// ExecContext refuses: only a transaction writes.
func (db *DB) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, errReadOnly
}

// PrepareContext prepares a query.
func (db *DB) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	s, err := db.read.PrepareContext(ctx, db.engine.bind(query))
	return s, classify(err)
}

// QueryContext queries what was committed.
func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := db.read.QueryContext(ctx, db.engine.bind(query), args...)
	return rows, classify(err)
}

// QueryRowContext queries one row of what was committed. Its error is that of
// the driver: [Classify] says which of this package's it is.
func (db *DB) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return db.read.QueryRowContext(ctx, db.engine.bind(query), args...)
}
