package agenda_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/agenda"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

// TestPlaces: a by-election of one constituency is asked of the offices there and
// above, and of no others: they are not late with it, do not confirm it, and are not
// waited for.
func TestPlaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		found(t, db)
		ctx := context.Background()
		b := bench{t, db, agenda.NewDesk()}
		hold := func(places map[string][]string) *agenda.Book {
			t.Helper()
			b.must(db.Tx(ctx, func(tx *store.Tx) error {
				e, err := office.LoadElection(ctx, tx)
				if err != nil {
					return err
				}
				e.Kinds, e.Places = []string{"city", "village", "majlis"}, places
				return office.SaveElection(ctx, tx, at(-300), hq, e)
			}))
			book, err := b.desk.Book(ctx, db)
			b.must(err)
			return book
		}
		has := func(book *agenda.Book, code, stage string) *agenda.Row {
			t.Helper()
			board, err := book.Board(code, polling-100)
			b.must(err)
			for i := range board.Rows {
				if board.Rows[i].Stage.ID == stage {
					return &board.Rows[i]
				}
			}
			return nil
		}
		// A stage of the Majlis alone that counties confirm.
		stage := ""
		for _, s := range agenda.Stages(calendar.Majlis) {
			if s.AppliesTo == "majlis" && agenda.SeatOf(&s).Level == 5 && stage == "" {
				stage = s.ID
			}
		}
		if stage == "" {
			t.Fatal("no county confirms anything of a by-election")
		}
		everywhere := hold(nil)
		if row := has(everywhere, "", stage); row == nil || row.Below != 2 {
			t.Fatalf("%+v", row)
		}
		book := hold(map[string][]string{"majlis": {"07001"}})
		for _, code := range []string{"", "07", "07001", "0700101"} {
			if has(book, code, stage) == nil {
				t.Errorf("%q knows nothing of the by-election there", code)
			}
		}
		for _, code := range []string{"03", "03001", "0300101"} {
			if row := has(book, code, stage); row != nil {
				t.Errorf("%s is asked for a by-election elsewhere: %+v", code, row)
			}
			if has(book, code, "executive-boards-city") == nil {
				t.Errorf("%s knows nothing of the councils", code)
			}
		}
		if row := has(book, "", stage); row.Below != 1 {
			t.Errorf("%d counties are waited for", row.Below)
		}
		parts, err := book.Parts("", stage, polling-100)
		if b.must(err); len(parts) != 1 || parts[0].Office.Code != "07001" {
			t.Errorf("%+v", parts)
		}
		all, err := everywhere.Board("03", polling)
		b.must(err)
		fewer, err := book.Board("03", polling)
		if b.must(err); len(fewer.Rows) >= len(all.Rows) {
			t.Errorf("%d stages, of %d with those of others", len(fewer.Rows), len(all.Rows))
		}
		s, _ := book.Stage(stage)
		board := func(code string) office.Actor { return who(agenda.SeatOf(s).Role, code) }
		if book.Owns(board("03001"), s, "03001") || !book.Owns(board("07001"), s, "07001") {
			t.Error("who confirms it is wrong")
		}
		err = b.add(-100, board("03001"), "03001", calendar.Event{Event: calendar.Confirm, Stage: stage})
		if !errors.Is(err, office.ErrForbidden) {
			t.Errorf("a by-election elsewhere is confirmed: %v", err)
		}
	})
}
