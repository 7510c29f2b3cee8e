package office

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// How far a search goes: so many people of a small office are read one by one; so
// many words that begin with the first one are tried with the second; and so many
// who have two words are looked at for a third.
const (
	fewPeople = 3_000
	mostWords = 100
	mostSeen  = 1_000
	batchSize = 5_000
)

// ErrMany says that a search was broken off: there may be more people than it has
// found. Another word, whole words or an office narrow it down.
var ErrMany = errors.New("so many have these words that not all were looked at")

// Words returns the words under which a name is found, in their stored form,
// ascending:
//
//	hex(word)                 if the name has one word
//	hex(word ‖ " " ‖ other)   of each two words of it, in both orders
//
// so that people who have two words lie side by side, and so do those who have one.
func Words(name string) []string { return stored(ownWords(name)) }

func stored(own []string) []string {
	if len(own) == 1 {
		return []string{store.Word(own[0])}
	}
	var out []string
	for _, a := range own {
		for _, b := range own {
			if a != b {
				out = append(out, store.Word(a+" "+b))
			}
		}
	}
	slices.Sort(out)
	return out
}

// ownWords are the words of a name, each once, also of how else it is written.
func ownWords(name string) []string {
	own := strings.Fields(strings.Join(persian.Keys(name), " "))
	slices.Sort(own)
	return slices.Compact(own)
}

func index(ctx context.Context, q *officedb.Queries, p Person) error {
	for _, w := range Words(p.Name) {
		if err := q.InsertWord(ctx, officedb.InsertWordParams{Word: w, Office: p.Office, Person: p.ID}); err != nil {
			return fmt.Errorf("index person: %w", err)
		}
	}
	return nil
}

// Find returns people of a subtree whose names hold words that begin with those of
// the query, or whose number begins with it; all of the subtree for an empty
// query. With ErrMany come those who were found before it was broken off.
func Find(ctx context.Context, db officedb.DBTX, under, query string, limit, skip int) ([]Person, error) {
	q := officedb.New(db)
	lo, hi := Range(under)
	words := asked(query)
	var rows []officedb.Person
	var err error
	switch {
	case len(words) == 0:
		rows, err = q.People(ctx, officedb.PeopleParams{Lo: lo, Hi: hi, Max: int32(limit), Skip: int32(skip)})
	case strings.Trim(words[0], "0123456789") == "" && len(words[0]) <= 10:
		from, to := store.Prefix(words[0])
		rows, err = q.PeopleByNumber(ctx, officedb.PeopleByNumberParams{Number: from, NumberEnd: to, Lo: lo, Hi: hi, Max: int32(limit), Skip: int32(skip)})
	default:
		var all []officedb.Person
		if len(under) >= lengths[CountyAt] {
			if all, err = q.People(ctx, officedb.PeopleParams{Lo: lo, Hi: hi, Max: fewPeople + 1}); err != nil {
				break
			}
		}
		s := search{q: q, words: words, lo: lo, hi: hi, limit: limit, skip: skip, split: map[string][]string{}}
		if n := len(all); n > 0 && n <= fewPeople {
			for _, p := range all {
				if holds(s.own(p.Name), words) && s.take(p) {
					break
				}
			}
		} else if len(words) < 3 {
			err = s.run(ctx)
		} else {
			err = s.rarest(ctx)
		}
		rows = s.found
	}
	if err != nil && !errors.Is(err, ErrMany) {
		return nil, fmt.Errorf("find people: %w", store.Classify(err))
	}
	var out []Person
	for _, r := range rows {
		out = append(out, person(r))
	}
	return out, err
}

// asked are the words of a query, the longest first: as a rule it is the rarest.
// One with which another begins asks for nothing more.
func asked(query string) []string {
	words := strings.Fields(persian.Key(query))
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	var out []string
	for _, w := range words {
		if !slices.ContainsFunc(out, func(longer string) bool { return strings.HasPrefix(longer, w) }) {
			out = append(out, w)
		}
	}
	return out
}

// A search goes through the index until it has limit people behind the first skip.
type search struct {
	q           *officedb.Queries
	words       []string
	lo, hi      string
	limit, skip int
	seen        int
	found       []officedb.Person
	split       map[string][]string // own words of names: the same ones come again and again
}

// own returns the words of a name.
func (s *search) own(name string) []string {
	words, ok := s.split[name]
	if !ok {
		words = ownWords(name)
		s.split[name] = words
	}
	return words
}

// take counts one who was found, and reports whether that is enough.
func (s *search) take(p officedb.Person) bool {
	if s.skip > 0 {
		s.skip--
	} else if len(s.found) < s.limit {
		s.found = append(s.found, p)
	}
	return len(s.found) >= s.limit
}

// rarest finds those who have three words or more among those who have two of
// them, the first two of which there are not too many. Which two these are does
// not depend on the page, so that no page shows whom another has shown.
func (s *search) rarest(ctx context.Context) error {
	limit, skip, words := s.limit, s.skip, s.words
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 2, 0}} {
		try := search{q: s.q, words: slices.Clone(words), lo: s.lo, hi: s.hi, limit: mostSeen + batchSize, split: s.split}
		for i, k := range order {
			try.words[i] = words[k]
		}
		err := try.run(ctx)
		if err != nil && !errors.Is(err, ErrMany) {
			return err
		}
		s.found = try.found[min(skip, len(try.found)):min(skip+limit, len(try.found))]
		if err == nil {
			return nil
		}
	}
	return ErrMany
}

func (s *search) run(ctx context.Context) error {
	first, end := store.WordPrefix(s.words[0])
	if len(s.words) == 1 {
		_, err := s.walk(ctx, first, end)
		return err
	}
	for range mostWords {
		next, err := s.q.NextWord(ctx, officedb.NextWordParams{FromWord: first, WordEnd: end})
		if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := hex.DecodeString(next)
		if err != nil {
			return fmt.Errorf("stored word %q: %w", next, err)
		}
		word, _, _ := strings.Cut(string(text), " ")
		from, to := store.WordPrefix(word + " " + s.words[1])
		if enough, err := s.walk(ctx, from, to); enough || err != nil {
			return err
		}
		first = store.Word(word + "!") // the character behind the blank: no word begins below it
	}
	return ErrMany
}

// walk goes through a range of the index. Somebody may be there several times, and
// counts at the first of those that the words of the query want.
func (s *search) walk(ctx context.Context, from, to string) (enough bool, err error) {
	for at := 0; ; {
		size := min(s.skip+s.limit-len(s.found)+10, batchSize)
		if len(s.words) > 2 {
			size = mostSeen - s.seen + 1
		}
		rows, err := s.q.PeopleByWord(ctx, officedb.PeopleByWordParams{Word: from, WordEnd: to, Lo: s.lo, Hi: s.hi, Max: int32(size), Skip: int32(at)})
		if err != nil {
			return false, err
		}
		for _, r := range rows {
			if (len(s.words) < 3 || holds(s.own(r.Person.Name), s.words[2:])) && s.firstOf(r.Person.Name) == r.Word && s.take(r.Person) {
				return true, nil
			}
		}
		if s.seen += len(rows); len(s.words) > 2 && s.seen > mostSeen {
			return false, ErrMany
		}
		if len(rows) < size {
			return false, nil
		}
		at += len(rows)
	}
}

// firstOf returns the first of the stored words of a name that the query wants.
func (s *search) firstOf(name string) string {
	for _, w := range stored(s.own(name)) {
		text, _ := hex.DecodeString(w) // as stored has made it
		a, b, _ := strings.Cut(string(text), " ")
		if strings.HasPrefix(a, s.words[0]) && (len(s.words) == 1 || strings.HasPrefix(b, s.words[1])) {
			return w
		}
	}
	return ""
}

// holds reports whether each of the words begins one of a name.
func holds(own, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) })
	})
}
