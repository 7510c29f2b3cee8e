-- What the log is asked for: an act, or some days of years ago.

-- +goose Up
CREATE INDEX audit_act ON audit (act, seq);
CREATE INDEX audit_at ON audit (at, seq);

-- +goose Down
DROP INDEX audit_at;
DROP INDEX audit_act;
