package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Bulk calls load with the indexes of tables taken away, on PostgreSQL with their
// keys and references too, and makes them again behind it: an index that is made
// once of millions of rows costs a small part of one that grows row by row. Readers
// of these tables wait meanwhile, so it is for tables that are as good as empty.
// On SQLite the primary keys stay: rows had better come in their order. What load
// has broken is found at the end: ErrReference or ErrExists.
func (tx *Tx) Bulk(ctx context.Context, tables []string, load func() error) error {
	all, err := tx.extras(ctx, tables)
	if err != nil {
		return fmt.Errorf("look for indexes: %w", classify(err))
	}
	for _, e := range all {
		if _, err := tx.tx.ExecContext(ctx, e.drop); err != nil {
			return fmt.Errorf("%s: %w", e.drop, classify(err))
		}
	}
	if err := load(); err != nil {
		return err
	}
	var again []string
	for _, e := range slices.Backward(all) {
		again = append(again, e.create)
	}
	if tx.engine == Postgres {
		again = append([]string{"SET LOCAL maintenance_work_mem = '256MB'"}, again...)
		again = append(again, "ANALYZE "+strings.Join(tables, ", ")) // or the first queries are planned for empty tables
	}
	for _, statement := range again {
		if _, err := tx.tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, classify(err))
		}
	}
	return nil
}

// An extra is what tables have beside rows: how it goes, and how it comes back.
type extra struct{ drop, create string }

// extras returns those of tables in the order in which they can go: references,
// indexes, and the keys that no other table refers to. The engine itself says how
// they are made again.
func (tx *Tx) extras(ctx context.Context, tables []string) ([]extra, error) {
	query := `SELECT 'DROP INDEX "' || name || '"', sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND instr(?1, ' ' || tbl_name || ' ') > 0 ORDER BY name`
	if tx.engine == Postgres {
		query = `WITH t AS (SELECT oid, relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND strpos($1, ' ' || relname || ' ') > 0)
SELECT go, back FROM (
  SELECT CASE c.contype WHEN 'f' THEN 1 ELSE 3 END AS turn, format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname) AS go,
    format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid)) AS back
  FROM pg_constraint c JOIN t ON t.oid = c.conrelid
  WHERE c.contype = 'f' OR c.contype IN ('p', 'u') AND NOT EXISTS
    (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid AND f.conrelid NOT IN (SELECT oid FROM t))
  UNION ALL
  SELECT 2, format('DROP INDEX %s', x.indexrelid::regclass), pg_get_indexdef(x.indexrelid)
  FROM pg_index x JOIN t ON t.oid = x.indrelid
  WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)) AS extras
ORDER BY turn, go`
	}
	rows, err := tx.tx.QueryContext(ctx, query, " "+strings.Join(tables, " ")+" ")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []extra
	for rows.Next() {
		var e extra
		if err := rows.Scan(&e.drop, &e.create); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
