package report_test

import (
	"testing"

	"github.com/sandogh/sandogh/verify/report"
)

// TestPlaces: what is found is said to be where it was found, and nothing else.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		place report.Place
		want  report.Finding
		line  string
	}{
		{report.Nowhere, report.Finding{Entry: -1}, "text"},
		{report.At("hq", 0), report.Finding{Log: "hq", Entry: 0}, "hq entry 0: text"},
		{report.At("hq", 7), report.Finding{Log: "hq", Entry: 7}, "hq entry 7: text"},
		{report.InLog("hq"), report.Finding{Log: "hq", Entry: -1}, "hq: text"},
		{report.InFile("blob/x"), report.Finding{Entry: -1, Path: "blob/x"}, "blob/x: text"},
		{report.InLog("hq").In("hq/checkpoint"), report.Finding{Log: "hq", Entry: -1, Path: "hq/checkpoint"}, "hq, hq/checkpoint: text"},
		{report.At("hq", 7).In("blob/x"), report.Finding{Log: "hq", Entry: 7, Path: "blob/x"}, "hq entry 7, blob/x: text"},
	} {
		for _, missing := range []bool{false, true} {
			l := report.NewLedger()
			note := l.Refute
			if missing {
				note = l.Absent
			}
			note("V001", c.place, "%s", "text")
			check, _ := closed(l).Check("V001")
			if len(check.Findings) != 1 {
				t.Fatalf("%d findings", len(check.Findings))
			}
			f := check.Findings[0]
			if f.Log != c.want.Log || f.Entry != c.want.Entry || f.Path != c.want.Path || f.Text != "text" || f.String() != c.line {
				t.Errorf("%v: %+v, %q, want %+v, %q", c.place, f, f, c.want, c.line)
			}
		}
	}
}

// TestAtFirst: only a refutation stops, and only the first.
func TestAtFirst(t *testing.T) {
	l := report.NewLedger()
	stopped := 0
	l.AtFirst(func() { stopped++ })
	for i, step := range []struct {
		note func(string, report.Place, string, ...any)
		want int
	}{{l.Absent, 0}, {l.Refute, 1}, {l.Refute, 1}, {l.Absent, 1}} {
		step.note("V001", report.Nowhere, "text")
		if stopped != step.want {
			t.Errorf("stopped %d times after finding %d, want %d", stopped, i, step.want)
		}
	}
	l = report.NewLedger() // nobody to stop
	l.Refute("V001", report.Nowhere, "text")
	if closed(l).Status != report.Refuted {
		t.Error("a refutation that stops nobody is lost")
	}
}

// TestOrder: what is wrong comes before what is missing, then by log, then by
// entry; and what is not listed is counted, from one on.
func TestOrder(t *testing.T) {
	l := report.NewLedger()
	for _, p := range []report.Place{report.At("hq", 3), report.At("branch/1", 9), report.InLog("hq"), report.At("hq", 1), report.At("branch/2", 4)} {
		l.Absent("V001", p, "missing")
		l.Refute("V001", p, "wrong")
	}
	want := []string{"branch/1 entry 9", "branch/2 entry 4", "hq", "hq entry 1", "hq entry 3"}
	check, _ := closed(l).Check("V001")
	if len(check.Findings) != 2*len(want) {
		t.Fatalf("%d findings", len(check.Findings))
	}
	for i, f := range check.Findings {
		text := "wrong"
		if i >= len(want) {
			text = "missing"
		}
		if got := want[i%len(want)] + ": " + text; f.String() != got {
			t.Errorf("finding %d is %q, want %q", i, f, got)
		}
	}

	for more, line := range map[int]string{0: "", 1: "and 1 more", 2: "and 2 more"} {
		for _, missing := range []bool{false, true} {
			l := report.NewLedger()
			for i := range report.MaxFindings + more {
				if missing {
					l.Absent("V001", report.At("hq", uint64(i)), "text")
				} else {
					l.Refute("V001", report.At("hq", uint64(i)), "text")
				}
			}
			r := closed(l)
			check, _ := r.Check("V001")
			last := check.Findings[len(check.Findings)-1]
			if want := report.MaxFindings + min(more, 1); len(check.Findings) != want {
				t.Errorf("%d findings of %d", len(check.Findings), report.MaxFindings+more)
			}
			if more > 0 && (last.String() != line || last.Entry != -1) {
				t.Errorf("the last of %d is %+v", report.MaxFindings+more, last)
			}
			if _, first, ok := r.First(); !ok || first.Entry != 0 {
				t.Errorf("the first is %v, %v", first, ok)
			}
		}
	}
}
