package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Syntax returns the line, from 1, at which a text ceases to be one JSON value,
// and what to do; or 0 and "" for one JSON value.
func Syntax(data []byte) (line int, text string) {
	lineAt := func(i int) int { return 1 + bytes.Count(data[:max(0, min(i, len(data)))], []byte("\n")) }
	if !utf8.Valid(data) {
		bad := 0
		for r, n := utf8.DecodeRune(data); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRune(data[bad:]) {
			bad += n
		}
		return lineAt(bad), "invalid UTF-8: save the file as UTF-8"
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return lineAt(int(syntax.Offset) - 1), fmt.Sprintf("not JSON (%v): write one JSON object and nothing after it", syntax)
	case err != nil:
		return 1, fmt.Sprintf("not JSON (%v): write one JSON object", err)
	}
	return 0, ""
}

// Lines are the lines of the values of a JSON text, from 1, by their paths; that
// of the whole is "".
type Lines map[string]int

// At returns the line of the value at the path, or of what it is missing from.
func (l Lines) At(path string) int {
	for {
		if line, ok := l[path]; ok {
			return line
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return max(1, l[""])
		}
		path = path[:i]
	}
}

// LinesOf returns the lines of the values of a text that Syntax accepts. Of a name
// that is there twice it has the first.
func LinesOf(data []byte) Lines {
	lines := Lines{}
	dec := json.NewDecoder(bytes.NewReader(data))
	type open struct {
		path  string
		array bool
		n     int    // elements so far
		name  string // of the value that comes next, in an object
		named bool
	}
	var stack []open
	line, seen := 1, 0
	for {
		tok, err := dec.Token()
		if err != nil {
			return lines
		}
		// A token has no line break in it, so that its end is on its line.
		end := int(dec.InputOffset())
		line += bytes.Count(data[seen:end], []byte("\n"))
		seen = end
		if d, ok := tok.(json.Delim); ok && (d == '}' || d == ']') {
			stack = stack[:len(stack)-1]
			continue
		}
		path := ""
		if len(stack) > 0 {
			switch top := &stack[len(stack)-1]; {
			case top.array:
				path = top.path + "[" + strconv.Itoa(top.n) + "]"
				top.n++
			case !top.named:
				top.name, _ = tok.(string)
				top.named = true
				continue
			default:
				path, top.named = strings.TrimPrefix(top.path+"."+top.name, "."), false
			}
		}
		if _, ok := lines[path]; !ok {
			lines[path] = line
		}
		switch tok {
		case json.Delim('{'):
			stack = append(stack, open{path: path})
		case json.Delim('['):
			stack = append(stack, open{path: path, array: true})
		}
	}
}
