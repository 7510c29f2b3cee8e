package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sandogh/sandogh/internal/activation"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/printing"
)

type branchCardsCmd struct {
	branchStep
	Out   string `required:"" help:"Folder for the sheets, as PDF. Files in it are replaced." placeholder:"FOLDER"`
	Count int    `help:"How many cards; else a fifth more than the branch has voters, and fifty." placeholder:"N"`
	Lang  string `help:"Language of the cards: fa or en." enum:"fa,en" default:"fa" placeholder:"LANG"`
	JSON  bool   `name:"json" help:"Write one JSON value."`
}

func (branchCardsCmd) Help() string {
	return fmt.Sprintf(`Makes the stack of activation cards of a branch: each opens one session on a
terminal, once. The order is drawn anew at each run, and no card tells it. Print
all files, cut the cards, mix them again and put them face down at the exit of
the desk: whoever was checked in takes one, so that nobody can tell whose session
it is. Delete the files afterwards: they are as good as the cards.
%d cards stand in each file.

Example:
  sandogh branch cards RECORD --dir b1 --election HEX --out cards
Exit status: 0 done, 1 refused, 2 bad usage or unreadable.`, activation.Pack)
}

// cardsAnswer is what a program reads.
type cardsAnswer struct {
	Branch string   `json:"branch"`
	Cards  int      `json:"cards"`
	Files  []string `json:"files"`
}

func (c *branchCardsCmd) Run(ctx context.Context, s *streams) error {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	at, _ := o.def.Branch(x.ID)
	all := activation.Count(at.Electorate)
	if c.Count == 0 {
		c.Count = all
	}
	if c.Count < 0 || c.Count > all {
		return fmt.Errorf("--count %d: branch %s of %d voters has 1 to %d cards", c.Count, x.ID, at.Electorate, all)
	}
	set, err := activation.New(x.Key(body.Log), o.id, x.ID, all)
	if err != nil {
		return err
	}
	stack, err := set.Stack(c.Count)
	if err != nil {
		return err
	}
	sheet := activation.Sheet{Election: o.def.Name, Branch: at.Name, Simulated: o.def.Practice}
	if c.Lang == "en" {
		sheet.Lang = printing.English
	}
	if err := disk.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("write activation cards: %w", err)
	}
	answer := cardsAnswer{Branch: x.ID, Cards: c.Count}
	b := newBar(s)
	for from := 0; from < len(stack); from += activation.Pack {
		b.set("activation cards", from, len(stack))
		name, err := c.write(stack[from:min(len(stack), from+activation.Pack)], sheet, len(answer.Files)+1)
		if err != nil {
			return errors.Join(fmt.Errorf("write activation cards: %w", err), ctx.Err())
		}
		answer.Files = append(answer.Files, name)
	}
	b.done()
	if c.JSON {
		return json.NewEncoder(s.out).Encode(answer)
	}
	fmt.Fprintf(s.out, "branch %s: %d activation cards in %d files of %s\n", x.ID, answer.Cards, len(answer.Files), c.Out)
	return nil
}

// write lays out one file of cards.
func (c *branchCardsCmd) write(cards []activation.Card, sheet activation.Sheet, n int) (string, error) {
	doc, err := activation.Document(cards, sheet)
	if err != nil {
		return "", err
	}
	pages, err := printing.Lay(doc)
	if err != nil {
		return "", err
	}
	name := filepath.Join(c.Out, fmt.Sprintf("cards-%02d.pdf", n))
	return name, disk.WriteFile(name, pages.PDF(), 0o600)
}
