-- What large offices are asked for often.

-- +goose Up
-- Of the people to be trained, those of one role, in a part of the country.
CREATE INDEX training_seat_role ON training_seat (role, office);

-- +goose Down
DROP INDEX training_seat_role;
