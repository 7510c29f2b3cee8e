package store

import (
	"context"
	"fmt"
	"strings"
)

// Bulk calls load with the indexes and the references of tables taken away, and
// makes them again behind it: an index that is made once of millions of rows costs
// a small part of one that grows row by row. Readers of these tables wait
// meanwhile, so it is for tables that are as good as empty. The primary keys stay:
// rows had better come in their order. What load has broken is found at the end:
// ErrReference or ErrExists.
func (tx *Tx) Bulk(ctx context.Context, tables []string, load func() error) error {
	var again []string
	for _, table := range tables {
		drop, create, err := tx.extras(ctx, table)
		if err != nil {
			return fmt.Errorf("table %s: %w", table, classify(err))
		}
		for _, statement := range drop {
			if _, err := tx.tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("table %s: %w", table, classify(err))
			}
		}
		again = append(again, create...)
	}
	if err := load(); err != nil {
		return err
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

// extras returns the statements that drop the indexes of a table (and on
// PostgreSQL its references, which SQLite cannot drop), and those that make them
// again, as the engine itself writes them.
func (tx *Tx) extras(ctx context.Context, table string) (drop, create []string, err error) {
	query := `SELECT 'DROP INDEX "' || name || '"', sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL ORDER BY name`
	if tx.engine == Postgres {
		query = `SELECT 'DROP INDEX ' || x.indexrelid::regclass, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relname = $1 AND t.relnamespace = current_schema()::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)
UNION ALL SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', t.relname, c.conname), format('ALTER TABLE %I ADD CONSTRAINT %I %s', t.relname, c.conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f' AND t.relname = $1 AND t.relnamespace = current_schema()::regnamespace ORDER BY 1 DESC`
	}
	rows, err := tx.tx.QueryContext(ctx, query, table)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d, c string
		if err := rows.Scan(&d, &c); err != nil {
			return nil, nil, err
		}
		drop, create = append(drop, d), append(create, c)
	}
	return drop, create, rows.Err()
}
