package verify

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/outcome"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"github.com/sandogh/sandogh/verify/unit"
)

// headquarters is what headquarters' log says, sorted by type. What is listed
// here is signed by those who answer for it and stands in the order of the
// acts; what it says is for the other checks.
type headquarters struct {
	commitments   map[string]*record.Commitment
	dealings      map[string]*record.Dealing
	complaints    []*complaint // in their order
	confirmations map[string]source.Entry[*record.Confirmation]
	key           *source.Entry[*record.ElectionKey]
	devices       map[string]*record.Grant // by id
	officers      map[string]*record.Grant
	orders        map[[32]byte]*record.ExtensionOrder     // by hash
	granted       map[string]string                       // key → who has it
	heads         map[string][]source.Entry[*record.Head] // by branch
	plans         map[string]unit.Fixed                   // by contest
	outcomes      map[string]*outcome.Contest             // by contest
	gap           bool                                    // entries of it could not be read
	size          uint64
}

// readHeadquarters scans headquarters' log: V001 to V009, V014, and V029 for
// orders to extend.
func (r *run) readHeadquarters() {
	r.hq = &headquarters{
		commitments: map[string]*record.Commitment{}, dealings: map[string]*record.Dealing{},
		confirmations: map[string]source.Entry[*record.Confirmation]{},
		devices:       map[string]*record.Grant{}, officers: map[string]*record.Grant{}, granted: map[string]string{},
		orders: map[[32]byte]*record.ExtensionOrder{},
		heads:  map[string][]source.Entry[*record.Head]{}, plans: map[string]unit.Fixed{}, outcomes: map[string]*outcome.Contest{},
	}
	r.takenKeys()
	l := r.Open("hq", election.HQOrigin(r.id), r.def.HQLogKey.Ed25519(), r.witnesses, r.def.WitnessQuorum)
	if l == nil {
		r.hq.gap = true
		return
	}
	r.hq.size = l.Size()
	if l.Size() == 0 {
		r.Absent("V003", report.InLog("hq"), "the log is empty: its first entry should be the definition")
	}
	whole := r.Scan("hq", l, func(index uint64, gap bool, data []byte, e record.Entry) {
		r.hq.gap = gap
		p := report.At("hq", index)
		need := r.answerable(e.Body)
		if need == nil {
			r.Refute("V007", p, "an entry of type %s belongs into a branch's log", e.Body.Kind())
			return
		}
		r.Count("V008", 1)
		if err := r.signed(data, e, need); err != nil {
			r.Refute("V008", p, "%s: %v", e.Body.Kind(), err)
			return
		}
		r.Count("V009", 1)
		if err := r.admit(index, data, e.Body); err != nil {
			if _, ok := err.(source.Early); ok {
				r.amiss("V009", p, "%s: %v", e.Body.Kind(), err)
			} else {
				r.Refute("V009", p, "%s: %v", e.Body.Kind(), err)
			}
		}
	})
	r.hq.gap = !whole
}

// outcome returns what the log says of a contest's outcome.
func (h *headquarters) outcome(contest string) *outcome.Contest {
	if o := h.outcomes[contest]; o != nil {
		return o
	}
	return &outcome.Contest{}
}

// certified reports whether a contest has its result.
func (h *headquarters) certified(contest string) bool { return len(h.outcome(contest).Results()) > 0 }

// amiss notes that something is wrong, which is only that entries are missing
// if headquarters' log has a gap.
func (r *run) amiss(id string, p report.Place, format string, args ...any) {
	if r.hq.gap {
		r.Absent(id, p, "%s, or entries of headquarters' log are missing", fmt.Sprintf(format, args...))
	} else {
		r.Refute(id, p, format, args...)
	}
}

// admit puts an entry into the state of the log, if it comes in the order of
// the acts (V009) and is well formed there. Everything that is about one unit
// goes to that unit.
func (r *run) admit(index uint64, data []byte, body record.Body) error {
	h := r.hq
	if _, ok := body.(*record.Definition); ok != (index == 0) {
		return fmt.Errorf("the definition is the first entry, and only the first")
	}
	switch b := body.(type) {
	case *record.Definition:
		if b.Blob.Type != record.TypeDefinition || !bytes.Equal(b.Blob.Hash, r.id[:]) {
			r.Refute("V003", report.At("hq", index), "the entry does not name the definition of this election")
		} else {
			r.Compare(b.Blob, report.At("hq", index))
		}
	case *record.Commitment:
		if len(h.dealings) > 0 {
			return fmt.Errorf("trustee %s fixes its dealing after one was shown", b.Trustee)
		}
		return put(h.commitments, b.Trustee, b)
	case *record.Dealing:
		if len(h.commitments) < len(r.def.Trustees) {
			return source.TooEarly("trustee %s shows its dealing before all %d are fixed", b.Trustee, len(r.def.Trustees))
		}
		return put(h.dealings, b.Trustee, b)
	case *record.Complaint:
		return r.complain(index, b)
	case *record.Disclosure:
		return r.disclose(index, b)
	case *record.Confirmation:
		if len(h.dealings) < len(r.def.Trustees) {
			return source.TooEarly("trustee %s confirms before all have dealt", b.Trustee)
		}
		if c := h.open(b.Trustee); c != nil {
			return source.TooEarly("trustee %s confirms while its complaint of the dealing of trustee %s is open", b.Trustee, c.body.Dealer)
		}
		return put(h.confirmations, b.Trustee, source.Entry[*record.Confirmation]{Index: index, Body: b})
	case *record.ElectionKey:
		if h.key != nil {
			return fmt.Errorf("there is a key already (entry %d)", h.key.Index)
		}
		if c := h.open(""); c != nil {
			return source.TooEarly("the key is published while the complaint of trustee %s of the dealing of trustee %s is open", c.body.Trustee, c.body.Dealer)
		}
		if len(h.confirmations) < len(r.def.Trustees) {
			return source.TooEarly("the key is published before every trustee confirmed it")
		}
		h.key = &source.Entry[*record.ElectionKey]{Index: index, Body: b}
	case *record.Grant:
		return r.grant(index, b)
	case *record.ExtensionOrder:
		return r.extend(index, data, b)
	case *record.Head:
		if h.key == nil {
			return source.TooEarly("a branch has a log before there is a key")
		}
		if _, ok := r.def.Branch(b.Branch); !ok {
			return fmt.Errorf("the definition has no branch %q", source.Clip(b.Branch))
		}
		h.heads[b.Branch] = append(h.heads[b.Branch], source.Entry[*record.Head]{Index: index, Body: b})
	case *record.Units:
		if _, ok := r.def.Contest(b.Contest); !ok {
			return fmt.Errorf("the definition has no contest %q", source.Clip(b.Contest))
		}
		if _, ok := h.plans[b.Contest]; ok {
			return fmt.Errorf("the units of contest %s are fixed already", b.Contest)
		}
		h.plans[b.Contest] = unit.Fix(r.Reader, index, b)
	case *record.Shuffle:
		return r.atUnit(b.Contest, b.Unit, func(u *unit.Unit) {
			u.Shuffles = append(u.Shuffles, source.Entry[*record.Shuffle]{Index: index, Body: b})
		})
	case *record.Shares:
		return r.atUnit(b.Contest, b.Unit, func(u *unit.Unit) { u.Shares = append(u.Shares, source.Entry[*record.Shares]{Index: index, Body: b}) })
	case *record.Tally:
		return r.atUnit(b.Contest, b.Unit, func(u *unit.Unit) { u.Tallies = append(u.Tallies, source.Entry[*record.Tally]{Index: index, Body: b}) })
	case *record.Canvass:
		if err := r.counted(b.Contest); err != nil {
			return err
		}
		return h.proceed(index, data, b.Contest, b)
	case *record.Question:
		return h.proceed(index, data, b.Contest, b)
	case *record.Ruling:
		return h.proceed(index, data, b.Contest, b)
	case *record.Lot:
		return h.proceed(index, data, b.Contest, b)
	case *record.Result:
		return h.proceed(index, data, b.Contest, b)
	case *record.Correction:
		return h.proceed(index, data, b.Result.Contest, b)
	}
	return nil
}

// proceed admits what comes of a contest's tallies.
func (h *headquarters) proceed(index uint64, data []byte, contest string, b record.Body) error {
	o := h.outcome(contest)
	if err := o.Enter(source.Entry[record.Body]{Index: index, Body: b, Hash: record.Code(data)}); err != nil {
		return err
	}
	h.outcomes[contest] = o
	return nil
}

func put[V any](m map[string]V, key string, v V) error {
	if _, ok := m[key]; ok {
		return fmt.Errorf("there is one for %s already", source.Clip(key))
	}
	m[key] = v
	return nil
}

// atUnit finds the unit of an entry. Entries about a contest whose units were
// not fixed before come too early; without the list of units nobody can say
// whether it has the unit.
func (r *run) atUnit(contest, id string, do func(*unit.Unit)) error {
	plan, ok := r.hq.plans[contest]
	if !ok {
		return source.TooEarly("the units of contest %q were not fixed before this entry", source.Clip(contest))
	}
	if plan.Read && !slices.ContainsFunc(plan.Units, func(u record.Unit) bool { return u.ID == id }) {
		return fmt.Errorf("contest %q has no unit %q", source.Clip(contest), source.Clip(id))
	}
	key := unit.ID{Contest: contest, Unit: id}
	if r.units[key] == nil {
		r.units[key] = unit.New(key)
	}
	do(r.units[key])
	return nil
}

// counted refuses a canvass before every unit of the contest has a tally.
func (r *run) counted(contest string) error {
	plan, ok := r.hq.plans[contest]
	if !ok {
		return source.TooEarly("the units of contest %q are not fixed", source.Clip(contest))
	}
	for _, u := range plan.Units {
		if st := r.units[unit.ID{Contest: contest, Unit: u.ID}]; st == nil || len(st.Tallies) == 0 {
			return source.TooEarly("unit %s has no tally yet", source.Clip(u.ID))
		}
	}
	return nil
}
