package find_test

import (
	"fmt"
	"testing"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/find"
)

func item(fa, en string) find.Item {
	return find.Item{Name: election.Name{Fa: fa, En: en}, Path: "/" + en + ".html", Kind: "place"}
}

var index = find.New([]find.Item{item("شهرستان علی‌آباد", "Aliabad"), item("روستای کیش", "Kish"), item("شهر پارس‌آباد", "Parsabad"), item("یزد", "Yazd"), item("", "Boulder")},
	func() []find.Item { return []find.Item{item("ترانه مثالی", "Taraneh Mesali")} })

// TestSearch: a name is found however it is spelt.
func TestSearch(t *testing.T) {
	for typed, want := range map[string]string{
		"علی آباد": "Aliabad", "علیآباد": "Aliabad", "علي‌آباد": "Aliabad", "كيش": "Kish", "پارس": "Parsabad", "yazd": "Yazd", "YAZ": "Yazd", "بولدر": "",
		"boul": "Boulder", "مثالی": "Taraneh Mesali", "dcn": "Yazd", "": "", "   ": "", "\x00\xff": "", "<script>": "",
	} {
		found, n := index.Search(typed, 10)
		got := ""
		if len(found) > 0 {
			got = found[0].Name.En
		}
		if got != want || n != len(found) {
			t.Errorf("%q finds %q (%d), not %q", typed, got, n, want)
		}
	}
	if found, n := index.Search("a", 2); len(found) != 2 || n < 3 {
		t.Errorf("%d of %d found, at most 2 wanted", len(found), n)
	}
}

// TestLetters: every item is on one page, under the letter of its own name.
func TestLetters(t *testing.T) {
	var many []find.Item
	for i := range 450 {
		many = append(many, item(fmt.Sprintf("روستای کوه %d", i), fmt.Sprint(i)))
	}
	x := find.New(append(many, item("استان یزد", "y"), item("۱۲۳", "d")), func() []find.Item { return nil })
	if l := x.Letters(); len(l) != 3 || l[0].N+l[1].N+l[2].N != 452 {
		t.Fatalf("%v", l)
	}
	seen := map[string]bool{}
	for _, path := range x.Paths() {
		p, ok := x.Page(path)
		if !ok || len(p.Items) == 0 || len(p.Items) > find.PerPage {
			t.Errorf("page %s has %d items", path, len(p.Items))
		}
		for _, i := range p.Items {
			if seen[i.Path] {
				t.Errorf("%s is listed twice", i.Path)
			}
			seen[i.Path] = true
		}
	}
	if len(seen) != 452 {
		t.Errorf("%d items are listed, not 452", len(seen))
	}
	if _, ok := x.Page("../x"); ok {
		t.Error("a page that is not there")
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("علی آباد")
	f.Fuzz(func(t *testing.T, typed string) {
		if found, n := index.Search(typed, 3); len(found) > 3 || n < len(found) {
			t.Fatalf("%d of %d", len(found), n)
		}
	})
}
