package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Elements splits a JSON array into its values, each for [Decode], so that a
// fault can be told with the place of the value in the array.
func Elements(data []byte) ([]json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("invalid UTF-8: save the file as UTF-8")
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		return nil, fmt.Errorf("not JSON (%w): write one JSON value and nothing after it", err)
	}
	if err := json.Unmarshal(data, &raw); err != nil || raw == nil {
		return nil, errors.New("not an array: write [ … ]")
	}
	return raw, nil
}

// Decode reads one JSON value strictly into v: valid UTF-8, no field that v does
// not have, none twice, names compared exactly, nothing after the value. Where
// encoding/json is lenient, the files of the law are not. The value must be an
// object with the required fields, if any are named.
func Decode(data []byte, v any, required ...string) error {
	if !utf8.Valid(data) {
		return errors.New("invalid UTF-8: save the file as UTF-8")
	}
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		return fmt.Errorf("not JSON (%w): write one JSON value and nothing after it", err)
	}
	if err := names(json.NewDecoder(bytes.NewReader(data))); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		var unfit *json.UnmarshalTypeError
		if errors.As(err, &unfit) {
			return fmt.Errorf("field %q: a %s does not fit: write a %s", unfit.Field, unfit.Value, unfit.Type)
		}
		text := strings.TrimPrefix(err.Error(), "json: ")
		if strings.HasPrefix(text, "unknown field") {
			text += ": remove it"
		}
		return errors.New(text)
	}
	if len(required) == 0 {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return errors.New("not an object: write { … }")
	}
	for _, name := range required {
		if _, ok := fields[name]; !ok {
			return fmt.Errorf("field %q is missing: write it", name)
		}
	}
	return nil
}

// names refuses fields that are written twice, and those in capitals, which
// encoding/json would take for the field in small letters. The text is known to
// be JSON.
func names(dec *json.Decoder) error {
	type object struct {
		seen map[string]bool // nil for an array
		name bool            // a name comes next
	}
	var open []*object
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not readable (%w): write one JSON value", err)
		}
		var top *object
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		if d, ok := tok.(json.Delim); ok && (d == '}' || d == ']') {
			open = open[:len(open)-1]
			continue
		}
		if top != nil && top.seen != nil {
			if top.name {
				name, _ := tok.(string)
				if strings.ToLower(name) != name {
					return fmt.Errorf("unknown field %q: names are in small letters", name)
				}
				if top.seen[name] {
					return fmt.Errorf("field %q twice: write it once", name)
				}
				top.seen[name], top.name = true, false
				continue
			}
			top.name = true
		}
		switch tok {
		case json.Delim('{'):
			open = append(open, &object{seen: map[string]bool{}, name: true})
		case json.Delim('['):
			open = append(open, &object{})
		}
	}
}
