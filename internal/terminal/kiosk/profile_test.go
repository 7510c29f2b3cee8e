package kiosk_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/chromedp/chromedp"
	"github.com/sandogh/sandogh/internal/web/webtest"
)

// TestBrowserKeepsNothing: a vote in a browser that keeps its profile, and is ended
// as a machine ends it, leaves in that folder no name that was on the ballot
// and no button of a candidate. What a page does keep there is found.
func TestBrowserKeepsNothing(t *testing.T) {
	profile, err := os.MkdirTemp("", "sandogh-profile-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) }) // a part of the browser may end after it
	b := &browser{t: t, ctx: webtest.Browser(t, chromedp.UserDataDir(profile))}
	r := newRig(t)
	r.open("11112222")
	const planted = "planted-in-the-profile"
	keeps := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!DOCTYPE html><title>x</title><script>localStorage.setItem('x', '%s')</script>", planted)
	}))
	defer keeps.Close()
	b.do(chromedp.Navigate(keeps.URL))
	b.until(`localStorage.length === 1`)

	b.do(chromedp.Navigate(r.home.URL))
	b.press = func(selector string) {
		b.until(fmt.Sprintf(`(e => e && (e.click(), true))(document.querySelector(%q))`, selector))
	}
	b.do(chromedp.SetValue("#card", "11112222"))
	b.press(button("begin"))
	b.place("language")
	b.act("lang:fa", "start", "toggle:2", "next", "toggle:3", "toggle:1", "next", "seal")
	b.place("check")
	b.act("right", "cast")
	b.place("done")
	b.press("a.end")
	b.place("idle")
	if err := chromedp.Cancel(b.ctx); err != nil {
		t.Fatal(err)
	}

	never := map[string]string{"a button": "toggle:"}
	for _, c := range definition(t).Contests {
		for _, x := range c.Candidates {
			never["the name of "+x.ID+" of "+c.ID], never["the name in English of "+x.ID+" of "+c.ID] = x.Name.Fa, x.Name.En
		}
	}
	found, files := false, 0
	err = filepath.WalkDir(profile, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		files++
		found = found || bytes.Contains(data, []byte(planted))
		for what, text := range never {
			if text != "" && (bytes.Contains(data, []byte(text)) || bytes.Contains(data, wide(text))) {
				t.Errorf("%s has %s", path, what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Errorf("what a page has kept is in none of %d files: nothing else would be found", files)
	}
}

// wide is a text as a browser keeps some.
func wide(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
