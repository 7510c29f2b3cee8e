package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/record"
)

// sessionsOfDay is how many voters vote before the memory is looked through.
const sessionsOfDay = 50

// desksOfDay check in at once.
const desksOfDay = 4

// TestBranchPollingDay: a branch with desks and four terminals, each a process
// of its own. Fifty voters vote, four at a time, while the desks check in. Then no
// process that lives longer than a session, no file and no log has a choice, a
// seed, the root or a picture of a card; but the process of a session has them all
// while it lasts, so the test would find them.
//
// With -day it is a load run: 3,000 candidates, 20 check-ins a second for so long,
// and it fails for what takes longer than the branch may.
func TestBranchPollingDay(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no processes were started")
	}
	if _, err := os.Stat("/proc/self/mem"); err != nil || os.Geteuid() != 0 {
		t.Skip("the memory of a voter's process can be read by root alone, under Linux")
	}
	seed := cmp.Or(*daySeed, uint64(time.Now().UnixNano()))
	t.Logf("go test ./cmd/sandogh -run TestBranchPollingDay -day-seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	candidates, most, sessions, checkIns := 60, 7, sessionsOfDay, sessionsOfDay+2
	if *dayLoad > 0 {
		candidates, most, checkIns = 3000, 21, max(checkIns, int(dayLoad.Seconds()*20))
	}
	p := newPlace(t, candidates, most, 2*demoVoters)
	p.serve()
	p.open()
	times, alone := &screens{}, &screens{}
	voters, chances := p.voters(), make(chan bool, demoVoters)
	if checkIns > len(voters) {
		t.Fatalf("%d voters for %d check-ins: a shorter -day", len(voters), checkIns)
	}

	// The branch's process is started again, as after a power cut.
	p.end("branch")
	cold := time.Now()
	p.branch()
	desks := []*person{p.desk(1, times)}
	if desks[0].admit(voters[0]); desks[0].err != nil {
		t.Fatal(desks[0].err)
	}
	alone.add("start to first check-in", time.Since(cold))
	for n := range desksOfDay - 1 {
		desks = append(desks, p.desk(n+2, times))
	}
	contest, _ := p.demo.r.Definition().Contest("council-large-city")
	var ballots []*ballotOf
	for i := range sessions {
		ballots = append(ballots, draw(r, contest, i, most))
	}
	work := make(chan int, sessions)
	for i := range sessions {
		work <- i
	}
	close(work)
	chances <- true

	// The first voter is looked at while voting.
	watched := newPerson(p.terms[0].home, alone)
	first := <-work
	<-chances
	watched.begin(p.terms[0], p.stack[first].Digits)
	parent := p.procs[p.terms[0].id].Process.Pid
	inSession := func(canaries ...canary) map[string]bool {
		found := map[string]bool{}
		for _, pid := range childrenOf(t, parent) {
			for kind := range seek(canaries...).inMemory(t, pid) {
				found[kind] = true
			}
		}
		return found
	}
	watched.vote(contest, ballots[first], func() {
		found := inSession(ballots[first].canaries(t, nil)...)
		for _, kind := range []string{"choices in memory, as chosen", "search in memory"} {
			if !found[kind] {
				t.Errorf("the process of a session has no %s: nothing would be found elsewhere", kind)
			}
		}
	}, func() {
		found := inSession(append(ballots[first].canaries(t, linesOf(ballots[first])), p.secrets(t, 1)...)...)
		for _, kind := range []string{"choices in memory, as chosen", "card", "root"} {
			if !found[kind] {
				t.Errorf("the process of a session has no %s: nothing would be found elsewhere", kind)
			}
		}
	})
	watched.get(p.terms[0].home + "/")
	if watched.err != nil {
		t.Fatal(watched.err)
	}

	var all sync.WaitGroup
	pid := p.procs["branch"].Process.Pid
	before := processor(t, pid)
	began := time.Now()
	var busy time.Duration
	var every <-chan time.Time
	if *dayLoad > 0 {
		tick := time.NewTicker(time.Second / 20)
		defer tick.Stop()
		every = tick.C
	}
	queue := make(chan string, len(voters))
	for _, n := range voters[1:checkIns] {
		queue <- n
	}
	close(queue)
	var desk sync.WaitGroup
	for _, d := range desks {
		desk.Go(func() {
			for n := range queue {
				if every != nil {
					<-every
				}
				if d.admit(n); d.err != nil {
					return
				}
				chances <- true
			}
		})
	}
	var took time.Duration // of a processor, by the branch's process
	all.Go(func() { desk.Wait(); busy, took = time.Since(began), processor(t, pid)-before; close(chances) })
	people := make([]*person, len(p.terms))
	for i, x := range p.terms {
		v := newPerson(x.home, times)
		people[i] = v
		all.Go(func() {
			for n := range work {
				if _, ok := <-chances; !ok {
					v.err = fmt.Errorf("voter %d was not checked in", n)
				}
				v.begin(x, p.stack[n].Digits)
				v.vote(contest, ballots[n], nil, nil)
				v.get(x.home + "/") // leaves the last page
				if v.err != nil {
					return
				}
			}
			v.until(x.home+"/", `data-place="idle"`)
		})
	}
	all.Wait()
	for _, v := range append(people, desks...) {
		if v.err != nil {
			t.Fatal(v.err)
		}
	}
	t.Logf("%d votes of %d candidates in %.1f s, four at a time; %.1f check-ins a second", sessions-1, contest.N(), time.Since(began).Seconds(), float64(checkIns-1)/busy.Seconds())
	t.Logf("the branch's process took %.1f ms of a processor for each check-in, with what else it did meanwhile", ms(took)/float64(checkIns-1))
	times.print(t)
	t.Log("Alone, as a terminal is that has a machine of its own:")
	alone.print(t)
	if *dayLoad > 0 {
		fast(t, times, alone)
		if want := 19.0; float64(checkIns-1)/busy.Seconds() < want {
			t.Errorf("fewer than %v check-ins a second", want)
		}
	}

	var canaries []canary
	lines := linesOf(ballots...)
	for _, b := range ballots {
		canaries = append(canaries, b.canaries(t, lines)...)
	}
	secrets := p.secrets(t, sessions)
	for name, cmd := range p.procs {
		for kind := range seek(append(secrets, canaries...)...).inMemory(t, cmd.Process.Pid) {
			t.Errorf("the memory of %s has %s of a session that is over", name, kind)
		}
	}
	p.stop()
	for kind, file := range seek(canaries...).inFiles(t, p.dir) {
		t.Errorf("%s has %s", file, kind)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "tmp", "planted"), append([]byte("some text "), ints(ballots[3].codes)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(seek(canaries...).inFiles(t, p.dir)) == 0 {
		t.Error("choices that were planted in a file are not found")
	}
	for kind, file := range seek(secrets...).inFiles(t, p.dir) {
		if filepath.Base(file) != "root" || kind != "root" { // the one file that has it
			t.Errorf("%s has %s", file, kind)
		}
	}
}

// processor is how long a process has had a processor, in whole hundredths of a second.
func processor(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Error(err)
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the fields after the name of the command
	var ticks [2]int
	for i, f := range strings.Fields(rest)[11:13] {
		ticks[i], _ = strconv.Atoi(f)
	}
	return time.Duration(ticks[0]+ticks[1]) * 10 * time.Millisecond
}

// secrets are the roots of the devices, and the seeds of their first ballots.
func (p *place) secrets(t *testing.T, ballots int) (out []canary) {
	t.Helper()
	for _, x := range p.terms {
		v, err := vault.Open(disk, x.dir)
		if err != nil {
			t.Fatal(err)
		}
		r, err := v.Root()
		if err != nil {
			t.Fatal(err)
		}
		root := [32]byte(r.Bytes())
		out = append(out, canary{"root", root[:]})
		for n := range ballots {
			seed := record.Seed(&root, v.Branch, v.Device, uint64(n))
			out = append(out, canary{"seed", seed[:]})
		}
	}
	return out
}

// fast fails for what takes longer than it may: screens while all vote, and the
// work of one terminal alone, since in a branch each has processors of its own.
func fast(t *testing.T, times, alone *screens) {
	t.Helper()
	for name := range times.took {
		switch took := times.of(name, 95); {
		case name == "seal, durable, card" || strings.HasPrefix(name, "whole vote"):
			limit := time.Minute
			if strings.HasSuffix(name, "list") {
				limit = 15 * time.Second
			}
			if took > limit {
				t.Errorf("%s: %v, and %v is the limit", name, took, limit)
			}
		case name != "language" && took > 50*time.Millisecond: // which comes after the branch has taken a card
			t.Errorf("%s: %v, and 50 ms is the limit", name, took)
		}
	}
	for name, limit := range map[string]time.Duration{"seal, durable, card": 500 * time.Millisecond, "start to first check-in": 5 * time.Second} {
		if took := alone.of(name, 95); took > limit {
			t.Errorf("%s: %v, and %v is the limit", name, took, limit)
		}
	}
}
