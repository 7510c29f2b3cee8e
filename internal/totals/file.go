package totals

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/law"
	"github.com/sandogh/sandogh/strictjson"
)

// seatsFile is a case of sandogh count seats (spec/schemas/count-seats.json).
type seatsFile struct {
	Name       string         `json:"name,omitempty"`
	Rule       string         `json:"rule"`
	Seats      int            `json:"seats"`
	Votes      map[string]int `json:"votes"`
	Candidates map[string]int `json:"candidates,omitempty"` // of groups that have fewer than the seats
	Threshold  string         `json:"threshold,omitempty"`
	Half       string         `json:"half,omitempty"`
	Expect     any            `json:"expect,omitempty"` // ignored
}

// Seats is the result of a case, in the form of the contract.
type Seats struct {
	Seats        map[string]int `json:"seats,omitempty"`
	Undetermined string         `json:"undetermined,omitempty"`
	QuotaSeats   map[string]int `json:"quota_seats,omitempty"`
	Tie          *Tie           `json:"tie,omitempty"`
	BeforeTie    map[string]int `json:"before_tie,omitempty"`
}

type Tie struct {
	Groups []string `json:"groups"`
	Seats  int      `json:"seats"`
}

var undetermined = map[string]string{
	apportion.OverAllocation:  "over-allocation",
	apportion.MoreSeats:       "more seats than candidates",
	apportion.NoVotes:         "no valid votes",
	apportion.ThresholdNobody: "no group reaches the threshold",
	apportion.Half:            "a half exactly",
}

// Part parts the seats of every case of a file.
func Part(data []byte) ([]Seats, strictjson.Faults) {
	var cases []seatsFile
	faults := strictjson.Unmarshal(data, whole, &cases)
	out := []Seats{}
	if len(faults) > 0 {
		return nil, faults
	}
	for i := range cases {
		o, f := cases[i].part(fmt.Sprintf("[%d]", i))
		faults = append(faults, f...)
		out = append(out, o)
	}
	return out, faults
}

// most bounds a number of votes in a file.
const most = 1 << 61

func (c *seatsFile) part(path string) (out Seats, faults strictjson.Faults) {
	add := func(p, text string, args ...any) {
		faults = append(faults, strictjson.Fault{Path: path + "." + p, Text: fmt.Sprintf(text, args...)})
	}
	if !slices.Contains(apportion.Rules(), c.Rule) {
		add("rule", "%q is not a rule: write one of %s", c.Rule, strings.Join(apportion.Rules(), ", "))
	}
	if c.Seats < 1 || c.Seats > election.MaxSeats {
		add("seats", "%d is out of range: write 1 to %d", c.Seats, election.MaxSeats)
	}
	o := apportion.Options{Half: c.Half}
	var err error
	if o.Threshold, err = apportion.ParseFraction(c.Threshold); err != nil {
		add("threshold", "%v", err)
	}
	switch halves := []string{apportion.HalfUp, apportion.HalfEven, apportion.HalfDown, apportion.HalfQuestion}; {
	case c.Half == "":
	case !slices.Contains(halves, c.Half):
		add("half", "%q is not known: write one of %s", c.Half, strings.Join(halves, ", "))
	case c.Rule != election.RoundThenShare:
		add("half", "%s rounds nothing: remove it, or write round-then-share", c.Rule)
	}
	var groups []apportion.Group
	for _, name := range slices.Sorted(maps.Keys(c.Votes)) {
		g := apportion.Group{Name: name, Votes: c.Votes[name], Limit: c.Seats}
		if g.Votes < 0 || g.Votes >= most {
			add("votes"+member(name), "%d votes: write 0 to 2^61", g.Votes)
		}
		if n, ok := c.Candidates[name]; ok {
			g.Limit = n
		}
		groups = append(groups, g)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Candidates)) {
		if _, ok := c.Votes[name]; !ok {
			add("candidates"+member(name), "there is no group %q: add its votes, or remove it", name)
		} else if c.Candidates[name] < 0 {
			add("candidates"+member(name), "%d candidates: write 0 or more", c.Candidates[name])
		}
	}
	if len(faults) > 0 {
		return out, faults
	}
	r, err := apportion.Seats(c.Rule, c.Seats, groups, o)
	if err != nil {
		add("votes", "%v: correct them", err)
		return out, faults
	}
	seats, first := map[string]int{}, map[string]int{}
	for _, g := range r.Groups {
		seats[g.Name], first[g.Name] = g.Seats, g.First
	}
	switch {
	case r.Open == nil:
		out.Seats = seats
	case r.Open.Kind == apportion.Tie:
		out.Tie, out.BeforeTie = &Tie{r.Open.Groups, r.Open.Seats}, seats
	default:
		out.Undetermined = undetermined[r.Open.Kind]
		switch r.Open.Kind {
		case apportion.OverAllocation, apportion.Half:
			out.QuotaSeats = first
		case apportion.MoreSeats:
			out.Seats = seats
		}
	}
	return out, nil
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)

// member writes a name as the last part of a path.
func member(name string) string {
	if plain.MatchString(name) {
		return "." + name
	}
	return fmt.Sprintf(".%q", name)
}

// contestFile is the file of sandogh count contest
// (spec/schemas/count-contest.json).
type contestFile struct {
	Name           string              `json:"name,omitempty"`
	Kind           string              `json:"kind,omitempty"`
	Rule           string              `json:"rule"`
	Law            lawFile             `json:"law,omitzero"`
	Seats          int                 `json:"seats"`
	Alternates     int                 `json:"alternates,omitempty"`
	VoteLimit      int                 `json:"vote_limit,omitempty"`
	TieOrder       []string            `json:"tie_order,omitempty"`
	Threshold      string              `json:"threshold,omitempty"`
	Half           string              `json:"half,omitempty"`
	AlternatesBy   string              `json:"alternates_by,omitempty"`
	ListLimits     election.ListLimits `json:"list_limits,omitzero"`
	Round          int                 `json:"round,omitempty"`
	PreviousResult string              `json:"previous_result,omitempty"`
	Candidates     []candidateFile     `json:"candidates"`
	Votes          map[string]int      `json:"votes"`
	Ballots        int                 `json:"ballots"`
	Blank          int                 `json:"blank,omitempty"`
}

type candidateFile struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	List    string `json:"list,omitempty"`
	Veteran bool   `json:"veteran,omitempty"`
	Degree  int    `json:"degree,omitempty"`
}

type lawFile struct {
	Article string `json:"article"`
	Version string `json:"version"`
	State   string `json:"state,omitempty"`
	Ruling  string `json:"ruling,omitempty"`
}

// ReadContest reads the totals of a contest.
func ReadContest(data []byte) (in count.Input, faults strictjson.Faults) {
	var f contestFile
	if faults = strictjson.Unmarshal(data, whole, &f); len(faults) > 0 {
		return in, faults
	}
	add := func(path, text string, args ...any) {
		faults = append(faults, strictjson.Fault{Path: path, Text: fmt.Sprintf(text, args...)})
	}
	c := f.contest()
	for _, x := range c.RuleFaults() {
		x.Path = strings.TrimSuffix(x.Path, ".fa")
		if strings.HasPrefix(x.Path, "lists") { // lists are what candidates name
			x.Path = "candidates"
		}
		faults = append(faults, x)
	}
	if f.VoteLimit < 0 || f.VoteLimit > election.MaxVoteLimit {
		add("vote_limit", "%d is out of range: write 1 to %d", f.VoteLimit, election.MaxVoteLimit)
	}
	if f.Ballots < 0 || f.Ballots > 1<<40 {
		add("ballots", "%d is out of range: write 0 to 2^40", f.Ballots)
	}
	if f.Blank < 0 || f.Blank > 1<<40 {
		add("blank", "%d is out of range: write 0 to 2^40", f.Blank)
	}
	in = count.Input{Contest: c, Votes: make([]int, c.N()), Ballots: f.Ballots, Blank: f.Blank}
	code := make(map[string]int, c.N())
	for i := range c.Candidates {
		code[c.Candidates[i].ID] = i
	}
	for _, id := range slices.Sorted(maps.Keys(f.Votes)) {
		i, ok := code[id]
		switch v := f.Votes[id]; {
		case !ok:
			add("votes"+member(id), "there is no candidate %q: add it to candidates, or remove its votes", id)
		case v < 0:
			add("votes"+member(id), "%d votes: write 0 or more", v)
		case v > f.Ballots:
			add("votes"+member(id), "%d votes on %d ballots: correct one", v, f.Ballots)
		default:
			in.Votes[i] = v
		}
	}
	lists := make(map[string]string, len(f.Candidates))
	for i, x := range f.Candidates {
		if first, ok := lists[x.ID]; ok && first != x.List {
			add(fmt.Sprintf("candidates[%d].list", i), "the candidate %q is on %q too: a candidate is on one list only, keep one", x.ID, first)
		}
		lists[x.ID] = x.List
	}
	l, fault := f.law()
	if fault != "" && slices.Contains(election.Rules(), f.Rule) {
		add("law", "%s", fault)
	}
	in.Law, c.Article = &l, l.Article
	if len(faults) == 0 {
		if _, err := count.Count(in); err != nil {
			add("votes", "%v: correct the numbers", err)
		}
	}
	return in, faults
}

// contest makes the contest that the file describes.
func (f *contestFile) contest() *election.Contest {
	c := &election.Contest{
		Kind: f.Kind, Rule: f.Rule, Seats: f.Seats, Alternates: f.Alternates, VoteLimit: f.VoteLimit, TieOrder: f.TieOrder,
		Threshold: f.Threshold, Half: f.Half, AlternatesBy: f.AlternatesBy, ListLimits: f.ListLimits, Round: f.Round, PreviousResult: f.PreviousResult,
	}
	if len(c.TieOrder) == 0 {
		c.TieOrder = []string{election.TieLot}
	}
	if c.VoteLimit == 0 && (c.Rule == election.SingleSeatPlurality || c.Rule == election.TwoRound) {
		c.VoteLimit = min(max(c.Seats, 0), election.MaxVoteLimit)
	}
	seen := make(map[string]bool)
	for _, x := range f.Candidates {
		name := election.Name{Fa: x.Name}
		if x.Name == "" {
			name = election.Name{En: x.ID}
		}
		if x.List == election.Independents {
			x.List = ""
		}
		c.Candidates = append(c.Candidates, election.Candidate{ID: x.ID, Name: name, List: x.List, Veteran: x.Veteran, Degree: x.Degree})
		if x.List != "" && !seen[x.List] {
			seen[x.List] = true
			c.Lists = append(c.Lists, election.List{ID: x.List, Name: election.Name{En: x.List}})
		}
	}
	return c
}

// law returns the article that the contest rests on: the one of the file, or
// what the register has for the rule, or the paper.
func (f *contestFile) law() (l election.Law, fault string) {
	if f.Law == (lawFile{}) {
		subject, ok := rests[f.Kind+"/"+f.Rule]
		if !ok {
			subject = rests["/"+f.Rule]
		}
		l = election.Law{Article: subject[0], Version: subject[1], State: election.InForce}
	} else {
		l = election.Law(f.Law)
	}
	switch v, ok := law.Lookup(l.Article, l.Version); {
	case ok && f.Law.State == "":
		l.State = string(v.State)
	case l.Article == "" || l.Version == "":
		return l, "no article and version: write both"
	case f.Law != (lawFile{}) && !slices.Contains([]string{election.InForce, election.Approved, election.Draft}, l.State):
		return l, fmt.Sprintf("%s, version %s, is not in the register: write its state, in-force, approved or draft", l.Article, l.Version)
	}
	return l, ""
}

// rests names the article, or the paper, that a rule rests on where a file names
// none, by kind of contest and rule.
var rests = map[string][2]string{
	"/" + election.PluralityAtLarge:           {"councils/plurality", "round-7"},
	"majlis/" + election.PluralityAtLarge:     {"majlis/by-election", "round-7"},
	"experts/" + election.PluralityAtLarge:    {"experts/election", "round-7"},
	"/" + election.SingleSeatPlurality:        {"majlis/by-election", "round-7"},
	"experts/" + election.SingleSeatPlurality: {"experts/election", "round-7"},
	"/" + election.TwoRound:                   {"majlis/general-election", "round-7"},
	"/" + election.RoundThenShare:             {"proportional/seats", "1404-07"},
	"/" + election.FloorThenShare:             {"proportional/seats", "chamber"},
	"/" + election.LargestRemainder:           {"Hamilton, Report on apportionment", "1792"},
	"/" + election.DHondt:                     {"D'Hondt, Système pratique et raisonné", "1882"},
	"/" + election.SainteLague:                {"Sainte-Laguë, La représentation proportionnelle", "1910"},
}
