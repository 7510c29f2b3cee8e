package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/reader"
	"github.com/sandogh/sandogh/internal/terminal/kiosk"
	"github.com/sandogh/sandogh/internal/terminal/vault"
	"github.com/sandogh/sandogh/internal/terminal/voter"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
)

type terminalCmd struct {
	Init    terminalInitCmd    `cmd:"" help:"Make the key of a voting device and its card."`
	Prepare terminalPrepareCmd `cmd:"" help:"Fix the election of a voting device and draw its root."`
	Serve   terminalServeCmd   `cmd:"" help:"Serve voters on this device, for a branch."`
	Voter   terminalVoterCmd   `cmd:"" hidden:"" help:"Hold one voter's session; started by serve."`
}

const terminalExample = `

The whole way of a voting device (RECORD is a folder, a zip file or an address):
  sandogh terminal init --dir t1 --id 101-d1 --branch-card branch-101.card.json
  sandogh office grant RECORD --dir hq --card t1/device-101-d1.card.json --id 101-d1
  sandogh terminal prepare RECORD --dir t1 --election HEX --entropy dice.txt
  sandogh terminal serve --branch https://10.0.0.1:8421 --key t1/key --printer path:/dev/usb/lp0
How the browser is started in kiosk mode is in doc/guides/terminal.md.
Exit status: 0 done, 1 refused, 2 bad usage or unreadable.`

type terminalInitCmd struct {
	Dir        string `required:"" help:"Folder of the device, which must have no key yet." placeholder:"FOLDER"`
	ID         string `required:"" name:"id" help:"Id of the device: letters, digits, hyphens." placeholder:"ID"`
	BranchCard string `required:"" help:"The card of the branch that the device is for." placeholder:"FILE"`
}

func (terminalInitCmd) Help() string {
	return `Draws the device's signing key, writes it to DIR/key, readable by this user alone,
and a card beside it that an office grants: the branch's card with this device
alone. A key that is there is never overwritten.` + terminalExample
}

func (c *terminalInitCmd) Run(s *streams) error {
	data, err := os.ReadFile(c.BranchCard)
	if err != nil {
		return fmt.Errorf("read card: %w", err)
	}
	var card body.BranchCard
	if faults := strictjson.Unmarshal(data, "card", &card); len(faults) > 0 {
		return fmt.Errorf("read card %s: %s: give the card of a branch", c.BranchCard, faults[0])
	}
	v, err := vault.Create(disk, c.Dir, card.Branch, c.ID, nil)
	if err != nil {
		return err
	}
	card.Officers, card.Devices = []body.KeyCard{}, []body.KeyCard{{ID: c.ID, Key: v.Public()}}
	out, err := json.MarshalIndent(card, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(c.Dir, "device-"+c.ID+".card.json")
	if err := disk.WriteFile(path, append(out, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Fprintln(s.out, path)
	return nil
}

type terminalPrepareCmd struct {
	fromRecord
	Dir     string `required:"" help:"Folder of the device." placeholder:"FOLDER"`
	Limit   uint64 `help:"Greatest number of ballots; as many as the definition allows if not given." placeholder:"N"`
	Entropy string `help:"File with entropy from outside, such as dice thrown before witnesses; it is not kept." placeholder:"FILE"`
}

func (terminalPrepareCmd) Help() string {
	return `Verifies the record, checks that the device is granted to its branch, keeps the
definition and the election key in DIR, and draws the root from which all ballots
of the device get their randomness. Done once for each device; the root never
leaves it and is erased when the branch closes.` + terminalExample
}

func (c *terminalPrepareCmd) Run(ctx context.Context, s *streams) error {
	v, err := vault.Open(disk, c.Dir)
	if err != nil {
		return err
	}
	o, err := c.read(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	if o.view.Key() == nil {
		return refused(errors.New("there is no election key on the record yet: wait for the end of the ceremony"))
	}
	key := v.Public()
	if _, ok := body.Find(o.ledger, func(g *record.Grant) bool {
		return g.What == record.GrantDevice && g.ID == v.Device && g.Branch == v.Branch && bytes.Equal(g.Key, key[:])
	}); !ok {
		return refused(fmt.Errorf("device %s is not granted with this key to branch %s on the record: sandogh office grant", v.Device, v.Branch))
	}
	if c.Limit == 0 {
		c.Limit = uint64(o.def.MaxBallotsPerDevice)
	}
	var outside []byte
	if c.Entropy != "" {
		if outside, err = os.ReadFile(c.Entropy); err != nil {
			return fmt.Errorf("read entropy: %w", err)
		}
	}
	if err := v.Prepare(o.def, o.view.Key(), c.Limit, outside); err != nil {
		return refused(err)
	}
	fmt.Fprintf(s.out, "device %s of branch %s is prepared for election %x, for at most %d ballots\n", v.Device, v.Branch, o.id, v.Limit)
	return nil
}

type terminalServeCmd struct {
	Branch      string        `required:"" help:"Address of the branch." placeholder:"URL"`
	Key         string        `required:"" help:"The device's key; the rest of its folder lies beside it." placeholder:"FILE"`
	Listen      string        `default:"127.0.0.1:8430" help:"Address of the device's own page." placeholder:"HOST:PORT"`
	VoterListen string        `default:"127.0.0.1:8431" help:"Address of the voters' pages." placeholder:"HOST:PORT"`
	Printer     string        `default:"path:/dev/usb/lp0" help:"Receipt printer: file:PATH, path:DEVICE, tcp:HOST[:PORT] or simulate." placeholder:"PRINTER"`
	Reader      string        `default:"keyboard" help:"Card reader: keyboard if it types into the page, path:DEVICE, tcp:HOST:PORT or simulate." placeholder:"READER"`
	Cards       string        `help:"File with cards, one a line, that the panel of a simulated reader presents." placeholder:"FILE" hidden:""`
	Paper       int           `default:"80" enum:"80,58" help:"Width of its paper in millimetres, 80 or 58." placeholder:"MM"`
	DPI         int           `name:"dpi" default:"141" help:"Pixels of an inch of the screen: 141 for 1920 by 1080 on 15.6 inches." placeholder:"N"`
	Lang        string        `default:"fa" enum:"fa,en" help:"Language of the first screen: fa or en."`
	CardLang    string        `default:"fa" enum:"fa,en" help:"Language of cards and slips, the same for all voters of the branch: fa or en."`
	Idle        time.Duration `default:"3m" help:"How long a voter may do nothing before the alert: 2 to 5 minutes." placeholder:"TIME"`
}

func (terminalServeCmd) Help() string {
	return `Serves the device's own page, where a voter shows an activation card, and the
voter's pages, each session in a process of its own that ends with it. Sealed
ballots alone go to the branch. --reader takes cards from a device that gives lines of
text; without it a reader types as a keyboard does. "simulate" is for practice
elections: every page and print says SIMULATED, and /dock/ has every fault as a
button.` + terminalExample
}

// validate checks what kong cannot.
func (c *terminalServeCmd) validate() error {
	switch {
	case c.DPI < 40 || c.DPI > 600:
		return fmt.Errorf("--dpi %d: measure the screen and give 40 to 600", c.DPI)
	case c.Idle < 2*time.Minute || c.Idle > 5*time.Minute:
		return fmt.Errorf("--idle %v: give 2 to 5 minutes", c.Idle)
	case c.Cards != "" && c.Reader != "simulate":
		return errors.New("--cards is for --reader simulate")
	case c.Listen == c.VoterListen:
		return errors.New("--listen and --voter-listen are the same address")
	}
	return nil
}

func language(code string) int {
	for _, l := range web.Langs {
		if l.Code() == code {
			return int(l)
		}
	}
	return 0
}

// stack are the cards that the panel of a simulated reader presents.
func (c *terminalServeCmd) stack() ([]string, error) {
	if c.Cards == "" {
		return nil, nil
	}
	data, err := os.ReadFile(c.Cards)
	if err != nil {
		return nil, fmt.Errorf("--cards: %w", err)
	}
	return strings.Fields(string(data)), nil
}

func (c *terminalServeCmd) Run(ctx context.Context, s *streams) error {
	if err := c.validate(); err != nil {
		return err
	}
	cards, err := reader.Parse(c.Reader)
	if err != nil {
		return fmt.Errorf("--reader: %w", err)
	}
	stack, err := c.stack()
	if err != nil {
		return err
	}
	if filepath.Base(c.Key) != vault.KeyFile {
		return fmt.Errorf("--key %s: give the file %s in the folder that terminal init made", c.Key, vault.KeyFile)
	}
	dir, err := filepath.Abs(filepath.Dir(c.Key))
	if err != nil {
		return err
	}
	v, err := vault.Open(disk, dir)
	if err != nil {
		return err
	}
	if v.Definition == nil {
		return refused(vault.ErrNotPrepared)
	}
	at, ok := v.Definition.Branch(v.Branch)
	if !ok {
		return refused(fmt.Errorf("the definition has no branch %s", v.Branch))
	}
	client, err := kiosk.NewClient(c.Branch, v.Key, at.LogKey.Ed25519())
	if err != nil {
		return err
	}
	printer, err := voter.OpenPrinter(c.Printer)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	own, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve device: %w: name another address with --listen", err)
	}
	defer own.Close()
	voters, err := net.Listen("tcp", c.VoterListen)
	if err != nil {
		return fmt.Errorf("serve voters: %w: name another address with --voter-listen", err)
	}
	defer voters.Close()
	home := "http://" + own.Addr().String()
	cfg := kiosk.Config{Vault: v, Client: client, Printer: printer, Voters: voters, Address: "http://" + voters.Addr().String(),
		Reader: cards, Cards: stack, ReaderLost: func(err error) { fmt.Fprintf(s.err, "Card reader: %v. It is tried again.\n", err) },
		Command: []string{self, "terminal", "voter", "--dir", dir},
		Setup: voter.Setup{Home: home + "/", DPI: c.DPI, Lang: language(c.Lang), CardLang: language(c.CardLang), Roll58: c.Paper == 58,
			Printer: c.Printer, Simulated: c.Printer == "simulate", Idle: c.Idle}}
	if cfg.Setup.Simulated {
		cfg.Printer = nil
	}
	k, err := kiosk.New(cfg)
	if err != nil {
		return refused(err)
	}
	server := &http.Server{Handler: k.Handler(), ReadHeaderTimeout: 10 * time.Second}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(server.Serve(own)) }()
	simulated := ""
	if cfg.Setup.Simulated || c.Reader == "simulate" {
		simulated = "SIMULATED "
	}
	fmt.Fprintf(s.err, "%sdevice %s of branch %s: open %s/ in its browser\n", simulated, v.Device, v.Branch, home)
	err = k.Run(ctx)
	cause := context.Cause(ctx)
	shut, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer stop()
	err = errors.Join(err, server.Shutdown(shut))
	if cause != nil && !errors.Is(cause, context.Canceled) && !strings.Contains(cause.Error(), "signal") {
		err = errors.Join(err, cause)
	}
	if errors.Is(err, context.DeadlineExceeded) { // a page that waited for news
		return nil
	}
	return err
}

type terminalVoterCmd struct {
	Dir string `required:"" help:"Folder of the device."`
}

func (c *terminalVoterCmd) Run(ctx context.Context) error {
	if err := voter.Harden(); err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "voters"))
	if err != nil {
		return fmt.Errorf("voters' listener: %w: this command is started by terminal serve", err)
	}
	return voter.Process(ctx, c.Dir, os.Stdin, os.Stdout, l)
}
