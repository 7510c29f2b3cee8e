package shape_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	. "github.com/sandogh/sandogh/internal/printing/shape"
	"pgregory.net/rapid"
)

var style = Style{Size: 12 * Point}

const wide = 10000 * Point

// eye returns what a line says from left to right.
func eye(t Text, l Line) string {
	var out []rune
	for i := 0; i < len(l.Glyphs); {
		g := l.Glyphs[i]
		runes := slices.Clone(t.Runes[g.Start:g.End])
		if g.Reversed {
			slices.Reverse(runes)
		}
		for _, r := range runes {
			if !unicode.Is(unicode.Cf, r) || r == 0x200C {
				out = append(out, r)
			}
		}
		for i++; i < len(l.Glyphs) && !l.Glyphs[i].First; i++ {
		}
	}
	return string(out)
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// TestOrder: what the eye sees from left to right, parts of a line joined by |.
func TestOrder(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // a part in <> is Persian, and here written as it is read
		ltr  bool
	}{
		{text: "سلام دنیا", want: "<سلام دنیا>"},
		{text: "شعبهٔ ۱۲ تهران", want: "< تهران>|۱۲|<شعبهٔ >"},
		{text: "۱۲/۳/۱۴۰۵", want: "۱۲/۳/۱۴۰۵"},
		{text: "در ۱۴۰۵/۳/۱۲ ثبت شد", want: "< ثبت شد>|۱۴۰۵/۳/۱۲|<در >"},
		{text: "۱٬۲۳۴٫۵ رأی", want: "< رأی>|۱٬۲۳۴٫۵"},
		{text: "کد " + "\u2066K7-9M\u2069" + "!", want: "<!>|K7-9M|<کد >"},
		{text: "(پرانتز)", want: "<(پرانتز)>"},
		{text: "مدیر (IT) استان", want: "<) استان>|IT|<مدیر (>"},
		{text: "Branch شعبهٔ ۱۲ (Tehran)", want: "Branch |۱۲|<شعبهٔ >| (Tehran)", ltr: true},
		// A name from elsewhere, in two scripts, stays together.
		{text: "نام: \u2068abc سلام\u2069 است", want: "< است>|abc |<سلام>|<نام: >"},
		// An override from elsewhere turns nothing.
		{text: "\u202eabc سلام", want: "<‮abc سلام"},
		{text: "می‌روم", want: "<می‌روم>"},
		{text: "IT", want: "IT"},
	} {
		s := style
		s.LeftToRight = c.ltr
		got := Lay(c.text, s, wide)
		var want string
		for part := range strings.SplitSeq(c.want, "|") {
			if inner, ok := strings.CutPrefix(part, "<"); ok && strings.HasSuffix(part, ">") {
				part = reversed(strings.TrimSuffix(inner, ">"))
			}
			want += part
		}
		if strings.HasPrefix(c.text, "\u202e") {
			want = reversed(" سلام") + "abc"
		}
		if len(got.Lines) != 1 || eye(got, got.Lines[0]) != want {
			t.Errorf("%q is seen as %q, not %q", c.text, eye(got, got.Lines[0]), want)
		}
	}
}

// glyph returns the glyphs of a text from the right.
func glyph(text string) []uint16 {
	t := Lay(text, style, wide)
	var out []uint16
	for _, g := range t.Lines[0].Glyphs {
		out = append(out, g.ID)
	}
	slices.Reverse(out)
	return out
}

const (
	dual  = "بپتثجچحخسشصضطظعغفقکگلمنهیئ"
	right = "ادذرزژوآأؤ"
	zwnj  = "\u200c"
)

// TestForms: a letter has four forms if it joins on both sides, else two, and no
// two of them are one glyph; a joiner keeps them apart.
func TestForms(t *testing.T) {
	for _, r := range dual + right {
		letter := string(r)
		isolated, final := glyph(letter)[0], glyph("ب" + letter)[1]
		forms := []uint16{isolated, final}
		if strings.ContainsRune(dual, r) {
			forms = append(forms, glyph(letter + "ب")[0], glyph("ب" + letter + "ب")[1])
		} else if glyph(letter + "ب")[0] != isolated {
			t.Errorf("%s joins what follows it", letter)
		}
		slices.Sort(forms)
		if want := len(forms); len(slices.Compact(forms)) != want || slices.Contains(forms, 0) {
			t.Errorf("the forms of %s are %v", letter, forms)
		}
		if apart := glyph(letter + zwnj + letter); apart[0] != isolated || apart[len(apart)-1] != isolated {
			t.Errorf("%s with a non-joiner has glyphs %v, alone %d", letter, apart, isolated)
		}
	}
	if got := glyph("لا"); len(got) != 1 {
		t.Errorf("lam-alef has glyphs %v", got)
	}
	if a, b := glyph("(")[0], glyph("س(")[1]; a == 0 || a != b {
		t.Errorf("parenthesis is %d alone and %d in Persian", a, b)
	}
	if l := Lay("(", Style{Size: 12 * Point, LeftToRight: true}, wide); l.Lines[0].Glyphs[0].ID == glyph("(")[0] {
		t.Error("a parenthesis is not mirrored")
	}
}

func TestMissing(t *testing.T) {
	for name, text := range map[string]string{
		"persian":  "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیئءأؤإةۀۂ" + "ًٌٍَُِّْٰٕٓٔـ" + "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٪٫٬؟،؛«»…–—" + "\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\n\t",
		"kurdish":  "ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنهھوۆۇیێە",
		"azeri":    "آأابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیۆۇؤاۏێئ" + "ƏəIıİiŞşĞğÇçÖöÜü",
		"latin":    "ABCXYZabcxyz0123456789.,:;!?@#%&*()[]{}<>+-=/\\'\"_|~^$",
		"replaced": "\uFFFD",
	} {
		if got := Missing(text); len(got) > 0 {
			t.Errorf("%s: no glyph for %q", name, got)
		}
	}
	if got := Missing("a😀b😀中"); !slices.Equal(got, []rune{'😀', '中'}) {
		t.Errorf("missing are %q", got)
	}
	if got := Missing("\x00\xff"); len(got) > 0 {
		t.Errorf("what is replaced is missing: %q", got)
	}
}

var alphabet = []rune(dual + right + "ڵڕێۆۇڤ" + "ًَُِّْٔ" + zwnj + "\u200d\u200f\u202e\u2066\u2067\u2068\u2069\u00a0" + "۰۱۲۳۹٠٥0123٬٫٪/.-+()[]«»؟،:؛ABCxyz    \n\t\r\x00\uFFFD\u0600中😀")

func texts() *rapid.Generator[string] { return rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 60, -1) }

// whole reports what is wrong with a text that was laid.
func whole(t Text, width Length) error {
	at := 0
	for n, l := range t.Lines {
		if l.Start != at || l.End < l.Start {
			return fmt.Errorf("line %d has runes %d to %d, after %d", n, l.Start, l.End, at)
		}
		at = l.End
		drawn := make([]bool, l.End-l.Start)
		clusters := 0
		for i, g := range l.Glyphs {
			if g.Start < l.Start || g.End > l.End || g.Start >= g.End {
				return fmt.Errorf("line %d of runes %d to %d has a glyph of %d to %d", n, l.Start, l.End, g.Start, g.End)
			}
			if !g.First {
				if i == 0 || l.Glyphs[i-1].Start != g.Start {
					return fmt.Errorf("line %d: glyph %d begins no cluster and continues none", n, i)
				}
				continue
			}
			if slices.ContainsFunc(t.Runes[g.Start:g.End], func(r rune) bool { return !unicode.In(r, unicode.Cf, unicode.Mn) }) {
				clusters++
			}
			for k := g.Start; k < g.End; k++ {
				if drawn[k-l.Start] {
					return fmt.Errorf("line %d draws rune %d twice", n, k)
				}
				drawn[k-l.Start] = true
			}
		}
		end := len(drawn)
		for end > 0 && !drawn[end-1] && unicode.IsSpace(t.Runes[l.Start+end-1]) {
			end--
		}
		if i := slices.Index(drawn[:end], false); i >= 0 {
			return fmt.Errorf("line %d loses rune %d, %U", n, l.Start+i, t.Runes[l.Start+i])
		}
		if l.Width > width && clusters > 1 {
			return fmt.Errorf("line %d is %d wide, not %d", n, l.Width, width)
		}
	}
	if at != len(t.Runes) {
		return fmt.Errorf("%d of %d runes are on lines", at, len(t.Runes))
	}
	return nil
}

func TestWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		width := Length(rapid.IntRange(1, 300).Draw(t, "width")) * Point
		s := Style{Size: Length(rapid.IntRange(1, 40*64).Draw(t, "size")), LeftToRight: rapid.Bool().Draw(t, "ltr")}
		if rapid.Bool().Draw(t, "bold") {
			s.Weight = Bold
		}
		laid := Lay(text, s, width)
		if err := whole(laid, width); err != nil {
			t.Fatal(err)
		}
		if lines := 1 + strings.Count(string(laid.Runes), "\n"); len(laid.Lines) < lines {
			t.Fatalf("%d lines of at least %d", len(laid.Lines), lines)
		}
	})
}

// TestWholeCanFail: the check of the property sees what it is for.
func TestWholeCanFail(t *testing.T) {
	for name, spoil := range map[string]func(*Text){
		"glyph lost":    func(t *Text) { t.Lines[0].Glyphs = t.Lines[0].Glyphs[1:] },
		"glyph twice":   func(t *Text) { t.Lines[0].Glyphs = append(t.Lines[0].Glyphs, t.Lines[0].Glyphs[0]) },
		"line lost":     func(t *Text) { t.Lines = t.Lines[:1] },
		"line too wide": func(t *Text) { t.Lines[0].Width = 61 * Point },
	} {
		laid := Lay("یک متن که در دو سطر جا می‌شود", style, 60*Point)
		if err := whole(laid, 60*Point); err != nil {
			t.Fatal(err)
		}
		if spoil(&laid); whole(laid, 60*Point) == nil {
			t.Errorf("%s: nothing is seen", name)
		}
	}
}

// TestWords: a line ends between words where it can, and within one where it
// must.
func TestWords(t *testing.T) {
	text := "سیّد محمّدرضا حسینی‌نژاد فراهانی"
	one := Lay(text, style, wide).Lines[0].Width
	for width := one; width > one/2; width -= Point {
		laid := Lay(text, style, width)
		for _, l := range laid.Lines[:len(laid.Lines)-1] {
			if laid.Runes[l.End-1] != ' ' {
				t.Errorf("at %d a line ends in %q", width, string(laid.Runes[l.Start:l.End]))
			}
		}
	}
	// White space at the end of a line needs no room.
	first := Lay("سلام", style, wide).Lines[0].Width
	if laid := Lay("سلام دنیا", style, first); laid.Lines[0].End != 5 || laid.Lines[0].Width != first {
		t.Errorf("a line that is as long as its word has runes to %d", laid.Lines[0].End)
	}
	laid := Lay(strings.Repeat("م", 100), style, one)
	if len(laid.Lines) < 2 {
		t.Error("a long word is on one line")
	}
	if err := whole(laid, one); err != nil {
		t.Error(err)
	}
}

func TestBlank(t *testing.T) {
	for text, want := range map[string]int{"": 1, "\n": 2, "   ": 1, "a\r\nb": 2, "a\u2028b": 2, "\r\r": 3} {
		laid := Lay(text, style, wide)
		if len(laid.Lines) != want {
			t.Errorf("%q has %d lines, not %d", text, len(laid.Lines), want)
		}
		for _, l := range laid.Lines {
			if l.Ascent <= 0 || l.Descent <= 0 {
				t.Errorf("%q: a line has no height", text)
			}
		}
	}
}

func TestFonts(t *testing.T) {
	if !strings.Contains(Licence, "SIL OPEN FONT LICENSE Version 1.1") {
		t.Error("the licence of the fonts is not theirs")
	}
	for _, w := range []Weight{Regular, Bold} {
		f := w.Font()
		if f.Table("glyf") == nil || f.Table("none") != nil || f.Ascent <= f.Descent || f.Descent <= 0 {
			t.Errorf("%s: ascent %d, descent %d", f.Name, f.Ascent, f.Descent)
		}
		if len(f.Outline(f.Space)) != 0 || f.Advance(f.Space) == 0 {
			t.Errorf("%s: the space is drawn, or has no width", f.Name)
		}
	}
}

func FuzzLay(f *testing.F) {
	for _, text := range []string{"", "سلام world ۱۲", "\xff\x00\u202e\u2067(", strings.Repeat("\u2067", 200) + "a", "م" + strings.Repeat("\u0651", 300), strings.Repeat("(", 100) + "س)" + strings.Repeat("]", 100)} {
		f.Add(text, 100, 12)
	}
	f.Fuzz(func(t *testing.T, text string, width, size int) {
		if len(text) > 4096 || width < 0 || width > 1e6 || size < 1 || size > 1e5 {
			return
		}
		start := time.Now()
		s := Style{Size: Length(size), LeftToRight: width%2 == 0}
		if err := whole(Lay(text, s, Length(width)), Length(width)); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d bytes took %v", len(text), took)
		}
	})
}

func BenchmarkLay(b *testing.B) {
	text := strings.Repeat("سیّد محمّدرضا حسینی‌نژاد فراهانی در ۱۲ شعبه (IT) ", 10)
	for b.Loop() {
		Lay(text, style, 300*Point)
	}
	b.SetBytes(int64(len(text)))
}
