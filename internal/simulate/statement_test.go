package simulate_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/shared"
	"github.com/sandogh/sandogh/internal/simulate"
)

// statement reads a real statement of votes from ../shared/data, or skips.
func statement(t *testing.T, name string) *simulate.Statement {
	t.Helper()
	f, err := os.Open(shared.Path(t, "data", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := simulate.ReadStatement(f, name, 4)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The simulated ballots of every precinct must have exactly the file's votes,
// undervotes and overvotes, whatever the seed.
func TestBallotsHaveTheStatementsNumbers(t *testing.T) {
	for name, ballots := range map[string]int{"boulder-2023-city-council.csv": 34249, "lafayette-2023-city-council.csv": 11357} {
		t.Run(name, func(t *testing.T) {
			s := statement(t, name)
			for _, seed := range []uint64{0, 7} {
				e, err := s.Election("test", seed, 0)
				if err != nil {
					t.Fatal(err)
				}
				total := 0
				for i, b := range e.Branches {
					p := &s.Precincts[i]
					votes := make([]int, len(s.Candidates))
					empty := 0
					voters := b.Voters()
					total += len(voters)
					for _, voter := range voters {
						v := voter[0].Codes
						if len(v) > s.Seats || !slices.IsSorted(v) || len(slices.Compact(slices.Clone(v))) != len(v) {
							t.Fatalf("precinct %s: ballot %v", p.Code, v)
						}
						empty += s.Seats - len(v)
						for _, c := range v {
							votes[c-1]++
						}
					}
					if len(voters) != p.Ballots || !slices.Equal(votes, p.Votes) || empty != p.Undervotes+s.Seats*p.Overvotes {
						t.Errorf("precinct %s: %v votes, %d empty slots on %d ballots; the file has %v, %d, %d",
							p.Code, votes, empty, len(voters), p.Votes, p.Undervotes+s.Seats*p.Overvotes, p.Ballots)
					}
				}
				if total != ballots {
					t.Errorf("%d ballots, want %d", total, ballots)
				}
			}
		})
	}
}

func TestReadStatementRefuses(t *testing.T) {
	const head = "precinct,active_voters,ballots,candidate,votes,undervotes,overvotes\n"
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", "the file is empty"},
		{"header", "a,b\n", "x.csv:1: the first line is"},
		{"no precinct", head, "no precinct"},
		{"fields", head + "1,10,2,A\n", "x.csv:2: 4 fields"},
		{"number", head + "1,10,two,A,1,1,0\n", `x.csv:2: ballots: "two" is not a whole number`},
		{"negative", head + "1,10,2,A,-1,1,0\n", `votes: "-1"`},
		{"leading zero", head + "1,10,2,A,01,1,0\n", `votes: "01"`},
		{"huge", head + "1,10,2,A,99999999999,1,0\n", `votes: "99999999999"`},
		{"no name", head + "1,10,2,,1,1,0\n", "must not be empty"},
		{"differs", head + "1,10,2,A,1,1,0\n1,10,3,B,0,1,0\n", "x.csv:3: precinct 1: active_voters, ballots"},
		{"twice", head + "1,10,2,A,1,1,0\n1,10,2,A,1,1,0\n", "x.csv:3: precinct 1 has candidate A twice"},
		{"missing", head + "1,10,1,A,1,0,0\n1,10,1,B,0,0,0\n2,10,0,A,0,0,0\n", "precinct 2 has no line for candidate B"},
		{"sum", head + "1,10,2,A,1,0,0\n", "check the number of seats"},
		{"too many", head + "1,10,2,A,3,-1,0\n", `undervotes: "-1"`},
		{"more votes than ballots", head + "1,10,2,A,2,-0,0\n", `undervotes: "-0"`},
		{"too large", head + "1,10,900000,A,900000,0,0\n", "at most 70000"},
		{"same id", head + "1 2,10,1,A,1,0,0\n1/2,10,1,A,1,0,0\n", "have the same id"},
		{"quote in the first field", head + "1,10,1,A,1,0,0\n\"1\"x,10,1,A,1,0,0\n", "x.csv:3"},
		{"quote", head + "1,10,2,\"A,1,1,0\n", "x.csv:2"},
		{"long", head + strings.Repeat("7", 33) + ",10,1,A,1,0,0\n", "at most 32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := simulate.ReadStatement(strings.NewReader(c.in), "x.csv", 1)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want …%s…", err, c.want)
			}
		})
	}
	two := head + "1,10,2,A,x,1,0\n1,10,2,B,y,1,0\n"
	if _, err := simulate.ReadStatement(strings.NewReader(two), "x.csv", 1); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("all faults must be listed: %v", err)
	}
	if _, err := simulate.ReadStatement(strings.NewReader(head), "x.csv", 0); err == nil {
		t.Error("no seats accepted")
	}
}

func FuzzReadStatement(f *testing.F) {
	f.Add("precinct,active_voters,ballots,candidate,votes,undervotes,overvotes\n1,10,2,A,1,1,0\n")
	f.Fuzz(func(t *testing.T, in string) {
		s, err := simulate.ReadStatement(strings.NewReader(in), "x.csv", 1)
		if err != nil || len(s.Precincts) > 50 {
			return
		}
		for _, p := range s.Precincts {
			if p.Ballots > 1000 {
				return
			}
		}
		e, err := s.Election("fuzz", 1, 0)
		if err != nil {
			return // the definition has limits of its own
		}
		for i, b := range e.Branches {
			if n := len(b.Voters()); n != s.Precincts[i].Ballots {
				t.Errorf("%d ballots, want %d", n, s.Precincts[i].Ballots)
			}
		}
	})
}
