// Package officedb holds the queries of internal/store/queries/office.sql on offices, people and the log of changes, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package officedb
