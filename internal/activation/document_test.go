package activation_test

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/printing"
)

var previews = flag.String("previews", "", "write the printed sheets to this `folder`")

var branch = election.Name{Fa: "شعبهٔ ۱۰۱ — دبستان شهید نمونه", En: "Branch 101, sample school"}

func TestDocument(t *testing.T) {
	cards := stack(t, set(t, "101", 19))
	for name, lang := range map[string]printing.Lang{"fa": printing.Persian, "en": printing.English} {
		doc, err := activation.Document(cards, activation.Sheet{Lang: lang, Branch: branch, Election: election.Name{Fa: "انتخابات شوراهای شهر و روستا", En: "Council elections"}, Simulated: true})
		if err != nil {
			t.Fatal(err)
		}
		pages, err := printing.Lay(doc)
		if err != nil || pages.Len() != 3 {
			t.Fatalf("%v", err)
		}
		data, err := pages.PNG(0, 150)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() < 1000 {
			t.Fatalf("%v", err)
		}
		if *previews != "" {
			if err := os.WriteFile(filepath.Join(*previews, "cards-"+name+".png"), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		// The order of the cards is in none of the file's texts.
		if pdf := string(pages.PDF()); strings.Contains(pdf, cards[0].Digits) {
			t.Error("digits are in the file as text")
		}
	}
	for _, n := range []int{0, activation.Pack + 1} {
		if _, err := activation.Document(make([]activation.Card, n), activation.Sheet{}); err == nil {
			t.Errorf("laid out %d cards", n)
		}
	}
}

func BenchmarkDocument(b *testing.B) {
	cards := stack(b, set(b, "101", 16))
	for b.Loop() {
		doc, err := activation.Document(cards, activation.Sheet{Branch: branch})
		if err != nil {
			b.Fatal(err)
		}
		pages, err := printing.Lay(doc)
		if err != nil {
			b.Fatal(err)
		}
		pages.PDF()
	}
}
