package rehearsal

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

// Votes is what happened in the branches.
type Votes struct {
	Voters, Cast, Spoiled, Challenged uint64
	Code                              string // of the first cast ballot, for a reader to look up
	Branch                            string // where it was cast
}

// Vote lets every simulated voter vote: check in, seal, print (simulated), and
// cast; some ask for another card, some challenge the machine first. Branches
// run side by side; each publishes its log when it has closed.
func (r *Rehearsal) Vote(ctx context.Context) (Votes, error) {
	total := 0
	for _, b := range r.cfg.Election.Branches {
		total += len(b.Voters())
	}
	var sealed atomic.Int64
	votes := make([]Votes, len(r.seats))
	err := parallel(len(r.seats), func(i int) error {
		v, err := r.voteIn(ctx, i, func() { r.progress("voting", int(sealed.Add(1)), total) })
		votes[i] = v
		return err
	}, func(int) {})
	var sum Votes
	for _, v := range votes {
		sum.Voters += v.Voters
		sum.Cast += v.Cast
		sum.Spoiled += v.Spoiled
		sum.Challenged += v.Challenged
		if sum.Code == "" {
			sum.Code, sum.Branch = v.Code, v.Branch
		}
	}
	return sum, err
}

// chunk is how many voters' entries are appended to a log together. In a real
// branch it is one; a batch costs as many disk writes as one entry does.
const chunk = 64

func (r *Rehearsal) voteIn(ctx context.Context, i int, done func()) (Votes, error) {
	seat, branch := r.seats[i], r.cfg.Election.Branches[i]
	p := Polling{Dir: r.privateDir(seat.branch), Definition: r.def, Key: r.view.Key(), Branch: seat.branch,
		LogKey: r.keys.Signing("log/branch/" + seat.branch), Officers: seat.officers, Voters: branch.Voters(),
		Seed: [2]uint64{r.cfg.Seed, uint64(i)}, Voted: done}
	for _, id := range seat.devices {
		p.Devices = append(p.Devices, r.keys.Signer("device/"+id))
	}
	return p.Run(ctx, func(s *station.Station) error {
		return s.Publish(ctx, r.branchDir(seat.branch), r.cosigners())
	})
}

// A Polling is a simulated polling day in one branch, of a practice election.
type Polling struct {
	Dir        string // the log's own state, not published
	Definition *election.Definition
	Key        *elgamal.Key // election key
	Branch     string
	LogKey     ed25519.PrivateKey
	Officers   [2]record.Signer
	Devices    []record.Signer // device/<id>
	Voters     []simulate.Voter
	Seed       [2]uint64 // of who spoils and who challenges
	Voted      func()    // if given, is called after each voter
}

// Run opens the branch, lets every voter vote, and closes it. Then, if given, is
// called with the closed station.
func (p *Polling) Run(ctx context.Context, then func(*station.Station) error) (Votes, error) {
	rng := rand.New(rand.NewPCG(p.Seed[0], p.Seed[1]))
	out := Votes{Branch: p.Branch, Voters: uint64(len(p.Voters))}
	if !p.Definition.Practice {
		return out, fmt.Errorf("simulate branch %s: the definition is not marked as practice: nobody's votes are invented in an election that counts", p.Branch)
	}
	var devices []*encrypt.Device
	cfg := station.Config{Dir: p.Dir, Definition: p.Definition, Branch: p.Branch, LogKey: p.LogKey, Officers: p.Officers}
	for _, signer := range p.Devices {
		// Spare numbers for cards that are spoiled or challenged.
		d, err := encrypt.New(p.Definition, p.Key, p.Branch, strings.TrimPrefix(signer.By, "device/"), signer.Key, uint64(len(p.Voters)+len(p.Voters)/4+16), nil)
		if err != nil {
			return out, err
		}
		c, err := d.Commitment()
		if err != nil {
			return out, err
		}
		devices = append(devices, d)
		cfg.Devices = append(cfg.Devices, station.Device{Committed: c, Key: signer.Key.Public().(ed25519.PublicKey)})
	}
	s, err := station.Open(ctx, cfg)
	if err != nil {
		return out, err
	}
	defer s.Shut(ctx)
	for start := 0; start < len(p.Voters); start += chunk {
		now := p.Voters[start:min(start+chunk, len(p.Voters))]
		s.CheckIn(uint64(len(now)))
		if err := p.cards(ctx, s, devices, rng, now, &out); err != nil {
			return out, fmt.Errorf("branch %s: %w", p.Branch, err)
		}
	}
	c := s.Counts()
	out.Cast, out.Spoiled, out.Challenged = c.Cast, c.Spoiled, c.Challenged
	if err := s.Close(ctx); err != nil {
		return out, err
	}
	for _, d := range devices {
		d.Close()
	}
	if then == nil {
		return out, nil
	}
	return out, then(s)
}

// card is a sealed ballot whose card the voter holds.
type card struct {
	device *encrypt.Device
	sealed *encrypt.Sealed
	end    func(*encrypt.Device, uint64) ([]byte, error)
}

// cards serves some voters: first every ballot is sealed and durable in the
// log, then the endings are chosen and appended.
func (p *Polling) cards(ctx context.Context, s *station.Station, devices []*encrypt.Device, rng *rand.Rand, voters []simulate.Voter, out *Votes) error {
	var cards []card
	style, err := p.Definition.StyleOf(p.Branch)
	if err != nil {
		return err
	}
	seal := func(v simulate.Voter, end func(*encrypt.Device, uint64) ([]byte, error)) error {
		d := devices[len(cards)%len(devices)]
		b, err := ballot.New(style, v)
		if err != nil {
			return err
		}
		sealed, err := d.Seal(b)
		if err != nil {
			return err
		}
		cards = append(cards, card{d, sealed, end})
		return nil
	}
	for _, v := range voters {
		if rng.IntN(50) == 0 { // wants another card
			if err := seal(v, (*encrypt.Device).Spoil); err != nil {
				return err
			}
		}
		if rng.IntN(50) == 0 { // tests the machine with a choice that is not secret
			if err := seal(simulate.Test(rng, style), (*encrypt.Device).Challenge); err != nil {
				return err
			}
		}
		if err := seal(v, (*encrypt.Device).Cast); err != nil {
			return err
		}
		if p.Voted != nil {
			p.Voted()
		}
	}
	var entries [][]byte
	for _, c := range cards {
		entries = append(entries, c.sealed.Entry)
	}
	if err := s.Append(ctx, entries...); err != nil {
		return err
	}
	entries = entries[:0]
	for _, c := range cards {
		e, err := c.end(c.device, c.sealed.Number)
		if err != nil {
			return err
		}
		entries = append(entries, e)
		if out.Code == "" {
			out.Code = record.FormatCode(c.sealed.Code)
		}
	}
	return s.Append(ctx, entries...)
}
