package rehearsal

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/internal/terminal"
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

// chunk is how many voters are served together. At a real terminal it is one; a batch costs as many disk writes as one entry does.
const chunk = 64

func (r *Rehearsal) voteIn(ctx context.Context, i int, done func()) (Votes, error) {
	seat, branch := r.seats[i], r.cfg.Election.Branches[i]
	ledger, err := r.hq.Ledger(ctx)
	if err != nil {
		return Votes{}, err
	}
	p := Polling{Dir: r.privateDir(seat.branch), Definition: r.def, Key: r.view.Key(), Branch: seat.branch,
		LogKey: r.keys.Signing("log/branch/" + seat.branch), Roster: station.RosterOf(ledger, seat.branch), Officers: seat.officers, Voters: branch.Voters(),
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
	Roster     station.Roster
	Officers   [2]record.Signer
	Devices    []record.Signer // device/<id>
	Voters     []simulate.Voter
	Seed       [2]uint64 // of who spoils and who challenges
	Voted      func()    // if given, is called after each voter
}

// queue is how many voters have been checked in: everybody comes, and the roll is
// not played.
type queue struct{ checkedIn uint64 }

func (q *queue) CheckedIn() uint64 { return q.checkedIn }

// Run opens the branch, lets every voter vote, and closes it. Then, if given, is
// called with the closed station.
func (p *Polling) Run(ctx context.Context, then func(*station.Station) error) (Votes, error) {
	rng := rand.New(rand.NewPCG(p.Seed[0], p.Seed[1]))
	out := Votes{Branch: p.Branch, Voters: uint64(len(p.Voters))}
	if !p.Definition.Practice {
		return out, fmt.Errorf("simulate branch %s: the definition is not marked as practice: nobody's votes are invented in an election that counts", p.Branch)
	}
	paper, err := terminal.NewPaper(p.Definition, p.Branch)
	if err != nil {
		return out, err
	}
	cards, err := activation.New(p.LogKey, p.Definition.ID(), p.Branch, activation.Count(len(p.Voters)))
	if err != nil {
		return out, err
	}
	stack, err := cards.Stack(cards.Len())
	if err != nil {
		return out, err
	}
	var people queue
	s, err := station.New(ctx, station.Config{Dir: p.Dir, Definition: p.Definition, Branch: p.Branch, LogKey: p.LogKey, Roster: p.Roster,
		CheckIns: &people, Cards: cards, Many: true})
	if err != nil {
		return out, err
	}
	defer s.Shut(ctx)
	if state := s.State(); state != station.Before {
		return out, fmt.Errorf("simulate branch %s: it is %s: a branch opens once", p.Branch, state)
	}
	var devices []*encrypt.Device
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
		if err := s.Commit(c); err != nil {
			return out, err
		}
		devices = append(devices, d)
	}
	if _, err := s.Begin(ctx, p.Officers); err != nil {
		return out, err
	}
	for start := 0; start < len(p.Voters); start += chunk {
		now := p.Voters[start:min(start+chunk, len(p.Voters))]
		people.checkedIn += uint64(len(now))
		if err := p.serve(ctx, s, devices, rng, paper, stack[start:], now, &out); err != nil {
			return out, fmt.Errorf("branch %s: %w", p.Branch, err)
		}
	}
	c := s.Counts()
	out.Cast, out.Spoiled, out.Challenged = c.Cast, c.Spoiled, c.Challenged
	if err := s.BeginClosing(); err != nil {
		return out, err
	}
	if _, err := s.Close(ctx, p.Officers); err != nil {
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

// serve serves some voters at once: all take an activation card from the stack;
// then, until all have cast, each chooses and seals the next ballot, and when all
// are durable in the log the endings are chosen and appended. No card and no slip
// is printed, and the roll is not played.
func (p *Polling) serve(ctx context.Context, s *station.Station, devices []*encrypt.Device, rng *rand.Rand, paper *terminal.Paper, stack []activation.Card, voters []simulate.Voter, out *Votes) error {
	visits := make([]*visit, len(voters))
	var asked []station.Activation
	for i, v := range voters {
		d := i % len(devices)
		x := &visit{device: devices[d], id: strings.TrimPrefix(p.Devices[d].By, "device/"),
			voter: terminal.New(paper, terminal.Comforts{}, terminal.Usual, time.Now)}
		spoils := rng.IntN(50) == 0            // wants another card
		if tests := rng.IntN(50) == 0; tests { // tests the machine with a choice that is not secret
			x.cards = append(x.cards, card{simulate.Test(rng, paper.Style), terminal.Challenged})
		}
		if spoils {
			x.cards = append(x.cards, card{v, terminal.Spoiled})
		}
		x.cards = append(x.cards, card{v, terminal.Cast})
		visits[i] = x
		asked = append(asked, station.Activation{Device: x.id, Card: stack[i].Text})
	}
	sessions, err := s.Activate(asked...)
	if err != nil {
		return err
	}
	for i := range visits {
		visits[i].session = sessions[i]
	}
	for waiting := visits; ; {
		waiting = slices.DeleteFunc(waiting, func(x *visit) bool { return len(x.cards) == 0 })
		if len(waiting) == 0 {
			return nil
		}
		seals := make([]station.Sealing, len(waiting))
		numbers := make([]uint64, len(waiting))
		for i, x := range waiting {
			if numbers[i], seals[i].Entry, err = x.seal(); err != nil {
				return err
			}
			seals[i].Device, seals[i].Session = x.id, x.session
			if p.Voted != nil && x.cards[0].end == terminal.Cast {
				p.Voted()
			}
		}
		codes, err := s.Seal(ctx, seals...)
		if err != nil {
			return err
		}
		ends := make([]station.End, len(waiting))
		for i, x := range waiting {
			ends[i] = station.End{Device: x.id, Session: x.session}
			if ends[i].Entry, err = x.end(numbers[i]); err != nil {
				return err
			}
			if out.Code == "" && x.cards[0].end == terminal.Cast {
				out.Code = record.FormatCode(codes[i])
			}
		}
		if err := s.End(ctx, ends...); err != nil {
			return err
		}
		for _, x := range waiting {
			if err := x.ended(); err != nil {
				return err
			}
		}
	}
}
