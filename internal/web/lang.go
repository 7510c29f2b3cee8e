package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/election"
)

// A Lang is a language of the pages.
type Lang int

// Persian is the first language; its pages lie at the top.
const (
	Persian Lang = iota
	English
)

// Langs are all languages.
var Langs = []Lang{Persian, English}

// Code returns the language's tag.
func (l Lang) Code() string { return [...]string{"fa", "en"}[l] }

// Dir returns the direction of the language's script.
func (l Lang) Dir() string { return [...]string{"rtl", "ltr"}[l] }

// Prefix returns what stands before the paths of the language's pages.
func (l Lang) Prefix() string { return [...]string{"", "/en"}[l] }

// Other returns the other language.
func (l Lang) Other() Lang { return 1 - l }

// A Text is a sentence or a word in both languages, by Lang. It may hold indexed verbs,
// since the languages put things in different places.
type Text [2]string

// Say returns the text in the language. Integers among the arguments are
// written as numbers; strings and names are isolated from the direction of the
// sentence (U+2068 … U+2069), because nobody knows in which script they are.
func (l Lang) Say(t Text, args ...any) string {
	s := t[l]
	if !strings.Contains(s, "%") { // arguments that it has no place for are not said
		return s
	}
	out := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case int:
			out[i] = l.Number(int64(a))
		case int64:
			out[i] = l.Number(a)
		case uint64:
			out[i] = l.Number(int64(min(a, 1<<62)))
		case election.Name:
			out[i] = isolate(l.Name(a))
		case string:
			out[i] = isolate(a)
		default:
			out[i] = a
		}
	}
	return fmt.Sprintf(s, out...)
}

func isolate(s string) string { return "\u2068" + s + "\u2069" }

// And joins words into one list.
func (l Lang) And(words []string) string {
	isolated := make([]string, len(words))
	for i, w := range words {
		isolated[i] = isolate(w)
	}
	return strings.Join(isolated, [...]string{"، ", ", "}[l])
}

var persian = strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹")

// Digits writes the digits of s in those of the language.
func (l Lang) Digits(s string) string {
	if l == Persian {
		return persian.Replace(s)
	}
	return s
}

// Number writes n in the digits of the language, grouped by thousands.
func (l Lang) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	group := [...]string{"٬", ","}[l]
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + group + s[i:]
	}
	return sign + l.Digits(s)
}

// Percent writes part of whole in percent with one decimal, rounded half up;
// of nothing it is a dash.
func (l Lang) Percent(part, whole uint64) string {
	if whole == 0 {
		return "–"
	}
	tenths := (part*2000 + whole) / (2 * whole)
	s := fmt.Sprintf("%d.%d", tenths/10, tenths%10)
	if l == Persian {
		return persian.Replace(strings.Replace(s, ".", "٫", 1)) + "٪"
	}
	return s + "%"
}

// Name returns the name in the language, or in the other one if it has none.
func (l Lang) Name(n election.Name) string {
	if l == English && n.En != "" {
		return n.En
	}
	return n.String()
}

// nameHTML isolates a name and says in which language it is.
func (l Lang) nameHTML(n election.Name) template.HTML {
	s, lang := l.Name(n), l
	if l == English && n.En == "" {
		lang = Persian
	} else if l == Persian && n.Fa == "" {
		lang = English
	}
	attr := ""
	if lang != l {
		attr = ` lang="` + lang.Code() + `"`
	}
	return template.HTML("<bdi" + attr + ">" + template.HTMLEscapeString(s) + "</bdi>")
}

// codeHTML isolates what is neither language: ids, hashes, codes.
func codeHTML(s string) template.HTML {
	return template.HTML(`<bdi dir="ltr" class="code">` + template.HTMLEscapeString(s) + `</bdi>`)
}
