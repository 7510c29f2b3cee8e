package cuts_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

// facts are what a branch says of itself, one by one.
type facts map[string]string

// differ returns the names of facts that are others in the second.
func (f facts) differ(g facts) []string {
	names := map[string]bool{}
	for name := range f {
		names[name] = f[name] != g[name]
	}
	for name := range g {
		names[name] = f[name] != g[name]
	}
	maps.DeleteFunc(names, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(names))
}

// tell says how named facts differ.
func (f facts) tell(g facts) string {
	var out []string
	for _, name := range f.differ(g) {
		out = append(out, fmt.Sprintf("%s: %q, not %q", name, f[name], g[name]))
	}
	return strings.Join(out, "; ")
}

// facts returns what the branch says, after it was held against the log itself.
func (b *branch) facts(ctx context.Context) (facts, error) {
	c := b.station.Counts()
	f := facts{
		"state": string(b.station.State()), "checked in": fmt.Sprint(c.CheckedIn), "voting": fmt.Sprint(c.Active), "chances": fmt.Sprint(c.Chances),
		"waiting": fmt.Sprint(c.Waiting), "cast": fmt.Sprint(c.Cast), "spoiled": fmt.Sprint(c.Spoiled), "challenged": fmt.Sprint(c.Challenged),
		"followed": fmt.Sprint(b.station.Followed(b.order)), "daybook": fmt.Sprint(len(b.daybook.Lines())),
	}
	states, err := b.endings(ctx)
	if err != nil {
		return nil, err
	}
	said := 0
	for _, d := range b.station.Devices() {
		f["device "+d.ID] = fmt.Sprintf("announced %v, on the log %v, retired %v, session %v", d.Announced, d.Committed, d.Retired, d.Session != "")
		said += int(d.Next)
		for n := range d.Next {
			f[fmt.Sprintf("ballot %s %d", d.ID, n)] = string(states[fmt.Sprintf("%s %d", d.ID, n)])
		}
		for _, w := range d.Waiting {
			at := fmt.Sprintf("%s %d", d.ID, w.Number)
			if states[at] != station.Waiting {
				return nil, fmt.Errorf("ballot %s waits, and the log says %q", at, states[at])
			}
			f["order "+at] = string(w.Order)
		}
	}
	if said != len(states) {
		return nil, fmt.Errorf("the log has %d ballots, and the branch says %d", len(states), said)
	}
	count := map[station.Ending]uint64{}
	for _, s := range states {
		count[s]++
	}
	if count[station.Waiting] != c.Waiting || count[station.Cast] != c.Cast || count[station.Spoiled] != c.Spoiled || count[station.Challenged] != c.Challenged {
		return nil, fmt.Errorf("the log has %v, and the branch says %+v", count, c)
	}
	for i, p := range b.roll.Own() {
		st, err := b.marks.Status(p.Number)
		if err != nil {
			return nil, err
		}
		f[fmt.Sprint("voter ", i)] = string(st.Standing)
	}
	return f, nil
}

// endings reads the log and returns what has become of each ballot: exactly one
// thing. What is not in the log was not sealed.
func (b *branch) endings(ctx context.Context) (map[string]station.Ending, error) {
	out := map[string]station.Ending{}
	if size, err := b.station.Log().Size(ctx); err != nil || size == 0 {
		return out, err
	}
	log, err := b.station.Log().Read(ctx)
	if err != nil {
		return nil, err
	}
	codes := map[string]string{}
	_, err = log.Scan(func(e board.Entry) error {
		x, err := record.Decode(e.Data)
		if err != nil {
			return err
		}
		end := func(device string, number uint64, code []byte, to station.Ending) error {
			at := fmt.Sprintf("%s %d", device, number)
			if out[at] != station.Waiting || codes[at] != string(code) {
				return fmt.Errorf("ballot %s is %s and comes to be %s", at, out[at], to)
			}
			out[at] = to
			return nil
		}
		switch x := x.Body.(type) {
		case *record.Sealed:
			at := fmt.Sprintf("%s %d", x.Device, x.Number)
			if _, twice := out[at]; twice {
				return fmt.Errorf("ballot %s is sealed twice", at)
			}
			code := record.Code(e.Data)
			out[at], codes[at] = station.Waiting, string(code[:])
		case *record.Cast:
			return end(x.Device, x.Number, x.Code, station.Cast)
		case *record.Spoiled:
			return end(x.Device, x.Number, x.Code, station.Spoiled)
		case *record.Challenged:
			return end(x.Device, x.Number, x.Code, station.Challenged)
		}
		return nil
	})
	return out, err
}
