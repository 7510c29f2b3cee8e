package drafting

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/strictjson"
)

// bodies are the fields of a definition that the file of the bodies has.
type bodies struct {
	Offices             []election.Office  `json:"offices"`
	HQLogKey            election.Key       `json:"hq_log_key"`
	Trustees            []election.Trustee `json:"trustees"`
	Quorum              int                `json:"quorum"`
	Mixers              []election.Mixer   `json:"mixers"`
	Witnesses           []election.Witness `json:"witnesses"`
	WitnessQuorum       int                `json:"witness_quorum"`
	MaxBallotsPerDevice int                `json:"max_ballots_per_device"`
}

var bodyFields = []string{"offices", "hq_log_key", "trustees", "quorum", "mixers", "witnesses", "witness_quorum", "max_ballots_per_device"}

// bodies reads the bodies into the definition. What is wrong with them beyond
// their shape is found there.
func (b *builder) bodies() {
	f := b.files.Bodies
	if line, text := strictjson.Syntax(f.Data); text != "" {
		b.faults.add(f.Name, line, "%s", text)
		b.bodyShape = bodyFields
		return
	}
	b.bodyLines = strictjson.LinesOf(f.Data)
	var x bodies
	const whole = "bodies"
	for _, fault := range strictjson.Unmarshal(f.Data, whole, &x) {
		if fault.Path == whole {
			b.faults.add(f.Name, 1, "%s", fault.Text)
			b.bodyShape = bodyFields
			return
		}
		b.faults.add(f.Name, b.bodyLines.At(fault.Path), "%s: %s", fault.Path, fault.Text)
		b.bodyShape = append(b.bodyShape, fault.Path)
	}
	d := b.def
	d.Offices, d.HQLogKey, d.Trustees, d.Quorum = x.Offices, x.HQLogKey, x.Trustees, x.Quorum
	d.Mixers, d.Witnesses, d.WitnessQuorum, d.MaxBallotsPerDevice = x.Mixers, x.Witnesses, x.WitnessQuorum, x.MaxBallotsPerDevice
}

// element takes a path of the definition apart: which element of an array, which
// of an array in it, and the field there.
var element = regexp.MustCompile(`^(districts|contests|branches)\[([0-9]+)\](?:\.(candidates|lists)\[([0-9]+)\])?\.?(.*)$`)

// validate finds what is wrong with the whole, and tells it where it was written.
func (b *builder) validate() {
	sound := len(b.faults) == 0
	for _, f := range b.def.Validate() {
		top, _, _ := strings.Cut(f.Path, ".")
		top, _, _ = strings.Cut(top, "[")
		body := slices.Contains(bodyFields, top)
		if slices.ContainsFunc(b.bodyShape, func(p string) bool {
			return f.Path == p || strings.HasPrefix(f.Path, p+".") || strings.HasPrefix(f.Path, p+"[")
		}) {
			continue
		}
		// Beside other faults, what is wrong with districts and contests may follow
		// from those; bodies and keys stand by themselves.
		if !sound && !body && !strings.HasSuffix(f.Path, ".log_key") {
			continue
		}
		file, line, field := b.origin(f.Path)
		text := f.Text
		if field != "" {
			text = field + ": " + text
		}
		b.faults.add(file, line, "%s", text)
	}
}

// origin returns where the value at a path of the definition was written.
func (b *builder) origin(path string) (file string, line int, field string) {
	if m := element.FindStringSubmatch(path); m != nil {
		i, _ := strconv.Atoi(m[2])
		j, _ := strconv.Atoi(m[4])
		switch m[1] {
		case "districts":
			return b.files.Places.Name, b.districtLines[i], m[5]
		case "branches":
			return b.files.Branches.Name, b.branchLines[i], m[5]
		}
		h := b.order[i]
		switch m[3] {
		case "candidates":
			return b.files.Candidates.Name, h.candidates[j].line, m[5]
		case "lists":
			return b.files.Candidates.Name, h.listLines[j], "list " + m[5]
		}
		file, line = h.from()
		return file, line, m[5]
	}
	top, field, _ := strings.Cut(path, ".")
	top, _, _ = strings.Cut(top, "[")
	switch top {
	case "name":
		if field == "" {
			field = "fa"
		}
		return "--name-" + field, 0, ""
	case "polling_day":
		return "--polling-day", 0, ""
	case "laws":
		return "--ruling", 0, ""
	case "districts", "contests":
		return b.files.Places.Name, 1, path
	case "branches":
		return b.files.Branches.Name, 1, path
	}
	return b.files.Bodies.Name, b.bodyLines.At(path), path
}
