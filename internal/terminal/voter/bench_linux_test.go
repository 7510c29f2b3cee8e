package voter_test

import (
	"syscall"
	"testing"

	"github.com/sandogh/sandogh/internal/terminal"
)

// BenchmarkSealAndPrint is what a voter with 21 of 3,000 waits for: from the press
// on the review to the card on paper, the ballot durable in between; and how much
// of a processor that takes.
func BenchmarkSealAndPrint(b *testing.B) {
	x := newBench(b, 3000, 21)
	x.start()
	x.review(21)
	busy := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	var spent int64
	for b.Loop() {
		began := busy()
		x.do(act("seal"))
		x.until(terminal.Check)
		spent += busy() - began
		b.StopTimer()
		x.do(act("wrong"), act("another"))
		x.until(terminal.Review)
		b.StartTimer()
	}
	b.ReportMetric(float64(spent)/float64(b.N)/1e6, "cpu-ms/op")
}
