-- name: Account :one
SELECT * FROM account WHERE person = $1;

-- name: AccountByName :one
SELECT * FROM account WHERE name = $1;

-- name: InsertAccount :exec
INSERT INTO account (person, name, password, totp, totp_step, disabled, version) VALUES ($1, $2, $3, $4, 0, 0, 1);

-- name: SetPassword :execrows
UPDATE account SET password = $1, version = version + 1 WHERE person = $2;

-- name: SetTOTP :execrows
UPDATE account SET totp = $1, totp_step = $2, version = version + 1 WHERE person = $3;

-- name: UseStep :execrows
UPDATE account SET totp_step = sqlc.arg(step) WHERE person = sqlc.arg(person) AND totp_step < sqlc.arg(step);

-- name: SetDisabled :execrows
UPDATE account SET disabled = $1, version = version + 1 WHERE person = $2 AND version = $3;

-- name: InsertRecovery :exec
INSERT INTO recovery (person, hash) VALUES ($1, $2);

-- name: UseRecovery :execrows
DELETE FROM recovery WHERE person = $1 AND hash = $2;

-- name: DeleteRecovery :exec
DELETE FROM recovery WHERE person = $1;

-- name: CountRecovery :one
SELECT count(*) FROM recovery WHERE person = $1;

-- name: InsertPasskey :exec
INSERT INTO passkey (id, person, name, credential, created, used) VALUES ($1, $2, $3, $4, $5, 0);

-- name: Passkeys :many
SELECT * FROM passkey WHERE person = $1 ORDER BY created, id;

-- name: Passkey :one
SELECT * FROM passkey WHERE id = $1;

-- name: UsePasskey :execrows
UPDATE passkey SET credential = $1, used = $2 WHERE id = $3;

-- name: DeletePasskey :execrows
DELETE FROM passkey WHERE id = $1 AND person = $2;

-- name: InsertSession :exec
INSERT INTO session (id, person, created, seen, address, agent) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Session :one
SELECT s.person, s.created, s.seen, a.disabled FROM session s JOIN account a ON a.person = s.person WHERE s.id = $1;

-- name: Sessions :many
SELECT * FROM session WHERE person = $1 ORDER BY created DESC;

-- name: SeeSession :exec
UPDATE session SET seen = $1 WHERE id = $2;

-- name: DeleteSession :execrows
DELETE FROM session WHERE id = $1;

-- name: DeleteSessions :execrows
DELETE FROM session WHERE person = $1;

-- name: DeleteOldSessions :exec
DELETE FROM session WHERE created < $1 OR seen < $2;

-- name: InsertTicket :exec
INSERT INTO ticket (id, kind, person, data, expires) VALUES ($1, $2, $3, $4, $5);

-- name: Ticket :one
SELECT * FROM ticket WHERE id = $1;

-- name: TakeTicket :one
DELETE FROM ticket WHERE id = $1 AND kind = $2 RETURNING person, data, expires;

-- name: DeleteTickets :exec
DELETE FROM ticket WHERE person = $1 AND kind = $2;

-- name: DeleteOldTickets :exec
DELETE FROM ticket WHERE expires < $1;

-- name: Throttle :one
SELECT failures, until FROM throttle WHERE key = $1;

-- name: SetThrottle :exec
INSERT INTO throttle (key, failures, until) VALUES ($1, $2, $3)
ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, until = excluded.until;

-- name: ClearThrottle :exec
DELETE FROM throttle WHERE key = $1;

-- name: CountAccounts :one
SELECT count(*) FROM account;
