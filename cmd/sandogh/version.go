package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
)

type versionCmd struct {
	JSON bool `name:"json" help:"Print it as JSON." xor:"form"`
	SBOM bool `name:"sbom" help:"Print the bill of materials as CycloneDX 1.5 JSON." xor:"form"`
}

func (versionCmd) Help() string {
	return `What this binary was built from, as the Go toolchain wrote it down: the commit,
whether the checkout was changed, and the modules with their sums of go.sum. Two
builds of one commit are the same file; doc/guides/release.md says how to compare.

Example: sandogh version
Example: sandogh version --sbom > sandogh.cdx.json`
}

func (c *versionCmd) Run(s *streams) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this binary was built without modules: build it with go build ./cmd/sandogh")
	}
	switch b := readBuild(info); {
	case c.SBOM:
		return printJSON(s.out, billOfMaterials(info))
	case c.JSON:
		return printJSON(s.out, b)
	default:
		modified := map[string]string{"yes": ", changed since", "no": ""}[b.Modified]
		fmt.Fprintf(s.out, "sandogh  %s\ncommit   %s%s\ngo       %s\nmodules  %s (%d)\n", b.Version, b.Commit, modified, b.Go, b.Modules, b.Count)
		return nil
	}
}

const unknown = "unknown"

// build is what a binary says of itself. What the toolchain did not write down
// is unknown: go run and -buildvcs=false leave out the commit.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Modified string `json:"modified"` // yes, no or unknown
	Go       string `json:"go"`
	Modules  string `json:"modules"` // see modulesHash
	Count    int    `json:"module_count"`
}

func readBuild(info *debug.BuildInfo) build {
	b := build{Version: cmp.Or(info.Main.Version, unknown), Commit: unknown, Modified: unknown, Go: info.GoVersion, Count: len(info.Deps)}
	if b.Version == "(devel)" {
		b.Version = unknown
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = map[string]string{"true": "yes", "false": "no"}[s.Value]
		}
	}
	b.Modules = modulesHash(info)
	return b
}

// modules returns the modules of others that are in the binary, sorted. One
// that is replaced stands as what replaces it.
func modules(info *debug.BuildInfo) []debug.Module {
	var out []debug.Module
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b debug.Module) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Version, b.Version))
	})
	return out
}

// modulesHash names the set of modules in one word, the SHA-256 in hexadecimal
// of a line for each in their order, which is also a line of go.sum:
//
//	path ‖ " " ‖ version ‖ " " ‖ sum ‖ "\n"
func modulesHash(info *debug.BuildInfo) string {
	h := sha256.New()
	for _, m := range modules(info) {
		fmt.Fprintf(h, "%s %s %s\n", m.Path, m.Version, m.Sum)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// A bill is a CycloneDX 1.5 document. It has no time and no serial number, so
// that the same binary gives the same bytes.
type bill struct {
	Schema      string      `json:"$schema"`
	Format      string      `json:"bomFormat"`
	SpecVersion string      `json:"specVersion"`
	Version     int         `json:"version"`
	Metadata    metadata    `json:"metadata"`
	Components  []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// billOfMaterials lists the modules that are in the binary and the standard
// library. A sum of go.sum is a hash over hashes of files and not that of an
// archive, so it stands as a property: what CycloneDX calls a hash is compared
// with the bytes of one file.
func billOfMaterials(info *debug.BuildInfo) bill {
	b := readBuild(info)
	main := newComponent("application", info.Main.Path, b.Version,
		property{"sandogh:commit", b.Commit}, property{"sandogh:modified", b.Modified}, property{"sandogh:modules", b.Modules})
	out := bill{
		Schema: "http://cyclonedx.org/schema/bom-1.5.schema.json", Format: "CycloneDX", SpecVersion: "1.5", Version: 1,
		Metadata:   metadata{main},
		Components: []component{newComponent("library", "std", strings.TrimPrefix(info.GoVersion, "go"))},
	}
	for _, m := range modules(info) {
		out.Components = append(out.Components, newComponent("library", m.Path, m.Version, property{"sandogh:go.sum", cmp.Or(m.Sum, unknown)}))
	}
	return out
}

// newComponent writes the package URL as its type golang has it: in lower case,
// with the version escaped.
func newComponent(kind, path, version string, properties ...property) component {
	purl := "pkg:golang/" + strings.ToLower(path) + "@" + url.QueryEscape(version)
	return component{kind, purl, path, version, purl, properties}
}
