package record_test

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/sandogh/sandogh/record"
)

// readCDDL returns the rules of spec/record.cddl: what stands right of each
// name, on one line.
func readCDDL(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../spec/record.cddl")
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`;[^\n]*`).ReplaceAllString(string(data), "")
	rules := map[string]string{}
	starts := regexp.MustCompile(`(?m)^([a-z-]+) = `).FindAllStringSubmatchIndex(text, -1)
	for i, m := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		name := text[m[2]:m[3]]
		if _, ok := rules[name]; ok {
			t.Errorf("%s has two rules", name)
		}
		rules[name] = strings.Join(strings.Fields(text[m[1]:end]), " ")
	}
	return rules
}

// form writes a Go type as the CDDL has it, with all names resolved.
func form(ty reflect.Type) string {
	switch {
	case ty.Kind() == reflect.Slice && ty.Elem().Kind() == reflect.Uint8:
		return "bstr"
	case ty.Kind() == reflect.Slice:
		return "[* " + form(ty.Elem()) + "]"
	case ty.Kind() == reflect.String:
		return "tstr"
	case ty.Kind() == reflect.Uint64:
		return "uint"
	case ty.Kind() == reflect.Struct:
		var fields []string
		for _, f := range reflect.VisibleFields(ty) {
			if f.Name != "_" {
				fields = append(fields, hyphened(f.Name)+": "+form(f.Type))
			}
		}
		return "[" + strings.Join(fields, ", ") + "]"
	}
	return ty.String()
}

// hyphened writes CheckedIn as checked-in and ID as id.
func hyphened(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 && unicode.IsLower(rune(name[i-1])) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

var (
	word    = regexp.MustCompile(`[a-z][a-z-]*:?`)
	size    = regexp.MustCompile(` \.size [0-9]+`)
	literal = regexp.MustCompile(`"[a-z-]+"( / "[a-z-]+")*`)
)

// resolve replaces names of rules by what they stand for, sizes and literals by
// their types.
func resolve(rules map[string]string, text string) string {
	text = literal.ReplaceAllString(size.ReplaceAllString(text, ""), "tstr")
	return word.ReplaceAllStringFunc(text, func(w string) string {
		rule, ok := rules[w]
		if !ok || w == "bstr" || w == "tstr" || w == "uint" {
			return w // a field's name with its colon, or a type
		}
		return resolve(rules, rule)
	})
}

// TestCDDL: spec/record.cddl has the types of entries that there are, each with
// the fields of its Go type, in their order and of their types.
func TestCDDL(t *testing.T) {
	rules := readCDDL(t)
	kinds := strings.Split(rules["entry"], " / ")
	seen := map[string]bool{}
	for _, b := range samples() {
		kind := b.Kind()
		if seen[kind] {
			continue
		}
		seen[kind] = true
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is not among the entries", kind)
		}
		if want := fmt.Sprintf(`["%s", %[1]s-body, signatures]`, kind); rules[kind] != want {
			t.Errorf("%s = %s, want %s", kind, rules[kind], want)
		}
		got, want := resolve(rules, rules[kind+"-body"]), form(reflect.TypeOf(b).Elem())
		if got != want {
			t.Errorf("%s-body is\n%s, want\n%s", kind, got, want)
		}
	}
	if len(kinds) != record.Kinds() || len(seen) != record.Kinds() {
		t.Errorf("spec/record.cddl has %d types of entries, the samples %d, the package %d", len(kinds), len(seen), record.Kinds())
	}
	if got, want := resolve(rules, rules["signature"]), form(reflect.TypeFor[record.Signature]()); got != want {
		t.Errorf("signature is %s, want %s", got, want)
	}
	// What blobs hold that are lists.
	for name, ty := range map[string]reflect.Type{"units-list": reflect.TypeFor[[]record.Unit](), "statements-list": reflect.TypeFor[record.Statements]()} {
		if got, want := resolve(rules, rules[name]), form(ty); got != want {
			t.Errorf("%s is\n%s, want\n%s", name, got, want)
		}
	}
	// Every rule is used, so that none is left behind.
	for name := range rules {
		used := name == "entry" || name == "message" || strings.HasSuffix(name, "-list")
		for _, r := range rules {
			used = used || slices.Contains(word.FindAllString(literal.ReplaceAllString(r, ""), -1), name)
		}
		if !used {
			t.Errorf("%s is used by no rule", name)
		}
	}
	// The types of blobs are those of the package.
	types := []string{record.TypeDefinition, record.TypeRows, record.TypeShuffleProof, record.TypeShares, record.TypeUnits, record.TypeStatements}
	if got, want := rules["blob-type"], `"`+strings.Join(types, `" / "`)+`"`; got != want {
		t.Errorf("blob-type = %s, want %s", got, want)
	}
	// So are the other texts of which there are few.
	for rule, texts := range map[string][]string{
		"granted":       {record.GrantDevice, record.GrantOfficer},
		"pause-reason":  record.PauseReasons(),
		"retire-reason": record.RetireReasons(),
	} {
		if got, want := rules[rule], `"`+strings.Join(texts, `" / "`)+`"`; got != want {
			t.Errorf("%s = %s, want %s", rule, got, want)
		}
	}
}
