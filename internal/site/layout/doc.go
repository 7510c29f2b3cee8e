// Package layout says which files the public site of an election has, where they
// lie, and which of them a change touches.
//
// Specification: doc/guides/site.md, the addresses of the site.
//
// In and out. A Site is an election with what else has files of its own. Paths
// lists every file, without a leading slash, Persian ones at the top and English
// ones below en/. Affected takes the difference between two states and lists the
// files that may differ. Place, Contest, Unit and Branch give the path of a page,
// with a leading slash and without the language, as links have it.
//
// What it never does: it makes no file and knows nothing of what is in one. A
// file that depends on something that Affected does not know would be left as it
// was, so whoever adds to a page looks here.
//
// How it fails: it does not. For a change of everything Affected says so, and
// lists nothing.
//
// Sources: doc/guides/site.md; a list has 100 rows on a page, a contest's page 20
// of its units and branches.
package layout
