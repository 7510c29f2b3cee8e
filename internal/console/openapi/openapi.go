package openapi

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
)

// A Field is something that a route is told, in its form or behind the "?".
type Field struct {
	Name, Label, Help string
	Kind              string // as package console names it
	Required          bool
	Min, Max          int64
}

// A Route is what can be asked for.
type Route struct {
	Method, Path  string // as for net/http: /people/{id}
	Part, Summary string
	Power         string // "" is everybody
	Query         []Field
	Body          []Field // of a form; nil if there is none
}

// A Document is all that is described.
type Document struct {
	Title  string
	Cookie string   // of the session
	Parts  []string // which are tags
	Codes  []string // of failures
	Routes []Route
}

// The description of all routes, OpenAPI 3.1, as far as a program needs it.
type (
	object = map[string]any

	operation struct {
		ID          string            `json:"operationId"`
		Summary     string            `json:"summary"`
		Tags        []string          `json:"tags"`
		Security    []object          `json:"security"`
		Power       string            `json:"x-power,omitempty"`
		Parameters  []object          `json:"parameters,omitempty"`
		RequestBody object            `json:"requestBody,omitempty"`
		Responses   map[string]object `json:"responses"`
	}
)

var pathParameter = regexp.MustCompile(`\{([^}$]+)\}`)

// schemas of fields by their kind.
func (f Field) schema() object {
	s := object{"type": "string", "title": f.Label}
	switch f.Kind {
	case "number":
		s["type"] = []string{"integer", "string"}
		if f.Max != 0 {
			s["minimum"], s["maximum"] = f.Min, f.Max
		}
	case "day":
		s["description"] = "a Jalali date, 1405-02-11, or an ISO date, 2026-05-01"
	case "check":
		s["type"] = []string{"boolean", "string"}
	case "choices":
		s["type"], s["items"] = "array", object{"type": "string"}
	case "office":
		s["description"] = "code of an office; - is the country"
	case "people":
		s["description"] = "id of a person, or a name or number that only one has"
	case "file":
		s["format"] = "binary"
	case "password":
		s["format"] = "password"
	case "hidden":
		s["type"] = []string{"string", "integer"}
	}
	if f.Help != "" && s["description"] == nil {
		s["description"] = f.Help
	}
	return s
}

func body(fields []Field) object {
	properties, required, media := object{}, []string{}, "application/json"
	for _, field := range fields {
		properties[field.Name] = field.schema()
		if field.Required {
			required = append(required, field.Name)
		}
		if field.Kind == "file" {
			media = "multipart/form-data"
		}
	}
	return object{"required": len(required) > 0, "content": object{media: object{"schema": object{"type": "object", "properties": properties, "required": required}}}}
}

// JSON returns the description.
func (d Document) JSON() ([]byte, error) {
	paths := map[string]map[string]operation{}
	failures := object{"$ref": "#/components/responses/failure"}
	for _, route := range d.Routes {
		path := strings.ReplaceAll(route.Path, "{$}", "")
		name := strings.Trim(regexp.MustCompile(`[^a-z]+`).ReplaceAllString(path, "-"), "-")
		op := operation{ID: strings.ToLower(route.Method) + "-" + name, Summary: route.Summary, Tags: []string{route.Part}, Security: []object{{"session": []string{}}},
			Power: route.Power, Responses: map[string]object{"200": {"description": "done"}, "400": failures}}
		if route.Power == "" {
			op.Security = []object{}
		} else {
			op.Responses["401"], op.Responses["403"] = failures, failures
		}
		for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
			op.Parameters = append(op.Parameters, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
			op.Responses["404"] = failures
		}
		if route.Method == http.MethodGet {
			for _, f := range route.Query {
				op.Parameters = append(op.Parameters, object{"name": f.Name, "in": "query", "schema": f.schema()})
			}
			op.Parameters = append(op.Parameters,
				object{"name": "format", "in": "query", "description": "csv: all rows of a list", "schema": object{"enum": []string{"json", "csv"}}},
				object{"name": "q", "in": "query", "description": "search in a list", "schema": object{"type": "string"}},
				object{"name": "page", "in": "query", "description": "of a list, from 1", "schema": object{"type": "integer", "minimum": 1}},
				object{"name": "sort", "in": "query", "description": "column of a list; - before it turns it round", "schema": object{"type": "string"}})
		} else if route.Body != nil {
			op.RequestBody = body(route.Body)
			op.Responses["409"], op.Responses["413"], op.Responses["422"] = failures, failures, failures
		}
		if paths[path] == nil {
			paths[path] = map[string]operation{}
		}
		paths[path][strings.ToLower(route.Method)] = op
	}
	var tags []object
	for _, p := range d.Parts {
		tags = append(tags, object{"name": p})
	}
	return json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info":    object{"title": d.Title, "version": "1", "description": "Send Accept: application/json. Paths under /en answer in English."},
		"paths":   paths, "tags": tags,
		"components": object{
			"securitySchemes": object{"session": object{"type": "apiKey", "in": "cookie", "name": d.Cookie}},
			"responses": object{"failure": object{"description": "not done", "content": object{"application/json": object{"schema": object{"type": "object", "required": []string{"error"},
				"properties": object{"error": object{"type": "object", "required": []string{"code", "title", "text"}, "properties": object{
					"code": object{"enum": d.Codes}, "title": object{"type": "string"}, "text": object{"type": "string"}, "article": object{"type": "string"}, "date": object{"type": "string"},
					"fields": object{"type": "array", "items": object{"type": "object", "required": []string{"field", "text"}, "properties": object{"field": object{"type": "string"}, "text": object{"type": "string"}}}}}}}}}}}},
		},
	}, "", " ")
}
