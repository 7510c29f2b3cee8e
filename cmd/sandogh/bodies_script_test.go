package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sandogh/sandogh/internal/durable"
)

// killVar says before which step of the disk the command is killed, from 1.
const killVar = "SANDOGH_TEST_KILL"

const killedStatus = 86

// interrupt kills this process where killVar says, as the loss of power would:
// nothing runs that could tidy up.
func interrupt() {
	left, err := strconv.Atoi(os.Getenv(killVar))
	if err != nil {
		return
	}
	disk.Before = func(durable.Step, string) error {
		if left--; left == 0 {
			os.Exit(killedStatus)
		}
		return nil
	}
}

// killed runs a command again and again, killing it before its first step of the
// disk, its second one and so on, until it comes to its end. At least N are
// wanted.
func killed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: killed N command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	defer ts.Setenv(killVar, "")
	for n := 1; ; n++ {
		ts.Setenv(killVar, strconv.Itoa(n))
		err := ts.Exec(args[1], args[2:]...)
		var exit *exec.ExitError
		switch {
		case err == nil && n <= want:
			ts.Fatalf("it came to its end after %d steps, at least %d were expected", n-1, want)
		case err == nil:
			return
		case !errors.As(err, &exit) || exit.ExitCode() != killedStatus:
			ts.Fatalf("killed before step %d: %v", n, err)
		}
	}
}

// keep sets a variable to what the file holds, without space around it, or to
// the last word of its first line that holds a text.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: keep VAR FILE|stdout [TEXT]")
	}
	value := strings.TrimSpace(ts.ReadFile(args[1]))
	if len(args) == 3 {
		found := ""
		for line := range strings.Lines(value) {
			if words := strings.Fields(line); found == "" && strings.Contains(line, args[2]) {
				found = strings.Trim(words[len(words)-1], `",`)
			}
		}
		if found == "" {
			ts.Fatalf("%s does not hold %q", args[1], args[2])
		}
		value = found
	}
	ts.Setenv(args[0], value)
}

// fill replaces the variables that a file names.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// carry copies a folder as a stick would, in the place of what was there.
func carry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: carry FROM TO")
	}
	to := ts.MkAbs(args[1])
	ts.Check(os.RemoveAll(to))
	ts.Check(os.CopyFS(to, os.DirFS(ts.MkAbs(args[0]))))
}

// each runs a command for each of some names, which take the place of @, and
// wants all of them to succeed.
func each(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: each NAME,NAME… command…")
	}
	for name := range strings.SplitSeq(args[0], ",") {
		var command []string
		for _, a := range args[1:] {
			a = strings.ReplaceAll(a, "@", name)
			if files, err := filepath.Glob(ts.MkAbs(a)); err == nil && len(files) > 0 && strings.Contains(a, "*") {
				command = append(command, files...)
			} else {
				command = append(command, a)
			}
		}
		if err := ts.Exec(command[0], command[1:]...); err != nil {
			var exit *exec.ExitError
			errors.As(err, &exit)
			ts.Fatalf("%s: %v", strings.Join(command, " "), err)
		}
	}
}
