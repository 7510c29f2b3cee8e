package rehearsal

import (
	"fmt"
	"strconv"

	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/simulate"
	"github.com/sandogh/sandogh/internal/terminal"
)

// card is a ballot that a voter is going to seal, and how it is to end.
type card struct {
	choice simulate.Voter
	end    terminal.Outcome
}

// visit is a voter in the branch: the device, the sessions there and with the
// branch, the cards to come. A test comes first, and a card that is spoiled is
// followed by the same choices again.
type visit struct {
	device  *encrypt.Device
	id      string // of the device
	session string
	voter   *terminal.Session
	cards   []card
}

// acts does acts of the voter, a verb and an argument each.
func (x *visit) acts(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if err := x.voter.Do(terminal.Act{Verb: pairs[i], Arg: pairs[i+1]}); err != nil {
			return err
		}
	}
	return nil
}

// choose takes the voter to the review of the next card's choices, as a hand on
// the screen would.
func (x *visit) choose() error {
	switch x.voter.Step() {
	case terminal.Language:
		if err := x.acts("lang", "fa", "start", ""); err != nil {
			return err
		}
	case terminal.Tested:
		if err := x.acts("anew", ""); err != nil {
			return err
		}
	case terminal.Review: // another card: the choices are still there
		return nil
	}
	for _, c := range x.cards[0].choice {
		for _, code := range c.Codes {
			if err := x.acts("toggle", strconv.Itoa(code)); err != nil {
				return err
			}
		}
		if len(c.Codes) == 0 {
			if err := x.acts("blank", ""); err != nil {
				return err
			}
		}
		if err := x.acts("next", ""); err != nil {
			return err
		}
	}
	return nil
}

// seal chooses, and seals what the review showed.
func (x *visit) seal() (number uint64, entry []byte, err error) {
	if err := x.choose(); err != nil {
		return 0, nil, err
	}
	if err := x.acts("seal", ""); err != nil {
		return 0, nil, err
	}
	b, err := x.voter.Ballot()
	if err != nil {
		return 0, nil, err
	}
	sealed, err := x.device.Seal(b)
	if err != nil {
		return 0, nil, err
	}
	return sealed.Number, sealed.Entry, nil
}

// end looks at the card, which is not printed, and returns the entry that ends
// the sealed ballot, which is in the log.
func (x *visit) end(number uint64) ([]byte, error) {
	if err := x.voter.Sealed(); err != nil {
		return nil, err
	}
	if err := x.voter.Printed(); err != nil {
		return nil, err
	}
	switch x.cards[0].end {
	case terminal.Cast:
		if err := x.acts("right", "", "cast", ""); err != nil {
			return nil, err
		}
		return x.device.Cast(number)
	case terminal.Spoiled:
		if err := x.acts("wrong", "", "another", ""); err != nil {
			return nil, err
		}
		return x.device.Spoil(number)
	case terminal.Challenged:
		if err := x.acts("wrong", "", "test", "", "challenge", ""); err != nil {
			return nil, err
		}
		return x.device.Challenge(number)
	}
	return nil, fmt.Errorf("a sealed ballot cannot end as %q", x.cards[0].end)
}

// ended goes on once the ending is in the log.
func (x *visit) ended() error {
	if err := x.voter.Recorded(); err != nil {
		return err
	}
	if x.cards[0].end != terminal.Spoiled {
		if err := x.voter.SlipPrinted(); err != nil {
			return err
		}
	}
	x.cards = x.cards[1:]
	return nil
}
