// Package trainingdb holds the queries of internal/store/queries/training.sql on the training programme, as
// sqlc generates them from it (sqlc.yaml). Change the queries, not this package.
package trainingdb
