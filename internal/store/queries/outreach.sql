-- name: Meeting :one
SELECT * FROM outreach_meeting WHERE id = $1;

-- name: Meetings :many
SELECT m.*, o.name_fa, o.name_en, (SELECT count(*) FROM outreach_request r WHERE r.meeting = m.id AND r.answered = 0) AS waiting
FROM outreach_meeting m JOIN office o ON o.code = m.office
WHERE m.office >= sqlc.arg(lo) AND m.office < sqlc.arg(hi) AND (m.state = sqlc.arg(state) OR sqlc.arg(state) = '') AND (m.kind = sqlc.arg(kind) OR sqlc.arg(kind) = '')
ORDER BY m.office, m.planned, m.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: InsertMeeting :exec
INSERT INTO outreach_meeting (id, office, kind, partner, subject, venue, planned, state, held, attendance, note, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', '', 0, '', 1);

-- name: UpdateMeeting :execrows
UPDATE outreach_meeting SET kind = $1, partner = $2, subject = $3, venue = $4, planned = $5, version = version + 1 WHERE id = $6 AND version = $7;

-- name: SetMeetingState :execrows
UPDATE outreach_meeting SET state = $1, held = $2, attendance = $3, note = $4, version = version + 1 WHERE id = $5 AND version = $6;

-- name: CountMeetings :many
SELECT CAST(substr(office, 1, 2) AS TEXT) AS province, kind, state, count(*) AS meetings, CAST(sum(attendance) AS BIGINT) AS attendance
FROM outreach_meeting WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY substr(office, 1, 2), kind, state ORDER BY 1, 2, 3;

-- name: Ask :one
SELECT * FROM outreach_request WHERE id = $1;

-- name: InsertAsk :exec
INSERT INTO outreach_request (id, meeting, office, content, owner, due, answer, answered, created, version) VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, 1);

-- name: AnswerAsk :execrows
UPDATE outreach_request SET answer = $1, answered = $2, version = version + 1 WHERE id = $3 AND version = $4 AND answered = 0;

-- name: AsksOf :many
SELECT r.*, p.name AS owner_name FROM outreach_request r JOIN person p ON p.id = r.owner WHERE r.meeting = $1 ORDER BY r.created, r.id;

-- name: Asks :many
SELECT r.*, p.name AS owner_name, m.partner, o.name_fa, o.name_en
FROM outreach_request r JOIN person p ON p.id = r.owner JOIN outreach_meeting m ON m.id = r.meeting JOIN office o ON o.code = r.office
WHERE r.office >= sqlc.arg(lo) AND r.office < sqlc.arg(hi) AND (CAST(sqlc.arg(every) AS BIGINT) = 1 OR r.answered = 0)
ORDER BY r.office, r.due, r.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: AsksOwned :many
SELECT r.*, m.partner FROM outreach_request r JOIN outreach_meeting m ON m.id = r.meeting WHERE r.owner = $1 AND r.answered = 0 ORDER BY r.due, r.id LIMIT 500;

-- name: CountAsks :one
SELECT count(*) FROM outreach_request WHERE owner = $1 AND answered = 0;

-- name: CountAsksByProvince :many
SELECT CAST(substr(office, 1, 2) AS TEXT) AS province, count(*) AS asks, sum(CASE WHEN answered = 0 THEN 1 ELSE 0 END) AS waiting
FROM outreach_request WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY substr(office, 1, 2) ORDER BY 1;

-- name: Campaign :one
SELECT * FROM outreach_campaign WHERE id = $1;

-- name: Campaigns :many
SELECT c.*, o.name_fa, o.name_en FROM outreach_campaign c JOIN office o ON o.code = c.office
WHERE c.office >= sqlc.arg(lo) AND c.office < sqlc.arg(hi) ORDER BY c.office, c.since, c.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: InsertCampaign :exec
INSERT INTO outreach_campaign (id, office, name, channel, audience, since, until, target, reach, measured, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1);

-- name: UpdateCampaign :execrows
UPDATE outreach_campaign SET name = $1, channel = $2, audience = $3, since = $4, until = $5, target = $6, reach = $7, measured = $8, version = version + 1 WHERE id = $9 AND version = $10;

-- name: Turnout :many
SELECT t.*, o.name_fa, o.name_en FROM outreach_turnout t JOIN office o ON o.code = t.office
WHERE (t.basis = sqlc.arg(basis) OR sqlc.arg(basis) = '') AND (t.contest = sqlc.arg(contest) OR sqlc.arg(contest) = '')
ORDER BY t.office, t.round, t.contest, t.basis LIMIT 10000;

-- name: SetTurnout :exec
INSERT INTO outreach_turnout (office, round, contest, basis, eligible, voted, source) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (office, round, contest, basis) DO UPDATE SET eligible = excluded.eligible, voted = excluded.voted, source = excluded.source;
