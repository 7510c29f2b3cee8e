package marks

import (
	"fmt"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/roll"
)

// An arrival is a check-in as it happened.
type arrival struct {
	person roll.Number
	at     time.Time
}

// Waiting is how many people somebody has counted in the queue.
type Waiting struct {
	At    time.Time
	Count int
}

// maxWaiting bounds a queue that somebody types.
const maxWaiting = 100_000

// Wait keeps how many people are waiting.
func (b *Book) Wait(count int) error {
	if count < 0 || count > maxWaiting {
		return fmt.Errorf("note queue: %d people: write 0 to %d", count, maxWaiting)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.write(kindWaiting, event{At: b.p.Now(), Count: count}); err != nil {
		return fmt.Errorf("note queue: %w", err)
	}
	return nil
}

// stands returns the mark of a check-in that was not taken back.
func (b *Book) stands(a arrival) (*Mark, bool) {
	s := b.people[a.person]
	return s.mark, s.mark != nil && s.mark.At.Equal(a.at)
}

// Figures returns how many voters the branch has, how many check-ins stand, and how
// many people somebody has counted last in the queue, or nil: what every page of a desk
// shows.
func (b *Book) Figures() (voters, checkedIn int, waiting *Waiting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	voters, _ = b.p.Roll.Len()
	return voters, int(b.CheckedIn()), b.lastWaiting()
}

// lastWaiting returns the last count of the queue, with the lock held.
func (b *Book) lastWaiting() *Waiting {
	if len(b.waiting) == 0 {
		return nil
	}
	last := b.waiting[len(b.waiting)-1]
	return &last
}

// Recent returns the last check-ins that stand, the last first.
func (b *Book) Recent(limit int) ([]Status, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Status
	for _, a := range slices.Backward(b.order) {
		if len(out) == limit {
			break
		}
		if _, ok := b.stands(a); !ok {
			continue
		}
		p, known, err := b.p.Roll.Find(a.person)
		if err != nil {
			return nil, err
		}
		out = append(out, b.status(a.person, p, known))
	}
	return out, nil
}

// A Period is what happened in a stretch of time.
type Period struct {
	From      time.Time
	CheckedIn int // that stand
	Waiting   int // counted last; -1 if nobody has counted
}

// A Day is what a branch's desk has done. All numbers are of one moment.
type Day struct {
	Voters    int // of this branch
	CheckedIn int // that stand
	Guests    int // of them, voters of other branches
	Undone    int // taken back
	Released  int // given up to other branches, and not come back
	Unasked   int
	Waiting   *Waiting // counted last
	Periods   []Period // from the first check-in on, at most 200
}

// Day returns the figures in periods of the given length, which begin at whole
// multiples of it. It goes through all marks.
func (b *Book) Day(period time.Duration) Day {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := Day{Undone: b.undone}
	d.Voters, _ = b.p.Roll.Len()
	for n, s := range b.people {
		if s.mark != nil {
			d.CheckedIn++
			if !b.p.Roll.IsOwn(n) {
				d.Guests++
			}
		}
		if s.released != "" && b.p.Roll.IsOwn(n) {
			d.Released++
		}
		if s.unasked {
			d.Unasked++
		}
	}
	d.Waiting = b.lastWaiting()
	at := map[int64]int{}
	for _, a := range b.order {
		if _, ok := b.stands(a); ok {
			at[a.at.Truncate(period).Unix()]++
		}
	}
	d.Periods = b.periods(at, period)
	return d
}

// periods are all from the first to the last that has something. A clock that
// has jumped leaves a gap and does not fill memory.
func (b *Book) periods(at map[int64]int, period time.Duration) []Period {
	waiting := map[int64]int{}
	for _, w := range b.waiting {
		from := w.At.Truncate(period).Unix()
		waiting[from] = w.Count
		at[from] += 0
	}
	var froms []int64
	for f := range at {
		froms = append(froms, f)
	}
	slices.Sort(froms)
	const most = 200
	var out []Period
	step := int64(period / time.Second)
	for i, f := range froms {
		for i > 0 && len(out) < most {
			next := out[len(out)-1].From.Unix() + step
			if next >= f || f-next > 8*step {
				break
			}
			out = append(out, Period{time.Unix(next, 0), 0, -1})
		}
		if len(out) == most {
			break
		}
		w, ok := waiting[f]
		if !ok {
			w = -1
		}
		out = append(out, Period{time.Unix(f, 0), at[f], w})
	}
	return out
}

// A Line is a voter of this branch on the paper list.
type Line struct {
	Person   roll.Person
	Standing Standing
	Branch   string
}

// Paper returns everybody whom the branch may admit, with their standing: its own
// voters in the order of the dictionary, then guests.
func (b *Book) Paper() ([]Line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := make([]Line, 0, len(b.p.Roll.Own()))
	for _, p := range b.p.Roll.Own() {
		st := b.status(p.Number, p, true)
		lines = append(lines, Line{st.Person, st.Standing, st.Branch})
	}
	var guests []roll.Number
	for n, s := range b.people {
		if !b.p.Roll.IsOwn(n) && (s.mark != nil || s.home != "") {
			guests = append(guests, n)
		}
	}
	slices.Sort(guests)
	for _, n := range guests {
		p, known, err := b.p.Roll.Find(n)
		if err != nil {
			return nil, err
		}
		st := b.status(n, p, known)
		lines = append(lines, Line{st.Person, st.Standing, p.Branch})
	}
	return lines, nil
}
