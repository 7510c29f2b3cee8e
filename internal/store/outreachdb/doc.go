// Package outreachdb holds the queries of internal/store/queries/outreach.sql on participation, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package outreachdb
