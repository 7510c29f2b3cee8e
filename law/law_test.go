package law_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/law"
)

func TestPublished(t *testing.T) {
	all := law.Published().All()
	if len(all) < 25 {
		t.Fatalf("%d versions", len(all))
	}
	numbered := 0
	for _, v := range all {
		if v.Numbered != (strings.HasPrefix(v.Article, "art. ") || strings.HasPrefix(v.Article, "by-law art. ")) {
			t.Errorf("%s: numbered is %t", v.Article, v.Numbered)
		}
		if v.Numbered {
			numbered++
		}
		if v.State == law.InForce && v.Grade != law.A {
			t.Errorf("%s %s is in force by a source of grade %s", v.Article, v.Version, v.Grade)
		}
		if v.Effective != "" {
			t.Errorf("%s %s takes effect on %s: no date of effect is published", v.Article, v.Version, v.Effective)
		}
		got, ok := law.Lookup(v.Article, v.Version)
		if !ok || len(law.Diff(got, v)) != 0 {
			t.Errorf("%s %s: lookup gives %v, %t", v.Article, v.Version, got, ok)
		}
	}
	if numbered != 6 {
		t.Errorf("%d articles with a number, want 6", numbered)
	}
	if _, ok := law.Lookup("art. 41", "round-8"); ok {
		t.Error("a version that does not exist was found")
	}
	if _, ok := law.Lookup("art. 4", "round-7"); ok {
		t.Error("part of an article's name found it")
	}
}

// What a caller does with a version does not reach the register.
func TestVersionsAreCopies(t *testing.T) {
	v, _ := law.Lookup("art. 41", "round-7")
	v.Concerns[0] = "nobody"
	if again, _ := law.Lookup("art. 41", "round-7"); again.Concerns[0] != "candidate" {
		t.Errorf("concerns %q", again.Concerns)
	}
}

func TestDiff(t *testing.T) {
	seats := law.Published().Versions("proportional/seats")
	if len(seats) != 2 || seats[0].Version != "chamber" || seats[1].Version != "1404-07" {
		t.Fatalf("versions %v", seats)
	}
	var fields []string
	for _, c := range law.Diff(seats[0], seats[1]) {
		fields = append(fields, c.Field)
	}
	want := []string{"version", "title.fa", "title.en", "changed.fa", "changed.en", "open.fa", "open.en", "grade"}
	if !slices.Equal(fields, want) {
		t.Errorf("fields %q, want %q", fields, want)
	}
	if d := law.Diff(seats[0], seats[0]); d == nil || len(d) != 0 {
		t.Errorf("a version differs from itself: %v", d)
	}
}

const good = `{"article":"art. 1","numbered":true,"version":"2","state":"draft","effective":"1405-02-11",
"title":{"fa":"ت","en":"t"},"rule":{"fa":"ق","en":"r"},"changed":{"fa":"","en":""},"open":{"fa":"","en":""},"concerns":["hq"],"grade":"B"}`

func TestParse(t *testing.T) {
	r, err := law.Parse([]byte("[" + good + "]"))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := r.Lookup("art. 1", "2"); !ok || v.State != law.Draft || v.Effective != "1405-02-11" {
		t.Errorf("%+v, %t", v, ok)
	}
	for _, c := range []struct{ from, to, path, text string }{
		{`[` + good + `]`, `{}`, "register", "array"},
		{`[` + good + `]`, `[]`, "register", "no version"},
		{`[` + good + `]`, `[` + good + `,` + good + `]`, "[1]", "also [0]"},
		{`[` + good + `]`, `null`, "register", "array"},
		{`]`, `] x`, "register", "not JSON"},
		{`"t"`, "\"\xff\"", "register", "UTF-8"},
		{`"hq"`, `"hq","hq"`, "[0].concerns[1]", "once"},
		{`["hq"]`, `[]`, "[0].concerns", "nobody"},
		{`"grade":"B"`, `"grade":"D"`, "[0].grade", "A, B or C"},
		{`"grade":"B"`, `"grade":"B","grade":"B"`, "[0]", "twice"},
		{`"grade":"B"`, `"Grade":"B"`, "[0]", "small letters"},
		{`"grade":"B"`, `"grade":"B","note":""`, "[0]", "unknown field"},
		{`"numbered":true,`, ``, "[0]", "missing"},
		{`[` + good + `]`, `[null]`, "[0]", "not an object"},
		{`"numbered":true`, `"numbered":1`, "[0]", "does not fit"},
		{`draft`, `repealed`, "[0].state", "draft, approved or in-force"},
		{`1405-02-11`, `2026-05-01`, "[0].effective", "Jalali"},
		{`"art. 1"`, `"Art. 1"`, "[0].article", "small letters"},
		{`"art. 1"`, `"art. 1 "`, "[0].article", "small letters"},
		{`"version":"2"`, `"version":""`, "[0].version", "small letters"},
		{`{"fa":"ق","en":"r"}`, `{"fa":"ق","en":""}`, "[0].rule", "language"},
		{`"changed":{"fa":""`, `"changed":{"fa":"ق"`, "[0].changed", "language"},
		{`"fa":"ت"`, `"fa":"` + strings.Repeat("ت", 2001) + `"`, "[0].title", "too long"},
	} {
		text := strings.Replace("["+good+"]", c.from, c.to, 1)
		_, err := law.Parse([]byte(text))
		var faults *law.Faults
		if !errors.As(err, &faults) || len(*faults) != 1 {
			t.Errorf("%s → %s: %v", c.from, c.to, err)
			continue
		}
		if f := (*faults)[0]; f.Path != c.path || !strings.Contains(f.Text, c.text) {
			t.Errorf("%s → %s: fault %+v", c.from, c.to, f)
		}
		if !strings.Contains(err.Error(), c.path) {
			t.Errorf("the error %q does not name %s", err, c.path)
		}
	}
	// All at once.
	_, err = law.Parse([]byte(strings.NewReplacer(`"B"`, `"X"`, "draft", "x").Replace("[" + good + "]")))
	if f := new(law.Faults); !errors.As(err, &f) || len(*f) != 2 {
		t.Errorf("faults %v", err)
	}
	if _, err := law.Parse(make([]byte, 5<<20)); err == nil {
		t.Error("a file without end was read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("[" + good + "]"))
	f.Add([]byte(`[{"article":"x"}]`))
	f.Add([]byte(`[[{"a":1,"a":2}],{}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := law.Parse(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := law.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(again.All()) != fmt.Sprint(r.All()) {
			t.Error("another register was read from what was written")
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text, err := json.Marshal(law.Published())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := law.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
