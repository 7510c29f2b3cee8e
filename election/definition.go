package election

import (
	"github.com/sandogh/sandogh/apportion"
	"github.com/sandogh/sandogh/strictjson"
)

// Format is the value of Definition.Format that this package reads.
const Format = "sandogh-definition-1"

// Limits of a definition. They bound what a reader must hold and what the
// ballot's proof is made for; none of them is law.
const (
	MaxJSON       = strictjson.MaxBytes
	MaxCanonical  = 32 << 20            // bytes of canonical CBOR
	MaxItems      = strictjson.MaxItems // elements of any one array
	MaxDepth      = 16                  // districts from a root down; the law knows six levels
	MaxStyle      = 32                  // contests of a ballot style
	MaxCandidates = 10000               // candidates of a contest, n
	MaxVoteLimit  = 64                  // selections of a voter in a contest, k
	MaxSeats      = apportion.MaxSeats  // seats of a contest; alternates likewise
	MaxPersons    = 1 << 30             // electorate of a branch, min_unit
	MaxPerDevice  = 100000              // ballots of one device
	MaxTextRunes  = 200                 // runes of a name, an article, a version
)

// A Definition is everything that is fixed about an election before it begins.
//
// A field marked omitempty is optional in JSON, and absent means its zero
// value; every other field must be written.
type Definition struct {
	Format              string     `json:"format"`
	Name                Name       `json:"name"`
	Practice            bool       `json:"practice"`    // simulated or for practice; its result is of no effect
	PollingDay          string     `json:"polling_day"` // ISO date, "2026-05-01"
	Laws                []Law      `json:"laws"`
	Districts           []District `json:"districts"`
	Offices             []Office   `json:"offices"`
	Contests            []Contest  `json:"contests"`
	Branches            []Branch   `json:"branches"`
	HQLogKey            Key        `json:"hq_log_key"` // Ed25519, of headquarters' log
	Trustees            []Trustee  `json:"trustees"`
	Quorum              int        `json:"quorum"` // how many trustees suffice to open
	Mixers              []Mixer    `json:"mixers"` // in the order in which they mix
	Witnesses           []Witness  `json:"witnesses"`
	WitnessQuorum       int        `json:"witness_quorum"` // how many cosignatures a checkpoint needs
	MaxBallotsPerDevice int        `json:"max_ballots_per_device"`
}

// A Name is what people read, in Persian, English, or both.
type Name struct {
	Fa string `json:"fa,omitempty"`
	En string `json:"en,omitempty"`
}

// String returns the Persian name, or the English one if there is no other.
func (n Name) String() string {
	if n.Fa != "" {
		return n.Fa
	}
	return n.En
}

// States of a law.
const (
	InForce  = "in-force"
	Approved = "approved"
	Draft    = "draft" // needs a ruling
)

// A Law is a version of an article that a rule of this election cites.
type Law struct {
	Article string `json:"article"`
	Version string `json:"version"`
	State   string `json:"state"`
	Ruling  string `json:"ruling,omitempty"` // hex SHA-256 of the ruling that allows a draft
}

// Kinds of districts.
const (
	Country      = "country"
	Province     = "province"
	County       = "county"
	Rural        = "district" // bakhsh; runs the villages
	City         = "city"
	Village      = "village"
	Constituency = "constituency"
)

// A District is an area that elects, or that holds areas that do. Districts
// form a forest.
type District struct {
	ID     string `json:"id"`
	Name   Name   `json:"name"`
	Kind   string `json:"kind"`
	Parent string `json:"parent,omitempty"` // id, or empty for a root
}

// Roles of offices.
const (
	Headquarters = "headquarters"
	Supervisory  = "supervisory"
	Executive    = "executive"
	Registry     = "registry"
	Technical    = "technical"
)

// An Office is a body with its own root key, which signs the grants of its
// officers and devices.
type Office struct {
	ID   string `json:"id"`
	Name Name   `json:"name"`
	Role string `json:"role"`
	Key  Key    `json:"key"` // Ed25519
}

// Counting rules. Those from RoundThenShare on part the seats among lists, and
// all independents together, in proportion to their votes.
const (
	PluralityAtLarge    = "plurality-at-large"
	SingleSeatPlurality = "single-seat-plurality"
	TwoRound            = "two-round"

	RoundThenShare   = apportion.RoundThenShare
	FloorThenShare   = apportion.FloorThenShare
	LargestRemainder = apportion.LargestRemainder
	DHondt           = apportion.DHondt
	SainteLague      = apportion.SainteLague
)

// Independents is the name of the group of all candidates without a list.
const Independents = "independents"

// Kinds of contests.
const (
	KindCity    = "city"    // council of a city
	KindVillage = "village" // council of a village
	KindMajlis  = "majlis"
	KindExperts = "experts" // Assembly of Experts
)

// Who are the alternates of a contest with lists.
const (
	AlternatesByVotes = "votes" // of all lists, by votes; holds where nothing is written
	AlternatesNone    = "none"
)

// What settles a tie, in the order that a contest names.
const (
	TieVeteran = "veteran" // veterans (isargaran) first
	TieDegree  = "degree"  // the higher degree first
	TieLot     = "lot"     // left to the lot; always last
)

// A Contest is one question to the voters of a district.
type Contest struct {
	ID         string      `json:"id"`
	Name       Name        `json:"name"`
	District   string      `json:"district"`
	Rule       string      `json:"rule"`
	Article    string      `json:"article"` // one of the definition's laws
	Seats      int         `json:"seats"`
	Alternates int         `json:"alternates"`
	VoteLimit  int         `json:"vote_limit"` // k
	TieOrder   []string    `json:"tie_order"`
	MinUnit    int         `json:"min_unit"` // fewest ballots that are opened together
	Candidates []Candidate `json:"candidates"`
	Lists      []List      `json:"lists,omitempty"`
	Units      []Unit      `json:"units"` // the ordered plan of tally units

	// Settings of some rules and of what the law leaves open.
	Kind           string     `json:"kind,omitempty"`            // one of the Kind… constants, or empty
	Threshold      string     `json:"threshold,omitempty"`       // a fraction of the valid votes, such as 1/5, or empty
	Half           string     `json:"half,omitempty"`            // RoundThenShare only
	AlternatesBy   string     `json:"alternates_by,omitempty"`   // proportional rules only
	ListLimits     ListLimits `json:"list_limits,omitzero"`      // how long a list may be
	Round          int        `json:"round,omitempty"`           // TwoRound only: 1 or 2
	PreviousResult string     `json:"previous_result,omitempty"` // of round 1, hex SHA-256; round 2 only
}

// ListLimits bounds the number of candidates of a list; 0 is no bound.
type ListLimits struct {
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
}

// IsZero reports whether there is no bound.
func (l ListLimits) IsZero() bool { return l == ListLimits{} }

// A Candidate stands in one contest. Its code is its place there, from 1.
type Candidate struct {
	ID      string `json:"id"`
	Name    Name   `json:"name"`
	List    string `json:"list,omitempty"`  // id, or empty for an independent
	Photo   string `json:"photo,omitempty"` // hex SHA-256, or empty
	Veteran bool   `json:"veteran,omitempty"`
	Degree  int    `json:"degree,omitempty"` // 0 to 9, higher is higher
}

// A List is a list of candidates in one contest.
type List struct {
	ID   string `json:"id"`
	Name Name   `json:"name"`
}

// A Unit is a planned set of branches whose ballots are mixed and opened
// together.
type Unit struct {
	ID       string   `json:"id"`
	Branches []string `json:"branches"` // ids
}

// A Branch (sho'be) is a polling station with a log of its own.
type Branch struct {
	ID         string `json:"id"`
	Name       Name   `json:"name"`
	District   string `json:"district"`
	LogKey     Key    `json:"log_key"`    // Ed25519
	Electorate int    `json:"electorate"` // persons
}

// A Trustee holds a share of the election key.
type Trustee struct {
	ID         string `json:"id"`
	Name       Name   `json:"name"`
	SigningKey Key    `json:"signing_key"` // Ed25519
	HPKEKey    Key    `json:"hpke_key"`    // X25519
}

// A Mixer shuffles the ballots of every unit. Reserves step in, in order, for
// a mixer that fails.
type Mixer struct {
	ID      string `json:"id"`
	Name    Name   `json:"name"`
	Key     Key    `json:"key"` // Ed25519
	Reserve bool   `json:"reserve,omitempty"`
}

// A Witness cosigns checkpoints. Its name is its key's name in a signed note.
type Witness struct {
	Name string `json:"name"`
	Key  Key    `json:"key"` // Ed25519
}
