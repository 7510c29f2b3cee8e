package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/store"
)

type hqBackupCmd struct {
	consoleDB
	Out  string `required:"" help:"File to write; a new one." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print the state hash as JSON."`
}

func (hqBackupCmd) Help() string {
	return `Writes all data of the offices' console to one file, as it is at one instant; the
console may run meanwhile. The file is the same from SQLite and from PostgreSQL,
and ends with a hash of everything in it, the state hash. It holds personal data
and the hashes of passwords: keep it locked away. The key console.key beside the
database is not in it: keep that apart.

Example: sandogh hq backup --dir HQ-CONSOLE --out console-1405-02-01.backup`
}

// stateJSON is what backup and restore print for programs.
type stateJSON struct {
	State string `json:"state"`
}

func (c *hqBackupCmd) Run(ctx context.Context, s *streams) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	part := c.Out + ".part"
	if _, err := os.Stat(c.Out); err == nil {
		return refused(fmt.Errorf("back up: %s is there already: name a new file", c.Out))
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer os.Remove(part)
	state, err := db.Backup(ctx, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := durable.CopyFile(c.Out, part, 0o600); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return c.told(s, state, c.JSON, "Backed up")
}

func (consoleDB) told(s *streams, state string, asJSON bool, what string) error {
	if asJSON {
		return printJSON(s.out, stateJSON{state})
	}
	fmt.Fprintf(s.err, "%s. State hash:\n", what)
	_, err := fmt.Fprintln(s.out, state)
	return err
}

type hqRestoreCmd struct {
	consoleDB
	From string `required:"" help:"Backup to read." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print the state hash as JSON."`
}

func (hqRestoreCmd) Help() string {
	return `Fills an empty console from a backup, all or nothing, and proves it: the state hash
of what is then in the database must be that of the backup. Put the file
console.key back too, or authenticators will have to be enrolled anew. Exit
status: 0 done, 1 the backup is not whole or the console not empty, 2 bad usage
or unreadable.

Example: sandogh hq restore --dir NEW-CONSOLE --from console-1405-02-01.backup`
}

func (c *hqRestoreCmd) Run(ctx context.Context, s *streams) error {
	f, err := os.Open(c.From)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer f.Close()
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	want, err := db.Restore(ctx, f)
	if errors.Is(err, store.ErrBackup) || errors.Is(err, store.ErrExists) {
		return refused(err)
	}
	if err != nil {
		return err
	}
	got, err := db.StateHash(ctx)
	if err != nil {
		return err
	}
	if got != want {
		return refused(fmt.Errorf("restore: the state hash is %s and not %s, that of the backup", got, want))
	}
	return c.told(s, got, c.JSON, "Restored")
}
