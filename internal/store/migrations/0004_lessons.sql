-- The review of earlier rounds: problems, actions, judgements of risk, and the
-- same problem grouped across provinces. Only TEXT and BIGINT columns.

-- +goose Up
-- One problem that several offices had, by a person's decision.
CREATE TABLE lesson_family (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created BIGINT NOT NULL
);

CREATE TABLE lesson_problem (
  id TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL REFERENCES office (code), -- that had it
  round TEXT NOT NULL, -- such as 1400
  topic TEXT NOT NULL,
  problem TEXT NOT NULL,
  evidence TEXT NOT NULL, -- that it happened
  cause TEXT NOT NULL,
  proposal TEXT NOT NULL,
  factor TEXT NOT NULL, -- of the library, or ''
  family TEXT NOT NULL, -- or ''
  session TEXT NOT NULL, -- of training at which it was brought up, or ''
  owner TEXT NOT NULL, -- person, or ''
  due TEXT NOT NULL, -- day, or ''
  state TEXT NOT NULL, -- open, closed
  closing TEXT NOT NULL, -- evidence that it is solved, or ''
  turn BIGINT NOT NULL, -- of judging, from 1
  talk BIGINT NOT NULL, -- the last two who judged are two or more apart
  risk BIGINT NOT NULL, -- 1 to 25, or 0 while two have not agreed
  digest TEXT NOT NULL UNIQUE, -- of office, round, topic and problem, folded
  folded TEXT NOT NULL, -- topic, problem and cause, to search in
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX lesson_problem_office ON lesson_problem (office, id);
CREATE INDEX lesson_problem_owner ON lesson_problem (owner, state, due);
CREATE INDEX lesson_problem_family ON lesson_problem (family, office);

-- What is done about it: an item of the checklist, a stage of the calendar before
-- which it has to be done, or a topic of the training programme.
CREATE TABLE lesson_action (
  id TEXT NOT NULL PRIMARY KEY,
  problem TEXT NOT NULL REFERENCES lesson_problem (id),
  office TEXT NOT NULL, -- of the problem
  kind TEXT NOT NULL, -- item, stage, topic
  target TEXT NOT NULL, -- stage of the calendar, or topic of the training programme
  content TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES person (id),
  due TEXT NOT NULL, -- day
  state TEXT NOT NULL, -- open, closed
  closing TEXT NOT NULL,
  created BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX lesson_action_problem ON lesson_action (problem, created);
CREATE INDEX lesson_action_owner ON lesson_action (owner, state, due);
CREATE INDEX lesson_action_office ON lesson_action (office, state, due);
CREATE INDEX lesson_action_target ON lesson_action (kind, target, office);

CREATE TABLE lesson_judgement (
  problem TEXT NOT NULL REFERENCES lesson_problem (id),
  turn BIGINT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id),
  likelihood BIGINT NOT NULL, -- 1 to 5
  harm BIGINT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (problem, turn, person)
);

-- The risk of a problem from an instant on; 0 from when it was closed.
CREATE TABLE lesson_risk (
  problem TEXT NOT NULL REFERENCES lesson_problem (id),
  version BIGINT NOT NULL, -- of the problem, which orders them
  office TEXT NOT NULL,
  at BIGINT NOT NULL,
  risk BIGINT NOT NULL,
  PRIMARY KEY (problem, version)
);
CREATE INDEX lesson_risk_office ON lesson_risk (office, at);

-- Decisions that problems are the same, so that each can be undone.
CREATE TABLE lesson_grouping (
  id TEXT NOT NULL PRIMARY KEY,
  family TEXT NOT NULL REFERENCES lesson_family (id),
  moved TEXT NOT NULL, -- JSON: problems, and the family that each was in before
  person TEXT NOT NULL REFERENCES person (id),
  at BIGINT NOT NULL,
  undone BIGINT NOT NULL
);
CREATE INDEX lesson_grouping_at ON lesson_grouping (at, id);
CREATE INDEX lesson_grouping_family ON lesson_grouping (family, at);

-- +goose Down
DROP TABLE lesson_grouping;
DROP TABLE lesson_risk;
DROP TABLE lesson_judgement;
DROP TABLE lesson_action;
DROP TABLE lesson_problem;
DROP TABLE lesson_family;
