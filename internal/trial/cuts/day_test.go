package cuts_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"

	"github.com/sandogh/sandogh/ballot"
	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/kiosk"
	"github.com/sandogh/sandogh/record"
)

// days are what is cut, act by act. d1 to d3 are terminals, which outlive the
// branch's process as they would in a polling place.
var days = map[string][]string{
	// One voter who takes another card, tests the machine and votes; one closing.
	"session": {
		"d1 commit", "officers test", "officers begin", "desk check-in 0", "d1 activate 0", "d1 seal", "d1 spoil", "d1 seal", "d1 challenge", "d1 seal", "d1 cast",
		"officers closing", "officers close", "officers publish",
	},
	// A power cut, a check-in that is taken back, a voter who leaves a ballot behind.
	"settled": {
		"d1 commit", "d2 commit", "officers test", "officers begin", "desk check-in 0", "desk check-in 1", "desk check-in 2", "desk undo 1",
		"d1 wrong", "d1 wrong", "d1 wrong", "d1 wrong", "d1 wrong", "officers unlock d1", "officers pause", "officers resume",
		"d1 activate 0", "d2 activate 1", "d1 seal", "d2 seal", "d1 leave", "officers cast d1 0", "d1 settle 0", "d2 leave", "officers spoil d2 0", "d2 settle 0",
		"desk check-in 1", "d2 activate 2", "d2 seal", "d2 cast", "officers closing", "officers close",
	},
	// A terminal breaks with a voter before it, a spare one comes, voting is extended.
	"spare": {
		"d1 commit", "officers test", "officers begin", "desk check-in 0", "d1 activate 0", "d1 seal", "officers closing", "officers extend",
		"officers retire d1", "officers spoil d1 0", "d3 commit", "officers enrol d3", "d3 activate 1", "d3 seal", "d3 cast",
		"officers closing", "officers close",
	},
}

// inSteps are acts after which a cut may find the one part done and the other not:
// the act itself and its line in the daybook, or all parts of an officers' act.
func inSteps(act string) bool { return strings.HasPrefix(act, "officers ") }

// counter is a desk and the officers, wherever the branch runs.
type counter interface {
	do(ctx context.Context, act string, again bool) error
}

// terminals are the voting devices of a branch.
type terminals struct {
	*world
	devices map[string]*device
}

type device struct {
	*encrypt.Device
	client  *kiosk.Client
	session string
	entry   []byte // that was handed in last, for when it has to be again
	number  uint64
}

// newTerminals makes the devices, the same in all trials.
func (w *world) newTerminals() (*terminals, error) {
	t := &terminals{w, map[string]*device{}}
	for i, id := range []string{"d1", "d2", "d3"} {
		root, err := encrypt.ParseRoot(bytes.Repeat([]byte{byte(i + 1)}, encrypt.RootSize))
		if err != nil {
			return nil, err
		}
		d, err := encrypt.Restore(w.Definition, w.key, here, id, w.Keys.Signing("device/"+id), 8, root)
		if err != nil {
			return nil, err
		}
		t.devices[id] = &device{Device: d}
	}
	return t, nil
}

// connect takes the devices to where the branch listens now.
func (t *terminals) connect(address string) error {
	for id, d := range t.devices {
		var err error
		if d.client, err = kiosk.NewClient("https://"+address, t.Keys.Signing("device/"+id), t.logKey().Public().(ed25519.PublicKey)); err != nil {
			return err
		}
	}
	return nil
}

// do does what a terminal does: d1 seal, d2 settle 0. If it is asked again, it hands
// in the same bytes.
func (t *terminals) do(ctx context.Context, act string, again bool) error {
	words := strings.Fields(act)
	d := t.devices[words[0]]
	arg := 0
	if len(words) > 2 {
		if _, err := fmt.Sscan(words[2], &arg); err != nil {
			return err
		}
	}
	switch words[1] {
	case "commit":
		c, err := d.Commitment()
		if err != nil {
			return err
		}
		_, err = d.client.Commit(ctx, c.Limit, c.Root)
		return err
	case "activate":
		session, err := d.client.Activate(ctx, t.stack[arg].Text)
		d.session = session
		return err
	case "wrong": // one more locks the device, if one was asked again
		_, err := d.client.Activate(ctx, "no card")
		var no *kiosk.Refusal
		if errors.As(err, &no) && (no.Word == "unknown" || no.Word == "locked") {
			return nil
		}
		return fmt.Errorf("no card is taken for one: %w", err)
	case "leave":
		return d.client.Leave(ctx, d.session, terminal.Timeout)
	case "settle":
		return t.settle(ctx, d, uint64(arg), again)
	case "seal":
		if !again {
			if err := d.seal(t.world); err != nil {
				return err
			}
		}
		code, err := d.client.Seal(ctx, d.session, d.entry)
		if want := record.Code(d.entry); err == nil && !bytes.Equal(code, want[:]) {
			return errors.New("the branch has another ballot")
		}
		return err
	}
	if !again {
		end := map[string]func(uint64) ([]byte, error){"cast": d.Cast, "spoil": d.Spoil, "challenge": d.Challenge}[words[1]]
		if end == nil {
			return fmt.Errorf("%q is nothing that is done", act)
		}
		var err error
		if d.entry, err = end(d.number); err != nil {
			return err
		}
	}
	return d.client.End(ctx, d.session, d.entry)
}

func (d *device) seal(w *world) error {
	style, err := w.Definition.StyleOf(here)
	if err != nil {
		return err
	}
	b, err := ballot.New(style, []ballot.Selections{{Contest: style.Contests[0].ID, Codes: []int{1, 2}}})
	if err != nil {
		return err
	}
	sealed, err := d.Seal(b)
	if err != nil {
		return err
	}
	d.entry, d.number = sealed.Entry, sealed.Number
	return nil
}

// settle carries out what officers have decided of a ballot.
func (t *terminals) settle(ctx context.Context, d *device, number uint64, again bool) error {
	s, err := d.client.State(ctx)
	if err != nil {
		return err
	}
	for _, w := range s.Device.Waiting {
		for _, o := range s.Orders {
			if w.Number == number && o.Number == number {
				entry, err := encrypt.Settle(t.Definition.ID(), here, s.Device.ID, number, [32]byte(w.Code), o.End == terminal.Cast, t.Keys.Signer("device/"+s.Device.ID))
				if err != nil {
					return err
				}
				return d.client.End(ctx, "", entry)
			}
		}
	}
	if again {
		return nil // done before
	}
	return fmt.Errorf("settle: the branch orders nothing of ballot %d", number)
}

// do does an act, at a counter or a terminal.
func do(ctx context.Context, c counter, t *terminals, act string, again bool) error {
	if strings.HasPrefix(act, "d") && !strings.HasPrefix(act, "desk") {
		return t.do(ctx, act, again)
	}
	return c.do(ctx, act, again)
}
