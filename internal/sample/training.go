package sample

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/law"
)

// Certified returns the scale with certificates for those who came to the first
// course, signed with the key; without it there are none.
func (s Scale) Certified(k certificate.Key) Scale {
	s.key = &k
	return s
}

// courses are what executors are trained in: a group of people goes through the
// first four, session by session, and the last one is yet to come.
var courses = []struct {
	name    string
	months  int64
	article int // of the newest versions in the register, the first that it teaches
}{
	{"قانون و فرایند شعبه (نمونه)", 24, 0},
	{"کار با دستگاه (نمونه)", 24, 3},
	{"شمارش و صورت‌جلسه (نمونه)", 24, 6},
	{"تمرین در شعبه (نمونه)", 12, 9},
	{"یادآوری پیش از رأی‌گیری (نمونه)", 6, 0},
}

// taught is how many articles a course teaches.
const taught = 3

// absent is how many of those who were asked to a session have not come.
const absent = 13

// reminder is how many are asked to a session that is yet to come.
const reminder = 100

// A sitting is one session of the sample.
type sitting struct {
	number   int // from 0, in the country
	course   int
	county   string
	day      string
	held     bool
	first    int // executor
	people   int // of the group, from first on
	from     int // in the group: who is asked first; behind the last comes the first again
	asked    int
	came     int
	invited  int // number of its first invitation
	attended int // number of its first mark
}

// sittings returns the sessions: three in forty are yet to come, the others were
// held in the last hundred days, with all marks of the scale among them.
func (c *country) sittings() iter.Seq[sitting] {
	return func(yield func(sitting) bool) {
		kinds := len(courses) - 1
		held := c.scale.sessions * 37 / 40 / kinds * kinds
		groups := held / kinds
		s := sitting{}
		for n := range c.scale.sessions {
			s.number, s.held = n, n < held
			group, of := n/kinds, groups
			if s.course = n % kinds; !s.held {
				group, of, s.course = n-held, c.scale.sessions-held, kinds
			}
			s.first = group * c.scale.executors / of
			s.people = (group+1)*c.scale.executors/of - s.first
			s.county = c.officeOf(len(c.people) + s.first)[:5]
			if s.held {
				s.came = (n+1)*c.scale.marks/held - n*c.scale.marks/held
				s.asked = s.came + absent
				s.day = office.Day(c.now.AddDate(0, 0, -1-(held-1-n)*100/held))
			} else {
				s.came, s.asked = 0, reminder
				s.day = office.Day(c.now.AddDate(0, 0, 7+(n-held)%40))
			}
			s.asked = min(s.asked, s.people)
			s.came = min(s.came, s.asked)
			s.from = n * 17 % s.people
			if !yield(s) {
				return
			}
			s.invited += s.asked
			s.attended += s.came
		}
	}
}

// member is the number of the executor who is asked to a session as the k-th.
func (c *country) member(s sitting, k int) int {
	return len(c.people) + s.first + (s.from+k)%s.people
}

// came reports whether the k-th was there. Those who were not are spread.
func (s sitting) cameAs(k int) bool {
	return s.came > 0 && k*(s.asked-s.came)/s.asked == (k+1)*(s.asked-s.came)/s.asked
}

// roleOf is what an executor is trained for.
func roleOf(i int) string {
	switch i % 10 {
	case 0:
		return string(training.Inspector)
	case 1, 2:
		return string(training.Device)
	case 3:
		return string(training.ExecutiveBoard)
	}
	return string(training.Branch)
}

// at returns an id: of a kind (one letter), in the order of the numbers.
func at(kind string, n int) string { return kind + idOf(n)[1:] }

// articles are the versions that a course teaches.
func articles(course int) []certificate.Article {
	all := training.Editions(law.Published())
	var out []certificate.Article
	for i := range min(taught, len(all)) {
		v := all[(courses[course].article+i)%len(all)]
		out = append(out, certificate.Article{Article: v.Article, Version: v.Version})
	}
	return out
}

// rows are the rows of a table.
type rows = iter.Seq2[[]any, error]

// training are the tables of the training programme.
func (c *country) training() []table {
	return []table{
		{"training_course", []string{"id", "name", "months", "version"}, c.courseRows()},
		{"training_topic", []string{"id", "course", "session", "place", "title", "minutes", "article", "edition", "version"}, c.topicRows()},
		{"training_programme", []string{"id", "name", "kind", "office", "course", "input", "plan", "stands", "version"}, c.programmeRows()},
		{"training_session", []string{"id", "programme", "number", "course", "office", "badge", "first_day", "last_day", "venue", "seats", "trainers", "units", "state", "minutes", "version"}, c.sessionRows()},
		{"training_seat", []string{"office", "role", "person"}, c.seatRows()},
		{"training_invitation", []string{"id", "session", "place", "person", "role", "office", "state", "reason", "substitute", "instead", "invited", "answered", "version"}, c.invitationRows()},
		{"training_mark", []string{"id", "session", "invitation", "at", "door", "person"}, c.markRows()},
		{"training_certificate", []string{"serial", "person", "course", "session", "office", "role", "issued", "expires", "articles", "content", "revoked", "reason", "version"}, c.certificateRows()},
		{"training_past", []string{"person", "round", "role", "office"}, c.pastRows()},
	}
}

func listed(all [][]any) rows {
	return func(yield func([]any, error) bool) {
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (c *country) courseRows() rows {
	var out [][]any
	for i, k := range courses {
		out = append(out, []any{at("c", i), k.name, k.months, int64(1)})
	}
	return listed(out)
}

func (c *country) topicRows() rows {
	var out [][]any
	for i := range courses {
		for k, a := range articles(i) {
			out = append(out, []any{at("t", len(out)), at("c", i), "", int64(k + 1), "مادهٔ " + a.Article, int64(45), a.Article, a.Version, int64(1)})
		}
	}
	return listed(out)
}

// programme is the number of the one that has the sessions of a course in a
// province.
func programme(province, course int) int { return province*len(courses) + course }

func provinceAt(code string) int {
	return slices.IndexFunc(provinces, func(p Province) bool { return p.Code == code[:2] })
}

func (c *country) programmeRows() rows {
	var out [][]any
	for i, p := range provinces {
		for k, course := range courses {
			out = append(out, []any{at("g", programme(i, k)), course.name + "، " + p.Name.Fa, string(training.Local), p.Code, at("c", k), "{}", "{}", "{}", int64(1)})
		}
	}
	return listed(out)
}

func (c *country) sessionRows() rows {
	return func(yield func([]any, error) bool) {
		last := map[int]int64{} // of each programme
		for s := range c.sittings() {
			g := programme(provinceAt(s.county), s.course)
			last[g]++
			state := training.Planned
			if s.held {
				state = training.Held
			}
			if !yield([]any{at("s", s.number), at("g", g), last[g], at("c", s.course), s.county, fmt.Sprintf("%010d", 3_000_000_000+s.number), s.day, s.day,
				fmt.Sprintf("سالن شبیه‌سازی‌شدهٔ %d", s.first+1), int64(s.people), "[]", `["` + s.county + `"]`, state, "", int64(1)}, nil) {
				return
			}
		}
	}
}

// seatRows go by office, as their key does.
func (c *country) seatRows() rows {
	return func(yield func([]any, error) bool) {
		for i, p := range c.people {
			role := map[office.Role]training.Role{office.County: training.Governor, office.District: training.DistrictGovernor}[p.role]
			if role != "" && !yield([]any{p.code, string(role), idOf(i)}, nil) {
				return
			}
		}
		for i := range c.scale.executors {
			k := len(c.people) + i
			if !yield([]any{c.officeOf(k), roleOf(i), idOf(k)}, nil) {
				return
			}
		}
	}
}

func (c *country) invitationRows() rows {
	return func(yield func([]any, error) bool) {
		invited := store.Millis(c.now.AddDate(0, 0, -110))
		for s := range c.sittings() {
			for k := range s.asked {
				i := c.member(s, k)
				state, answered := training.Accepted, invited+3_600_000
				switch {
				case s.held && !s.cameAs(k) && k%2 == 0:
					state = training.Declined
				case !s.held && k%3 == 0:
					state, answered = training.Invited, 0
				}
				reason := ""
				if state == training.Declined {
					reason = "در سفر"
				}
				if !yield([]any{at("i", s.invited+k), at("s", s.number), int64(k + 1), idOf(i), roleOf(i - len(c.people)), c.officeOf(i), state, reason, "", "",
					invited, answered, int64(1)}, nil) {
					return
				}
			}
		}
	}
}

func (c *country) markRows() rows {
	return func(yield func([]any, error) bool) {
		for s := range c.sittings() {
			opens, _ := time.ParseInLocation(time.DateOnly, s.day, office.Tehran) // it was made so
			n := 0
			for k := range s.asked {
				if !s.cameAs(k) {
					continue
				}
				if !yield([]any{at("m", s.attended+n), at("s", s.number), at("i", s.invited+k), store.Millis(opens) + 8*3_600_000 + int64(n)*1200, "", idOf(0)}, nil) {
					return
				}
				n++
			}
		}
	}
}

// certificateRows are of the first course alone, signed by the key of the scale.
func (c *country) certificateRows() rows {
	return func(yield func([]any, error) bool) {
		list := articles(0)
		text, err := json.Marshal(list)
		if err != nil {
			yield(nil, err)
			return
		}
		n := 0
		for s := range c.sittings() {
			if s.course != 0 || !s.held || c.scale.key == nil {
				continue
			}
			day, err := time.Parse(time.DateOnly, s.day)
			if err != nil {
				yield(nil, err)
				return
			}
			expires := day.AddDate(0, int(courses[0].months), 0).Format(time.DateOnly)
			for k := range s.asked {
				if !s.cameAs(k) {
					continue
				}
				i := c.member(s, k)
				t := certificate.Certificate{Serial: at("s", n)[:1] + idOf(n)[11:], Name: nameOf(i), Course: courses[0].name, Issued: s.day, Expires: expires, Articles: list}
				content, err := t.Text(*c.scale.key)
				if !yield([]any{t.Serial, idOf(i), at("c", 0), at("s", s.number), c.officeOf(i), roleOf(i - len(c.people)), s.day, expires, string(text), content, "", "", int64(1)}, err) {
					return
				}
				n++
			}
		}
	}
}

// past are who has helped at an earlier election: every third executor.
func (c *country) pastRows() rows {
	return func(yield func([]any, error) bool) {
		for i := 0; i < c.scale.executors; i += 3 {
			k := len(c.people) + i
			if !yield([]any{idOf(k), "1400", roleOf(i), c.officeOf(k)}, nil) {
				return
			}
		}
	}
}
