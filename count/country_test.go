package count_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
)

// seed is that of the invented country; a failure prints it.
const seed = 1405

// country returns the contests of a whole country with their votes: 36,499
// councils of 3 to 15 seats with 10 to 500 candidates, most of them villages,
// and one of 21 seats with 2,700 candidates on lists.
func country() []count.Input {
	r := rand.New(rand.NewPCG(seed, seed))
	law := &election.Law{Article: article, Version: "1403", State: election.InForce}
	add := func(seats, alternates, n, ballots int) count.Input {
		c := &election.Contest{
			ID: "c", Rule: election.PluralityAtLarge, Article: article, Seats: seats, Alternates: alternates, VoteLimit: seats, TieOrder: fullOrder,
		}
		in := count.Input{Contest: c, Law: law, Votes: make([]int, n), Ballots: ballots}
		left := ballots * seats
		for i := range n {
			id := fmt.Sprint(1000 + i)
			c.Candidates = append(c.Candidates, election.Candidate{ID: id, Name: election.Name{Fa: "نامزد " + id}, Veteran: r.IntN(5) == 0, Degree: r.IntN(9)})
			v := min(int(float64(left)/float64(n)*2*r.Float64()), ballots, left)
			in.Votes[i] = v
		}
		sum := 0
		for _, v := range in.Votes {
			sum += v
		}
		in.Blank = max(left-sum, 0)
		if sum > left { // drop what does not fit
			in.Contest.VoteLimit = 0
		}
		return in
	}
	var all []count.Input
	for i := range 36_499 {
		switch {
		case i < 35_000: // villages
			all = append(all, add(3+2*r.IntN(2), 2+r.IntN(2), 10+r.IntN(10), 200+r.IntN(1500)))
		case i < 36_300:
			all = append(all, add(5+2*r.IntN(3), 3+r.IntN(4), 15+r.IntN(60), 2000+r.IntN(60_000)))
		default:
			all = append(all, add(9+2*r.IntN(4), 6+r.IntN(5), 100+r.IntN(400), 50_000+r.IntN(500_000)))
		}
	}
	tehran := add(21, 11, 2700, 2_800_000)
	tehran.Contest.Rule = election.RoundThenShare
	for i := range 40 {
		id := fmt.Sprint("L", i+1)
		tehran.Contest.Lists = append(tehran.Contest.Lists, election.List{ID: id, Name: election.Name{Fa: "فهرست " + id}})
		for j := range 21 {
			x := i*21 + j
			tehran.Contest.Candidates[x].List = id
			tehran.Votes[x] = min(tehran.Votes[x]*(60-i)/5, tehran.Ballots)
		}
	}
	tehran.Contest.VoteLimit = 0
	return append(all, tehran)
}

func countAll(b testing.TB, all []count.Input) (elected, questions int) {
	for i := range all {
		out, err := count.Count(all[i])
		if err != nil {
			b.Fatalf("seed %d, contest %d: %v", seed, i, err)
		}
		elected += len(out.Elected)
		questions += len(out.Questions)
	}
	return elected, questions
}

// Counting a country: every contest once, keeping nothing but who is elected.
func BenchmarkCountry(b *testing.B) {
	all := country()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		n, _ = countAll(b, all)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(n), "elected")
	b.ReportMetric(float64(len(all)), "contests")
	b.ReportMetric(float64(after.Sys)/(1<<20), "MiB-of-process")
	b.ReportMetric(float64(before.HeapAlloc)/(1<<20), "MiB-of-input")
	b.ReportAllocs()
}

func TestCountry(t *testing.T) {
	if testing.Short() {
		t.Skip("the country takes seconds")
	}
	elected, questions := countAll(t, country())
	if elected < 36_500*3 || questions == 0 {
		t.Errorf("seed %d: %d elected, %d questions", seed, elected, questions)
	}
}
