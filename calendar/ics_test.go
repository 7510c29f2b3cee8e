package calendar_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sandogh/sandogh/calendar"
)

// A component is what a strict reader of RFC 5545 makes of a stream: the reader
// knows only what these exports may hold.
type component struct {
	name  string
	props map[string]string // name with parameters → unescaped value
	subs  []component
}

var (
	propForm  = regexp.MustCompile(`^([A-Z-]+)((?:;[A-Z-]+=[A-Za-z0-9-]+)*):(.*)$`)
	dateForm  = regexp.MustCompile(`^[0-9]{8}$`)
	stampForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z$`)
)

func readICalendar(data []byte) (*component, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("not UTF-8")
	}
	body, ok := strings.CutSuffix(string(data), "\r\n")
	if !ok {
		return nil, fmt.Errorf("the last line has no end")
	}
	var lines []string
	for i, l := range strings.Split(body, "\r\n") {
		if len(l) > 75 {
			return nil, fmt.Errorf("line %d has %d octets", i+1, len(l))
		}
		if strings.ContainsAny(l, "\r\n") || !utf8.ValidString(l) {
			return nil, fmt.Errorf("line %d: a loose line break, or half a character: %q", i+1, l)
		}
		if rest, ok := strings.CutPrefix(l, " "); ok && len(lines) > 0 {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, l)
	}
	var open []*component
	for i, l := range lines {
		p := propForm.FindStringSubmatch(l)
		if p == nil {
			return nil, fmt.Errorf("not a content line: %q", l)
		}
		switch name, value := p[1]+p[2], p[3]; name {
		case "BEGIN":
			open = append(open, &component{name: value, props: map[string]string{}})
		case "END":
			last := open[len(open)-1]
			if last.name != value {
				return nil, fmt.Errorf("%s ends %s", value, last.name)
			}
			open = open[:len(open)-1]
			if len(open) == 0 {
				if i != len(lines)-1 {
					return nil, fmt.Errorf("text after the end")
				}
				return last, last.check()
			}
			open[len(open)-1].subs = append(open[len(open)-1].subs, *last)
		default:
			if len(open) == 0 {
				return nil, fmt.Errorf("%q stands outside", l)
			}
			c := open[len(open)-1]
			if _, ok := c.props[name]; ok {
				return nil, fmt.Errorf("%s twice", name)
			}
			text, err := unescape(value)
			if err != nil {
				return nil, err
			}
			c.props[name] = text
		}
	}
	return nil, fmt.Errorf("no end")
}

func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && strings.IndexByte(`\;,nN`, s[i+1]) >= 0:
			i++
			if s[i] == 'n' || s[i] == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(s[i])
			}
		case c == '\\' || c == ';' || c == ',' || c < ' ' || c == 0x7f:
			return "", fmt.Errorf("%q at %d is not escaped: %q", c, i, s)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

func (c *component) check() error {
	if c.name != "VCALENDAR" || c.props["VERSION"] != "2.0" || c.props["PRODID"] == "" || len(c.props) != 3 || c.props["CALSCALE"] != "GREGORIAN" {
		return fmt.Errorf("calendar %s %v", c.name, c.props)
	}
	uids := map[string]bool{}
	for _, e := range c.subs {
		start, end := e.props["DTSTART;VALUE=DATE"], e.props["DTEND;VALUE=DATE"]
		if e.name != "VEVENT" || uids[e.props["UID"]] || e.props["UID"] == "" || !stampForm.MatchString(e.props["DTSTAMP"]) ||
			!dateForm.MatchString(start) || !dateForm.MatchString(end) || end <= start {
			return fmt.Errorf("event %s %v", e.name, e.props)
		}
		uids[e.props["UID"]] = true
	}
	return nil
}

var stamp = time.Date(2026, 1, 12, 3, 4, 5, 0, time.FixedZone("", 12600))

func export(t testing.TB, plan *calendar.Plan, constituency string, on string, x calendar.Export) *component {
	t.Helper()
	s, err := plan.Schedule(constituency, day(t, on), calendar.All)
	if err != nil {
		t.Fatal(err)
	}
	c, err := readICalendar(s.ICalendar(x))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *component) event(uid string) map[string]string {
	i := slices.IndexFunc(c.subs, func(e component) bool { return e.props["UID"] == uid })
	if i < 0 {
		return nil
	}
	return c.subs[i].props
}

func TestICalendar(t *testing.T) {
	plan := &calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: calendar.Stages()}
	x := calendar.Export{Calendar: "round-7@sandogh", Stamp: stamp, Lang: calendar.Persian}
	c := export(t, plan, "", "1404-10-22", x)
	if len(c.subs) != 27 { // the ten stages with no day at all are left out
		t.Errorf("%d events", len(c.subs))
	}
	for uid, want := range map[string]map[string]string{
		"registration-city.round-7@sandogh": {
			"DTSTAMP": "20260111T233405Z", "SEQUENCE": "0", "DTSTART;VALUE=DATE": "20260111", "DTEND;VALUE=DATE": "20260118",
			"SUMMARY;LANGUAGE=fa":     "ثبت‌نام داوطلبان شوراهای شهر",
			"DESCRIPTION;LANGUAGE=fa": "یکشنبه ۲۱ دی ۱۴۰۴ تا شنبه ۲۷ دی ۱۴۰۴\nقانونی\nمسئول: county",
			"CATEGORIES":              "LEGAL", "TRANSP": "TRANSPARENT"},
		"polling-day.round-7@sandogh":  {"DTSTART;VALUE=DATE": "20260501", "DTEND;VALUE=DATE": "20260502", "DESCRIPTION;LANGUAGE=fa": "جمعه ۱۱ اردیبهشت ۱۴۰۵\nقانونی\nمسئول: all"},
		"repeat-limit.round-7@sandogh": {"DTSTART;VALUE=DATE": "20260630", "DTEND;VALUE=DATE": "20260701"},
		"credentials.round-7@sandogh":  {"DTSTART;VALUE=DATE": "20260509", "DTEND;VALUE=DATE": "20260510"},
	} {
		got := c.event(uid)
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s: %s is %q, want %q", uid, name, got[name], value)
			}
		}
	}

	// A stage that moves keeps its UID and raises its sequence; a constituency
	// has UIDs of its own.
	plan.Events = []calendar.Event{{Event: calendar.Postpone, On: day(t, "1404-10-22"), Constituency: "طبس; a,b", PollingDay: day(t, "1405-03-01")}}
	x.Lang = calendar.English
	moved := export(t, plan, "طبس; a,b", "1404-10-22", x)
	p := moved.event("polling-day.طبس; a,b.round-7@sandogh")
	if p["SEQUENCE"] != "1" || p["DTSTART;VALUE=DATE"] != "20260522" || p["SUMMARY;LANGUAGE=en"] != "Polling day" {
		t.Errorf("polling day %v", p)
	}
	if p := export(t, plan, "", "1404-10-22", x).event("polling-day.round-7@sandogh"); p["SEQUENCE"] != "0" || p["DTSTART;VALUE=DATE"] != "20260501" {
		t.Errorf("polling day elsewhere %v", p)
	}
}

// Whatever a title holds is written so that it can be read.
func TestICalendarText(t *testing.T) {
	stages := calendar.Stages()
	titles := []string{`a;b,c\d\n`, strings.Repeat("ن", 199), strings.Repeat("x", 74), strings.Repeat("ی‌", 60), "\U0001F5F3" + strings.Repeat("\U0001F5F3a", 60), " space at the ends "}
	for i, s := range titles {
		stages[i].TitleFa = s
	}
	plan := &calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: stages}
	c := export(t, plan, "", "1404-10-22", calendar.Export{Calendar: "x", Stamp: stamp, Lang: calendar.Persian})
	for i, want := range titles {
		if got := c.event(stages[i].ID + ".x")["SUMMARY;LANGUAGE=fa"]; got != want {
			t.Errorf("%q is read as %q", want, got)
		}
	}
}

// The reader of this test refuses what RFC 5545 does.
func TestReaderRefuses(t *testing.T) {
	plan := &calendar.Plan{PollingDay: day(t, "1405-02-11"), Stages: calendar.Stages()}
	s, err := plan.Schedule("", plan.PollingDay, calendar.All)
	if err != nil {
		t.Fatal(err)
	}
	good := string(s.ICalendar(calendar.Export{Calendar: "x", Stamp: stamp, Lang: calendar.English}))
	if _, err := readICalendar([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"\r\n", "\n"}, {"\r\nSUMMARY", "\r\nUID:again\r\nSUMMARY"}, {"LEGAL\r\n", "LEGAL;OTHER\r\n"}, {"LEGAL\r\n", strings.Repeat("L", 80) + "\r\n"},
		{"END:VCALENDAR", "END:VEVENT"}, {"UID:resignation-city.x", "UID:resignation-village.x"}, {"VERSION:2.0", "VERSION:1.0"}, {"\r\n ", "\r\n"},
	} {
		bad := strings.Replace(good, c[0], c[1], 1)
		if bad == good {
			t.Errorf("nothing to replace: %q", c[0])
		} else if _, err := readICalendar([]byte(bad)); err == nil {
			t.Errorf("%q in place of %q is accepted", c[1], c[0])
		}
	}
}

func BenchmarkICalendar(b *testing.B) {
	plan := &calendar.Plan{PollingDay: day(b, "1405-02-11"), Stages: calendar.Stages()}
	s, err := plan.Schedule("", plan.PollingDay, calendar.All)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.ICalendar(calendar.Export{Calendar: "x", Stamp: stamp, Lang: calendar.Persian})
	}
}
