package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/sandogh/sandogh/internal/drafting"
)

type definitionBodiesCmd struct {
	Cards         []string `arg:"" help:"The bodies' cards (*.card.json); trustees and mixers stand in this order." placeholder:"CARD"`
	Quorum        int      `required:"" help:"How many trustees suffice to open." placeholder:"T"`
	WitnessQuorum int      `required:"" help:"How many witnesses must cosign." placeholder:"N"`
	MaxBallots    int      `required:"" help:"Most ballots of one device." placeholder:"N"`
	Reserve       []string `help:"Id of a mixer in reserve; repeat for more." placeholder:"ID"`
}

func (definitionBodiesCmd) Help() string {
	return `Puts the cards that the bodies have made on their own machines together into the
file of the bodies, for sandogh definition build --bodies. Exit status: 0 done,
1 faulty, 2 unreadable.

Example: sandogh definition bodies --quorum 3 --witness-quorum 2 --max-ballots 1500 --reserve m3 \
           hq/*.card.json sup/*.card.json t?/*.card.json m?/*.card.json w?/*.card.json > bodies.json`
}

func (c *definitionBodiesCmd) Run(s *streams) error {
	var cards []drafting.File
	for _, name := range c.Cards {
		data, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("assemble bodies: %w", err)
		}
		cards = append(cards, drafting.File{Name: name, Data: data})
	}
	out, err := drafting.Assemble(cards, drafting.Setting{Quorum: c.Quorum, WitnessQuorum: c.WitnessQuorum,
		MaxBallotsPerDevice: c.MaxBallots, Reserves: c.Reserve})
	var faults *drafting.Faults
	if errors.As(err, &faults) {
		return refused(err)
	}
	if err != nil {
		return err
	}
	_, err = s.out.Write(out)
	return err
}
