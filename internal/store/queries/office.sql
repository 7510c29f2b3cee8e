-- name: Setting :one
SELECT value, version FROM setting WHERE key = $1;

-- name: InsertSetting :execrows
INSERT INTO setting (key, value, version) VALUES ($1, $2, 1) ON CONFLICT (key) DO NOTHING;

-- name: UpdateSetting :execrows
UPDATE setting SET value = $1, version = version + 1 WHERE key = $2 AND version = $3;

-- name: Office :one
SELECT * FROM office WHERE code = $1;

-- name: Offices :many
SELECT * FROM office WHERE code >= sqlc.arg(lo) AND code < sqlc.arg(hi) ORDER BY code LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: OfficesOfKind :many
SELECT * FROM office WHERE kind = sqlc.arg(kind) AND code >= sqlc.arg(lo) AND code < sqlc.arg(hi) ORDER BY code LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: CountOffices :one
SELECT count(*) FROM office WHERE code >= sqlc.arg(lo) AND code < sqlc.arg(hi);

-- name: CountOfficesOfKind :one
SELECT count(*) FROM office WHERE kind = sqlc.arg(kind) AND code >= sqlc.arg(lo) AND code < sqlc.arg(hi);

-- name: InsertOffice :exec
INSERT INTO office (code, kind, name_fa, name_en, population, version) VALUES ($1, $2, $3, $4, $5, 1);

-- name: UpdateOffice :execrows
UPDATE office SET name_fa = $1, name_en = $2, population = $3, version = version + 1 WHERE code = $4 AND version = $5;

-- name: Person :one
SELECT * FROM person WHERE id = $1;

-- name: PersonByNumber :one
SELECT * FROM person WHERE number = $1 LIMIT 1;

-- name: InsertPerson :exec
INSERT INTO person (id, name, number, phone, email, office, simulated, created, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1);

-- name: UpdatePerson :execrows
UPDATE person SET name = $1, number = $2, phone = $3, email = $4, office = $5, version = version + 1 WHERE id = $6 AND version = $7;

-- name: InsertWord :exec
INSERT INTO person_word (word, office, person) VALUES ($1, $2, $3) ON CONFLICT (word, office, person) DO NOTHING;

-- name: DeleteWord :exec
DELETE FROM person_word WHERE word = $1 AND office = $2 AND person = $3;

-- name: People :many
SELECT * FROM person WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) ORDER BY office, id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: CountPeople :one
SELECT count(*) FROM person WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi);

-- name: PeopleByWord :many
SELECT sqlc.embed(p), w.word FROM person_word w JOIN person p ON p.id = w.person
WHERE w.word >= sqlc.arg(word) AND w.word < sqlc.arg(word_end) AND w.office >= sqlc.arg(lo) AND w.office < sqlc.arg(hi)
ORDER BY w.word, w.office, w.person LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: NextWord :one
SELECT word FROM person_word WHERE word >= sqlc.arg(from_word) AND word < sqlc.arg(word_end) ORDER BY word LIMIT 1;

-- name: PeopleByNumber :many
SELECT * FROM person WHERE number >= sqlc.arg(number) AND number < sqlc.arg(number_end) AND office >= sqlc.arg(lo) AND office < sqlc.arg(hi)
ORDER BY number LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: Post :one
SELECT * FROM post WHERE id = $1;

-- name: InsertPost :exec
INSERT INTO post (id, person, role, office, since, until, version) VALUES ($1, $2, $3, $4, $5, $6, 1);

-- name: EndPost :execrows
UPDATE post SET until = $1, version = version + 1 WHERE id = $2 AND version = $3;

-- name: PostsOf :many
SELECT p.id, p.person, p.role, p.office, p.since, p.until, p.version, o.name_fa, o.name_en, o.kind
FROM post p JOIN office o ON o.code = p.office WHERE p.person = $1 ORDER BY p.since, p.id;

-- name: PostsIn :many
SELECT p.id, p.person, p.role, p.office, p.since, p.until, p.version, h.name
FROM post p JOIN person h ON h.id = p.person
WHERE p.office >= sqlc.arg(lo) AND p.office < sqlc.arg(hi) ORDER BY p.office, p.role, p.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: Proposal :one
SELECT * FROM proposal WHERE id = $1;

-- name: InsertProposal :exec
INSERT INTO proposal (id, act, office, object, data, reason, proposer, proposed, state, decider, decided, note, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', 0, '', 1);

-- name: DecideProposal :execrows
UPDATE proposal SET state = $1, decider = $2, decided = $3, note = $4, version = version + 1 WHERE id = $5 AND version = $6 AND state = 'open';

-- name: Proposals :many
SELECT p.*, a.name AS proposer_name FROM proposal p JOIN person a ON a.id = p.proposer
WHERE p.office >= sqlc.arg(lo) AND p.office < sqlc.arg(hi) ORDER BY p.proposed DESC, p.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: LastAudit :one
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

-- name: InsertAudit :exec
INSERT INTO audit (seq, at, person, role, post_office, act, object, office, before, after, prev, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: AuditFrom :many
SELECT * FROM audit WHERE seq >= sqlc.arg(first) ORDER BY seq LIMIT sqlc.arg(max);

-- name: AuditIn :many
SELECT * FROM audit WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi)
  AND (person = sqlc.arg(person) OR sqlc.arg(person) = '') AND (act = sqlc.arg(act) OR sqlc.arg(act) = '') AND (object = sqlc.arg(object) OR sqlc.arg(object) = '')
  AND at >= sqlc.arg(since) AND at < sqlc.arg(until)
ORDER BY seq DESC LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: CountWaiting :one
SELECT count(*) FROM proposal WHERE state = 'open' AND office >= sqlc.arg(lo) AND office < sqlc.arg(hi) AND proposer <> sqlc.arg(person);
