package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/verify/report"
	"pgregory.net/rapid"
)

// closed returns the report of a ledger.
func closed(l *report.Ledger) *report.Report {
	return l.Report([32]byte{1}, true, true, report.PhaseReady)
}

// TestSpecification: spec/verify.md describes the checks that there are, under
// their ids and titles and in their order.
func TestSpecification(t *testing.T) {
	data, err := os.ReadFile("../../spec/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	ids := report.IDs()
	heading := regexp.MustCompile(`(?m)^### (V[0-9]{3}) (.+)$`)
	var got []string
	for _, m := range heading.FindAllStringSubmatch(string(data), -1) {
		got = append(got, m[1]+" "+m[2])
	}
	var want []string
	for i := range ids {
		want = append(want, ids[i]+" "+report.Title(ids[i]))
	}
	if !slices.Equal(got, want) {
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("heading %d of spec/verify.md and the list differ:\n%q\n%q", i+1, got[min(i, len(got)):], want[min(i, len(want)):])
			}
		}
	}
	// Every check says all that a check has to say.
	sections := heading.Split(string(data), -1)[1:]
	for i, s := range sections {
		s, _, _ = strings.Cut(s, "\n## ")
		for _, part := range []string{"Reads", "Refutes", "Due", "Missing", "Against", "Code"} {
			if strings.Count(s, "\n- **"+part+"** ") != 1 {
				t.Errorf("%s: the part %q is not there once", ids[i], part)
			}
		}
		// and names code that is there: after each file its functions.
		_, code, _ := strings.Cut(s, "- **Code** ")
		var file []byte
		for _, m := range regexp.MustCompile("(package )?`([^`]+)`").FindAllStringSubmatch(code, -1) {
			name := m[2]
			if m[1] != "" {
				continue
			}
			if strings.HasSuffix(name, ".go") {
				if file, err = os.ReadFile("../../" + name); err != nil {
					t.Errorf("%s: names %s, which is not there", ids[i], name)
				}
			} else if file != nil && !regexp.MustCompile(`(?m)^func (\([^)]*\) )?`+name+`\(`).Match(file) {
				t.Errorf("%s: names the function %s, which is not in the file before it", ids[i], name)
			}
		}
	}
}

func TestIDs(t *testing.T) {
	ids := report.IDs()
	var titles []string
	for _, id := range ids {
		titles = append(titles, report.Title(id))
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("the ids are not ascending: %v", ids)
	}
	slices.Sort(titles)
	if len(slices.Compact(titles)) != len(ids) {
		t.Error("two checks have one title")
	}
}

// TestEveryFindingHasItsCheck: no code reports under an id that is not listed,
// and every listed check is reported on by some code.
func TestEveryFindingHasItsCheck(t *testing.T) {
	ids := report.IDs()
	files, err := filepath.Glob("../*.go")
	below, err2 := filepath.Glob("../*/*.go")
	files = append(files, below...)
	if err != nil || err2 != nil || len(files) < 20 {
		t.Fatal(len(files), err, err2)
	}
	call := regexp.MustCompile(`\b(?:Refute|Absent|amiss)\((?:b, )?"(V[0-9]{3})"`)
	used := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(data), -1) {
			used[m[1]] = true
			if !slices.Contains(ids, m[1]) {
				t.Errorf("%s reports under %s, which is not listed", f, m[1])
			}
		}
	}
	for _, id := range ids {
		if !used[id] && id != "V009" { // V009 is the error of admit
			t.Errorf("no code finds anything for %s", id)
		}
	}
}

func TestStates(t *testing.T) {
	l := report.NewLedger()
	l.Count("V001", 3)                                          // pass
	l.Count("V002", 1)                                          // fail, also with something missing
	l.Absent("V002", report.At("hq", 1), "gone")                //
	l.Refute("V002", report.At("hq", 2), "wrong")               //
	l.Absent("V003", report.At("branch/800", 7), "gone")        // missing
	l.Refute("V004", report.At("hq", 0), "wrong, nothing read") // fail
	r := closed(l)
	for id, want := range map[string]report.State{"V001": report.Pass, "V002": report.Fail, "V003": report.Missing, "V004": report.Fail, "V005": report.NotDue} {
		if c, ok := r.Check(id); !ok || c.State != want {
			t.Errorf("%s is %q, want %q", id, c.State, want)
		}
	}
	if _, ok := r.Check("V999"); ok {
		t.Error("there is a check V999")
	}
	if r.Status != report.Refuted || r.Passed() != 1 {
		t.Errorf("status %s, %d passed", r.Status, r.Passed())
	}
	c, f, ok := r.First()
	if !ok || c.ID != "V002" || f.String() != "hq entry 2: wrong" {
		t.Errorf("the first finding is %s %s", c.ID, f)
	}
	ids := report.IDs()
	if len(r.Checks) != len(ids) {
		t.Errorf("the report has %d of %d checks", len(r.Checks), len(ids))
	}

	l = report.NewLedger()
	l.Count("V001", 1)
	l.Absent("V020", report.At("branch/800", 0), "gone")
	if r := closed(l); r.Status != report.Unknown {
		t.Errorf("with something missing and nothing wrong the status is %s", r.Status)
	} else if c, f, ok := r.First(); !ok || c.ID != "V020" || f.Text != "gone" {
		t.Errorf("the first finding is %s %s", c.ID, f)
	}

	l = report.NewLedger()
	l.Count("V001", 1)
	if r := closed(l); r.Status != report.Verified {
		t.Errorf("with nothing wrong the status is %s", r.Status)
	} else if _, _, ok := r.First(); ok {
		t.Error("a verified report has a finding")
	}

	defer func() {
		if recover() == nil {
			t.Error("a finding of a check that is not listed is accepted")
		}
	}()
	l.Refute("V999", report.At("hq", 0), "wrong")
}

// TestManyFindings: a check lists a bounded number, counts the rest, and no
// number of things missing hides one that is wrong.
func TestManyFindings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		missing := rapid.IntRange(0, 2*report.MaxFindings).Draw(t, "missing")
		wrong := rapid.IntRange(0, 2*report.MaxFindings).Draw(t, "wrong")
		missingFirst := rapid.Bool().Draw(t, "missing first")
		l := report.NewLedger()
		add := func(n int, note func(id string, p report.Place, format string, args ...any), text string) {
			for i := range n {
				note("V023", report.At("branch/800", uint64(1000-i)), "%s", text)
			}
		}
		if missingFirst {
			add(missing, l.Absent, "gone")
			add(wrong, l.Refute, "wrong")
		} else {
			add(wrong, l.Refute, "wrong")
			add(missing, l.Absent, "gone")
		}
		r := closed(l)
		c, _ := r.Check("V023")
		want := report.NotDue
		switch {
		case wrong > 0:
			want = report.Fail
		case missing > 0:
			want = report.Missing
		}
		if c.State != want {
			t.Fatalf("%d missing, %d wrong: %s", missing, wrong, c.State)
		}
		all := missing + wrong
		listed := min(all, report.MaxFindings)
		if all > listed {
			listed++
			if last := c.Findings[len(c.Findings)-1]; last.Text != fmt.Sprintf("and %d more", all-report.MaxFindings) {
				t.Fatalf("%d missing, %d wrong: the last finding is %q", missing, wrong, last.Text)
			}
		}
		if len(c.Findings) != listed {
			t.Fatalf("%d missing, %d wrong: %d findings listed", missing, wrong, len(c.Findings))
		}
		kept := 0
		for i, f := range c.Findings {
			if f.Text == "wrong" {
				if kept != i {
					t.Fatal("something missing stands before something wrong")
				}
				if i > 0 && c.Findings[i-1].Entry > f.Entry {
					t.Fatal("findings of one log are not in the order of its entries")
				}
				kept++
			}
		}
		if kept != min(wrong, report.MaxFindings) {
			t.Fatalf("%d missing, %d wrong: %d listed as wrong", missing, wrong, kept)
		}
	})
}

// TestJSON: the form of the report is fixed.
func TestJSON(t *testing.T) {
	l := report.NewLedger()
	l.Count("V001", 3)
	l.Refute("V025", report.At("branch/800", 17), "no ending")
	r := closed(l)
	var got struct {
		Status, Election, Phase string
		Compared                bool
		Checks                  []struct {
			ID, Title, State string
			Read             int
			Findings         []struct {
				Log, Path, Text string
				Entry           int
			}
		}
	}
	d := json.NewDecoder(strings.NewReader(string(r.JSON())))
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Status != "refuted" || got.Phase != "ready" || !got.Compared || !strings.HasPrefix(got.Election, "0100") || len(got.Election) != 64 {
		t.Errorf("the head of the report is %q %q %v %q", got.Status, got.Phase, got.Compared, got.Election)
	}
	if c := got.Checks[0]; c.ID != "V001" || c.State != "pass" || c.Read != 3 || c.Title == "" {
		t.Errorf("the first check is %+v", c)
	}
	i := slices.IndexFunc(r.Checks, func(c report.Check) bool { return c.ID == "V025" })
	if f := got.Checks[i].Findings; len(f) != 1 || f[0].Log != "branch/800" || f[0].Entry != 17 || f[0].Text != "no ending" {
		t.Errorf("the finding is %+v", f)
	}
	for _, want := range []string{`"findings": []`, `"state": "not-due"`, `"compared": true`} {
		if !strings.Contains(string(r.JSON()), want) {
			t.Errorf("the report does not hold %s", want)
		}
	}
	if strings.Contains(string(r.JSON()), "null") {
		t.Error("the report holds a null")
	}
}
