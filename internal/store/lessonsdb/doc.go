// Package lessonsdb holds the queries of internal/store/queries/lessons.sql on the review of earlier rounds, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package lessonsdb
