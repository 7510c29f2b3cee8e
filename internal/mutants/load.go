package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/internal/durable"
)

const path = "github.com/sandogh/sandogh"

// A module is the packages that are mutated, and where they were rewritten.
type module struct {
	work    string
	overlay string
	order   []string // packages, relative to the module
	mutants []*mutant
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Export, Name string
	GoFiles, TestGoFiles          []string
	XTestGoFiles, Deps            []string
	Module                        *struct{ Path string }
	DepOnly                       bool
}

func goList(ctx context.Context, args ...string) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-buildvcs=false", "-json"}, args...)...)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.Bytes())
	}
	var all []listed
	for dec := json.NewDecoder(&out); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// parsed is a file of a package with its sites.
type parsed struct {
	name  string
	src   string
	ast   *ast.File
	sites []*site
}

// load finds the mutants of the packages and writes the rewritten files.
func load(ctx context.Context, work string, patterns []string) (*module, error) {
	// What the support imports is listed too, for its export data.
	all, err := goList(ctx, append([]string{"-export", "-deps", "os", "strconv", "strings", "sync/atomic"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	m := &module{work: work, overlay: filepath.Join(work, "overlay.json")}
	replace := map[string]string{}
	type rewritten struct {
		listed
		files []*parsed
		check *checker
	}
	var packages []*rewritten
	for _, p := range all {
		if p.DepOnly || len(p.GoFiles) == 0 || p.Module == nil || p.Module.Path != path {
			continue
		}
		c := &checker{fset: token.NewFileSet(), path: p.ImportPath, exports: exports}
		files, err := c.find(p)
		if err != nil {
			return nil, err
		}
		pkg := strings.TrimPrefix(p.ImportPath, path+"/")
		m.order = append(m.order, pkg)
		for _, f := range files {
			m.number(pkg, f)
		}
		packages = append(packages, &rewritten{p, files, c})
	}
	for _, p := range packages {
		if err := p.check.drop(p.Name, p.files, len(m.mutants)); err != nil {
			return nil, fmt.Errorf("%s: %w", p.ImportPath, err)
		}
		dir := filepath.Join(work, "src", strings.ReplaceAll(p.ImportPath, "/", "_"))
		if err := durable.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
		write := func(name, text string) error {
			replace[filepath.Join(p.Dir, name)] = filepath.Join(dir, name)
			return durable.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)
		}
		for _, f := range p.files {
			if err := write(f.name, render(f.src, 0, len(f.src), f.sites)); err != nil {
				return nil, err
			}
		}
		if err := write("mutant_support.go", support(p.Name, len(m.mutants))); err != nil {
			return nil, err
		}
	}
	kept := map[*mutant]bool{}
	for _, p := range packages {
		for _, f := range p.files {
			for _, s := range f.sites {
				for _, mu := range s.mutants {
					kept[mu] = true
				}
			}
		}
	}
	m.mutants = slices.DeleteFunc(m.mutants, func(mu *mutant) bool { return !kept[mu] })
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	return m, durable.WriteFile(m.overlay, data, 0o666)
}

// number makes the mutants of a file. Their ids do not depend on what is in other
// functions.
func (m *module) number(pkg string, f *parsed) {
	same := map[string]int{}
	for _, s := range f.sites {
		at, in := 1+strings.Count(f.src[:s.start], "\n"), enclosing(f, s.start)
		all := s.variants
		s.variants = nil
		for _, v := range all {
			key := strings.Join([]string{pkg, in, v.what}, "\x00")
			h := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(same[key])))
			same[key]++
			if v.told {
				continue
			}
			s.variants = append(s.variants, v)
			mu := &mutant{number: len(m.mutants), id: fmt.Sprintf("%x", h[:4]), pkg: pkg, what: v.what,
				place: fmt.Sprintf("%s/%s:%d %s", pkg, f.name, at, in)}
			s.mutants = append(s.mutants, mu)
			m.mutants = append(m.mutants, mu)
		}
	}
}

// enclosing names the function or variable at the offset.
func enclosing(f *parsed, offset int) string {
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || int(fn.Pos()-f.ast.FileStart) > offset || int(fn.End()-f.ast.FileStart) <= offset {
			continue
		}
		if fn.Recv != nil {
			return strings.Trim(types.ExprString(fn.Recv.List[0].Type), "*") + "." + fn.Name.Name
		}
		return fn.Name.Name
	}
	return "var"
}

// A checker checks the types of one package with what the compiler exports of
// others.
type checker struct {
	fset    *token.FileSet
	path    string
	exports map[string]string
}

func (c *checker) types(files []*ast.File, info *types.Info, fault func(error)) (*types.Package, error) {
	conf := types.Config{Error: fault, Importer: importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) {
		if c.exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(c.exports[path])
	})}
	return conf.Check(c.path, c.fset, files, info)
}

// find parses a package and finds its sites.
func (c *checker) find(p listed) ([]*parsed, error) {
	var files []*parsed
	var asts []*ast.File
	for _, name := range p.GoFiles {
		src, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(c.fset, filepath.Join(p.Dir, name), src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files, asts = append(files, &parsed{name: name, src: string(src), ast: f}), append(asts, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	pkg, err := c.types(asts, info, nil)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		called := map[string]string{}
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			if spec.Name != nil {
				called[imported] = spec.Name.Name
				continue
			}
			for _, p := range pkg.Imports() {
				if p.Path() == imported {
					called[imported] = p.Name()
				}
			}
		}
		fi := &finder{fset: c.fset, info: info, pkg: pkg, src: f.src, names: func(p *types.Package) string { return called[p.Path()] }}
		f.sites = fi.file(f.ast)
	}
	return files, nil
}

var marked = regexp.MustCompile(`/\*mutant (\d+)\*/`)

// drop takes out the mutants that do not build.
func (c *checker) drop(name string, files []*parsed, n int) error {
	for {
		c.fset = token.NewFileSet()
		var asts []*ast.File
		texts := map[string]string{}
		for _, f := range files {
			texts[f.name] = render(f.src, 0, len(f.src), f.sites)
		}
		texts["mutant_support.go"] = support(name, n)
		for file, text := range texts {
			f, err := parser.ParseFile(c.fset, file, text, parser.SkipObjectResolution)
			if err != nil {
				return fmt.Errorf("rewritten: %w", err)
			}
			asts = append(asts, f)
		}
		faulty := map[string]bool{}
		var stray error
		c.types(asts, nil, func(err error) {
			var e types.Error
			if !errors.As(err, &e) || e.Soft && strings.Contains(e.Msg, "imported and not used") {
				return
			}
			at := c.fset.Position(e.Pos)
			before := marked.FindAllStringSubmatch(texts[at.Filename][:at.Offset], -1)
			if len(before) == 0 {
				stray = e
				return
			}
			faulty[before[len(before)-1][1]] = true
		})
		if len(faulty) == 0 {
			return stray
		}
		for _, f := range files {
			for _, s := range f.sites {
				var variants []variant
				var mutants []*mutant
				for i, m := range s.mutants {
					if !faulty[strconv.Itoa(m.number)] {
						variants, mutants = append(variants, s.variants[i]), append(mutants, m)
					}
				}
				s.variants, s.mutants = variants, mutants
			}
		}
	}
}
