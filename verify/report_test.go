package verify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/verify"
	"pgregory.net/rapid"
)

// TestSpecification: spec/verify.md describes the checks that there are, under
// their ids and titles and in their order.
func TestSpecification(t *testing.T) {
	data, err := os.ReadFile("../spec/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	ids, titles := verify.Listed()
	heading := regexp.MustCompile(`(?m)^### (V[0-9]{3}) (.+)$`)
	var got []string
	for _, m := range heading.FindAllStringSubmatch(string(data), -1) {
		got = append(got, m[1]+" "+m[2])
	}
	var want []string
	for i := range ids {
		want = append(want, ids[i]+" "+titles[i])
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
		for _, f := range regexp.MustCompile("`verify/([a-z]+\\.go)`").FindAllStringSubmatch(s, -1) {
			if _, err := os.Stat(f[1]); err != nil {
				t.Errorf("%s: names %s, which is not there", ids[i], f[1])
			}
		}
	}
}

func TestIDs(t *testing.T) {
	ids, titles := verify.Listed()
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
	ids, _ := verify.Listed()
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`\b(?:refute|absent)\("(V[0-9]{3})"`)
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
	l := verify.NewLedger()
	l.Count("V001", 3)                               // pass
	l.Count("V002", 1)                               // fail, also with something missing
	l.Absent("V002", "hq", 1, "gone")                //
	l.Refute("V002", "hq", 2, "wrong")               //
	l.Absent("V003", "branch/800", 7, "gone")        // missing
	l.Refute("V004", "hq", 0, "wrong, nothing read") // fail
	r := l.Report()
	for id, want := range map[string]verify.State{"V001": verify.Pass, "V002": verify.Fail, "V003": verify.Missing, "V004": verify.Fail, "V005": verify.NotDue} {
		if c, ok := r.Check(id); !ok || c.State != want {
			t.Errorf("%s is %q, want %q", id, c.State, want)
		}
	}
	if _, ok := r.Check("V999"); ok {
		t.Error("there is a check V999")
	}
	if r.Status != verify.Refuted || r.Passed() != 1 {
		t.Errorf("status %s, %d passed", r.Status, r.Passed())
	}
	c, f, ok := r.First()
	if !ok || c.ID != "V002" || f.String() != "hq entry 2: wrong" {
		t.Errorf("the first finding is %s %s", c.ID, f)
	}
	ids, _ := verify.Listed()
	if len(r.Checks) != len(ids) {
		t.Errorf("the report has %d of %d checks", len(r.Checks), len(ids))
	}

	l = verify.NewLedger()
	l.Count("V001", 1)
	l.Absent("V020", "branch/800", 0, "gone")
	if r := l.Report(); r.Status != verify.Unknown {
		t.Errorf("with something missing and nothing wrong the status is %s", r.Status)
	} else if c, f, ok := r.First(); !ok || c.ID != "V020" || f.Text != "gone" {
		t.Errorf("the first finding is %s %s", c.ID, f)
	}

	l = verify.NewLedger()
	l.Count("V001", 1)
	if r := l.Report(); r.Status != verify.Verified {
		t.Errorf("with nothing wrong the status is %s", r.Status)
	} else if _, _, ok := r.First(); ok {
		t.Error("a verified report has a finding")
	}

	defer func() {
		if recover() == nil {
			t.Error("a finding of a check that is not listed is accepted")
		}
	}()
	l.Refute("V999", "hq", 0, "wrong")
}

// TestManyFindings: a check lists a bounded number, counts the rest, and no
// number of things missing hides one that is wrong.
func TestManyFindings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		missing := rapid.IntRange(0, 2*verify.MaxFindings).Draw(t, "missing")
		wrong := rapid.IntRange(0, 2*verify.MaxFindings).Draw(t, "wrong")
		missingFirst := rapid.Bool().Draw(t, "missing first")
		l := verify.NewLedger()
		add := func(n int, note func(id, log string, entry uint64, text string), text string) {
			for i := range n {
				note("V023", "branch/800", uint64(1000-i), text)
			}
		}
		if missingFirst {
			add(missing, l.Absent, "gone")
			add(wrong, l.Refute, "wrong")
		} else {
			add(wrong, l.Refute, "wrong")
			add(missing, l.Absent, "gone")
		}
		r := l.Report()
		c, _ := r.Check("V023")
		want := verify.NotDue
		switch {
		case wrong > 0:
			want = verify.Fail
		case missing > 0:
			want = verify.Missing
		}
		if c.State != want {
			t.Fatalf("%d missing, %d wrong: %s", missing, wrong, c.State)
		}
		all := missing + wrong
		listed := min(all, verify.MaxFindings)
		if all > listed {
			listed++
			if last := c.Findings[len(c.Findings)-1]; last.Text != fmt.Sprintf("and %d more", all-verify.MaxFindings) {
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
		if kept != min(wrong, verify.MaxFindings) {
			t.Fatalf("%d missing, %d wrong: %d listed as wrong", missing, wrong, kept)
		}
	})
}

// TestJSON: the form of the report is fixed.
func TestJSON(t *testing.T) {
	l := verify.NewLedger()
	l.Count("V001", 3)
	l.Refute("V025", "branch/800", 17, "no ending")
	r := l.Report()
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
	i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.ID == "V025" })
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

// TestNoRecord: what is no record at all is never verified.
func TestNoRecord(t *testing.T) {
	d := exampleDefinition(t)
	id, other := d.ID(), [32]byte{1}
	blob := fmt.Sprintf("blob/%x", id)
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	origin := d.HQOrigin() + "\n"
	for _, c := range []struct {
		what   string
		fsys   fstest.MapFS
		expect *[32]byte
		status verify.Status
		check  string
		state  verify.State
	}{
		{"an empty folder", fstest.MapFS{}, nil, verify.Unknown, "V005", verify.Missing},
		{"an empty folder, with an id", fstest.MapFS{}, &id, verify.Unknown, "V005", verify.Missing},
		{"another log's origin", fstest.MapFS{"hq/checkpoint": file("example.org/log\n")}, nil, verify.Refuted, "V005", verify.Fail},
		{"an id in capitals", fstest.MapFS{"hq/checkpoint": file("sandogh/" + strings.ToUpper(origin[8:72]) + "/hq\n")}, nil, verify.Refuted, "V005", verify.Fail},
		{"a short id", fstest.MapFS{"hq/checkpoint": file("sandogh/" + origin[8:70] + "/hq\n")}, nil, verify.Refuted, "V005", verify.Fail},
		{"a branch's origin", fstest.MapFS{"hq/checkpoint": file(d.BranchOrigin("1") + "\n")}, nil, verify.Refuted, "V005", verify.Fail},
		{"no definition", fstest.MapFS{"hq/checkpoint": file(origin)}, &id, verify.Unknown, "V002", verify.Missing},
		{"another definition", fstest.MapFS{"hq/checkpoint": file(origin), blob: file("{}")}, &id, verify.Refuted, "V002", verify.Fail},
		{"another election", fstest.MapFS{"hq/checkpoint": file(origin), blob: {Data: d.Canonical()}}, &other, verify.Refuted, "V004", verify.Fail},
		{"an unsigned checkpoint", fstest.MapFS{"hq/checkpoint": file(origin), blob: {Data: d.Canonical()}}, &id, verify.Refuted, "V005", verify.Fail},
	} {
		r, view := verify.Record(context.Background(), c.fsys, verify.Options{Election: c.expect})
		if r.Status != c.status {
			t.Errorf("%s: the status is %s, want %s\n%s", c.what, r.Status, c.status, r.JSON())
		}
		if got, _ := r.Check(c.check); got.State != c.state {
			t.Errorf("%s: %s is %s, want %s", c.what, c.check, got.State, c.state)
		}
		if r.Phase != verify.PhaseNothing {
			t.Errorf("%s: the phase is %s", c.what, r.Phase)
		}
		known := false
		if f := c.fsys["hq/checkpoint"]; f != nil {
			known = string(f.Data) == origin
		}
		if known != (r.Election == fmt.Sprintf("%x", id)) {
			t.Errorf("%s: the election is %q", c.what, r.Election)
		}
		if r.Compared != (known && c.expect != nil) {
			t.Errorf("%s: compared is %v", c.what, r.Compared)
		}
		if view != nil && view.Sound() == nil {
			t.Errorf("%s: an act may continue from it", c.what)
		}
	}
}
