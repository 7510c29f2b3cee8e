// Package store is the database of the offices' console: SQLite inside the
// program, or PostgreSQL beside it, by the same code.
//
// Specification: doc/decisions/0008-store-below.md.
//
// In: a folder or a DSN (Open), functions that write (DB.Tx), and queries that
// sqlc has generated, one package an area (officedb, identitydb, …), which take a
// *Tx to write and a *DB to read. Columns are TEXT or BIGINT: booleans are 0 and
// 1, instants milliseconds since 1970 UTC (Millis), days TEXT "2026-05-01",
// ids 26 characters of base32 (NewID).
//
// Writers stand in line, on both engines: SQLite has one, and on PostgreSQL a
// transaction begins with an advisory lock of its schema. So a write sees all that
// was written before it, and none is ever rolled back because of another. Readers
// wait for nobody. A write of minutes takes its turn at its end ([DB.LongTx]), and
// one of millions of rows into empty tables makes the indexes behind them
// ([Tx.Bulk]). Tx acknowledges what is on the disk: synchronous=FULL is
// asserted at Open.
//
// What it never does: it writes nothing outside a transaction (a DB refuses), it
// knows no office and no person, and no text from outside becomes SQL.
//
// How it fails: ErrConflict for a version that another has changed, ErrNotFound,
// ErrExists, ErrFull (the disk), ErrUnavailable (the server is gone, or it is
// locked for too long). After an error nothing of the transaction stays.
//
// Sources: SQLite, "Write-Ahead Logging" and "PRAGMA synchronous"; PostgreSQL 15,
// chapters 13.3.5 (advisory locks) and appendix A (error codes).
package store
