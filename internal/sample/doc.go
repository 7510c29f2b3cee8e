// Package sample is a sample country for the offices' console: the real provinces,
// and simulated people.
//
// Specification: ../shared/law/facts.md §13 (scale).
//
// In goes an empty console's database and a scale; out come offices and people.
// Small has 31 provinces, 124 counties and some 400 people with posts in every
// role, and takes seconds. Full has 457 counties, 674 districts, 39,000 places, 1.5
// million executors, 20,000 sessions with 5 million marks of attendance, and takes
// minutes; [Scale.Certified] gives it certificates too. The national sessions are planned, four provinces at each,
// the first with the provinces that were published for it (facts.md §10); in Small
// they are made. [Provinces] has names and codes; where they lie, package iran knows.
//
// What it never does: it takes no real person's name on purpose, gives nobody a
// number of identity, makes no account, and loads nothing over data that is there.
// Everybody is marked as simulated, and so is the election. The numbers of
// counties by province add up to the country's 457; a province's own is near the
// official one, not it.
//
// How it fails: [ErrNotEmpty]; after any error nothing stays.
//
// Sources: the codes of provinces of the Statistical Centre of Iran; names by general
// knowledge.
package sample
