// Package totals reads files of totals, rulings and lots that people write, and
// counts them: what stands behind "sandogh count".
//
// Specification: contracts of the command line, "count seats" and "count
// contest"; spec/schemas/count-seats.json, count-contest.json, ruling.json and
// lot.json; spec/definition.md, rules D70 to D76.
//
// In goes the strict JSON of a file. Out come a count.Input with a contest made
// from the file (ReadContest), the seats of each case (Part), a Ruling, and from
// a Settlement the outcome with every answer applied.
//
// What it never does: it checks no signature, for totals have no record behind
// them; it opens no file.
//
// How it fails: every fault of a file at once, each with its JSON path
// (strictjson.Faults); a ruling that answers nothing is a RefusedError.
//
// Sources: the articles that the files cite; apportion and count.
package totals

// whole is the path of a whole file in a fault.
const whole = "the file"
