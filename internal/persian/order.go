package persian

import (
	"cmp"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A collator is used by one goroutine at a time.
type collator struct {
	*collate.Collator
	buffer collate.Buffer
}

var collators = sync.Pool{New: func() any { return &collator{Collator: collate.New(language.Persian)} }}

// Order compares two texts as a Persian dictionary has them. Texts that it does
// not tell apart are ordered by their bytes, so that a sorted list has one form.
// Latin words come before Persian ones: x/text has the letters of CLDR's fa, but
// not its order of scripts.
// Any number of goroutines may call it.
func Order(a, b string) int {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	return cmp.Or(c.CompareString(a, b), cmp.Compare(a, b))
}

// SortKey returns a key of a text. Keys compare by their bytes as [Order] compares the
// texts; those that it tells apart by the texts' own bytes alone have one key. It is for
// a list that is too long to compare each text many times.
func SortKey(s string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buffer.Reset()
	return string(c.KeyFromString(&c.buffer, s))
}
