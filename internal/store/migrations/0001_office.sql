-- The offices of an election: territory, people, posts, accounts, approvals and
-- the audit log. Only TEXT and BIGINT columns: both engines read this file.

-- +goose Up
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL, -- JSON
  version BIGINT NOT NULL
);

-- A unit of the territory, which is also the office that answers for it.
CREATE TABLE office (
  code TEXT NOT NULL PRIMARY KEY, -- digits: '', province 2, county +3, district +2, place +4
  kind TEXT NOT NULL, -- country, province, county, district, city, village
  name_fa TEXT NOT NULL,
  name_en TEXT NOT NULL,
  population BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX office_kind ON office (kind, code);

CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  number TEXT NOT NULL, -- national number, or '' for one who is simulated
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  office TEXT NOT NULL REFERENCES office (code), -- that keeps the record
  simulated BIGINT NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX person_office ON person (office, id);
CREATE INDEX person_number ON person (number, office);

-- The words under which people are found: hex of UTF-8, so that a prefix is a
-- range in every collation. Of a name with several words each word is there once
-- with each other one behind it: one word finds all of them, two words find those
-- who have both, and neither reads more than it finds.
CREATE TABLE person_word (
  word TEXT NOT NULL,
  office TEXT NOT NULL,
  person TEXT NOT NULL, -- no index of its own: it would grow everywhere at once in a bulk load
  PRIMARY KEY (word, office, person)
);

CREATE TABLE post (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  office TEXT NOT NULL REFERENCES office (code),
  since TEXT NOT NULL, -- day
  until TEXT NOT NULL, -- last day, or ''
  version BIGINT NOT NULL
);
CREATE INDEX post_person ON post (person);
CREATE INDEX post_office ON post (office, role);

CREATE TABLE account (
  person TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
  name TEXT NOT NULL UNIQUE, -- to sign in with, lower case
  password TEXT NOT NULL, -- PHC string, or ''
  totp TEXT NOT NULL, -- sealed secret, or ''
  totp_step BIGINT NOT NULL, -- last step that was used
  disabled BIGINT NOT NULL,
  version BIGINT NOT NULL
);

CREATE TABLE recovery (
  person TEXT NOT NULL REFERENCES account (person),
  hash TEXT NOT NULL, -- SHA-256 of a code that was not used yet
  PRIMARY KEY (person, hash)
);

CREATE TABLE passkey (
  id TEXT NOT NULL PRIMARY KEY, -- base64url of the credential's id
  person TEXT NOT NULL REFERENCES account (person),
  name TEXT NOT NULL,
  credential TEXT NOT NULL, -- JSON
  created BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX passkey_person ON passkey (person);

CREATE TABLE session (
  id TEXT NOT NULL PRIMARY KEY, -- SHA-256 of what the cookie holds
  person TEXT NOT NULL REFERENCES account (person),
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX session_person ON session (person);

-- What is handed out once and comes back once: an invitation, the second step of
-- signing in, the challenge of a passkey.
CREATE TABLE ticket (
  id TEXT NOT NULL PRIMARY KEY, -- SHA-256 of what was handed out
  kind TEXT NOT NULL,
  person TEXT NOT NULL, -- or ''
  data TEXT NOT NULL, -- JSON
  expires BIGINT NOT NULL
);
CREATE INDEX ticket_person ON ticket (person, kind);

CREATE TABLE throttle (
  key TEXT NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  until BIGINT NOT NULL
);

CREATE TABLE proposal (
  id TEXT NOT NULL PRIMARY KEY,
  act TEXT NOT NULL,
  office TEXT NOT NULL,
  object TEXT NOT NULL,
  data TEXT NOT NULL, -- JSON
  reason TEXT NOT NULL,
  proposer TEXT NOT NULL,
  proposed BIGINT NOT NULL,
  state TEXT NOT NULL, -- open, confirmed, refused, withdrawn
  decider TEXT NOT NULL,
  decided BIGINT NOT NULL,
  note TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX proposal_state ON proposal (state, office);

CREATE TABLE audit (
  seq BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  post_office TEXT NOT NULL,
  act TEXT NOT NULL,
  object TEXT NOT NULL,
  office TEXT NOT NULL, -- which subtree it concerns
  before TEXT NOT NULL, -- JSON
  after TEXT NOT NULL, -- JSON
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_office ON audit (office, seq);
CREATE INDEX audit_person ON audit (person, seq);
CREATE INDEX audit_object ON audit (object, seq);

-- +goose Down
DROP TABLE audit;
DROP TABLE proposal;
DROP TABLE throttle;
DROP TABLE ticket;
DROP TABLE session;
DROP TABLE passkey;
DROP TABLE recovery;
DROP TABLE account;
DROP TABLE post;
DROP TABLE person_word;
DROP TABLE person;
DROP TABLE office;
DROP TABLE setting;
