package papers_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/branch/papers"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

func place(l web.Lang, paper printing.Paper) papers.Branch {
	return papers.Branch{Election: election.Name{Fa: "انتخابات آزمون", En: "Test election"}, Name: election.Name{Fa: "شعبهٔ ۱۰۱", En: "Branch 101"}, ID: "101",
		ElectionID: [32]byte{1}, Practice: true, Simulated: true, Lang: l, Paper: paper}
}

var officers = []papers.Officer{{ID: "101-head", Head: true, Office: election.Name{Fa: "ستاد"}}, {ID: "101-sup", Office: election.Name{Fa: "هیئت نظارت"}}}

func minutes() papers.Minutes {
	return papers.Minutes{Entry: bytes.Repeat([]byte{7}, 250), Size: 2001, Root: bytes.Repeat([]byte{9}, 32), Counts: record.Counts{CheckedIn: 987, Cast: 654, Spoiled: 32, Challenged: 10},
		Devices: []papers.Device{{ID: "101-d1", Sealed: 696, Retired: true}}, Officers: officers, Zone: time.UTC,
		Lines: []daybook.Line{{At: time.Unix(0, 0), Who: "officer/101-head", What: daybook.SignedIn}, {At: time.Unix(3600, 0), Who: "officer/101-head", What: daybook.Incident, Text: "برق رفت"},
			{At: time.Unix(60, 0), Who: "officer/101-head", What: daybook.Paused, Text: "برق", Back: true}}}
}

// text is all that a document says, block by block.
func text(d printing.Document) string {
	var b strings.Builder
	for _, block := range d.Blocks {
		fmt.Fprintf(&b, "%+v\n", block)
	}
	return b.String()
}

// TestMinutes: the numbers, the signed statement and what the officers did, in both
// languages; who signed in is not told.
func TestMinutes(t *testing.T) {
	for _, c := range []struct {
		lang web.Lang
		want []string
		not  []string
	}{
		{web.Persian, []string{"۹۸۷", "۶۵۴", "۳۲", "۱۰", "۲٬۰۰۱", "برق رفت", "SANDOGH1 close BwcH", "0909", "عقب رفته", "کنار گذاشته شد", "۰۱:۰۰"}, []string{"ورود", "987"}},
		{web.English, []string{"987", "654", "2,001", "SANDOGH1 close BwcH", "clock went back", "Taken out", "01:00"}, []string{"signed in", "۹"}},
	} {
		got := text(papers.MinutesOf(place(c.lang, printing.A4), minutes()))
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: without %q:\n%s", c.lang.Code(), w, got)
			}
		}
		for _, w := range c.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: with %q:\n%s", c.lang.Code(), w, got)
			}
		}
	}
}

// TestConflict: how many were checked in elsewhere too is in the minutes, with what it
// means; when it is none in the end, only the lines of the day tell of it.
func TestConflict(t *testing.T) {
	m := minutes()
	m.Lines = append(m.Lines, daybook.Line{Who: "branch/101", What: daybook.Conflict, Text: "2"})
	for l, want := range map[web.Lang]string{web.Persian: "مغایرت: \u2068۲\u2069 نفر", web.English: "Discrepancy: \u20682\u2069 voters"} {
		if got := text(papers.MinutesOf(place(l, printing.A4), m)); !strings.Contains(got, want) {
			t.Errorf("without %q:\n%s", want, got)
		}
	}
	m.Lines = append(m.Lines, daybook.Line{Who: "branch/101", What: daybook.Conflict, Text: "0"})
	if got := text(papers.MinutesOf(place(web.English, printing.A4), m)); strings.Contains(got, "Discrepancy") || !strings.Contains(got, "checked in at another branch too") {
		t.Errorf("after it was settled:\n%s", got)
	}
}

// TestZero: all counts are zero, and the devices are those that committed.
func TestZero(t *testing.T) {
	got := text(papers.ZeroReport(place(web.English, printing.A4), papers.Zero{Entry: []byte{1, 2, 3}, Officers: officers,
		Devices: []papers.Device{{ID: "101-d1", Limit: 400, Root: bytes.Repeat([]byte{0xab}, 32)}}}))
	for _, w := range []string{"Voters checked in 0", "Ballots cast 0", "101-d1", "400", "abab abab", "SANDOGH1 opening AQID", "101-head"} {
		if !strings.Contains(got, w) {
			t.Errorf("without %q:\n%s", w, got)
		}
	}
}

// TestPapersAreLaid: on every paper and in both languages, marked as simulated, and
// the same each time; an entry too large for a code leaves it out.
func TestPapersAreLaid(t *testing.T) {
	large, full := minutes(), minutes()
	large.Entry = make([]byte, 40_000)
	full.Entry = make([]byte, 880) // as much as a code holds
	for _, paper := range []printing.Paper{printing.A4, printing.Roll80, printing.Roll58} {
		for _, l := range web.Langs {
			for what, m := range map[string]papers.Minutes{"minutes": minutes(), "full": full, "large": large} {
				d := papers.MinutesOf(place(l, paper), m)
				if !d.Simulated {
					t.Errorf("%s is not marked", what)
				}
				one, err := printing.Lay(d)
				if err != nil {
					t.Errorf("%s in %s on %v: %v", what, l.Code(), paper, err)
					continue
				}
				two, err := printing.Lay(papers.MinutesOf(place(l, paper), m))
				if err != nil || !bytes.Equal(one.PDF(), two.PDF()) {
					t.Errorf("%s comes out otherwise: %v", what, err)
				}
			}
		}
	}
}

// TestDid: everything that is written in a daybook has words.
func TestDid(t *testing.T) {
	for _, what := range []string{daybook.SignedIn, daybook.Refused, daybook.Desk, daybook.Confirmed, daybook.Tested, daybook.Opened, daybook.ZeroPrinted, daybook.MinutesPrinted, daybook.Paused, daybook.Resumed,
		daybook.Extended, daybook.Enrolled, daybook.Retired, daybook.Unlocked, daybook.Dismissed, daybook.Settled, daybook.Closing, daybook.Closed,
		daybook.Published, daybook.Pushed, daybook.Incident, daybook.Conflict} {
		for _, l := range web.Langs {
			if got := papers.Did(l, what); got == "" || strings.HasPrefix(got, `"`) {
				t.Errorf("%s in %s: %q", what, l.Code(), got)
			}
		}
	}
}
