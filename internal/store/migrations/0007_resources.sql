-- What a training programme has to plan with: the days on which venues are open
-- and trainers are away; and the messages to people, each sent once. Only TEXT and
-- BIGINT columns.

-- +goose Up
-- A venue without a line is open on every day, others on these alone.
CREATE TABLE training_open (
  id TEXT NOT NULL PRIMARY KEY,
  venue TEXT NOT NULL REFERENCES training_venue (id),
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL
);
CREATE INDEX training_open_venue ON training_open (venue, first_day);

-- Days on which a trainer cannot teach.
CREATE TABLE training_off (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id),
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL
);
CREATE INDEX training_off_person ON training_off (person, first_day);

-- What somebody was reminded of without being asked for, so that it happens once.
CREATE TABLE training_reminder (
  invitation TEXT NOT NULL REFERENCES training_invitation (id),
  occasion TEXT NOT NULL,
  queued BIGINT NOT NULL,
  PRIMARY KEY (invitation, occasion)
);

-- A sender claims a message before it sends it. One that is claimed and not sent
-- may have arrived: it is not sent again by itself.
ALTER TABLE training_message ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE training_message ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE training_message ADD COLUMN due BIGINT NOT NULL DEFAULT 0; -- not before
CREATE INDEX training_message_invitation ON training_message (invitation, kind, queued);

-- +goose Down
DROP INDEX training_message_invitation;
ALTER TABLE training_message DROP COLUMN due;
ALTER TABLE training_message DROP COLUMN tries;
ALTER TABLE training_message DROP COLUMN claimed;
DROP TABLE training_reminder;
DROP TABLE training_off;
DROP TABLE training_open;
