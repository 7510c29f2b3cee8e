package console

import (
	"maps"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/console/openapi"
	"github.com/sandogh/sandogh/internal/web"
)

// OpenAPI describes all routes for programs.
func (s *Server) OpenAPI() ([]byte, error) {
	d := openapi.Document{Title: words["shell.name"][web.English], Cookie: s.cookies.Name(), Codes: []string{}}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		if code, ok := strings.CutPrefix(key, "error."); ok && words["error."+code+".text"][0] != "" {
			d.Codes = append(d.Codes, code)
		}
	}
	for _, p := range s.parts {
		d.Parts = append(d.Parts, p.Name)
	}
	for _, r := range s.routes {
		route := openapi.Route{Method: r.Method, Path: r.Path, Part: r.part.Name, Summary: r.Summary[web.English], Power: string(r.Power), Query: described(r.Query)}
		if r.Form != nil {
			route.Body = described(r.Form.Fields)
		}
		d.Routes = append(d.Routes, route)
	}
	return d.JSON()
}

func described(fields []Field) []openapi.Field {
	out := []openapi.Field{}
	for _, f := range fields {
		out = append(out, openapi.Field{Name: f.Name, Label: f.Label[web.English], Help: f.Help[web.English], Kind: string(f.Kind), Required: f.Required, Min: f.Min, Max: f.Max})
	}
	return out
}

// openAPI answers with the description.
func openAPI(r *Request) (Answer, error) {
	b, err := r.server.OpenAPI()
	return File{Type: "application/json", Data: append(b, '\n')}, err
}
