package practice_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/console/consoletest"
)

// TestBrowser practises on the screen of a telephone: nothing is wider than it, no
// policy is broken, and the way out leads to the site.
func TestBrowser(t *testing.T) {
	ctx := consoletest.Browser(t)
	s := serve(t)
	var mu sync.Mutex
	var complaints []string
	err := chromedp.Listen(ctx, func(ev any) {
		switch fmt.Sprintf("%T", ev) {
		case "*runtime.EventExceptionThrown", "*runtime.EventConsoleAPICalled", "*log.EventEntryAdded":
			b, _ := json.Marshal(ev)
			mu.Lock()
			defer mu.Unlock()
			complaints = append(complaints, fmt.Sprintf("%T %.400s", ev, b))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844)); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/practice/?branch=1")); err != nil {
		t.Fatal(err)
	}
	poll := func(expression string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		for { // a page that goes while it is asked ends the question: it is asked again
			_, err := chromedp.Run(ctx, chromedp.Poll[bool](`document.readyState === "complete" && !!(`+expression+`)`, chromedp.WithPollingTimeout(20*time.Second)))
			if err == nil {
				return
			}
			if ctx.Err() != nil {
				t.Fatalf("wait for %s: %v", expression, err)
			}
		}
	}
	// Between the two that go on is another: the same button twice is a hand that trembles.
	for _, act := range []string{"1", "lang:en", "start", "toggle:2", "next", "toggle:1", "next", "seal", "right", "cast", "out"} {
		button := fmt.Sprintf("document.querySelector('button[value=%q]')", act)
		if act == "out" {
			button = "document.querySelector('.practice a')"
		}
		poll(button)
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[document.documentElement, ...document.querySelectorAll('.scroll, footer, .practice')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.tagName).join()`))
		if err != nil || wide != "" {
			t.Errorf("before %s: too wide: %s %v", act, wide, err)
		}
		if dir := flag.Lookup("screenshots").Value.String(); dir != "" {
			picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(act, ":", "-")+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		turn, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const turn = document.documentElement.dataset.turn; `+button+`.click(); return turn })()`))
		if err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		if act != "out" {
			poll(`document.documentElement.dataset.turn !== undefined && document.documentElement.dataset.turn !== "` + turn + `"`)
		}
	}
	poll(`location.pathname === "/en/voting.html"`)
	mu.Lock()
	defer mu.Unlock()
	for _, c := range complaints {
		if !strings.Contains(c, "favicon") {
			t.Error(c)
		}
	}
}
