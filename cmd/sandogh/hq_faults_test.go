package main

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
)

// TestEveryRouteHasItsMatrix: no route of the console is missing from the files
// that say which role is let in, whichever part it belongs to.
func TestEveryRouteHasItsMatrix(t *testing.T) {
	files, err := filepath.Glob("../../internal/console/*/testdata/matrix.txt")
	if err != nil || len(files) < len(parts) {
		t.Fatal(files, err)
	}
	said := map[string]bool{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			head, _, _ := strings.Cut(line, ":")
			said[head] = true
		}
	}
	c := consoletest.Empty(t, storetest.SQLite(t), parts[1:]...)
	for _, part := range parts {
		for _, r := range part(c.Deps).Routes {
			for _, role := range append([]office.Role{"nobody"}, office.Roles...) {
				if !said[r.Method+" "+r.Path+" "+string(role)] {
					t.Errorf("no matrix says whether %s may %s %s", role, r.Method, r.Path)
				}
			}
		}
	}
}

// TestLargeUpload: a file larger than a form takes is refused as such, before it is
// kept anywhere; so is one in the place of another.
func TestLargeUpload(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, parts[1:]...)
		ctx, hq := context.Background(), c.As(office.HQ, "")
		var session string
		c.Tx(func(ctx context.Context, tx *store.Tx) error {
			q := trainingdb.New(tx)
			course, err := training.AddCourse(ctx, tx, c.Now(), c.Root, "دوره", 12)
			if err != nil {
				return err
			}
			if err := q.InsertProgramme(ctx, trainingdb.InsertProgrammeParams{ID: "p", Name: "برنامه", Kind: "local", Office: "07", Course: course, Input: "{}", Plan: "{}"}); err != nil {
				return err
			}
			session = store.NewID()
			return q.InsertSession(ctx, trainingdb.InsertSessionParams{ID: session, Programme: "p", Number: 1, Course: course, Office: "07", Badge: "3000000000",
				FirstDay: "2026-04-21", LastDay: "2026-04-21", Venue: "سالن", Seats: 10, Trainers: "[]", Units: `["07"]`})
		})
		send := func(path string, size int) consoletest.Reply {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			w.WriteField("name", "../../../etc/passwd")
			f, err := w.CreateFormFile("file", "../../../etc/passwd")
			if err != nil {
				t.Fatal(err)
			}
			f.Write(bytes.Repeat([]byte("x"), size))
			w.Close()
			return hq.Do("POST", path, w.FormDataContentType(), &b)
		}
		at := "/training/sessions/" + session + "/material"
		if r := send(at, training.MaxMaterial+1<<20); r.Status != http.StatusRequestEntityTooLarge && r.Status != http.StatusUnprocessableEntity {
			t.Errorf("21 MiB are answered with %d", r.Status)
		}
		if rows, err := trainingdb.New(db).Materials(ctx, session); err != nil || len(rows) != 0 {
			t.Errorf("materials: %+v, %v", rows, err)
		}
		if kept, _ := filepath.Glob(filepath.Join(c.Deps.Dir, "materials", "*")); len(kept) != 0 {
			t.Errorf("something of it was kept: %v", kept)
		}
		send(at, 100).Is(http.StatusSeeOther)
		rows, err := trainingdb.New(db).Materials(ctx, session)
		if err != nil || len(rows) != 1 || strings.ContainsAny(rows[0].Name, `/\`) {
			t.Errorf("materials: %+v, %v", rows, err)
		}
		if kept, _ := filepath.Glob(filepath.Join(c.Deps.Dir, "materials", "*")); len(kept) != 1 {
			t.Errorf("kept: %v", kept)
		}
	})
}

// TestImportCommand: a file is taken whole, or refused with every fault by line, on
// standard output and as JSON.
func TestImportCommand(t *testing.T) {
	dir := t.TempDir()
	command := func(args ...string) (int, string, string) {
		var out, err bytes.Buffer
		code := run(append([]string{"hq"}, args...), &out, &err)
		return code, out.String(), err.String()
	}
	if code, _, said := command("sample", "--dir", dir); code != 0 {
		t.Fatal(said)
	}
	file := filepath.Join(dir, "people.csv")
	write := func(lines string) {
		if err := os.WriteFile(file, []byte("national_number,name,role,province,county,district,mobile\n"+lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("0012345679,الف,it,قم,,,\n1,,king,اتلانتیس,,,\n0012345679,ب,it,قم,,,\n")
	code, out, said := command("import", "--dir", dir, file)
	if code != 1 || strings.Count(out, "\n") != 5 || !strings.Contains(out, "line 3: role: there is no such role\n") ||
		!strings.HasSuffix(out, "line 4: national_number: the same number is in line 2\n") || !strings.Contains(said, "5 faults: nothing was taken") {
		t.Errorf("faults: %d\n%s\n%s", code, out, said)
	}
	code, out, _ = command("import", "--dir", dir, "--json", file)
	var all importJSON
	if err := json.Unmarshal([]byte(out), &all); code != 1 || err != nil || len(all.Faults) != 5 || all.Lines != 0 {
		t.Errorf("faults as JSON: %d, %s, %v", code, out, err)
	}
	write("0012345679,الف,it,قم,,,\n")
	if code, out, said = command("import", "--dir", dir, file); code != 0 || !strings.HasPrefix(out, "1 lines, 1 new people, ") {
		t.Errorf("%d\n%s\n%s", code, out, said)
	}
	if code, out, _ = command("import", "--dir", dir, "--json", file); code != 0 || json.Unmarshal([]byte(out), &all) != nil || all.Lines != 1 || all.Added != 0 {
		t.Errorf("again: %d %q", code, out)
	}
	if code, _, _ = command("import", "--dir", dir, file+"x"); code != 2 {
		t.Errorf("no file: %d", code)
	}
}
