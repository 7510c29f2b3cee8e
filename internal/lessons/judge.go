package lessons

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

// What is wrong with a judgement.
var (
	ErrJudged = errors.New("two people have judged it: a new turn has to be asked for")
	ErrOnce   = errors.New("one person judges once in a turn")
)

// A Judgement is how likely somebody finds it that a problem comes again, and how
// much harm it would do.
type Judgement struct {
	Turn       int64  `json:"turn"`
	Person     string `json:"person"`
	Name       string `json:"name"`
	Likelihood int64  `json:"likelihood"`
	Harm       int64  `json:"harm"`
	Reason     string `json:"reason"`
	At         int64  `json:"at"`
}

// apart reports whether two judgements have to be talked about.
func apart(a, b Judgement) bool {
	far := func(x, y int64) bool { return x-y >= 2 || y-x >= 2 }
	return far(a.Likelihood, b.Likelihood) || far(a.Harm, b.Harm)
}

// risk is what two judgements that agree make: the greater of each counts.
func risk(a, b Judgement) int64 {
	return max(a.Likelihood, b.Likelihood) * max(a.Harm, b.Harm)
}

// Judgements returns the judgements of a problem that somebody may see, and how
// many there are in its turn: those of turns in which two have judged, and one's
// own.
func Judgements(ctx context.Context, db lessonsdb.DBTX, p Problem, person string) (seen []Judgement, inTurn int, err error) {
	rows, err := lessonsdb.New(db).Judgements(ctx, p.ID)
	if err != nil {
		return nil, 0, fmt.Errorf("read judgements: %w", store.Classify(err))
	}
	turns := map[int64]int{}
	for _, r := range rows {
		turns[r.Turn]++
	}
	for _, r := range rows {
		if turns[r.Turn] >= 2 || r.Person == person {
			seen = append(seen, Judgement{r.Turn, r.Person, r.Name, r.Likelihood, r.Harm, r.Reason, r.At})
		}
	}
	return seen, turns[p.Turn], nil
}

// Judge records a judgement of an open problem in its turn. The second one makes
// its risk, or, if the two are apart, a new turn after they have talked.
func Judge(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string, j Judgement) (Problem, error) {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return p, err
	}
	fail := func(err error) (Problem, error) { return p, fmt.Errorf("judge problem: %w", err) }
	for _, n := range []int64{j.Likelihood, j.Harm} {
		if n < 1 || n > 5 {
			return fail(fmt.Errorf("%d is not from 1 to 5", n))
		}
	}
	if !a.May(office.LessonsJudge, p.Office) {
		return fail(office.ErrForbidden)
	}
	if p.State != Open {
		return fail(ErrState)
	}
	q := lessonsdb.New(tx)
	rows, err := q.Judgements(ctx, id)
	if err != nil {
		return fail(err)
	}
	var other *Judgement
	for _, r := range rows {
		if r.Turn != p.Turn {
			continue
		}
		if r.Person == a.Person {
			return fail(ErrOnce)
		}
		if other != nil {
			return fail(ErrJudged)
		}
		other = &Judgement{r.Turn, r.Person, r.Name, r.Likelihood, r.Harm, r.Reason, r.At}
	}
	j.Turn, j.Person, j.Name, j.At = p.Turn, a.Person, a.Name, store.Millis(now)
	err = q.InsertJudgement(ctx, lessonsdb.InsertJudgementParams{Problem: id, Turn: j.Turn, Person: j.Person, Likelihood: j.Likelihood, Harm: j.Harm, Reason: j.Reason, At: j.At})
	if err != nil {
		return fail(err)
	}
	if other == nil {
		// The log is read by people who may be the second: it says no numbers yet.
		return p, office.Audit(ctx, tx, now, a, office.LessonsJudge, office.Change{Act: "lesson.judge", Object: id, Office: p.Office, After: map[string]int64{"turn": p.Turn}})
	}
	before := p
	if apart(*other, j) {
		p.Turn, p.Talk = p.Turn+1, true
	} else {
		p.Talk, p.Risk = false, risk(*other, j)
	}
	if err := turn(ctx, q, now, before, &p); err != nil {
		return fail(err)
	}
	return p, office.Audit(ctx, tx, now, a, office.LessonsJudge, office.Change{Act: "lesson.risk", Object: id, Office: p.Office,
		Before: map[string]any{"turn": before.Turn, "risk": before.Risk}, After: map[string]any{"turn": p.Turn, "risk": p.Risk, "talk": p.Talk, "judgements": []Judgement{*other, j}}})
}

// turn writes the turn and the risk of a problem.
func turn(ctx context.Context, q *lessonsdb.Queries, now time.Time, before Problem, p *Problem) error {
	err := store.Changed(q.SetProblemRisk(ctx, lessonsdb.SetProblemRiskParams{Turn: p.Turn, Talk: store.Bool(p.Talk), Risk: p.Risk, ID: p.ID, Version: p.Version}))
	if err != nil {
		return err
	}
	p.Version++
	if p.Risk == before.Risk {
		return nil
	}
	return q.InsertRisk(ctx, lessonsdb.InsertRiskParams{Problem: p.ID, Version: p.Version, Office: p.Office, At: store.Millis(now), Risk: p.Risk})
}

// Again begins a new turn of judging, when two have judged: what was done may have
// changed the risk, which stays until two have judged again.
func Again(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string) error {
	p, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if !a.May(office.LessonsJudge, p.Office) {
		return fmt.Errorf("judge again: %w", office.ErrForbidden)
	}
	_, n, err := Judgements(ctx, tx, p, a.Person)
	if err != nil {
		return err
	}
	if n < 2 || p.State != Open {
		return fmt.Errorf("judge again: %w", ErrState)
	}
	before := p
	p.Turn++
	if err := turn(ctx, lessonsdb.New(tx), now, before, &p); err != nil {
		return fmt.Errorf("judge again: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.LessonsJudge, office.Change{Act: "lesson.again", Object: id, Office: p.Office,
		Before: map[string]int64{"turn": before.Turn}, After: map[string]int64{"turn": p.Turn}})
}
