package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What a caller can do something about.
var (
	ErrConflict    = errors.New("somebody else has changed it since it was read")
	ErrNotFound    = errors.New("there is no such row")
	ErrExists      = errors.New("it is there already")
	ErrReference   = errors.New("it refers to what is not there")
	ErrFull        = errors.New("the disk of the database is full")
	ErrUnavailable = errors.New("the database does not answer")
)

// closedPool is what package database/sql says of a pool that was closed: it exports
// no error for it.
const closedPool = "sql: database is closed"

// Classify wraps an error of a driver with the one of this package that it is.
func Classify(err error) error { return classify(err) }

func classify(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{ErrConflict, ErrNotFound, ErrExists, ErrReference, ErrFull, ErrUnavailable} {
		if errors.Is(err, known) {
			return err
		}
	}
	kind := error(nil)
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.Is(err, sql.ErrNoRows):
		kind = ErrNotFound
	case errors.As(err, &pg):
		switch {
		case pg.Code == "23505":
			kind = ErrExists
		case pg.Code == "23503":
			kind = ErrReference
		case pg.Code == "53100":
			kind = ErrFull
		case pg.Code[:2] == "08" || pg.Code[:3] == "57P" || pg.Code[:2] == "53" || pg.Code == "55P03" || pg.Code == "40P01" || pg.Code == "58030":
			kind = ErrUnavailable
		}
	case errors.As(err, &lite):
		switch code := lite.Code(); {
		case code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			kind = ErrExists
		case code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			kind = ErrReference
		case code&0xff == sqlite3.SQLITE_FULL:
			kind = ErrFull
		case code&0xff == sqlite3.SQLITE_BUSY || code&0xff == sqlite3.SQLITE_LOCKED || code&0xff == sqlite3.SQLITE_IOERR ||
			code&0xff == sqlite3.SQLITE_CANTOPEN || code&0xff == sqlite3.SQLITE_READONLY:
			kind = ErrUnavailable
		}
	case errors.Is(err, syscall.ENOSPC):
		kind = ErrFull
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, context.DeadlineExceeded), strings.Contains(err.Error(), closedPool):
		kind = ErrUnavailable
	}
	if kind == nil {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}
