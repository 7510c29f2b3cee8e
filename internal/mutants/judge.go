package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// order is that in which packages' tests are asked after the mutant's own:
// whose answer is quick and near first. Tests of the whole come last.
var order = []string{"crypto/transcript", "crypto/elgamal", "crypto/threshold", "crypto/shuffle", "crypto/zkp", "record", "board",
	"verify/report", "verify/source", "verify/unit", "encrypt", "verify", ".", "internal/hq", "tamper"}

// leftOut are tests that build the program anew, without any mutant.
const leftOut = "^TestEveryCheckIsNeeded$"

// A binary is the tests of a package, built.
type binary struct {
	pkg, dir, file string
	flags          []string
	cpu, wall      time.Duration // without a mutant
	reached        map[int]bool
}

// judges are the tests that are asked.
type judges struct {
	module *module
	ctx    context.Context
	own    bool
	long   bool
	skip   string
	deps   map[string][]string // of the tests of a package
	built  map[string]*binary  // nil: it has no tests
}

// try returns what the tests say of a mutant.
func (j *judges) try(m *mutant) (verdict string, err error) {
	asked := []string{m.pkg}
	if !j.own {
		for _, pkg := range order {
			if deps, err := j.dependencies(pkg); err != nil {
				return "", err
			} else if pkg != m.pkg && slices.Contains(deps, path+"/"+m.pkg) {
				asked = append(asked, pkg)
			}
		}
	}
	verdict = "not reached"
	for _, pkg := range asked {
		b, err := j.binary(pkg)
		if err != nil {
			return "", err
		}
		if b == nil || !b.reached[m.number] {
			continue
		}
		how, err := j.run(b, strconv.Itoa(m.number))
		if err != nil {
			return "", err
		}
		if how != "" {
			return "killed by " + pkg + how, nil
		}
		verdict = "SURVIVED"
	}
	return verdict, nil
}

func isKilled(verdict string) bool { return strings.HasPrefix(verdict, "killed") }

// dependencies returns the packages that the tests of a package rest on.
func (j *judges) dependencies(pkg string) ([]string, error) {
	if d, ok := j.deps[pkg]; ok {
		return d, nil
	}
	if j.deps == nil {
		j.deps = map[string][]string{}
	}
	all, err := goList(j.ctx, "-deps", "-test", "./"+pkg)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		name, _, _ := strings.Cut(p.ImportPath, " ") // "p [q.test]": p as q's tests see it
		j.deps[pkg] = append(j.deps[pkg], name)
	}
	return j.deps[pkg], nil
}

// binary builds the tests of a package, runs them without a mutant, and notes
// which mutants they reach.
func (j *judges) binary(pkg string) (*binary, error) {
	if b, ok := j.built[pkg]; ok {
		return b, nil
	}
	j.built[pkg] = nil
	list, err := goList(j.ctx, "./"+pkg)
	if err != nil {
		return nil, err
	}
	if len(list[0].TestGoFiles)+len(list[0].XTestGoFiles) == 0 {
		return nil, nil
	}
	deps, err := j.dependencies(pkg)
	if err != nil {
		return nil, err
	}
	b := &binary{pkg: pkg, dir: list[0].Dir, file: filepath.Join(j.module.work, strings.NewReplacer("/", "_", ".", "module").Replace(pkg)+".test"), reached: map[int]bool{},
		flags: []string{"-test.failfast", "-test.short=" + strconv.FormatBool(!j.long), "-test.skip", j.skip}}
	if slices.Contains(deps, "pgregory.net/rapid") {
		b.flags = append(b.flags, "-rapid.nofailfile", "-rapid.shrinktime", "1ms")
	}
	build := exec.CommandContext(j.ctx, "go", "test", "-c", "-buildvcs=false", "-vet=off", "-overlay", j.module.overlay, "-o", b.file, "./"+pkg)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the tests of %s: %w\n%s", pkg, err, out)
	}
	reach := b.file + ".reach"
	how, err := j.run(b, "reach:"+reach)
	if err == nil && how != "" {
		err = fmt.Errorf("the tests of %s fail without a mutant", pkg)
	}
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(reach)
	if err != nil {
		return nil, err
	}
	for _, n := range strings.Fields(string(data)) {
		i, err := strconv.Atoi(n)
		if err != nil {
			return nil, err
		}
		b.reached[i] = true
	}
	fmt.Fprintf(os.Stderr, "%s: %.1f s of the processor, %s; reaches %d mutants\n", pkg, b.cpu.Seconds(), b.wall.Round(time.Second), len(b.reached))
	j.built[pkg] = b
	return b, nil
}

// memory is the address space that a test binary may have, in KiB: a mutant may
// make a loop that never ends.
const memory = 8 << 20

// run runs the tests with a mutant and returns how it was killed: " (time)" or
// " " and what the tests said first; "" if it was not.
func (j *judges) run(b *binary, selected string) (how string, err error) {
	// What waits for nothing uses no processor; on a busy machine what is busy
	// waits too, so it has long to wait.
	limit, timeout := "unlimited", 30*time.Minute
	if b.cpu > 0 {
		limit, timeout = strconv.Itoa(5+int(10*b.cpu.Seconds())), time.Minute+10*b.wall
	}
	args := append([]string{"-c", `ulimit -v "$1" && ulimit -t "$2" && shift 2 && exec "$@"`, "sh", strconv.Itoa(memory), limit, b.file,
		"-test.timeout", timeout.String()}, b.flags...)
	cmd := exec.CommandContext(j.ctx, "sh", args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), variable+"="+selected)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	err = cmd.Run()
	if err := j.ctx.Err(); err != nil {
		return "", err
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	var exit *exec.ExitError
	switch {
	case err == nil:
		if b.cpu == 0 {
			b.cpu, b.wall = cpu, time.Since(began)
		}
		return "", nil
	case !errors.As(err, &exit):
		return "", err
	case b.cpu == 0:
		return "", fmt.Errorf("the tests of %s: %w\n%s", b.pkg, err, out.Bytes())
	case !exit.Exited() || bytes.Contains(out.Bytes(), []byte("SIGXCPU")) || bytes.Contains(out.Bytes(), []byte("panic: test timed out")):
		return " (time)", nil
	}
	for l := range strings.Lines(out.String()) {
		if name, ok := strings.CutPrefix(l, "--- FAIL: "); ok {
			name, _, _ = strings.Cut(name, " ")
			return " " + name, nil
		}
		if strings.HasPrefix(l, "panic: ") || strings.HasPrefix(l, "fatal error: ") {
			return " (panic)", nil
		}
	}
	return " (exit)", nil
}
