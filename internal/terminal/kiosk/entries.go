package kiosk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/encrypt"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/voter"
	"github.com/sandogh/sandogh/record"
)

// forward takes an entry of the voter's process to the branch. What the branch has
// is noted durably before the process hears of it.
func (k *Kiosk) forward(c *child, r voter.Report) {
	k.mu.Lock()
	session := k.session
	k.mu.Unlock()
	o := voter.Order{Do: voter.Answer, ID: r.ID}
	err := k.handIn(context.Background(), session, r.Entry)
	var no *Refusal
	switch {
	case err == nil:
		o.OK = true
	case errors.As(err, &no):
		o.Word = no.Word
	}
	c.tell(o)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.acts++
	k.change()
}

// handIn takes a sealed ballot or an ending to the branch and notes its number.
func (k *Kiosk) handIn(ctx context.Context, session string, data []byte) error {
	e, err := record.Decode(data)
	if err != nil {
		return err
	}
	var number uint64
	switch b := e.Body.(type) {
	case *record.Sealed:
		number = b.Number
		code, err := k.cfg.Client.Seal(ctx, session, data)
		if err != nil {
			return err
		}
		if own := record.Code(data); !slices.Equal(code, own[:]) {
			return errors.New("hand in ballot: the branch has another one")
		}
	case *record.Cast:
		number, err = b.Number, k.cfg.Client.End(ctx, session, data)
	case *record.Spoiled:
		number, err = b.Number, k.cfg.Client.End(ctx, session, data)
	case *record.Challenged:
		number, err = b.Number, k.cfg.Client.End(ctx, session, data)
	default:
		return fmt.Errorf("hand in %s: a device does not write one", e.Body.Kind())
	}
	if err != nil {
		return err
	}
	return k.mark(number + 1)
}

// mark notes that the branch has the ballots before next.
func (k *Kiosk) mark(next uint64) error {
	was, err := k.cfg.Vault.Mark()
	if err != nil || next <= was {
		return err
	}
	return k.cfg.Vault.SetMark(next)
}

// settle signs what officers have decided of a ballot without an ending.
func (k *Kiosk) settle(ctx context.Context, s *State, o Ending) {
	i := slices.IndexFunc(s.Device.Waiting, func(w Waiting) bool { return w.Number == o.Number })
	if i < 0 || len(s.Device.Waiting[i].Code) != 32 || o.End != terminal.Cast && o.End != terminal.Spoiled {
		return
	}
	v := k.cfg.Vault
	entry, err := encrypt.Settle(v.Definition.ID(), v.Branch, v.Device, o.Number, [32]byte(s.Device.Waiting[i].Code), o.End == terminal.Cast, v.Signer())
	if err == nil {
		err = k.handIn(ctx, "", entry)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil {
		k.change()
	}
}
