package apportion

import (
	"fmt"
	"math/bits"
	"regexp"
	"strconv"
)

// A Fraction is a part of a whole, such as a threshold: 0 < Num ≤ Den. The zero
// value is no fraction.
type Fraction struct{ Num, Den uint64 }

var fraction = regexp.MustCompile(`^([1-9][0-9]{0,8})/([1-9][0-9]{0,8})$`)

// ParseFraction reads a fraction such as "1/5": two whole numbers of at most
// nine digits, the first at most the second. Empty is no fraction. It need not
// be in lowest terms.
func ParseFraction(s string) (Fraction, error) {
	if s == "" {
		return Fraction{}, nil
	}
	m := fraction.FindStringSubmatch(s)
	if m == nil {
		return Fraction{}, fmt.Errorf("%s is not a fraction: write it as 1/5", strconv.QuoteToGraphic(s))
	}
	var f Fraction
	f.Num, _ = strconv.ParseUint(m[1], 10, 64) // the expression lets nothing else through
	f.Den, _ = strconv.ParseUint(m[2], 10, 64)
	if f.Num > f.Den {
		return Fraction{}, fmt.Errorf("%s is more than the whole: write at most 1/1", strconv.QuoteToGraphic(s))
	}
	return f, nil
}

// IsZero reports whether it is no fraction.
func (f Fraction) IsZero() bool { return f.Den == 0 }

// ReachedBy reports whether part/whole ≥ f, exactly; neither is negative.
func (f Fraction) ReachedBy(part, whole int) bool {
	hi1, lo1 := bits.Mul64(uint64(part), f.Den)
	hi2, lo2 := bits.Mul64(uint64(whole), f.Num)
	return hi1 > hi2 || hi1 == hi2 && lo1 >= lo2
}

// Lowest returns the fraction in lowest terms.
func (f Fraction) Lowest() Fraction {
	a, b := f.Num, f.Den
	for b != 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return f
	}
	return Fraction{f.Num / a, f.Den / a}
}

// String returns the fraction as it is written, or "".
func (f Fraction) String() string {
	if f.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d/%d", f.Num, f.Den)
}
