-- Participation: meetings with groups and what they ask for, campaigns, and the
-- turnout of earlier rounds. Only TEXT and BIGINT columns.

-- +goose Up
CREATE TABLE outreach_meeting (
  id TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code),
  kind TEXT NOT NULL, -- social, cultural, political
  partner TEXT NOT NULL, -- the group
  subject TEXT NOT NULL,
  venue TEXT NOT NULL,
  planned TEXT NOT NULL, -- day
  state TEXT NOT NULL, -- planned, held, cancelled
  held TEXT NOT NULL, -- day, or ''
  attendance BIGINT NOT NULL,
  note TEXT NOT NULL, -- what was said, or why it was cancelled
  version BIGINT NOT NULL
);
CREATE INDEX outreach_meeting_office ON outreach_meeting (office, planned);

-- What a group asked for, until it is answered.
CREATE TABLE outreach_request (
  id TEXT NOT NULL PRIMARY KEY,
  meeting TEXT NOT NULL REFERENCES outreach_meeting (id),
  office TEXT NOT NULL, -- of the meeting
  content TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES person (id),
  due TEXT NOT NULL, -- day
  answer TEXT NOT NULL, -- or '' while it is open
  answered BIGINT NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX outreach_request_meeting ON outreach_request (meeting, created);
CREATE INDEX outreach_request_owner ON outreach_request (owner, answered, due);
CREATE INDEX outreach_request_office ON outreach_request (office, answered, due);

CREATE TABLE outreach_campaign (
  id TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code),
  name TEXT NOT NULL,
  channel TEXT NOT NULL,
  audience TEXT NOT NULL, -- who it is for
  since TEXT NOT NULL, -- day
  until TEXT NOT NULL,
  target BIGINT NOT NULL, -- people it is for
  reach BIGINT NOT NULL, -- people reached, or -1 while that is not known
  measured TEXT NOT NULL, -- how that was found out
  version BIGINT NOT NULL
);
CREATE INDEX outreach_campaign_office ON outreach_campaign (office, since);

-- How many took part in an earlier round, and of whom.
CREATE TABLE outreach_turnout (
  office TEXT NOT NULL REFERENCES office (code), -- a province, or the country
  round TEXT NOT NULL,
  contest TEXT NOT NULL, -- councils, majlis, experts, president
  basis TEXT NOT NULL, -- of whom: civil-register, census, voters-roll
  eligible BIGINT NOT NULL,
  voted BIGINT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (office, round, contest, basis)
);

-- +goose Down
DROP TABLE outreach_turnout;
DROP TABLE outreach_campaign;
DROP TABLE outreach_request;
DROP TABLE outreach_meeting;
