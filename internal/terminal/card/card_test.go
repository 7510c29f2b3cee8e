package card_test

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

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/terminal"
	. "github.com/sandogh/sandogh/internal/terminal/card"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

var update = flag.Bool("update", false, "write the golden files anew; look at the pictures before you commit them")

// names have every letter of the alphabet in the forms that names have, half
// spaces, harakat, hamza, Latin letters, and one is as long as names get.
var names = []string{
	"آبتین پارسا", "ثریّا جلیل‌زاده", "چمن‌آرا حیدری", "خسرو دژآگاه", "ذبیح‌اللّه رضایی", "ژاله زندی", "سعید شیرازی", "صفیّه ضیغم‌پور",
	"طاهره ظهیرالاسلام", "عبدالغفّار غلامی", "فرهاد قزوینی", "کیوان گل‌محمّدی", "لاله میرزایی", "نازنین وحیدی", "هدایت یغمایی", "رؤیا مسئول‌زاده",
	"سیّد محمّدرضا حسینی‌نژاد فراهانی قزوینی‌زادهٔ اصل طباطبایی نائینی", "Şəhriyar Iğdırlı", "ژیلا ڕۆژهەڵات", "یحیی (شهرت: آقایی)", "امیر ۰۱۲۳۴۵۶۷۸۹",
}

func paper() *terminal.Paper {
	council := &election.Contest{ID: "karaj", Name: election.Name{Fa: "شورای اسلامی شهر کرج", En: "Karaj city council"}, VoteLimit: 21}
	for i := range 3000 {
		n := election.Name{Fa: fmt.Sprintf("نامزد شمارهٔ %d", i+1), En: fmt.Sprintf("Candidate %d", i+1)}
		if i%143 == 0 && i/143 < len(names) {
			n = election.Name{Fa: names[i/143], En: fmt.Sprintf("Candidate %d", i+1)}
		}
		council.Candidates = append(council.Candidates, election.Candidate{ID: fmt.Sprint(101 + i), Name: n})
	}
	experts := &election.Contest{ID: "experts", Name: election.Name{Fa: "مجلس خبرگان رهبری", En: "Assembly of Experts"}, VoteLimit: 2,
		Candidates: []election.Candidate{{ID: "1", Name: election.Name{Fa: "زهرا گُل‌پژوه", En: "Zahra Golpazhuh"}}, {ID: "2", Name: election.Name{Fa: "علی‌اکبر چمن‌آرا"}}}}
	p := &terminal.Paper{Election: election.Name{Fa: "انتخابات شوراها، ۱۴۰۵", En: "Council elections 1405"},
		Branch: &election.Branch{ID: "12", Name: election.Name{Fa: "شعبهٔ ۱۲، دبیرستان شهید رجایی", En: "Branch 12"}}}
	for _, c := range []*election.Contest{experts, council} {
		p.Contests = append(p.Contests, &terminal.Contest{Contest: c})
	}
	return p
}

// all are the codes of the names above.
func all() []int {
	var out []int
	for i := range names {
		out = append(out, 143*i+1)
	}
	return out
}

var code = sha256.Sum256([]byte("an entry"))

func documents(t testing.TB) map[string]printing.Document {
	t.Helper()
	out := map[string]printing.Document{}
	for _, f := range []struct {
		name string
		form Form
	}{{"80-fa", Form{Roll: printing.Roll80}}, {"58-fa", Form{Roll: printing.Roll58}}, {"80-en", Form{Roll: printing.Roll80, Lang: web.English, Simulated: true}}} {
		choices := [][]int{{}, all()}
		if f.name == "80-en" {
			choices = [][]int{{1, 2}, {7}}
		}
		doc, err := Card(f.form, paper(), choices)
		if err != nil {
			t.Fatal(err)
		}
		out["card-"+f.name], out["slip-"+f.name] = doc, Slip(f.form, paper(), code)
	}
	return out
}

func TestGolden(t *testing.T) {
	for name, doc := range documents(t) {
		job, err := Job(doc)
		if err != nil {
			t.Fatal(err)
		}
		if doc.Text < 10*printing.Point {
			t.Errorf("%s: text of %d/64 pt", name, doc.Text)
		}
		file := filepath.Join("testdata", name+".png")
		if *update {
			if err := os.WriteFile(file, job.Bitmap.PNG(), 0o666); err != nil {
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
		if size := img.Bounds().Size(); size.X != job.Bitmap.Width || size.Y != job.Bitmap.Height {
			t.Errorf("%s: %d by %d dots, not %v", name, job.Bitmap.Width, job.Bitmap.Height, size)
			continue
		}
		differ := 0
		for y := range job.Bitmap.Height {
			for x := range job.Bitmap.Width {
				if r, _, _, _ := img.At(x, y).RGBA(); (r == 0) != job.Bitmap.Black(x, y) {
					differ++
				}
			}
		}
		if differ > 0 {
			t.Errorf("%s: %d dots differ", name, differ)
		}
	}
}

// said returns all text of a document.
func said(doc printing.Document) string {
	var b strings.Builder
	for _, block := range doc.Blocks {
		fmt.Fprintf(&b, "%+v\n", block)
	}
	return b.String()
}

// TestNothingInCommon: the slip has the branch and the code, the card has
// neither, and every chosen name is on the card once.
func TestNothingInCommon(t *testing.T) {
	docs := documents(t)
	card, slip := said(docs["card-80-fa"]), said(docs["slip-80-fa"])
	for _, n := range names {
		if strings.Count(card, n) != 1 || strings.Contains(slip, n) {
			t.Errorf("%s is on the card %d times", n, strings.Count(card, n))
		}
	}
	for _, secret := range append(strings.Split(record.FormatCode(code), "-"), "شعبهٔ ۱۲") {
		if strings.Contains(card, secret) || !strings.Contains(slip, secret) {
			t.Errorf("%q is on the card, or not on the slip", secret)
		}
	}
	if !strings.Contains(card, "رأی سفید") || strings.Contains(card, "زهرا") {
		t.Error("the blank vote is not said")
	}
	if got := Copy(paper(), [][]int{{2}, {1, 3}}); got != "sandogh card v1 experts:2 karaj:1,3" {
		t.Errorf("the copy is %q", got)
	}
}

func TestRefused(t *testing.T) {
	for _, codes := range [][][]int{nil, {{1}}, {{1}, {0}}, {{3}, {1}}, {{1}, {3001}}} {
		if _, err := Card(Form{}, paper(), codes); err == nil {
			t.Errorf("%v is laid out", codes)
		}
	}
}

func BenchmarkCard(b *testing.B) {
	p := paper()
	for b.Loop() {
		doc, err := Card(Form{Roll: printing.Roll80}, p, [][]int{{1}, all()})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Job(doc); err != nil {
			b.Fatal(err)
		}
	}
}
