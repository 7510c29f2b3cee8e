// Package typed reads what people type: numbers and confirmation codes.
//
// Specification: spec/record.md, R17, for the form of a code.
//
// In go texts in any of the three scripts of digits, with the hyphens, spaces and
// marks of direction that copying brings along. Out come a number, or a code or
// its beginning in the one form that is looked up: upper case, without hyphens.
//
// What it never does: it guesses nothing but the letters that Crockford's base 32
// leaves out (O is 0, I and L are 1), and looks at no more than a few hundred
// bytes. It imports nothing that a browser need not load.
//
// How it fails: with a fault that a page can put into words.
//
// Sources: Douglas Crockford, Base 32.
package typed

import (
	"strconv"
	"strings"
)

// FoldDigits writes Persian (U+06F0…) and Arabic-Indic (U+0660…) digits as
// ASCII.
func FoldDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		}
		return r
	}, s)
}

// ParseNumber reads a number from 0 to 2⁵³ as people type it and as links have
// it; ok is false for anything else.
func ParseNumber(s string) (n uint64, ok bool) {
	s = FoldDigits(s)
	if len(s) == 0 || len(s) > 16 {
		return 0, false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n <= 1<<53
}

// Lengths of a confirmation code, without hyphens.
const (
	CodeLength    = 32 // 160 bits
	MinCodePrefix = 8
	maxCodeInput  = 200 // bytes that are looked at
)

// A CodeFault says what is wrong with a code that was typed.
type CodeFault string

// The faults of a code.
const (
	CodeEmpty   CodeFault = "empty"
	CodeShort   CodeFault = "short"
	CodeLong    CodeFault = "long"
	CodeForeign CodeFault = "foreign" // a character that no code has
)

// CleanCode returns a confirmation code, or the beginning of one, in the one
// form that is looked up: upper case without hyphens. Spaces, hyphens and marks
// of direction are dropped; O is read as 0, I and L as 1, and digits of the
// three scripts alike.
func CleanCode(typed string) (string, CodeFault) {
	if len(typed) > maxCodeInput {
		return "", CodeLong
	}
	var b strings.Builder
	for _, r := range FoldDigits(typed) {
		switch {
		case r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u00a0' || r == '-' || r == '\u2212' || r == '_' || r == '.',
			r >= '\u2010' && r <= '\u2015', // hyphens and dashes
			r >= '\u200b' && r <= '\u200f', // joiners and marks of direction
			r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			continue
		case r >= 'a' && r <= 'z':
			r += 'A' - 'a'
		}
		switch {
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		case r == 'U' || !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'):
			return "", CodeForeign
		}
		b.WriteRune(r)
	}
	switch s := b.String(); {
	case s == "":
		return "", CodeEmpty
	case len(s) < MinCodePrefix:
		return "", CodeShort
	case len(s) > CodeLength:
		return "", CodeLong
	default:
		return s, ""
	}
}
