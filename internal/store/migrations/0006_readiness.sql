-- Readiness: what was counted of the tables of others, a province at a time, and
-- when. Only TEXT and BIGINT columns.

-- +goose Up
-- The last count, by district (or the office above that has none) and role.
CREATE TABLE readiness_now (
  unit TEXT NOT NULL, -- code of an office, at most 7 digits
  role TEXT NOT NULL,
  seats BIGINT NOT NULL, -- people to be trained
  trained BIGINT NOT NULL, -- of them with a certificate that is good
  stale BIGINT NOT NULL, -- of them with one that is good no more
  invited BIGINT NOT NULL,
  PRIMARY KEY (unit, role)
);

-- The last count of each day, by county (or the office above): for the pace.
CREATE TABLE readiness_past (
  day TEXT NOT NULL,
  unit TEXT NOT NULL, -- code of an office, at most 5 digits
  seats BIGINT NOT NULL,
  trained BIGINT NOT NULL,
  PRIMARY KEY (day, unit)
);

CREATE TABLE readiness_count (
  part TEXT NOT NULL PRIMARY KEY, -- code of a province, or '' for the country's own office
  counted BIGINT NOT NULL
);

-- +goose Down
DROP TABLE readiness_count;
DROP TABLE readiness_past;
DROP TABLE readiness_now;
