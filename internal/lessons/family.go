package lessons

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/lessonsdb"
)

// ErrMoved says that a decision cannot be undone because a later one has moved its
// problems on.
var ErrMoved = errors.New("a later decision has moved these problems: undo that one first")

const (
	similar = 0.5    // from which cosine on
	most    = 20_000 // problems that are compared
)

// A Similar is a problem with how much it is like another one, from 0 to 1.
type Similar struct {
	Entry
	Score float64
}

// A Suggestion is a problem with those of other offices that are like it and not
// of its family yet.
type Suggestion struct {
	Entry
	Like      []Similar
	Provinces int // that had one of them
}

// index is the words of problems, weighed.
type index struct {
	all   []Entry
	terms [][]term // of each problem
	holds [][]term // of each word: the problems with it
}

// A term is a word of a problem, or a problem with a word, with its weight: all of
// a problem make a vector of length 1.
type term struct {
	id     int
	weight float64
}

func words(p Problem) []string {
	w := strings.Fields(persian.Key(p.Topic + " " + p.Problem))
	w = slices.DeleteFunc(w, func(s string) bool { return utf8.RuneCountInString(s) < 3 })
	slices.Sort(w)
	return slices.Compact(w)
}

func newIndex(all []Entry) *index {
	x := &index{all: all, terms: make([][]term, len(all))}
	ids, count := map[string]int{}, []int{}
	for i, p := range all {
		for _, w := range words(p.Problem) {
			id, known := ids[w]
			if !known {
				id = len(count)
				ids[w], count = id, append(count, 0)
			}
			count[id]++
			x.terms[i] = append(x.terms[i], term{id: id})
		}
	}
	x.holds = make([][]term, len(count))
	for i := range all {
		x.terms[i] = slices.DeleteFunc(x.terms[i], func(t term) bool { // a word that is everywhere says nothing
			return count[t.id] > 8 && 4*count[t.id] > len(all)
		})
		sum := 0.0
		for k := range x.terms[i] {
			t := &x.terms[i][k]
			t.weight = 1 + math.Log(float64(1+len(all))/float64(count[t.id]))
			sum += t.weight * t.weight
		}
		for k := range x.terms[i] {
			t := &x.terms[i][k]
			t.weight /= math.Sqrt(sum)
			x.holds[t.id] = append(x.holds[t.id], term{i, t.weight})
		}
	}
	return x
}

// like returns the problems that are like number i, the most similar first.
func (x *index) like(i int) []Similar {
	score := make([]float64, len(x.all))
	for _, t := range x.terms[i] {
		for _, other := range x.holds[t.id] {
			score[other.id] += t.weight * other.weight
		}
	}
	var out []Similar
	for j, s := range score {
		if a, b := &x.all[i], &x.all[j]; s >= similar && j != i && (a.Family == "" || a.Family != b.Family) {
			out = append(out, Similar{*b, s})
		}
	}
	slices.SortFunc(out, func(a, b Similar) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Office, b.Office), strings.Compare(a.ID, b.ID))
	})
	return out
}

// Like returns what is like a problem in the whole country, and is not of its
// family.
func Like(ctx context.Context, db lessonsdb.DBTX, id string) ([]Similar, error) {
	all, err := Find(ctx, db, "", Filter{}, most, 0)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("read problem: %w", store.ErrNotFound)
	}
	return newIndex(all).like(i), nil
}

// Suggest proposes what may be the same in several provinces, the most provinces
// first. A problem comes in one suggestion only.
func Suggest(ctx context.Context, db lessonsdb.DBTX) ([]Suggestion, error) {
	all, err := Find(ctx, db, "", Filter{}, most, 0)
	if err != nil {
		return nil, err
	}
	x := newIndex(all)
	var out []Suggestion
	for i, e := range all {
		s := Suggestion{Entry: e, Like: x.like(i)}
		provinces := map[string]bool{province(e.Office): true}
		for _, l := range s.Like {
			provinces[province(l.Office)] = true
		}
		if s.Provinces = len(provinces); s.Provinces > 1 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		return cmp.Or(b.Provinces-a.Provinces, len(b.Like)-len(a.Like))
	})
	said := map[string]bool{}
	return slices.DeleteFunc(out, func(s Suggestion) bool {
		if said[s.ID] {
			return true
		}
		said[s.ID] = true
		for _, l := range s.Like {
			said[l.ID] = true
		}
		return false
	}), nil
}

// province is the code of the province of an office, "" of the country.
func province(code string) string { return code[:min(2, len(code))] }

// moved is what a decision has done to a problem.
type moved struct {
	Problem string `json:"problem"`
	From    string `json:"from"`
}

// Join decides that problems are the same: they become one family, the one that is
// named or else a new one with the name. It takes the power over the country.
func Join(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, family, name string, problems []string) (string, error) {
	fail := func(err error) (string, error) { return family, fmt.Errorf("group problems: %w", err) }
	if !a.May(office.LessonsEdit, "") {
		return fail(office.ErrForbidden)
	}
	q := lessonsdb.New(tx)
	if family == "" {
		family = store.NewID()
		if err := q.InsertFamily(ctx, lessonsdb.InsertFamilyParams{ID: family, Name: name, Created: store.Millis(now)}); err != nil {
			return fail(err)
		}
	} else if _, err := q.Family(ctx, family); err != nil {
		return fail(store.Classify(err))
	}
	var all []moved
	for _, id := range problems {
		p, err := q.Problem(ctx, id)
		if err != nil {
			return fail(store.Classify(err))
		}
		if p.Family == family {
			continue
		}
		if err := store.Changed(q.SetProblemFamily(ctx, lessonsdb.SetProblemFamilyParams{Family: family, ID: id, Family_2: p.Family})); err != nil {
			return fail(err)
		}
		all = append(all, moved{id, p.Family})
	}
	if len(all) == 0 {
		return fail(ErrState)
	}
	b, err := json.Marshal(all)
	if err != nil {
		return fail(err)
	}
	id := store.NewID()
	if err := q.InsertGrouping(ctx, lessonsdb.InsertGroupingParams{ID: id, Family: family, Moved: string(b), Person: a.Person, At: store.Millis(now)}); err != nil {
		return fail(err)
	}
	return family, office.Audit(ctx, tx, now, a, office.LessonsEdit, office.Change{Act: "lesson.group", Object: family,
		After: map[string]any{"grouping": id, "name": name, "moved": all}})
}

// Undo takes a decision back: each problem is again where it was.
func Undo(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, grouping string) error {
	fail := func(err error) error { return fmt.Errorf("undo grouping: %w", err) }
	if !a.May(office.LessonsEdit, "") {
		return fail(office.ErrForbidden)
	}
	q := lessonsdb.New(tx)
	g, err := q.Grouping(ctx, grouping)
	if err != nil {
		return fail(store.Classify(err))
	}
	if g.Undone != 0 {
		return fail(ErrState)
	}
	var all []moved
	if err := json.Unmarshal([]byte(g.Moved), &all); err != nil {
		return fail(err)
	}
	for _, m := range all {
		n, err := q.SetProblemFamily(ctx, lessonsdb.SetProblemFamilyParams{Family: m.From, ID: m.Problem, Family_2: g.Family})
		if err != nil {
			return fail(err)
		}
		if n == 0 {
			return fail(ErrMoved)
		}
	}
	if err := store.Changed(q.UndoGrouping(ctx, lessonsdb.UndoGroupingParams{Undone: store.Millis(now), ID: grouping})); err != nil {
		return fail(err)
	}
	return office.Audit(ctx, tx, now, a, office.LessonsEdit, office.Change{Act: "lesson.ungroup", Object: g.Family, Before: all, After: map[string]string{"grouping": grouping}})
}
