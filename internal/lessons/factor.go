package lessons

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

//go:embed factors.json
var library []byte

// A Word is the same in Persian and in English.
type Word struct {
	Fa string `json:"fa"`
	En string `json:"en"`
}

// A Factor is something that goes wrong in elections.
type Factor struct {
	ID      string   `json:"id"`
	Group   string   `json:"group"`
	Name    Word     `json:"name"`
	Look    Word     `json:"look"`    // what to look at in one's own office
	Sources []string `json:"sources"` // names of published texts that treat it
}

// A Group is a part of the library.
type Group struct {
	ID   string `json:"id"`
	Name Word   `json:"name"`
}

var groups, factors = func() ([]Group, []Factor) {
	var in struct {
		Groups  []Group  `json:"groups"`
		Factors []Factor `json:"factors"`
	}
	if err := json.Unmarshal(library, &in); err != nil {
		panic(fmt.Sprintf("factors.json of package lessons: %v", err)) // part of the program, and tested
	}
	return in.Groups, in.Factors
}()

// Groups returns the parts of the library.
func Groups() []Group { return slices.Clone(groups) }

// Factors returns the library of risk factors, by group.
func Factors() []Factor { return slices.Clone(factors) }

// FactorByID returns a factor.
func FactorByID(id string) (Factor, bool) {
	i := slices.IndexFunc(factors, func(f Factor) bool { return f.ID == id })
	if i < 0 {
		return Factor{}, false
	}
	return factors[i], true
}
