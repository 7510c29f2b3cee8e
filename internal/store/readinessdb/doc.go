// Package readinessdb holds the queries of internal/store/queries/readiness.sql on readiness, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package readinessdb
