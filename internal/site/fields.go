package site

import (
	"encoding/hex"
	"fmt"
	"reflect"

	"github.com/sandogh/sandogh/record"
)

// How much of a field is shown; the whole is in the record.
const (
	maxBytes = 48  // of a byte string
	maxItems = 24  // of a list
	maxText  = 600 // bytes of a note
)

// A field is a part of an entry as people read it.
type field struct {
	Word  string  // in the language of the page
	Value string  // or empty, if there are Parts
	Words bool    // the value is words, not a code
	Note  bool    // the value has lines
	Parts []field // of a structure or a list
	More  int     // of a list, not shown
}

// fields returns the fields of an entry's body.
func (c *call) fields(b record.Body) []field { return c.structure(reflect.ValueOf(b).Elem()) }

func (c *call) structure(v reflect.Value) []field {
	var out []field
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		out = append(out, c.field(f.Name, v.Field(i)))
	}
	return out
}

func (c *call) field(name string, v reflect.Value) field {
	f := field{Word: name}
	if t, ok := c.pages.Text("field." + name); ok {
		f.Word = c.lang.Say(t)
	}
	switch x := v.Interface().(type) {
	case []byte:
		if name == "Checkpoint" {
			f.Note, f.Value = true, string(x[:min(len(x), maxText)])
			return f
		}
		f.Value = hex.EncodeToString(x[:min(len(x), maxBytes)])
		if len(x) > maxBytes {
			f.Value += "…"
			f.More = len(x) - maxBytes
		}
		return f
	case string:
		f.Value, f.Words = x, name == "Text" || name == "Source"
		return f
	case uint64:
		f.Value, f.Words = c.say("number", x), true
		return f
	}
	switch v.Kind() {
	case reflect.Struct:
		f.Parts = c.structure(v)
	case reflect.Slice:
		n := min(v.Len(), maxItems)
		f.More = v.Len() - n
		for i := range n {
			part := c.field(name, v.Index(i))
			part.Word = c.say("field.item", i)
			f.Parts = append(f.Parts, part)
		}
		if n == 0 {
			f.Value, f.Words = c.say("field.none"), true
		}
	default:
		f.Value = fmt.Sprint(v.Interface())
	}
	return f
}
