-- name: EventsAfter :many
SELECT * FROM agenda_event WHERE seq > sqlc.arg(after) ORDER BY seq;

-- name: LastEvent :one
SELECT seq FROM agenda_event ORDER BY seq DESC LIMIT 1;

-- name: InsertEvent :exec
INSERT INTO agenda_event (seq, on_day, office, event, stage, content, reason, base, person, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: EventsFor :many
SELECT e.*, p.name FROM agenda_event e JOIN person p ON p.id = e.person
WHERE e.office >= sqlc.arg(lo) AND e.office < sqlc.arg(hi) ORDER BY e.seq DESC LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: OfficesAsked :many
SELECT code, name_fa, name_en FROM office WHERE kind IN ('country', 'province', 'county', 'district') ORDER BY code;

-- name: CountOfficesAsked :one
SELECT count(*) FROM office WHERE kind IN ('country', 'province', 'county', 'district');

-- name: Feed :one
SELECT * FROM agenda_feed WHERE id = $1;

-- name: FeedOf :one
SELECT * FROM agenda_feed WHERE person = $1;

-- name: InsertFeed :exec
INSERT INTO agenda_feed (id, person, made) VALUES ($1, $2, $3);

-- name: DeleteFeed :execrows
DELETE FROM agenda_feed WHERE person = $1;
