// Package assets reads what the site shows and no record has: photographs of
// candidates, scanned minutes of branches, turnout by hour, the counts of agents.
//
// Specification: doc/guides/site.md, "What is not in the record".
//
// In goes a folder with assets.json, assets.sig and the files that they name; out
// comes a List of those files, each compared with its SHA-256. The list is signed
// by an office of the election's definition. Turnout is a CSV with the header
// branch,until,voters: how many persons had been checked in in a branch until a
// time of polling day, such as 12:00; out come persons, in steps of no fewer than
// the branch's unit.
//
// What it never does: it shows no file that the list does not name, follows no
// path out of the folder, and takes no kind of file that a browser would run. It
// takes no result from here: what is in the record is taken from the record.
//
// How it fails: everything or nothing. Each fault names the file, the field and
// what to do; a list that nobody of the election has signed is refused.
//
// Sources: RFC 8032 (Ed25519).
package assets
