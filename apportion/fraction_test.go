package apportion_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/apportion"
)

func TestFraction(t *testing.T) {
	for s, want := range map[string]apportion.Fraction{"": {}, "1/5": {Num: 1, Den: 5}, "2/10": {Num: 2, Den: 10}, "1/1": {Num: 1, Den: 1}, "999999999/999999999": {Num: 999999999, Den: 999999999}} {
		f, err := apportion.ParseFraction(s)
		if err != nil || f != want || f.String() != s {
			t.Errorf("%q is %v, error %v", s, f, err)
		}
	}
	for _, s := range []string{"0/5", "1/0", "01/5", "-1/5", "1/-5", "1", "1/", "/5", "1/5/5", "1 /5", "20%", "0.2", "6/5", "1/1000000000", "۱/۵"} {
		if f, err := apportion.ParseFraction(s); err == nil {
			t.Errorf("%q is %v", s, f)
		}
	}
}

func TestReachedBy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.IntRange(1, 999_999_999).Draw(t, "den")
		num := rapid.IntRange(1, den).Draw(t, "num")
		whole := rapid.IntRange(1, 1<<62).Draw(t, "whole")
		part := rapid.OneOf(rapid.IntRange(0, whole), rapid.Just(whole/den*num)).Draw(t, "part")
		f := apportion.Fraction{Num: uint64(num), Den: uint64(den)}
		want := big.NewRat(int64(part), int64(whole)).Cmp(big.NewRat(int64(num), int64(den))) >= 0
		if f.ReachedBy(part, whole) != want || f.Lowest().ReachedBy(part, whole) != want {
			t.Fatalf("%d/%d ≥ %s is not %v", part, whole, f, want)
		}
		if got := f.Lowest().String(); got != big.NewRat(int64(num), int64(den)).String() {
			t.Fatalf("%s in lowest terms is %s", f, got)
		}
	})
	if !(apportion.Fraction{}).ReachedBy(0, 5) {
		t.Error("no threshold is not reached")
	}
}
