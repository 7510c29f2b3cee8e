package shape

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/bidi"
)

// TestLevels holds the levels against a selection of the lines of Unicode's
// BidiCharacterTest.txt (17.0) that have no explicit embedding.
func TestLevels(t *testing.T) {
	f, err := os.Open("testdata/BidiCharacterTest.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	n := 0
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		field := strings.Split(lines.Text(), ";")
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
		want := strings.Fields(field[3])
		got := levels(text, base)
		end := len(text) // L1
		for end > 0 {
			c, _ := bidi.LookupRune(text[end-1])
			if c := c.Class(); c != bidi.WS && c != bidi.BN && c != bidi.PDI && !isolates(c) {
				break
			}
			end--
		}
		n++
		for i := range end {
			if want[i] != "x" && want[i] != strconv.Itoa(int(got[i])) {
				t.Errorf("%s: level %d of %U is %d, not %s", field[0], i, text[i], got[i], want[i])
				break
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d lines", n)
	}
}
