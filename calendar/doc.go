// Package calendar is the calendar of an election: its stages as offsets from a
// movable polling day, and the dates of the Jalali calendar.
//
// Specification: spec/calendar.md, parts 2 to 6 (rules C10 to C52).
//
// In: the stages of the round ([Stages], part of the program, or [ParseStages]),
// a polling day and the events that have moved the calendar since ([Plan],
// [ParseEvents]), and today, as a [Day]. Out: a [Schedule]: for each stage its
// first and last day and its [State]; the same as iCalendar; the earliest lawful
// polling day after a start order ([EarliestPollingDay]); what stands for each
// kind of contest in [Workflows]. Offsets are whole days from polling day,
// negative before it. Days are Julian day numbers, written as Jalali dates;
// weeks begin on Saturday.
//
// It never reads a clock, a file or a time zone: today is given, and what is
// given later than today has not happened. It never sets an offset that the law
// or an office has left open, and never moves a legal stage by itself.
//
// It fails with *[Faults]: all faults at once, each with its path and the way to
// put it right: a cycle in what follows what, a stage that would begin before
// one that it follows, a polling day that a legal stage makes impossible, dates
// outside 1300 to 1500.
//
// Sources: the calendar as published for the 7th round of the councils'
// elections. Jalali years: the 33-year cycle of leap years 1, 5, 9, 13, 17, 22,
// 26, 30, as ICU computes it (persncal.cpp: (25y+11) mod 33 < 8; epoch at Julian
// day 1948320), which agrees with the equinox at Tehran from 1300 to 1500
// (compare M. Heydari-Malayeri, arXiv:astro-ph/0409620, and K. Borkowski, Earth,
// Moon and Planets 74, 1996). RFC 5545 (iCalendar).
package calendar
