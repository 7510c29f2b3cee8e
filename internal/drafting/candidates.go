package drafting

import (
	"slices"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

var candidatesHeader = []string{"code", "national_number", "name", "father", "birth", "degree", "veteran", "contest", "list"}

// A candidate is a row of the candidates that may become public: nobody's
// national number, father or birth is in it.
type candidate struct {
	line       int
	person     int // the same for rows with one national number
	code, name string
	degree     int // 0: not stated
	veteran    bool
	contest    string // id
	list       area
}

// degrees are the degrees that can be written as a word, from 1. The numbers are
// the project's: only their order matters.
var degrees = [...][2]string{
	{"literate", "سواد خواندن و نوشتن"}, {"diploma", "دیپلم"}, {"associate", "کاردانی"},
	{"bachelor", "کارشناسی"}, {"master", "کارشناسی ارشد"}, {"doctorate", "دکتری"},
}

var yesOrNo = map[string]bool{
	"": false, "false": false, "no": false, "0": false, "خیر": false,
	"true": true, "yes": true, "1": true, "بله": true,
}

// leastAge is the age of a candidate by candidates/conditions, in years.
const leastAge = 25

// readCandidates returns the candidates without fault, and whether a contest may
// have others.
func readCandidates(f File, polling calendar.Day) (all []*candidate, others func(contest string) bool, faults Faults) {
	persons := map[string]int{} // by national number, which stays in this function
	bad := map[string]bool{}
	faults, whole := readTable(f, candidatesHeader, func(r *row) {
		c := &candidate{line: r.line, code: r.id("code"), name: persian.Clean(r.need("name")), contest: r.id("contest")}
		if number := r.need("national_number"); number != "" {
			number, err := persian.NationalNumber(number)
			if err != nil {
				_, text, _ := strings.Cut(err.Error(), ": ")
				r.fault("national_number", "%s", text)
			} else {
				if _, ok := persons[number]; !ok {
					persons[number] = len(persons)
				}
				c.person = persons[number]
			}
		}
		r.age(polling)
		c.degree = r.degree()
		veteran, ok := yesOrNo[strings.ToLower(persian.ASCII(r.fields["veteran"]))]
		if !ok {
			r.fault("veteran", "%s is neither yes nor no: write true or false", show(r.fields["veteran"]))
		}
		c.veteran = veteran
		if c.list = r.area("list"); c.list.code == "" && c.list.name != "" {
			// A list is written CODE or CODE:NAME, because every list has a code.
			c.list = area{code: persian.ASCII(c.list.name)}
			if !election.ValidID(c.list.code) {
				r.fault("list", "%s is not CODE or CODE:NAME: give the list a code of letters a-z A-Z, digits or -", show(r.fields["list"]))
			}
		}
		if r.bad {
			bad[c.contest] = true
			return
		}
		all = append(all, c)
	})
	// What is published must not hold a national number of the file, whatever the
	// column it slipped into.
	all = slices.DeleteFunc(all, func(c *candidate) bool {
		for _, field := range [...]struct{ name, text string }{
			{"code", c.code}, {"name", c.name}, {"contest", c.contest}, {"list", c.list.code}, {"list", c.list.name},
		} {
			for _, digits := range tenDigitsOf(field.text) {
				if _, ok := persons[digits]; ok {
					faults.add(f.Name, c.line, "%s: holds a national number, and would be published: remove it", field.name)
					bad[c.contest] = true
					return true
				}
			}
		}
		return false
	})
	return all, func(contest string) bool { return !whole || bad[contest] }, faults
}

// tenDigitsOf returns every run of ten digits in the text.
func tenDigitsOf(text string) []string {
	text = persian.ASCII(text)
	if !tenDigits.MatchString(text) {
		return nil
	}
	var runs []string
	for i := range max(0, len(text)-9) {
		if tenDigits.MatchString(text[i : i+10]) {
			runs = append(runs, text[i:i+10])
		}
	}
	return runs
}

// degree returns the field of that name, 0 if it is empty.
func (r *row) degree() int {
	s := strings.Join(strings.Fields(r.fields["degree"]), " ")
	if s == "" {
		return 0
	}
	for i, words := range degrees {
		if strings.EqualFold(s, words[0]) || persian.Key(s) == persian.Key(words[1]) {
			return i + 1
		}
	}
	if s = persian.ASCII(s); len(s) == 1 && '0' <= s[0] && s[0] <= '9' {
		return int(s[0] - '0')
	}
	r.fault("degree", "%s is not a degree: write 0 to 9, or literate, diploma, associate, bachelor, master or doctorate", show(s))
	return 0
}

// age refuses who is too young on polling day, and so was at every stage before
// it. A year alone is enough where the day in it makes no difference.
func (r *row) age(polling calendar.Day) {
	s := persian.ASCII(r.need("birth"))
	if s == "" {
		return
	}
	year := len(s) == 4
	if year {
		s += "-01-01"
	}
	born, err := calendar.ParseDay(s)
	if err != nil { // which is not shown: what was written may be anything
		r.fault("birth", "not a Jalali date: write it as 1360-07-01, or the year alone")
		return
	}
	y, m, d := born.Jalali()
	switch {
	case !ofAge(polling, y, m, d):
		r.fault("birth", "younger than %d on polling day (candidates/conditions): correct the date, or remove the row", leastAge)
	case year && !ofAge(polling, y, 12, 30):
		r.fault("birth", "the year alone does not tell whether they are %d on polling day (candidates/conditions): write the date", leastAge)
	}
}

// ofAge reports whether somebody born on the date has the age on polling day.
func ofAge(polling calendar.Day, year, month, day int) bool {
	y, m, d := polling.Jalali()
	return slices.Compare([]int{year + leastAge, month, day}, []int{y, m, d}) <= 0
}

// candidates puts the candidates into their contests, in the file's order.
func (b *builder) candidates(all []*candidate) {
	file := b.files.Candidates.Name
	others := 0
	persons, seen := map[int][]*candidate{}, map[string]bool{}
	for _, c := range all {
		h := b.held[c.contest]
		_, elsewhere, atFault := b.in(c.contest)
		switch {
		case h != nil:
		case elsewhere:
			others++
			continue
		case atFault:
			continue
		case slices.ContainsFunc(b.plan.ByElections, func(x ByElection) bool { return x.ID == c.contest }):
			continue // which is at fault
		case slices.Contains(b.plan.Omit, c.contest):
			b.faults.add(file, c.line, "contest: %s elects no council here (--omit): remove the row, or the code from the flag", show(c.contest))
			continue
		default:
			if b.unknown(seen, c.contest) {
				b.faults.add(file, c.line, "contest: there is no contest %s: write the code of a place, or the id of a by-election", show(c.contest))
			}
			continue
		}
		if b.sound(c, h, persons[c.person]) {
			persons[c.person] = append(persons[c.person], c)
			h.candidates = append(h.candidates, c)
		}
	}
	if others > 0 {
		b.note("%s: %d candidates stand in other counties and are left out", file, others)
	}
	for _, h := range b.order {
		b.lists(h)
		names := map[string]*candidate{}
		for _, c := range h.candidates {
			x := election.Candidate{ID: c.code, Name: named(c.name), List: c.list.code, Veteran: c.veteran, Degree: c.degree}
			h.contest.Candidates = append(h.contest.Candidates, x)
			if first := names[persian.Key(c.name)]; first != nil {
				b.note("%s: lines %d and %d have the same name in one contest: on the screen only code and photo tell them apart", file, first.line, c.line)
			} else {
				names[persian.Key(c.name)] = c
			}
		}
	}
}

// sound reports whether the candidate can stand in the contest beside the others
// there and the rows of the same person.
func (b *builder) sound(c *candidate, h *held, rows []*candidate) bool {
	bad := func(format string, args ...any) bool {
		b.faults.add(b.files.Candidates.Name, c.line, format, args...)
		return false
	}
	for _, x := range rows {
		switch {
		case x.list.code != "" && c.list.code != "" && (x.contest != c.contest || x.list.code != c.list.code):
			return bad("list: the same person is on list %s on line %d: a candidate stands on one list only (proportional/lists)", show(x.list.code), x.line)
		case x.contest == c.contest:
			return bad("national_number: the same person as on line %d: keep one row", x.line)
		}
	}
	if i := slices.IndexFunc(h.candidates, func(x *candidate) bool { return x.code == c.code }); i >= 0 {
		return bad("code: %s is the code of line %d too: give each candidate of a contest its own", show(c.code), h.candidates[i].line)
	}
	if c.degree == 0 && slices.Contains(h.contest.TieOrder, election.TieDegree) {
		return bad("degree: not stated, and a tie in this contest is settled by it: write 1 to 9")
	}
	if len(rows) > 0 {
		b.note("%s: lines %d and %d are one person in two contests: no source says whether that is allowed", b.files.Candidates.Name, rows[0].line, c.line)
	}
	return true
}

// lists makes the lists of a contest, in the order in which they first appear.
func (b *builder) lists(h *held) {
	file := b.files.Candidates.Name
	type list struct {
		area
		line, named, length int // lines where it first stands, and where its name does
	}
	var all []*list
	limits := election.ListLimits{Max: h.contest.Seats}
	if h.contest.Proportional() {
		limits.Min = b.plan.ListMin
	}
	for _, c := range h.candidates {
		if c.list.code == "" {
			continue
		}
		i := slices.IndexFunc(all, func(l *list) bool { return l.code == c.list.code })
		if i < 0 {
			i = len(all)
			all = append(all, &list{area: c.list, line: c.line, named: c.line})
		}
		l := all[i]
		switch {
		case c.list.name == "" || c.list.name == l.name:
		case l.name == "":
			l.name, l.named = c.list.name, c.line
		default:
			b.faults.add(file, c.line, "list: %s is called %s on line %d: write it in one way", show(l.code), show(l.name), l.named)
		}
		if l.length++; l.length == limits.Max+1 {
			b.faults.add(file, c.line, "list: %s has more than %d candidates, the limit in this contest: keep it within that", show(l.code), limits.Max)
		}
	}
	for _, l := range all {
		if l.length < limits.Min {
			b.faults.add(file, l.line, "list: %s has %d candidates: it needs at least %d (--list-min)", show(l.code), l.length, limits.Min)
		}
		if l.name == "" {
			l.name = l.code
		}
		h.contest.Lists = append(h.contest.Lists, election.List{ID: l.code, Name: named(l.name)})
		h.listLines = append(h.listLines, l.line)
	}
	if len(all) > 0 || h.contest.Proportional() {
		h.contest.ListLimits = limits
	}
	if len(all) > 0 && !h.contest.Proportional() {
		b.note("%s: the lists of contest %s are names on the screen only: seats are parted among lists in the proportional model alone", file, h.contest.ID)
	}
}
