package web

import "github.com/sandogh/sandogh/internal/typed"

// What people type is read by package typed, which also runs in browsers.

// Lengths of a confirmation code, without hyphens.
const (
	CodeLength    = typed.CodeLength
	MinCodePrefix = typed.MinCodePrefix
)

// A CodeFault says what is wrong with a code that was typed.
type CodeFault = typed.CodeFault

// The faults of a code.
const (
	CodeEmpty   = typed.CodeEmpty
	CodeShort   = typed.CodeShort
	CodeLong    = typed.CodeLong
	CodeForeign = typed.CodeForeign
)

// FoldDigits writes Persian and Arabic-Indic digits as ASCII.
func FoldDigits(s string) string { return typed.FoldDigits(s) }

// ParseNumber reads a number from 0 to 2⁵³ as people type it; ok is false for
// anything else.
func ParseNumber(s string) (n uint64, ok bool) { return typed.ParseNumber(s) }

// CleanCode returns a confirmation code, or the beginning of one, in the one
// form that is looked up.
func CleanCode(s string) (string, CodeFault) { return typed.CleanCode(s) }
