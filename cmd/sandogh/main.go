// Command sandogh runs and verifies elections: one binary, a table of commands,
// one file each.
//
// Data goes to stdout, words for people to stderr; with --json the only thing
// on stdout is one JSON value. The exit status is 0 for done, verified or
// accepted, 1 for refuted or refused, 2 for bad usage, unreadable input, or
// when it could not be told.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/sandogh/sandogh/internal/simulate"
)

// cli is the table of commands.
type cli struct {
	Demo       demoCmd       `cmd:"" help:"Run a whole simulated election, verify it, and serve its result."`
	Verify     verifyCmd     `cmd:"" help:"Verify a published record from nothing but the record."`
	Definition definitionCmd `cmd:"" help:"Work with election definitions."`
	Count      countCmd      `cmd:"" help:"Count seats and contests from totals."`
	Calendar   calendarCmd   `cmd:"" help:"Count the stages of an election from polling day."`
	Law        lawCmd        `cmd:"" help:"Look into the register of the law."`
	Shuffle    shuffleCmd    `cmd:"" help:"Work with proofs of shuffle."`
	Trustee    trusteeCmd    `cmd:"" help:"Work as a trustee, on a machine of its own."`
	Mixer      mixerCmd      `cmd:"" help:"Work as a mixer, on a machine of its own."`
	Office     officeCmd     `cmd:"" help:"Work as an office: grant, certify, answer questions."`
	HQ         hqCmd         `cmd:"" name:"hq" help:"Work as headquarters."`
	Branch     branchCmd     `cmd:"" help:"Work as a simulated branch."`
	Terminal   terminalCmd   `cmd:"" help:"Work as a voting device."`
	Record     recordCmd     `cmd:"" help:"Serve a published record over HTTP."`
	Site       siteCmd       `cmd:"" help:"Build and serve the public site of an election."`
	Mirror     mirrorCmd     `cmd:"" help:"Copy a published record over HTTP, going on where it stopped."`
	Witness    witnessCmd    `cmd:"" help:"Cosign the checkpoints of logs, and prove what a log did wrong."`
	Schema     schemaCmd     `cmd:"" help:"Print a JSON Schema."`
	Version    versionCmd    `cmd:"" help:"Say what this binary was built from."`
}

// status is an error with the exit status that it asks for.
type status struct {
	code int
	err  error
}

func (s *status) Error() string { return s.err.Error() }
func (s *status) Unwrap() error { return s.err }

// refused wraps what was looked at and found wrong (1).
func refused(err error) error { return &status{1, err} }

// streams are where a command reads and writes.
type streams struct {
	out, err io.Writer
	terminal bool // err is one
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	type exit int
	defer func() {
		if e := recover(); e != nil {
			c, ok := e.(exit)
			if !ok {
				panic(e)
			}
			code = int(c)
		}
	}()
	var c cli
	parser, err := kong.New(&c, kong.Name("sandogh"),
		kong.Description("Sandogh (صندوق, the ballot box): elections that nobody has to trust.\n\nExample: sandogh demo\nExample: sandogh verify RECORD"),
		kong.Vars{"seed": fmt.Sprint(simulate.DefaultSeed)},
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&streams{stdout, stderr, isTerminal(stderr)}))
	if err != nil {
		panic(err) // the table above is wrong
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "sandogh: %v\nTry: sandogh --help\n", err)
		return 2
	}
	if err := k.Run(); err != nil {
		var s *status
		if errors.As(err, &s) {
			if s.err != nil {
				fmt.Fprintf(stderr, "sandogh: %v\n", s.err)
			}
			return s.code
		}
		fmt.Fprintf(stderr, "sandogh: %v\n", err)
		return 2
	}
	return 0
}
