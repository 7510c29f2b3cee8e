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
