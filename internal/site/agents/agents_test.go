package agents_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/agents"
)

func definition(t testing.TB) *election.Definition {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "spec", "examples", "definition.json"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := election.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const header = "branch,contest,candidate,votes\n"

// merged is a unit of all branches of the first contest, with one vote more for
// each candidate than for the one before.
func merged(d *election.Definition) agents.Unit {
	c := d.Contests[0]
	u := agents.Unit{Contest: c.ID, ID: c.Units[0].ID, Opened: true, Blank: 3}
	for _, x := range c.Units {
		u.Branches = append(u.Branches, x.Branches...)
	}
	for i := range c.Candidates {
		u.Votes = append(u.Votes, uint64(10*len(u.Branches)+i*len(u.Branches)))
	}
	return u
}

func file(d *election.Definition, u agents.Unit) string {
	var b strings.Builder
	b.WriteString(header)
	for _, branch := range u.Branches {
		for i, x := range d.Contests[0].Candidates {
			b.WriteString(branch + "," + u.Contest + "," + x.ID + "," + []string{"10", "11", "12", "13", "14", "15", "16", "17", "18", "19"}[i] + "\n")
		}
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	d := definition(t)
	u := merged(d)
	right := file(d, u)
	n := len(d.Contests[0].Candidates)
	c, err := agents.Compare(strings.NewReader(right), d, []agents.Unit{u})
	if err != nil || c.Count(agents.Equal) != n || len(c.Rows) != n || len(c.Faults) != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if len(u.Branches) < 2 || len(c.Rows[0].Branches) != len(u.Branches) {
		t.Errorf("the unit of %d branches is not compared as one", len(u.Branches))
	}
	// One vote more, and one branch that is left out.
	lines := strings.Split(strings.TrimSpace(right), "\n")
	more := strings.Replace(right, lines[1], lines[1]+"0", 1)
	c, err = agents.Compare(strings.NewReader(more), d, []agents.Unit{u})
	if err != nil || c.Count(agents.Differs) != 1 || c.Rows[0].Outcome != agents.Differs || c.Rows[0].Difference() != 90 {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = agents.Compare(strings.NewReader(strings.Join(lines[:len(lines)-1], "\n")), d, []agents.Unit{u})
	if err != nil || c.Count(agents.Lacking) != 1 || len(c.Rows[0].Without) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	// Blanks are compared if they are stated.
	c, err = agents.Compare(strings.NewReader(right+u.Branches[0]+","+u.Contest+",blank,۳\n"), d, []agents.Unit{u})
	if err != nil || len(c.Rows) != n+1 || c.Count(agents.Lacking) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	u.Opened = false
	if c, err = agents.Compare(strings.NewReader(right), d, []agents.Unit{u}); err != nil || c.Count(agents.Closed) != n {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = agents.Compare(strings.NewReader(header), d, []agents.Unit{u}); err != nil || len(c.Rows) != 0 {
		t.Errorf("a file that says nothing: %+v, %v", c, err)
	}
}

func TestFaults(t *testing.T) {
	d := definition(t)
	u := merged(d)
	branch, contest, candidate := u.Branches[0], u.Contest, d.Contests[0].Candidates[0].ID
	right := strings.Join([]string{branch, contest, candidate, "5"}, ",")
	for what, x := range map[string]struct{ line, want string }{
		"branch":    {"nowhere," + contest + "," + candidate + ",5", "has no branch"},
		"contest":   {branch + ",nothing," + candidate + ",5", "does not vote"},
		"candidate": {branch + "," + contest + ",nobody,5", "no candidate"},
		"negative":  {branch + "," + contest + "," + candidate + ",-5", "not a number"},
		"fraction":  {branch + "," + contest + "," + candidate + ",5.0", "not a number"},
		"empty":     {branch + "," + contest + "," + candidate + ",", "not a number"},
		"great":     {branch + "," + contest + "," + candidate + ",99999999999", "not a number"},
		"fields":    {right + ",1", "5 fields"},
		"few":       {branch, "1 fields"},
		"again":     {right + "\n" + right, "says again what line 2 says"},
		"quote":     {`"` + right, "nothing after it"},
	} {
		c, err := agents.Compare(strings.NewReader(header+x.line+"\n"), d, []agents.Unit{u})
		if err != nil || len(c.Faults) != 1 || !strings.Contains(c.Faults[0].Text, x.want) || c.Faults[0].Line < 2 {
			t.Errorf("%s: %+v, %v", what, c, err)
		}
	}
	for _, file := range []string{"", "a,b\n", "branch,contest,candidate\n", "\xff\xfe"} {
		if _, err := agents.Compare(strings.NewReader(file), d, nil); err == nil {
			t.Errorf("%q: no error", file)
		}
	}
	if c, err := agents.Compare(strings.NewReader("\ufeff"+header+right+"\n"), d, []agents.Unit{u}); err != nil || len(c.Faults) != 0 {
		t.Errorf("with a byte order mark: %+v, %v", c, err)
	}
	many := strings.Repeat("x,y,z,1\n", 300)
	if c, err := agents.Compare(strings.NewReader(header+many), d, nil); err != nil || len(c.Faults) != 100 || c.More != 200 {
		t.Errorf("many faults: %d and %d, %v", len(c.Faults), c.More, err)
	}
}

func FuzzCompare(f *testing.F) {
	d := definition(f)
	u := merged(d)
	f.Add([]byte(file(d, u)))
	f.Add([]byte(header + "\"a\nb\",c,d,1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := agents.Compare(strings.NewReader(string(b)), d, []agents.Unit{u})
		if err != nil {
			return
		}
		if _, err := json.Marshal(c); err != nil {
			t.Error(err)
		}
		for _, r := range c.Rows {
			if r.Outcome == agents.Equal && r.Agents != r.Record || r.Outcome == agents.Differs && r.Difference() == 0 {
				t.Errorf("%+v", r)
			}
		}
	})
}
