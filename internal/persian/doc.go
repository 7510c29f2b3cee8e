// Package persian finds, sorts and writes Persian text: names that people spell
// in more ways than one.
//
// Specification: spec/calendar.md, part 7 (rules C60 to C66).
//
// In: text as it was typed, UTF-8. Out: what is stored ([Clean]), what is
// compared when people search ([Key], [Keys], [Match]), the order of names
// ([Order]), digits for people ([Digits], [Number]) and for programs ([ASCII]),
// a national number that was
// checked ([NationalNumber]), and what was meant by what was typed in the wrong
// layout of the keyboard ([FromLatinLayout], [FromPersianLayout]).
//
// It never changes what is stored beyond [Clean]: a key is for comparing, and
// the original is what is shown. It never guesses a spelling: two names with
// one key may be two persons.
//
// It fails only for a national number, with an error that does not hold the
// number. Everything else takes any string, also one that is not UTF-8.
//
// Sources: Unicode 15 normalisation and CLDR collation for fa, by
// golang.org/x/text; ISIRI 9147 (the Persian keyboard), as in the layout "ir" of
// xkeyboard-config; the check digit of the national number, weights 10 to 2,
// modulus 11.
package persian
