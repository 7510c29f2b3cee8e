-- name: Provinces :many
SELECT code FROM office WHERE kind = 'province' ORDER BY code;

-- name: Counts :many
SELECT part, counted FROM readiness_count ORDER BY part;

-- name: Seats :many
SELECT office, role, count(*) AS people FROM training_seat WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY office, role;

-- name: Holders :many
SELECT s.office, s.role, s.person, c.articles, c.expires FROM training_seat s JOIN training_certificate c ON c.person = s.person AND c.role = s.role
WHERE s.office >= sqlc.arg(lo) AND s.office < sqlc.arg(hi) AND c.revoked = '' ORDER BY s.office, s.role, s.person;

-- name: Invited :many
SELECT i.office, i.role, count(DISTINCT i.person) AS people FROM training_invitation i
WHERE i.office >= sqlc.arg(lo) AND i.office < sqlc.arg(hi) AND i.state IN ('invited', 'waiting', 'accepted') GROUP BY i.office, i.role;

-- name: DeleteNow :exec
DELETE FROM readiness_now WHERE unit >= sqlc.arg(lo) AND unit < sqlc.arg(hi);

-- name: InsertNow :exec
INSERT INTO readiness_now (unit, role, seats, trained, stale, invited) VALUES ($1, $2, $3, $4, $5, $6);

-- name: DeletePast :exec
DELETE FROM readiness_past WHERE day = sqlc.arg(day) AND unit >= sqlc.arg(lo) AND unit < sqlc.arg(hi);

-- name: InsertPast :exec
INSERT INTO readiness_past (day, unit, seats, trained) VALUES ($1, $2, $3, $4);

-- name: PutCount :exec
INSERT INTO readiness_count (part, counted) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET counted = excluded.counted;

-- name: Now :many
SELECT * FROM readiness_now WHERE unit >= sqlc.arg(lo) AND unit < sqlc.arg(hi) ORDER BY unit, role;

-- name: Past :many
SELECT * FROM readiness_past WHERE day >= sqlc.arg(since) AND unit >= sqlc.arg(lo) AND unit < sqlc.arg(hi) ORDER BY day, unit;

-- name: OpenProblems :many
SELECT office, count(*) AS number, CAST(sum(CASE WHEN risk = 0 THEN 1 ELSE 0 END) AS BIGINT) AS unjudged, CAST(max(risk) AS BIGINT) AS highest
FROM lesson_problem WHERE state = 'open' AND office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY office;
