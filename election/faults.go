package election

import (
	"strings"

	"github.com/sandogh/sandogh/strictjson"
)

// A Fault is one thing wrong in a definition.
type Fault = strictjson.Fault

// Faults is everything wrong in a definition, those of the shape first.
// [Parse] and [Decode] return it as *Faults.
type Faults = strictjson.Faults

// whole is the path of the definition itself.
const whole = "definition"

func one(text string, args ...any) *Faults {
	var f Faults
	f.Add(whole, text, args...)
	return &f
}

func join(path, field string) string { return strictjson.Join(path, field) }
func at(path string, i int) string   { return strictjson.At(path, i) }
func quote(s string) string          { return strictjson.Quote(s) }

// covers reports whether path is under or at any of the faults' paths, so that
// a second fault there would only repeat the first.
func covers(paths map[string]bool, path string) bool {
	for {
		if paths[path] {
			return true
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}
