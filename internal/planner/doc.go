// Package planner plans a training programme: which neighbouring units meet in one
// session, on which days, where, and who teaches.
//
// Specification: none of its own; this comment is the contract.
//
// In goes an [Input]: units (provinces or counties) with a place in degrees, their
// neighbours and how many people they send; the size of a group; a window of days,
// holidays and closed weekdays; venues with seats; trainers with their base; and
// pins. Out comes a [Plan]: groups of Size units, one of them smaller if Size does
// not divide their number, each with days, venue, trainers and kilometres of
// travel; and a [Wish] for each pin or group that could not be had, which names
// the constraint and what would make it possible. [Diff] says what differs between
// two plans. Given the plan before it, [Make] changes as little as the pins ask
// for. Equal inputs give equal plans on every machine: distances are whole
// kilometres.
//
// What it never does: it never puts a unit in two groups, a trainer in two places,
// more people in a venue than it has seats, or a session on a closed day; it never
// drops a pin without a Wish; it reads no clock, no file and no database.
//
// How it fails: [Make] returns an error for an input that makes no sense (no
// units, a unit twice, a neighbour that is not there, a window that ends before it
// begins). What is merely impossible is a Wish, and the group stays without a day.
//
// Sources: great-circle distance on a sphere of 6371 km; groups by depth-first
// search over connected sets, at most 20,000 steps, pruned by the sizes of what
// remains connected, then improved by exchanges; days by the cheapest place in
// order of number.
package planner
