package simulate

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sandogh/sandogh/election"
)

// Roll writes a roll of invented voters, as CSV: n in each branch, every
// hundredth of them too young to vote. Their national numbers begin with 999, of
// which none was issued, and have the right check digit; the place says that they
// are simulated. It refuses a definition that is not for practice.
func Roll(w io.Writer, d *election.Definition, seed uint64, n int) error {
	if !d.Practice {
		return errors.New("make roll: the definition is not for practice: nobody is invented in it")
	}
	if all := n * len(d.Branches); n < 0 || all > 999_999 {
		return fmt.Errorf("make roll: %d voters in %d branches: at most 999999 are invented", n, len(d.Branches))
	}
	day, err := time.Parse(time.DateOnly, d.PollingDay)
	if err != nil {
		return fmt.Errorf("make roll: polling day: %w", err)
	}
	out := bufio.NewWriter(w)
	c := csv.NewWriter(out)
	c.Write([]string{"national_number", "name", "father", "birth", "place", "branch"})
	r := newRNG(seed, "roll")
	at := 0
	for _, b := range d.Branches {
		for i := range n {
			at++
			age := 18 + r.IntN(75)
			if i%100 == 99 {
				age = 17
			}
			birth := fmt.Sprintf("%04d-%02d-%02d", day.Year()-621-1-age, 1+r.IntN(12), 1+r.IntN(29))
			if age == 17 { // on any day of the year
				birth = fmt.Sprintf("%04d-%02d-%02d", day.Year()-621-16, 1+r.IntN(12), 1+r.IntN(29))
			}
			name := pick(r, givenNames) + " " + pick(r, familyFirst) + pick(r, familyLast)
			c.Write([]string{nationalNumber(999_000_000 + at), name, pick(r, givenNames), birth, "شبیه‌سازی‌شده", b.ID})
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("make roll: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("make roll: %w", err)
	}
	return nil
}

func pick(r *rng, from []string) string { return from[r.IntN(len(from))] }

// nationalNumber adds the check digit to nine others.
func nationalNumber(nine int) string {
	s := fmt.Sprintf("%09d", nine)
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (10 - i)
	}
	if sum %= 11; sum >= 2 {
		sum = 11 - sum
	}
	return fmt.Sprint(s, sum)
}

// Parts of invented names; the family names say that they are.
var (
	givenNames = []string{"آرش", "آزاده", "احمد", "بهاره", "بهمن", "پروین", "پویا", "ترانه", "ثریا", "جهان", "چکامه", "حامد", "خورشید", "داود", "رامین", "رضا", "زهره",
		"ژاله", "سیاوش", "شیرین", "صادق", "طاهره", "عباس", "علی‌رضا", "فاطمه", "فرهاد", "کاوه", "کبری", "گلنار", "لاله", "محمدحسین", "مریم", "نادر", "وحید", "هانیه", "یاسر"}
	familyFirst = []string{"نمونه", "فرضی", "آزمون", "مثال", "تمرین", "خیالی", "پندار", "گمان"}
	familyLast  = []string{"‌پور", "‌زاده", "‌نژاد", "‌فر", "‌راد", " تهرانی", " شیرازی", " رشتی", " یزدی", " تبریزی"}
)
