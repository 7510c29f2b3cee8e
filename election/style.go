package election

import (
	"encoding/hex"
	"fmt"
	"slices"
)

// A Style is what a voter of a district is asked: the contests of the district
// and of its ancestors, in the definition's order. Its id is the district's.
type Style struct {
	ID       string
	Contests []*Contest
}

// Contest returns the style's contest with the id.
func (s Style) Contest(id string) (*Contest, bool) {
	for _, c := range s.Contests {
		if c.ID == id {
			return c, true
		}
	}
	return nil, false
}

// Styles returns the ballot styles in use, one for each district that has a
// branch of its own, in the definition's order of districts.
func (d *Definition) Styles() []Style {
	used := make(map[string]bool, len(d.Branches))
	for i := range d.Branches {
		used[d.Branches[i].District] = true
	}
	f := d.forest()
	var styles []Style
	for i := range d.Districts {
		if id := d.Districts[i].ID; used[id] {
			styles = append(styles, f.style(id))
		}
	}
	return styles
}

// StyleOf returns the ballot style of a branch.
func (d *Definition) StyleOf(branch string) (Style, error) {
	b, ok := d.Branch(branch)
	if !ok {
		return Style{}, fmt.Errorf("find style: no branch %q in the definition", branch)
	}
	return d.forest().style(b.District), nil
}

// BranchesOf returns the branches that vote in a contest: those of its district
// and of the districts within it, in the definition's order.
func (d *Definition) BranchesOf(contest string) []*Branch {
	c, ok := d.Contest(contest)
	if !ok {
		return nil
	}
	f := d.forest()
	inside := make(map[string]bool)
	var branches []*Branch
	for i := range d.Branches {
		b := &d.Branches[i]
		in, known := inside[b.District]
		if !known {
			in = slices.Contains(f.upward(b.District), c.District)
			inside[b.District] = in
		}
		if in {
			branches = append(branches, b)
		}
	}
	return branches
}

// A forest answers which districts lie within which.
type forest struct {
	parent   map[string]string
	contests map[string][]int // of each district, indexes in order
	def      *Definition
}

func (d *Definition) forest() forest {
	f := forest{
		parent:   make(map[string]string, len(d.Districts)),
		contests: make(map[string][]int, len(d.Contests)),
		def:      d,
	}
	for _, x := range d.Districts {
		f.parent[x.ID] = x.Parent
	}
	for i := range d.Contests {
		id := d.Contests[i].District
		f.contests[id] = append(f.contests[id], i)
	}
	return f
}

// upward returns the district and its ancestors, no more than [MaxDepth] of
// them, so that it ends on any definition.
func (f forest) upward(district string) []string {
	var up []string
	for id := district; id != "" && len(up) < MaxDepth; {
		parent, ok := f.parent[id]
		if !ok || slices.Contains(up, id) {
			break
		}
		up = append(up, id)
		id = parent
	}
	return up
}

// contestsOf returns the indexes of the contests held in the district and above
// it, in order. When there are more than [MaxStyle] it returns one more than
// that, whichever they are: such a definition is refused.
func (f forest) contestsOf(district string) []int {
	var indexes []int
	for _, id := range f.upward(district) {
		c := f.contests[id]
		indexes = append(indexes, c[:min(len(c), MaxStyle+1-len(indexes))]...)
	}
	slices.Sort(indexes)
	return indexes
}

func (f forest) style(district string) Style {
	s := Style{ID: district}
	for _, i := range f.contestsOf(district) {
		s.Contests = append(s.Contests, &f.def.Contests[i])
	}
	return s
}

// HQOrigin returns the origin of headquarters' log in the election with the id,
// which is also the name of the log's key:
//
//	"sandogh/" ‖ hex(id) ‖ "/hq"
func HQOrigin(id [32]byte) string {
	return "sandogh/" + hex.EncodeToString(id[:]) + "/hq"
}

// BranchOrigin returns the origin of a branch's log in the election with the id,
// which is also the name of the log's key:
//
//	"sandogh/" ‖ hex(id) ‖ "/branch/" ‖ branch
func BranchOrigin(id [32]byte, branch string) string {
	return "sandogh/" + hex.EncodeToString(id[:]) + "/branch/" + branch
}

// HQOrigin is [HQOrigin] of the definition's id.
func (d *Definition) HQOrigin() string { return HQOrigin(d.ID()) }

// BranchOrigin is [BranchOrigin] of the definition's id. For many branches, keep
// the id and use the function.
func (d *Definition) BranchOrigin(branch string) string { return BranchOrigin(d.ID(), branch) }
