package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sandogh/sandogh/law"
)

type lawCmd struct {
	List lawListCmd `cmd:"" help:"List the versions of all articles."`
	Show lawShowCmd `cmd:"" help:"Show an article, or one version of it."`
	Diff lawDiffCmd `cmd:"" help:"Show what differs between two versions."`
}

type lawListCmd struct {
	State string `enum:",draft,approved,in-force" default:"" help:"Only versions in this state: draft, approved or in-force." placeholder:"STATE"`
	Lang  string `enum:"en,fa" default:"en" help:"Language: en or fa."`
	JSON  bool   `name:"json" help:"Print the versions as JSON (schema law)."`
}

func (lawListCmd) Help() string {
	return `The register of the law as far as it is published: what rules, stages and
definitions cite. The grade says how good the source is: A an official notice or
a text that was seen, B a report of what an official said, C older or secondary.

Example: sandogh law list --state in-force`
}

func (c *lawListCmd) Run(s *streams) error {
	versions := []law.Version{}
	for _, v := range law.Published().All() {
		if c.State == "" || string(v.State) == c.State {
			versions = append(versions, v)
		}
	}
	if c.JSON {
		return printJSON(s.out, versions)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, pick(c.Lang, law.Text{Fa: "ماده\tنسخه\tوضعیت\tدرجه\tعنوان", En: "article\tversion\tstate\tgrade\ttitle"}))
	for _, v := range versions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", v.Article, v.Version, stateOfLaw(c.Lang, v.State), v.Grade, pick(c.Lang, v.Title))
	}
	return w.Flush()
}

type lawShowCmd struct {
	Article string `arg:"" help:"The article, such as \"art. 41\" or councils/seats."`
	Version string `arg:"" optional:"" help:"One version of it (default: all)."`
	Lang    string `enum:"en,fa" default:"en" help:"Language: en or fa."`
	JSON    bool   `name:"json" help:"Print the versions as JSON (schema law)."`
}

func (lawShowCmd) Help() string {
	return `Exit status: 0 shown, 2 not in the register.

Example: sandogh law show proportional/seats 1404-07 --lang fa`
}

func (c *lawShowCmd) Run(s *streams) error {
	versions := law.Published().Versions(c.Article)
	if c.Version != "" {
		v, err := lookUpLaw(c.Article, c.Version)
		if err != nil {
			return err
		}
		versions = []law.Version{v}
	}
	if len(versions) == 0 {
		return noArticle(c.Article)
	}
	if c.JSON {
		return printJSON(s.out, versions)
	}
	for i, v := range versions {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		printLaw(s.out, c.Lang, v)
	}
	return nil
}

type lawDiffCmd struct {
	Article string `arg:"" help:"The article."`
	From    string `arg:"" help:"The earlier version."`
	To      string `arg:"" help:"The later version."`
	Lang    string `enum:"en,fa" default:"en" help:"Language of the texts that are compared: en or fa; --json has both."`
	JSON    bool   `name:"json" help:"Print the changes as JSON."`
}

func (lawDiffCmd) Help() string {
	return `Exit status: 0 compared, 2 not in the register.

Example: sandogh law diff proportional/seats chamber 1404-07`
}

func (c *lawDiffCmd) Run(s *streams) error {
	from, err := lookUpLaw(c.Article, c.From)
	if err != nil {
		return err
	}
	to, err := lookUpLaw(c.Article, c.To)
	if err != nil {
		return err
	}
	changes := law.Diff(from, to)
	if c.JSON {
		return printJSON(s.out, changes)
	}
	other := ".fa"
	if c.Lang == "fa" {
		other = ".en"
	}
	for _, x := range changes {
		if strings.HasSuffix(x.Field, other) {
			continue
		}
		fmt.Fprintf(s.out, "%s\n", x.Field)
		if x.From != "" {
			fmt.Fprintf(s.out, "  - %s\n", x.From)
		}
		if x.To != "" {
			fmt.Fprintf(s.out, "  + %s\n", x.To)
		}
	}
	return nil
}

func lookUpLaw(article, version string) (law.Version, error) {
	v, ok := law.Lookup(article, version)
	if ok {
		return v, nil
	}
	var known []string
	for _, v := range law.Published().Versions(article) {
		known = append(known, v.Version)
	}
	if len(known) == 0 {
		return law.Version{}, noArticle(article)
	}
	return law.Version{}, fmt.Errorf("there is no version %q of %q: the versions are %s", version, article, strings.Join(known, ", "))
}

func noArticle(article string) error {
	return fmt.Errorf("there is no article %q in the register: see sandogh law list", article)
}

func pick(lang string, t law.Text) string {
	if lang == "fa" {
		return t.Fa
	}
	return t.En
}

func stateOfLaw(lang string, s law.State) string {
	return pick(lang, map[law.State]law.Text{
		law.Draft:    {Fa: "پیش‌نویس", En: "draft"},
		law.Approved: {Fa: "مصوب", En: "approved"},
		law.InForce:  {Fa: "لازم‌الاجرا", En: "in force"},
	}[s])
}

func printLaw(w io.Writer, lang string, v law.Version) {
	fmt.Fprintf(w, "%s (%s)\n", pick(lang, v.Title), v.Article)
	line := func(name law.Text, text string) {
		if text != "" {
			fmt.Fprintf(w, "  %s: %s\n", pick(lang, name), text)
		}
	}
	line(law.Text{Fa: "نسخه", En: "version"}, v.Version)
	line(law.Text{Fa: "وضعیت", En: "state"}, stateOfLaw(lang, v.State))
	effective := v.Effective
	if effective == "" {
		effective = pick(lang, law.Text{Fa: "منتشر نشده", En: "not published"})
	}
	line(law.Text{Fa: "تاریخ اجرا", En: "takes effect"}, effective)
	if !v.Numbered {
		line(law.Text{Fa: "شمارهٔ ماده", En: "number of the article"}, pick(lang, law.Text{Fa: "منتشر نشده؛ نام از موضوع است", En: "not published; named by its subject"}))
	}
	line(law.Text{Fa: "متن", En: "says"}, pick(lang, v.Rule))
	line(law.Text{Fa: "تغییر", En: "changed"}, pick(lang, v.Changed))
	line(law.Text{Fa: "باز", En: "open"}, pick(lang, v.Open))
	line(law.Text{Fa: "مربوط به", En: "concerns"}, strings.Join(v.Concerns, ", "))
	line(law.Text{Fa: "درجهٔ منبع", En: "grade of the source"}, string(v.Grade))
}
