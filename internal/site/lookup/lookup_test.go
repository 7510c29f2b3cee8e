package lookup_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/internal/site/lookup"
	"github.com/sandogh/sandogh/verify"
	"pgregory.net/rapid"
)

func TestRecord(t *testing.T) {
	z, err := zip.OpenReader(filepath.Join("..", "..", "..", "spec", "vectors", "record", "good", "certified-01.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	_, view := verify.Record(context.Background(), z, verify.Options{})
	table := lookup.New(view.Election(), view.Definition())
	if err := table.Refresh(context.Background(), z); err != nil {
		t.Fatal(err)
	}
	if table.Len() != 4 || len(table.Unread()) != 0 {
		t.Fatalf("%d ballots, unread %v", table.Len(), table.Unread())
	}
	files := fstest.MapFS{}
	if err := table.Files(func(name string, data []byte) error {
		if files[name] != nil {
			return fmt.Errorf("%s is there twice", name)
		}
		files[name] = &fstest.MapFile{Data: data}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, p := range table.Find("") {
		kinds[p.Kind]++
		for _, n := range []int{8, 13, 32} {
			got, index, err := lookup.Find(files, p.Code[:n])
			if err != nil || len(got) != 1 || got[0] != p || index.Ballots != 4 {
				t.Errorf("%s: %v, %v", p.Code[:n], got, err)
			}
		}
	}
	if kinds["cast"] != 2 || kinds["spoiled"] != 1 || kinds["challenged"] != 1 {
		t.Errorf("endings: %v", kinds)
	}
	if got, _, err := lookup.Find(files, "00000000"); err != nil || len(got) != 0 {
		t.Errorf("a code that is not there: %v, %v", got, err)
	}
	// A second reading of the same checkpoints reads nothing, so nothing is needed.
	before := table.Find("")
	heads := fstest.MapFS{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/checkpoint") {
			r, err := z.Open(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if _, err := b.ReadFrom(r); err != nil {
				t.Fatal(err)
			}
			r.Close()
			heads[f.Name] = &fstest.MapFile{Data: b.Bytes()}
		}
	}
	if err := table.Refresh(context.Background(), heads); err != nil || !slices.Equal(before, table.Find("")) {
		t.Errorf("unchanged checkpoints were read again: %v", err)
	}
	// A log that cannot be read is named.
	again := lookup.New(view.Election(), view.Definition())
	if err := again.Refresh(context.Background(), heads); err != nil || len(again.Unread()) != 1 || again.Len() != 0 {
		t.Errorf("unread %v, %v", again.Unread(), err)
	}
}

func place(t *rapid.T) lookup.Place {
	p := lookup.Place{Code: rapid.StringMatching("[0-9A-HJKMNP-TV-Z]{32}").Draw(t, "code"), Branch: rapid.StringMatching("[a-z0-9-]{1,12}").Draw(t, "branch"), Entry: rapid.Uint64Range(0, 1<<40).Draw(t, "entry")}
	if p.Kind = rapid.SampledFrom([]string{"", "cast", "spoiled", "challenged"}).Draw(t, "kind"); p.Kind != "" {
		p.Ending = rapid.Uint64Range(0, 1<<40).Draw(t, "ending")
	}
	return p
}

func TestFormat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SliceOfN(rapid.Custom(place), 0, 20).Draw(t, "places")
		slices.SortStableFunc(places, func(a, b lookup.Place) int { return strings.Compare(a.Code, b.Code) })
		got, err := lookup.Parse(lookup.Format(places))
		if err != nil || !slices.Equal(got, places) {
			t.Fatalf("%v, %v", got, err)
		}
	})
	code := strings.Repeat("7", 32)
	for what, bad := range map[string]string{
		"no line feed":  code + " b 1",
		"short code":    code[1:] + " b 1\n",
		"small letters": strings.Repeat("a", 32) + " b 1\n",
		"no branch":     code + "  1\n",
		"long branch":   code + " " + strings.Repeat("b", 33) + " 1\n",
		"no number":     code + " b x\n",
		"leading zero":  code + " b 01\n",
		"other ending":  code + " b 1 burnt 2\n",
		"no ending":     code + " b 1 cast\n",
		"too much":      code + " b 1 cast 2 3\n",
		"disorder":      strings.Repeat("8", 32) + " b 1\n" + code + " b 2\n",
		"two spaces":    code + " b  1\n",
	} {
		if _, err := lookup.Parse([]byte(bad)); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	for _, index := range []string{"", "{}", `{"prefix":9}`, `{"prefix":-1}`, "null"} {
		if _, _, err := lookup.Find(fstest.MapFS{lookup.IndexName: {Data: []byte(index)}}, "00000000"); err == nil {
			t.Errorf("index %q: no error", index)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(strings.Repeat("7", 32) + " b 1 cast 2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		places, err := lookup.Parse(data)
		if err == nil && !bytes.Equal(lookup.Format(places), data) {
			t.Error("two files give one table")
		}
	})
}
