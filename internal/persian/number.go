package persian

import (
	"errors"
	"strconv"
	"strings"
)

// ascii returns the ASCII digit for one in Persian or Arabic-Indic digits, and
// every other rune as it is.
func ascii(r rune) rune {
	switch {
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	}
	return r
}

// ASCII writes Persian and Arabic-Indic digits as ASCII.
func ASCII(s string) string { return strings.Map(ascii, s) }

// Digits writes ASCII digits as Persian ones.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, s)
}

// Number writes n in Persian digits, grouped by thousands: ۱٬۲۳۴٬۵۶۷.
func Number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "٬" + s[i:]
	}
	return Digits(s)
}

// Errors of [NationalNumber]. They never hold the number.
var (
	errDigits = errors.New("read national number: not ten digits: write all ten, with the zeros at the beginning")
	errEqual  = errors.New("read national number: ten equal digits: no such number is issued")
	errCheck  = errors.New("read national number: the check digit does not fit: compare it with the card")
)

// NationalNumber returns a national number in ASCII digits if it can be one: ten
// digits, not all equal, the last of which checks the others,
//
//	r = Σ d_i·(11−i) mod 11 for i = 1..9,   d_10 = r if r < 2, else 11−r.
//
// It does not tell whether the number was issued. The error does not hold it.
func NationalNumber(s string) (string, error) {
	s = ASCII(s)
	if len(s) != 10 || strings.Trim(s, "0123456789") != "" {
		return "", errDigits
	}
	if strings.Count(s, s[:1]) == len(s) {
		return "", errEqual
	}
	r := 0
	for i := range 9 {
		r += int(s[i]-'0') * (10 - i)
	}
	r %= 11
	if r >= 2 {
		r = 11 - r
	}
	if int(s[9]-'0') != r {
		return "", errCheck
	}
	return s, nil
}
