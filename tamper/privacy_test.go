package tamper_test

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/cryptotest"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/rehearsal"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/verify"
)

// A tap knows all that crypto/rand gives to the process while a test runs: what
// is asked of crypto/rand itself, read by read, and the stream out of which
// that and what the standard library draws for keys is taken.
type tap struct {
	seed  uint64
	mu    sync.Mutex
	from  io.Reader
	total int
	reads map[int][][]byte // by length
}

// tapped replaces crypto/rand until the test ends.
func tapped(t *testing.T) *tap {
	p := &tap{seed: seeded(t).Uint64(), reads: map[int][][]byte{}}
	cryptotest.SetGlobalRandom(t, p.seed)
	p.from = crand.Reader
	crand.Reader = p
	t.Cleanup(func() { crand.Reader = p.from })
	return p
}

func (p *tap) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := p.from.Read(b)
	p.total += n
	p.reads[n] = append(p.reads[n], bytes.Clone(b[:n]))
	return n, err
}

// sessionID is how many bytes the id of a voter's session in a branch is drawn
// from. It is no secret: the branch's own journal has it, and no entry.
const sessionID = 16

// canaries returns all that was drawn but the ids of sessions, and the scalars
// made of it.
func (p *tap) canaries() *canaries {
	var seed [32]byte // as SetGlobalRandom makes it
	for i := range 8 {
		seed[i] = byte(p.seed >> (8 * i))
	}
	stream := make([]byte, p.total+1<<16) // the rest is for keys
	rand.NewChaCha8(seed).Read(stream)
	c := newCanaries()
	rest := stream
	for _, id := range p.reads[sessionID] { // in the order in which they were drawn
		if i := bytes.Index(rest, id); i >= 0 {
			c.addStream("randomness", rest[:i])
			rest = rest[i+sessionID:]
		}
	}
	c.addStream("randomness", rest)
	for _, b := range p.reads[48] {
		if !bytes.Contains(stream, b) {
			panic("tap: what was read is not of the stream")
		}
		c.add("random scalar", group.ReduceScalar(b).Bytes())
	}
	return c
}

// overheard runs do and returns what it prints and logs, on all levels.
func overheard(t *testing.T, do func()) []byte {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "printed"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stdout, stderr, logger := os.Stdout, os.Stderr, slog.Default()
	defer func() { os.Stdout, os.Stderr = stdout, stderr; slog.SetDefault(logger) }()
	os.Stdout, os.Stderr = f, f
	slog.SetDefault(slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})))
	fmt.Println("overheard")
	slog.Debug("overheard")
	do()
	out := must(os.ReadFile(f.Name()))
	if bytes.Count(out, []byte("overheard")) != 2 {
		t.Fatalf("nothing is overheard: %q", out)
	}
	return out
}

// wideSeed gives branch 101 one spoiled and one challenged ballot, and the
// others none.
const wideSeed = 57

// wide is the small election with forty candidates and twelve votes, so that a
// voter's selections can be told from chance. Voter v of branch b, both counted
// from 0, selects vote(b, v).
func wide(vote func(branch, voter int) []int) *simulate.Election {
	e := must(simulate.Small(wideSeed))
	c := &e.Definition.Contests[0]
	c.VoteLimit, c.Seats = 12, 12
	for i := len(c.Candidates); i < 40; i++ {
		c.Candidates = append(c.Candidates, election.Candidate{ID: fmt.Sprint(101 + i), Name: election.Name{Fa: fmt.Sprint("نامزد ", i+1), En: fmt.Sprint("Candidate ", i+1)}})
	}
	for b, n := range []int{7, 3, 0, 5} {
		e.Branches[b].Voters = func() (out []simulate.Voter) {
			for v := range n {
				out = append(out, simulate.Voter{{Contest: c.ID, Codes: vote(b, v)}})
			}
			return out
		}
	}
	if faults := e.Definition.Validate(); len(faults) > 0 {
		panic(&faults)
	}
	return e
}

// opened holds an election until the units are opened by a quorum.
func opened(e *simulate.Election, dir string) *rehearsal.Rehearsal {
	ctx := context.Background()
	r := must(rehearsal.New(ctx, rehearsal.Config{Election: e, Dir: dir, Seed: wideSeed}))
	succeed(r.Ceremony(ctx))
	votes := must(r.Vote(ctx))
	if votes.Spoiled == 0 || votes.Challenged == 0 {
		panic("privacy: the seed gives no spoiled and no challenged ballot any more: look for another one")
	}
	succeed(r.Units(ctx))
	for _, m := range r.Mixers() {
		succeed(r.Mix(ctx, m))
	}
	succeed(r.Open(ctx, 0, 1, 2))
	return r
}

// TestNothingPrivateIsPublished holds an election and looks for everything
// that is private in everything that it writes: what was drawn from crypto/rand
// and what is made of it, keys, shares, seeds, nonces, selections. A12, H04.
func TestNothingPrivateIsPublished(t *testing.T) {
	p := tapped(t)
	e := wide(func(branch, voter int) []int {
		codes := rand.New(rand.NewPCG(p.seed, uint64(branch*100+voter))).Perm(40)[:fewest+voter%5]
		for i := range codes {
			codes[i]++
		}
		return codes
	})
	dir := filepath.Join(t.TempDir(), "e")
	var r *rehearsal.Rehearsal
	printed := overheard(t, func() {
		ctx := context.Background()
		r = opened(e, dir)
		succeed(r.Tally(ctx))
		succeed(r.Canvass(ctx))
		succeed(r.Draw(ctx, "17 4 33", "dice, thrown in public"))
		succeed(r.Close(ctx))
		id := e.Definition.ID()
		rep, view := verify.Record(ctx, os.DirFS(r.Record()), verify.Options{Election: &id})
		slog.Info("verified", "report", rep, "view", view.Sound() == nil)
		for _, what := range []any{r, e, e.Keys, e.Branches[0].Voters(), view.Definition()} {
			fmt.Printf("%v\n%+v\n%#v\n", what, what, what)
			slog.Info("printed", "what", what)
		}
	})

	l := &stolen{takeApart(e, os.DirFS(r.Record())), e.Branches}
	c := p.canaries()
	l.keysTo(c)
	l.sharesTo(c)
	l.ballotsTo(c, p.reads[32])
	for kind, least := range map[string]int{"randomness": 1, "random scalar": 1000, "signing key": 20, "key for shares": 5, "dealt share": 25,
		"trustee's share": 5, "election's private key": 1, "device root": 8, "ballot's seed": 20, "nonce of a ballot": 4000, "selections": 15} {
		if c.kinds[kind] < least {
			t.Errorf("only %d values are known of the kind %q", c.kinds[kind], kind)
		}
	}

	if found := c.find(printed); found != "" {
		t.Errorf("printed or logged: %s", found)
	}
	files := 0
	succeed(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if found := c.find([]byte(path)); found != "" {
			t.Errorf("name of %s: %s", path, found)
		}
		if d.IsDir() {
			return nil
		}
		files++
		data := must(os.ReadFile(path))
		if found := c.find(data); found != "" {
			t.Errorf("%s: %s", path, found)
		}
		return nil
	}))
	if files < 30 {
		t.Errorf("only %d files were searched", files)
	}

	// And the search can fail in this very record: one value of each kind, put
	// where a program might put it by mistake.
	sealed := l.logs[b101][len(l.logs[b101])/2]
	for kind, secret := range l.samples(p) {
		for form, planted := range map[string][]byte{"bytes": secret, "hex": fmt.Appendf(nil, "%x", secret), "numbers": fmt.Append(nil, secret)} {
			at := len(sealed) / 3
			if c.find(slices.Concat(sealed[:at], planted, sealed[at:])) == "" {
				t.Errorf("a planted %s as %s is not found", kind, form)
			}
		}
	}
}
