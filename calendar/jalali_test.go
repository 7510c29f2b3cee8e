package calendar_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"pgregory.net/rapid"
)

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every day of 1300 to 1500, with its day of the week, is that of ICU.
func TestEveryDayAgainstICU(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("SANDOGH_REQUIRE_NODE") == "1" {
			t.Fatal(err)
		}
		t.Skipf("node is not present: %v", err)
	}
	first, last := day(t, "1300-01-01"), day(t, "1500-12-29")
	script := fmt.Sprintf(`const f = new Intl.DateTimeFormat("en-US-u-ca-persian-nu-latn",
	 {year: "numeric", month: "numeric", day: "numeric", weekday: "long", timeZone: "UTC"});
	const out = [];
	for (let d = %d; d <= %d; d++) {
	 const p = Object.fromEntries(f.formatToParts(new Date(d * 86400000)).map(x => [x.type, x.value]));
	 out.push([p.year, p.month, p.day, p.weekday].join(" "));
	}
	process.stdout.write(out.join("\n"));`, first-2440588, last-2440588)
	var stderr bytes.Buffer
	cmd := exec.Command(node, "-e", script)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	lines := strings.Split(string(out), "\n")
	if want := int(last-first) + 1; len(lines) != want || want < 201*365 {
		t.Fatalf("%d days from node, %d here", len(lines), want)
	}
	for i, want := range lines {
		d := first + calendar.Day(i)
		y, m, n := d.Jalali()
		weekday, _, _ := strings.Cut(d.In(calendar.English), " ")
		if got := fmt.Sprintf("%d %d %d %s", y, m, n, weekday); got != want {
			t.Fatalf("%s is %s, ICU says %s", d.Gregorian(), got, want)
		}
		if back, err := calendar.Jalali(y, m, n); err != nil || back != d {
			t.Fatalf("%s goes back to %d, %v", want, back, err)
		}
	}
}

// The leap years of the civil calendar, as a fixed table.
func TestLeapYears(t *testing.T) {
	var leap []int
	for y := 1300; y <= 1500; y++ {
		if calendar.Leap(y) {
			leap = append(leap, y)
		}
	}
	want := "[1300 1304 1309 1313 1317 1321 1325 1329 1333 1337 1342 1346 1350 1354 1358 1362 1366 1370 1375 1379 1383 1387 1391 1395 1399 1403 1408 1412 1416 1420" +
		" 1424 1428 1432 1436 1441 1445 1449 1453 1457 1461 1465 1469 1474 1478 1482 1486 1490 1494 1498]"
	if got := fmt.Sprint(leap); got != want {
		t.Errorf("leap years\n%s, want\n%s", got, want)
	}
}

func TestKnownDays(t *testing.T) {
	for _, c := range []struct{ jalali, gregorian, fa, en string }{
		{"1405-02-11", "2026-05-01", "جمعه ۱۱ اردیبهشت ۱۴۰۵", "Friday 11 Ordibehesht 1405"},
		{"1404-10-22", "2026-01-12", "دوشنبه ۲۲ دی ۱۴۰۴", "Monday 22 Dey 1404"},
		{"1403-12-30", "2025-03-20", "پنجشنبه ۳۰ اسفند ۱۴۰۳", "Thursday 30 Esfand 1403"},
		{"1404-01-01", "2025-03-21", "جمعه ۱ فروردین ۱۴۰۴", "Friday 1 Farvardin 1404"},
		{"1357-11-22", "1979-02-11", "یکشنبه ۲۲ بهمن ۱۳۵۷", "Sunday 22 Bahman 1357"},
		{"1300-01-01", "1921-03-21", "دوشنبه ۱ فروردین ۱۳۰۰", "Monday 1 Farvardin 1300"},
	} {
		d := day(t, c.jalali)
		if d.String() != c.jalali || d.Gregorian() != c.gregorian || d.In(calendar.Persian) != c.fa || d.In(calendar.English) != c.en {
			t.Errorf("%s is %s, %s, %s, %s", c.jalali, d, d.Gregorian(), d.In(calendar.Persian), d.In(calendar.English))
		}
		if g, _ := time.Parse(time.DateOnly, c.gregorian); calendar.DayOf(g.Date()) != d {
			t.Errorf("%s is not %s", c.gregorian, c.jalali)
		}
	}
	if sat := day(t, "1405-02-12"); sat.Weekday() != 0 {
		t.Errorf("Saturday is day %d of the week", sat.Weekday())
	}
}

func TestParseDay(t *testing.T) {
	want := day(t, "1405-02-11")
	for _, s := range []string{"1405/2/11", "۱۴۰۵-۰۲-۱۱", "١٤٠٥/٠٢/١١", "۱۴۰۵/2/١١"} {
		if d, err := calendar.ParseDay(s); err != nil || d != want {
			t.Errorf("%s is %v, %v", s, d, err)
		}
	}
	for s, text := range map[string]string{
		"":            "write a Jalali date",
		"1405-02":     "write a Jalali date",
		"1405-02/11":  "write a Jalali date",
		"1405-02-11 ": "write a Jalali date",
		"05-02-11":    "write a Jalali date",
		"1405-13-01":  "no month 13",
		"1405-00-01":  "no month 0",
		"1405-07-31":  "has 30 days",
		"1404-12-30":  "has 29 days",
		"1405-02-00":  "has 31 days, not 0",
		"1299-12-29":  "not between 1300 and 1500",
		"1501-01-01":  "not between 1300 and 1500",
		"2026-05-01":  "write the Jalali 1405-02-11",
		"-1405-02-11": "write a Jalali date",
	} {
		if d, err := calendar.ParseDay(s); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q is %v, %v", s, d, err)
		}
	}
	if err := new(calendar.Day).UnmarshalText([]byte("1405/2/11")); err == nil {
		t.Error("a file may write a date in two ways")
	}
}

// A day later is the next date.
func TestDaysFollow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Custom(anyDay).Draw(t, "day")
		y, m, n := d.Jalali()
		y2, m2, n2 := (d + 1).Jalali()
		switch {
		case y2 == y && m2 == m && n2 == n+1:
		case y2 == y && m2 == m+1 && n2 == 1 && n >= 29:
		case y2 == y+1 && m == 12 && m2 == 1 && n2 == 1:
		default:
			t.Fatalf("%v is followed by %v", d, d+1)
		}
		if (d + 1).Weekday() != (d.Weekday()+1)%7 {
			t.Fatalf("%v: the week jumps", d)
		}
	})
}

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"1405-02-11", "۱۴۰۵/۲/۱۱", "2026-05-01", "1404-12-30"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDay(s)
		if err != nil {
			return
		}
		var again calendar.Day
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Errorf("%q is %v, which is %v, %v", s, d, again, err)
		}
	})
}

func BenchmarkJalali(b *testing.B) {
	d := day(b, "1405-02-11")
	for b.Loop() {
		y, m, n := d.Jalali()
		if e, err := calendar.Jalali(y, m, n); err != nil || e != d {
			b.Fatal(e, err)
		}
	}
}

func anyDay(t *rapid.T) calendar.Day {
	first := calendar.DayOf(1921, time.March, 21)
	return first + calendar.Day(rapid.IntRange(0, 201*365).Draw(t, "days since 1300"))
}
