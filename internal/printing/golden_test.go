package printing_test

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/sandogh/sandogh/internal/printing"
)

var update = flag.Bool("update", false, "write the golden files anew; look at the pictures before you commit them")

const (
	dual  = "بپتثجچحخسشصضطظعغفقکگلمنهیئ"
	right = "اآأدذرزژوؤۀ"
	zwj   = "\u200d"
)

// forms is a sheet with every letter alone, first, in the middle and last.
func forms() Document {
	t := Table{Columns: []Column{{Title: "حرف", Share: 1, Align: Center}, {Title: "آغاز", Share: 1, Align: Center}, {Title: "میان", Share: 1, Align: Center}, {Title: "پایان", Share: 1, Align: Center}}, Grid: true}
	for _, r := range dual + right {
		l := string(r)
		if strings.ContainsRune(dual, r) {
			t.Rows = append(t.Rows, []string{l, l + zwj, zwj + l + zwj, zwj + l})
		} else {
			t.Rows = append(t.Rows, []string{l, "", "", zwj + l})
		}
	}
	return Document{Title: "شکل‌ها", Paper: Roll80, Text: 14 * Point, Blocks: []Block{t}}
}

// lines is a sheet with what goes wrong in Persian lines.
func lines() Document {
	return Document{Title: "سطرها", Paper: Roll80, Text: 12 * Point, Blocks: []Block{
		Heading{Text: "رقم‌ها"},
		Paragraph{Text: "۰ ۱ ۲ ۳ ۴ ۵ ۶ ۷ ۸ ۹"}, Paragraph{Text: "۰۱۲۳۴۵۶۷۸۹", Bold: true},
		Paragraph{Text: "٠١٢٣٤٥٦٧٨٩ 0123456789"},
		Paragraph{Text: "شمار آرا ۱٬۲۳۴٬۵۶۷ و ۱۲٫۵٪ در ۱۴۰۵/۳/۱۲ ساعت ۸:۳۰"},
		Heading{Text: "لام‌الف و نیم‌فاصله", Level: 2},
		Paragraph{Text: "لا لأ لإ لآ بلا اسلام سلام‌ها می‌روم علی‌پور خانه‌ام"},
		Heading{Text: "اِعراب", Level: 3},
		Paragraph{Text: "محمّد کتابِ خوبٌ گُل پژوهِش مؤسّسهٔ رأی مسئول حقیقتاً"},
		Heading{Text: "پرانتز و دو خط", Align: Center},
		Paragraph{Text: "مدیر (IT) استان [الف] {ب} «پ» <ت> Sandogh 2.0 است؛ نه؟", Align: Center},
		Paragraph{Text: "کد پیگیری: " + Code("K7QF-9M2X-33AB") + "، پرونده‌ی " + Isolate("سیّد John") + ".", Align: End},
		Paragraph{Text: "کردی: ڕۆژی ڵێکۆڵینەوە، ئێڤار؛ ترکی: ۆ ۇ ؤ ێ، Şəhər Iğdır"},
	}}
}

// card is a voter's card with long names.
func card() Document {
	t := Table{Columns: []Column{{Share: 1}, {Share: 6}, {Share: 2, Align: End}}}
	for i, name := range []string{"سیّد محمّدرضا حسینی‌نژاد فراهانی قزوینی‌زادهٔ اصل", "زهرا گُل‌پژوه", "علی‌اکبر چمن‌آرا",
		"فاطمه‌سادات میرمحمّدصادقی", "ژیلا ڕۆژهەڵات", "Şəhriyar Iğdırlı", "مهدی لاله‌زار", "یحیی (شهرت: آقایی)", "ثریّا ظهیرالاسلام", "امیرحسین ضیغم‌پور"} {
		t.Rows = append(t.Rows, []string{digits(i + 1), name, digits(101 + 37*i)})
	}
	return Document{Title: "برگ رأی", Paper: Roll80, Text: 11 * Point, Simulated: true, Footer: "این برگ را در صندوق بیندازید.", Blocks: []Block{
		Heading{Text: "برگ رأی", Align: Center}, Paragraph{Text: "شورای شهر تهران", Align: Center}, Rule{}, t,
		QR{Data: "1:101,138,175,212,249,286,323,360,397,434", Align: Center, Caption: "همان نام‌ها برای دستگاه"},
	}}
}

// slip is a voter's slip on narrow paper.
func slip() Document {
	return Document{Title: "رسید", Paper: Roll58, Blocks: []Block{
		Heading{Text: "رسید", Align: Center},
		KeyValue{Pairs: []Pair{{"شعبه", "۱۲، دبیرستان شهید رجایی"}, {"کد", Code("K7QF-9M2X-33AB")}}}, Break{},
		QR{Data: "K7QF9M2X33AB", Module: MM(8), Align: Center},
	}}
}

// minutes is a document of several pages.
func minutes(rows int) Document {
	t := Table{Columns: []Column{{Title: "ردیف", Share: 1}, {Title: "نام", Share: 6}, {Title: "شعبه", Share: 2, Align: Center}, {Title: "رأی", Share: 2, Align: End}}, Grid: true,
		Total: []string{"", "جمع", "", digits(rows * 100)}}
	for i := range rows {
		name := "نامزد شمارهٔ " + digits(i+1)
		if i%7 == 3 {
			name += " با نامی چنان بلند که در یک سطر جدول جا نمی‌شود و ناچار به سطر دوم می‌رود"
		}
		t.Rows = append(t.Rows, []string{digits(i + 1), name, digits(i%12 + 1), digits(100)})
	}
	return Document{Title: "صورت‌جلسه", Paper: A4, Footer: "شعبهٔ ۱۲ تهران", Simulated: true, Blocks: []Block{
		Heading{Text: "صورت‌جلسهٔ شمارش آرا", Align: Center},
		KeyValue{Pairs: []Pair{{"حوزهٔ انتخابیه", "تهران، ری، شمیرانات، اسلامشهر و پردیس"}, {"نسخه", Code("v1.2-rc3")}}},
		t, Heading{Text: "امضا", Level: 2}, Paragraph{Text: "رئیس شعبه، نمایندهٔ فرماندار و ناظر"},
		QR{Data: strings.Repeat("sandogh:", 20), Align: End},
	}}
}

func digits(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '۰' }, fmt.Sprint(n))
}

func lay(t testing.TB, doc Document) *Pages {
	t.Helper()
	pages, err := Lay(doc)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestGoldenBitmaps(t *testing.T) {
	for name, doc := range map[string]Document{"forms": forms(), "lines": lines(), "card": card(), "slip": slip()} {
		pages := lay(t, doc)
		if pages.Len() != 1 {
			t.Errorf("%s: %d pages on a roll", name, pages.Len())
		}
		got := pages.Bitmap(0)
		file := filepath.Join("testdata", name+".png")
		if *update {
			if err := os.WriteFile(file, got.PNG(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if size := img.Bounds().Size(); size.X != got.Width || size.Y != got.Height {
			t.Errorf("%s: %d by %d dots, not %v", name, got.Width, got.Height, size)
			continue
		}
		wrong := 0
		for y := range got.Height {
			for x := range got.Width {
				if r, _, _, _ := img.At(x, y).RGBA(); (r == 0) != got.Black(x, y) {
					wrong++
				}
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d dots differ", name, wrong)
		}
	}
}

// TestGoldenPDF holds the files against their hashes, with streams inflated,
// since compressors may change.
func TestGoldenPDF(t *testing.T) {
	var got strings.Builder
	for i, doc := range []Document{forms(), lines(), card(), slip(), minutes(60)} {
		fmt.Fprintf(&got, "%d %x\n", i, sha256.Sum256(parse(t, lay(t, doc).PDF()).inflated()))
	}
	const file = "testdata/pdf.sha256"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("hashes are\n%s\nnot\n%s", got.String(), want)
	}
}
