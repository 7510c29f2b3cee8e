package persian_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/sandogh/sandogh/internal/persian"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestKey(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"علي", "علی"}, {"على", "علی"}, {"رئیسی", "رییسی"}, {"كريمي", "کریمی"},
		{"آرش أحمد إسلام ٱلله", "ارش احمد اسلام الله"},
		{"فاطمة", "فاطمه"}, {"خانۀ", "خانه"}, {"خانهٔ", "خانه"}, {"مؤمن", "مومن"},
		{"مُحَمَّدِی", "محمدی"}, {"رحمٰن", "رحمن"}, {"محـــمد", "محمد"},
		{"علی‌پور", "علیپور"}, {"علی\u200fپور", "علیپور"}, {"  علی \u00a0 پور ", "علی پور"},
		{"کد ۱۲٣4", "کد 1234"}, {"ا\u0653رش", "ارش"}, {"ي\u0654", "ی"}, {"\u200fعلی\u200f", "علی"}, {"", ""}, {"\u064b\u0640", ""},
	} {
		if got := persian.Key(c.in); got != c.want {
			t.Errorf("key of %q is %q, want %q", c.in, got, c.want)
		}
	}
}

func TestKeys(t *testing.T) {
	for in, want := range map[string][]string{
		"علی‌پور":       {"علیپور", "علی پور"},
		"علی پور":       {"علی پور", "علیپور"},
		"علیپور":        {"علیپور"},
		"سید علی‌پور":   {"سید علیپور", "سید علی پور", "سیدعلیپور"},
		"علی\u200fپور":  {"علیپور", "علی پور"},
		"علی\u200c پور": {"علی پور", "علیپور"},
	} {
		if got := persian.Keys(in); !slices.Equal(got, want) {
			t.Errorf("keys of %q are %q, want %q", in, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	same := []string{"علی‌پور", "علی پور", "علیپور", "علي\u200fپور", "عَلی‌پور"}
	for _, text := range same {
		for _, query := range same {
			if !persian.Match(text, query) {
				t.Errorf("%q is not found by %q", text, query)
			}
		}
	}
	for _, c := range []struct {
		text, query string
		want        bool
	}{
		{"سلام", "sghl", true}, {"سید محمد آقایی", "hrhdd", true}, {"سید محمد آقایی", "HRHDD", true}, {"ژاله", "Chgi", true}, {"گلچین", "'g]dk", true},
		{"علی‌پور", "ugdBmv,", false}, {"علی‌پور", "ugdBm,v", true}, {"منطقه 12", "۱۲", true}, {"Smith", "Smith", true},
		{"علی", "علی رضا", false}, {"علی", "", false}, {"علی", "\u064e", false}, {"", "علی", false}, {"سلام", "sghk", false},
	} {
		if got := persian.Match(c.text, c.query); got != c.want {
			t.Errorf("match of %q and %q is %t", c.text, c.query, got)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"علی\u200fپور": "علی‌پور", "علی‌پور": "علی‌پور", "علیِ\u200fپور": "علیِ‌پور", "\u200fعلی\u200f": "\u200fعلی\u200f", "a\u200fb": "a\u200fb",
		"ا\u0653رش": "آرش", "علي": "علي", "علی\u200f 12": "علی\u200f 12",
	} {
		if got := persian.Clean(in); got != want {
			t.Errorf("%q is stored as %q, want %q", in, got, want)
		}
	}
}

// A key of a key is the key, cleaning twice is cleaning once, and neither
// reaches what was found by.
func FuzzKey(f *testing.F) {
	for _, s := range []string{"علی‌پور", "ي\u0654\u200fا", "e\u200f\u0301", "\xff\u0640", "ە\u0640\u0654", "sghl", "A\u2007\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, k := range persian.Keys(s) {
			if again := persian.Key(k); again != k {
				t.Errorf("key %q of %q has the key %q", k, s, again)
			}
			if strings.ContainsAny(k, "يىئكأإٱآةۀؤ\u200c\u200f\u0640۰٩") || !norm.NFC.IsNormalString(k) {
				t.Errorf("key %q of %q", k, s)
			}
			if k != "" && !persian.Match(s, k) {
				t.Errorf("%q is not found by its key %q", s, k)
			}
		}
		c := persian.Clean(s)
		if persian.Clean(c) != c || persian.Key(c) != persian.Key(s) {
			t.Errorf("%q is stored as %q", s, c)
		}
		persian.Order(s, c)
		persian.FromLatinLayout(s)
	})
}

// names that sort wrong by code point, in the order of a Persian dictionary.
var names = []string{
	"آذر", "آقایی", "ابراهیم", "احمد", "ادیب", "بابک", "بهمن", "پرویز", "پژمان", "تهرانی", "ثریا", "جواد", "چمران", "حسن", "خسرو",
	"داود", "ذاکر", "رضا", "زهرا", "ژاله", "ساسان", "شاپور", "صادق", "ضیا", "طاهر", "ظهیر", "عباس", "غلام", "فرهاد", "قاسم",
	"کاظم", "کریم", "گلنار", "گودرز", "لاله", "مریم", "نادر", "وحید", "هاشم", "همایون", "یاسر", "یونس",
}

func TestOrder(t *testing.T) {
	mixed := slices.Clone(names)
	slices.Sort(mixed)
	if slices.Equal(mixed, names) {
		t.Fatal("the names are in order by code point")
	}
	slices.SortFunc(mixed, persian.Order)
	if !slices.Equal(mixed, names) {
		t.Errorf("sorted %q", mixed)
	}
	if persian.Order("علی", "علی") != 0 || persian.Order("علی‌پور", "علیپور") == 0 {
		t.Error("equal is not what has the same bytes")
	}
}

// TestSortKey: keys are in the order of the texts.
func TestSortKey(t *testing.T) {
	agree := func(a, b string) bool {
		got := cmp.Or(cmp.Compare(persian.SortKey(a), persian.SortKey(b)), cmp.Compare(a, b))
		return got == persian.Order(a, b)
	}
	some := append(slices.Clone(names), "علی", "علي", "علیپور", "علی پور", "علی‌پور", "کَریم", "آ", "ا", "أ", "مُحَمَّد", "محـمد", "محمد ۱", "محمد 1", "", "ali", "Ali", "\u200c", "\xff")
	for _, a := range some {
		for _, b := range some {
			if !agree(a, b) {
				t.Errorf("%q and %q are not in the order of their keys", a, b)
			}
		}
	}
	text := rapid.StringOfN(rapid.RuneFrom([]rune("آابپتثچکكگیيئهۀةوؤ\u200c\u064e\u0651ـ ۰۱a")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		if a, b := text.Draw(t, "a"), text.Draw(t, "b"); !agree(a, b) {
			t.Fatalf("%q and %q are not in the order of their keys", a, b)
		}
	})
}

// Every pair of awkward names compares as ICU compares it.
func TestOrderAgainstICU(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("SANDOGH_REQUIRE_NODE") == "1" {
			t.Fatal(err)
		}
		t.Skipf("node is not present: %v", err)
	}
	all := append(slices.Clone(names), "علی", "علي", "على", "علیپور", "علی پور", "علی‌پور", "علی‌رضا", "علیرضا", "کریمی", "كريمي", "کَریم", "مؤمن", "مومن", "مومنی",
		"مسئول", "مسیول", "هانیه", "هأ", "آ", "ا", "أ", "إ", "ئ", "ء", "ؤ", "و", "ه", "ة", "ۀ", "ک", "ك", "گ", "ی", "ي", "پ", "ب", "ت", "محمد", "محـمد", "مُحَمَّد",
		"محمد ۱", "محمد ۲", "محمد ۱۰", "محمد 1", "محمد ١", "")
	script := `const c = new Intl.Collator("fa"); const all = ` + quote(t, all) + `;
	 process.stdout.write(JSON.stringify(all.map(a => all.map(b => Math.sign(c.compare(a, b))))))`
	var stderr bytes.Buffer
	cmd := exec.Command(node, "-e", script)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	var want [][]int
	if err := json.Unmarshal(out, &want); err != nil || len(want) != len(all) {
		t.Fatalf("%d rows, %v", len(want), err)
	}
	for i, a := range all {
		for j, b := range all {
			w := want[i][j]
			if w == 0 {
				w = cmp.Compare(a, b) // ours tells apart what ICU does not
			}
			if got := persian.Order(a, b); got != w {
				t.Errorf("%q and %q compare %d, ICU says %d", a, b, got, want[i][j])
			}
		}
	}
	n, err := exec.Command(node, "-e", `process.stdout.write(["0", "7", "999", "1000", "1234567", "58640"].map(x => new Intl.NumberFormat("fa-IR").format(+x)).join("\n"))`).Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, x := range []uint64{0, 7, 999, 1000, 1234567, 58640} {
		ours = append(ours, persian.Number(x))
	}
	if got := strings.Join(ours, "\n"); got != string(n) {
		t.Errorf("numbers %q, ICU says %q", got, n)
	}
}

func quote(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDigits(t *testing.T) {
	if got := persian.Digits("1405-02"); got != "۱۴۰۵-۰۲" {
		t.Error(got)
	}
	if got := persian.ASCII("۰۱٢٣4 ص"); got != "01234 ص" {
		t.Error(got)
	}
	if got := persian.Number(1234567); got != "۱٬۲۳۴٬۵۶۷" {
		t.Error(got)
	}
	if got := persian.Number(1<<64 - 1); got != "۱۸٬۴۴۶٬۷۴۴٬۰۷۳٬۷۰۹٬۵۵۱٬۶۱۵" {
		t.Error(got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		if got := strings.ReplaceAll(persian.ASCII(persian.Number(n)), "٬", ""); got != fmt.Sprint(n) {
			t.Fatal(got)
		}
	})
}

func TestNationalNumber(t *testing.T) {
	for in, want := range map[string]string{"0932833810": "0932833810", "9876543210": "9876543210", "۰۹۳۲۸۳۳۸۱۰": "0932833810", "٩٨٧٦٥٤٣٢١٠": "9876543210"} {
		if got, err := persian.NationalNumber(in); err != nil || got != want {
			t.Errorf("%s is %q, %v", in, got, err)
		}
	}
	for in, text := range map[string]string{
		"1111111111": "equal", "0000000000": "equal", "0932833811": "check digit", "932833810": "ten digits", "09328338100": "ten digits",
		"093283381x": "ten digits", "0932-33810": "ten digits", " 932833810": "ten digits", "": "ten digits", "۰۹۳۲۸۳۳۸۱": "ten digits",
	} {
		got, err := persian.NationalNumber(in)
		if err == nil || got != "" || !strings.Contains(err.Error(), text) {
			t.Errorf("%s is %q, %v", in, got, err)
			continue
		}
		if in != "" && strings.Contains(err.Error(), in) {
			t.Errorf("the error holds the number")
		}
	}
}

// For nine digits, exactly one tenth fits; and a digit that is misread, or two
// neighbours that are exchanged, are told from the right number whenever the
// remainders differ in more than 1 and 10, which share a check digit.
func TestNationalNumberDetects(t *testing.T) {
	valid := func(n []byte) bool { _, err := persian.NationalNumber(string(n)); return err == nil }
	// Every value of six digits, in changing places among the nine.
	for x := range 1_000_000 {
		if testing.Short() && x%7 != 0 {
			continue
		}
		n := []byte("1379024680")
		for i, v := 0, x; i < 6; i, v = i+1, v/10 {
			n[(i+x)%9] = byte('0' + v%10)
		}
		fit := 0
		for n[9] = '0'; n[9] <= '9'; n[9]++ {
			if valid(n) {
				fit++
			}
		}
		if fit != 1 {
			t.Fatalf("%d tenth digits fit %s", fit, n[:9])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := []byte(fmt.Sprintf("%010d", rapid.Uint64Range(1, 999_999_998).Draw(t, "number")*10))
		for n[9] = '0'; n[9] <= '9' && !valid(n); n[9]++ {
		}
		if n[9] > '9' {
			t.Skip("of the nine digits comes a number of ten equal ones")
		}
		wrong := slices.Clone(n)
		i := rapid.IntRange(0, 8).Draw(t, "place")
		if i < 8 && n[i] != n[i+1] && rapid.Bool().Draw(t, "exchange") {
			wrong[i], wrong[i+1] = n[i+1], n[i]
		} else {
			wrong[i] = rapid.ByteRange('0', '9').Filter(func(b byte) bool { return b != n[i] }).Draw(t, "digit")
		}
		a, b := remainder(n), remainder(wrong)
		if a == b {
			t.Fatalf("one remainder, %d, before and after", a)
		}
		if shared := a+b == 11 && min(a, b) == 1; valid(wrong) != shared {
			t.Fatalf("remainders %d and %d: accepted is %t", a, b, valid(wrong))
		}
	})
}

func remainder(n []byte) int {
	r := 0
	for i := range 9 {
		r += int(n[i]-'0') * (10 - i)
	}
	return r % 11
}

func BenchmarkKeys(b *testing.B) {
	for b.Loop() {
		persian.Keys("سید محمّد علی‌پور اصفهانی")
	}
}

func BenchmarkOrder(b *testing.B) {
	for b.Loop() {
		persian.Order("علی‌پور", "علیپور")
	}
}

// TestFromPersianLayout: every character of a Latin keyboard comes back from what the
// same key writes in the Persian layout.
func TestFromPersianLayout(t *testing.T) {
	for typed, want := range map[string]string{
		"ئٰ۱.شزپ-ـ۰۹":         "SV1.acm-_09",
		"ئؤ۱.؟":               "SA1.?",
		"شسیبلاتنمکگظطزرذدپو": "asdfghjkl;'zxcvbnm,",
		"ضصثقفغعهخحجچ":        "qwertyuiop[]",
		"ْ ٌ ٍ ً ُ ِ َ ّ":     "Q W E R T Y U I",
		"][}{":                "OP{}",
		"ؤئيإأآةكژ\u200cءٓٔ":  "ASDFGHJZCBMXN",
		"»«:؛><":              "KL:\"<>",
		"!٬٫﷼٪×،*)(":          "!@#$%^&*()",
		"۰۱۲۳۴۵۶۷۸۹":          "0123456789",
		"0123456789":          "0123456789",
		"":                    "",
	} {
		if got, ok := persian.FromPersianLayout(typed); !ok || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, ok, want)
		}
	}
	for _, typed := range []string{"SV1.abc", "سلام a", "٠١٢", "ـ€", "\xff", "شعبهٔ\n"} {
		if got, ok := persian.FromPersianLayout(typed); ok || got != typed {
			t.Errorf("%q is %q, %v", typed, got, ok)
		}
	}
	seen := map[string]string{}
	for c := ' '; c <= '~'; c++ { // no two keys write the same
		found := 0
		for r := rune(1); r < 0x10000; r++ {
			if got, ok := persian.FromPersianLayout(string(r)); ok && got == string(c) && (r > unicode.MaxASCII || r < '0' || r > '9') {
				found++
				seen[string(r)] = got
			}
		}
		if found != 1 {
			t.Errorf("%d characters of the Persian layout are %q", found, c)
		}
	}
	if len(seen) != '~'-' '+1 {
		t.Errorf("%d keys", len(seen))
	}
}

// FuzzFromPersianLayout: what is turned back is ASCII, one character for one; anything
// else is left alone.
func FuzzFromPersianLayout(f *testing.F) {
	for _, s := range []string{"ئٰ۱.شزپ", "sghl", "علی‌پور", "SV1.", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := persian.FromPersianLayout(s)
		if !ok {
			if got != s {
				t.Errorf("%q was changed to %q", s, got)
			}
			return
		}
		if utf8.RuneCountInString(got) != utf8.RuneCountInString(s) || strings.ContainsFunc(got, func(r rune) bool { return r > unicode.MaxASCII }) {
			t.Errorf("%q is %q", s, got)
		}
	})
}
