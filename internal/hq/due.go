package hq

import (
	"slices"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// An Act is something that a body does next.
type Act string

// The acts, in the order in which they come.
const (
	ActCommit   Act = "commit"
	ActDeal     Act = "deal"
	ActDisclose Act = "disclose" // the answer to a complaint
	ActConfirm  Act = "confirm"
	ActKey      Act = "key"
	ActGrant    Act = "grant"
	ActVote     Act = "vote" // and close, and be taken in
	ActUnits    Act = "units"
	ActMix      Act = "mix"
	ActOpen     Act = "open"
	ActTally    Act = "tally"
	ActCanvass  Act = "canvass"
	ActAnswer   Act = "answer" // an open question, by two offices
	ActCertify  Act = "certify"
	ActCorrect  Act = "correct" // a result that a ruling has overtaken
)

// A Due is an act that can be done now.
type Due struct {
	Act     Act
	By      []string // ids of those who can do it: trustees, mixers, branches, offices
	Need    int      // how many of them must; 0 is all
	Contest string   // where the act is about one
	Units   []string // where it is about some of its tally units
}

// Dues returns what is due next in an election whose record stands, and by whom.
func Dues(v *verify.View, l *body.Ledger) []Due {
	d := dues{v: v, l: l}
	def := v.Definition()
	hq := d.offices("headquarters")
	var trustees []string
	for i := range def.Trustees {
		trustees = append(trustees, def.Trustees[i].ID)
	}
	if v.Key() == nil {
		if by := without(l, trustees, func(b *record.Commitment) string { return b.Trustee }); len(by) > 0 {
			return []Due{{Act: ActCommit, By: by}}
		}
		if by := without(l, trustees, func(b *record.Dealing) string { return b.Trustee }); len(by) > 0 {
			return []Due{{Act: ActDeal, By: by}}
		}
		for _, c := range v.Complaints() {
			if !c.Settled {
				d.add(Due{Act: ActDisclose, By: []string{c.Dealer}})
			}
		}
		if by := without(l, trustees, func(b *record.Confirmation) string { return b.Trustee }); len(by) > 0 {
			d.add(Due{Act: ActConfirm, By: by})
		} else {
			d.add(Due{Act: ActKey, By: hq})
		}
		return d.out
	}
	var grant, vote []string
	for i := range def.Branches {
		id := def.Branches[i].ID
		if _, closed := v.Cast(id); closed {
			continue
		}
		if d.granted(id) {
			vote = append(vote, id)
		} else {
			grant = append(grant, id)
		}
	}
	d.addIf(Due{Act: ActGrant, By: grant})
	d.addIf(Due{Act: ActVote, By: vote})
	for i := range def.Contests {
		d.contest(def.Contests[i].ID, trustees, hq)
	}
	return d.out
}

type dues struct {
	v   *verify.View
	l   *body.Ledger
	out []Due
}

func (d *dues) add(x Due) { d.out = append(d.out, x) }

func (d *dues) addIf(x Due) {
	if len(x.By) > 0 {
		d.add(x)
	}
}

// without returns the ids of whom there is no entry of a type.
func without[B record.Body](l *body.Ledger, ids []string, of func(B) string) (out []string) {
	for _, id := range ids {
		if _, ok := body.Find(l, func(b B) bool { return of(b) == id }); !ok {
			out = append(out, id)
		}
	}
	return out
}

func (d *dues) offices(role string) (ids []string) {
	for _, o := range d.v.Definition().Offices {
		if o.Role == role {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// granted reports whether a branch can open: two officers of two offices, and a
// device.
func (d *dues) granted(branch string) bool {
	var offices []string
	device := false
	for _, e := range d.l.Entries {
		if g, ok := e.Body.(*record.Grant); ok && g.Branch == branch {
			device = device || g.What == record.GrantDevice
			if g.What == record.GrantOfficer && !slices.Contains(offices, g.Office) {
				offices = append(offices, g.Office)
			}
		}
	}
	return device && len(offices) > 1
}

// contest adds what is due in one contest.
func (d *dues) contest(contest string, trustees, hq []string) {
	v, def := d.v, d.v.Definition()
	if _, ok := v.Canvassed(contest); ok {
		x := Due{Act: ActCertify, By: append(slices.Clone(hq), d.offices("supervisory")...), Need: 2, Contest: contest}
		if open, err := v.Questions(contest); err == nil && len(open) > 0 {
			x.Act = ActAnswer
		} else if v.Certified(contest) {
			if _, err := v.Correction(contest, "-", "-"); err != nil {
				return
			}
			x.Act = ActCorrect
		}
		d.add(x)
		return
	}
	units, err := v.Units(contest)
	if err != nil { // they are fixed when every branch has closed
		for _, b := range def.BranchesOf(contest) {
			if _, closed := v.Cast(b.ID); !closed {
				return
			}
		}
		d.add(Due{Act: ActUnits, By: hq, Contest: contest})
		return
	}
	mix := map[string][]string{} // mixers, joined → units
	var order []string
	byKey := map[string][]string{}
	open, tally := []string{}, []string{}
	for _, u := range units {
		if _, done := body.Find(d.l, func(b *record.Tally) bool { return b.Contest == contest && b.Unit == u.ID }); done {
			continue
		}
		if _, _, err := v.Opened(contest, u.ID); err == nil {
			tally = append(tally, u.ID)
			continue
		}
		if _, err := v.Mixed(contest, u.ID); err == nil {
			open = append(open, u.ID)
			continue
		}
		var by []string
		key := ""
		for i := range def.Mixers {
			if _, err := v.NextMix(contest, u.ID, def.Mixers[i].ID); err == nil {
				by = append(by, def.Mixers[i].ID)
				key += def.Mixers[i].ID + " "
			}
		}
		if _, ok := mix[key]; !ok {
			order = append(order, key)
			byKey[key] = by
		}
		mix[key] = append(mix[key], u.ID)
	}
	for _, key := range order {
		d.add(Due{Act: ActMix, By: byKey[key], Need: 1, Contest: contest, Units: mix[key]})
	}
	for _, unit := range open {
		var by []string
		for _, t := range trustees {
			if !v.HasShares(contest, unit, t) {
				by = append(by, t)
			}
		}
		need := def.Quorum - (len(trustees) - len(by))
		// Units that wait for the same ones are told together.
		if n := len(d.out) - 1; n >= 0 && d.out[n].Act == ActOpen && d.out[n].Contest == contest && slices.Equal(d.out[n].By, by) {
			d.out[n].Units = append(d.out[n].Units, unit)
		} else {
			d.add(Due{Act: ActOpen, By: by, Need: need, Contest: contest, Units: []string{unit}})
		}
	}
	if len(tally) > 0 {
		d.add(Due{Act: ActTally, By: hq, Contest: contest, Units: tally})
	}
	if len(order)+len(open)+len(tally) == 0 {
		d.add(Due{Act: ActCanvass, By: hq, Contest: contest})
	}
}
