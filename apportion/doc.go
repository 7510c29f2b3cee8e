// Package apportion parts the seats of a house among groups in proportion to
// their votes.
//
// Specification: spec/definition.md, "Seats of groups" (rules D60 to D68). Law:
// the proportional model of the council of Tehran, Rey and Tajrish (rules
// round-then-share and floor-then-share); the other rules are those of the
// literature.
//
// In: a rule, the number of seats, and the groups with their votes and how many
// seats each can fill ([Seats]). Out: a [Result]: the seats of each group, the
// quota behind them, the seats that were given one by one in their order, and
// what the rule leaves open, if it does ([Open]). Votes and seats are whole
// numbers, quotas rationals; all arithmetic is exact, in 128 bits.
//
// It never guesses: equal claims to the last seats, more seats by rounding than
// there are, a threshold that nobody reaches are handed back as open, with the
// seats that are sure. Whoever may decide answers through [Options]. It draws no
// lot, knows no candidates, and neither the order nor the names of the groups
// change what a group gets.
//
// It fails with an error on a rule or setting that it does not know, on numbers
// out of range (1 to 1,000 seats, votes not negative and together below 2^62, a
// group twice), and on an answer that does not fit the question.
//
// Sources: for the quota rules the article as read in the chamber (seats = quota
// rounded, what remains by share of votes, in one continued pass); Hamilton's
// method (largest-remainder, with the Hare quota); D'Hondt 1882 (divisors 1, 2,
// 3, …); Sainte-Laguë 1910 (divisors 1, 3, 5, …, the first not modified); Balinski
// and Young, "Fair Representation", 1982, for what each method promises.
package apportion
