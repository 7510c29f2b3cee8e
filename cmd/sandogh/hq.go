package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/durable"
	"github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/source"
)

type hqCmd struct {
	Init    hqInitCmd    `cmd:"" help:"Begin headquarters' log with the definition."`
	Submit  hqSubmitCmd  `cmd:"" help:"Check entry files of other bodies and put them on the record."`
	Key     hqKeyCmd     `cmd:"" help:"Publish the election key, when every trustee has confirmed it."`
	TakeIn  hqTakeInCmd  `cmd:"" help:"Take in the published logs of branches."`
	Receive hqReceiveCmd `cmd:"" help:"Let branches send their published logs over the network."`
	Units   hqUnitsCmd   `cmd:"" help:"Fix the tally units, when every branch has closed."`
	Tally   hqTallyCmd   `cmd:"" help:"Publish the tally of every unit that is opened."`
	Canvass hqCanvassCmd `cmd:"" help:"Canvass the contests whose units are all counted."`
	Status  hqStatusCmd  `cmd:"" help:"Say what is done, and what is due next and by whom."`
	Publish hqPublishCmd `cmd:"" help:"Publish what is written, with the witnesses' cosignatures."`
	Serve   hqServeCmd   `cmd:"" help:"Serve the offices' console."`

	Certificate hqCertificateCmd `cmd:"" help:"Certificates of training."`
	Sample      hqSampleCmd      `cmd:"" help:"Fill an empty console with a sample country."`
	Import      hqImportCmd      `cmd:"" help:"Add people who are to be trained, from a file of any size."`
	Backup      hqBackupCmd      `cmd:"" help:"Write all data of the offices' console to a file."`
	Restore     hqRestoreCmd     `cmd:"" help:"Fill an empty console from a backup."`
}

const hqExample = `

The whole way of headquarters (HQ holds identity.age, the public record in
HQ/record, and its own state in HQ/private):
  sandogh office init --dir HQ --id hq --role headquarters --name-en Headquarters
  sandogh definition bodies … > bodies.json; sandogh definition build …
  sandogh hq init --dir HQ --definition definition.json --witness w1=https://w1.example --witness w2=drop/w2
  sandogh hq submit --dir HQ t1-commit.entry t2-commit.entry …
  sandogh hq key --dir HQ
  sandogh hq take-in --dir HQ b800/published
  sandogh hq units --dir HQ; … sandogh hq tally --dir HQ; sandogh hq canvass --dir HQ
  sandogh hq status --dir HQ    tells what is next
Exit status: 0 done (or done before), 1 refused or not published, 2 bad usage or
unreadable.`

// hqStep are the flags of headquarters' commands.
type hqStep struct {
	own
}

// hqSettings is HQ/private/settings.json.
type hqSettings struct {
	Witnesses map[string]string `json:"witnesses"` // name → URL of the witness, or folder
}

// hqAt is headquarters at work.
type hqAt struct {
	*hq.HQ
	def    *election.Definition
	dir    string
	office record.Signer
}

func (d *hqStep) private(name string) string { return filepath.Join(d.Dir, "private", name) }

// definition reads the definition that hq init kept.
func (d *hqStep) definition() (*election.Definition, error) {
	data, err := os.ReadFile(d.private("definition.json"))
	if err != nil {
		return nil, fmt.Errorf("open headquarters: %w: begin with sandogh hq init", err)
	}
	def, err := election.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("open headquarters: %s: %w", d.private("definition.json"), err)
	}
	return def, nil
}

// open opens headquarters as hq init made it.
func (d *hqStep) open(ctx context.Context, s *streams) (*hqAt, error) {
	def, err := d.definition()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(d.private("settings.json"))
	if err != nil {
		return nil, fmt.Errorf("open headquarters: %w: begin with sandogh hq init", err)
	}
	var set hqSettings
	if faults := strictjson.Unmarshal(data, "settings", &set); len(faults) > 0 {
		return nil, fmt.Errorf("open headquarters: %s: %s", d.private("settings.json"), faults[0])
	}
	return d.begin(ctx, s, def, set.Witnesses)
}

func (d *hqStep) begin(ctx context.Context, s *streams, def *election.Definition, where map[string]string) (*hqAt, error) {
	witnesses, err := cosigners(def, where)
	if err != nil {
		return nil, err
	}
	x, err := d.own.open(body.Office)
	if err != nil {
		return nil, err
	}
	at, ok := def.Office(x.ID)
	if !ok || at.Role != election.Headquarters || at.Key != x.Public(body.Signing) {
		return nil, refused(fmt.Errorf("office %s with the key in %s is not the one that the definition names as headquarters", x.ID, d.Dir))
	}
	if x.Key(body.Log) == nil || def.HQLogKey != x.Public(body.Log) {
		return nil, refused(fmt.Errorf("the definition's hq_log_key is not the one in %s: use the card hq-log.card.json of this folder", d.Dir))
	}
	b := newBar(s)
	h, err := hq.Open(ctx, hq.Config{Private: filepath.Join(d.Dir, "private"), Record: filepath.Join(d.Dir, "record"), Definition: def,
		LogKey: x.Key(body.Log), Office: x.Signer(), Witnesses: witnesses,
		Verify: verify.Options{Progress: b.set, Facts: &source.Facts{}}}) // one body's own, for one command
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.err, "Election %x.\n", def.ID())
	return &hqAt{HQ: h, def: def, dir: d.Dir, office: x.Signer()}, nil
}

// cosigners returns the witnesses behind their addresses and folders.
func cosigners(def *election.Definition, where map[string]string) ([]sequencer.Cosigner, error) {
	var out []sequencer.Cosigner
	for _, name := range slices.Sorted(maps.Keys(where)) {
		w, ok := def.Witness(name)
		if !ok {
			return nil, fmt.Errorf("witness %q: the definition has no witness of this name", name)
		}
		at := board.Witness{Name: name, Key: w.Key.Ed25519()}
		if to := where[name]; isAddress(to) {
			c, err := witness.NewClient(at, to, nil)
			if err != nil {
				return nil, fmt.Errorf("witness %s: %w", name, err)
			}
			out = append(out, c)
		} else {
			if err := durable.MkdirAll(to, 0o755); err != nil {
				return nil, fmt.Errorf("witness %s: %w", name, err)
			}
			out = append(out, witness.NewDrop(at, to))
		}
	}
	if len(out) < def.WitnessQuorum {
		return nil, fmt.Errorf("%d witnesses are known, and %d must cosign: name each with --witness NAME=URL or NAME=FOLDER", len(out), def.WitnessQuorum)
	}
	return out, nil
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// publish publishes what is written. What waits for witnesses is no failure of
// the act that was written before.
func (h *hqAt) publish(ctx context.Context, s *streams) error {
	missing, err := h.HQ.Publish(ctx)
	var few *body.QuorumError
	if errors.As(err, &few) {
		fmt.Fprintf(s.err, "WRITTEN, NOT PUBLISHED YET: %d of %d witnesses have cosigned.\n", few.Have, few.Quorum)
		missing = few.Missing
	}
	tellMissing(s, missing)
	if few != nil {
		fmt.Fprintf(s.err, "Then run: sandogh hq publish --dir %s\n", h.dir)
		return few
	}
	if err == nil {
		fmt.Fprintf(s.err, "Published in %s.\n", filepath.Join(h.dir, "record"))
	}
	return err
}

// tellMissing says what to do for the witnesses that have not cosigned.
func tellMissing(s *streams, missing []error) {
	for _, m := range missing {
		var pending *witness.PendingError
		if errors.As(m, &pending) {
			m = pending
		}
		fmt.Fprintf(s.err, "  %v\n", m)
	}
}

// act runs an act of headquarters on the verified record and publishes what it
// wrote.
func (d *hqStep) act(ctx context.Context, s *streams, do func(*hqAt, *verify.View) error) error {
	return d.write(ctx, s, func(h *hqAt) error {
		_, view, err := h.View(ctx)
		if err != nil {
			return refused(err)
		}
		return do(h, view)
	})
}

// write opens headquarters, lets do write, and publishes what it wrote.
// Everything that was written before must have been published.
func (d *hqStep) write(ctx context.Context, s *streams, do func(*hqAt) error) (err error) {
	h, err := d.open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	if n, err := h.Pending(ctx); err != nil {
		return err
	} else if n > 0 {
		return refused(fmt.Errorf("%d entries are written and not published: run sandogh hq publish --dir %s first", n, d.Dir))
	}
	if err := do(h); err != nil {
		return err
	}
	if n, err := h.Pending(ctx); err != nil || n == 0 {
		return err
	}
	var few *body.QuorumError
	if err := h.publish(ctx, s); err != nil && !errors.As(err, &few) {
		return err
	}
	return nil
}

type hqInitCmd struct {
	hqStep
	Definition string            `required:"" help:"The definition (JSON), the ceremony's one reviewed file." placeholder:"FILE"`
	Witness    map[string]string `help:"Where a witness is reached: its address, or a folder that somebody carries to it. Repeat for each." placeholder:"NAME=URL|FOLDER" mapsep:"none"`
}

func (hqInitCmd) Help() string {
	return `Begins headquarters' log in a folder that sandogh office init --role headquarters
has made: writes the definition as the first entry and publishes it. Run again
with the same definition it goes on; another definition is refused.` + hqExample
}

func (c *hqInitCmd) Run(ctx context.Context, s *streams) (err error) {
	data, err := os.ReadFile(c.Definition)
	if err != nil {
		return fmt.Errorf("begin headquarters: %w", err)
	}
	def, err := election.Parse(data)
	if err != nil {
		return refused(fmt.Errorf("begin headquarters: %s: %w", c.Definition, err))
	}
	if have, err := os.ReadFile(c.private("definition.json")); err == nil {
		if old, err := election.Parse(have); err != nil || old.ID() != def.ID() {
			return refused(fmt.Errorf("begin headquarters: %s holds another election: use a folder of its own for each", c.Dir))
		}
	}
	h, err := c.begin(ctx, s, def, c.Witness)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	if err := c.settings(c.Witness); err != nil {
		return err
	}
	if err := durable.WriteFile(c.private("definition.json"), data, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%x\n", def.ID())
	var few *body.QuorumError
	if err := h.publish(ctx, s); err != nil && !errors.As(err, &few) {
		return err
	}
	return nil
}

// settings keeps where the witnesses are.
func (d *hqStep) settings(witnesses map[string]string) error {
	if witnesses == nil {
		witnesses = map[string]string{}
	}
	b, err := json.MarshalIndent(hqSettings{witnesses}, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(d.private("settings.json"), append(b, '\n'), 0o600)
}

type hqPublishCmd struct {
	hqStep
	Witness map[string]string `help:"Where the witnesses are reached from now on, all of them; see hq init." placeholder:"NAME=URL|FOLDER" mapsep:"none"`
}

func (hqPublishCmd) Help() string {
	return `Has the log as it is cosigned and writes its published form, if as many witnesses
have cosigned as the definition wants. For a witness behind a folder it says
which file to carry to it, and where to put the answer; then run it again. It is
also how an act goes on that was interrupted between writing and publishing.` + hqExample
}

func (c *hqPublishCmd) Run(ctx context.Context, s *streams) (err error) {
	if len(c.Witness) > 0 {
		def, err := c.definition()
		if err != nil {
			return err
		}
		if _, err := cosigners(def, c.Witness); err != nil {
			return err
		}
		if err := c.settings(c.Witness); err != nil {
			return err
		}
	}
	h, err := c.open(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close(ctx)) }()
	if err := h.publish(ctx, s); err != nil {
		var few *body.QuorumError
		if errors.As(err, &few) {
			return &status{code: 1, err: errors.New("not published yet")}
		}
		return err
	}
	return nil
}
