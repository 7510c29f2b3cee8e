package strictjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of what is read.
const (
	MaxBytes = 64 << 20 // of JSON
	MaxItems = 131072   // elements of any one array or of an object without fixed names
)

// Unmarshal reads one JSON value into what v points to, and returns everything
// that does not fit; whole is the path of a fault of the value itself. v consists
// of structs, slices, maps with text keys, strings, booleans, whole numbers and
// text unmarshalers. A [json.RawMessage] takes an object or an array as it stands;
// what a field of interface type has is skipped.
func Unmarshal(data []byte, whole string, v any) Faults {
	one := func(text string, args ...any) (f Faults) {
		f.Add(whole, text, args...)
		return f
	}
	if len(data) > MaxBytes {
		return one("the file has %d bytes: keep it within %d", len(data), MaxBytes)
	}
	if i := invalidUTF8(data); i >= 0 {
		return one("invalid UTF-8 at %s: save the file as UTF-8", position(data, i))
	}
	// encoding/json's tokens are only taken from text that its scanner has
	// accepted as exactly one value.
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return one("not JSON at %s (%v): write one JSON value and nothing after it",
				position(data, int(syntax.Offset)-1), syntax)
		}
		return one("not JSON (%v): write one JSON value", err)
	}
	r := reader{whole: whole, data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	r.value("", reflect.ValueOf(v).Elem())
	return r.faults
}

// A reader fills a value from JSON tokens and collects what does not fit.
type reader struct {
	whole  string
	data   []byte
	dec    *json.Decoder
	faults Faults
}

func (r *reader) fault(path, text string, args ...any) {
	if path == "" {
		path = r.whole
	}
	r.faults.Add(path, text, args...)
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	rawMessage      = reflect.TypeFor[json.RawMessage]()
)

// value reads the next JSON value into v, or skips it if it does not fit.
func (r *reader) value(path string, v reflect.Value) {
	tok, err := r.dec.Token()
	if err != nil {
		r.fault(path, "not readable (%v): write one JSON value", err)
		return
	}
	if reflect.PointerTo(v.Type()).Implements(textUnmarshaler) {
		s, ok := tok.(string)
		if !ok {
			r.unfit(path, tok, "a string of 64 hex digits")
			return
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			r.fault(path, "%v", err)
		}
		return
	}
	if v.Type() == rawMessage {
		start := r.dec.InputOffset() - 1
		if tok != json.Delim('{') && tok != json.Delim('[') {
			r.unfit(path, tok, "an object or an array")
			return
		}
		r.rest(tok)
		v.SetBytes(r.data[start:r.dec.InputOffset()])
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		r.rest(tok)
	case reflect.Map:
		if tok != json.Delim('{') {
			r.unfit(path, tok, "an object")
			return
		}
		r.mapping(path, v)
	case reflect.Struct:
		if tok != json.Delim('{') {
			r.unfit(path, tok, "an object")
			return
		}
		r.object(path, v)
	case reflect.Slice:
		if tok != json.Delim('[') {
			r.unfit(path, tok, "an array")
			return
		}
		r.array(path, v)
	case reflect.String:
		s, ok := tok.(string)
		if !ok {
			r.unfit(path, tok, "a string")
			return
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := tok.(bool)
		if !ok {
			r.unfit(path, tok, "true or false")
			return
		}
		v.SetBool(b)
	case reflect.Int:
		n, ok := tok.(json.Number)
		if !ok {
			r.unfit(path, tok, "a whole number")
			return
		}
		i, err := strconv.ParseInt(n.String(), 10, strconv.IntSize)
		if err != nil || n.String() == "-0" {
			r.fault(path, "%s is not a whole number in range: write it in plain digits", n)
			return
		}
		v.SetInt(i)
	default:
		panic("strictjson: the value has a field of kind " + v.Kind().String())
	}
}

func (r *reader) object(path string, v reflect.Value) {
	seen := make(map[string]bool)
	for r.dec.More() {
		tok, err := r.dec.Token()
		key, ok := tok.(string)
		if err != nil || !ok {
			r.fault(path, "not readable (%v): write an object", err)
			return
		}
		p := Join(path, key)
		i := field(v.Type(), key)
		switch {
		case i < 0:
			r.fault(p, "unknown field: remove it, or correct its name")
			r.skip()
		case seen[key]:
			r.fault(p, "written twice: keep one")
			r.skip()
		default:
			r.value(p, v.Field(i))
		}
		seen[key] = true
	}
	r.dec.Token() // the closing brace
	for i := range v.NumField() {
		name, optional := tag(v.Type().Field(i))
		if !optional && !seen[name] {
			r.fault(Join(path, name), "missing: add it")
		}
	}
}

// mapping reads an object whose names are not fixed.
func (r *reader) mapping(path string, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	elem := reflect.New(v.Type().Elem()).Elem()
	for n := 0; r.dec.More(); n++ {
		tok, err := r.dec.Token()
		key, ok := tok.(string)
		if err != nil || !ok {
			r.fault(path, "not readable (%v): write an object", err)
			return
		}
		p := Join(path, key)
		switch k := reflect.ValueOf(key); {
		case n >= MaxItems:
			if n == MaxItems {
				r.fault(path, "more than %d elements: keep them within that", MaxItems)
			}
			r.skip()
		case v.MapIndex(k).IsValid():
			r.fault(p, "written twice: keep one")
			r.skip()
		default:
			elem.SetZero()
			r.value(p, elem)
			v.SetMapIndex(k, elem)
		}
	}
	r.dec.Token() // the closing brace
}

func (r *reader) array(path string, v reflect.Value) {
	elem := reflect.New(v.Type().Elem()).Elem()
	n := 0
	for ; r.dec.More(); n++ {
		if n >= MaxItems {
			r.skip()
			continue
		}
		elem.SetZero()
		r.value(At(path, n), elem)
		v.Set(reflect.Append(v, elem))
	}
	r.dec.Token() // the closing bracket
	if n > MaxItems {
		r.fault(path, "%d elements: keep them within %d", n, MaxItems)
	}
}

// unfit reports a value of another kind, of which tok is the first token.
func (r *reader) unfit(path string, tok json.Token, want string) {
	r.fault(path, "%s: write %s", kindOf(tok), want)
	r.rest(tok)
}

// skip reads one whole value and drops it.
func (r *reader) skip() {
	tok, err := r.dec.Token()
	if err == nil {
		r.rest(tok)
	}
}

// rest drops what remains of the value that begins with tok.
func (r *reader) rest(tok json.Token) {
	depth := 0
	for {
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return
		}
		var err error
		if tok, err = r.dec.Token(); err != nil {
			return
		}
	}
}

func kindOf(tok json.Token) string {
	switch t := tok.(type) {
	case nil:
		return "null is not allowed"
	case json.Delim:
		if t == '{' {
			return "an object is not expected here"
		}
		return "an array is not expected here"
	case string:
		return "a string is not expected here"
	case json.Number:
		return "a number is not expected here"
	}
	return fmt.Sprintf("%v is not expected here", tok)
}

// field returns the index of t's field with the JSON name key, or -1.
func field(t reflect.Type, key string) int {
	for i := range t.NumField() {
		if name, _ := tag(t.Field(i)); name == key {
			return i
		}
	}
	return -1
}

func tag(f reflect.StructField) (name string, optional bool) {
	name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, opts == "omitempty" || opts == "omitzero"
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// position names the byte at offset i by its line and column, from 1.
func position(data []byte, i int) string {
	i = max(0, min(i, len(data)))
	line := 1 + bytes.Count(data[:i], []byte("\n"))
	col := i - bytes.LastIndexByte(data[:i], '\n')
	return fmt.Sprintf("line %d, column %d", line, col)
}
