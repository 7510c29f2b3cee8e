package assets

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/sandogh/sandogh/election"
)

// An Hour is how many persons had been checked in until a time.
type Hour struct {
	Until  string // such as 12:00
	Voters uint64
}

// maxHours bounds the rows of a branch.
const maxHours = 48

// readTurnout reads a CSV of turnout. All its faults are reported, by line.
func (x *List) readTurnout(d *election.Definition, data []byte) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = 3
	head, err := r.Read()
	if err != nil || !slices.Equal(head, []string{"branch", "until", "voters"}) {
		return errors.New("line 1: wanted is the header branch,until,voters")
	}
	var all []error
	for {
		row, err := r.Read()
		if len(row) == 0 && err != nil {
			if !errors.Is(err, io.EOF) {
				all = append(all, err)
			}
			break
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			all = append(all, err)
			continue
		}
		b, ok := d.Branch(row[0])
		n, bad := strconv.ParseUint(row[2], 10, 32)
		hours := x.turnout[row[0]]
		switch {
		case !ok:
			all = append(all, fmt.Errorf("line %d: branch: the definition has no branch %.40q", line, row[0]))
		case !clock(row[1]):
			all = append(all, fmt.Errorf("line %d: until: %.10q is no time such as 09:30", line, row[1]))
		case bad != nil || n > uint64(b.Electorate):
			all = append(all, fmt.Errorf("line %d: voters: %.20q is no number up to the branch's %d voters", line, row[2], b.Electorate))
		case len(hours) >= maxHours:
			all = append(all, fmt.Errorf("line %d: more than %d rows of branch %s", line, maxHours, row[0]))
		case len(hours) > 0 && (hours[len(hours)-1].Until >= row[1] || hours[len(hours)-1].Voters > n):
			all = append(all, fmt.Errorf("line %d: the rows of a branch ascend in time, and their voters do not fall", line))
		default:
			x.turnout[row[0]] = append(hours, Hour{row[1], n})
		}
	}
	return errors.Join(all[:min(len(all), 50)]...)
}

func clock(s string) bool {
	if len(s) != 5 || s[2] != ':' {
		return false
	}
	h, err := strconv.ParseUint(s[:2], 10, 8)
	m, err2 := strconv.ParseUint(s[3:], 10, 8)
	return err == nil && err2 == nil && h < 24 && m < 60
}

// Coarse returns the hours without steps of fewer than least persons: a row is
// left out until enough have come since the last one that is shown. What is left
// at the end joins the last step.
func Coarse(hours []Hour, least uint64) []Hour {
	var out []Hour
	shown := uint64(0)
	for _, h := range hours {
		if h.Voters == shown && len(out) > 0 {
			continue // nobody came: that is no row of anybody
		}
		if h.Voters-shown >= least {
			out = append(out, h)
			shown = h.Voters
		}
	}
	if n := len(hours); n > 0 && len(out) > 0 && hours[n-1].Voters > shown {
		out[len(out)-1] = hours[n-1]
	}
	return out
}

// Add adds up the hours of several branches at the times that any of them has. A
// branch counts with its last number before.
func Add(all [][]Hour) []Hour {
	var times []string
	for _, hours := range all {
		for _, h := range hours {
			times = append(times, h.Until)
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	out := make([]Hour, len(times))
	for i, t := range times {
		out[i].Until = t
		for _, hours := range all {
			last := uint64(0)
			for _, h := range hours {
				if h.Until <= t {
					last = h.Voters
				}
			}
			out[i].Voters += last
		}
	}
	return out
}
