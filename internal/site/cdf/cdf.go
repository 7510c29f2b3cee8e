// Package cdf writes the results of an election in the Common Data Format of NIST
// for Election Results Reporting, version 2, as JSON.
//
// Specification: doc/guides/site.md, "NIST ERR".
//
// In goes a results.Election, a place and those of its contests that are to be
// reported; out comes one ElectionReport. Each contest has the totals of its
// opened units, and each opened unit is a reporting unit of its own whose parts
// are its branches, so that nothing is smaller than what was opened together. It is
// written as it is made, so that a report of the whole country needs little memory.
// Blank selections are undervotes.
//
// What it never does: it gives no vote counts of an election whose record is not
// verified, and none of a contest that waits. The date of the report is the last
// moment of its contests, not the time of its making.
//
// How it fails: with the error of the counting rule.
//
// Sources: NIST SP 1500-100r2; the schema NIST_V2_election_results_reporting.json.
package cdf

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/verify/report"
)

// object is a value of the format: field names are those of the schema.
type object = map[string]any

func text(n election.Name) object {
	var all []object
	add := func(lang, s string) {
		if s != "" {
			all = append(all, object{"@type": "ElectionResults.LanguageString", "Content": s, "Language": lang})
		}
	}
	add("fa", n.Fa)
	add("en", n.En)
	if len(all) == 0 {
		add("en", "-")
	}
	return object{"@type": "ElectionResults.InternationalizedText", "Text": all}
}

// kinds are the types of reporting units.
var kinds = map[string]string{election.Country: "country", election.Province: "state", election.County: "county", election.City: "city",
	election.Village: "village"}

// Ids of the format need only be unique in the report.
func placeID(id string) string            { return "place-" + id }
func branchID(id string) string           { return "branch-" + id }
func unitID(contest, unit string) string  { return "unit-" + contest + "-" + unit }
func candID(contest, cand string) string  { return "candidate-" + contest + "-" + cand }
func partyID(contest, list string) string { return "party-" + contest + "-" + list }

// maker writes a report piece by piece.
type maker struct {
	e    *results.Election
	seen map[string]bool // ids of reporting units
	out  *bufio.Writer
	n    int   // elements of the list under way
	err  error // the first one
}

// text writes a piece as it is.
func (m *maker) text(s string) {
	if m.err == nil {
		_, m.err = m.out.WriteString(s)
	}
}

// add adds an element to the list under way.
func (m *maker) add(x object) {
	if m.n++; m.n > 1 {
		m.text(",\n")
	}
	b, err := json.Marshal(x)
	m.text(string(b))
	m.err = cmp.Or(m.err, err)
}

// begin writes an object that has more fields yet.
func (m *maker) begin(x object) {
	b, err := json.Marshal(x)
	m.text(strings.TrimSuffix(string(b), "}"))
	m.err = cmp.Or(m.err, err)
}

// list writes a field that is the list of what is added for each contest.
func (m *maker) list(name string, contests []*results.Contest, add func(*results.Contest)) {
	m.text(",\n\"" + name + "\":[")
	for _, c := range contests {
		add(c)
	}
	m.text("]")
	m.n = 0
}

// Write writes the report of contests of a place, one piece after the other: it
// needs no more memory than the ids of places and branches take.
func Write(w io.Writer, e *results.Election, place *results.Place, contests []*results.Contest) error {
	m := &maker{e: e, seen: map[string]bool{}, out: bufio.NewWriterSize(w, 1<<16)}
	status, at := overall(e, contests)
	d := e.Definition
	issuer := election.Name{Fa: "ستاد انتخابات", En: "Headquarters"}
	for _, o := range d.Offices {
		if o.Role == election.Headquarters {
			issuer = o.Name
		}
	}
	r := object{"@type": "ElectionResults.ElectionReport", "Format": "precinct-level", "GeneratedDate": at, "Issuer": cmp.Or(issuer.En, issuer.Fa), "IssuerAbbreviation": "HQ",
		"SequenceStart": 1, "SequenceEnd": 1, "Status": status, "VendorApplicationId": "sandogh"}
	if d.Practice {
		r["IsTest"], r["TestType"] = true, "practice"
	}
	m.begin(r)
	m.seen[placeID(place.ID)] = true
	m.text(",\n\"GpUnit\":[")
	m.add(placeUnit(place))
	for _, c := range contests {
		m.units(c)
	}
	m.text("]")
	m.n = 0
	if slices.ContainsFunc(contests, func(c *results.Contest) bool { return len(c.Contest.Lists) > 0 }) {
		m.list("Party", contests, m.parties)
	}
	m.text(",\n\"Election\":[")
	m.begin(object{"@type": "ElectionResults.Election", "Name": text(d.Name), "Type": "general", "StartDate": d.PollingDay, "EndDate": d.PollingDay,
		"ElectionScopeId":    placeID(place.ID),
		"ExternalIdentifier": []object{{"@type": "ElectionResults.ExternalIdentifier", "Type": "other", "OtherType": "election-id", "Value": e.ID}}})
	m.list("Candidate", contests, m.candidates)
	m.list("Contest", contests, m.contest)
	m.text("}]}\n")
	if m.err == nil {
		m.err = m.out.Flush()
	}
	if m.err != nil {
		return fmt.Errorf("write report of %s: %w", place.ID, m.err)
	}
	return nil
}

// Report returns the report of contests of a place.
func Report(e *results.Election, place *results.Place, contests []*results.Contest) ([]byte, error) {
	var b bytes.Buffer
	err := Write(&b, e, place, contests)
	return b.Bytes(), err
}

// overall returns the status of the report and its date.
func overall(e *results.Election, contests []*results.Contest) (status, at string) {
	started, counted, settled, corrected := 0, 0, 0, 0
	last := time.Time{}
	for _, c := range contests {
		if n := len(c.History); n > 0 && c.History[n-1].At.After(last) {
			last = c.History[n-1].At
		}
		if c.Kind != results.Waiting {
			started++
		}
		if c.Counted() {
			counted++
		}
		if c.Settled() {
			settled++
		}
		if c.Kind == results.Corrected {
			corrected++
		}
	}
	switch {
	case e.Report.Status != report.Verified || started == 0:
		status = "pre-election"
	case corrected > 0:
		status = "correction"
	case settled == len(contests):
		status = "certified"
	case counted == len(contests):
		status = "unofficial-complete"
	default:
		status = "unofficial-partial"
	}
	if last.IsZero() { // nothing was counted: the day that the report is of
		return status, e.Definition.PollingDay + "T00:00:00+03:30"
	}
	return status, last.UTC().Format(time.RFC3339)
}

func (m *maker) once(id string) bool {
	if m.seen[id] {
		return false
	}
	m.seen[id] = true
	return true
}

func unitType(x object, kind string) {
	if t, ok := kinds[kind]; ok {
		x["Type"] = t
		return
	}
	x["Type"], x["OtherType"] = "other", kind
}

func placeUnit(p *results.Place) object {
	x := object{"@type": "ElectionResults.ReportingUnit", "@id": placeID(p.ID), "Name": text(p.Name), "TotalSubUnits": p.Sum.Branches, "SubUnitsReported": p.Sum.Closed}
	unitType(x, p.Kind)
	return x
}

// branchUnit is a branch with what it stated at its close.
func branchUnit(b *results.Branch) object {
	x := object{"@type": "ElectionResults.ReportingUnit", "@id": branchID(b.ID), "Type": "polling-place", "Name": text(b.Name), "VotersRegistered": b.Electorate}
	if b.Closed {
		x["VotersParticipated"] = b.Counts.Cast
	}
	return x
}

// units adds the place, the branches and the tally units of a contest, each once.
func (m *maker) units(c *results.Contest) {
	if c.Place != nil && m.once(placeID(c.Place.ID)) {
		m.add(placeUnit(c.Place))
	}
	for _, b := range c.Branches {
		if m.once(branchID(b.ID)) {
			m.add(branchUnit(b))
		}
	}
	for i := range c.Units {
		u := &c.Units[i]
		var parts []string
		for _, b := range u.Branches {
			parts = append(parts, branchID(b.ID))
		}
		m.add(object{"@type": "ElectionResults.ReportingUnit", "@id": unitID(c.ID, u.ID), "Type": "combined-precinct",
			"Name": text(election.Name{Fa: "واحد شمارش " + u.ID, En: "Tally unit " + u.ID}), "ComposingGpUnitIds": parts})
	}
}

func (m *maker) parties(c *results.Contest) {
	for _, l := range c.Contest.Lists {
		m.add(object{"@type": "ElectionResults.Party", "@id": partyID(c.ID, l.ID), "Name": text(l.Name)})
	}
}

func (m *maker) candidates(c *results.Contest) {
	status, err := after(c)
	m.err = cmp.Or(m.err, err)
	for i := range c.Candidates {
		x := &c.Candidates[i]
		person := object{"@type": "ElectionResults.Candidate", "@id": candID(c.ID, x.ID), "BallotName": text(x.Name)}
		if x.List != "" {
			person["PartyId"] = partyID(c.ID, x.List)
		}
		if s := status[x.ID]; s != "" {
			person["PostElectionStatus"] = s
		}
		m.add(person)
	}
}

func (m *maker) contest(c *results.Contest) {
	var selections []object
	for i := range c.Candidates {
		x := &c.Candidates[i]
		s := object{"@type": "ElectionResults.CandidateSelection", "@id": "selection-" + c.ID + "-" + x.ID, "CandidateIds": []string{candID(c.ID, x.ID)}}
		if counts := votes(c, i); len(counts) > 0 {
			s["VoteCounts"] = counts
		}
		selections = append(selections, s)
	}
	variation := "n-of-m"
	switch {
	case c.Proportional():
		variation = "proportional"
	case c.Rule == election.TwoRound:
		variation = "majority"
	case c.VoteLimit == 1:
		variation = "plurality"
	}
	state := "in-process"
	switch {
	case c.Kind == results.Waiting:
		state = "not-processed"
	case c.Counted():
		state = "completed"
	}
	x := object{"@type": "ElectionResults.CandidateContest", "@id": "contest-" + c.ID, "Name": cmp.Or(c.Name.En, c.Name.Fa), "BallotTitle": text(c.Name), "VotesAllowed": c.VoteLimit,
		"NumberElected": c.Seats, "VoteVariation": variation, "ElectionDistrictId": placeID(c.District), "ContestSelection": selections,
		"TotalSubUnits": len(c.Branches), "SubUnitsReported": c.Done,
		"CountStatus": []object{{"@type": "ElectionResults.CountStatus", "Status": state, "Type": "total"}}}
	if others := undervotes(c); len(others) > 0 {
		x["OtherCounts"] = others
	}
	m.add(x)
}

// votes returns the counts of a candidate: in each opened unit, and in all.
func votes(c *results.Contest, i int) []object {
	if c.Kind == results.Waiting {
		return nil
	}
	one := func(unit string, n uint64) object {
		return object{"@type": "ElectionResults.VoteCounts", "Type": "total", "GpUnitId": unit, "Count": n}
	}
	out := []object{one(placeID(c.District), c.Votes[i])}
	for _, u := range c.Units {
		if u.Opened {
			out = append(out, one(unitID(c.ID, u.ID), u.Votes[i]))
		}
	}
	return out
}

func undervotes(c *results.Contest) []object {
	if c.Kind == results.Waiting {
		return nil
	}
	one := func(unit string, n uint64) object {
		return object{"@type": "ElectionResults.OtherCounts", "GpUnitId": unit, "Undervotes": n}
	}
	out := []object{one(placeID(c.District), c.Blank)}
	for _, u := range c.Units {
		if u.Opened {
			out = append(out, one(unitID(c.ID, u.ID), u.Blank))
		}
	}
	return out
}

// after says of each candidate of a counted contest what came of it.
func after(c *results.Contest) (map[string]string, error) {
	if !c.Counted() {
		return nil, nil
	}
	o, err := c.Count()
	if err != nil {
		return nil, fmt.Errorf("count contest %s: %w", c.ID, err)
	}
	return said(c, o), nil
}

func said(c *results.Contest, o count.Outcome) map[string]string {
	elected, runoff := o.Elected, o.Runoff
	if n := len(c.Chain); n > 0 {
		elected, runoff = c.Chain[n-1].New.Elected, c.Chain[n-1].New.Runoff
	}
	out := map[string]string{}
	for _, id := range elected {
		out[id] = "projected-winner"
		if c.Settled() {
			out[id] = "winner"
		}
	}
	for _, id := range runoff {
		out[id] = "advanced-to-runoff"
	}
	if c.Settled() {
		for i := range c.Candidates {
			if id := c.Candidates[i].ID; out[id] == "" {
				out[id] = "defeated"
			}
		}
	}
	return out
}
