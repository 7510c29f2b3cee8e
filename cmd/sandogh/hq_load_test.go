package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/sample"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

var (
	loadScale = flag.String("load", "", "measure the offices' console with the sample country: small or full")
	loadDB    = flag.String("load-db", "", "a database that holds the sample already: a file, or postgres://…")
)

// searches are what is hardest to find: frequent words, together and not, in the
// whole country.
var searches = []string{"مریم", "مریم احمدی", "علی کریمی", "احمدی مریم", "م ا", "محم احم", "علی پور رضا", "نیست", "مریم نیست", "علی‌پور"}

// TestOfficesLoad asks for every page that needs no object, and for searches, as
// headquarters and as a province: each must be answered. With -load it says how
// long each takes, and fails for one that takes longer than 200 ms in 19 of 20
// times; without it no clock is looked at.
func TestOfficesLoad(t *testing.T) {
	times := 20
	if *loadScale == "" {
		times = 1
	}
	scale, ok := map[string]sample.Scale{"": sample.Small, "small": sample.Small, "full": sample.Full}[*loadScale]
	if !ok {
		t.Fatalf("-load %s: small or full", *loadScale)
	}
	measure := func(t *testing.T, db *store.DB) {
		c := consoletest.Empty(t, db, parts[1:]...) // signin is there by itself
		if *loadDB == "" {
			began := time.Now()
			if err := sample.Load(context.Background(), db, scale, began); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s loads in %v", *loadScale, time.Since(began).Round(100*time.Millisecond))
		}
		c.Root = office.Actor{Name: "load", Posts: []office.Post{{Role: office.HQ}}}
		for _, who := range []struct {
			role office.Role
			code string
		}{{office.HQ, ""}, {office.Province, "07"}} {
			cl := c.As(who.role, who.code)
			var paths []string
			for _, r := range c.Server.Routes() {
				if (r.Method == http.MethodGet || r.Form != nil) && !strings.Contains(strings.ReplaceAll(r.Path, "{$}", ""), "{") && r.Power != "" && !strings.HasSuffix(r.Path, "/export") && !strings.HasSuffix(r.Path, "/live") {
					paths = append(paths, strings.ReplaceAll(r.Path, "{$}", ""))
				}
			}
			for _, q := range searches {
				paths = append(paths, "/people?q="+strings.ReplaceAll(q, " ", "+"))
			}
			slices.Sort(paths)
			for _, path := range slices.Compact(paths) {
				var took []time.Duration
				status := 0
				for range times {
					began := time.Now()
					status = cl.Get(path).Status
					took = append(took, time.Since(began))
				}
				if status != http.StatusOK && status != http.StatusForbidden && !strings.Contains(path, "?q=") {
					t.Errorf("%s %s is answered with %d", who.role, path, status)
				}
				if *loadScale == "" {
					continue
				}
				slices.Sort(took)
				line := fmt.Sprintf("%-8s %d %-40s p50 %8v p95 %8v", who.role, status, path, took[10].Round(10*time.Microsecond), took[18].Round(10*time.Microsecond))
				if t.Log(line); took[18] > 200*time.Millisecond {
					t.Errorf("too slow: %s", line)
				}
			}
		}
	}
	if *loadDB != "" {
		db, err := store.Open(context.Background(), *loadDB, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		measure(t, db)
		return
	}
	storetest.Each(t, measure)
}
