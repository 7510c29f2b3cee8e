-- The calendar of the election: what has moved it, and the secret addresses at
-- which people subscribe to it. Only TEXT and BIGINT columns.

-- +goose Up
-- Events never change: another one follows.
CREATE TABLE agenda_event (
  seq BIGINT NOT NULL PRIMARY KEY,
  on_day TEXT NOT NULL, -- day on which it holds
  office TEXT NOT NULL, -- whom it concerns: the office and those below it
  event TEXT NOT NULL, -- confirm, set, freeze, resume, re-anchor, postpone
  stage TEXT NOT NULL, -- of confirm and set, or ''
  content TEXT NOT NULL, -- JSON, as spec/calendar.md has it, without the constituency
  reason TEXT NOT NULL,
  base TEXT NOT NULL, -- day: the polling day from which the calendar counts
  person TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX agenda_event_office ON agenda_event (office, seq);

CREATE TABLE agenda_feed (
  id TEXT NOT NULL PRIMARY KEY, -- SHA-256 of what the address holds
  person TEXT NOT NULL UNIQUE REFERENCES person (id),
  made BIGINT NOT NULL
);

-- +goose Down
DROP TABLE agenda_feed;
DROP TABLE agenda_event;
