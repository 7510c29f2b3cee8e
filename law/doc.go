// Package law is the register of the law: versions of articles, as values that
// rules, stages of the calendar and definitions cite.
//
// Specification: spec/calendar.md, part 1 (rules C1 to C8); of the sizes of
// councils spec/building.md, part 3.
//
// In: the register that is part of the program ([Published]), or another in the
// same strict JSON ([Parse], at most 4 MiB): an array of versions. Out: one
// version ([Register.Lookup]), all of an article in the order of the register,
// or what differs between two ([Diff]); and the one article that is a table of
// numbers, members and alternates of a council by population ([Councils]). An
// article is named by its number where the source gives one ("art. 41"),
// otherwise by its subject ("councils/seats") and then Numbered is false. Dates
// of effect are dates of the Jalali calendar as text, year-month-day, empty where
// none is published.
//
// It never says what a source does not say: what is not published is named in
// Open, and it is for a setting or a ruling to settle. It never compares dates
// and never decides whether a version applies; it says which state it is in.
//
// It fails with *[Faults]: all faults at once, each with its JSON path and the
// way to put it right. A version that is not registered is not an error of this
// package: Lookup says false.
//
// Sources: what was published of the 7th round of the councils' elections.
// Grade A is an official notice or a text of law that was seen, B a report of
// what an official said, C older or sister law, or a secondary source; of two
// grades the lower. A version is in force here only where an A says so;
// otherwise it is approved.
package law
