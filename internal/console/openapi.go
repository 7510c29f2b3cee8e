package console

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/web"
)

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
	s := object{"type": "string", "title": f.Label[web.English]}
	switch f.Kind {
	case Number:
		s["type"] = []string{"integer", "string"}
		if f.Max != 0 {
			s["minimum"], s["maximum"] = f.Min, f.Max
		}
	case Day:
		s["description"] = "a Jalali date, 1405-02-11, or an ISO date, 2026-05-01"
	case Check:
		s["type"] = []string{"boolean", "string"}
	case Choices:
		s["type"], s["items"] = "array", object{"type": "string"}
	case Office:
		s["description"] = "code of an office; - is the country"
	case Person:
		s["description"] = "id of a person, or a name or number that only one has"
	case Upload:
		s["format"] = "binary"
	case Password:
		s["format"] = "password"
	case Hidden:
		s["type"] = []string{"string", "integer"}
	}
	if f.Help[web.English] != "" && s["description"] == nil {
		s["description"] = f.Help[web.English]
	}
	return s
}

func (f *Form) body() object {
	properties, required, media := object{}, []string{}, "application/json"
	for _, field := range f.Fields {
		properties[field.Name] = field.schema()
		if field.Required {
			required = append(required, field.Name)
		}
		if field.Kind == Upload {
			media = "multipart/form-data"
		}
	}
	return object{"required": len(required) > 0, "content": object{media: object{"schema": object{"type": "object", "properties": properties, "required": required}}}}
}

// OpenAPI describes all routes.
func (s *Server) OpenAPI() ([]byte, error) {
	paths := map[string]map[string]operation{}
	failures := object{"$ref": "#/components/responses/failure"}
	for _, route := range s.routes {
		path := strings.ReplaceAll(route.Path, "{$}", "")
		name := strings.Trim(regexp.MustCompile(`[^a-z]+`).ReplaceAllString(path, "-"), "-")
		op := operation{ID: strings.ToLower(route.Method) + "-" + name, Summary: route.Summary[web.English], Tags: []string{route.part.Name}, Security: []object{{"session": []string{}}},
			Power: string(route.Power), Responses: map[string]object{"200": {"description": "done"}, "400": failures}}
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
		} else if route.Form != nil {
			op.RequestBody = route.Form.body()
			op.Responses["409"], op.Responses["413"], op.Responses["422"] = failures, failures, failures
		}
		if paths[path] == nil {
			paths[path] = map[string]operation{}
		}
		paths[path][strings.ToLower(route.Method)] = op
	}
	var tags []object
	for _, p := range s.parts {
		tags = append(tags, object{"name": p.Name})
	}
	codes := []string{}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		if code, ok := strings.CutPrefix(key, "error."); ok && words["error."+code+".text"][0] != "" {
			codes = append(codes, code)
		}
	}
	return json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info":    object{"title": words["shell.name"][web.English], "version": "1", "description": "Send Accept: application/json. Paths under /en answer in English."},
		"paths":   paths, "tags": tags,
		"components": object{
			"securitySchemes": object{"session": object{"type": "apiKey", "in": "cookie", "name": s.cookieName()}},
			"responses": object{"failure": object{"description": "not done", "content": object{"application/json": object{"schema": object{"type": "object", "required": []string{"error"},
				"properties": object{"error": object{"type": "object", "required": []string{"code", "title", "text"}, "properties": object{
					"code": object{"enum": codes}, "title": object{"type": "string"}, "text": object{"type": "string"}, "article": object{"type": "string"}, "date": object{"type": "string"},
					"fields": object{"type": "array", "items": object{"type": "object", "required": []string{"field", "text"}, "properties": object{"field": object{"type": "string"}, "text": object{"type": "string"}}}}}}}}}}}},
		},
	}, "", " ")
}

// openAPI answers with the description.
func openAPI(r *Request) (Answer, error) {
	b, err := r.server.OpenAPI()
	return File{Type: "application/json", Data: append(b, '\n')}, err
}
