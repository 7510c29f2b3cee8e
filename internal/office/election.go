package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// An Election is what the console is about. All of it is entered at the first run.
type Election struct {
	NameFa string   `json:"name_fa"`
	NameEn string   `json:"name_en"`
	Kinds  []string `json:"kinds"` // as package calendar names them
	// Where a kind is held, by the codes of the offices of its constituencies; one
	// that is not named is held everywhere.
	Places     map[string][]string `json:"places,omitempty"`
	StartOrder string              `json:"start_order"` // ISO, or "" while it is not given
	PollingDay string              `json:"polling_day"` // ISO, or "" while it is not set
	Sample     bool                `json:"sample"`      // people are simulated: every page says so
	Version    int64               `json:"-"`           // 0 if there is none yet
}

const electionKey = "election"

// LoadElection returns the election; the zero Election if none was entered.
func LoadElection(ctx context.Context, db officedb.DBTX) (Election, error) {
	row, err := officedb.New(db).Setting(ctx, electionKey)
	if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
		return Election{}, nil
	}
	if err != nil {
		return Election{}, fmt.Errorf("read election: %w", err)
	}
	var e Election
	if err := json.Unmarshal([]byte(row.Value), &e); err != nil {
		return Election{}, fmt.Errorf("read election: %w", err)
	}
	e.Version = row.Version
	return e, nil
}

// SaveElection writes the election over the version that was read.
func SaveElection(ctx context.Context, tx *store.Tx, now time.Time, a Actor, e Election) error {
	before, err := LoadElection(ctx, tx)
	if err != nil {
		return err
	}
	value, err := json.Marshal(e)
	if err != nil {
		return err
	}
	q := officedb.New(tx)
	if e.Version == 0 {
		err = store.Changed(q.InsertSetting(ctx, officedb.InsertSettingParams{Key: electionKey, Value: string(value)}))
	} else {
		err = store.Changed(q.UpdateSetting(ctx, officedb.UpdateSettingParams{Value: string(value), Key: electionKey, Version: e.Version}))
	}
	if err != nil {
		return fmt.Errorf("save election: %w", err)
	}
	return Audit(ctx, tx, now, a, ElectionEdit, Change{Act: "election.edit", Object: electionKey, Before: before, After: e})
}
