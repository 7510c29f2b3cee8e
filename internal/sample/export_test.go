package sample

// Tiny has a little of all that Full has.
var Tiny = Scale{counties: 1, districts: 31, cities: 31, villages: 31, executors: 4_000, sessions: 80, marks: 2_000}
