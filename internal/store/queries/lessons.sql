-- name: Problem :one
SELECT * FROM lesson_problem WHERE id = $1;

-- name: Problems :many
SELECT p.*, o.name_fa, o.name_en FROM lesson_problem p JOIN office o ON o.code = p.office
WHERE p.office >= sqlc.arg(lo) AND p.office < sqlc.arg(hi)
  AND (p.state = sqlc.arg(state) OR sqlc.arg(state) = '') AND (p.round = sqlc.arg(round) OR sqlc.arg(round) = '')
  AND (p.family = sqlc.arg(family) OR sqlc.arg(family) = '') AND p.folded LIKE sqlc.arg(pattern)
ORDER BY p.state DESC, p.risk DESC, p.office, p.created, p.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: InsertProblem :exec
INSERT INTO lesson_problem (id, office, round, topic, problem, evidence, cause, proposal, factor, family, session, owner, due, state, closing, turn, talk, risk, digest, folded, created, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, 'open', '', 1, 0, 0, $13, $14, $15, 1);

-- name: UpdateProblem :execrows
UPDATE lesson_problem SET round = $1, topic = $2, problem = $3, evidence = $4, cause = $5, proposal = $6, factor = $7, owner = $8, due = $9, digest = $10, folded = $11, version = version + 1
WHERE id = $12 AND version = $13;

-- name: SetProblemState :execrows
UPDATE lesson_problem SET state = $1, closing = $2, version = version + 1 WHERE id = $3 AND version = $4;

-- name: SetProblemRisk :execrows
UPDATE lesson_problem SET turn = $1, talk = $2, risk = $3, version = version + 1 WHERE id = $4 AND version = $5;

-- name: SetProblemFamily :execrows
UPDATE lesson_problem SET family = $1, version = version + 1 WHERE id = $2 AND family = $3;

-- name: Digests :many
SELECT digest FROM lesson_problem;

-- name: ProblemOfDigest :one
SELECT id FROM lesson_problem WHERE digest = $1;

-- name: ProblemsOwned :many
SELECT * FROM lesson_problem WHERE owner = $1 AND state = 'open' ORDER BY due, id LIMIT 500;

-- name: CountOwned :one
SELECT (SELECT count(*) FROM lesson_problem p WHERE p.owner = sqlc.arg(person) AND p.state = 'open') AS problems,
  (SELECT count(*) FROM lesson_action a WHERE a.owner = sqlc.arg(person) AND a.state = 'open') AS actions;

-- name: CountProblems :many
SELECT CAST(substr(office, 1, 2) AS TEXT) AS province, state, count(*) AS problems, sum(CASE WHEN risk = 0 THEN 1 ELSE 0 END) AS unjudged,
  CAST(sum(risk) AS BIGINT) AS risk, CAST(max(risk) AS BIGINT) AS highest
FROM lesson_problem WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY substr(office, 1, 2), state ORDER BY 1, 2;

-- name: InsertFamily :exec
INSERT INTO lesson_family (id, name, created) VALUES ($1, $2, $3);

-- name: Family :one
SELECT * FROM lesson_family WHERE id = $1;

-- name: FamilySize :one
SELECT count(*) AS problems, count(DISTINCT substr(office, 1, 2)) AS provinces FROM lesson_problem WHERE family = $1;

-- name: FamilyProvinces :many
SELECT DISTINCT o.code, o.name_fa, o.name_en FROM lesson_problem p JOIN office o ON o.code = substr(p.office, 1, 2) WHERE p.family = $1 ORDER BY o.code;

-- name: Families :many
SELECT f.id, f.name, count(*) AS problems, count(DISTINCT substr(p.office, 1, 2)) AS provinces,
  sum(CASE WHEN p.state = 'open' THEN 1 ELSE 0 END) AS unsolved, CAST(max(p.risk) AS BIGINT) AS highest
FROM lesson_family f JOIN lesson_problem p ON p.family = f.id
GROUP BY f.id, f.name ORDER BY count(DISTINCT substr(p.office, 1, 2)) DESC, f.name, f.id LIMIT 1000;

-- name: InsertGrouping :exec
INSERT INTO lesson_grouping (id, family, moved, person, at, undone) VALUES ($1, $2, $3, $4, $5, 0);

-- name: Grouping :one
SELECT * FROM lesson_grouping WHERE id = $1;

-- name: GroupingsOf :many
SELECT g.*, p.name FROM lesson_grouping g JOIN person p ON p.id = g.person WHERE g.family = $1 ORDER BY g.at, g.id;

-- name: UndoGrouping :execrows
UPDATE lesson_grouping SET undone = $1 WHERE id = $2 AND undone = 0;

-- name: Action :one
SELECT * FROM lesson_action WHERE id = $1;

-- name: InsertAction :exec
INSERT INTO lesson_action (id, problem, office, kind, target, content, owner, due, state, closing, created, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', $9, 1);

-- name: SetActionState :execrows
UPDATE lesson_action SET state = $1, closing = $2, version = version + 1 WHERE id = $3 AND version = $4;

-- name: ActionsOf :many
SELECT a.*, p.name AS owner_name FROM lesson_action a JOIN person p ON p.id = a.owner WHERE a.problem = $1 ORDER BY a.created, a.id;

-- name: ActionsOwned :many
SELECT * FROM lesson_action WHERE owner = $1 AND state = 'open' ORDER BY due, id LIMIT 500;

-- name: Actions :many
SELECT a.*, p.name AS owner_name, o.name_fa, o.name_en FROM lesson_action a JOIN person p ON p.id = a.owner JOIN office o ON o.code = a.office
WHERE a.office >= sqlc.arg(lo) AND a.office < sqlc.arg(hi) AND (a.state = sqlc.arg(state) OR sqlc.arg(state) = '') AND (a.kind = sqlc.arg(kind) OR sqlc.arg(kind) = '')
ORDER BY a.office, a.due, a.id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: ActionsOfStage :many
SELECT a.*, p.name AS owner_name FROM lesson_action a JOIN person p ON p.id = a.owner
WHERE a.kind = 'stage' AND a.target = sqlc.arg(stage) AND a.office >= sqlc.arg(lo) AND a.office < sqlc.arg(hi) ORDER BY a.due, a.id LIMIT 500;

-- name: OpenByStage :many
SELECT target AS stage, count(*) AS actions, CAST(min(due) AS TEXT) AS due FROM lesson_action
WHERE kind = 'stage' AND state = 'open' AND office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY target ORDER BY target;

-- name: InsertJudgement :exec
INSERT INTO lesson_judgement (problem, turn, person, likelihood, harm, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Judgements :many
SELECT j.*, p.name FROM lesson_judgement j JOIN person p ON p.id = j.person WHERE j.problem = $1 ORDER BY j.turn, j.at, j.person;

-- name: InsertRisk :exec
INSERT INTO lesson_risk (problem, version, office, at, risk) VALUES ($1, $2, $3, $4, $5);

-- name: Risks :many
SELECT * FROM lesson_risk WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) ORDER BY at, problem, version;
