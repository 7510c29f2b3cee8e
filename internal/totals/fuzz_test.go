package totals_test

import (
	"encoding/json"
	"testing"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/internal/totals"
	"github.com/sandogh/sandogh/spec"
)

// No file of totals makes the counter panic, and what it takes it counts.
func FuzzContest(f *testing.F) {
	for _, name := range []string{"count-contest", "count-seats", "ruling"} {
		b, err := spec.Examples.ReadFile("examples/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in, faults := totals.ReadContest(data)
		if len(faults) > 0 {
			return
		}
		seed := "x"
		s := totals.Settlement{Hash: totals.QuestionHash(data), Seed: &seed}
		out, err := s.Count(in)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Elected) > in.Contest.Seats {
			t.Fatalf("%d elected to %d seats", len(out.Elected), in.Contest.Seats)
		}
		for _, q := range out.Questions {
			if q.Kind == count.Tie {
				t.Fatalf("the lot left a tie open: %+v", q)
			}
		}
	})
}

func FuzzSeats(f *testing.F) {
	b, err := spec.Examples.ReadFile("examples/count-seats.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		out, faults := totals.Part(data)
		if len(faults) == 0 {
			if _, err := json.Marshal(out); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzRuling(f *testing.F) {
	for _, name := range []string{"ruling", "lot"} {
		b, err := spec.Examples.ReadFile("examples/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, faults := totals.ReadRuling(data); len(faults) == 0 && r.IsLot() == r.Decides() {
			t.Fatalf("neither a lot nor a decision, or both: %+v", r)
		}
	})
}
