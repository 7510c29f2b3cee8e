package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/witness"
)

type witnessCmd struct {
	Init     witnessInitCmd     `cmd:"" help:"Make a witness's key and its card."`
	Serve    witnessServeCmd    `cmd:"" help:"Cosign checkpoints over HTTP."`
	Cosign   witnessCosignCmd   `cmd:"" help:"Cosign checkpoints whose requests came as files."`
	Status   witnessStatusCmd   `cmd:"" help:"Say what was cosigned last of each log, and what was kept as evidence."`
	Evidence witnessEvidenceCmd `cmd:"" help:"Verify a file of evidence and say what it proves."`
}

type witnessInitCmd struct {
	Name string `required:"" help:"The witness's name: the name of its key." placeholder:"witness.example.org/w1"`
	making
}

func (witnessInitCmd) Help() string {
	return `Draws the key, writes it encrypted into identity.age in the witness's folder, and
its card beside it: the object {name, key} that stands among the definition's
witnesses. A folder that has a key is never overwritten.

Example:

    sandogh witness init --name witness.example.org/w1 --dir w1`
}

func (c *witnessInitCmd) Run(s *streams) error {
	if !election.ValidKeyName(c.Name) {
		return fmt.Errorf("make witness: %q is not the name of a key: write 1 to 100 of a-z A-Z 0-9 . / _ -", c.Name)
	}
	x, err := body.New(body.Witness, c.Name, body.Signing)
	if err != nil {
		return err
	}
	return c.create(x, s)
}

// witnessing are the flags of a witness at work.
type witnessing struct {
	own
	Definition []string `required:"" sep:"none" help:"Definition of an election whose logs are cosigned; may be repeated." placeholder:"FILE"`
}

// open opens the witness and returns it with the election's logs. A definition
// that does not name it is refused: nobody would count what it signs.
func (c *witnessing) open() (*witness.Witness, error) {
	defs, err := readDefinitions(c.Definition)
	if err != nil {
		return nil, err
	}
	x, err := c.own.open(body.Witness)
	if err != nil {
		return nil, err
	}
	for i, d := range defs {
		if w, ok := d.Witness(x.ID); !ok || w.Key != x.Public(body.Signing) {
			return nil, fmt.Errorf("open witness: %s does not name the witness %s with its key, so what it cosigns would not count: hand in its card for the definition", c.Definition[i], x.ID)
		}
	}
	logs := logsOf(defs)
	return witness.New(c.Dir, x.ID, x.Key(body.Signing), func(origin string) (ed25519.PublicKey, bool) {
		key, ok := logs[origin]
		return key, ok
	}, time.Now)
}

// readDefinitions reads definitions, each valid.
func readDefinitions(files []string) ([]*election.Definition, error) {
	var defs []*election.Definition
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read definition: %w", err)
		}
		d, err := election.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("read definition %s: %w", file, err)
		}
		defs = append(defs, d)
	}
	return defs, nil
}

// logsOf returns the keys of the definitions' logs by their origins.
func logsOf(defs []*election.Definition) map[string]ed25519.PublicKey {
	logs := map[string]ed25519.PublicKey{}
	for _, d := range defs {
		id := d.ID()
		logs[election.HQOrigin(id)] = d.HQLogKey.Ed25519()
		for i := range d.Branches {
			logs[election.BranchOrigin(id, d.Branches[i].ID)] = d.Branches[i].LogKey.Ed25519()
		}
	}
	return logs
}

type witnessServeCmd struct {
	witnessing
	Listen string `default:"127.0.0.1:8406" help:"Address to listen on." placeholder:"HOST:PORT"`
}

func (witnessServeCmd) Help() string {
	return `Serves POST /add-checkpoint of C2SP tlog-witness for the logs of the definitions:
headquarters' and every branch's. A checkpoint is cosigned only if it extends the
one cosigned last; others are refused, and kept in DIR/evidence if the log has
signed them. Whatever was cosigned is on the disk before it is answered. Put a
server with TLS before it if it is reached over the Internet. Runs until it is
interrupted.

Example:

    sandogh witness serve --dir w1 --definition definition.json --listen :8406`
}

func (c *witnessServeCmd) Run(ctx context.Context, s *streams) (err error) {
	w, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve witness: %w: name another address with --listen", err)
	}
	fmt.Fprintf(s.err, "Cosigning at http://%s/add-checkpoint. Stop with Ctrl-C.\n", l.Addr())
	var mu sync.Mutex
	return witness.Serve(ctx, l, witness.Handler(w, func(origin string, err error) {
		mu.Lock()
		defer mu.Unlock()
		var conflict *witness.ConflictError
		switch {
		case err == nil:
			fmt.Fprintf(s.err, "cosigned %s\n", origin)
		case errors.Is(err, witness.ErrUnknownLog):
			fmt.Fprintf(s.err, "refused: a log that no definition names: %.120q\n", origin)
		case errors.As(err, &conflict):
			fmt.Fprintf(s.err, "asked to begin elsewhere: %v\n", err)
		default:
			fmt.Fprintf(s.err, "refused: %v\n", err)
		}
	}))
}

type witnessCosignCmd struct {
	witnessing
	Request []string `arg:"" help:"Files with requests." placeholder:"REQUEST"`
}

func (witnessCosignCmd) Help() string {
	return `For a witness without a network. Reads requests as C2SP tlog-witness has them and
writes the answer to each beside it, with the ending .response; carry that back.
Exit status: 0 all cosigned, 1 one was refused or must begin at another size (the
answer says so), 2 unreadable.

Example:

    sandogh witness cosign --dir w1 --definition definition.json /media/stick/witness.example.org%2Fw1.request`
}

func (c *witnessCosignCmd) Run(ctx context.Context, s *streams) (err error) {
	w, err := c.witnessing.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	var not []error
	for _, file := range c.Request {
		response, err := w.AnswerFile(ctx, file)
		if response == "" {
			return err
		}
		fmt.Fprintln(s.out, response)
		if err != nil {
			not = append(not, fmt.Errorf("%s: %w", file, err))
		}
	}
	if len(not) > 0 {
		return refused(errors.Join(not...))
	}
	return nil
}

type witnessStatusCmd struct {
	Dir        string   `help:"The witness's private folder." default:"." placeholder:"DIR"`
	Definition []string `required:"" sep:"none" help:"Definition of an election whose logs are cosigned; may be repeated." placeholder:"FILE"`
	JSON       bool     `name:"json" help:"Print the status as JSON."`
}

func (witnessStatusCmd) Help() string {
	return `Reads the witness's folder, also while it serves; needs no passphrase. Exit
status: 0 nothing convicts a log, 1 something does, 2 unreadable.

Example:

    sandogh witness status --dir w1 --definition definition.json`
}

func (c *witnessStatusCmd) Run(s *streams) error {
	defs, err := readDefinitions(c.Definition)
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.Dir); err != nil {
		return fmt.Errorf("read status: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("read status: %s is not a folder", c.Dir)
	}
	type row struct {
		Log        string `json:"log"`
		Cosigned   bool   `json:"cosigned"`
		Size       uint64 `json:"size"`
		Root       string `json:"root,omitempty"`
		Convicting int    `json:"convicting"`
		Other      int    `json:"other"`
		More       uint64 `json:"more"`
	}
	rows := []row{}
	convicted := 0
	logs := logsOf(defs)
	for _, origin := range slices.Sorted(maps.Keys(logs)) {
		st, err := witness.ReadStatus(c.Dir, origin, logs[origin])
		if err != nil {
			return err
		}
		r := row{origin, st.Last.Note != nil, st.Last.Size, "", st.Convicting, st.Other, st.More}
		if r.Cosigned {
			r.Root = fmt.Sprintf("%x", st.Last.Root)
		}
		if st.Convicting > 0 {
			convicted++
		}
		rows = append(rows, r)
	}
	if c.JSON {
		err = printJSON(s.out, rows)
	} else {
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "cosigned\tconvicting\tother\tnot kept\tlog")
		for _, r := range rows {
			size := "–"
			if r.Cosigned {
				size = fmt.Sprint(r.Size)
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", size, r.Convicting, r.Other, r.More, r.Log)
		}
		err = w.Flush()
	}
	if err == nil && convicted > 0 {
		err = refused(fmt.Errorf("%d of %d logs are convicted by the evidence in %s/%s: show it with sandogh witness evidence", convicted, len(rows), c.Dir, witness.EvidenceDir))
	}
	return err
}
