package kiosk_test

import (
	"fmt"
	"testing"

	"github.com/sandogh/sandogh/election"
)

// BenchmarkColdStart is the time from the start of a device with 3,000 candidates, of
// which 21 are chosen, to its idle page: a voter's process is then ready.
func BenchmarkColdStart(b *testing.B) {
	def := definition(b)
	c, ok := def.Contest("karaj")
	if !ok {
		b.Fatal("no contest karaj")
	}
	c.VoteLimit, c.Seats, c.Candidates = 21, 21, nil
	for i := range 3000 {
		c.Candidates = append(c.Candidates, election.Candidate{ID: fmt.Sprint(101 + i), Name: election.Name{Fa: fmt.Sprintf("نامزد شمارهٔ %d", i+1)}})
	}
	r := newRigOf(b, def)
	r.open()
	for b.Loop() {
		b.StopTimer()
		r.stop()
		b.StartTimer()
		r.start()
		r.until(r.home.URL, `data-place="idle"`)
	}
}
