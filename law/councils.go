package law

import (
	_ "embed"
	"fmt"
	"sync"
)

// Places that the table of the sizes of councils knows. Tehran, with Rey and
// Tajrish, elects one council, whose size does not depend on its population.
const (
	PlaceCity    = "city"
	PlaceVillage = "village"
	PlaceTehran  = "tehran"
)

// CouncilsArticle is the article that says how many members a council has.
const CouncilsArticle = "councils/seats"

// A CouncilSize is how many members and alternates a council has.
type CouncilSize struct {
	Place      string `json:"place"`
	UpTo       int    `json:"up_to"` // inhabitants at most, this number included; 0: no bound
	Members    int    `json:"members"`
	Alternates int    `json:"alternates"`
}

// A CouncilTable is the sizes of councils in one version of [CouncilsArticle].
type CouncilTable struct {
	Law   Version // which also says how good the source is
	sizes []CouncilSize
}

//go:embed councils.json
var councils []byte

var councilTables = sync.OnceValue(func() map[string]CouncilTable {
	raw, err := Elements(councils)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	tables := make(map[string]CouncilTable, len(raw))
	for _, data := range raw {
		var t struct {
			Article string        `json:"article"`
			Version string        `json:"version"`
			Sizes   []CouncilSize `json:"sizes"`
		}
		if err := Decode(data, &t, "article", "version", "sizes"); err != nil {
			panic(err)
		}
		v, ok := Lookup(t.Article, t.Version)
		if !ok || t.Article != CouncilsArticle {
			panic(fmt.Sprintf("law: table of councils by %s %s, which is not registered", t.Article, t.Version))
		}
		tables[t.Version] = CouncilTable{v, t.Sizes}
	}
	return tables
})

// Councils returns the table of a version of [CouncilsArticle].
func Councils(version string) (CouncilTable, bool) {
	t, ok := councilTables()[version]
	return t, ok
}

// Size returns the size of the council of a place by its population at the last
// census. A place with exactly as many inhabitants as a bound is still within
// it: 50,000 is "up to 50,000".
func (t CouncilTable) Size(place string, population int) (CouncilSize, bool) {
	for _, s := range t.sizes { // of each place the smaller bound stands first
		if s.Place == place && population >= 0 && (s.UpTo == 0 || population <= s.UpTo) {
			return s, true
		}
	}
	return CouncilSize{}, false
}
