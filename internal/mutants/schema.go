package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// A mutant is one change of one place.
type mutant struct {
	number int    // the value of the environment variable that selects it
	id     string // stays while the function has the same such place
	pkg    string // relative to the module
	place  string // file:line and function
	what   string // from → to
}

func (m *mutant) String() string { return fmt.Sprintf("%s %s: %s", m.id, m.place, m.what) }

// A variant is what a mutant puts in the place of the source.
type variant struct {
	what string
	text string
	told bool // it changes nothing but what is told to people
}

// A form says how the variants of a site are chosen at run time.
type form int

const (
	// a statement: if mutantIs(1) { variant } else { source }
	statement form = iota
	// a condition: (mutantIs(1) && (variant) || mutantNot(1, 1) && (source))
	condition
	// a value without effects: mutantPick[T](1, variant, source)
	value
	// a sum: mutantSum[T](1, x, y); both of its operands are evaluated once
	sum
)

// A site is a place in a file with its variants.
type site struct {
	form       form
	start, end int // bytes of the file
	typ        string
	x, y       [2]int // the operands of a sum
	minus      bool
	variants   []variant
	mutants    []*mutant // of the variants that build
}

// render returns the bytes from start to end of the source with every site among
// sites, which are in their order, replaced.
func render(src string, start, end int, sites []*site) string {
	var b strings.Builder
	for len(sites) > 0 {
		s := sites[0]
		n := 1
		for n < len(sites) && sites[n].start < s.end {
			n++
		}
		b.WriteString(src[start:s.start])
		s.render(&b, src, sites[1:n])
		start, sites = s.end, sites[n:]
	}
	b.WriteString(src[start:end])
	return b.String()
}

// render writes the site; inner are the sites within it. The variants are made of
// the source, so one mutant is one change.
func (s *site) render(b *strings.Builder, src string, inner []*site) {
	source := func() string { return render(src, s.start, s.end, inner) }
	part := func(of [2]int) string {
		return render(src, of[0], of[1], slices.DeleteFunc(slices.Clone(inner), func(i *site) bool { return i.start < of[0] || i.end > of[1] }))
	}
	if len(s.mutants) == 0 {
		b.WriteString(source())
		return
	}
	first, last := s.mutants[0].number, s.mutants[len(s.mutants)-1].number
	switch s.form {
	case statement:
		for i, m := range s.mutants {
			fmt.Fprintf(b, "if mutantIs(%d) {%s %s } else ", m.number, mark(m), s.variants[i].text)
		}
		fmt.Fprintf(b, "{ %s }", source())
	case condition:
		b.WriteString("(")
		for i, m := range s.mutants {
			fmt.Fprintf(b, "mutantIs(%d) && %s(%s) || ", m.number, mark(m), s.variants[i].text)
		}
		fmt.Fprintf(b, "mutantNot(%d, %d) && (%s))", first, last, source())
	case value:
		for i, m := range s.mutants {
			fmt.Fprintf(b, "mutantPick[%s](%d, %s%s, ", s.typ, m.number, mark(m), s.variants[i].text)
		}
		b.WriteString(source() + strings.Repeat(")", len(s.mutants)))
	case sum:
		name := "mutantSum"
		if s.minus {
			name = "mutantDifference"
		}
		fmt.Fprintf(b, "%s[%s](%d, %s%s, %s)", name, s.typ, first, mark(s.mutants[0]), part(s.x), part(s.y))
	}
}

// mark stands before what a mutant adds, so that a fault that the type checker
// finds in it can be laid to it.
func mark(m *mutant) string { return fmt.Sprintf("/*mutant %d*/", m.number) }

// support returns the file that chooses among mutants numbered less than n, and
// in the environment "reach:FILE" notes those that could have been chosen.
func support(pkg string, n int) string {
	return fmt.Sprintf(`package %s

import (
	mutantOS "os"
	mutantConv "strconv"
	mutantStrings "strings"
	mutantAtomic "sync/atomic"
)

var mutantNumber, mutantReach = func() (int, *mutantOS.File) {
	v := mutantOS.Getenv(%q)
	if path, ok := mutantStrings.CutPrefix(v, "reach:"); ok {
		f, err := mutantOS.OpenFile(path, mutantOS.O_APPEND|mutantOS.O_CREATE|mutantOS.O_WRONLY, 0o666)
		if err != nil {
			panic(err)
		}
		return -1, f
	}
	n, err := mutantConv.Atoi(v)
	if err != nil {
		n = -1
	}
	return n, nil
}()

var mutantSeen [%d]mutantAtomic.Bool

func mutantIs(id int) bool {
	if mutantReach != nil {
		mutantNote(id)
	}
	return mutantNumber == id
}

func mutantNote(id int) {
	if !mutantSeen[id].Load() && !mutantSeen[id].Swap(true) {
		mutantReach.WriteString(mutantConv.Itoa(id) + "\n")
	}
}

func mutantNot(first, last int) bool { return mutantNumber < first || mutantNumber > last }

func mutantPick[T any](id int, variant, source T) T {
	if mutantIs(id) {
		return variant
	}
	return source
}

type mutantInteger interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

func mutantSum[T mutantInteger](id int, x, y T) T {
	if mutantIs(id) {
		return x - y
	}
	return x + y
}

func mutantDifference[T mutantInteger](id int, x, y T) T {
	if mutantIs(id) {
		return x + y
	}
	return x - y
}
`, pkg, variable, n)
}

// variable is the environment variable that selects a mutant.
const variable = "SANDOGH_MUTANT"

// opposite are comparisons and their contraries; border adds or takes away
// equality.
var (
	opposite = map[token.Token]token.Token{token.EQL: token.NEQ, token.NEQ: token.EQL,
		token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR}
	border = map[token.Token]token.Token{token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR}
	swap   = map[token.Token]token.Token{token.LAND: token.LOR, token.LOR: token.LAND,
		token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN, token.INC: token.DEC, token.DEC: token.INC}
)

// isComparison reports whether the expression compares.
func isComparison(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	return ok && opposite[b.Op] != 0
}
