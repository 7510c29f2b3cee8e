package office

import (
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/store"
)

// A Role is what a post makes of a person.
type Role string

// The roles. Boards are roles at the office beside which they sit.
const (
	HQ               Role = "hq"
	Province         Role = "province"
	County           Role = "county"
	District         Role = "district"
	ExecutiveBoard   Role = "executive-board"
	SupervisoryBoard Role = "supervisory-board"
	GuardianBoard    Role = "guardian-board"
	IT               Role = "it"
	Trainer          Role = "trainer"
	Auditor          Role = "auditor" // sees all of its subtree and writes nothing
)

// Roles are all roles, in the order in which people are shown them.
var Roles = []Role{HQ, Province, County, District, ExecutiveBoard, SupervisoryBoard, GuardianBoard, IT, Trainer, Auditor}

// A Power is something that a role may do in its subtree.
type Power string

// The powers.
const (
	Own Power = "own" // what concerns oneself: everybody who is signed in

	PeopleSee     Power = "people.see"
	PeopleEdit    Power = "people.edit"
	PowersGrant   Power = "powers.grant"   // give and end posts, invite
	ElectionEdit  Power = "election.edit"  // name, kinds, places, polling day
	Approve       Power = "approve"        // confirm as the second person
	AuditSee      Power = "audit.see"      //
	AgendaSee     Power = "agenda.see"     //
	AgendaConfirm Power = "agenda.confirm" // confirm a stage of one's own office
	AgendaMove    Power = "agenda.move"    // freeze, resume, re-anchor, postpone
	TrainingSee   Power = "training.see"   //
	TrainingPlan  Power = "training.plan"  // programme, sessions, invitations
	TrainingTeach Power = "training.teach" // roster, attendance, minutes of a session
	LessonsSee    Power = "lessons.see"    //
	LessonsEdit   Power = "lessons.edit"   // problems and actions
	LessonsJudge  Power = "lessons.judge"  // likelihood and harm, closing
	ReadinessSee  Power = "readiness.see"  //
	OutreachSee   Power = "outreach.see"   //
	OutreachEdit  Power = "outreach.edit"  // meetings, campaigns
)

var (
	sees  = []Power{Own, PeopleSee, AgendaSee, TrainingSee, LessonsSee, ReadinessSee, OutreachSee}
	leads = slices.Concat(sees, []Power{PeopleEdit, PowersGrant, AgendaConfirm, TrainingPlan, LessonsEdit, LessonsJudge, OutreachEdit})
)

// powers is what each role may do.
var powers = map[Role][]Power{
	HQ:               slices.Concat(leads, []Power{ElectionEdit, Approve, AuditSee, AgendaMove, TrainingTeach}),
	Province:         slices.Concat(leads, []Power{Approve, AuditSee, TrainingTeach}),
	County:           slices.Concat(leads, []Power{TrainingTeach}),
	District:         slices.Concat(sees, []Power{AgendaConfirm, LessonsEdit, OutreachEdit}),
	ExecutiveBoard:   slices.Concat(sees, []Power{AgendaConfirm, LessonsEdit}),
	SupervisoryBoard: slices.Concat(sees, []Power{AgendaConfirm, LessonsEdit, AuditSee, Approve}),
	GuardianBoard:    slices.Concat(sees, []Power{AgendaConfirm, LessonsEdit, AuditSee, Approve}),
	IT:               {Own, PeopleSee, AgendaSee, AgendaConfirm, TrainingSee, ReadinessSee, LessonsSee, LessonsEdit},
	Trainer:          {Own, TrainingSee, TrainingTeach, LessonsSee},
	Auditor:          slices.Concat(sees, []Power{AuditSee}),
}

// Can reports whether the role has the power.
func (r Role) Can(p Power) bool { return slices.Contains(powers[r], p) }

// Powers returns what the role may do.
func (r Role) Powers() []Power { return slices.Clone(powers[r]) }

// known reports whether it is a role.
func (r Role) known() bool { return slices.Contains(Roles, r) }

// levels are the kinds of office, by the length of their codes, at which a role
// has its posts.
var levels = map[Role][]int{
	HQ: {0}, Province: {2}, County: {5}, District: {7},
	ExecutiveBoard: {0, 2, 5, 7}, SupervisoryBoard: {0, 2, 5, 7}, GuardianBoard: {0, 2, 5},
	IT: {0, 2, 5, 7}, Trainer: {0, 2, 5, 7}, Auditor: {0, 2, 5, 7},
}

// Fits reports whether a role has posts at the level of an office.
func (r Role) Fits(code string) bool { return slices.Contains(levels[r], len(code)) }

// Kinds of office.
const (
	Country    = "country"
	ProvinceAt = "province"
	CountyAt   = "county"
	DistrictAt = "district"
	City       = "city"
	Village    = "village"
)

// lengths of codes by the kind of office.
var lengths = map[string]int{Country: 0, ProvinceAt: 2, CountyAt: 5, DistrictAt: 7, City: 11, Village: 11}

// ValidCode reports whether the code can be one of that kind of office.
func ValidCode(kind, code string) bool {
	n, ok := lengths[kind]
	return ok && len(code) == n && strings.Trim(code, "0123456789") == ""
}

// Parent returns the code of the office above; that of the country is its own.
func Parent(code string) string {
	for _, n := range []int{7, 5, 2} {
		if len(code) > n {
			return code[:n]
		}
	}
	return ""
}

// Within reports whether the office is the other one, or below it.
func Within(code, above string) bool { return strings.HasPrefix(code, above) }

// Range returns the range of codes of an office and those below it:
// lo ≤ code < hi.
func Range(code string) (lo, hi string) { return store.Prefix(code) }
