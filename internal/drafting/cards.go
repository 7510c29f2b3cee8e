package drafting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/strictjson"
)

// Setting is what the bodies agree on besides their cards.
type Setting struct {
	Quorum              int      // trustees who suffice to open
	WitnessQuorum       int      // witnesses who must cosign
	MaxBallotsPerDevice int      // also of a terminal
	Reserves            []string // ids of mixers in reserve
}

// Assemble makes the file of the bodies from their cards, the public parts that
// each has made on its own machine. Trustees and mixers stand in the order of the
// files. The error is *[Faults]. What is wrong with the bodies beyond that is
// found when the definition is built.
func Assemble(cards []File, set Setting) ([]byte, error) {
	x := bodies{Offices: []election.Office{}, Trustees: []election.Trustee{}, Mixers: []election.Mixer{}, Witnesses: []election.Witness{}}
	var faults Faults
	hqLog := ""
	for _, f := range cards {
		if line, text := strictjson.Syntax(f.Data); text != "" {
			faults.add(f.Name, line, "%s", text)
			continue
		}
		lines := strictjson.LinesOf(f.Data)
		var shape strictjson.Faults
		switch {
		case has(lines, "hpke_key"):
			shape = into(f.Data, &x.Trustees)
		case has(lines, "role"):
			shape = into(f.Data, &x.Offices)
		case has(lines, "hq_log_key"):
			var c struct {
				Key election.Key `json:"hq_log_key"`
			}
			shape = strictjson.Unmarshal(f.Data, card, &c)
			if hqLog != "" {
				faults.add(f.Name, 1, "%s is the card of headquarters' log too: there is one", hqLog)
			}
			hqLog, x.HQLogKey = f.Name, c.Key
		case has(lines, "branch"), has(lines, "log_key"):
			faults.add(f.Name, 1, "this is the card of a branch: write its log_key into the table of the branches")
		case has(lines, "id"):
			shape = into(f.Data, &x.Mixers)
		default:
			shape = into(f.Data, &x.Witnesses)
		}
		for _, s := range shape {
			faults.add(f.Name, lines.At(s.Path), "%s", s)
		}
	}
	for _, id := range set.Reserves {
		i := slices.IndexFunc(x.Mixers, func(m election.Mixer) bool { return m.ID == id })
		if i < 0 {
			faults.add("--reserve", 0, "no card is of the mixer %s", show(id))
			continue
		}
		x.Mixers[i].Reserve = true
	}
	if hqLog == "" {
		faults.add("cards", 0, "the card of headquarters' log (hq-log.card.json) is missing: it is made with the office in the role of headquarters")
	}
	if len(faults) > 0 {
		return nil, &faults
	}
	x.Quorum, x.WitnessQuorum, x.MaxBallotsPerDevice = set.Quorum, set.WitnessQuorum, set.MaxBallotsPerDevice
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(x); err != nil {
		return nil, fmt.Errorf("assemble bodies: %w", err)
	}
	return b.Bytes(), nil
}

const card = "card"

func has(lines strictjson.Lines, field string) bool { _, ok := lines[field]; return ok }

// into reads one more element of a list.
func into[T any](data []byte, list *[]T) strictjson.Faults {
	var x T
	faults := strictjson.Unmarshal(data, card, &x)
	for i := range faults {
		faults[i].Path = strings.TrimPrefix(faults[i].Path, card+".")
	}
	*list = append(*list, x)
	return faults
}
