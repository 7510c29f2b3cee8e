package shape

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/bidi"
)

// check holds the levels of a text against those wanted, "x" being any. L1 is not
// applied here: white space at the end is left out.
func check(t *testing.T, text []rune, base int, want []string) {
	t.Helper()
	got := levels(text, base)
	end := len(text)
	for end > 0 {
		c, _ := bidi.LookupRune(text[end-1])
		if c := c.Class(); c != bidi.WS && c != bidi.BN && c != bidi.PDI && !isolates(c) {
			break
		}
		end--
	}
	for i := range end {
		if want[i] != "x" && want[i] != strconv.Itoa(int(got[i])) {
			t.Errorf("%U at %d: level %d of %U is %d, not %s", text, base, i, text[i], got[i], want[i])
			return
		}
	}
}

// each calls f with every line of a file that is no comment.
func each(t *testing.T, name string, f func(line string)) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "#") {
			f(lines.Text())
			n++
		}
	}
	if n < 1500 {
		t.Errorf("%s has only %d lines", name, n)
	}
}

// TestCharacters holds the levels against Unicode's BidiCharacterTest.txt (17.0).
func TestCharacters(t *testing.T) {
	each(t, "testdata/BidiCharacterTest.txt", func(line string) {
		field := strings.Split(line, ";")
		var text []rune
		for _, hex := range strings.Fields(field[0]) {
			r, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, rune(r))
		}
		base, err := strconv.Atoi(field[2])
		if err != nil {
			t.Fatal(err)
		}
		check(t, text, base, strings.Fields(field[3]))
	})
}

// TestClasses holds the levels against Unicode's BidiTest.txt (17.0), with a rune
// for each class.
func TestClasses(t *testing.T) {
	runes := map[string]rune{"L": 'a', "R": 'א', "AL": 'س', "EN": '۱', "AN": '٠', "ES": '+', "ET": '%', "CS": ',', "NSM": 0x651,
		"WS": ' ', "ON": '!', "BN": 0xAD, "LRI": 0x2066, "RLI": 0x2067, "FSI": 0x2068, "PDI": 0x2069}
	var want []string
	each(t, "testdata/BidiTest.txt", func(line string) {
		if levels, ok := strings.CutPrefix(line, "@Levels:"); ok {
			want = strings.Fields(levels)
			return
		}
		classes, bits, _ := strings.Cut(line, ";")
		var text []rune
		for _, c := range strings.Fields(classes) {
			if runes[c] == 0 {
				t.Fatalf("class %s is unknown", c)
			}
			text = append(text, runes[c])
		}
		set, err := strconv.ParseUint(strings.TrimSpace(bits), 16, 3)
		if err != nil {
			t.Fatal(err)
		}
		if set&2 != 0 { // left to right
			check(t, text, 0, want)
		}
		if set&4 != 0 {
			check(t, text, 1, want)
		}
	})
}
