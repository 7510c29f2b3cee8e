package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
)

type officeExtendCmd struct {
	second
	Until   string   `required:"" help:"Until when branches stay open: local time on polling day, such as 22:00; at most 24:00." placeholder:"HH:MM"`
	Branch  []string `help:"A branch that the order is for; repeat for more. Without it: all." placeholder:"B" sep:"none"`
	Article string   `required:"" help:"The article on which the order rests." placeholder:"TEXT"`
	Text    string   `required:"" help:"The order in words, for everybody to read." placeholder:"TEXT"`
}

func (officeExtendCmd) Help() string {
	return `Verifies the whole record and signs an order to extend voting: first, or with
--with as the second, if the first has signed the same. On headquarters' log it
is what a branch names when it stays open longer.

Example:
  sandogh office extend RECORD --dir sup --until 22:00 --article 'ماده ۱۹' --text 'ازدحام رأی‌دهندگان' --out sup
  sandogh office extend RECORD --dir hq --until 22:00 --article 'ماده ۱۹' --text 'ازدحام رأی‌دهندگان' --with sup/extension-order-22-00.entry` + officeExample
}

func (c *officeExtendCmd) Run(ctx context.Context, s *streams) error {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	order := &record.ExtensionOrder{Branches: slices.Compact(slices.Sorted(slices.Values(c.Branch))), Until: c.Until, Article: c.Article, Text: c.Text}
	if err := branchlog.CheckOrder(order); err != nil {
		return fmt.Errorf("order to extend voting: %w", err)
	}
	for _, b := range order.Branches {
		if _, ok := o.def.Branch(b); !ok {
			return fmt.Errorf("--branch %q: the definition has no such branch", b)
		}
	}
	return c.sign(s, x, o, "extension-order-"+strings.Replace(c.Until, ":", "-", 1), order)
}
