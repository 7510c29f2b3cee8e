package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A finder collects the sites of a file.
type finder struct {
	fset  *token.FileSet
	info  *types.Info
	pkg   *types.Package
	names types.Qualifier // of packages, as the file calls them
	src   string
	skip  map[ast.Node]bool
	told  bool // what is looked at is told to people with an error
	sites []*site
}

func (f *finder) at(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *finder) text(n ast.Node) string { return f.src[f.at(n.Pos()):f.at(n.End())] }

// add puts a variant in the place of n.
func (f *finder) add(form form, n ast.Node, typ, what, text string) {
	start, end := f.at(n.Pos()), f.at(n.End())
	i := slices.IndexFunc(f.sites, func(s *site) bool { return s.form == form && s.start == start && s.end == end })
	if i < 0 {
		f.sites = append(f.sites, &site{form: form, start: start, end: end, typ: typ})
		i = len(f.sites) - 1
	}
	if what == "" {
		what = fmt.Sprintf("%s → %s", line(f.text(n)), line(text))
	}
	f.sites[i].variants = append(f.sites[i].variants, variant{what, text, f.told})
}

// line returns the text in one line, and not too long.
func line(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 70 {
		text = string(r[:69]) + "…"
	}
	return "“" + text + "”"
}

// file finds the sites of a file, in the order in which they are rendered.
func (f *finder) file(file *ast.File) []*site {
	f.skip = map[ast.Node]bool{}
	ast.Inspect(file, f.visit)
	slices.SortStableFunc(f.sites, func(a, b *site) int {
		switch {
		case a.start != b.start:
			return a.start - b.start
		case a.end != b.end:
			return b.end - a.end
		}
		return int(a.form) - int(b.form)
	})
	return f.sites
}

func (f *finder) visit(n ast.Node) bool {
	if n == nil || f.skip[n] {
		return false
	}
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.ArrayType:
		return false
	case *ast.CompositeLit: // keys of an array are constants
		if t := f.info.TypeOf(n); t != nil {
			switch t.Underlying().(type) {
			case *types.Array, *types.Slice:
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						f.skip[kv.Key] = true
					}
				}
			}
		}
	case *ast.CallExpr:
		f.call(n)
		if from, ok := f.prose(n); ok {
			ast.Inspect(n.Fun, f.visit)
			for i, a := range n.Args {
				f.within(a, i >= from)
			}
			return false
		}
	case *ast.LabeledStmt:
		f.skip[n] = true
		ast.Inspect(n.Stmt, func(m ast.Node) bool { return m == n.Stmt || f.visit(m) })
		return false
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.CommClause:
		f.statements(n.Body)
	case *ast.IfStmt:
		if cond := ast.Unparen(n.Cond); !isComparison(cond) {
			if u, ok := cond.(*ast.UnaryExpr); ok && u.Op == token.NOT {
				f.add(condition, n.Cond, "", "", f.text(u.X))
			} else {
				f.add(condition, n.Cond, "", "", "!("+f.text(cond)+")")
			}
		}
	case *ast.ReturnStmt:
		if f.returned(n) {
			for i, r := range n.Results {
				tv := f.info.Types[r]
				f.within(r, i < len(n.Results)-1 && tv.Value != nil)
			}
			return false
		}
	}
	if e, ok := n.(ast.Expr); ok {
		return f.expr(e)
	}
	return true
}

// call leaves out sizes that only ask for memory, and what is told to people in
// a panic.
func (f *finder) call(n *ast.CallExpr) {
	id, ok := n.Fun.(*ast.Ident)
	if !ok {
		return
	}
	if _, ok := f.info.Uses[id].(*types.Builtin); !ok {
		return
	}
	switch {
	case id.Name == "make" && len(n.Args) == 3:
		f.skip[n.Args[2]] = true
	case id.Name == "make" && len(n.Args) == 2:
		if _, ok := f.info.TypeOf(n).Underlying().(*types.Slice); !ok {
			f.skip[n.Args[1]] = true
		}
	case id.Name == "panic":
		f.skip[n] = true
	}
}

func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		f.stmt(s)
	}
}

// stmt changes a statement of a list.
func (f *finder) stmt(s ast.Stmt) {
	leaveOut := func() { f.add(statement, s, "", "without "+line(f.text(s)), "") }
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if id, isName := call.Fun.(*ast.Ident); ok && !(isName && id.Name == "panic") {
			leaveOut()
		}
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE || !slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool {
			id, ok := e.(*ast.Ident)
			return !ok || id.Name != "_"
		}) {
			return
		}
		leaveOut()
		if to := swap[s.Tok]; to != 0 && f.isInteger(s.Lhs[0]) {
			f.add(statement, s, "", "", f.text(s.Lhs[0])+" "+to.String()+" "+f.text(s.Rhs[0]))
		}
	case *ast.IncDecStmt:
		leaveOut()
		f.add(statement, s, "", "", f.text(s.X)+swap[s.Tok].String())
	case *ast.SwitchStmt:
		f.cases(s, s.Body)
	case *ast.TypeSwitchStmt:
		f.cases(s, s.Body)
	}
}

// cases leaves out each case of a switch.
func (f *finder) cases(s ast.Stmt, body *ast.BlockStmt) {
	for _, c := range body.List {
		cc := c.(*ast.CaseClause)
		if n := len(cc.Body); n > 0 {
			if b, ok := cc.Body[n-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				return
			}
		}
	}
	for _, c := range body.List {
		head, _, _ := strings.Cut(f.text(c), "\n")
		start, end := f.at(c.Pos()), f.at(c.End())
		text := f.src[f.at(s.Pos()):start] + f.src[end:f.at(s.End())]
		f.add(statement, s, "", "without "+line(head), text)
	}
}

// within looks at what is told to people, if told, or is not.
func (f *finder) within(n ast.Node, told bool) {
	before := f.told
	f.told = f.told || told
	ast.Inspect(n, f.visit)
	f.told = before
}

// returned exchanges errors for nil and reports whether the last result is one:
// then nobody looks at the others.
func (f *finder) returned(n *ast.ReturnStmt) (failed bool) {
	for i, r := range n.Results {
		tv := f.info.Types[r]
		if tv.IsNil() || tv.Type == nil || tv.Type != types.Universe.Lookup("error").Type() {
			continue
		}
		f.add(value, r, "error", "nil for "+line(f.text(r)), "nil")
		failed = i == len(n.Results)-1 && i > 0
	}
	return failed
}

// prose reports whether the call makes an error, or is a method that notes one,
// whose arguments from an index on are only printed.
func (f *finder) prose(n *ast.CallExpr) (from int, ok bool) {
	sel, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return 0, false
	}
	sig, ok := f.info.TypeOf(n.Fun).(*types.Signature)
	if !ok || !sig.Variadic() {
		return 0, false
	}
	from = sig.Params().Len() - 1
	printed := types.Identical(sig.Params().At(from).Type(), types.NewSlice(types.NewInterfaceType(nil, nil)))
	fn, ok := f.info.Uses[sel.Sel].(*types.Func)
	return from, ok && printed && (fn.Signature().Recv() != nil || fn.FullName() == "fmt.Errorf")
}

// expr changes an expression and reports whether those within it are looked at.
func (f *finder) expr(e ast.Expr) bool {
	tv, ok := f.info.Types[e]
	if ok && tv.Value != nil {
		f.constant(e, tv)
		return false
	}
	b, ok := e.(*ast.BinaryExpr)
	if !ok {
		return true
	}
	with := func(op token.Token) string { return f.text(b.X) + " " + op.String() + " " + f.text(b.Y) }
	switch b.Op {
	case token.LAND, token.LOR:
		f.add(condition, b, "", "", "("+f.text(b.X)+") "+swap[b.Op].String()+" ("+f.text(b.Y)+")")
	case token.ADD, token.SUB:
		typ, ok := f.typeName(tv.Type)
		if !f.isInteger(b) || !ok {
			break
		}
		to := token.SUB
		if b.Op == token.SUB {
			to = token.ADD
		}
		f.sites = append(f.sites, &site{form: sum, start: f.at(b.Pos()), end: f.at(b.End()), typ: typ, minus: b.Op == token.SUB,
			x: [2]int{f.at(b.X.Pos()), f.at(b.X.End())}, y: [2]int{f.at(b.Y.Pos()), f.at(b.Y.End())},
			variants: []variant{{fmt.Sprintf("%s → %s", line(f.text(b)), line(with(to))), "", f.told}}})
	default:
		if to := opposite[b.Op]; to != 0 {
			f.add(condition, b, "", "", with(to))
			if to := border[b.Op]; to != 0 {
				f.add(condition, b, "", "", with(to))
			}
		}
	}
	return true
}

// constant changes a constant that is as great as the expression about it.
func (f *finder) constant(e ast.Expr, tv types.TypeAndValue) {
	typ, ok := f.typeName(tv.Type)
	if !ok {
		return
	}
	text := f.text(e)
	switch {
	case tv.Value.Kind() == constant.Bool:
		f.add(value, e, typ, "", "!"+text)
	case tv.Value.Kind() == constant.Int && f.isInteger(e):
		f.add(value, e, typ, "", "("+text+") + 1")
		if constant.Sign(tv.Value) != 0 {
			f.add(value, e, typ, "", "("+text+") - 1")
		}
	}
}

func (f *finder) isInteger(e ast.Expr) bool {
	t := f.info.TypeOf(e)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// typeName returns how the file can name the type, if it can.
func (f *finder) typeName(t types.Type) (name string, ok bool) {
	if b, isBasic := t.(*types.Basic); isBasic && b.Info()&types.IsUntyped != 0 {
		return "", false
	}
	ok = true
	name = types.TypeString(t, func(p *types.Package) string {
		if p == f.pkg {
			return ""
		}
		called := f.names(p)
		ok = ok && called != ""
		return called
	})
	return name, ok
}
