package persian

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	zwnj = '\u200c' // zero width non-joiner, the half space
	rlm  = '\u200f' // right-to-left mark
)

// folded are the letters that a key does not tell apart.
var folded = map[rune]rune{
	'ي': 'ی', 'ى': 'ی', 'ئ': 'ی',
	'ك': 'ک',
	'أ': 'ا', 'إ': 'ا', 'ٱ': 'ا', 'آ': 'ا',
	'ة': 'ه', 'ۀ': 'ه',
	'ؤ': 'و',
}

// Clean returns the text as it is stored: in NFC, and with the zero width
// non-joiner where a right-to-left mark between letters was typed for it.
func Clean(s string) string {
	if norm.NFC.IsNormalString(s) && !strings.ContainsRune(s, rlm) {
		return s // as nearly all is
	}
	runes := []rune(norm.NFC.String(s))
	for i, r := range runes {
		if r == rlm && i > 0 && i < len(runes)-1 && (isLetter(runes[i-1]) || unicode.Is(unicode.Mn, runes[i-1])) && isLetter(runes[i+1]) {
			runes[i] = zwnj
		}
	}
	return norm.NFC.String(string(runes))
}

// isLetter reports whether the rune is a letter of the Arabic script, in which
// Persian is written.
func isLetter(r rune) bool { return unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) }

// Key returns what is compared in a search: letters folded, vowel signs and
// tatweel left out, digits in ASCII, one space between words, and nothing for a
// zero width non-joiner.
func Key(s string) string { return key(s, "") }

// Keys returns all keys under which a text is found: with nothing, with a space
// for each zero width non-joiner, and without any space. The first is [Key].
func Keys(s string) []string {
	keys := []string{Key(s)}
	// What a space has parted may compose when it is gone: the key of the rest.
	for _, k := range []string{key(s, " "), Key(strings.ReplaceAll(keys[0], " ", ""))} {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

func key(s, joiner string) string {
	var b strings.Builder
	for _, r := range Clean(s) {
		if f, ok := folded[r]; ok {
			r = f
		}
		switch {
		case r == zwnj:
			b.WriteString(joiner)
		case r == 'ـ' || r >= '\u064b' && r <= '\u065f' || r == '\u0670': // tatweel and harakat
		case r == rlm || r == '\u200d' || r == '\u200e' || r == '\ufeff': // seen by nobody
		default:
			b.WriteRune(ascii(r))
		}
	}
	return norm.NFC.String(strings.Join(strings.Fields(b.String()), " "))
}

// Match reports whether the text holds what was searched for. A query that was
// typed on a Latin keyboard is tried as typed, and as meant.
func Match(text, query string) bool {
	queries := Keys(query)
	if meant := FromLatinLayout(query); meant != query {
		queries = append(queries, Keys(meant)...)
	}
	for _, k := range Keys(text) {
		if slices.ContainsFunc(queries, func(q string) bool { return q != "" && strings.Contains(k, q) }) {
			return true
		}
	}
	return false
}

// The keys of a Latin keyboard and what they write in the layout of ISIRI 9147,
// without and with shift.
const (
	latinKeys   = `qwertyuiop[]asdfghjkl;'zxcvbnm,`
	persianKeys = `ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو`
	latinShift  = `ASDFGHJZCBM`
	persianHigh = "ؤئيإأآةكژ\u200cء"
)

var layout = func() map[rune]rune {
	m := map[rune]rune{}
	for _, row := range [][2]string{{latinKeys, persianKeys}, {latinShift, persianHigh}} {
		to := []rune(row[1])
		for i, from := range []rune(row[0]) {
			m[from] = to[i]
		}
	}
	return m
}()

// FromLatinLayout returns what was meant by text typed in Persian while the
// keyboard was in its Latin layout: "sghl" is «سلام». A capital that writes no
// letter of its own is taken as the small one. Text with a letter that is not
// Latin was not typed so, and is returned as it is.
func FromLatinLayout(s string) string {
	for _, r := range s {
		if r > unicode.MaxASCII && unicode.IsLetter(r) {
			return s
		}
	}
	return strings.Map(func(r rune) rune {
		if to, ok := layout[r]; ok {
			return to
		}
		if r >= 'A' && r <= 'Z' {
			return layout[r-'A'+'a']
		}
		return r
	}, s)
}

// The other keys, of which no letter is meant: what a Latin keyboard writes, and what
// the same keys write in the layout of ISIRI 9147.
const (
	latinSigns   = "1234567890!@#$%^&*()_-=+QWERTYUIOP{}KL:\"XVN<>?`~\\|./ "
	persianSigns = "۱۲۳۴۵۶۷۸۹۰!٬٫﷼٪×،*)(ـ-=+\u0652\u064c\u064d\u064b\u064f\u0650\u064e\u0651][}{»«:؛\u0653\u0670\u0654><؟\u200d÷\\|./ "
)

var back = func() map[rune]rune {
	m := map[rune]rune{}
	for _, row := range [][2]string{{latinKeys, persianKeys}, {latinShift, persianHigh}, {latinSigns, persianSigns}} {
		to := []rune(row[0])
		for i, from := range []rune(row[1]) {
			m[from] = to[i]
		}
	}
	for d := '0'; d <= '9'; d++ {
		m[d] = d // of a block of digits
	}
	return m
}()

// FromPersianLayout returns what was meant by text that a scanner typed as on a Latin
// keyboard while it was in its Persian layout: «ئٰ۱.» is "SV1.". Text with a character
// that no key of that layout writes was not typed so: it is returned as it is, and ok
// is false.
func FromPersianLayout(s string) (meant string, ok bool) {
	var b strings.Builder
	for _, r := range s {
		to, known := back[r]
		if !known {
			return s, false
		}
		b.WriteRune(to)
	}
	return b.String(), true
}
