package agenda

import (
	"slices"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
)

// A Seat is who confirms a stage: a role at offices with codes of one length.
type Seat struct {
	Role  office.Role
	Level int // 0, 2, 5 or 7
}

// seats are those of the owners that package calendar names.
var seats = map[string]Seat{
	"hq":                         {office.HQ, 0},
	"province":                   {office.Province, 2},
	"county":                     {office.County, 5},
	"district":                   {office.District, 7},
	"county-executive-board":     {office.ExecutiveBoard, 5},
	"district-executive-board":   {office.ExecutiveBoard, 7},
	"county-supervisory-board":   {office.SupervisoryBoard, 5},
	"province-supervisory-board": {office.SupervisoryBoard, 2},
	"guardian-council":           {office.GuardianBoard, 0},
}

// SeatOf returns who confirms a stage. For candidates it is the office that takes
// their papers, by the kind of contest; for what concerns everybody, headquarters.
func SeatOf(s *calendar.Stage) Seat {
	if seat, ok := seats[s.Owner]; ok {
		return seat
	}
	if s.Owner != "candidate" {
		return seats["hq"]
	}
	switch s.AppliesTo {
	case "village":
		return seats["district"]
	case "majlis", "experts", "by-election":
		return seats["hq"]
	}
	return seats["county"]
}

// kindsOf returns the kinds of contest that a stage applies to.
func kindsOf(s *calendar.Stage) calendar.Kinds {
	k, _ := calendar.ParseKinds(s.AppliesTo) // checked with the stage
	if k == calendar.City {
		k |= calendar.Proportional
	}
	return k
}

// Stages returns the stages of an election of some kinds of contest: those of
// others are not there, and hold nothing up.
func Stages(kinds calendar.Kinds) []calendar.Stage {
	all := calendar.Stages()
	has := func(id string) bool {
		return slices.ContainsFunc(all, func(s calendar.Stage) bool { return s.ID == id })
	}
	all = slices.DeleteFunc(all, func(s calendar.Stage) bool { return kindsOf(&s)&kinds == 0 })
	for i := range all {
		all[i].After = slices.DeleteFunc(all[i].After, func(id string) bool { return !has(id) })
	}
	return all
}
