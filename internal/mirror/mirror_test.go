package mirror_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/mirror"
	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// small returns a small certified record in memory.
func small(t testing.TB, pattern string) fstest.MapFS {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("..", "..", "spec", "vectors", "record", "good", pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no vector %s: %v", pattern, err)
	}
	z, err := zip.OpenReader(found[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return inMemory(t, z)
}

func inMemory(t testing.TB, fsys fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		out[name] = &fstest.MapFile{Data: b, Mode: 0o644}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// same compares a copy with the record, file by file.
func same(t *testing.T, dir string, want fstest.MapFS) {
	t.Helper()
	got := inMemory(t, os.DirFS(dir))
	for name, f := range want {
		if g := got[name]; g == nil || !bytes.Equal(g.Data, f.Data) {
			t.Errorf("%s is not copied as it is", name)
		}
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s is too much", name)
		}
	}
	if left, err := os.Stat(dir + ".part"); err == nil {
		t.Errorf("%s is left", left.Name())
	}
}

var quick = mirror.Options{Wait: time.Nanosecond}

func TestCopy(t *testing.T) {
	record := small(t, "certified-*.zip")
	address := serve(t, remote.Handler(record))
	dir := filepath.Join(t.TempDir(), "copy")
	s, err := mirror.Copy(context.Background(), address, dir, quick)
	if err != nil || !s.Complete() || s.Branches != 1 || s.Blobs == 0 || s.Fetched == 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	same(t, dir, record)
	rep, _ := verify.Record(context.Background(), os.DirFS(dir), verify.Options{Election: &s.Election})
	if rep.Status != report.Verified {
		c, f, _ := rep.First()
		t.Errorf("the copy is %s: %s %s", rep.Status, c.ID, f)
	}
	var fetched []string // a second time only the checkpoints come
	again := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched = append(fetched, r.URL.Path)
		remote.Handler(record).ServeHTTP(w, r)
	}))
	one := quick
	one.Parallel = 1
	if _, err := mirror.Copy(context.Background(), again, dir, one); err != nil {
		t.Fatal(err)
	}
	for _, path := range fetched {
		if !strings.HasSuffix(path, "/checkpoint") {
			t.Errorf("%s was fetched again", path)
		}
	}
	same(t, dir, record)
}

// TestKilled: the disk fails at every step in turn, as a crash would end the
// program there; each time it goes on in the same folder and ends with the same
// copy. What has a name is whole at every moment.
func TestKilled(t *testing.T) {
	record := small(t, "certified-*.zip")
	address := serve(t, remote.Handler(record))
	root := t.TempDir()
	for k := 0; k < 1000; k += 7 { // a file takes five steps, so each sort of step comes
		dir := filepath.Join(root, fmt.Sprint(k))
		left := int64(k)
		died := errors.New("died")
		o := quick
		o.Disk = durable.Disk{Before: func(durable.Step, string) error {
			if atomic.AddInt64(&left, -1) < 0 {
				return died
			}
			return nil
		}}
		_, err := mirror.Copy(context.Background(), address, dir, o)
		if err == nil {
			if k < 50 {
				t.Fatalf("the copy took only %d steps", k)
			}
			return
		}
		if !errors.Is(err, died) {
			t.Fatalf("killed at step %d: %v", k, err)
		}
		if _, err := os.Stat(dir); err == nil {
			for name, f := range inMemory(t, os.DirFS(dir)) {
				if !durable.IsTemp(name) && (record[name] == nil || !bytes.Equal(record[name].Data, f.Data)) {
					t.Errorf("killed at step %d: %s is not what the record has", k, name)
				}
			}
		}
		s, err := mirror.Copy(context.Background(), address, dir, quick)
		if err != nil || !s.Complete() {
			t.Fatalf("killed at step %d, then: %v", k, err)
		}
		same(t, dir, record)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("the copy does not end")
}

// TestCutOff: the server stops in the middle of each answer in turn.
func TestCutOff(t *testing.T) {
	record := small(t, "certified-*.zip")
	dir := filepath.Join(t.TempDir(), "copy")
	var answered, limit atomic.Int64
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answered.Add(1) > limit.Load() {
			w.Header().Set("Content-Length", "1000000")
			w.Write([]byte("half"))
			panic(http.ErrAbortHandler)
		}
		remote.Handler(record).ServeHTTP(w, r)
	}))
	for i := 0; ; i++ {
		answered.Store(0)
		limit.Store(int64(i))
		s, err := mirror.Copy(context.Background(), address, dir, quick)
		if err == nil {
			if !s.Complete() || i < 3 {
				t.Errorf("after %d answers: %+v", i, s)
			}
			break
		}
		if i > len(record)+10 {
			t.Fatal(err)
		}
	}
	same(t, dir, record)
}

// TestDamaged: whatever file of the server or of the folder is changed, the copy
// either names it or does without it.
func TestDamaged(t *testing.T) {
	record := small(t, "certified-*.zip")
	good := serve(t, remote.Handler(record))
	for _, name := range slices.Sorted(maps.Keys(record)) {
		bad := maps.Clone(record)
		changed := bytes.Clone(record[name].Data)
		changed[len(changed)/2] ^= 1
		bad[name] = &fstest.MapFile{Data: changed, Mode: 0o644}
		dir := filepath.Join(t.TempDir(), "copy")
		_, err := mirror.Copy(context.Background(), serve(t, remote.Handler(bad)), dir, quick)
		var wrong *mirror.WrongError
		folder, _, _ := strings.Cut(name, "/tile/")
		if !errors.As(err, &wrong) || !strings.HasPrefix(wrong.Path, folder) {
			t.Errorf("%s is changed on the server: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "hq", "checkpoint")); err == nil {
			t.Errorf("%s is changed on the server, and the copy has a checkpoint", name)
		}
		if strings.HasSuffix(name, "checkpoint") {
			continue
		}
		// In the folder it is fetched anew.
		if _, err := mirror.Copy(context.Background(), good, dir, quick); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), changed, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := mirror.Copy(context.Background(), good, dir, quick); err != nil {
			t.Errorf("%s is changed in the folder: %v", name, err)
		}
		same(t, dir, record)
	}
}

// TestFork: two logs of one key that contradict each other.
func TestFork(t *testing.T) {
	i := invent(t)
	log := func(what string, n int) fstest.MapFS {
		var bodies []record.Body
		for k := range n {
			bodies = append(bodies, &record.Tally{Contest: what, Unit: fmt.Sprint(k)})
		}
		return i.files(t, bodies...)
	}
	one := log("one", 300)
	dir := filepath.Join(t.TempDir(), "copy")
	if _, err := mirror.Copy(context.Background(), serve(t, remote.Handler(one)), dir, quick); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{300, 301, 600} {
		var wrong *mirror.WrongError
		if _, err := mirror.Copy(context.Background(), serve(t, remote.Handler(log("other", n))), dir, quick); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "contradict") {
			t.Errorf("another log of %d entries: %v", n+1, err)
		}
		same(t, dir, one)
	}
}

func TestMissing(t *testing.T) {
	record := small(t, "certified-*.zip")
	id := strings.Split(strings.SplitN(string(record["hq/checkpoint"].Data), "\n", 2)[0], "/")[1]
	without := maps.Clone(record)
	var gone string
	for name := range record {
		if strings.HasPrefix(name, "blob/") && name != "blob/"+id {
			gone = name
		}
	}
	delete(without, gone)
	dir := filepath.Join(t.TempDir(), "copy")
	s, err := mirror.Copy(context.Background(), serve(t, remote.Handler(without)), dir, quick)
	if err != nil || s.Complete() || !slices.Equal(s.Missing, []string{gone}) {
		t.Fatalf("%+v, %v", s, err)
	}
	if s, err = mirror.Copy(context.Background(), serve(t, remote.Handler(record)), dir, quick); err != nil || !s.Complete() {
		t.Fatalf("%+v, %v", s, err)
	}
	same(t, dir, record)
}

// TestMissingBranch: headquarters has taken in a branch's log, and the server does
// not have it.
func TestMissingBranch(t *testing.T) {
	record := small(t, "certified-*.zip")
	without := maps.Clone(record)
	maps.DeleteFunc(without, func(name string, _ *fstest.MapFile) bool { return strings.HasPrefix(name, "branch/") })
	dir := filepath.Join(t.TempDir(), "copy")
	s, err := mirror.Copy(context.Background(), serve(t, remote.Handler(without)), dir, quick)
	if err != nil || s.Complete() || !slices.Equal(s.Missing, []string{"branch/101"}) {
		t.Fatalf("%+v, %v", s, err)
	}
	if s, err = mirror.Copy(context.Background(), serve(t, remote.Handler(record)), dir, quick); err != nil || !s.Complete() || s.Branches != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	same(t, dir, record)
}

func TestRefuses(t *testing.T) {
	record := small(t, "certified-*.zip")
	address := serve(t, remote.Handler(record))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := mirror.Copy(context.Background(), address, dir, quick); err == nil || !strings.Contains(err.Error(), "letter.txt") {
		t.Errorf("a folder with a letter: %v", err)
	}
	o := quick
	o.Election = &[32]byte{1}
	var wrong *mirror.WrongError
	if _, err := mirror.Copy(context.Background(), address, filepath.Join(t.TempDir(), "x"), o); !errors.As(err, &wrong) || !strings.Contains(err.Error(), hex.EncodeToString(o.Election[:])) {
		t.Errorf("another election: %v", err)
	}
	for name, h := range map[string]http.HandlerFunc{
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for range 64 {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		},
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		},
		"down":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		"not at all": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>welcome") },
	} {
		if _, err := mirror.Copy(context.Background(), serve(t, h), filepath.Join(t.TempDir(), "x"), quick); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := mirror.Copy(context.Background(), "hq/record", filepath.Join(t.TempDir(), "x"), quick); err == nil {
		t.Error("a folder is no address")
	}
}
