// Package cdf writes the results of an election in the Common Data Format of NIST
// for Election Results Reporting, version 2, as JSON.
//
// Specification: doc/guides/site.md, "NIST ERR".
//
// In goes a results.Election, a place and those of its contests that are to be
// reported; out comes one ElectionReport. Each contest has the totals of its
// opened units, and each opened unit is a reporting unit of its own whose parts
// are its branches, so that nothing is smaller than what was opened together.
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
	"encoding/json"
	"fmt"
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

// maker collects the parts of a report.
type maker struct {
	e        *results.Election
	units    []object
	parties  []object
	people   []object // candidates
	contests []object
	seen     map[string]bool
}

// Report returns the report of contests of a place.
func Report(e *results.Election, place *results.Place, contests []*results.Contest) ([]byte, error) {
	m := &maker{e: e, seen: map[string]bool{}, people: []object{}, contests: []object{}}
	m.place(place)
	status, at := overall(e, contests)
	for _, c := range contests {
		if err := m.contest(c); err != nil {
			return nil, err
		}
	}
	d := e.Definition
	issuer := election.Name{Fa: "ستاد انتخابات", En: "Headquarters"}
	for _, o := range d.Offices {
		if o.Role == election.Headquarters {
			issuer = o.Name
		}
	}
	name := issuer.En
	if name == "" {
		name = issuer.Fa
	}
	r := object{"@type": "ElectionResults.ElectionReport", "Format": "precinct-level", "GeneratedDate": at, "Issuer": name, "IssuerAbbreviation": "HQ",
		"SequenceStart": 1, "SequenceEnd": 1, "Status": status, "VendorApplicationId": "sandogh", "GpUnit": m.units,
		"Election": []object{{"@type": "ElectionResults.Election", "Name": text(d.Name), "Type": "general", "StartDate": d.PollingDay, "EndDate": d.PollingDay,
			"ElectionScopeId": placeID(place.ID), "Contest": m.contests, "Candidate": m.people,
			"ExternalIdentifier": []object{{"@type": "ElectionResults.ExternalIdentifier", "Type": "other", "OtherType": "election-id", "Value": e.ID}}}}}
	if len(m.parties) > 0 {
		r["Party"] = m.parties
	}
	if d.Practice {
		r["IsTest"], r["TestType"] = true, "practice"
	}
	b, err := json.Marshal(r)
	return append(b, '\n'), err
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

func (m *maker) place(p *results.Place) {
	if p == nil || !m.once(placeID(p.ID)) {
		return
	}
	x := object{"@type": "ElectionResults.ReportingUnit", "@id": placeID(p.ID), "Name": text(p.Name), "TotalSubUnits": p.Sum.Branches, "SubUnitsReported": p.Sum.Closed}
	unitType(x, p.Kind)
	m.units = append(m.units, x)
}

// branch adds a branch with what it stated at its close.
func (m *maker) branch(b *results.Branch) {
	if !m.once(branchID(b.ID)) {
		return
	}
	x := object{"@type": "ElectionResults.ReportingUnit", "@id": branchID(b.ID), "Type": "polling-place", "Name": text(b.Name), "VotersRegistered": b.Electorate}
	if b.Closed {
		x["VotersParticipated"] = b.Counts.Cast
	}
	m.units = append(m.units, x)
}

func (m *maker) contest(c *results.Contest) error {
	m.place(c.Place)
	for _, b := range c.Branches {
		m.branch(b)
	}
	for i := range c.Units {
		u := &c.Units[i]
		var parts []string
		for _, b := range u.Branches {
			parts = append(parts, branchID(b.ID))
		}
		m.units = append(m.units, object{"@type": "ElectionResults.ReportingUnit", "@id": unitID(c.ID, u.ID), "Type": "combined-precinct",
			"Name": text(election.Name{Fa: "واحد شمارش " + u.ID, En: "Tally unit " + u.ID}), "ComposingGpUnitIds": parts})
	}
	for _, l := range c.Contest.Lists {
		m.parties = append(m.parties, object{"@type": "ElectionResults.Party", "@id": partyID(c.ID, l.ID), "Name": text(l.Name)})
	}
	status, err := after(c)
	if err != nil {
		return err
	}
	var selections []object
	for i := range c.Candidates {
		x := &c.Candidates[i]
		person := object{"@type": "ElectionResults.Candidate", "@id": candID(c.ID, x.ID), "BallotName": text(x.Name)}
		if x.List != "" {
			person["PartyId"] = partyID(c.ID, x.List)
		}
		if s := status[x.ID]; s != "" {
			person["PostElectionStatus"] = s
		}
		m.people = append(m.people, person)
		s := object{"@type": "ElectionResults.CandidateSelection", "@id": "selection-" + c.ID + "-" + x.ID, "CandidateIds": []string{candID(c.ID, x.ID)}}
		if counts := votes(c, i); len(counts) > 0 {
			s["VoteCounts"] = counts
		}
		selections = append(selections, s)
	}
	name := c.Name.En
	if name == "" {
		name = c.Name.Fa
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
	x := object{"@type": "ElectionResults.CandidateContest", "@id": "contest-" + c.ID, "Name": name, "BallotTitle": text(c.Name), "VotesAllowed": c.VoteLimit,
		"NumberElected": c.Seats, "VoteVariation": variation, "ElectionDistrictId": placeID(c.District), "ContestSelection": selections,
		"TotalSubUnits": len(c.Branches), "SubUnitsReported": c.Done,
		"CountStatus": []object{{"@type": "ElectionResults.CountStatus", "Status": state, "Type": "total"}}}
	if others := undervotes(c); len(others) > 0 {
		x["OtherCounts"] = others
	}
	m.contests = append(m.contests, x)
	return nil
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
