package tamper_test

import (
	"testing"

	"github.com/sandogh/sandogh/record"
)

// TestOpening: branches that open wrongly. Branch 103, which has no voters,
// shows what refuses the statement alone.
func TestOpening(t *testing.T) { openings().try(t) }

func openings() table {
	opening := func(f *forger, change func(*record.Opening)) where {
		cut[*record.Units](f)
		edit(f, b103, 0, change)
		f.reclose(b103)
		return entry(b103, 0)
	}
	officers := func(f *forger, by ...string) where {
		cut[*record.Units](f)
		f.logs[b103][0] = f.sign(b103, nth[*record.Opening](f, b103, 0), by...)
		f.reclose(b103)
		return entry(b103, 0)
	}
	return table{good, []row{
		{"a branch did not open", "V021", "", func(f *forger) where {
			cut[*record.Units](f)
			f.remove(b103, 0)
			f.reclose(b103)
			return inLog(b103)
		}},
		{"a branch opened twice", "V021", "", func(f *forger) where {
			cut[*record.Units](f)
			f.insert(b103, 1, f.logs[b103][0])
			f.reclose(b103)
			return entry(b103, 1)
		}},
		{"a branch voted before it opened", "V021 V022 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			f.move(b104, 0, 1)
			f.reclose(b104)
			return entry(b104, 0)
		}},
		{"D19 a branch opened with ballots counted", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Counts.CheckedIn, o.Counts.Cast = 3, 3 })
		}},
		{"another branch's opening", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Branch = "104" })
		}},
		{"a branch opened without devices", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Devices = nil })
		}},
		{"E05 a device that nobody granted", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Devices[0].Device = "spare" })
		}},
		{"a device of another branch", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Devices[0].Device = "b1-device1" })
		}},
		{"a device twice", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Devices[1].Device = o.Devices[0].Device })
		}},
		{"H11 a device without a commitment to its seeds", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Devices[0].Root = nil })
		}},
		{"a device for more ballots than the definition allows", "V021", "", func(f *forger) where {
			return opening(f, func(o *record.Opening) { o.Devices[0].Limit = uint64(f.def.MaxBallotsPerDevice) + 1 })
		}},
		{"I07 one officer opens a branch", "V008 V021", "", func(f *forger) where { return officers(f, "officer/b3-head") }},
		{"I07 officers of another branch open it", "V008 V021", "", func(f *forger) where {
			return officers(f, "officer/b1-head", "officer/b1-supervisor")
		}},
		{"I07 three officers open a branch", "V008 V021", "", func(f *forger) where {
			return officers(f, "officer/b3-head", "officer/b3-supervisor", "officer/b4-head")
		}},
		{"I07 devices open a branch", "V008 V021", "", func(f *forger) where {
			return officers(f, "device/b3-device1", "device/b3-device2")
		}},
		{"I07 both officers of a branch are of one office", "V008 V021", "", func(f *forger) where {
			cut[*record.Units](f)
			for _, i := range indices[*record.Grant](f, hq) {
				if g := body[*record.Grant](f, hq, i); g.ID == "b3-supervisor" {
					g.Office = "hq"
					f.logs[hq][i] = f.sign(hq, g, "office/hq")
				}
			}
			return entry(b103, 0)
		}},
	}}
}
