package sequencer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/sequencer"
)

// The storage writes by itself, so its disk is made to fail from outside: by a
// limit on the size of a file, which a full disk resembles, and by strace,
// which puts errors in the place of system calls.

const (
	faultDir   = "SEQUENCER_FAULT_DIR"
	faultLimit = "SEQUENCER_FAULT_LIMIT" // bytes of a file
	faultSize  = 700                     // bytes of an entry
	faultRun   = 40                      // entries of a process
)

// padded is entry i at a length that fills a bundle soon.
func padded(i uint64) []byte {
	return append(entry(i), bytes.Repeat([]byte{' '}, faultSize-len(entry(i)))...)
}

// TestMain's processes come here: append until something fails, and say of each
// append that it returned, on a line of its own and at once.
func appendUntilFault(dir string) {
	say := func(format string, args ...any) { os.Stdout.WriteString(fmt.Sprintf(format+"\n", args...)) }
	signal.Ignore(syscall.SIGXFSZ) // the write fails all the same
	if limit, err := strconv.ParseUint(os.Getenv(faultLimit), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			say("setrlimit: %v", err)
			os.Exit(1)
		}
	}
	l, err := openAs(dir, origin, logKey, durable.Disk{})
	if err != nil {
		say("open: %v", err)
		os.Exit(4)
	}
	ctx := context.Background()
	size, _ := l.Size(ctx)
	for end := size + faultRun; size < end; {
		n := 1 + size%3
		var entries [][]byte
		for i := range n {
			entries = append(entries, padded(size+i))
		}
		if _, err := l.Append(ctx, entries...); err != nil {
			say("append: %v", err)
			_, again := l.Append(ctx, entries...)
			_, asked := l.Size(ctx)
			_, signed := l.Checkpoint(ctx)
			for _, err := range []error{again, asked, signed} {
				if !errors.Is(err, sequencer.ErrBroken) {
					say("after the fault: %v", err)
					os.Exit(1)
				}
			}
			os.Exit(3)
		}
		size += n
		say("%d", size)
	}
	os.Exit(0)
}

// faulty runs this test in a process, under the command before it, and returns
// what it acknowledged, what it said at the end, and its exit status.
func faulty(t *testing.T, dir string, env string, before ...string) (acked uint64, said string, code int) {
	t.Helper()
	args := append(before, os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), faultDir+"="+dir, env)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		n, err := strconv.ParseUint(line, 10, 64)
		switch {
		case err != nil:
			said = line
		case said != "":
			t.Errorf("%d entries are acknowledged after %q", n, said)
		default:
			acked = n
		}
	}
	if code == 1 || code == 2 { // of the process's own checks; of a panic
		t.Fatalf("exit status %d: %s%s", code, out, stderr.Bytes())
	}
	return acked, said, code
}

// recovered opens the log again, with a disk that works: what was acknowledged
// is there in its place, and it takes more.
func recovered(t *testing.T, dir string, acked uint64) {
	t.Helper()
	l := open(t, dir)
	defer l.Close(t.Context())
	size, err := l.Size(t.Context())
	if err != nil || size < acked {
		t.Fatalf("%d entries of %d acknowledged, %v", size, acked, err)
	}
	if first, err := l.Append(t.Context(), padded(size)); err != nil || first != size {
		t.Fatalf("append after the fault: %d, %v", first, err)
	}
	view, err := l.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(0)
	for e, err := range view.Entries(0, view.Size()) {
		if err != nil || e.Index != next || !bytes.Equal(e.Data, padded(next)) {
			t.Fatalf("entry %d is %d %.40q, %v", next, e.Index, e.Data, err)
		}
		next++
	}
	if next != size+1 {
		t.Errorf("%d entries, want %d", next, size+1)
	}
}

// B07: files that cannot grow stop the log with an error that says so, and
// nothing that was acknowledged is lost.
func TestNoRoom(t *testing.T) {
	if dir := os.Getenv(faultDir); dir != "" {
		appendUntilFault(dir)
	}
	for _, limit := range []int{700, 1400, 5000, 20_000, 27_000} {
		dir := t.TempDir()
		acked, said, code := faulty(t, dir, fmt.Sprint(faultLimit, "=", limit))
		if code != 3 || !strings.HasPrefix(said, "append: ") || !strings.Contains(said, "file too large") {
			t.Errorf("%d bytes: exit status %d, %q", limit, code, said)
		}
		// As many as fit into a bundle, in batches of one to three.
		if fit := uint64(limit / (2 + faultSize)); acked > fit || acked+3 <= fit {
			t.Errorf("%d bytes: %d entries acknowledged, and %d fit", limit, acked, fit)
		}
		recovered(t, dir, acked)
	}
	dir := t.TempDir()
	if acked, said, code := faulty(t, dir, faultLimit+"=1000000"); code != 0 || said != "" || acked < faultRun {
		t.Errorf("with room: exit status %d, %d acknowledged, %q", code, acked, said)
	}
}

// stracing returns the command that traces to a file.
func stracing(t *testing.T, file string, args ...string) []string {
	t.Helper()
	err := exec.Command("strace", "-f", "-o", os.DevNull, "true").Run()
	if err != nil {
		if os.Getenv("SANDOGH_REQUIRE_STRACE") == "1" {
			t.Fatalf("strace: %v", err)
		}
		t.Skipf("strace is not there or may not trace: %v", err)
	}
	return append([]string{"strace", "-f", "-y", "-o", file}, args...)
}

// filled makes a log of n entries.
func filled(t *testing.T, dir string, n uint64) {
	t.Helper()
	l := open(t, dir)
	defer l.Close(t.Context())
	var entries [][]byte
	for i := range n {
		entries = append(entries, padded(i))
	}
	if _, err := l.Append(t.Context(), entries...); err != nil {
		t.Fatal(err)
	}
}

// B07, B09: a system call of the storage fails, once or from then on. The log
// says so and acknowledges nothing any more, and nothing that it acknowledged
// before is lost.
func TestFaultInTheStorage(t *testing.T) {
	if dir := os.Getenv(faultDir); dir != "" {
		appendUntilFault(dir)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	for _, c := range []struct {
		call, fault, text string
		had               uint64 // entries of the log before
	}{
		{"fsync", "EIO", "input/output error", 5},
		{"renameat", "ENOSPC", "no space left", 5},
		{"?link,linkat", "EIO", "input/output error", 0}, // of a new log
		{"mkdirat", "ENOSPC", "no space left", 0},
	} {
		made := 0
		for _, when := range []string{"1", "2", "4", "3+"} {
			dir := t.TempDir()
			if c.had > 0 {
				filled(t, dir, c.had)
			}
			run := stracing(t, trace, "-e", "trace="+c.call, "-e", "inject="+c.call+":error="+c.fault+":when="+when)
			acked, said, code := faulty(t, dir, "NONE=", run...)
			data, err := os.ReadFile(trace)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte("(INJECTED)")) {
				made++
				if code != 3 && code != 4 || !strings.Contains(said, c.text) {
					t.Errorf("%s %s: the fault has gone unnoticed: exit status %d after %d: %q", c.call, when, code, acked, said)
				}
			} else if code != 0 {
				t.Errorf("%s %s: no fault, and exit status %d after %d: %q", c.call, when, code, acked, said)
			}
			recovered(t, dir, max(acked, c.had))
		}
		if made == 0 {
			t.Errorf("%s: no fault was made", c.call)
		}
	}
}

// B08: when an append returns, every file of the log that has content, its name
// and the names of the folders above it have been synced. So a loss of power
// that drops whatever was not synced loses nothing that was acknowledged.
func TestSyncedBeforeAcknowledged(t *testing.T) {
	if dir := os.Getenv(faultDir); dir != "" {
		appendUntilFault(dir)
	}
	trace := filepath.Join(t.TempDir(), "trace")
	dir := filepath.Join(t.TempDir(), "log")
	run := stracing(t, trace, "-e", "trace=openat,write,pwrite64,fsync,fdatasync,?link,linkat,renameat,renameat2,mkdirat,unlinkat")
	if acked, said, code := faulty(t, dir, "NONE=", run...); code != 0 || acked < faultRun {
		t.Fatalf("exit status %d after %d: %q", code, acked, said)
	}
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	events := readTrace(t, string(data))
	acks, links, renames, lost := 0, 0, 0, unsynced(events, dir)
	for _, e := range events {
		switch {
		case e.isAck():
			acks++
		case strings.HasPrefix(e.call, "link"):
			links++
		case strings.HasPrefix(e.call, "renameat"):
			renames++
		}
	}
	if acks < faultRun/3 || links == 0 || renames < acks {
		t.Fatalf("only %d acknowledgements, %d links and %d renames are in the trace", acks, links, renames)
	}
	for _, text := range lost {
		t.Error(text)
	}

	// The check can fail: without any one of the syncs that a file needs.
	for _, leave := range []string{"O_SYNC", "fsync"} {
		var changed []event
		for _, e := range events {
			if leave == "fsync" && e.call == "fsync" && strings.Contains(e.args, "/tile/") {
				continue
			}
			if leave == "O_SYNC" {
				e.args = strings.ReplaceAll(e.args, "O_SYNC", "0")
			}
			changed = append(changed, e)
		}
		if len(unsynced(changed, dir)) == 0 {
			t.Errorf("without %s nothing is found to be lost", leave)
		}
	}
}

// An event is one system call that succeeded, with the lines at which it began
// and ended.
type event struct {
	call, args string
	begin, end int
}

func (e event) isAck() bool { return e.call == "write" && strings.HasPrefix(e.args, "1<") }

var (
	traced  = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	quoted  = regexp.MustCompile(`"([^"]*)"`)
	ofFile  = regexp.MustCompile(`<(/[^>]*)>`)
)

// readTrace puts together the halves of calls that others interrupted.
func readTrace(t *testing.T, text string) []event {
	t.Helper()
	var out []event
	open := map[string]event{} // by thread
	line := 0
	for s := range strings.Lines(text) {
		line++
		s = strings.TrimSuffix(s, "\n")
		var thread string
		var e event
		if m := traced.FindStringSubmatch(s); m != nil {
			thread, e = m[1], event{m[2], m[3], line, line}
		} else if m := resumed.FindStringSubmatch(s); m != nil {
			thread, e = m[1], open[m[1]]
			e.args, e.end = e.args+m[3], line
		} else {
			continue // of signals and exits
		}
		if before, ok := strings.CutSuffix(e.args, " <unfinished ...>"); ok {
			e.args = before
			open[thread] = e
			continue
		}
		if strings.Contains(e.args, ") = -1") || strings.Contains(e.args, "= ?") {
			continue
		}
		out = append(out, e)
	}
	return out
}

// unsynced returns what a loss of power at an acknowledgement could take away
// of what is under dir: content that was written and not synced since, and
// names that were made in a folder that was not synced since. A sync covers
// what had ended before it began.
func unsynced(events []event, dir string) (lost []string) {
	type inode struct{ written int } // the end of the last write that is not synced, or 0
	files := map[string]*inode{}
	sync := map[string]bool{} // opened last so that each write is synced
	names := map[string]int{} // the end of the call that made it, until the folder is synced
	slices.SortStableFunc(events, func(a, b event) int { return a.at() - b.at() })
	for _, e := range events {
		paths := quoted.FindAllStringSubmatch(e.args, -1)
		fd := ofFile.FindStringSubmatch(e.args)
		switch {
		case e.isAck():
			for path, f := range files {
				if f.written > 0 {
					lost = append(lost, fmt.Sprintf("%s is written in line %d and not synced in line %d", path, f.written, e.begin))
				}
			}
			for path, made := range names {
				lost = append(lost, fmt.Sprintf("%s is made in line %d and its folder not synced in line %d", path, made, e.begin))
			}
		case e.call == "openat" && len(paths) > 0 && strings.HasPrefix(paths[0][1], dir):
			path := paths[0][1]
			sync[path] = strings.Contains(e.args, "O_SYNC")
			if files[path] == nil && strings.Contains(e.args, "O_CREAT") {
				files[path], names[path] = &inode{}, e.end
			}
		case e.call == "mkdirat" && strings.HasPrefix(paths[0][1], dir):
			names[paths[0][1]] = e.end
		case strings.HasPrefix(e.call, "link") || strings.HasPrefix(e.call, "rename"):
			from, to := paths[0][1], paths[1][1]
			files[to], names[to], sync[to] = files[from], e.end, sync[from]
			if strings.HasPrefix(e.call, "rename") {
				delete(files, from)
				delete(names, from)
			}
		case e.call == "unlinkat" && len(paths) > 0:
			delete(files, paths[0][1])
			delete(names, paths[0][1])
		case (e.call == "write" || e.call == "pwrite64") && fd != nil && files[fd[1]] != nil:
			if !sync[fd[1]] {
				files[fd[1]].written = e.end
			}
		case (e.call == "fsync" || e.call == "fdatasync") && fd != nil:
			if f := files[fd[1]]; f != nil && f.written < e.begin {
				f.written = 0
			}
			for path, made := range names {
				if filepath.Dir(path) == fd[1] && made < e.begin {
					delete(names, path)
				}
			}
		}
	}
	return lost
}

// at is where an event stands among the others: an acknowledgement may be seen
// as soon as it begins, everything else is done when it ends.
func (e event) at() int {
	if e.isAck() {
		return e.begin
	}
	return e.end
}
