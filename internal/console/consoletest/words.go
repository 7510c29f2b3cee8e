package consoletest

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/web"
)

var (
	actions = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tags    = regexp.MustCompile(`(?s)<[^>]*>`)
	letters = regexp.MustCompile(`\p{L}{2,}`)
)

// Literal returns text that stands in a template itself, "" if there is none.
func Literal(template []byte) string {
	s := tags.ReplaceAllString(actions.ReplaceAllString(string(template), ""), " ")
	return letters.FindString(s)
}

// Words fails the test for text in the templates of a part, and for words that are
// empty or the same in both languages.
func Words(t *testing.T, p console.Part) {
	t.Helper()
	for key, text := range p.Words {
		if text[web.Persian] == "" || text[web.English] == "" || text[web.Persian] == text[web.English] || !strings.Contains(key, ".") {
			t.Errorf("part %s: word %q is %q", p.Name, key, text)
		}
	}
	names, err := fs.Glob(p.Templates, "*.html")
	if err != nil || len(names) == 0 {
		t.Errorf("part %s has no templates, %v", p.Name, err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(p.Templates, name)
		if err != nil {
			t.Fatal(err)
		}
		if text := Literal(b); text != "" {
			t.Errorf("part %s: %s has the text %q", p.Name, name, text)
		}
	}
}
