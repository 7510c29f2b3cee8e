package consoletest

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// SignIn signs the browser in through the page, as somebody in the role.
func (c *Console) SignIn(ctx context.Context, role office.Role, code string) {
	c.t.Helper()
	c.Person(role, code)
	err := chromedp.Do(ctx, chromedp.Navigate(c.URL+"/sign-in"), chromedp.WaitVisible("#password"),
		chromedp.SendKeys("#name", name(role, code)), chromedp.SendKeys("#password", Password), chromedp.Submit("#password"), chromedp.WaitVisible("header .who form"))
	if err != nil {
		c.t.Fatal(err)
	}
}

// Look opens pages in both languages at four widths and looks at each: with four
// widths axe-core does in Persian at two of them and in English at the others. With
// -screenshots a picture of each is left.
func (c *Console) Look(ctx context.Context, t *testing.T, paths ...string) {
	t.Helper()
	webtest.Watch(ctx, t)
	for _, lang := range []struct{ prefix, code string }{{"", "fa"}, {"/en", "en"}} {
		for i, width := range widths() {
			for _, path := range paths {
				name := fmt.Sprintf("%s%s at %d px", lang.prefix, path, width)
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(c.URL+lang.prefix+path)); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				webtest.Look(ctx, t, name, lang.code, 44)
				// Half of the widths in each language: what axe-core finds is of the one or
				// of the other, and it takes longer than all the rest.
				if (i%2 == 0) == (lang.code == "fa") || len(widths()) <= 2 {
					webtest.Axe(ctx, t, name)
				}
				webtest.Shoot(ctx, t, lang.code+path, width)
			}
		}
	}
}

// widths are those of the screens: all of them only where everything is required.
func widths() []int64 {
	if webtest.Required() {
		return []int64{320, 768, 1366, 1920}
	}
	return []int64{320, 1366}
}
