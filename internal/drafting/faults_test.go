package drafting_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/drafting"
)

// A spoiler makes the example wrong.
type spoiler = func(f *drafting.Files, p *drafting.Plan)

// line returns a spoiler that replaces text on a line of a file, counted from 1.
func line(file string, n int, old, new string) spoiler {
	return func(f *drafting.Files, p *drafting.Plan) {
		x := map[string]*drafting.File{"places": &f.Places, "candidates": &f.Candidates, "branches": &f.Branches, "bodies": &f.Bodies}[file]
		lines := bytes.Split(x.Data, []byte("\n"))
		if !bytes.Contains(lines[n-1], []byte(old)) {
			panic(fmt.Sprintf("line %d of %s is %s", n, file, lines[n-1]))
		}
		lines[n-1] = bytes.Replace(lines[n-1], []byte(old), []byte(new), 1)
		x.Data = bytes.Join(lines, []byte("\n"))
	}
}

func both(spoil ...spoiler) spoiler {
	return func(f *drafting.Files, p *drafting.Plan) {
		for _, s := range spoil {
			s(f, p)
		}
	}
}

// appended returns a spoiler that appends to the candidates.
func appended(text string) spoiler {
	return func(f *drafting.Files, p *drafting.Plan) { f.Candidates.Data = append(f.Candidates.Data, text...) }
}

func planned(change func(p *drafting.Plan)) spoiler {
	return func(f *drafting.Files, p *drafting.Plan) { change(p) }
}

var faulty = []struct {
	name  string
	spoil spoiler
	want  []string // how each fault begins, in order
}{
	// The form of a table.
	{"empty file", func(f *drafting.Files, p *drafting.Plan) { f.Places.Data = nil }, []string{"places.csv:1: the file is empty: begin it with the line province,county"}},
	{"other columns", line("candidates", 1, "national_number", "id"), []string{"candidates.csv:1: the first line names other columns"}},
	{"too few fields", line("branches", 3, ",9901", ""), []string{"branches.csv:3: 4 fields: write 5"}},
	{"quote in a field", line("places", 3, "نمونه‌شهر", `نمونه"شهر`), []string{"places.csv:3: not CSV (bare \"",
		`candidates.csv:26: contest: there is no contest "9902"`, `branches.csv:5: place: there is no place "9902"`}},
	{"quote without end", line("branches", 2, "1,", `"1,`), []string{"branches.csv:"}},
	{"invalid UTF-8", both(line("places", 2, "city", "city\xff"), line("places", 4, "نمونه", "\xc3")), []string{"places.csv:2: invalid UTF-8", "places.csv:4: invalid UTF-8"}},
	{"too large", func(f *drafting.Files, p *drafting.Plan) { f.Branches.Data = make([]byte, 64<<20+1) }, []string{"branches.csv:1: 67108865 bytes"}},

	// Places.
	{"kind of a place", line("places", 2, "city", "town"), []string{`places.csv:2: kind: "town" is not a kind`}},
	{"population", line("places", 3, ",50000", ",-1"), []string{`places.csv:3: population: "-1" is not a whole number`}},
	{"fractional population", line("places", 3, ",50000", ",5e4"), []string{`places.csv:3: population: "5e4" is not a whole number`}},
	{"too many people", line("places", 3, ",50000", ",200000000"), []string{`places.csv:3: population: "200000000" is not a whole number in range`}},
	{"population missing", line("places", 4, ",1500", ","), []string{"places.csv:4: population: empty"}},
	{"code of a place", line("places", 4, "9903", "99_03"), []string{`places.csv:4: code: "99_03" is not an id`,
		`candidates.csv:34: contest: there is no contest "9903"`, `branches.csv:7: place: there is no place "9903"`}},
	{"village without bakhsh", line("places", 4, "کوهپایه", ""), []string{"places.csv:4: district: empty: a village lies"}},
	{"province missing", line("places", 4, "99:استان نمونه", ""), []string{"places.csv:4: province: empty"}},
	{"bad code of a bakhsh", line("places", 4, "کوهپایه", "*:کوهپایه"), []string{`places.csv:4: district: "*:کوهپایه" is not CODE:NAME`}},
	{"place twice", line("places", 3, "9902", "9901"), []string{`places.csv:3: code: "9901" is the code of line 2 too`,
		`candidates.csv:26: contest: there is no contest "9902"`, `branches.csv:5: place: there is no place "9902"`}},
	{"bakhsh in two spellings", both(line("places", 2, "مرکزی", "مرکزي")), []string{`places.csv:3: district: "مرکزی" is written "مرکزي" on line 2`}},
	{"county in two spellings", line("places", 3, "9900:نمونه", "9900:نمونة"), []string{`places.csv:3: county: "نمونة" is written "نمونه" on line 2`}},
	{"county with two codes", both(line("places", 3, "9900:نمونه", "9909:نمونه")), []string{`places.csv:3: county: "نمونه" has the code "9900" on line 2`}},
	{"code of two areas", both(line("places", 2, "مرکزی", "1:مرکزی"), line("places", 4, "کوهپایه", "1:کوهپایه")), []string{`places.csv:4: district: the code "1" is that of "مرکزی" on line 2 too`}},
	{"two provinces", line("places", 3, "99:استان نمونه", "98:استان دیگر"), []string{`--county: "نمونه" is a county of "استان نمونه" and of "استان دیگر": write PROVINCE/NAME`}},
	{"code and name of two counties", line("places", 3, "9900:نمونه", "نمونه:دیگر"), []string{"places.csv:3: county: \"نمونه:دیگر\" is not CODE:NAME"}},
	{"name of one county, code of another", both(line("places", 2, "9900:نمونه", "Sample"), line("places", 3, "9900:نمونه", "Sample:Other"), planned(func(p *drafting.Plan) { p.County = "Sample" })),
		[]string{`--county: "Sample" is the name of one county and the code of another`}},
	{"id of a bakhsh", line("places", 2, "مرکزی", "9902:مرکزی"), []string{`places.csv:3: id: "9902" is the id of districts[2] too`, "places.csv:3: kind: a contest of kind city in a district of kind district"}},
	{"control in a name", line("places", 4, "نمونه‌ده", "نمونه\u202eده"), []string{"places.csv:4: name.fa: has the invisible character U+202E", "places.csv:4: name.fa: has"}},
	{"Tehran at large", both(line("places", 3, "نمونه‌شهر", "تهران")), []string{"places.csv:3: Tehran elects its council by lists in proportion (proportional/seats): add --proportional 9902"}},

	// Candidates.
	{"national number short", line("candidates", 2, "9990000001", "999000001"), []string{"candidates.csv:2: national_number: not ten digits"}},
	{"national number equal", line("candidates", 2, "9990000001", "1111111111"), []string{"candidates.csv:2: national_number: ten equal digits"}},
	{"national number check", line("candidates", 2, "9990000001", "9990000002"), []string{"candidates.csv:2: national_number: the check digit does not fit"}},
	{"national number missing", line("candidates", 2, "9990000001", ""), []string{"candidates.csv:2: national_number: empty"}},
	{"national number as code", line("candidates", 2, "101,9990000001", "9990000001,9990000001"), []string{"candidates.csv:2: code: holds a national number"}},
	{"national number of another in a name", line("candidates", 5, "ترانه", "۹۹۹۰۰۰۰۰۰۱"), []string{"candidates.csv:5: name: holds a national number"}},
	{"one person twice", line("candidates", 6, national(4), national(3)), []string{"candidates.csv:6: national_number: the same person as on line 5"}},
	{"two lists", line("candidates", 11, national(9), national(3)), []string{`candidates.csv:11: list: the same person is on list "A" on line 5: a candidate stands on one list only`}},
	{"lists of two contests", both(line("candidates", 26, "9902,", "9902,C:Karun"), line("candidates", 26, national(24), national(0))), []string{`candidates.csv:26: list: the same person is on list "A" on line 2`}},
	{"code twice", line("candidates", 3, "102", "101"), []string{`candidates.csv:3: code: "101" is the code of line 2 too`}},
	{"code", line("candidates", 3, "102", "10 2"), []string{`candidates.csv:3: code: "10 2" is not an id`}},
	{"code missing", line("candidates", 3, "102", ""), []string{"candidates.csv:3: code: empty"}},
	{"name missing", line("candidates", 3, "بهاره نمونه‌پور", " "), []string{"candidates.csv:3: name: empty"}},
	{"long name", line("candidates", 3, "بهاره", strings.Repeat("ب", 201)), []string{"candidates.csv:3: name.fa: 211 characters"}},
	{"no date", line("candidates", 3, "1341-02-02", "2nd of May"), []string{"candidates.csv:3: birth: not a Jalali date"}},
	{"no such day", line("candidates", 3, "1341-02-02", "1341-12-30"), []string{"candidates.csv:3: birth: not a Jalali date"}},
	{"Gregorian birth", line("candidates", 3, "1341-02-02", "1962-04-22"), []string{"candidates.csv:3: birth: not a Jalali date"}},
	{"too young", line("candidates", 3, "1341-02-02", "1380-02-12"), []string{"candidates.csv:3: birth: younger than 25"}},
	{"old enough on the day", both(line("candidates", 3, "1341-02-02", "1380-02-11")), nil},
	{"year that may be too young", line("candidates", 3, "1341-02-02", "1380"), []string{"candidates.csv:3: birth: the year alone"}},
	{"year too young", line("candidates", 3, "1341-02-02", "1381"), []string{"candidates.csv:3: birth: younger than 25"}},
	{"year that is enough", line("candidates", 3, "1341-02-02", "۱۳۷۹"), nil},
	{"birth missing", line("candidates", 3, "1341-02-02", ""), []string{"candidates.csv:3: birth: empty"}},
	{"degree", line("candidates", 3, "master", "MBA"), []string{`candidates.csv:3: degree: "MBA" is not a degree`}},
	{"degree too high", line("candidates", 3, "master", "10"), []string{`candidates.csv:3: degree: "10" is not a degree`}},
	{"degree not stated", line("candidates", 3, "master", ""), []string{"candidates.csv:3: degree: not stated"}},
	{"degree not stated where it settles nothing", line("candidates", 39, "master", ""), nil},
	{"degree in Persian", line("candidates", 3, "master", "كارشناسی ارشد"), nil},
	{"veteran", line("candidates", 3, "false", "perhaps"), []string{`candidates.csv:3: veteran: "perhaps" is neither yes nor no`}},
	{"contest", line("candidates", 30, "9902", "9904"), []string{`candidates.csv:30: contest: there is no contest "9904"`}},
	{"contest missing", line("candidates", 30, "9902", ""), []string{"candidates.csv:30: contest: empty"}},
	{"list without code", line("candidates", 3, ",A", ",فهرست"), []string{`candidates.csv:3: list: "فهرست" is not CODE or CODE:NAME`}},
	{"list with two names", line("candidates", 3, ",A", ",A:فهرست دیگر"), []string{`candidates.csv:3: list: "A" is called "فهرست آبادانی" on line 2`}},
	{"list named later", both(line("candidates", 2, "A:فهرست آبادانی", "A"), line("candidates", 3, ",A", ",A:فهرست آبادانی")), nil},
	{"list called independents", line("candidates", 20, "9901,", "9901,independents"), []string{"candidates.csv:20: list id: all candidates without a list are called so"}},
	{"list over its limit", both(line("candidates", 26, "9902,", "9902,K"), line("candidates", 27, "9902,", "9902,K"), line("candidates", 28, "9902,", "9902,K"),
		line("candidates", 29, "9902,", "9902,K"), line("candidates", 30, "9902,", "9902,K"), line("candidates", 32, "9902,", "9902,K"), line("candidates", 33, "9902,", "9902,K")),
		[]string{`candidates.csv:32: list: "K" has more than 5 candidates`}},
	{"list below its limit", planned(func(p *drafting.Plan) { p.ListMin = 10 }), []string{`candidates.csv:2: list: "A" has 9 candidates: it needs at least 10`, `candidates.csv:11: list: "B" has 9`}},
	{"no candidates", func(f *drafting.Files, p *drafting.Plan) {
		f.Candidates.Data = f.Candidates.Data[:bytes.Index(f.Candidates.Data, []byte("138,"))]
	},
		[]string{`--by-election: "majlis" has no candidate`}},
	{"candidates of what is omitted", planned(func(p *drafting.Plan) { p.Omit = []string{"9903"} }), []string{
		`candidates.csv:34: contest: "9903" elects no council here`, "candidates.csv:35: contest", "candidates.csv:36: contest", "candidates.csv:37: contest", "candidates.csv:38: contest"}},

	// Branches.
	{"branch twice", line("branches", 3, "2,", "1,"), []string{`branches.csv:3: id: "1" is the id of line 2 too`}},
	{"id of a branch", line("branches", 3, "2,", "2/1,"), []string{`branches.csv:3: id: "2/1" is not an id`}},
	{"branch without a name", line("branches", 3, "شعبهٔ 2", ""), []string{"branches.csv:3: name: empty"}},
	{"place of a branch", line("branches", 3, "9901", "9904"), []string{`branches.csv:3: place: there is no place "9904" in places.csv`}},
	{"electorate", line("branches", 3, "910", "many"), []string{`branches.csv:3: electorate: "many" is not a whole number`}},
	{"log key", line("branches", 3, signing("branch 2").String(), "abc"), []string{"branches.csv:3: log_key: not 32 bytes in hex"}},
	{"log key of small order", line("branches", 3, signing("branch 2").String(), strings.Repeat("0", 64)), []string{"branches.csv:3: log_key: an Ed25519 key of small order"}},
	{"log key twice", line("branches", 3, signing("branch 2").String(), signing("branch 1").String()), []string{"branches.csv:3: log_key: the same key as branches[0].log_key"}},
	{"key of an office", both(line("branches", 3, signing("branch 2").String(), signing("office hq").String()), line("candidates", 3, "102", "")), []string{
		"candidates.csv:3: code: empty", "branches.csv:3: log_key: the same key as offices[0].key"}},
	{"village without a branch", line("branches", 7, "9903", "9902"), []string{`places.csv:4: no branch votes in "9903"`}},
	{"branch where nothing is elected", planned(func(p *drafting.Plan) { p.Omit, p.ByElections = []string{"9903"}, nil }), []string{
		`candidates.csv:34: contest`, "candidates.csv:35: contest", "candidates.csv:36: contest", "candidates.csv:37: contest", "candidates.csv:38: contest",
		`candidates.csv:39: contest: there is no contest "majlis"`, "candidates.csv:40: contest", "candidates.csv:41: contest", "candidates.csv:42: contest",
		`branches.csv:7: place: no contest is held in "9903"`}},

	// Bodies.
	{"no JSON", line("bodies", 3, "{", "{{"), []string{"bodies.json:3: not JSON"}},
	{"invalid UTF-8 in JSON", line("bodies", 6, "fa", "\xff"), []string{"bodies.json:6: invalid UTF-8"}},
	{"an array", func(f *drafting.Files, p *drafting.Plan) { f.Bodies.Data = []byte("\n[]") }, []string{"bodies.json:1: an array is not expected here"}},
	{"unknown field", line("bodies", 4, `"id"`, `"ID": 1, "id"`), []string{"bodies.json:4: offices[0].ID: unknown field"}},
	{"role", line("bodies", 9, "headquarters", "headquarter"), []string{"bodies.json:2: offices: 0 offices are headquarters", `bodies.json:9: offices[0].role: "headquarter" is not a role`}},
	{"bodies and rows at once", both(line("bodies", 9, "headquarters", "technical"), line("places", 4, "9903", "99_03"), line("candidates", 3, "102", "")), []string{
		"places.csv:4: code", "candidates.csv:3: code: empty", `candidates.csv:34: contest: there is no contest "9903"`,
		`branches.csv:7: place: there is no place "9903"`, "bodies.json:2: offices: 0 offices"}},

	// The plan.
	{"county", planned(func(p *drafting.Plan) { p.County = "Karaj" }), []string{`--county: there is no county "Karaj" in places.csv: the counties are نمونه`}},
	{"proportional village", planned(func(p *drafting.Plan) { p.Proportional = []string{"9901", "9903"} }), []string{`--proportional: "9903" is a village`}},
	{"proportional nowhere", planned(func(p *drafting.Plan) { p.Proportional = []string{"9901", "1"} }), []string{`--proportional: there is no place "1" in the county`}},
	{"proportional twice", planned(func(p *drafting.Plan) { p.Proportional = []string{"9901", "9901"} }), []string{`--proportional: "9901" is written twice`}},
	{"proportional in another county", both(planned(func(p *drafting.Plan) { p.Proportional = []string{"9801", "9901"} }), func(f *drafting.Files, p *drafting.Plan) {
		f.Places.Data = append(f.Places.Data, "98:دیگر,9800:دیگرشهر,,city,دیگر,9801,70000\n"...)
	}), []string{`--proportional: the place "9801" is in another county`}},
	{"proportional and omitted", both(planned(func(p *drafting.Plan) { p.Omit = []string{"9901"} }), func(f *drafting.Files, p *drafting.Plan) {
		f.Candidates.Data = bytes.ReplaceAll(f.Candidates.Data, []byte(",9901,"), []byte(",majlis,"))
	}), []string{`--proportional: "9901" is in --omit too`, `candidates.csv:3: list: "A" has more than 1 candidates`, `candidates.csv:12: list: "B" has more than 1 candidates`}},
	{"nothing is held", func(f *drafting.Files, p *drafting.Plan) {
		p.Omit, p.ByElections, p.Proportional = []string{"9901", "9902", "9903"}, nil, nil
		f.Candidates.Data, f.Branches.Data = f.Candidates.Data[:bytes.IndexByte(f.Candidates.Data, '\n')], f.Branches.Data[:bytes.IndexByte(f.Branches.Data, '\n')]
	}, []string{"places.csv:1: contests: 0 elements", "branches.csv:1: branches: 0 elements"}},
	{"omitted nowhere", planned(func(p *drafting.Plan) { p.Omit = []string{"1"} }), []string{`--omit: there is no place "1" in the county`}},
	{"min_unit", planned(func(p *drafting.Plan) { p.MinUnit = 1 }), []string{"--min-unit: 1 is out of range"}},
	{"list_min", planned(func(p *drafting.Plan) { p.ListMin = -1 }), []string{"--list-min: -1 is out of range"}},
	{"name", planned(func(p *drafting.Plan) { p.Name.En = "a\u2066b" }), []string{"--name-en: has the invisible character"}},
	{"by-election twice", planned(func(p *drafting.Plan) { p.ByElections = append(p.ByElections, p.ByElections[0]) }), []string{`--by-election: "majlis" is the id of another contest too`}},
	{"by-election of a place", planned(func(p *drafting.Plan) { p.ByElections[0].ID = "9902" }), []string{`--by-election: "9902" is the code of a place`, `candidates.csv:39: contest: there is no contest "majlis"`, "candidates.csv:40", "candidates.csv:41", "candidates.csv:42"}},
	{"by-election nowhere", planned(func(p *drafting.Plan) { p.ByElections[0].District = "1" }), []string{`--by-election: "majlis": there is no district "1" in the county`}},
	{"experts in a county", both(appended("1,"+national(901)+",کسی,پدر,1350,,,experts,\n"), planned(func(p *drafting.Plan) {
		p.ByElections = append(p.ByElections, drafting.ByElection{Kind: election.KindExperts, ID: "experts", Name: "Experts", Seats: 1, District: "9900"})
	})), []string{"--by-election: kind: a contest of kind experts in a district of kind county"}},
}

func TestFaults(t *testing.T) {
	for _, c := range faulty {
		files, p := example(), plan(t)
		c.spoil(&files, &p)
		_, err := drafting.Build(files, p)
		if c.want == nil {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		wantFaults(t, c.name, err, c.want...)
	}
}

// The faults are those of the table, whichever file is first spoiled: one does not
// hide another.
func TestFaultsTogether(t *testing.T) {
	files, p := example(), plan(t)
	spoil := both(line("places", 4, "village", "hamlet"), line("candidates", 2, "9990000001", "9990000002"), line("candidates", 3, "1341-02-02", "1399-01-01"),
		line("branches", 3, "910", "-"), line("bodies", 9, "headquarters", "none"))
	spoil(&files, &p)
	_, err := drafting.Build(files, p)
	wantFaults(t, "together", err, `places.csv:4: kind: "hamlet"`, "candidates.csv:2: national_number", "candidates.csv:3: birth",
		`branches.csv:3: electorate: "-"`, "bodies.json:2: offices: 0 offices", `bodies.json:9: offices[0].role: "none"`)
}

func TestParseByElection(t *testing.T) {
	for s, want := range map[string]drafting.ByElection{
		"majlis=karaj:کرج":          {Kind: "majlis", ID: "karaj", Name: "کرج", Seats: 1},
		"majlis:3=t:Tabriz: all":    {Kind: "majlis", ID: "t", Name: "Tabriz: all", Seats: 3},
		"experts@99=e: Alborz ":     {Kind: "experts", ID: "e", Name: "Alborz", Seats: 1, District: "99"},
		"majlis:2@district-1=a-1:x": {Kind: "majlis", ID: "a-1", Name: "x", Seats: 2, District: "district-1"},
	} {
		if got, err := drafting.ParseByElection(s); err != nil || got != want {
			t.Errorf("%s is %+v, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{
		"": "has no =", "majlis": "has no =", "council=a:b": "neither majlis nor experts", "majlis=a": "not ID:NAME", "majlis=:b": "not ID:NAME",
		"majlis=a_b:c": "not ID:NAME", "majlis=a: ": "not ID:NAME", "majlis:0=a:b": "number of seats", "majlis:x=a:b": "number of seats",
		"majlis:65=a:b": "number of seats", "majlis@=a:b": "id of a district", "majlis@a b=a:b": "id of a district",
	} {
		if _, err := drafting.ParseByElection(s); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "such as majlis=karaj:Karaj") {
			t.Errorf("%q: %v, want %s", s, err, want)
		}
	}
}

// small returns the least files that make a definition, so that fuzzing is quick.
func small() drafting.Files {
	files := example()
	files.Places.Data = []byte("province,county,district,kind,name,code,population\nP,نمونه,B,city,a,9901,1\n")
	files.Candidates.Data = []byte("code,national_number,name,father,birth,degree,veteran,contest,list\n1,0932833810,b,,1350,9,,9901,x:L\n2,9876543210,c,,1350-01-01,diploma,yes,majlis,\n")
	files.Branches.Data = []byte("id,name,place,electorate,log_key\n1,d,9901,1," + signing("branch 1").String() + "\n")
	return files
}

// fuzz builds with one file replaced. Whatever is in it, the definition is valid
// or every fault has a line of its file.
func fuzz(f *testing.F, pick func(*drafting.Files) *drafting.File, seeds ...string) {
	x := small()
	f.Add(pick(&x).Data)
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	p := plan(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		files := small()
		file := pick(&files)
		file.Data = data
		draft, err := drafting.Build(files, p)
		if err == nil {
			if faults := draft.Definition.Validate(); len(faults) > 0 {
				t.Fatalf("what was built is faulty: %v", faults)
			}
			again, err := drafting.Build(files, p)
			if err != nil || !bytes.Equal(again.JSON, draft.JSON) {
				t.Fatalf("the same files make another definition: %v", err)
			}
			return
		}
		var faults *drafting.Faults
		if !errors.As(err, &faults) || len(*faults) == 0 {
			t.Fatal(err)
		}
		for _, x := range *faults {
			i := slices.IndexFunc([]drafting.File{files.Places, files.Candidates, files.Branches, files.Bodies}, func(f drafting.File) bool { return f.Name == x.File })
			if (i < 0) != (x.Line == 0) || i < 0 && !strings.HasPrefix(x.File, "--") {
				t.Fatalf("fault without a place: %v", x)
			}
			if x.File == file.Name && x.Line > bytes.Count(data, []byte("\n"))+1 {
				t.Fatalf("fault beyond the end of the file: %v", x)
			}
		}
	})
}

func FuzzPlaces(f *testing.F) {
	fuzz(f, func(x *drafting.Files) *drafting.File { return &x.Places }, "province,county,district,kind,name,code,population\n1:a,2:نمونه,3:B,city,b,9901,2000001\n1:a,نمونه,3:c,village,c,9902,\"1\n\"\n")
}

func FuzzCandidates(f *testing.F) {
	fuzz(f, func(x *drafting.Files) *drafting.File { return &x.Candidates }, "code,national_number,name,father,birth,degree,veteran,contest,list\n1,0932833810,a,,1350,9,,9901,x:\n2,0932833810,a,,1350,9,,9901,y\n")
}

func FuzzBranches(f *testing.F) {
	fuzz(f, func(x *drafting.Files) *drafting.File { return &x.Branches }, "id,name,place,electorate,log_key\n,,,,\n1,a,9901,1,"+strings.Repeat("0", 64)+"\n")
}

func FuzzBodies(f *testing.F) {
	fuzz(f, func(x *drafting.Files) *drafting.File { return &x.Bodies }, "{}", `{"offices":[{"":[[]]},null],"quorum":{}}`, "[", "\xff", " ", `{"a":1,"a":2}`)
}
