package persian

import (
	"cmp"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collators are used by one goroutine at a time each.
var collators = sync.Pool{New: func() any { return collate.New(language.Persian) }}

// Order compares two texts as a Persian dictionary has them. Texts that it does
// not tell apart are ordered by their bytes, so that a sorted list has one form.
// Latin words come before Persian ones: x/text has the letters of CLDR's fa, but
// not its order of scripts.
// Any number of goroutines may call it.
func Order(a, b string) int {
	c := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	return cmp.Or(c.CompareString(a, b), cmp.Compare(a, b))
}
