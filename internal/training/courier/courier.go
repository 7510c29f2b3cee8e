// Package courier sends what people are told about their training, each message
// once, in the background.
//
// Specification: none of its own; package training says who is told what, package
// mail how it travels.
//
// In go a database, a folder (mail.json of package mail) and the address at which
// people reach the console; out go messages. [Keep] queues the reminders that are
// due and delivers what waits, again and again. A message is claimed in one
// transaction, then sent, then marked as sent in another; so of two senders at the
// same database only one sends it, and one that was cut off in between is never
// sent again by itself: it stays claimed, is shown as one that may have arrived,
// and [Retry] sends it when somebody says so. Into a folder of files it is written
// again, since that doubles nothing.
//
// What it never does: it sends a message twice by itself, waits for a mail server
// within a transaction, and tries one message more than [MaxTries] times.
//
// How it fails: what a server refuses is kept with its reason, and tried again after
// 1, 5, 25 minutes and so on, at most a day; what else goes wrong is logged, and
// tried in the next round.
//
// Sources: none.
package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/mail"
)

// MaxTries is how often one message is tried.
const MaxTries = 7

// Sending is how long a sender may hold a message: longer than any server is waited
// for. One that is claimed for longer was cut off.
const Sending = 5 * time.Minute

// batch is how many messages are claimed, or reminders queued, in one transaction.
const batch = 50

// A Courier sends the messages of a database.
type Courier struct {
	DB     *store.DB
	Dir    string // with mail.json
	Origin string // at which people reach the console, without a slash at its end
	Now    func() time.Time
	Log    *slog.Logger
}

// Keep queues what is due and delivers what waits, until the context ends.
func (c *Courier) Keep(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, _, err := c.Round(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("messages were not sent", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Round queues the reminders that are due, and delivers everything that waits.
func (c *Courier) Round(ctx context.Context) (sent, failed int, err error) {
	for more := true; more; {
		var n int
		err := c.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = training.RemindDue(ctx, tx, c.Now(), batch)
			return err
		})
		if err != nil {
			return 0, 0, err
		}
		more = n == batch
	}
	for {
		s, f, err := c.Deliver(ctx, batch)
		sent, failed = sent+s, failed+f
		if err != nil || s+f == 0 {
			return sent, failed, err
		}
	}
}

// Deliver claims up to max messages that are due, and sends them.
func (c *Courier) Deliver(ctx context.Context, max int) (sent, failed int, err error) {
	sender, err := mail.Open(c.Dir)
	if err != nil {
		return 0, 0, err
	}
	var mine []trainingdb.TrainingMessage
	err = c.DB.Tx(ctx, func(tx *store.Tx) error {
		q, now := trainingdb.New(tx), store.Millis(c.Now())
		if _, files := sender.(mail.Outbox); files {
			if err := q.ReleaseMessages(ctx, store.Millis(c.Now().Add(-Sending))); err != nil {
				return err
			}
		}
		rows, err := q.DueMessages(ctx, trainingdb.DueMessagesParams{Now: now, Tries: MaxTries, Max: int32(max)})
		if err != nil {
			return err
		}
		for _, m := range rows {
			n, err := q.ClaimMessage(ctx, trainingdb.ClaimMessageParams{Claimed: now, ID: m.ID})
			if err != nil {
				return err
			}
			if n == 1 {
				mine = append(mine, m)
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("claim messages: %w", err)
	}
	for i, m := range mine {
		if ctx.Err() != nil { // stopped: the others were not touched
			return sent, failed, c.release(ctx, mine[i:])
		}
		// To its end even if the program is being stopped: then it is known what came of it.
		err := sender.Send(context.WithoutCancel(ctx), mail.Message{ID: m.ID, To: m.Address, Subject: m.Subject,
			Body: m.Body + c.Origin + "/my/training\n", Date: store.Time(m.Queued)})
		if err == nil {
			sent++
		} else {
			failed++
		}
		if err := c.mark(context.WithoutCancel(ctx), m, err); err != nil {
			return sent, failed, err
		}
	}
	return sent, failed, nil
}

// mark writes down what came of a message.
func (c *Courier) mark(ctx context.Context, m trainingdb.TrainingMessage, failure error) error {
	err := c.DB.Tx(ctx, func(tx *store.Tx) error {
		q, now := trainingdb.New(tx), c.Now()
		switch {
		case failure == nil:
			return q.SentMessage(ctx, trainingdb.SentMessageParams{Sent: store.Millis(now), ID: m.ID})
		case errors.Is(failure, mail.ErrUnsure): // it stays claimed
			return q.UnsureMessage(ctx, trainingdb.UnsureMessageParams{Failure: failure.Error(), ID: m.ID})
		}
		return q.FailedMessage(ctx, trainingdb.FailedMessageParams{Due: store.Millis(now.Add(wait(m.Tries))), Failure: failure.Error(), ID: m.ID})
	})
	if err != nil {
		return fmt.Errorf("mark message: %w", err)
	}
	return nil
}

// release gives back what was claimed and not tried.
func (c *Courier) release(ctx context.Context, rest []trainingdb.TrainingMessage) error {
	err := c.DB.Tx(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		for _, m := range rest {
			if err := trainingdb.New(tx).FailedMessage(ctx, trainingdb.FailedMessageParams{Due: m.Due, Failure: m.Failure, ID: m.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("release messages: %w", err)
	}
	return nil
}

// wait is how long after so many tries before one that fails the next is made.
func wait(tries int64) time.Duration {
	d := time.Minute
	for range tries {
		d *= 5
	}
	return min(d, 24*time.Hour)
}

// ErrSending says that a message is being sent right now.
var ErrSending = errors.New("the message is being sent")

// Retry lets a message that failed, or may have arrived, be sent once more.
func Retry(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, id string) error {
	q := trainingdb.New(tx)
	m, err := q.Message(ctx, id)
	if err != nil {
		return fmt.Errorf("send message again: %w", store.Classify(err))
	}
	if m.Sent == 0 && m.Claimed != 0 && m.Failure == "" && now.Sub(store.Time(m.Claimed)) < Sending {
		return fmt.Errorf("send message again: %w", ErrSending)
	}
	if err := store.Changed(q.RetryMessage(ctx, id)); err != nil {
		return fmt.Errorf("send message again: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.message.retry", Object: id, Office: m.Office,
		Before: map[string]any{"failure": m.Failure, "tries": m.Tries, "claimed": m.Claimed}})
}
