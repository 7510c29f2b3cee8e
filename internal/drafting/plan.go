package drafting

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/law"
)

// DefaultMinUnit is the fewest ballots that are opened together in a contest
// with no more candidates than that.
const DefaultMinUnit = 50

// A Plan is what is to be held, beside what the files say. The comment of a
// field names the flag by which faults call it.
type Plan struct {
	County       string            // --county: name, code, or PROVINCE/NAME
	PollingDay   calendar.Day      // --polling-day
	Name         election.Name     // --name-fa, --name-en; if empty, made of county and day
	Practice     bool              // --practice
	MinUnit      int               // --min-unit; 0: DefaultMinUnit
	Proportional []string          // --proportional: codes of cities
	ListMin      int               // --list-min: fewest candidates of a list there
	ByElections  []ByElection      // --by-election
	Omit         []string          // --omit: codes of places that elect no council
	Rulings      map[string]string // --ruling: of an article, hex SHA-256 of what allows its draft

	// VoteAlternates is --vote-limit members-and-alternates: a voter may name as
	// many as there are members and alternates, which the law leaves open.
	VoteAlternates bool

	Register *law.Register // nil: as published
}

// A ByElection is a contest for the Majlis or for the Assembly of Experts.
type ByElection struct {
	Kind     string // election.KindMajlis or election.KindExperts
	ID, Name string
	Seats    int
	District string // id; empty: the county for the Majlis, the province for the Experts
}

// ParseByElection reads KIND[:SEATS][@DISTRICT]=ID:NAME, such as
// "majlis=karaj:Karaj" or "majlis:2@0301=karaj:Karaj". There is one seat if no
// number is written.
func ParseByElection(s string) (ByElection, error) {
	bad := func(text string, args ...any) (ByElection, error) {
		return ByElection{}, fmt.Errorf("read by-election: "+text+": write KIND=ID:NAME, such as majlis=karaj:Karaj", args...)
	}
	left, right, ok := strings.Cut(s, "=")
	if !ok {
		return bad("%s has no =", show(s))
	}
	x := ByElection{Seats: 1}
	left, x.District, ok = strings.Cut(left, "@")
	if ok && !election.ValidID(x.District) {
		return bad("%s is not the id of a district", show(x.District))
	}
	kind, seats, ok := strings.Cut(left, ":")
	if ok {
		n, err := strconv.Atoi(seats)
		if err != nil || n < 1 || n > election.MaxVoteLimit {
			return bad("%s is not a number of seats from 1 to %d", show(seats), election.MaxVoteLimit)
		}
		x.Seats = n
	}
	if x.Kind = kind; kind != election.KindMajlis && kind != election.KindExperts {
		return bad("%s is neither majlis nor experts", show(kind))
	}
	x.ID, x.Name, ok = strings.Cut(right, ":")
	if !ok || !election.ValidID(x.ID) || strings.TrimSpace(x.Name) == "" {
		return bad("%s is not ID:NAME", show(right))
	}
	x.Name = strings.TrimSpace(x.Name)
	return x, nil
}
