package publish_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/site/country"
	"github.com/sandogh/sandogh/internal/site/pages"
	"github.com/sandogh/sandogh/internal/site/publish"
	"github.com/sandogh/sandogh/internal/site/results"
)

// BenchmarkCountry builds the site of a whole country and updates it after one
// branch. It takes minutes and two gigabytes: -bench Country -benchtime 1x.
func BenchmarkCountry(b *testing.B) {
	for b.Loop() {
		buildCountry(b)
	}
}

func buildCountry(t *testing.B) {
	c := country.New(1, country.Full)
	n := len(c.Definition.Contests)
	first := c.At(country.State{Closed: n, Opened: n - 1, Units: 0, Certified: n / 2})
	now := time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)
	first.Remember(func(string) []results.Moment { return nil }, now)
	dir := filepath.Join(t.TempDir(), "site")
	folder, err := publish.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	begin := time.Now()
	site, err := pages.New(pages.Options{Election: first}, nil)
	if err != nil {
		t.Fatal(err)
	}
	stats, err := folder.Build(site, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	t.Logf("%d contests, %d branches: %d files, %d MB in %v", n, len(first.Branches), stats.Files, stats.Bytes>>20, took)
	t.ReportMetric(took.Seconds(), "s/build")

	second := c.At(country.State{Closed: n, Opened: n - 1, Units: 1, Certified: n / 2})
	before := map[string][]results.Moment{}
	for _, x := range first.Contests {
		before[x.ID] = x.History
	}
	begin = time.Now()
	second.Remember(func(id string) []results.Moment { return before[id] }, now.Add(time.Minute))
	changes := results.Changed(first, second)
	next, err := pages.New(pages.Options{Election: second}, site)
	if err != nil {
		t.Fatal(err)
	}
	paths, all := next.Affected(changes)
	if all {
		t.Fatal("everything is said to differ")
	}
	stats, err = folder.Update(next, paths)
	if err != nil {
		t.Fatal(err)
	}
	took = time.Since(begin)
	t.Logf("update after one branch: %d files looked at, %d written, in %v", stats.Files, stats.Written, took)
	t.ReportMetric(took.Seconds(), "s/update")
}
