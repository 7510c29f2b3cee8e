package drafting_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/drafting"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/law"
	"pgregory.net/rapid"
)

func TestBuild(t *testing.T) {
	files := example()
	draft, err := drafting.Build(files, plan(t))
	if err != nil {
		t.Fatal(err)
	}
	d, err := election.Parse(draft.JSON)
	if err != nil {
		t.Fatal(err)
	}
	if d.ID() != draft.Definition.ID() {
		t.Error("the JSON is another election than the definition")
	}
	if d.PollingDay != "2026-05-01" || !d.Practice || d.Name.Fa != "انتخابات شهرستان نمونه، جمعه ۱۱ اردیبهشت ۱۴۰۵" {
		t.Errorf("held on %s as %q, practice %t", d.PollingDay, d.Name, d.Practice)
	}

	var districts []string
	for _, x := range d.Districts {
		districts = append(districts, fmt.Sprintf("%s %s in %s: %s", x.Kind, x.ID, x.Parent, x.Name))
	}
	if want := []string{"province 99 in : استان نمونه", "county 9900 in 99: نمونه", "district district-1 in 9900: مرکزی", "district district-2 in 9900: کوهپایه",
		"city 9901 in district-1: نمونه", "city 9902 in district-1: نمونه‌شهر", "village 9903 in district-2: نمونه‌ده"}; !slices.Equal(districts, want) {
		t.Errorf("districts\n%s\nwant\n%s", strings.Join(districts, "\n"), strings.Join(want, "\n"))
	}

	councilTies := []string{election.TieVeteran, election.TieDegree, election.TieLot}
	for i, want := range []struct {
		id, kind, district, rule, law string
		seats, alternates, n          int
		ties                          []string
		lists                         []string
		branches                      []string
	}{
		{"majlis", election.KindMajlis, "9900", election.SingleSeatPlurality, "majlis/by-election round-7 in-force", 1, 0, 4, []string{election.TieLot}, nil, []string{"1", "2", "3", "4", "5", "6"}},
		{"9901", election.KindCity, "9901", election.RoundThenShare, "proportional/seats 1404-07 approved", 21, 11, 24, councilTies, []string{"A فهرست آبادانی", "B فهرست همدلی"}, []string{"1", "2", "3"}},
		{"9902", election.KindCity, "9902", election.PluralityAtLarge, "councils/plurality round-7 approved", 5, 3, 8, councilTies, nil, []string{"4", "5"}},
		{"9903", election.KindVillage, "9903", election.PluralityAtLarge, "councils/plurality round-7 approved", 3, 2, 5, councilTies, nil, []string{"6"}},
	} {
		c := &d.Contests[i]
		if c.ID != want.id || c.Kind != want.kind || c.District != want.district || c.Rule != want.rule || c.Seats != want.seats ||
			c.Alternates != want.alternates || c.VoteLimit != want.seats || len(c.Candidates) != want.n || !slices.Equal(c.TieOrder, want.ties) || c.MinUnit != 50 {
			t.Errorf("contest %d is %+v, want %+v", i, c, want)
		}
		if l, ok := d.LawOf(c); !ok || l.Article+" "+l.Version+" "+l.State != want.law {
			t.Errorf("contest %s rests on %+v, want %s", c.ID, l, want.law)
		}
		var lists, branches []string
		for _, l := range c.Lists {
			lists = append(lists, l.ID+" "+l.Name.String())
		}
		for _, u := range c.Units {
			if !slices.Equal(u.Branches, []string{u.ID}) {
				t.Errorf("contest %s: unit %+v", c.ID, u)
			}
			branches = append(branches, u.ID)
		}
		if !slices.Equal(lists, want.lists) || !slices.Equal(branches, want.branches) {
			t.Errorf("contest %s: lists %q, units %q", c.ID, lists, branches)
		}
	}
	if got := d.Contests[1].ListLimits; got != (election.ListLimits{Max: 21}) {
		t.Errorf("limits of lists are %+v", got)
	}
	if got := d.Contests[1].Members("B"); !slices.Equal(got, []int{10, 11, 12, 13, 14, 15, 16, 17, 18}) {
		t.Errorf("list B has the codes %v", got)
	}
	if c := d.Contests[1].Candidates[4]; c.ID != "105" || c.Name.Fa != "جهان نمونه‌پور" || !c.Veteran || c.Degree != 4 || c.List != "A" {
		t.Errorf("the fifth candidate is %+v", c)
	}

	for _, want := range []string{"9901: majlis 9901", "9902: majlis 9902", "9903: majlis 9903"} {
		i := slices.IndexFunc(d.Styles(), func(s election.Style) bool { return strings.HasPrefix(want, s.ID+":") })
		if i < 0 {
			t.Errorf("no style %s", want)
			continue
		}
		got := d.Styles()[i].ID + ":"
		for _, c := range d.Styles()[i].Contests {
			got += " " + c.ID
		}
		if got != want {
			t.Errorf("style %s, want %s", got, want)
		}
	}
	if n := len(d.Styles()); n != 3 {
		t.Errorf("%d styles, want 3", n)
	}
	if len(draft.Notes) != 1 || !strings.Contains(draft.Notes[0], "Tehran, Rey and Tajrish alone") {
		t.Errorf("notes %q", draft.Notes)
	}
}

// What is private in the file of the candidates is nowhere in what is made of it.
func TestPrivate(t *testing.T) {
	files := example()
	draft, err := drafting.Build(files, plan(t))
	if err != nil {
		t.Fatal(err)
	}
	rows := table(t, files.Candidates)
	for _, r := range rows[1:] {
		for _, private := range []string{r[1], r[4]} {
			if bytes.Contains(draft.JSON, []byte(private)) {
				t.Errorf("%s is in the definition", private)
			}
		}
		if bytes.Contains(draft.JSON, []byte(r[3]+`"`)) {
			t.Errorf("the father's name %s is in the definition", r[3])
		}
	}

	// Nor is a national number in a fault, whatever its column.
	number := rows[1][1]
	for i, name := range rows[0] {
		for _, text := range []string{number, persian.Digits(number), "a" + number, number + ":A", "A:" + number} {
			r := slices.Clone(rows[2])
			r[i] = text
			bad := files
			bad.Candidates = rewritten(t, files.Candidates, func(rows [][]string) [][]string { rows[2] = r; return rows })
			draft, err := drafting.Build(bad, plan(t))
			if i == 3 { // the father's name is not looked at
				if err != nil || bytes.Contains(draft.JSON, []byte(number)) {
					t.Errorf("%s = %s: %v", name, text, err)
				}
				continue
			}
			if err == nil {
				t.Errorf("%s = %s: it is built", name, text)
			} else if strings.Contains(persian.ASCII(err.Error()), number) {
				t.Errorf("%s = %s: the fault tells the number: %v", name, text, err)
			}
		}
	}
}

// Rows of the whole country make the same county.
func TestCountry(t *testing.T) {
	files, p := example(), plan(t)
	want, err := drafting.Build(files, p)
	if err != nil {
		t.Fatal(err)
	}
	files.Places.Data = append(files.Places.Data, "98:دیگر,9800:دیگرشهر,,city,دیگر,9801,70000\n"...)
	files.Candidates.Data = append(files.Candidates.Data, ("900," + national(900) + ",کسی,پدر,1350,4,no,9801,\n")...)
	files.Branches.Data = append(files.Branches.Data, fmt.Sprintf("90,شعبهٔ دیگر,9801,10,%v\n", signing("branch 90"))...)
	for _, county := range []string{"نمونه", "9900", "۹۹۰۰", "استان نمونه/نمونه", "99/9900"} {
		p.County = county
		got, err := drafting.Build(files, p)
		if err != nil {
			t.Fatal(err)
		}
		if got.Definition.ID() != want.Definition.ID() {
			t.Errorf("the county %s is another election", county)
		}
		if notes := strings.Join(got.Notes, "\n"); !strings.Contains(notes, "1 candidates stand in other counties") || !strings.Contains(notes, "1 branches lie in other counties") {
			t.Errorf("notes %q", got.Notes)
		}
	}

	// A spreadsheet's habits change nothing.
	for name, change := range map[string]func([]byte) []byte{
		"byte order mark": func(b []byte) []byte { return append([]byte("\ufeff"), b...) },
		"CRLF":            func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
		"empty rows":      func(b []byte) []byte { return append(b, "\n,,,,,,\n"...) },
		"Persian digits":  func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(",50000\n"), []byte(",۵۰۰۰۰\n")) },
		"spaces":          func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(","), []byte(" , ")) },
	} {
		x := example()
		x.Places.Data = change(x.Places.Data)
		got, err := drafting.Build(x, plan(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got.Definition.ID() != want.Definition.ID() {
			t.Errorf("%s makes another election", name)
		}
	}
}

// The settings that the law leaves open, and what a contest's size gives.
func TestSettings(t *testing.T) {
	build := func(change func(*drafting.Files, *drafting.Plan)) *drafting.Draft {
		t.Helper()
		files, p := example(), plan(t)
		change(&files, &p)
		draft, err := drafting.Build(files, p)
		if err != nil {
			t.Fatal(err)
		}
		return draft
	}
	contest := func(d *drafting.Draft, id string) *election.Contest {
		t.Helper()
		c, ok := d.Definition.Contest(id)
		if !ok {
			t.Fatalf("no contest %s", id)
		}
		return c
	}

	d := build(func(f *drafting.Files, p *drafting.Plan) { p.VoteAlternates = true })
	if c := contest(d, "9902"); c.VoteLimit != 8 || c.Seats != 5 {
		t.Errorf("members and alternates: a voter names %d for %d seats", c.VoteLimit, c.Seats)
	}
	if c := contest(d, "9901"); c.VoteLimit != 21 {
		t.Errorf("members and alternates in proportion: a voter names %d", c.VoteLimit)
	}

	// min_unit grows with the candidates.
	d = build(func(f *drafting.Files, p *drafting.Plan) { p.MinUnit = 10 })
	for id, want := range map[string]int{"9901": 24, "9902": 10, "majlis": 10} {
		if c := contest(d, id); c.MinUnit != want {
			t.Errorf("min_unit of %s is %d, want %d", id, c.MinUnit, want)
		}
	}

	d = build(func(f *drafting.Files, p *drafting.Plan) {
		p.Name = election.Name{En: "Sample"}
		p.ListMin = 9
		p.Omit = []string{"9903"}
		f.Candidates = rewritten(t, f.Candidates, func(rows [][]string) [][]string {
			return slices.DeleteFunc(rows, func(r []string) bool { return r[7] == "9903" })
		})
	})
	if _, ok := d.Definition.Contest("9903"); ok || d.Definition.Name != (election.Name{En: "Sample"}) {
		t.Errorf("contest 9903 is held: %t; the name is %q", ok, d.Definition.Name)
	}
	if c := contest(d, "9901"); c.ListLimits != (election.ListLimits{Min: 9, Max: 21}) {
		t.Errorf("limits of lists %+v", c.ListLimits)
	}
	if s, err := d.Definition.StyleOf("6"); err != nil || len(s.Contests) != 1 {
		t.Errorf("who lives where no council is elected votes in %v, %v", s.Contests, err)
	}

	// A proportional city that is not as large as Tehran has its own size.
	d = build(func(f *drafting.Files, p *drafting.Plan) { p.Proportional = []string{"9901", "9902"} })
	if c := contest(d, "9902"); c.Rule != election.RoundThenShare || c.Seats != 5 || c.Alternates != 3 {
		t.Errorf("9902 is %+v", c)
	}
	// Tehran has its size by name.
	d = build(func(f *drafting.Files, p *drafting.Plan) {
		f.Places.Data = bytes.ReplaceAll(f.Places.Data, []byte("city,نمونه,9901,2400000"), []byte("city,تهران,9901,900000"))
	})
	if c := contest(d, "9901"); c.Seats != 21 || len(d.Notes) != 0 {
		t.Errorf("Tehran has %d seats; notes %q", c.Seats, d.Notes)
	}

	// By-elections of both assemblies, several seats, part of the county.
	d = build(func(f *drafting.Files, p *drafting.Plan) {
		p.ByElections = nil
		for _, s := range []string{"majlis:2@district-1=majlis:Sample", "experts=experts:مجلس خبرگان"} {
			x, err := drafting.ParseByElection(s)
			if err != nil {
				t.Fatal(err)
			}
			p.ByElections = append(p.ByElections, x)
		}
		f.Candidates.Data = append(f.Candidates.Data, "1,"+national(901)+",کسی,پدر,1350,,,experts,\n2,"+national(902)+",دیگری,پدر,1350,,,experts,\n"...)
	})
	if c := contest(d, "experts"); c.District != "99" || c.Rule != election.SingleSeatPlurality || len(c.Units) != 6 || c.Kind != election.KindExperts {
		t.Errorf("experts: %+v", c)
	}
	if c := contest(d, "majlis"); c.District != "district-1" || c.Rule != election.PluralityAtLarge || c.Seats != 2 || c.VoteLimit != 2 || len(c.Units) != 5 || c.Name.En != "Sample" {
		t.Errorf("majlis: %+v", c)
	}
	if d.Definition.Contests[0].ID != "experts" || !strings.Contains(strings.Join(d.Notes, "\n"), "tie for the Assembly of Experts") || !strings.Contains(strings.Join(d.Notes, "\n"), "those of the other counties") {
		t.Errorf("the first contest is %s; notes %q", d.Definition.Contests[0].ID, d.Notes)
	}
}

// What no source decides is told, and nothing is refused for it.
func TestNotes(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(rows [][]string) [][]string
	}{
		{"two contests", "lines 2 and 42 are one person in two contests", func(rows [][]string) [][]string { rows[41][1] = rows[1][1]; return rows }},
		{"one name", "lines 26 and 27 have the same name", func(rows [][]string) [][]string {
			rows[26][2] = strings.ReplaceAll(rows[25][2], "ی", "ي")
			return rows
		}},
		{"lists at large", "the lists of contest 9902 are names on the screen only", func(rows [][]string) [][]string { rows[25][8] = "K:Karun"; return rows }},
		{"too few", "contest 9903 has 2 candidates for 3 seats", func(rows [][]string) [][]string { return slices.Delete(rows, 33, 36) }},
	} {
		files := example()
		files.Candidates = rewritten(t, files.Candidates, c.change)
		draft, err := drafting.Build(files, plan(t))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if len(draft.Notes) != 2 || !strings.Contains(strings.Join(draft.Notes, "\n"), c.want) {
			t.Errorf("%s: notes %q", c.name, draft.Notes)
		}
	}
}

// A draft is refused without the ruling that allows it, and named with it.
func TestDraftLaw(t *testing.T) {
	text, err := law.Published().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte(`"article":"proportional/seats","numbered":false,"version":"1404-07"`))
	text = slices.Concat(text[:at], bytes.Replace(text[at:], []byte(`"approved"`), []byte(`"draft"`), 1))
	p := plan(t)
	if p.Register, err = law.Parse(text); err != nil {
		t.Fatal(err)
	}
	_, err = drafting.Build(example(), p)
	wantFaults(t, "draft", err, "--ruling: proportional/seats 1404-07 is a draft")
	p.Rulings = map[string]string{"proportional/seats": strings.Repeat("ab", 32)}
	draft, err := drafting.Build(example(), p)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := draft.Definition.Contest("9901")
	if l, ok := draft.Definition.LawOf(c); !ok || l.State != election.Draft || l.Ruling != strings.Repeat("ab", 32) {
		t.Errorf("contest 9901 rests on %+v", l)
	}
	p.Rulings["proportional/seats"] = "yes"
	_, err = drafting.Build(example(), p)
	wantFaults(t, "a ruling that is no hash", err, "--ruling: not 32 bytes in hex")
	p.Register, p.Rulings["proportional/seats"] = nil, strings.Repeat("ab", 32)
	_, err = drafting.Build(example(), p)
	wantFaults(t, "a ruling that nothing needs", err, `--ruling: no draft of "proportional/seats" is cited`)
}

// What the register does not have is refused, not taken from another version.
func TestRegister(t *testing.T) {
	text, err := law.Published().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	p := plan(t)
	for article, want := range map[string][]string{
		"councils/ties":  {"register: it has no version of councils/ties"},
		"councils/seats": {"register: no table has the sizes of councils"},
	} {
		renamed := strings.ReplaceAll(string(text), `"article":"`+article+`"`, `"article":"other"`)
		if article == "councils/seats" {
			renamed = strings.Replace(string(text), `"article":"councils/seats","numbered":false,"version":"round-7"`, `"article":"councils/seats","numbered":false,"version":"round-8"`, 1)
		}
		if p.Register, err = law.Parse([]byte(renamed)); err != nil {
			t.Fatal(err)
		}
		_, err = drafting.Build(example(), p)
		var faults *drafting.Faults
		if !errors.As(err, &faults) || !strings.HasPrefix((*faults)[0].String(), want[0]) {
			t.Errorf("%s: %v", article, err)
		}
	}
}

// Every branch is in exactly one unit of each of its contests, whatever the county
// looks like.
func TestUnits(t *testing.T) {
	keys := make([]election.Key, 30)
	for i := range keys {
		keys[i] = signing(fmt.Sprint("branch of a drawn county ", i))
	}
	rapid.Check(t, func(t *rapid.T) {
		files := example()
		var places, candidates, branches bytes.Buffer
		fmt.Fprintln(&places, "province,county,district,kind,name,code,population")
		fmt.Fprintln(&candidates, "code,national_number,name,father,birth,degree,veteran,contest,list")
		fmt.Fprintln(&branches, "id,name,place,electorate,log_key")
		p := drafting.Plan{County: "Sample", Practice: true}
		p.PollingDay, _ = calendar.ParseDay("1405-02-11")
		p.MinUnit = rapid.IntRange(2, 9).Draw(t, "min_unit")
		n, people := rapid.IntRange(1, 6).Draw(t, "places"), 0
		stand := func(contest string) int {
			k := rapid.IntRange(1, 12).Draw(t, "candidates of "+contest)
			for range k {
				fmt.Fprintf(&candidates, "%d,%s,Person %d,Father,1350,4,no,%s,\n", people, national(people), people, contest)
				people++
			}
			return k
		}
		want := map[string]int{} // candidates of each contest
		for i := range n {
			code := fmt.Sprintf("place-%d", i)
			kind := rapid.SampledFrom([]string{"city", "village"}).Draw(t, "kind")
			fmt.Fprintf(&places, "Province,Sample,Bakhsh %d,%s,Place %d,%s,%d\n", rapid.IntRange(1, 3).Draw(t, "bakhsh"), kind, i, code,
				rapid.SampledFrom([]int{0, 1500, 1501, 50000, 50001, 3000000}).Draw(t, "population"))
			want[code] = stand(code)
		}
		kinds := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"majlis", "experts"}), 0, 2, rapid.ID).Draw(t, "by-elections")
		for _, kind := range kinds {
			x, err := drafting.ParseByElection(kind + "=" + kind + ":" + kind)
			if err != nil {
				t.Fatal(err)
			}
			p.ByElections = append(p.ByElections, x)
			want[kind] = stand(kind)
		}
		m := rapid.IntRange(n, len(keys)).Draw(t, "branches")
		at := make([]string, m)
		for i := range m {
			place := i // one in each place, the others anywhere
			if i >= n {
				place = rapid.IntRange(0, n-1).Draw(t, "place")
			}
			at[i] = fmt.Sprintf("place-%d", place)
		}
		rng := rapid.Permutation(at).Draw(t, "order")
		for i, place := range rng {
			fmt.Fprintf(&branches, "b%d,Branch %d,%s,100,%v\n", i, i, place, keys[i])
		}
		files.Places.Data, files.Candidates.Data, files.Branches.Data = places.Bytes(), candidates.Bytes(), branches.Bytes()
		draft, err := drafting.Build(files, p)
		if err != nil {
			t.Fatal(err)
		}
		d := draft.Definition
		if len(d.Contests) != len(want) || len(d.Branches) != m {
			t.Fatalf("%d contests and %d branches, want %d and %d", len(d.Contests), len(d.Branches), len(want), m)
		}
		for i := range d.Contests {
			c := &d.Contests[i]
			if c.N() != want[c.ID] || c.MinUnit != max(p.MinUnit, c.N()) {
				t.Fatalf("contest %s has %d candidates and min_unit %d, want %d", c.ID, c.N(), c.MinUnit, want[c.ID])
			}
			in := map[string]int{}
			for _, u := range c.Units {
				for _, id := range u.Branches {
					in[id]++
				}
			}
			for j := range d.Branches {
				b := &d.Branches[j]
				style, err := d.StyleOf(b.ID)
				if err != nil {
					t.Fatal(err)
				}
				votes := 0
				if _, ok := style.Contest(c.ID); ok {
					votes = 1
				}
				if whole := slices.Contains(kinds, c.ID); (votes == 1) != (whole || c.ID == rng[j]) {
					t.Fatalf("branch %s of %s votes in %s: %d", b.ID, rng[j], c.ID, votes)
				}
				if in[b.ID] != votes {
					t.Fatalf("branch %s is in %d units of contest %s, want %d", b.ID, in[b.ID], c.ID, votes)
				}
			}
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	files := example()
	p := plan(b)
	for b.Loop() {
		if _, err := drafting.Build(files, p); err != nil {
			b.Fatal(err)
		}
	}
}

// table returns the rows of a file, the header first.
func table(t testing.TB, f drafting.File) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(f.Data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// rewritten returns a file with its rows changed; row i stands on line i+1.
func rewritten(t testing.TB, f drafting.File, change func([][]string) [][]string) drafting.File {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(change(table(t, f))); err != nil {
		t.Fatal(err)
	}
	return drafting.File{Name: f.Name, Data: b.Bytes()}
}

// wantFaults wants exactly the faults whose beginnings are given, in order.
func wantFaults(t *testing.T, name string, err error, want ...string) {
	t.Helper()
	var faults *drafting.Faults
	if !errors.As(err, &faults) {
		t.Errorf("%s: error %v, want faults", name, err)
		return
	}
	ok := len(*faults) == len(want)
	for i, f := range *faults {
		ok = ok && strings.HasPrefix(f.String(), want[i]) && strings.Contains(err.Error(), f.String())
		// What is wrong, a colon, what to do.
		if text := f.Text; !strings.Contains(text, ": ") {
			t.Errorf("%s: %q does not say what to do", name, text)
		}
	}
	if !ok {
		t.Errorf("%s:\n%v\nwant\n%s", name, err, strings.Join(want, "\n"))
	}
}
