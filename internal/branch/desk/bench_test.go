package desk_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/roll"
)

// manyVoters is a large branch.
const manyVoters = 25_000

// BenchmarkCheckIn: the field, the person and the check-in, with a clerk's browser in
// the same process. cpu-ms is what both take of a processor.
func BenchmarkCheckIn(b *testing.B) {
	p := newPlaceOf(b, rollOf(manyVoters), 0, nil)
	s := p.seat("o1", "1")
	r := p.book.Roll()
	var grown []roll.Number
	for _, v := range r.Own() {
		if r.OldEnough(&v) {
			grown = append(grown, v.Number)
		}
	}
	i, before := 0, used(b)
	for b.Loop() {
		s.get("/desk")
		page := s.find(grown[i].Digits(), "May vote here")
		if code, _ := s.send("/desk/check-in", page); code != 200 {
			b.Fatal(code)
		}
		i++
	}
	b.ReportMetric(float64((used(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// used is how long this process has had a processor.
func used(b *testing.B) time.Duration {
	var u syscall.Rusage
	ok(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkPaper(b *testing.B) {
	p := newPlaceOf(b, rollOf(3000), 0, nil)
	s := p.seat("o2", "")
	for b.Loop() {
		if _, page := s.get("/desk-day/list"); !strings.HasPrefix(page, "%PDF") {
			b.Fatal("no list")
		}
	}
	own, _ := p.book.Roll().Len()
	b.ReportMetric(float64(own), "voters")
}
