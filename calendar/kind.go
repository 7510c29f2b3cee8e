package calendar

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sandogh/sandogh/law"
)

// Kinds is a set of kinds of contest.
type Kinds uint8

// The kinds. A city with lists is a kind of its own, to which all stages of
// cities apply too.
const (
	City Kinds = 1 << iota
	Proportional
	Village
	Majlis
	Experts

	All = City | Proportional | Village | Majlis | Experts
)

var kindNames = []string{"city", "proportional", "village", "majlis", "experts"}

// ParseKinds reads the name of a kind of contest, "by-election" for Majlis and
// Experts, or "all".
func ParseKinds(s string) (Kinds, error) {
	if i := slices.Index(kindNames, s); i >= 0 {
		return 1 << i, nil
	}
	switch s {
	case "by-election":
		return Majlis | Experts, nil
	case "all":
		return All, nil
	}
	return 0, fmt.Errorf("there is no kind of contest %q: the kinds are %s, by-election, all", s, strings.Join(kindNames, ", "))
}

// appliesTo reads the kinds that a stage applies to: one of the cities is also
// one of the cities with lists.
func appliesTo(s string) (Kinds, error) {
	k, err := ParseKinds(s)
	if k == City {
		k |= Proportional
	}
	return k, err
}

// String returns the names of the kinds.
func (k Kinds) String() string {
	var names []string
	for i, n := range kindNames {
		if k&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ", ")
}

// A Workflow says which stages carry a kind of contest from the order to start
// to the candidates: who vets whom differs by kind.
type Workflow struct {
	Kind         string   `json:"kind"`
	TitleFa      string   `json:"title_fa"`
	TitleEn      string   `json:"title_en"`
	StartOrder   string   `json:"start_order"`  // id of a stage
	Registration []string `json:"registration"` // ids of stages, in order
	Vetting      []string `json:"vetting"`      // ids of stages, in order
}

//go:embed workflows.json
var workflowFile []byte

var workflows = sync.OnceValue(func() []Workflow {
	raw, err := law.Elements(workflowFile)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	all := make([]Workflow, len(raw))
	for i := range raw {
		if err := law.Decode(raw[i], &all[i], "kind", "title_fa", "title_en", "start_order", "registration", "vetting"); err != nil {
			panic(err)
		}
	}
	return all
})

// Workflows returns the workflow of each kind of contest.
func Workflows() []Workflow {
	all := slices.Clone(workflows())
	for i := range all {
		all[i].Registration = slices.Clone(all[i].Registration)
		all[i].Vetting = slices.Clone(all[i].Vetting)
	}
	return all
}

// startsFor returns the stages that are the order to start for one of the kinds.
func startsFor(kinds Kinds) map[string]Kinds {
	starts := map[string]Kinds{}
	for _, w := range workflows() {
		if k, err := ParseKinds(w.Kind); err == nil && k&kinds != 0 {
			starts[w.StartOrder] |= k
		}
	}
	return starts
}
