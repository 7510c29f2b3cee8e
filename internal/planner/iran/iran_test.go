package iran_test

import (
	"slices"
	"testing"

	"github.com/sandogh/sandogh/internal/planner/iran"
)

func TestProvinces(t *testing.T) {
	all := iran.Provinces()
	if len(all) != 31 {
		t.Fatalf("%d provinces", len(all))
	}
	tiles := map[[2]int]string{}
	for i, p := range all {
		if other, ok := tiles[[2]int{p.Col, p.Row}]; ok || p.Col < 0 || p.Col >= iran.Columns || p.Row < 0 || p.Row >= iran.Rows {
			t.Errorf("%s has the tile of %q, or one outside the map", p.En, other)
		}
		tiles[[2]int{p.Col, p.Row}] = p.En
		for k, n := range p.Near {
			if n < 0 {
				t.Fatalf("%s: border %d names no province", p.En, k)
			}
			if !slices.Contains(all[n].Near, i) {
				t.Errorf("%s borders on %s, but not the other way round", p.En, all[n].En)
			}
			if km := p.Capital.Km(all[n].Capital); km > 900 {
				t.Errorf("%s and %s border on each other, %d km apart", p.En, all[n].En, km)
			}
		}
	}
	reached, queue := map[int]bool{0: true}, []int{0}
	for len(queue) > 0 {
		for _, n := range all[queue[0]].Near {
			if !reached[n] {
				reached[n] = true
				queue = append(queue, n)
			}
		}
		queue = queue[1:]
	}
	if len(reached) != len(all) {
		t.Errorf("only %d provinces can be reached from %s", len(reached), all[0].En)
	}
	tehran, _ := iran.Find("تهران")
	mashhad, _ := iran.Find("خراسان رضوی")
	if km := tehran.Capital.Km(mashhad.Capital); km < 720 || km > 760 {
		t.Errorf("Tehran is %d km from Mashhad", km)
	}
	for _, name := range []string{"قم", "استان قم", "Qom", "كرمان", "چهارمحال و بختياري"} {
		if _, ok := iran.Find(name); !ok {
			t.Errorf("%s is not found", name)
		}
	}
	if _, ok := iran.Find("تهرانپارس"); ok {
		t.Error("a suburb is a province")
	}
}
