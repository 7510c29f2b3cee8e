// Package agenda is the part of the console for the calendar: the board of each
// office as a list and as a picture, what is asked of one today, the decisions
// that move it, and the iCalendar address.
//
// Specification: spec/calendar.md; ../shared/design/ux.md, part 3 (calendar engine).
//
// In and out: a part of the console (Part). The board of an office is at
// /agenda/CODE, "-" for the country. The picture has the same rows as the table;
// time runs in the direction of the page's script. What two people decide
// (postpone, another polling day, and to go on after a freeze, which gives another
// polling day too) becomes a proposal that headquarters' second person confirms.
// Who watches a board is told when it changes, also by another process of the same
// database, which is asked every three seconds. What the review of earlier rounds
// asks before a stage stands beside it.
//
// What it never does: it computes no day (packages internal/agenda and calendar
// do), and shows no calendar outside the person's subtrees, except by the secret
// address, which shows its owner's.
//
// How it fails: console.Refused with the article and the day from which it is
// allowed.
//
// Sources: none.
package agenda
