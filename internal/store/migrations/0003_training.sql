-- The training programme: courses with topics bound to the law, programmes,
-- sessions, invitations, attendance, certificates. Only TEXT and BIGINT columns.

-- +goose Up
CREATE TABLE training_course (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  months BIGINT NOT NULL, -- for which a certificate is good
  version BIGINT NOT NULL
);

-- What is taught: of a course, or of one session alone.
CREATE TABLE training_topic (
  id TEXT NOT NULL PRIMARY KEY,
  course TEXT NOT NULL REFERENCES training_course (id),
  session TEXT NOT NULL, -- or ''
  place BIGINT NOT NULL,
  title TEXT NOT NULL,
  minutes BIGINT NOT NULL,
  article TEXT NOT NULL, -- of the register of the law, or ''
  edition TEXT NOT NULL, -- its version, as it is taught
  version BIGINT NOT NULL
);
CREATE INDEX training_topic_course ON training_topic (course, session, place);

CREATE TABLE training_programme (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL, -- national, regional, local
  office TEXT NOT NULL REFERENCES office (code),
  course TEXT NOT NULL REFERENCES training_course (id),
  input TEXT NOT NULL, -- JSON of package planner
  plan TEXT NOT NULL, -- JSON: what is being planned
  stands TEXT NOT NULL, -- JSON: what was made into sessions last, or ''
  version BIGINT NOT NULL
);
CREATE INDEX training_programme_office ON training_programme (office);

CREATE TABLE training_venue (
  id TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code),
  name TEXT NOT NULL,
  seats BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX training_venue_office ON training_venue (office);

CREATE TABLE training_session (
  id TEXT NOT NULL PRIMARY KEY,
  programme TEXT NOT NULL REFERENCES training_programme (id),
  number BIGINT NOT NULL,
  course TEXT NOT NULL REFERENCES training_course (id),
  office TEXT NOT NULL REFERENCES office (code), -- that answers for it
  badge TEXT NOT NULL UNIQUE, -- ten digits that its badges begin with
  first_day TEXT NOT NULL, -- day, or ''
  last_day TEXT NOT NULL,
  venue TEXT NOT NULL, -- its name
  seats BIGINT NOT NULL,
  trainers TEXT NOT NULL, -- names, JSON
  units TEXT NOT NULL, -- codes of offices, JSON
  state TEXT NOT NULL, -- planned, held, cancelled
  minutes TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX training_session_programme ON training_session (programme, number);
CREATE INDEX training_session_day ON training_session (first_day, id);
CREATE INDEX training_session_office ON training_session (office, first_day);

-- Who is to be trained, in which part of the election.
CREATE TABLE training_seat (
  office TEXT NOT NULL REFERENCES office (code),
  role TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id),
  PRIMARY KEY (office, role, person)
);
CREATE INDEX training_seat_person ON training_seat (person);

CREATE TABLE training_invitation (
  id TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL REFERENCES training_session (id),
  place BIGINT NOT NULL, -- in the session, from 1: part of the badge
  person TEXT NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  office TEXT NOT NULL,
  state TEXT NOT NULL, -- invited, waiting, accepted, declined, substitute, replaced, moved
  reason TEXT NOT NULL,
  substitute TEXT NOT NULL, -- person, or ''
  instead TEXT NOT NULL, -- invitation that this one stands for, or ''
  invited BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX training_invitation_place ON training_invitation (session, place);
CREATE UNIQUE INDEX training_invitation_person ON training_invitation (session, person);
CREATE INDEX training_invitation_of ON training_invitation (person, invited);
CREATE INDEX training_invitation_office ON training_invitation (office, state);

CREATE TABLE training_message (
  id TEXT NOT NULL PRIMARY KEY,
  invitation TEXT NOT NULL,
  office TEXT NOT NULL,
  kind TEXT NOT NULL, -- invitation, reminder, moved, cancelled
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  queued BIGINT NOT NULL,
  sent BIGINT NOT NULL, -- 0: not yet
  failure TEXT NOT NULL
);
CREATE INDEX training_message_sent ON training_message (sent, queued);
CREATE INDEX training_message_office ON training_message (office, queued);

CREATE TABLE training_door (
  id TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL REFERENCES training_session (id),
  secret TEXT NOT NULL, -- base64: with which the marks of one offline door are sealed
  person TEXT NOT NULL, -- who took it
  made BIGINT NOT NULL
);
CREATE INDEX training_door_session ON training_door (session);

CREATE TABLE training_mark (
  id TEXT NOT NULL PRIMARY KEY, -- made at the door
  session TEXT NOT NULL REFERENCES training_session (id),
  invitation TEXT NOT NULL REFERENCES training_invitation (id),
  at BIGINT NOT NULL,
  door TEXT NOT NULL, -- of an offline door, or ''
  person TEXT NOT NULL -- who kept the door
);
CREATE UNIQUE INDEX training_mark_once ON training_mark (session, invitation);

CREATE TABLE training_decision (
  id TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL REFERENCES training_session (id),
  place BIGINT NOT NULL,
  content TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES person (id),
  due TEXT NOT NULL, -- day
  done BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX training_decision_session ON training_decision (session, place);
CREATE INDEX training_decision_owner ON training_decision (owner, done, due);

CREATE TABLE training_material (
  id TEXT NOT NULL PRIMARY KEY,
  session TEXT NOT NULL REFERENCES training_session (id),
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  hash TEXT NOT NULL, -- SHA-256 in hex: its file
  added BIGINT NOT NULL
);
CREATE INDEX training_material_session ON training_material (session, added);

CREATE TABLE training_feedback (
  session TEXT NOT NULL REFERENCES training_session (id),
  invitation TEXT NOT NULL REFERENCES training_invitation (id),
  clear BIGINT NOT NULL, -- 1 to 5
  useful BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (session, invitation)
);

CREATE TABLE training_certificate (
  serial TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  course TEXT NOT NULL REFERENCES training_course (id),
  session TEXT NOT NULL,
  office TEXT NOT NULL, -- of the seat
  role TEXT NOT NULL,
  issued TEXT NOT NULL, -- day
  expires TEXT NOT NULL,
  articles TEXT NOT NULL, -- JSON
  content TEXT NOT NULL, -- what the code holds, signed
  revoked TEXT NOT NULL, -- day, or ''
  reason TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX training_certificate_person ON training_certificate (person, issued);
CREATE INDEX training_certificate_office ON training_certificate (office, role);
CREATE INDEX training_certificate_session ON training_certificate (session);
CREATE INDEX training_certificate_revoked ON training_certificate (revoked);

-- What somebody did in an earlier election.
CREATE TABLE training_past (
  person TEXT NOT NULL REFERENCES person (id),
  round TEXT NOT NULL,
  role TEXT NOT NULL,
  office TEXT NOT NULL,
  PRIMARY KEY (person, round, role)
);

-- +goose Down
DROP TABLE training_past;
DROP TABLE training_certificate;
DROP TABLE training_feedback;
DROP TABLE training_material;
DROP TABLE training_decision;
DROP TABLE training_mark;
DROP TABLE training_door;
DROP TABLE training_message;
DROP TABLE training_invitation;
DROP TABLE training_seat;
DROP TABLE training_session;
DROP TABLE training_venue;
DROP TABLE training_programme;
DROP TABLE training_topic;
DROP TABLE training_course;
