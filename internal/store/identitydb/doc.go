// Package identitydb holds the queries of internal/store/queries/identity.sql on accounts and sessions, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package identitydb
