package training

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/law"
)

// A Role is what somebody is trained for.
type Role string

// The roles: of the national sessions, of the regions, of the places.
const (
	Politics         Role = "politics"         // director-general of politics and elections
	IT               Role = "it"               // director-general of IT
	Groups           Role = "election-group"   // head of an election group
	Capital          Role = "capital-governor" // governor of the capital, for the other governors
	Governor         Role = "governor"
	DistrictGovernor Role = "district-governor"
	ExecutiveBoard   Role = "executive-board"
	Branch           Role = "branch-member"
	Device           Role = "device-user"
	Inspector        Role = "inspector"
)

// Roles are all roles, in the order in which people are shown them.
var Roles = []Role{Politics, IT, Groups, Capital, Governor, DistrictGovernor, ExecutiveBoard, Branch, Device, Inspector}

// A Kind of programme says whose it is.
type Kind string

// The kinds: of provinces, of counties for their governors, and of boards and
// branches, to which trainers travel.
const (
	National Kind = "national"
	Regional Kind = "regional"
	Local    Kind = "local"
)

// Kinds are all kinds.
var Kinds = []Kind{National, Regional, Local}

// Roles returns who comes to the sessions of a kind.
func (k Kind) Roles() []Role {
	switch k {
	case National:
		return Roles[:4]
	case Regional:
		return Roles[4:6]
	}
	return Roles[6:]
}

// States of a session.
const (
	Planned   = "planned"
	Held      = "held"
	Cancelled = "cancelled"
)

// States of an invitation.
const (
	Invited    = "invited"
	Waiting    = "waiting"
	Accepted   = "accepted"
	Declined   = "declined"
	Substitute = "substitute" // somebody is named who comes instead, and not approved yet
	Replaced   = "replaced"   // and was approved
	Moved      = "moved"      // to another session
)

// coming are the states of those who have a seat.
var coming = []string{Invited, Accepted, Substitute}

// A Reason is why something is refused; pages say it in words.
type Reason string

// The reasons, and what of a Fault says more.
const (
	NotOnRoster  Reason = "not-on-roster"
	OtherSession Reason = "other-session" // Session
	OffDay       Reason = "off-day"       // Day is not one of the session
	Twice        Reason = "twice"         // At
	BadBadge     Reason = "bad-badge"
	NotBadge     Reason = "not-badge"
	BadFile      Reason = "bad-file"
	BadSeal      Reason = "bad-seal"
	NotComing    Reason = "not-coming" // State
	NoSeats      Reason = "no-seats"
	NoSession    Reason = "no-session" // no other session has room
	SamePerson   Reason = "same-person"
	HasSeat      Reason = "has-seat" // the person is on the roster already
	Over         Reason = "over"     // the session is over or cancelled
	NothingToSay Reason = "reason-missing"
	NoPlan       Reason = "no-plan" // no group of the plan has a day
)

// A Fault is why something is refused.
type Fault struct {
	Reason  Reason
	Name    string // of the person
	Session string // its venue and first day
	Day     string
	At      int64
	State   string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("refused: %s %s", f.Reason, cmp.Or(f.Day, f.State, f.Session))
}

// Keys are the secrets of the training office.
type Keys struct {
	Certificate certificate.Key
	badge       []byte
}

const redacted = "[REDACTED]"

// LogValue, Format and MarshalJSON keep the keys out of logs and messages.
func (Keys) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Keys) Format(f fmt.State, _ rune)   { f.Write([]byte(redacted)) }
func (Keys) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// KeyFile holds 64 bytes: the seed of the key that signs certificates, and the key
// of the badges. It belongs to the backup.
const KeyFile = "training.key"

// LoadKeys reads the keys of a folder, and makes them the first time.
func LoadKeys(dir string) (Keys, error) {
	path := filepath.Join(dir, KeyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b = make([]byte, 64)
		rand.Read(b) // it never fails
		err = durable.WriteFile(path, b, 0o600)
	}
	if err != nil {
		return Keys{}, fmt.Errorf("read training keys: %w", err)
	}
	if len(b) != 64 {
		return Keys{}, fmt.Errorf("read training keys: %s has %d bytes and not 64: put the file back from the backup", path, len(b))
	}
	key, err := certificate.NewKey(b[:32])
	return Keys{key, b[32:]}, err
}

// LawFile is a register of the law that takes the place of the program's own.
const LawFile = "law.json"

var register struct {
	sync.Mutex
	path string
	at   time.Time
	reg  *law.Register
}

// Register returns the register of the law of a folder: that of its law.json, or
// the published one.
func Register(dir string) (*law.Register, error) {
	path := filepath.Join(dir, LawFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return law.Published(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read register of the law: %w", err)
	}
	register.Lock()
	defer register.Unlock()
	if register.reg != nil && register.path == path && register.at.Equal(info.ModTime()) {
		return register.reg, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read register of the law: %w", err)
	}
	reg, err := law.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read register of the law: %s: %w", path, err)
	}
	register.path, register.at, register.reg = path, info.ModTime(), reg
	return reg, nil
}

// Stale returns the version of an article that came after the one that is taught,
// and whether there is one.
func Stale(reg *law.Register, article, edition string) (law.Version, bool) {
	all := reg.Versions(article)
	if len(all) == 0 || all[len(all)-1].Version == edition {
		return law.Version{}, false
	}
	return all[len(all)-1], true
}

// StaleOf returns the articles of a list (JSON, as certificates have it) that have
// a later version.
func StaleOf(reg *law.Register, articles string) []law.Version {
	var list []certificate.Article
	json.Unmarshal([]byte(articles), &list) // written by Issue
	var out []law.Version
	for _, a := range list {
		if v, ok := Stale(reg, a.Article, a.Version); ok {
			out = append(out, v)
		}
	}
	return out
}

// Editions returns the newest version of every article of the register.
func Editions(reg *law.Register) []law.Version {
	var out []law.Version
	for _, v := range reg.All() {
		if i := slices.IndexFunc(out, func(o law.Version) bool { return o.Article == v.Article }); i >= 0 {
			out[i] = v
		} else {
			out = append(out, v)
		}
	}
	return out
}

// texts reads a JSON list that this package has written.
func texts(s string) []string {
	var out []string
	json.Unmarshal([]byte(s), &out)
	return out
}

// Texts reads a list of a session: its units or its trainers.
func Texts(s string) []string { return texts(s) }

func asJSON(v any) string {
	b, _ := json.Marshal(v) // lists and plans: it never fails
	return string(b)
}

// session reads a session.
func session(ctx context.Context, db trainingdb.DBTX, id string) (trainingdb.TrainingSession, error) {
	s, err := trainingdb.New(db).Session(ctx, id)
	if err != nil {
		return s, fmt.Errorf("read session: %w", store.Classify(err))
	}
	return s, nil
}

// ISO returns the day that is stored as ISO, or 0.
func ISO(day string) calendar.Day {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return calendar.DayOf(t.Date())
}
