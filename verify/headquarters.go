package verify

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// entry is a decoded entry with its place.
type entry[B record.Body] struct {
	index uint64
	body  B
	hash  [32]byte // SHA-256 of the entry's bytes, where another entry refers to it
}

// headquarters is what headquarters' log says, sorted by type. What is listed
// here is signed by those who answer for it and stands in the order of the
// acts; what it says is for the other checks.
type headquarters struct {
	commitments   map[string]*record.Commitment
	dealings      map[string]*record.Dealing
	confirmations map[string]entry[*record.Confirmation]
	key           *entry[*record.ElectionKey]
	devices       map[string]*record.Grant // by id
	officers      map[string]*record.Grant
	granted       map[string]string                 // key → who has it
	heads         map[string][]entry[*record.Head]  // by branch
	plans         map[string]entry[*record.Units]   // by contest
	canvass       map[string]entry[*record.Canvass] // by contest
	questions     map[string][]entry[*record.Question]
	results       map[string]entry[*record.Result]
	size          uint64
}

// readHeadquarters scans headquarters' log: V001 to V009 and V014.
func (r *run) readHeadquarters() {
	r.hq = &headquarters{
		commitments: map[string]*record.Commitment{}, dealings: map[string]*record.Dealing{},
		confirmations: map[string]entry[*record.Confirmation]{},
		devices:       map[string]*record.Grant{}, officers: map[string]*record.Grant{}, granted: map[string]string{},
		heads: map[string][]entry[*record.Head]{}, plans: map[string]entry[*record.Units]{},
		canvass: map[string]entry[*record.Canvass]{}, questions: map[string][]entry[*record.Question]{},
		results: map[string]entry[*record.Result]{},
	}
	r.takenKeys()
	l := r.openLog("hq", election.HQOrigin(r.id), r.def.HQLogKey)
	if l == nil {
		return
	}
	r.hq.size = l.Size()
	if l.Size() == 0 {
		r.absent("V003", inLog("hq"), "the log is empty: its first entry should be the definition")
	}
	r.scan("hq", l, func(index uint64, data []byte, e record.Entry) {
		p := at("hq", index)
		need := r.answerable(e.Body)
		if need == nil {
			r.refute("V007", p, "an entry of type %s belongs into a branch's log", e.Body.Kind())
			return
		}
		r.count("V008", 1)
		if err := r.signed(e, record.HQ, need); err != nil {
			r.refute("V008", p, "%s: %v", e.Body.Kind(), err)
			return
		}
		r.count("V009", 1)
		if err := r.admit(index, data, e.Body); err != nil {
			r.refute("V009", p, "%s: %v", e.Body.Kind(), err)
		}
	})
}

// supervisor stands for any one supervisory office among those who must sign.
// Names of signers hold a slash, so no entry can spell it.
const supervisor = "a supervisory office"

// answerable returns who must have signed an entry of headquarters' log: the
// exact signers, or supervisor. It returns nil for an entry that does not
// belong there.
func (r *run) answerable(b record.Body) []string {
	hq := "office/" + r.hqOffice
	switch b := b.(type) {
	case *record.Definition, *record.ElectionKey, *record.Head, *record.Units, *record.Tally, *record.Canvass, *record.Question:
		return []string{hq}
	case *record.Result:
		return []string{hq, supervisor}
	case *record.Grant:
		return []string{"office/" + b.Office}
	case *record.Commitment:
		return []string{"trustee/" + b.Trustee}
	case *record.Dealing:
		return []string{"trustee/" + b.Trustee}
	case *record.Confirmation:
		return []string{"trustee/" + b.Trustee}
	case *record.Shares:
		return []string{"trustee/" + b.Trustee}
	case *record.Shuffle:
		return []string{"mixer/" + b.Mixer}
	}
	return nil
}

// signed checks that the signers are those needed and that their signatures
// hold.
func (r *run) signed(e record.Entry, log string, need []string) error {
	var by []string
	for _, s := range e.Signatures {
		by = append(by, s.By)
	}
	if len(by) != len(need) {
		return fmt.Errorf("signed by %s, needed are %s", strings.Join(by, ", "), strings.Join(need, ", "))
	}
	for _, n := range need {
		if n != supervisor && !slices.Contains(by, n) {
			return fmt.Errorf("signed by %s, needed are %s", strings.Join(by, ", "), strings.Join(need, ", "))
		}
	}
	return e.Verify(r.id, log, func(by string) (ed25519.PublicKey, bool) {
		if !slices.Contains(need, by) && !(slices.Contains(need, supervisor) && r.supervises(by)) {
			return nil, false
		}
		return r.signerKey(by)
	})
}

// supervises reports whether the signer is a supervisory office.
func (r *run) supervises(by string) bool {
	id, ok := strings.CutPrefix(by, "office/")
	return ok && r.offices[id] == election.Supervisory
}

// signerKey returns the key of a signer that the definition names, or that a
// grant has made valid.
func (r *run) signerKey(by string) (ed25519.PublicKey, bool) {
	kind, id, _ := strings.Cut(by, "/")
	switch kind {
	case "office":
		if o, ok := r.def.Office(id); ok {
			return o.Key.Ed25519(), true
		}
	case "trustee":
		if t, ok := r.def.Trustee(id); ok {
			return t.SigningKey.Ed25519(), true
		}
	case "mixer":
		if m, ok := r.def.Mixer(id); ok {
			return m.Key.Ed25519(), true
		}
	case "device":
		if g := r.hq.devices[id]; g != nil {
			return g.Key, true
		}
	case "officer":
		if g := r.hq.officers[id]; g != nil {
			return g.Key, true
		}
	}
	return nil, false
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
			r.refute("V003", at("hq", index), "the entry does not name the definition of this election")
		} else {
			r.readBlob(b.Blob, at("hq", index), false)
		}
	case *record.Commitment:
		if len(h.dealings) > 0 {
			return fmt.Errorf("trustee %s fixes its dealing after one was shown", b.Trustee)
		}
		return put(h.commitments, b.Trustee, b)
	case *record.Dealing:
		if len(h.commitments) < len(r.def.Trustees) {
			return fmt.Errorf("trustee %s shows its dealing before all %d are fixed", b.Trustee, len(r.def.Trustees))
		}
		return put(h.dealings, b.Trustee, b)
	case *record.Confirmation:
		if len(h.dealings) < len(r.def.Trustees) {
			return fmt.Errorf("trustee %s confirms before all have dealt", b.Trustee)
		}
		return put(h.confirmations, b.Trustee, entry[*record.Confirmation]{index: index, body: b})
	case *record.ElectionKey:
		if h.key != nil {
			return fmt.Errorf("there is a key already (entry %d)", h.key.index)
		}
		if len(h.confirmations) < len(r.def.Trustees) {
			return fmt.Errorf("the key is published before every trustee confirmed it")
		}
		h.key = &entry[*record.ElectionKey]{index: index, body: b}
	case *record.Grant:
		return r.grant(index, b)
	case *record.Head:
		if h.key == nil {
			return fmt.Errorf("a branch has a log before there is a key")
		}
		if _, ok := r.def.Branch(b.Branch); !ok {
			return fmt.Errorf("the definition has no branch %q", clip(b.Branch))
		}
		h.heads[b.Branch] = append(h.heads[b.Branch], entry[*record.Head]{index: index, body: b})
	case *record.Units:
		if _, ok := r.def.Contest(b.Contest); !ok {
			return fmt.Errorf("the definition has no contest %q", clip(b.Contest))
		}
		return put(h.plans, b.Contest, entry[*record.Units]{index: index, body: b})
	case *record.Shuffle:
		return r.atUnit(b.Contest, b.Unit, func(u *unit) { u.shuffles = append(u.shuffles, entry[*record.Shuffle]{index: index, body: b}) })
	case *record.Shares:
		return r.atUnit(b.Contest, b.Unit, func(u *unit) { u.shares = append(u.shares, entry[*record.Shares]{index: index, body: b}) })
	case *record.Tally:
		return r.atUnit(b.Contest, b.Unit, func(u *unit) { u.tallies = append(u.tallies, entry[*record.Tally]{index: index, body: b}) })
	case *record.Canvass:
		if err := r.counted(b.Contest); err != nil {
			return err
		}
		return put(h.canvass, b.Contest, entry[*record.Canvass]{index, b, record.Code(data)})
	case *record.Question:
		if _, ok := h.canvass[b.Contest]; !ok {
			return fmt.Errorf("a question before the canvass of contest %q", clip(b.Contest))
		}
		h.questions[b.Contest] = append(h.questions[b.Contest], entry[*record.Question]{index: index, body: b})
	case *record.Result:
		if _, ok := h.canvass[b.Contest]; !ok {
			return fmt.Errorf("a result before the canvass of contest %q", clip(b.Contest))
		}
		return put(h.results, b.Contest, entry[*record.Result]{index: index, body: b})
	}
	return nil
}

func put[V any](m map[string]V, key string, v V) error {
	if _, ok := m[key]; ok {
		return fmt.Errorf("there is one for %s already", clip(key))
	}
	m[key] = v
	return nil
}

// atUnit finds the unit of an entry. Entries about units that were not fixed
// before come too early.
func (r *run) atUnit(contest, id string, do func(*unit)) error {
	plan, ok := r.hq.plans[contest]
	if !ok || !slices.ContainsFunc(plan.body.Units, func(u record.Unit) bool { return u.ID == id }) {
		return fmt.Errorf("contest %q has no unit %q that was fixed before this entry", clip(contest), clip(id))
	}
	key := unitID{contest, id}
	if r.units[key] == nil {
		r.units[key] = &unit{id: key}
	}
	do(r.units[key])
	return nil
}

// counted refuses a canvass before every unit of the contest has a tally.
func (r *run) counted(contest string) error {
	plan, ok := r.hq.plans[contest]
	if !ok {
		return fmt.Errorf("the units of contest %q are not fixed", clip(contest))
	}
	for _, u := range plan.body.Units {
		if st := r.units[unitID{contest, u.ID}]; st == nil || len(st.tallies) == 0 {
			return fmt.Errorf("unit %s has no tally yet", clip(u.ID))
		}
	}
	return nil
}

// takenKeys enters the keys of the definition as had by somebody already: who
// signs as two bodies is one.
func (r *run) takenKeys() {
	take := func(k election.Key, who string) { r.hq.granted[string(k[:])] = who }
	d := r.def
	take(d.HQLogKey, "headquarters' log")
	for i := range d.Offices {
		take(d.Offices[i].Key, "office "+d.Offices[i].ID)
	}
	for i := range d.Branches {
		take(d.Branches[i].LogKey, "the log of branch "+d.Branches[i].ID)
	}
	for i := range d.Trustees {
		take(d.Trustees[i].SigningKey, "trustee "+d.Trustees[i].ID)
		take(d.Trustees[i].HPKEKey, "trustee "+d.Trustees[i].ID)
	}
	for i := range d.Mixers {
		take(d.Mixers[i].Key, "mixer "+d.Mixers[i].ID)
	}
	for i := range d.Witnesses {
		take(d.Witnesses[i].Key, "witness "+d.Witnesses[i].Name)
	}
}

// grant admits a device or an officer (V014).
func (r *run) grant(index uint64, g *record.Grant) error {
	r.count("V014", 1)
	p := at("hq", index)
	by := map[string]map[string]*record.Grant{record.GrantDevice: r.hq.devices, record.GrantOfficer: r.hq.officers}[g.What]
	if by == nil {
		r.refute("V014", p, "a grant for a %q: only devices and officers are granted", clip(g.What))
		return nil
	}
	if _, ok := r.def.Branch(g.Branch); !ok {
		r.refute("V014", p, "%s %q: the definition has no branch %q", g.What, clip(g.ID), clip(g.Branch))
		return nil
	}
	if !election.ValidID(g.ID) || len(g.Key) != ed25519.PublicKeySize {
		r.refute("V014", p, "%s %q: an id has 1 to 32 letters, digits and hyphens, and a key 32 bytes", g.What, clip(g.ID))
		return nil
	}
	if by[g.ID] != nil {
		r.refute("V014", p, "%s %s is granted twice", g.What, g.ID)
		return nil
	}
	if err := election.Key(g.Key).CheckEd25519(); err != nil {
		r.refute("V014", p, "%s %s: %v", g.What, g.ID, err)
		return nil
	}
	if other, ok := r.hq.granted[string(g.Key)]; ok {
		r.refute("V014", p, "%s %s has the key of %s", g.What, g.ID, other)
		return nil
	}
	r.hq.granted[string(g.Key)] = g.What + " " + g.ID
	by[g.ID] = g
	return nil
}

// phase returns how far the record has come.
func (r *run) phase() Phase {
	h := r.hq
	every := func(has func(contest string) bool) bool {
		for i := range r.def.Contests {
			if !has(r.def.Contests[i].ID) {
				return false
			}
		}
		return true
	}
	opening := false
	for _, u := range r.units {
		opening = opening || len(u.shares) > 0
	}
	closed := true
	for i := range r.def.Branches {
		b := r.branches[r.def.Branches[i].ID]
		closed = closed && b != nil && b.close != nil
	}
	switch {
	case every(func(c string) bool { _, ok := h.results[c]; return ok }):
		return PhaseCertified
	case every(func(c string) bool { _, ok := h.canvass[c]; return ok }):
		return PhaseCanvassed
	case every(func(c string) bool { return r.counted(c) == nil }):
		return PhaseCounted
	case opening:
		return PhaseOpening
	case len(h.plans) > 0:
		return PhaseMixing
	case closed:
		return PhaseClosed
	case len(r.branches) > 0 || len(h.heads) > 0:
		return PhaseVoting
	case h.key != nil:
		return PhaseReady
	case len(h.commitments) > 0:
		return PhaseCeremony
	case h.size > 0:
		return PhaseDefined
	}
	return PhaseNothing
}
