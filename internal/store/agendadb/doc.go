// Package agendadb holds the queries of internal/store/queries/agenda.sql on the offices' calendar, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package agendadb
