package roll_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/roll"
	"github.com/sandogh/sandogh/internal/simulate"
)

// definition has branches 101 to 104 and polls on 11 Ordibehesht 1405.
var definition = func() *election.Definition {
	e, err := simulate.Small(1)
	if err != nil {
		panic(err)
	}
	d := *e.Definition
	d.PollingDay = "2026-05-01"
	return &d
}()

// number returns the i-th national number of the tests, with its check digit.
func number(i int) string {
	nine := fmt.Sprintf("999%06d", i)
	for c := range 10 {
		if n, err := roll.ParseNumber(nine + fmt.Sprint(c)); err == nil {
			return n.Digits()
		}
	}
	panic("no check digit fits")
}

func parse(t testing.TB, s string) roll.Number {
	t.Helper()
	n, err := roll.ParseNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func read(csv string) (*roll.Roll, error) {
	return roll.Read(strings.NewReader(csv), int64(len(csv)), roll.Config{Definition: definition, Branch: definition.Branches[0].ID})
}

// file is a roll of the given lines, in which B0 to B3 are the branches.
func file(lines ...string) string {
	s := roll.Header + "\n" + strings.Join(lines, "\n") + "\n"
	for i := range 4 {
		s = strings.ReplaceAll(s, fmt.Sprint("B", i), definition.Branches[i].ID)
	}
	return s
}

var people = []string{
	number(1) + ",علی‌پور محمد,رضا,1360-05-21,تهران,B0",
	number(2) + ",زهرا كريمي,علی,۱۳۷۰/۱/۲,رشت,B0",
	number(3) + ",آرش آقایی,مُحَمَّد,1387-02-11,قم,B0", // 18 on polling day
	number(4) + ",ژاله گلچین,احمد,1387-02-12,قم,B0",    // a day too young
	`"` + number(5) + `","سارا ""نمونه"", فرضی",حسن,1350-12-29,"یزد, مرکز",B1`,
	number(6) + ",پویا آزمونی,,1320-01-01,,B2",
	"",
	number(7) + ",محمد علی پور,حسین,1399-12-30,تهران,B3",
}

func TestFind(t *testing.T) {
	r, err := read("\ufeff" + file(people...))
	if err != nil {
		t.Fatal(err)
	}
	if own, others := r.Len(); own != 4 || others != 3 || r.Branch() != definition.Branches[0].ID || len(r.Hash()) != 64 {
		t.Fatalf("%d own voters, %d others", own, others)
	}
	for i, want := range map[int]string{1: "علی‌پور محمد", 2: "زهرا كريمي", 5: `سارا "نمونه", فرضی`, 6: "پویا آزمونی", 7: "محمد علی پور"} {
		p, ok, err := r.Find(parse(t, number(i)))
		if err != nil || !ok || p.Name != want || p.Number.Digits() != number(i) {
			t.Errorf("voter %d: %q, %t, %v", i, p.Name, ok, err)
		}
		if at := []string{0: "", 1: "0", 2: "0", 5: "1", 6: "2", 7: "3"}[i]; p.Branch != definition.Branches[at[0]-'0'].ID {
			t.Errorf("voter %d is of branch %s", i, p.Branch)
		}
		if own := i < 5; r.IsOwn(p.Number) != own {
			t.Errorf("voter %d: own is not %t", i, own)
		}
	}
	if _, ok, err := r.Find(parse(t, number(8))); ok || err != nil {
		t.Errorf("found nobody: %t, %v", ok, err)
	}
	for i, want := range map[int]bool{1: true, 3: true, 4: false, 6: true, 7: false} {
		p, _, err := r.Find(parse(t, number(i)))
		if err != nil || r.OldEnough(&p) != want {
			t.Errorf("voter %d born %s: old enough is not %t", i, p.Birth, want)
		}
	}
	names := []string{}
	for _, p := range r.Own() {
		names = append(names, p.Name)
	}
	if want := []string{"آرش آقایی", "زهرا كريمي", "ژاله گلچین", "علی‌پور محمد"}; !slices.Equal(names, want) {
		t.Errorf("order %q", names)
	}
	if name, ok := r.Name(definition.Branches[2].ID); !ok || name.Fa != "شعبهٔ ۳" {
		t.Errorf("branch %v", name)
	}
	if _, ok := r.Name("x"); ok || len(r.Branches()) != 4 {
		t.Error("a branch that is not")
	}
}

func TestSearch(t *testing.T) {
	r, err := read(file(people...))
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]int{
		"علی پور": {1}, "علیپور": {1}, "علي‌پور": {1}, "پور علی": {1}, "محمد": {1, 3}, "کریمی": {2}, "كريمي علی": {2},
		"اقایی": {3}, "آق": {3}, "sghl": {}, ";vdld": {2}, "Chgi": {4}, "1360": {1}, "۱۳۸۷": {3, 4}, "احمد": {4},
		"": {}, "   ": {}, "نمونه": {}, "علی": {1, 2}, "رضا محمد": {1}, "\u064e": {}, strings.Repeat("ا", 2000): {},
	} {
		found, all := r.Search(query, 10)
		got := []int{}
		for _, p := range found {
			for i := range 8 {
				if p.Number.Digits() == number(i) {
					got = append(got, i)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || all != len(want) {
			t.Errorf("%q found %v of %d, want %v", query, got, all, want)
		}
	}
	if found, all := r.Search("ا", 2); len(found) != 2 || all != 4 {
		t.Errorf("%d of %d", len(found), all)
	}
	if found, _ := r.Search("ع", 5); len(found) == 0 || found[0].Name != "علی‌پور محمد" {
		t.Error("a name that begins with it is not first")
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		csv  string
		want []string
	}{
		"empty":  {"", []string{"line 1: the file is empty"}},
		"header": {"number,name\n", []string{"line 1: the first line names other columns: write " + roll.Header}},
		"quote":  {file(`1,"x`), []string{"line 2: not CSV"}},
		"bare":   {file(`1,x"y,z`, number(1)+",,a,1360-01-01,,B0"), []string{"line 2: not CSV", "line 3: name: empty"}},
		"few":    {file("1,2,3"), []string{"line 2: 3 fields: write 6"}},
		"numbers": {file("123,الف,,1360-01-01,,B0", "1111111111,الف,,1360-01-01,,B0", number(1)[:9]+"x,الف,,1360-01-01,,B0"),
			[]string{"line 2: national_number: read national number: not ten digits", "line 3: national_number: read national number: ten equal", "line 4: national_number"}},
		"check digit": {file("0499370890,الف,,1360-01-01,,B0"), []string{"line 2: national_number: read national number: the check digit"}},
		"birth": {file(number(1)+",الف,,1360-13-01,,B0", number(2)+",الف,,1400-12-30,,B0", number(3)+",الف,,,,B0", number(4)+",الف,,1981-05-21,,B0", number(5)+",الف,,60-1-1,,B0", number(6)+",الف,,1405-02-12,,B0"),
			[]string{"line 2: birth: no Jalali", "line 3: birth: no Jalali", "line 4: birth: no Jalali", "line 5: birth:", "line 6: birth: no Jalali", "line 7: birth: after polling day"}},
		"branch": {file(number(1)+",الف,,1360-01-01,,999", number(2)+",الف,,1360-01-01,,"), []string{"line 2: branch: the election has no", "line 3: branch: empty"}},
		"text": {file(number(1)+",ا\x01ف,,1360-01-01,,B0", number(2)+",ا\xffف,,1360-01-01,,B0", number(3)+","+strings.Repeat("ا", 201)+",,1360-01-01,,B0", number(4)+",ا\u202eف,\u200b,1360-01-01,,B0"),
			[]string{"line 2: name: a character", "line 3: name: invalid UTF-8", "line 4: name: longer", "line 5: name: a character", "line 5: father: a character"}},
		"twice": {file(number(1)+",الف,,1360-01-01,,B0", number(2)+",ب,,1360-01-01,,B1", number(1)+",پ,,1360-01-01,,B1", number(2)+",ت,,1360-01-01,,B1", number(1)+",ث,,1360-01-01,,B0"),
			[]string{"line 4: national_number: the same as in line 2", "line 5: national_number: the same as in line 3", "line 6: national_number: the same as in line 4"}},
	} {
		_, err := read(c.csv)
		var faults *roll.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(faults.List) != len(c.want) {
			t.Errorf("%s: %v", name, err)
		}
		for i, f := range faults.List {
			if i < len(c.want) && !strings.HasPrefix(fmt.Sprintf("line %d: %s", f.Line, f.Text), c.want[i]) {
				t.Errorf("%s: line %d: %s; want %s", name, f.Line, f.Text, c.want[i])
			}
			if strings.Contains(f.Text, "999") || strings.Contains(f.Text, "الف") {
				t.Errorf("%s: a fault holds what it is about: %s", name, f.Text)
			}
		}
	}
	if _, err := roll.Read(strings.NewReader(""), 0, roll.Config{Definition: definition, Branch: "nowhere"}); err == nil || !strings.Contains(err.Error(), "no branch nowhere") {
		t.Errorf("no such branch: %v", err)
	}
	var many []string
	for range 30 {
		many = append(many, "x")
	}
	if _, err := read(file(many...)); err == nil || !strings.Contains(err.Error(), "30 faults") || !strings.Contains(err.Error(), "and 10 more") {
		t.Errorf("many faults: %v", err)
	}
}

// changing is a file that somebody changes after it was read.
func TestChangedFile(t *testing.T) {
	data := []byte(file(people...))
	in := bytes.NewReader(data)
	r, err := roll.Read(in, int64(len(data)), roll.Config{Definition: definition, Branch: definition.Branches[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte(number(6)))
	copy(data[at:], number(9))
	if _, _, err := r.Find(parse(t, number(6))); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("%v", err)
	}
}

func TestScanned(t *testing.T) {
	a, b := number(1), number(2)
	zeros := "0012345679"
	if _, err := roll.ParseNumber(zeros); err != nil {
		zeros = ""
		for c := range 10 {
			if n, err := roll.ParseNumber("001234567" + fmt.Sprint(c)); err == nil {
				zeros = n.Digits()
			}
		}
	}
	for text, want := range map[string][]string{
		a: {a}, " " + a + "\r\n": {a}, "IR;" + a + ";" + b + ";" + a: {a, b}, zeros[2:]: {zeros}, "": nil, "1234567": nil, a + "1": nil,
		"1111111111": nil, "علی": nil, strings.NewReplacer("9", "۹", "0", "٠").Replace(a): {a},
	} {
		var got []string
		for _, n := range roll.Scanned(text) {
			got = append(got, n.Digits())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for _, bad := range []string{"", "123", "0499370890", "1111111111", "۱۲۳", a + " 1"} {
		if _, err := roll.ParseNumber(bad); !errors.Is(err, roll.ErrNumber) || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// ATK-C11: whatever is printed or logged of a person is masked; a number alone
// leaves its last four digits.
func TestATKC11Redaction(t *testing.T) {
	n := parse(t, number(1))
	p := roll.Person{Number: n, Name: "قناری", Father: "قناری", Place: "قناری"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "person", p, "pointer", &p, "number", n, "list", []roll.Person{p})
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{log.String(), string(data), fmt.Sprintf("%v %+v %#v %s %q %d %x", p, p, p, p, p, p, p), fmt.Sprintf("%v %d %s %x %#v", n, n, n, n, n)} {
		if strings.Contains(s, "قناری") || strings.Contains(s, number(1)) || strings.Contains(s, number(1)[:8]) {
			t.Errorf("%s", s)
		}
	}
	if !strings.Contains(n.Masked(), number(1)[6:]) {
		t.Error("nobody can tell it")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(people...))
	f.Add("\ufeff" + file(`"a","b`, "x"))
	f.Add(roll.Header + "\n,,,,,\n")
	f.Fuzz(func(t *testing.T, csv string) {
		r, err := read(csv)
		if err != nil {
			var faults *roll.Faults
			if !errors.As(err, &faults) || len(faults.List) == 0 {
				t.Fatalf("an error without a fault: %v", err)
			}
			return
		}
		own, _ := r.Len()
		for _, p := range r.Own() {
			again, ok, err := r.Find(p.Number)
			if err != nil || !ok || again != p {
				t.Fatal("a voter is not found")
			}
			if found, all := r.Search(p.Name, own); all == 0 || len(found) == 0 {
				if strings.Trim(p.Name, "\u0640\u200c\u200d\u200f") != "" && strings.ContainsFunc(p.Name, func(r rune) bool { return r >= 'ا' && r <= 'غ' || r >= 'a' && r <= 'z' }) {
					t.Fatalf("%q is not found by name", p.Name)
				}
			}
		}
	})
}

// lots is a roll of n voters in each branch.
func lots(b *testing.B, n int) []byte {
	b.Helper()
	var out bytes.Buffer
	if err := simulate.Roll(&out, definition, 1, n); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkRead(b *testing.B) {
	data := lots(b, 25_000) // a hundred thousand lines
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := roll.Read(bytes.NewReader(data), int64(len(data)), roll.Config{Definition: definition, Branch: definition.Branches[0].ID}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	data := lots(b, 100_000)
	r, err := roll.Read(bytes.NewReader(data), int64(len(data)), roll.Config{Definition: definition, Branch: definition.Branches[0].ID})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, all := r.Search("علیرضا نمونه", 20); all == 0 {
			b.Fatal("nobody found")
		}
	}
}

func BenchmarkFind(b *testing.B) {
	data := lots(b, 100_000)
	r, err := roll.Read(bytes.NewReader(data), int64(len(data)), roll.Config{Definition: definition, Branch: definition.Branches[0].ID})
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i = (i + 7919) % 400_000
		n, err := roll.ParseNumber(number(i + 1))
		if err != nil {
			b.Fatal(err)
		}
		if _, ok, err := r.Find(n); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
