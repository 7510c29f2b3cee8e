package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"golang.org/x/term"
)

// own is the private folder of a body and how its passphrase is told: on the
// terminal, or in a file. There is no other way, because arguments and the
// environment are seen by others.
type own struct {
	Dir            string `help:"The body's private folder." default:"." placeholder:"DIR"`
	PassphraseFile string `help:"File with the passphrase in its first line; else it is asked for on the terminal." placeholder:"FILE"`
}

// open opens the identity of the folder.
func (o *own) open(kind body.Kind) (*body.Identity, error) {
	p, err := o.passphrase(false)
	if err != nil {
		return nil, err
	}
	x, err := body.Open(o.Dir, kind, p)
	if err != nil {
		return nil, err
	}
	x.Disk = disk
	return x, nil
}

// disk is what bodies write their files on. Tests interrupt it.
var disk durable.Disk

// making are the flags of an init.
type making struct {
	own
	WorkFactor int `help:"Work of guessing the passphrase, as an exponent of 2. Below 18 is for practice alone." default:"18" placeholder:"N"`
}

// create writes a new identity and its cards.
func (m *making) create(x *body.Identity, s *streams) error {
	if m.WorkFactor < body.DefaultWork {
		fmt.Fprintf(s.err, "The work factor %d makes the passphrase %d times easier to guess than it should be: for practice alone.\n", m.WorkFactor, 1<<(body.DefaultWork-max(m.WorkFactor, 0)))
	}
	p, err := m.passphrase(true)
	if err != nil {
		return err
	}
	x.Disk = disk
	paths, err := x.Create(m.Dir, p, m.WorkFactor)
	if err != nil {
		return err
	}
	for _, path := range paths {
		fmt.Fprintln(s.out, path)
	}
	fmt.Fprintf(s.err, "The keys are in %s, encrypted with the passphrase. Keep a copy of that file, and the passphrase apart from it: without either they are gone.\nThe cards printed above are public: hand them in for the definition.\n", m.Dir)
	return nil
}

// passphrase reads the passphrase; a new one is asked for twice.
func (o *own) passphrase(isNew bool) (string, error) {
	if o.PassphraseFile != "" {
		f, err := os.Open(o.PassphraseFile)
		if err != nil {
			return "", fmt.Errorf("read passphrase: %w", err)
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, 4096))
		if err != nil {
			return "", fmt.Errorf("read passphrase: %w", err)
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		if line = bytes.TrimSuffix(line, []byte("\r")); len(line) == 0 {
			return "", fmt.Errorf("read passphrase: the first line of %s is empty", o.PassphraseFile)
		}
		return string(line), nil
	}
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return "", errors.New("ask for the passphrase: there is no terminal: name a file with --passphrase-file")
	}
	ask := func(text string) (string, error) {
		fmt.Fprint(os.Stderr, text)
		p, err := term.ReadPassword(in)
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", fmt.Errorf("ask for the passphrase: %w", err)
		}
		return string(p), nil
	}
	if !isNew {
		return ask("Passphrase: ")
	}
	for {
		one, err := ask("New passphrase (at least 8 characters; several words are better): ")
		if err != nil {
			return "", err
		}
		if len([]rune(one)) < 8 {
			fmt.Fprintln(os.Stderr, "Too short.")
			continue
		}
		two, err := ask("Once more: ")
		if err != nil {
			return "", err
		}
		if one == two {
			return one, nil
		}
		fmt.Fprintln(os.Stderr, "The two differ.")
	}
}
