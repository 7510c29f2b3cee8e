package door_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/training/door"
	"pgregory.net/rapid"
)

func TestBadge(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	rapid.Check(t, func(t *rapid.T) {
		session := rapid.StringMatching(`[0-9]{10}`).Draw(t, "session")
		place := rapid.Int64Range(1, 999_999).Draw(t, "place")
		b := door.Badge(key, session, place)
		s, p, err := door.ReadBadge(key, b[:14]+" "+b[14:])
		if err != nil || s != session || p != place || len(b) != 28 {
			t.Errorf("%s is read as %s %d, %v", b, s, p, err)
		}
		i := rapid.IntRange(0, 27).Draw(t, "digit")
		changed := b[:i] + fmt.Sprint((int(b[i]-'0')+rapid.IntRange(1, 9).Draw(t, "by"))%10) + b[i+1:]
		if _, _, err := door.ReadBadge(key, changed); !errors.Is(err, door.ErrForged) {
			t.Errorf("%s instead of %s: %v", changed, b, err)
		}
	})
	for _, bad := range []string{"", "12", strings.Repeat("x", 28), strings.Repeat("1", 29)} {
		if _, _, err := door.ReadBadge(key, bad); !errors.Is(err, door.ErrNoBadge) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if b := door.Badge(key, "1234567890", 1); func() bool { _, _, err := door.ReadBadge([]byte("other"), b); return err == nil }() {
		t.Error("a badge of another house is taken")
	}
}

const one = "0123456789abcdef0123456789abcdef"

func TestFile(t *testing.T) {
	secret := []byte("s")
	f := door.File{Door: "d1", Session: "1234567890", Marks: []door.Mark{{ID: one, Place: 3, At: 17}, {ID: strings.Repeat("a", 32), Place: 4, At: 18}}}
	data, err := f.Write(secret)
	if err != nil {
		t.Fatal(err)
	}
	got, err := door.Parse(data)
	if err != nil || got.Check(secret) != nil {
		t.Fatal(got, err)
	}
	for _, change := range []func(*door.File){
		func(f *door.File) { f.Door = "d2" }, func(f *door.File) { f.Session = "1234567891" },
		func(f *door.File) { f.Marks = f.Marks[:1] }, func(f *door.File) { f.Marks[0].Place = 5 },
		func(f *door.File) { f.Marks[0].At = 16 }, func(f *door.File) { f.Seal = "" },
		func(f *door.File) { f.Marks[0], f.Marks[1] = f.Marks[1], f.Marks[0] },
	} {
		changed, _ := door.Parse(data)
		change(&changed)
		if err := changed.Check(secret); !errors.Is(err, door.ErrForged) {
			t.Errorf("%+v: %v", changed, err)
		}
	}
	if got.Check([]byte("t")) == nil {
		t.Error("the secret of another door opens it")
	}
	for _, bad := range []string{"", "{}", "[]", `{"format":"sandogh marks 2"}`, string(data) + "x", strings.Replace(string(data), one, "zz", 1),
		strings.Replace(string(data), `"door"`, `"doors"`, 1), strings.Replace(string(data), `"place":3`, `"place":0`, 1)} {
		if _, err := door.Parse([]byte(bad)); !errors.Is(err, door.ErrForm) {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	data, _ := door.File{Door: "d", Session: "1234567890", Marks: []door.Mark{{ID: one, Place: 1, At: 1}}}.Write([]byte("s"))
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := door.Parse(data)
		if err != nil {
			return
		}
		again, err := file.Write([]byte("s"))
		if err != nil {
			t.Fatal(err)
		}
		if file, err = door.Parse(again); err != nil || file.Check([]byte("s")) != nil {
			t.Errorf("%q is written as %q", data, again)
		}
	})
}
