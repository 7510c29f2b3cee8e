-- name: Course :one
SELECT * FROM training_course WHERE id = $1;

-- name: Courses :many
SELECT * FROM training_course ORDER BY name, id LIMIT 500;

-- name: InsertCourse :exec
INSERT INTO training_course (id, name, months, version) VALUES ($1, $2, $3, 1);

-- name: TopicsOf :many
SELECT * FROM training_topic WHERE course = sqlc.arg(course) AND (session = '' OR session = sqlc.arg(session)) ORDER BY session, place, id;

-- name: Topics :many
SELECT * FROM training_topic WHERE article <> '' ORDER BY course, session, place;

-- name: Topic :one
SELECT * FROM training_topic WHERE id = $1;

-- name: InsertTopic :exec
INSERT INTO training_topic (id, course, session, place, title, minutes, article, edition, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1);

-- name: UpdateTopic :execrows
UPDATE training_topic SET title = $1, minutes = $2, article = $3, edition = $4, version = version + 1 WHERE id = $5 AND version = $6;

-- name: DeleteTopic :execrows
DELETE FROM training_topic WHERE id = $1 AND version = $2;

-- name: Programme :one
SELECT * FROM training_programme WHERE id = $1;

-- name: Programmes :many
SELECT * FROM training_programme ORDER BY office, name, id LIMIT 1000;

-- name: InsertProgramme :exec
INSERT INTO training_programme (id, name, kind, office, course, input, plan, stands, version) VALUES ($1, $2, $3, $4, $5, $6, $7, '', 1);

-- name: UpdatePlan :execrows
UPDATE training_programme SET input = $1, plan = $2, stands = $3, version = version + 1 WHERE id = $4 AND version = $5;

-- name: Venues :many
SELECT * FROM training_venue ORDER BY office, id LIMIT 5000;

-- name: Venue :one
SELECT * FROM training_venue WHERE id = $1;

-- name: VenuesIn :many
SELECT v.*, o.name_fa, o.name_en FROM training_venue v JOIN office o ON o.code = v.office
WHERE v.office >= sqlc.arg(lo) AND v.office < sqlc.arg(hi) ORDER BY v.office, v.name, v.id LIMIT 5000;

-- name: InsertVenue :exec
INSERT INTO training_venue (id, office, name, seats, version) VALUES ($1, $2, $3, $4, 1);

-- name: UpdateVenue :execrows
UPDATE training_venue SET name = $1, seats = $2, version = version + 1 WHERE id = $3 AND version = $4;

-- name: OpenDays :many
SELECT * FROM training_open ORDER BY venue, first_day, id LIMIT 50000;

-- name: OpenDaysOf :many
SELECT * FROM training_open WHERE venue = $1 ORDER BY first_day, id LIMIT 500;

-- name: InsertOpenDays :exec
INSERT INTO training_open (id, venue, first_day, last_day) VALUES ($1, $2, $3, $4);

-- name: DeleteOpenDays :execrows
DELETE FROM training_open WHERE id = $1 AND venue = $2;

-- name: OffDays :many
SELECT * FROM training_off ORDER BY person, first_day, id LIMIT 50000;

-- name: OffDaysOf :many
SELECT * FROM training_off WHERE person = $1 ORDER BY first_day, id LIMIT 500;

-- name: InsertOffDays :exec
INSERT INTO training_off (id, person, first_day, last_day) VALUES ($1, $2, $3, $4);

-- name: DeleteOffDays :execrows
DELETE FROM training_off WHERE id = $1 AND person = $2;

-- name: Session :one
SELECT * FROM training_session WHERE id = $1;

-- name: SessionByBadge :one
SELECT * FROM training_session WHERE badge = $1;

-- name: SessionsOf :many
SELECT * FROM training_session WHERE programme = $1 ORDER BY number;

-- name: SessionsIn :many
SELECT * FROM training_session WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) AND first_day >= sqlc.arg(since)
ORDER BY first_day, id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: SessionsAfter :many
SELECT * FROM training_session WHERE course = sqlc.arg(course) AND first_day > sqlc.arg(day) AND state = 'planned' ORDER BY first_day, id LIMIT 200;

-- name: CountSessions :one
SELECT count(*) FROM training_session WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) AND first_day >= sqlc.arg(since);

-- name: InsertSession :exec
INSERT INTO training_session (id, programme, number, course, office, badge, first_day, last_day, venue, seats, trainers, units, state, minutes, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'planned', '', 1);

-- name: UpdateSession :execrows
UPDATE training_session SET first_day = $1, last_day = $2, venue = $3, seats = $4, trainers = $5, units = $6, state = $7, minutes = $8, version = version + 1
WHERE id = $9 AND version = $10;

-- name: InsertSeat :exec
INSERT INTO training_seat (office, role, person) VALUES ($1, $2, $3) ON CONFLICT (office, role, person) DO NOTHING;

-- name: SeatsIn :many
SELECT s.office, s.role, s.person, p.name, p.email, p.phone FROM training_seat s JOIN person p ON p.id = s.person
WHERE s.office >= sqlc.arg(lo) AND s.office < sqlc.arg(hi) AND s.role = sqlc.arg(role) ORDER BY s.office, s.person LIMIT sqlc.arg(max);

-- name: SeatsOf :many
SELECT * FROM training_seat WHERE person = $1 ORDER BY office, role;

-- name: CountSeats :many
SELECT role, count(*) AS people FROM training_seat WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY role ORDER BY role;

-- name: SeatsByUnit :many
SELECT CAST(substr(office, 1, CAST(sqlc.arg(level) AS INTEGER)) AS TEXT) AS unit, count(*) AS people FROM training_seat
WHERE role = sqlc.arg(role) AND office >= sqlc.arg(lo) AND office < sqlc.arg(hi) GROUP BY 1;

-- name: SessionsByProgramme :many
SELECT programme, count(*) AS sessions FROM training_session GROUP BY programme;

-- name: Invitation :one
SELECT * FROM training_invitation WHERE id = $1;

-- name: InvitationByPlace :one
SELECT * FROM training_invitation WHERE session = $1 AND place = $2;

-- name: InvitationOf :one
SELECT * FROM training_invitation WHERE session = $1 AND person = $2;

-- name: LastPlace :one
SELECT place FROM training_invitation WHERE session = $1 ORDER BY place DESC LIMIT 1;

-- name: InsertInvitation :exec
INSERT INTO training_invitation (id, session, place, person, role, office, state, reason, substitute, instead, invited, answered, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, 0, 1);

-- name: UpdateInvitation :execrows
UPDATE training_invitation SET state = $1, reason = $2, substitute = $3, answered = $4, version = version + 1 WHERE id = $5 AND version = $6;

-- name: CountTaken :one
SELECT count(*) FROM training_invitation WHERE session = $1 AND state IN ('invited', 'accepted', 'substitute');

-- name: FirstWaiting :one
SELECT * FROM training_invitation WHERE session = $1 AND state = 'waiting' ORDER BY place LIMIT 1;

-- name: Roster :many
SELECT sqlc.embed(i), p.name, p.number, p.phone, p.email, o.name_fa, o.name_en, s.name AS substitute_name,
  COALESCE(m.at, 0) AS marked, COALESCE(m.door, '') AS door, COALESCE(c.serial, '') AS serial
FROM training_invitation i JOIN person p ON p.id = i.person JOIN office o ON o.code = i.office
LEFT JOIN person s ON s.id = i.substitute
LEFT JOIN training_mark m ON m.session = i.session AND m.invitation = i.id
LEFT JOIN training_certificate c ON c.session = i.session AND c.person = i.person
WHERE i.session = sqlc.arg(session) ORDER BY i.place LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: InvitationsOf :many
SELECT sqlc.embed(i), s.first_day, s.last_day, s.venue, s.badge, s.state AS session_state, c.name AS course_name, COALESCE(m.at, 0) AS marked
FROM training_invitation i JOIN training_session s ON s.id = i.session JOIN training_course c ON c.id = s.course
LEFT JOIN training_mark m ON m.session = i.session AND m.invitation = i.id
WHERE i.person = $1 ORDER BY s.first_day DESC, i.id LIMIT 200;

-- name: Asking :many
SELECT sqlc.embed(i), p.name, s.first_day FROM training_invitation i JOIN person p ON p.id = i.person JOIN training_session s ON s.id = i.session
WHERE i.office >= sqlc.arg(lo) AND i.office < sqlc.arg(hi) AND i.state = 'substitute' ORDER BY s.first_day, i.id LIMIT 500;

-- name: Tally :one
SELECT count(*) AS people,
  CAST(COALESCE(SUM(CASE WHEN i.state = 'accepted' THEN 1 ELSE 0 END), 0) AS BIGINT) AS accepted,
  CAST(COALESCE(SUM(CASE WHEN i.state = 'invited' THEN 1 ELSE 0 END), 0) AS BIGINT) AS unanswered,
  CAST(COALESCE(SUM(CASE WHEN i.state = 'declined' THEN 1 ELSE 0 END), 0) AS BIGINT) AS declined,
  CAST(COALESCE(SUM(CASE WHEN i.state = 'waiting' THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting,
  CAST(COALESCE(SUM(CASE WHEN i.state = 'substitute' THEN 1 ELSE 0 END), 0) AS BIGINT) AS asking,
  CAST(COALESCE(SUM(CASE WHEN m.at IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS present
FROM training_invitation i LEFT JOIN training_mark m ON m.session = i.session AND m.invitation = i.id WHERE i.session = $1;

-- name: InsertMessage :exec
INSERT INTO training_message (id, invitation, office, kind, address, subject, body, queued, sent, failure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '');

-- name: DueMessages :many
SELECT * FROM training_message WHERE sent = 0 AND claimed = 0 AND due <= sqlc.arg(now) AND tries < sqlc.arg(tries) ORDER BY queued, id LIMIT sqlc.arg(max);

-- name: ClaimMessage :execrows
UPDATE training_message SET claimed = $1, tries = tries + 1 WHERE id = $2 AND sent = 0 AND claimed = 0;

-- name: SentMessage :exec
UPDATE training_message SET sent = $1, failure = '' WHERE id = $2;

-- name: FailedMessage :exec
UPDATE training_message SET claimed = 0, due = $1, failure = $2 WHERE id = $3;

-- name: UnsureMessage :exec
UPDATE training_message SET failure = $1 WHERE id = $2;

-- name: ReleaseMessages :exec
UPDATE training_message SET claimed = 0 WHERE sent = 0 AND claimed <> 0 AND claimed < sqlc.arg(before);

-- name: RetryMessage :execrows
UPDATE training_message SET claimed = 0, tries = 0, due = 0, failure = '' WHERE id = $1 AND sent = 0;

-- name: Message :one
SELECT * FROM training_message WHERE id = $1;

-- name: MessagesIn :many
SELECT id, office, kind, address, subject, queued, sent, failure, claimed, tries, due FROM training_message
WHERE office >= sqlc.arg(lo) AND office < sqlc.arg(hi) AND (CAST(sqlc.arg(state) AS TEXT) = '' OR CAST(sqlc.arg(state) AS TEXT) =
  CASE WHEN sent <> 0 THEN 'sent' WHEN claimed <> 0 THEN 'unsure' WHEN failure <> '' THEN 'failed' ELSE 'unsent' END)
ORDER BY queued DESC, id LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: DueSessions :many
SELECT * FROM training_session WHERE first_day > sqlc.arg(today) AND first_day <= sqlc.arg(until) AND state = 'planned' ORDER BY first_day, id;

-- name: ToRemind :many
SELECT sqlc.embed(i), p.name, p.email FROM training_invitation i JOIN person p ON p.id = i.person
WHERE i.session = sqlc.arg(session) AND i.state = sqlc.arg(state) AND i.invited <= sqlc.arg(before) AND p.email <> ''
  AND NOT EXISTS (SELECT 1 FROM training_reminder r WHERE r.invitation = i.id AND r.occasion = sqlc.arg(occasion))
  AND NOT EXISTS (SELECT 1 FROM training_message m WHERE m.invitation = i.id AND m.kind = sqlc.arg(kind) AND m.queued > sqlc.arg(before))
ORDER BY i.place LIMIT sqlc.arg(max);

-- name: InsertReminder :execrows
INSERT INTO training_reminder (invitation, occasion, queued) VALUES ($1, $2, $3) ON CONFLICT (invitation, occasion) DO NOTHING;

-- name: RemindedSince :one
SELECT count(*) FROM training_message WHERE invitation = $1 AND kind = 'reminder' AND queued >= $2;

-- name: InsertDoor :exec
INSERT INTO training_door (id, session, secret, person, made) VALUES ($1, $2, $3, $4, $5);

-- name: Door :one
SELECT * FROM training_door WHERE id = $1;

-- name: InsertMark :execrows
INSERT INTO training_mark (id, session, invitation, at, door, person) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: Mark :one
SELECT * FROM training_mark WHERE id = $1;

-- name: MarkOf :one
SELECT * FROM training_mark WHERE session = $1 AND invitation = $2;

-- name: CountMarks :one
SELECT count(*) FROM training_mark WHERE session = $1;

-- name: InsertDecision :exec
INSERT INTO training_decision (id, session, place, content, owner, due, done, version) VALUES ($1, $2, $3, $4, $5, $6, 0, 1);

-- name: Decisions :many
SELECT d.*, p.name FROM training_decision d JOIN person p ON p.id = d.owner WHERE d.session = $1 ORDER BY d.place, d.id;

-- name: DecisionsOf :many
SELECT * FROM training_decision WHERE owner = $1 AND done = 0 ORDER BY due, id LIMIT 100;

-- name: Decision :one
SELECT * FROM training_decision WHERE id = $1;

-- name: FinishDecision :execrows
UPDATE training_decision SET done = $1, version = version + 1 WHERE id = $2 AND version = $3;

-- name: InsertMaterial :exec
INSERT INTO training_material (id, session, name, size, hash, added) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Materials :many
SELECT * FROM training_material WHERE session = $1 ORDER BY added, id;

-- name: Material :one
SELECT * FROM training_material WHERE id = $1;

-- name: PutFeedback :exec
INSERT INTO training_feedback (session, invitation, clear, useful, content) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (session, invitation) DO UPDATE SET clear = excluded.clear, useful = excluded.useful, content = excluded.content;

-- name: Feedback :many
SELECT * FROM training_feedback WHERE session = $1 ORDER BY invitation LIMIT 1000;

-- name: InsertCertificate :exec
INSERT INTO training_certificate (serial, person, course, session, office, role, issued, expires, articles, content, revoked, reason, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', 1);

-- name: Certificate :one
SELECT sqlc.embed(t), p.name, p.number, c.name AS course_name FROM training_certificate t JOIN person p ON p.id = t.person JOIN training_course c ON c.id = t.course WHERE t.serial = $1;

-- name: CertificatesIn :many
SELECT sqlc.embed(t), p.name, p.number, c.name AS course_name FROM training_certificate t JOIN person p ON p.id = t.person JOIN training_course c ON c.id = t.course
WHERE t.office >= sqlc.arg(lo) AND t.office < sqlc.arg(hi) ORDER BY t.office, t.role, t.serial LIMIT sqlc.arg(max) OFFSET sqlc.arg(skip);

-- name: CertificatesOf :many
SELECT sqlc.embed(t), p.name, p.number, c.name AS course_name FROM training_certificate t JOIN person p ON p.id = t.person JOIN training_course c ON c.id = t.course
WHERE t.person = $1 ORDER BY t.issued DESC, t.serial;

-- name: Revoke :execrows
UPDATE training_certificate SET revoked = $1, reason = $2, version = version + 1 WHERE serial = $3 AND version = $4 AND revoked = '';

-- name: Revoked :many
SELECT serial, revoked FROM training_certificate WHERE revoked > '' ORDER BY serial;

-- name: InsertPast :execrows
INSERT INTO training_past (person, round, role, office) VALUES ($1, $2, $3, $4) ON CONFLICT (person, round, role) DO NOTHING;

-- name: PastOf :many
SELECT * FROM training_past WHERE person = $1 ORDER BY round DESC, role;

-- name: NumbersFrom :many
SELECT id, number FROM person WHERE number > sqlc.arg(number) ORDER BY number LIMIT sqlc.arg(max);

-- name: OfficeCodes :many
SELECT code, name_fa, name_en FROM office WHERE code > sqlc.arg(code) ORDER BY code LIMIT sqlc.arg(max);

-- name: Trainers :many
SELECT DISTINCT p.person, p.office, h.name FROM post p JOIN person h ON h.id = p.person
WHERE p.role = 'trainer' AND p.office >= sqlc.arg(lo) AND p.office < sqlc.arg(hi) AND p.since <= sqlc.arg(today) AND (p.until = '' OR p.until >= sqlc.arg(today))
ORDER BY p.office, p.person LIMIT 500;
