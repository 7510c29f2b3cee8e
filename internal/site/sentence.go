package site

import (
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// sentence says in one sentence what an entry says. That its signers say so
// does not make it true; that is for the checks.
func (c *call) sentence(b record.Body) string {
	key := "says." + b.Kind()
	switch b := b.(type) {
	case *record.Commitment:
		return c.say(key, c.trustee(b.Trustee))
	case *record.Dealing:
		return c.say(key, c.trustee(b.Trustee))
	case *record.Complaint:
		return c.say(key, c.trustee(b.Trustee), c.trustee(b.Dealer))
	case *record.Disclosure:
		return c.say(key, c.trustee(b.Dealer), c.trustee(b.Trustee))
	case *record.Confirmation:
		return c.say(key, c.trustee(b.Trustee))
	case *record.Grant:
		office := election.Name{Fa: b.Office, En: b.Office}
		if o, ok := c.def.Office(b.Office); ok {
			office = o.Name
		}
		return c.say(key+"."+b.What, office, b.ID, c.branch(b.Branch))
	case *record.Head:
		return c.say(key, c.branch(b.Branch))
	case *record.Units:
		return c.say(key, c.contestName(b.Contest))
	case *record.Shuffle:
		mixer := election.Name{Fa: b.Mixer, En: b.Mixer}
		if m, ok := c.def.Mixer(b.Mixer); ok {
			mixer = m.Name
		}
		return c.say(key, mixer, b.Unit, b.Turn)
	case *record.Shares:
		return c.say(key, c.trustee(b.Trustee), b.Unit)
	case *record.Tally:
		return c.say(key, b.Unit, b.Ballots)
	case *record.Canvass:
		return c.say(key, c.contestName(b.Contest), b.Ballots)
	case *record.Question:
		return c.say(key, c.contestName(b.Contest))
	case *record.Ruling:
		return c.say(key, c.contestName(b.Contest), b.Article)
	case *record.Lot:
		return c.say(key, c.contestName(b.Contest), b.Seed)
	case *record.Result:
		return c.say(key, c.contestName(b.Contest))
	case *record.Correction:
		return c.say(key, c.contestName(b.Result.Contest), b.Article)
	case *record.ExtensionOrder:
		return c.say(key, b.Until, b.Article)
	case *record.Opening:
		return c.say(key, c.branch(b.Branch), len(b.Devices))
	case *record.Sealed:
		return c.say(key, b.Device, b.Number)
	case *record.Cast:
		return c.say(key, b.Device, b.Number)
	case *record.Spoiled:
		return c.say(key, b.Device, b.Number)
	case *record.Challenged:
		return c.say(key, b.Device, b.Number)
	case *record.Pause:
		return c.say(key, c.branch(b.Branch), c.orOther("reason.", b.Reason))
	case *record.Resume:
		return c.say(key, c.branch(b.Branch))
	case *record.Extension:
		return c.say(key, c.branch(b.Branch))
	case *record.Enrol:
		return c.say(key, c.branch(b.Branch), b.Device.Device)
	case *record.Retire:
		return c.say(key, c.branch(b.Branch), b.Device, c.orOther("reason.", b.Reason))
	case *record.Close:
		return c.say(key, c.branch(b.Branch), b.Counts.CheckedIn, b.Counts.Cast, b.Counts.Spoiled, b.Counts.Challenged)
	}
	return c.orOther("says.", b.Kind())
}

// The names of bodies; one that the definition does not know has its id.

func (c *call) trustee(id string) election.Name {
	if t, ok := c.def.Trustee(id); ok {
		return t.Name
	}
	return election.Name{Fa: id, En: id}
}

func (c *call) branch(id string) election.Name {
	return c.branchNames([]string{id})[0].Name
}

func (c *call) contestName(id string) election.Name {
	if x, ok := c.def.Contest(id); ok {
		return x.Name
	}
	return election.Name{Fa: id, En: id}
}
