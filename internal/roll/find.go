package roll

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

// Branch returns the id of the branch that the roll was read for.
func (r *Roll) Branch() string { return r.branch }

// Hash returns the hex SHA-256 of the file.
func (r *Roll) Hash() string { return r.hash }

// Len returns how many voters the branch has, and how many others are on the
// roll.
func (r *Roll) Len() (own, others int) { return len(r.own), len(r.others) }

// Own returns the branch's voters in the order of a Persian dictionary. The
// caller does not change them.
func (r *Roll) Own() []Person { return r.own }

// IsOwn reports whether one of the branch's own voters has the number.
func (r *Roll) IsOwn(n Number) bool {
	_, ok := r.place[n]
	return ok
}

// OldEnough reports whether the person has completed the age of voters on polling
// day. Of somebody whose birth is not known here another branch has said so.
func (r *Roll) OldEnough(p *Person) bool {
	if p.Birth == 0 {
		return true
	}
	y, m, d := p.Birth.Jalali()
	ry, rm, rd := r.day.Jalali()
	y += r.age
	return y < ry || y == ry && (m < rm || m == rm && d <= rd)
}

// Name returns the name of a branch of the election.
func (r *Roll) Name(branch string) (election.Name, bool) {
	for i := range r.branches {
		if r.branches[i].ID == branch {
			return r.branches[i].Name, true
		}
	}
	return election.Name{}, false
}

// Branches returns the branches of the election.
func (r *Roll) Branches() []election.Branch { return r.branches }

// Find looks a number up, among the voters of all branches.
func (r *Roll) Find(n Number) (Person, bool, error) {
	if i, ok := r.place[n]; ok {
		return r.own[i], true, nil
	}
	i, ok := slices.BinarySearchFunc(r.others, n, func(e entry, n Number) int {
		switch {
		case e.number() < n:
			return -1
		case e.number() > n:
			return 1
		}
		return 0
	})
	if !ok {
		return Person{}, false, nil
	}
	e := r.others[i]
	values, err := csv.NewReader(io.NewSectionReader(r.file, e.offset(), r.size-e.offset())).Read()
	if err != nil {
		return Person{}, false, fmt.Errorf("find on roll: read line %d again: %w", e.line(), err)
	}
	if len(values) != columns {
		return Person{}, false, fmt.Errorf("find on roll: line %d: %w", e.line(), errChanged)
	}
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	p, ok := person(values, r.day, func(string, ...any) {})
	branch := r.branches[e.branch()].ID
	if !ok || p.Number != n || p.Branch != branch {
		return Person{}, false, fmt.Errorf("find on roll: line %d: %w", e.line(), errChanged)
	}
	return p.cleaned(branch), true, nil
}

var errChanged = errors.New("the file has changed since it was read: open the branch again with the roll that it began with")

// Search finds voters of this branch all of whose words stand in their name,
// father's name or date of birth, spelt in any of the ways that internal/persian
// does not tell apart, also typed in the Latin layout of the keyboard. Those with a
// name that begins with a word come first. It returns at most limit and the number
// of all. Voters of other branches are found by their number alone.
func (r *Roll) Search(query string, limit int) (found []Person, all int) {
	if len(query) > 4*maxField {
		return nil, 0
	}
	var sets [][]string
	for _, q := range []string{query, persian.FromLatinLayout(query)} {
		if words := strings.Fields(persian.Key(q)); len(words) > 0 {
			sets = append(sets, words)
		}
	}
	var late []Person
	for i, text := range r.texts {
		hit, begins := false, false
		for _, words := range sets {
			if all, b := contains(text, words); all {
				hit, begins = true, begins || b
			}
		}
		if !hit {
			continue
		}
		all++
		switch {
		case begins && len(found) < limit:
			found = append(found, r.own[i])
		case !begins && len(late) < limit:
			late = append(late, r.own[i])
		}
	}
	return append(found, late[:min(len(late), limit-len(found))]...), all
}

// contains reports whether the text has all words, and whether a word of the
// person's own name begins with the first.
func contains(text string, words []string) (all, begins bool) {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false, false
		}
	}
	name, _, _ := strings.Cut(text, "\n")
	return true, strings.Contains(name, " "+words[0])
}

// searched is what a search looks through: the ways to write the name and the
// father's, each after a space, and the date of birth.
func searched(p *Person) string {
	var b strings.Builder
	for _, name := range []string{p.Name, p.Father} {
		for _, k := range persian.Keys(name) {
			b.WriteByte(' ')
			b.WriteString(k)
		}
		b.WriteByte('\n')
	}
	b.WriteByte(' ')
	b.WriteString(p.Birth.String())
	return b.String()
}
