// Package lessons is the review of earlier rounds: what went wrong, what is done
// about it, and how great the risk is that it happens again.
//
// Specification: ../shared/law/facts.md §10 and §12; the CSV file by
// ../shared/design/contracts.md ("Problems of earlier rounds").
//
// In and out. A [Problem] is of an office and a round; it stays open, before its
// owner, until it is closed with evidence, and it is not closed while an [Action]
// is open. An action is an item of a checklist, something to be done before a
// stage of the calendar, or a topic of the training programme, which is made with
// it. Problems that people say are the same are a family ([Join], [Undo]);
// [Suggest] only proposes. [Import] reads many from CSV, or none. Likelihood and
// harm are 1 to 5 ([Judge]) and a risk is their product, 1 to 25. [Factors] are
// what goes wrong in elections in general, to begin with.
//
// What it never does: it shows nobody what the first of two has judged before the
// second has (also not in the audit log), it takes no risk from one person, and it
// groups nothing by itself.
//
// How it fails: [ErrTwice], [ErrOpenActions], [ErrJudged], [ErrOnce], [ErrMoved],
// the errors of packages store and office; Import with [Faults], all of a file,
// by line.
//
// Sources: the register and the steps from factor to action follow the practice
// that International IDEA describes in "Risk Management in Elections" (2021). Two
// judgements agree if neither number is 2 or more apart; then the greater counts.
// Problems are taken for similar from 0.5 on, the cosine of their words weighed by
// how rare they are (K. Spärck Jones, 1972), with words in more than a quarter of
// all problems left out.
package lessons
