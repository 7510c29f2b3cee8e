package tamper_test

import (
	"context"
	"crypto/ed25519"
	"slices"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// eventful is the record of the small election after a day that did not go as
// planned: branch 101 paused, enrolled a spare device, was extended, and lost the
// spare, whose waiting ballot its officers spoiled. Another spare was granted and
// is not used. tinyEventful is the same of the tiny election.
var (
	eventful     = sync.OnceValue(func() *loot { return dayOf(good()) })
	tinyEventful = sync.OnceValue(func() *loot { return dayOf(tiny()) })
)

const (
	spare  = "b1-spare"
	unused = "b1-unused"
)

func dayOf(l *loot) *loot {
	f := l.forger()
	order := f.sign(hq, &record.ExtensionOrder{Branches: []string{"101"}, Until: "22:00", Article: "19", Text: "long queues"}, offices...)
	grant := func(id string) []byte {
		key := f.keys.Signing("device/" + id).Public().(ed25519.PublicKey)
		return f.sign(hq, &record.Grant{Office: "hq", What: record.GrantDevice, ID: id, Branch: "101", Key: key}, "office/hq")
	}
	f.insert(hq, indices[*record.Head](f, hq)[0], grant(spare), grant(unused), order)
	f.insert(b101, 1,
		f.state101(&record.Pause{Branch: "101", Reason: record.PausePower}),
		f.state101(&record.Enrol{Branch: "101", Device: f.commits(spare)}),
		f.state101(&record.Resume{Branch: "101"}))
	code := record.Code(order)
	f.insert(b101, indices[*record.Close](f, b101)[0], f.state101(&record.Extension{Branch: "101", ExtensionOrder: code[:]}))
	i := f.stuff(b101, f.seal(b101, spare, 1))
	code = record.Code(f.logs[b101][i])
	f.insert(b101, i+1,
		f.state101(&record.Retire{Branch: "101", Device: spare, Reason: record.RetireLost}),
		f.state101(&record.Spoiled{Device: spare, Code: code[:]}))
	f.goAlong(b101)
	return f.kept()
}

// state101 signs what the two officers of branch 101 state.
func (f *forger) state101(b record.Body) []byte {
	var by []string
	for _, s := range must(record.Decode(f.logs[b101][0])).Signatures {
		by = append(by, s.By)
	}
	return f.sign(b101, b, by...)
}

// commits returns the commitment of a device of branch 101, which is that of
// another one: nobody challenges it.
func (f *forger) commits(device string) record.Committed {
	c := body[*record.Opening](f, b101, 0).Devices[0]
	c.Device = device
	return c
}

// goAlong corrects what a branch stated at its close, and headquarters' canvass
// and result with it.
func (f *forger) goAlong(log string) {
	f.reclose(log)
	if len(indices[*record.Canvass](f, hq)) == 0 {
		return
	}
	counts := nth[*record.Close](f, log, 0).Counts
	edit(f, hq, 0, func(c *record.Canvass) {
		f.state(c, func(s *record.Statements) {
			for i := range s.Statements {
				if record.BranchLog(s.Statements[i].Branch) == log {
					s.Statements[i].Counts = counts
				}
			}
		})
	})
	f.recanvass()
}

// TestDays: officers who state what is not so, or do not keep to it.
func TestDays(t *testing.T) {
	for what, good := range map[string]func(f *forger){
		"the branch closes in a pause": func(f *forger) {
			f.insert(b101, indices[*record.Close](f, b101)[0], f.state101(&record.Pause{Branch: "101", Reason: record.PauseSafety}))
			f.reclose(b101)
		},
		"a device is enrolled and retired, and a ballot ends, in a pause": func(f *forger) {
			i := indices[*record.Retire](f, b101)[0]
			f.insert(b101, i, f.state101(&record.Pause{Branch: "101", Reason: record.PauseOther}), f.state101(&record.Enrol{Branch: "101", Device: f.commits(unused)}))
			f.reclose(b101)
		},
		"an order is for all": func(f *forger) {
			f.reorder(func(o *record.ExtensionOrder) { o.Branches, o.Until = nil, "24:00" })
		},
	} {
		l := eventful()
		f := l.forger()
		good(f)
		if r, _ := verify.Record(context.Background(), f.publish(), verify.Options{Election: &l.id}); r.Status != report.Verified || r.Phase != report.PhaseCertified {
			t.Errorf("%s: %s, %s: %s", what, r.Status, r.Phase, found(r))
		}
	}
	days().try(t)
}

// reorder changes the order to extend; the branch follows it as it is then.
func (f *forger) reorder(change func(*record.ExtensionOrder)) int {
	i := edit(f, hq, 0, change)
	code := record.Code(f.logs[hq][i])
	edit(f, b101, 0, func(e *record.Extension) { e.ExtensionOrder = code[:] })
	f.reclose(b101)
	return i
}

// stated puts what the officers of branch 101 state before entry i of its log.
func stated(f *forger, i int, statements ...record.Body) where {
	for n, b := range statements {
		f.insert(b101, i+n, f.state101(b))
	}
	f.reclose(b101)
	return entry(b101, i+len(statements)-1)
}

func days() table {
	pause := func(f *forger, change func(*record.Pause)) where {
		i := edit(f, b101, 0, change)
		f.reclose(b101)
		return entry(b101, i)
	}
	retire := func(f *forger, change func(*record.Retire)) where {
		i := edit(f, b101, 0, change)
		f.reclose(b101)
		return entry(b101, i)
	}
	ordered := func(f *forger, change func(*record.ExtensionOrder)) where { return entry(hq, f.reorder(change)) }
	last := func(f *forger) int { return indices[*record.Close](f, b101)[0] }
	enrolled := func(f *forger, change func(*record.Committed)) where {
		c := f.commits(unused)
		change(&c)
		return stated(f, last(f), &record.Enrol{Branch: "101", Device: c})
	}
	alone := func(f *forger, i int) where {
		e := must(record.Decode(f.logs[b101][i]))
		f.logs[b101][i] = f.sign(b101, e.Body, e.Signatures[0].By)
		f.reclose(b101)
		return entry(b101, i)
	}
	// bySpare lets the spare device end its waiting ballot after it was retired.
	bySpare := func(f *forger, b record.Body) where {
		cut[*record.Units](f)
		i := indices[*record.Retire](f, b101)[0] + 1
		f.logs[b101][i] = f.sign(b101, b, "device/"+spare)
		f.reclose(b101)
		return entry(b101, i)
	}
	code := func(f *forger) []byte {
		c := record.Code(f.logs[b101][indices[*record.Retire](f, b101)[0]-1])
		return c[:]
	}
	return table{eventful, []row{
		{"B03 a ballot is sealed in a pause", "V029", "", func(f *forger) where {
			i := indices[*record.Sealed](f, b101)[0]
			f.move(b101, indices[*record.Resume](f, b101)[0], i)
			f.reclose(b101)
			return entry(b101, i-1)
		}},
		{"a branch pauses in a pause", "V029", "", func(f *forger) where {
			return stated(f, 2, &record.Pause{Branch: "101", Reason: record.PauseOrder})
		}},
		{"a branch goes on that had not paused", "V029", "", func(f *forger) where {
			return stated(f, last(f), &record.Resume{Branch: "101"})
		}},
		{"a branch goes on twice", "V029", "", func(f *forger) where {
			return stated(f, indices[*record.Resume](f, b101)[0]+1, &record.Resume{Branch: "101"})
		}},
		{"a pause for a reason that there is not", "V029", "", func(f *forger) where {
			return pause(f, func(p *record.Pause) { p.Reason = "tea" })
		}},
		{"another branch's pause", "V029", "", func(f *forger) where {
			return pause(f, func(p *record.Pause) { p.Branch = "102" })
		}},
		{"another branch's resumption", "V029", "", func(f *forger) where {
			i := edit(f, b101, 0, func(r *record.Resume) { r.Branch = "102" })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"another branch's retirement of a device", "V029", "", func(f *forger) where {
			return retire(f, func(r *record.Retire) { r.Branch = "102" })
		}},
		{"a device is enrolled in another branch's name", "V029", "", func(f *forger) where {
			i := edit(f, b101, 0, func(e *record.Enrol) { e.Branch = "102" })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"another branch's extension", "V029", "", func(f *forger) where {
			i := edit(f, b101, 0, func(e *record.Extension) { e.Branch = "102" })
			f.reclose(b101)
			return entry(b101, i)
		}},

		{"C09 a branch extends voting by itself", "V029", "", func(f *forger) where {
			i := edit(f, b101, 0, func(e *record.Extension) { e.ExtensionOrder[0] ^= 1 })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"an extension that names a part of its order's hash", "V029", "", func(f *forger) where {
			i := edit(f, b101, 0, func(e *record.Extension) { e.ExtensionOrder = e.ExtensionOrder[:31] })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"an extension that names more than its order's hash", "V029", "", func(f *forger) where {
			i := edit(f, b101, 0, func(e *record.Extension) { e.ExtensionOrder = append(e.ExtensionOrder, 0) })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"C09 a branch follows an order for another", "V029", "", func(f *forger) where {
			ordered(f, func(o *record.ExtensionOrder) { o.Branches = []string{"102"} })
			return entry(b101, indices[*record.Extension](f, b101)[0])
		}},
		{"a branch follows one order twice", "V029", "", func(f *forger) where {
			return stated(f, last(f), nth[*record.Extension](f, b101, 0))
		}},
		{"C09 an order until an hour that the day does not have", "V029", "", func(f *forger) where {
			return ordered(f, func(o *record.ExtensionOrder) { o.Until = "24:01" })
		}},
		{"an order until an hour with something after it", "V029", "", func(f *forger) where {
			return ordered(f, func(o *record.ExtensionOrder) { o.Until += "\n" })
		}},
		{"an order names a branch twice", "V029", "", func(f *forger) where {
			return ordered(f, func(o *record.ExtensionOrder) { o.Branches = []string{"101", "101"} })
		}},
		{"an order rests on nothing", "V029", "", func(f *forger) where {
			return ordered(f, func(o *record.ExtensionOrder) { o.Article = "" })
		}},
		{"an order does not say why", "V029", "", func(f *forger) where {
			return ordered(f, func(o *record.ExtensionOrder) { o.Text = "" })
		}},
		{"an order for a branch that there is not", "V009 V029", "", func(f *forger) where {
			return ordered(f, func(o *record.ExtensionOrder) { o.Branches = append(o.Branches, "999") })
		}},
		{"an order twice", "V009", "", func(f *forger) where {
			i := indices[*record.ExtensionOrder](f, hq)[0]
			f.insert(hq, i, f.logs[hq][i])
			return entry(hq, i+1)
		}},
		{"I07 headquarters alone extends voting", "V008 V029", "", func(f *forger) where {
			i := indices[*record.ExtensionOrder](f, hq)[0]
			f.logs[hq][i] = f.sign(hq, body[*record.ExtensionOrder](f, hq, i), "office/hq")
			code := record.Code(f.logs[hq][i])
			edit(f, b101, 0, func(e *record.Extension) { e.ExtensionOrder = code[:] })
			f.reclose(b101)
			return entry(hq, i)
		}},

		{"I07 one officer extends voting", "V008", "", func(f *forger) where { return alone(f, indices[*record.Extension](f, b101)[0]) }},
		{"I07 one officer pauses a branch", "V008 V029", "", func(f *forger) where { return alone(f, indices[*record.Pause](f, b101)[0]) }},
		{"I07 one officer lets a branch go on", "V008 V029", "", func(f *forger) where { return alone(f, indices[*record.Resume](f, b101)[0]) }},
		{"I07 one officer enrols a device", "V008 V022 V025 V027 V029", "", func(f *forger) where {
			cut[*record.Units](f)
			return alone(f, indices[*record.Enrol](f, b101)[0])
		}},
		{"I07 one officer retires a device", "V008 V029", "", func(f *forger) where { return alone(f, indices[*record.Retire](f, b101)[0]) }},
		{"I07 one officer spoils a ballot", "V008 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			return alone(f, indices[*record.Retire](f, b101)[0]+1)
		}},
		{"I07 two officers cast a ballot", "V008 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			i := indices[*record.Retire](f, b101)[0] + 1
			f.logs[b101][i] = f.state101(&record.Cast{Device: spare, Code: code(f)})
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"I07 a device and an officer spoil a ballot", "V008 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			i := indices[*record.Retire](f, b101)[0] + 1
			e := must(record.Decode(f.logs[b101][i]))
			f.logs[b101][i] = f.sign(b101, e.Body, "device/"+spare, e.Signatures[0].By)
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"I07 two officers spoil a ballot of a device at work", "V029", "", func(f *forger) where {
			n := slices.IndexFunc(indices[*record.Spoiled](f, b101), func(i int) bool { return body[*record.Spoiled](f, b101, i).Device != spare })
			i := indices[*record.Spoiled](f, b101)[n]
			f.logs[b101][i] = f.state101(body[*record.Spoiled](f, b101, i))
			f.reclose(b101)
			return entry(b101, i)
		}},

		{"E05 a device that nobody granted is enrolled", "V021", "", func(f *forger) where {
			return enrolled(f, func(c *record.Committed) { c.Device = "b1-stranger" })
		}},
		{"E05 a device of another branch is enrolled", "V021", "", func(f *forger) where {
			return enrolled(f, func(c *record.Committed) { c.Device = "b2-device1" })
		}},
		{"a device of the opening is enrolled", "V021", "", func(f *forger) where {
			return enrolled(f, func(c *record.Committed) { c.Device = "b1-device1" })
		}},
		{"E05 a device is enrolled again after it was lost", "V021", "", func(f *forger) where {
			return enrolled(f, func(c *record.Committed) { c.Device = spare })
		}},
		{"a device is enrolled for more ballots than the definition allows", "V021", "", func(f *forger) where {
			return enrolled(f, func(c *record.Committed) { c.Limit = uint64(f.def.MaxBallotsPerDevice) + 1 })
		}},
		{"H11 a device is enrolled without a commitment to its seeds", "V021", "", func(f *forger) where {
			return enrolled(f, func(c *record.Committed) { c.Root = nil })
		}},
		{"a device votes before it is enrolled", "V022 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			e := f.logs[b101][2]
			f.remove(b101, 2)
			i := indices[*record.Retire](f, b101)[0]
			f.insert(b101, i, e)
			f.reclose(b101)
			return entry(b101, i-1)
		}},

		{"E05 a lost device seals a ballot", "V029", "", func(f *forger) where {
			i := f.stuff(b101, f.seal(b101, spare, 2))
			hash := record.Code(f.logs[b101][i])
			stated(f, i+1, &record.Spoiled{Device: spare, Number: 1, Code: hash[:]})
			f.goAlong(b101)
			return entry(b101, i)
		}},
		{"E05 a lost device casts the ballot that waited", "V029", "", func(f *forger) where {
			return bySpare(f, &record.Cast{Device: spare, Code: code(f)})
		}},
		{"E05 a lost device spoils the ballot that waited", "V029", "", func(f *forger) where {
			return bySpare(f, &record.Spoiled{Device: spare, Code: code(f)})
		}},
		{"E05 a lost device reveals a ballot", "V029", "", func(f *forger) where {
			i := indices[*record.Challenged](f, b101)[0]
			device := body[*record.Challenged](f, b101, i).Device
			stated(f, i, &record.Retire{Branch: "101", Device: device, Reason: record.RetireRevoked})
			return entry(b101, i+1)
		}},
		{"a device is retired that is not of the branch", "V029", "", func(f *forger) where {
			return stated(f, last(f), &record.Retire{Branch: "101", Device: "b2-device1", Reason: record.RetireFaulty})
		}},
		{"a device is retired that was granted and never enrolled", "V029", "", func(f *forger) where {
			return stated(f, last(f), &record.Retire{Branch: "101", Device: unused, Reason: record.RetireFaulty})
		}},
		{"a device is retired twice", "V029", "", func(f *forger) where {
			return stated(f, last(f), &record.Retire{Branch: "101", Device: spare, Reason: record.RetireFaulty})
		}},
		{"a device is retired for a reason that there is not", "V029", "", func(f *forger) where {
			return retire(f, func(r *record.Retire) { r.Reason = "slow" })
		}},
		{"B03 voting is extended after the close", "V027", "", func(f *forger) where {
			f.logs[b101] = append(f.logs[b101], f.logs[b101][indices[*record.Extension](f, b101)[0]])
			f.takeIn(b101)
			return entry(b101, len(f.logs[b101])-1)
		}},
		{"a branch paused before it opened", "V021 V022 V025 V027 V029", "", func(f *forger) where {
			cut[*record.Units](f)
			f.move(b101, 1, 0)
			f.reclose(b101)
			return entry(b101, 0)
		}},
	}}
}
