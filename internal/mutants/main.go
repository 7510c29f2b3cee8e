package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
)

// defaults are the packages that decide what an auditor says.
var defaults = []string{"./verify/...", "./crypto/...", "./board", "./record"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context) error {
	seed := flag.String("seed", "1", "which `sample` is tried")
	number := flag.Int("n", 40, "how many mutants are tried; 0 is all")
	only := flag.String("only", "", "try the mutants whose `ids`, with commas between them, are given")
	list := flag.Bool("list", false, "name the mutants and try none")
	own := flag.Bool("own", false, "ask only the tests of a mutant's own package")
	skip := flag.String("skip", leftOut, "the tests that are not asked, as for go test")
	long := flag.Bool("long", false, "ask the long tests too")
	known := flag.String("known", "doc/mutants.md", "the `file` that explains survivors")
	results := flag.String("results", "", "a `file` of results: what was killed before is not tried again")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, `usage: go run ./internal/mutants [flags] [packages]

    nice go run ./internal/mutants -seed 7 -n 150 ./verify/...

Without packages: `+strings.Join(defaults, " ")+". Run it in the root of the module.\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = defaults
	}

	work, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	m, err := load(ctx, work, patterns)
	if err != nil {
		return err
	}
	explained, err := os.ReadFile(*known)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	book, err := openResults(*results)
	if err != nil {
		return err
	}
	chosen := sample(m.mutants, *seed, *number, *only)
	fmt.Printf("seed %s: %d of %d mutants\n", *seed, len(chosen), len(m.mutants))
	if *list {
		for _, mu := range chosen {
			fmt.Println(mu)
		}
		return nil
	}

	j := &judges{module: m, ctx: ctx, own: *own, skip: *skip, long: *long, built: map[string]*binary{}}
	began := time.Now()
	count := map[string]*score{}
	for _, mu := range chosen {
		s := count[mu.pkg]
		if s == nil {
			s = &score{}
			count[mu.pkg] = s
		}
		verdict, ok := book.killed(mu.id)
		if !ok {
			if verdict, err = j.try(mu); err != nil {
				return err
			}
			if err := book.note(mu.id, verdict); err != nil {
				return err
			}
		}
		s.tried++
		if isKilled(verdict) {
			s.killed++
		} else if isExplained(string(explained), mu.id) {
			s.explained++
			verdict += " (explained)"
		}
		fmt.Printf("%s: %s\n", mu, verdict)
	}
	fmt.Printf("\n%-20s %6s %6s %6s %10s\n", "package", "tried", "killed", "", "explained")
	var all score
	for _, pkg := range m.order {
		if s := count[pkg]; s != nil {
			s.print(pkg)
			all.tried, all.killed, all.explained = all.tried+s.tried, all.killed+s.killed, all.explained+s.explained
		}
	}
	all.print("all")
	fmt.Fprintf(os.Stderr, "%s\n", time.Since(began).Round(time.Second))
	return nil
}

type score struct{ tried, killed, explained int }

func (s score) print(name string) {
	fmt.Printf("%-20s %6d %6d %5.1f%% %10d\n", name, s.tried, s.killed, 100*float64(s.killed)/float64(max(1, s.tried)), s.explained)
}

// sample returns n mutants, in the order of their places.
func sample(all []*mutant, seed string, n int, only string) []*mutant {
	if only != "" {
		ids := strings.Split(only, ",")
		return slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return !slices.Contains(ids, m.id) })
	}
	if n <= 0 || n >= len(all) {
		return all
	}
	rank := func(m *mutant) string {
		h := sha256.Sum256([]byte(seed + "\x00" + m.id))
		return hex.EncodeToString(h[:])
	}
	out := slices.SortedFunc(slices.Values(all), func(a, b *mutant) int { return cmp.Compare(rank(a), rank(b)) })[:n]
	slices.SortFunc(out, func(a, b *mutant) int { return a.number - b.number })
	return out
}

// isExplained reports whether the text names the survivor.
func isExplained(text, id string) bool { return strings.Contains(text, "`"+id+"`") }

// A results file has a line for each mutant: its id, a space, the verdict.
type resultsFile struct {
	path string
	of   map[string]string
}

var resultLine = regexp.MustCompile(`(?m)^([0-9a-f]{8}) (.*)$`)

func openResults(path string) (*resultsFile, error) {
	r := &resultsFile{path: path, of: map[string]string{}}
	if path == "" {
		return r, nil
	}
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, m := range resultLine.FindAllStringSubmatch(string(data), -1) {
		r.of[m[1]] = m[2]
	}
	return r, nil
}

func (r *resultsFile) killed(id string) (verdict string, ok bool) {
	verdict = r.of[id]
	return verdict, isKilled(verdict)
}

func (r *resultsFile) note(id, verdict string) error {
	r.of[id] = verdict
	if r.path == "" {
		return nil
	}
	var b strings.Builder
	ids := make([]string, 0, len(r.of))
	for id := range r.of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		fmt.Fprintf(&b, "%s %s\n", id, r.of[id])
	}
	path, err := filepath.Abs(r.path)
	if err != nil {
		return err
	}
	return durable.WriteFile(path, []byte(b.String()), 0o666)
}
