package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Day is a civil day, as its Julian day number. The zero Day is no day.
type Day int

const (
	epoch     = 1948320 // 1 Farvardin 1, ICU's PERSIAN_EPOCH
	unixEpoch = 2440588 // 1 January 1970

	// MinYear and MaxYear bound the Jalali years of this package: there the
	// cycle agrees with the equinox, and with what was proclaimed.
	MinYear, MaxYear = 1300, 1500
)

// newYear returns 1 Farvardin of the year.
func newYear(y int) Day { return Day(epoch + 365*(y-1) + (8*y+21)/33) }

// Leap reports whether the Jalali year has 366 days.
func Leap(year int) bool { return newYear(year+1)-newYear(year) == 366 }

// monthLength returns the number of days of a month, 1 to 12.
func monthLength(y, m int) int {
	switch {
	case m <= 6:
		return 31
	case m <= 11 || Leap(y):
		return 30
	}
	return 29
}

// Jalali returns the day of a Jalali date, from 1300-01-01 to 1500-12-29.
func Jalali(year, month, day int) (Day, error) {
	if year < MinYear || year > MaxYear {
		return 0, fmt.Errorf("the year %d is not between %d and %d", year, MinYear, MaxYear)
	}
	if month < 1 || month > 12 {
		return 0, fmt.Errorf("there is no month %d", month)
	}
	if n := monthLength(year, month); day < 1 || day > n {
		return 0, fmt.Errorf("month %d of %d has %d days, not %d", month, year, n, day)
	}
	return newYear(year) + Day((month-1)*31-max(0, month-7)+day-1), nil
}

// Jalali returns the Jalali date of the day.
func (d Day) Jalali() (year, month, day int) {
	year = 1 + (33*(int(d)-epoch)+3)/12053
	n := int(d - newYear(year))
	if n < 6*31 {
		return year, n/31 + 1, n%31 + 1
	}
	n -= 6 * 31
	return year, n/30 + 7, n%30 + 1
}

// valid reports whether the day lies within the years of this package.
func (d Day) valid() bool { return d >= newYear(MinYear) && d < newYear(MaxYear+1) }

// DayOf returns the day of a date of the Gregorian calendar.
func DayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400) + unixEpoch
}

// Time returns midnight UTC of the day, for its date in the Gregorian calendar.
func (d Day) Time() time.Time { return time.Unix(86400*int64(d-unixEpoch), 0).UTC() }

// Gregorian returns the day as an ISO date, such as 2026-05-01.
func (d Day) Gregorian() string { return d.Time().Format(time.DateOnly) }

// String returns the day as a Jalali date, such as 1405-02-11.
func (d Day) String() string {
	if d == 0 {
		return ""
	}
	y, m, n := d.Jalali()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, n)
}

// Weekday returns the day of the week, from Saturday, 0, to Friday, 6.
func (d Day) Weekday() int { return int(d+2) % 7 }

// A Lang is a language in which people are told.
type Lang string

// The languages.
const (
	Persian Lang = "fa"
	English Lang = "en"
)

var weekdays = map[Lang][7]string{
	Persian: {"شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه"},
	English: {"Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"},
}

var months = map[Lang][12]string{
	Persian: {"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"},
	English: {"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"},
}

// In returns the day in words: «جمعه ۱۱ اردیبهشت ۱۴۰۵».
func (d Day) In(l Lang) string {
	y, m, n := d.Jalali()
	s := fmt.Sprintf("%s %d %s %d", weekdays[l][d.Weekday()], n, months[l][m-1], y)
	if l == Persian {
		return persianDigits(s)
	}
	return s
}

func persianDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '۰' + r - '0'
		}
		return r
	}, s)
}

// latinDigits writes Persian and Arabic-Indic digits as ASCII.
func latinDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		}
		return r
	}, s)
}

var dateForm = regexp.MustCompile(`^([0-9]{4})([-/])([0-9]{1,2})([-/])([0-9]{1,2})$`)

// ParseDay reads a Jalali date, year-month-day or year/month/day, in Persian,
// Arabic-Indic or ASCII digits.
func ParseDay(s string) (Day, error) {
	f := dateForm.FindStringSubmatch(latinDigits(s))
	if f == nil || f[2] != f[4] {
		return 0, fmt.Errorf("read date %q: write a Jalali date such as 1405-02-11", s)
	}
	y, _ := strconv.Atoi(f[1])
	m, _ := strconv.Atoi(f[3])
	n, _ := strconv.Atoi(f[5])
	d, err := Jalali(y, m, n)
	if err == nil {
		return d, nil
	}
	if y >= 1900 && y < 2200 && m >= 1 && m <= 12 {
		if g := DayOf(y, time.Month(m), n); g.valid() {
			return 0, fmt.Errorf("read date %q: that is a Gregorian date: write the Jalali %s", s, g)
		}
	}
	return 0, fmt.Errorf("read date %q: %w: write a Jalali date such as 1405-02-11", s, err)
}

// MarshalText returns the Jalali date.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a Jalali date in its one written form, 1405-02-11.
func (d *Day) UnmarshalText(text []byte) error {
	got, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	if got.String() != string(text) {
		return fmt.Errorf("read date %q: write it as %s", text, got)
	}
	*d = got
	return nil
}
