// Package openapi describes the routes of the offices' console for programs, as
// OpenAPI 3.1.
//
// Specification: ../shared/design/ux.md, part 5; OpenAPI Specification 3.1.0.
//
// In and out. In goes a [Document]: the routes with their fields, in English; out
// comes JSON. The kinds of field are those of package console by name: a number
// also as text, a day as a Jalali or an ISO date, a file as multipart/form-data.
//
// What it never does: it describes nothing that the table of routes does not have.
//
// How it fails: it does not.
//
// Sources: none.
package openapi
