package lessons

import (
	"context"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

// A Weight is what a province has before it.
type Weight struct {
	Open     int64 `json:"open"`
	Closed   int64 `json:"closed"`
	Unjudged int64 `json:"unjudged"` // of the open ones
	Risk     int64 `json:"risk"`     // sum of the open ones that were judged
	Highest  int64 `json:"highest"`  // of them
}

// Weights returns the weights by province, within a subtree; problems of the
// country itself are at "".
func Weights(ctx context.Context, db lessonsdb.DBTX, under string) (map[string]Weight, error) {
	lo, hi := office.Range(under)
	rows, err := lessonsdb.New(db).CountProblems(ctx, lessonsdb.CountProblemsParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, fmt.Errorf("count problems: %w", store.Classify(err))
	}
	out := map[string]Weight{}
	for _, r := range rows {
		w := out[r.Province]
		if r.State == Closed {
			w.Closed = r.Problems
		} else {
			w.Open, w.Unjudged, w.Risk, w.Highest = r.Problems, r.Unjudged, r.Risk, r.Highest
		}
		out[r.Province] = w
	}
	return out, nil
}

// A Point is the sum of open risks at the end of a day.
type Point struct {
	Day  string `json:"day"` // ISO
	Risk int64  `json:"risk"`
}

// weeks is how far back a trend goes at most.
const weeks = 52

// Trend returns the sum of the open risks of a subtree week by week, until now. It
// begins with the first risk that was judged, or a year ago, and is empty if none
// was.
func Trend(ctx context.Context, db lessonsdb.DBTX, under string, now time.Time) ([]Point, error) {
	lo, hi := office.Range(under)
	rows, err := lessonsdb.New(db).Risks(ctx, lessonsdb.RisksParams{Lo: lo, Hi: hi})
	if err != nil {
		return nil, fmt.Errorf("read risks: %w", store.Classify(err))
	}
	if len(rows) == 0 {
		return nil, nil
	}
	first := now
	for range weeks {
		if store.Millis(first) <= rows[0].At {
			break
		}
		first = first.AddDate(0, 0, -7)
	}
	var out []Point
	current, sum, next := map[string]int64{}, int64(0), 0
	for at := first; !at.After(now); at = at.AddDate(0, 0, 7) {
		for ; next < len(rows) && rows[next].At <= store.Millis(at); next++ {
			r := rows[next]
			sum += r.Risk - current[r.Problem]
			current[r.Problem] = r.Risk
		}
		out = append(out, Point{office.Day(at), sum})
	}
	return out, nil
}
