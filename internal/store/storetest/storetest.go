// Package storetest gives tests a database of each engine.
//
// Specification: doc/decisions/0008-store-below.md.
//
// Each runs a test on SQLite, and on PostgreSQL where a server can be had: the one
// that SANDOGH_POSTGRES names (a DSN), or else one that is started for the
// process from Debian's package, in a temporary folder, without a network
// address. Each test has a schema of its own.
//
// Where there is no server that half is skipped, and says so; with
// SANDOGH_REQUIRE_POSTGRES=1 it fails.
//
// What it never does: it leaves no server behind: the shell that has started it
// reads from the test's process, and stops it at the end of the file.
//
// Sources: none.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/store"
)

// Each runs the test on every engine, each time with an empty database.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite returns an empty SQLite database, closed at the end of the test.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), "", store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Postgres returns an empty database on PostgreSQL, closed at the end of the test.
// It skips the test if there is no server.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	dsn, schema := DSN(t), "t"+store.NewID()
	db, err := store.Open(context.Background(), dsn, store.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var cluster = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv("SANDOGH_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	s, err := create()
	if err != nil {
		return "", err
	}
	return s.DSN, nil
})

// DSN returns the address of the server. It skips the test if there is none.
func DSN(t testing.TB) string {
	t.Helper()
	dsn, err := cluster()
	need(t, err)
	return dsn
}

// need skips the test if there is no server.
func need(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("SANDOGH_REQUIRE_POSTGRES") == "1" {
		t.Fatal(err)
	}
	t.Skipf("not tried on PostgreSQL: %v", err)
}

// A Server is one of a test's own, that it may kill.
type Server struct {
	DSN string

	bin, dir string
	attr     *syscall.SysProcAttr
}

// Own starts a server for one test. It skips the test if there is none to start.
func Own(t testing.TB) *Server {
	t.Helper()
	s, err := create()
	need(t, err)
	t.Cleanup(func() { s.signal(syscall.SIGQUIT) })
	return s
}

// Kill ends the server at once, as a power cut would: it writes nothing more.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if err := s.signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	for exec.Command(s.bin+"/pg_isready", "-q", "-h", s.dir).Run() == nil {
		if t.Context().Err() != nil {
			t.Fatal("the server does not die")
		}
	}
	for { // its file goes last
		if _, err := os.Stat(s.dir + "/data/postmaster.pid"); err != nil || t.Context().Err() != nil {
			return
		}
	}
}

func (s *Server) signal(sig syscall.Signal) error {
	b, err := os.ReadFile(s.dir + "/data/postmaster.pid")
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return err
	}
	return syscall.Kill(pid, sig)
}

// Start starts the server again on what is on its disk.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// serve starts the server, and stops it when nobody holds its input any more.
const serve = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=100 >"$2/log" 2>&1 &
server=$!
trap '' INT TERM
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$2"`

// create makes a cluster in a temporary folder and starts its server. PostgreSQL
// refuses to run as root, so root becomes nobody.
func create() (*Server, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return nil, errors.New("no /usr/lib/postgresql/*/bin: install Debian's postgresql-15, or set SANDOGH_POSTGRES")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "pg") // short: a socket's path has a limit
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	initdb := exec.Command(bin+"/initdb", "-D", dir+"/data", "-U", "sandogh", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	dsn := (&url.URL{Scheme: "postgres", User: url.User("sandogh"), Path: "/postgres", RawQuery: url.Values{"host": {dir}}.Encode()}).String()
	s := &Server{dsn, bin, dir, attr}
	return s, s.start()
}

func (s *Server) start() error {
	server := exec.Command("/bin/sh", "-c", serve, "sh", s.bin, s.dir)
	server.Dir, server.SysProcAttr = s.dir, s.attr
	held, err := server.StdinPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	go func() { // holds the server's input as long as the process lives
		server.Wait()
		held.Close()
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		ready := exec.CommandContext(ctx, s.bin+"/pg_isready", "-q", "-h", s.dir)
		if ready.Run() == nil {
			return nil
		}
		if ctx.Err() != nil {
			log, _ := os.ReadFile(s.dir + "/log")
			return fmt.Errorf("the server did not start: %s", log)
		}
	}
}
