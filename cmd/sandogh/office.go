package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/totals"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
	"github.com/sandogh/sandogh/verify/outcome"
)

type officeCmd struct {
	Init    officeInitCmd    `cmd:"" help:"Make an office's key and its card."`
	Grant   officeGrantCmd   `cmd:"" help:"Grant officers and devices to a branch."`
	Certify officeCertifyCmd `cmd:"" help:"Sign the result of a contest."`
	Answer  officeAnswerCmd  `cmd:"" help:"Sign a ruling or a lot on an open question."`
	Correct officeCorrectCmd `cmd:"" help:"Sign the correction of a result."`
	Extend  officeExtendCmd  `cmd:"" help:"Sign an order to extend voting."`
}

const officeExample = `

The whole way of a supervisory office (RECORD is a folder, a zip file or an
address). What two offices sign, each makes itself from what it has verified:
  sandogh office init --dir sup --id supervisors --role supervisory --name-fa 'هیئت نظارت'
  sandogh office grant RECORD --dir sup --card branch-800.card.json --id 800-supervisor
  sandogh office certify RECORD --dir sup --election HEX --contest council --out sup
  sandogh office certify RECORD --dir hq --election HEX --contest council --with sup/result-council.entry
The file of the second one goes to headquarters' log: sandogh hq submit.
Exit status: 0 done, 1 refused, 2 bad usage or unreadable.`

type officeInitCmd struct {
	making
	ID     string `required:"" name:"id" help:"Id in the definition: letters, digits, hyphens." placeholder:"ID"`
	Role   string `required:"" enum:"headquarters,supervisory,executive,registry,technical" help:"headquarters, supervisory, executive, registry or technical."`
	NameFa string `help:"Name in Persian." placeholder:"TEXT"`
	NameEn string `help:"Name in English." placeholder:"TEXT"`
}

func (officeInitCmd) Help() string {
	return `Draws a signing key, writes it to DIR/identity.age, encrypted with a
passphrase, and the public card beside it, which goes into the definition. The
office in the role of headquarters also gets the key of headquarters' log, with
a card of its own.` + officeExample
}

func (c *officeInitCmd) Run(s *streams) error {
	keys := []string{body.Signing}
	if c.Role == election.Headquarters {
		keys = append(keys, body.Log)
	}
	x, err := body.New(body.Office, c.ID, keys...)
	if err != nil {
		return err
	}
	x.Role = c.Role
	if x.Name, err = named(c.NameFa, c.NameEn); err != nil {
		return err
	}
	return c.create(x, s)
}

// officeStep are the flags of an office's commands on a record.
type officeStep struct {
	fromRecord
	own
	toOut
}

// begin opens the identity and verifies the record.
func (c *officeStep) begin(ctx context.Context, s *streams) (*body.Identity, *seen, error) {
	x, err := c.open(body.Office)
	if err != nil {
		return nil, nil, err
	}
	o, err := c.read(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	if at, ok := o.def.Office(x.ID); !ok || at.Key != x.Public(body.Signing) {
		o.close()
		return nil, nil, refused(fmt.Errorf("the definition has no office %s with the key in %s", x.ID, c.Dir))
	}
	return x, o, nil
}

type officeGrantCmd struct {
	officeStep
	Card   string   `required:"" help:"The branch's card, with the keys of its officers and devices; or an officer's own." placeholder:"FILE"`
	Branch string   `help:"Branch of an officer with a card of their own." placeholder:"ID"`
	IDs    []string `required:"" name:"id" help:"Officer or device of the card to grant; repeat for more." placeholder:"ID"`
}

func (officeGrantCmd) Help() string {
	return `Writes one entry for each officer and device named: it makes its key valid in the
branch. The two officers of a branch are granted by two different offices.` + officeExample
}

func (c *officeGrantCmd) Run(ctx context.Context, s *streams) error {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	data, err := os.ReadFile(c.Card)
	if err != nil {
		return fmt.Errorf("read card: %w", err)
	}
	card, err := c.read(data, o.def)
	if err != nil {
		return err
	}
	for _, id := range c.IDs {
		g := &record.Grant{Office: x.ID, ID: id, Branch: card.Branch}
		for what, keys := range map[string][]body.KeyCard{record.GrantOfficer: card.Officers, record.GrantDevice: card.Devices} {
			for _, k := range keys {
				if k.ID == id {
					g.What, g.Key = what, k.Key[:]
				}
			}
		}
		if g.What == "" {
			return fmt.Errorf("--id %s: the card %s has no officer or device with this id", id, c.Card)
		}
		if on, ok := body.Find(o.ledger, func(b *record.Grant) bool { return b.What == g.What && b.ID == id }); ok {
			if err := done(s, "A grant for "+g.What+" "+id, on); err != nil {
				return err
			}
			continue
		}
		e, err := record.Sign(o.id, record.HQ, g, x.Signer())
		if err != nil {
			return err
		}
		if err := c.hand(s, fmt.Sprintf("office-%s-grant-%s-%s", x.ID, g.What, id), &record.Submission{Entry: e}); err != nil {
			return err
		}
	}
	return nil
}

// read reads a branch's card, or that of one officer, which says no branch itself.
func (c *officeGrantCmd) read(data []byte, def *election.Definition) (card body.BranchCard, err error) {
	var officer body.OfficerCard
	if len(strictjson.Unmarshal(data, "card", &officer)) == 0 {
		if _, ok := def.Branch(c.Branch); !ok {
			return card, refused(fmt.Errorf("card %s: the definition has no branch %q: name it with --branch", c.Card, c.Branch))
		}
		return body.BranchCard{Branch: c.Branch, Officers: []body.KeyCard{{ID: officer.Officer, Key: officer.Key}}}, nil
	}
	if faults := strictjson.Unmarshal(data, "card", &card); len(faults) > 0 {
		return card, fmt.Errorf("read card %s: %s: give the card of a branch, or of an officer", c.Card, faults[0])
	}
	if at, ok := def.Branch(card.Branch); !ok || at.LogKey != card.LogKey {
		return card, refused(fmt.Errorf("card %s: the definition has no branch %q with this log_key", c.Card, card.Branch))
	}
	return card, nil
}

// second are the flags of what two offices sign.
type second struct {
	officeStep
	With string `help:"Entry file that another office has signed first; it gets this office's signature too." placeholder:"FILE"`
}

// sign writes the entry with this office's signature alone, or beside the first
// one's.
func (c *second) sign(s *streams, x *body.Identity, o *seen, name string, b record.Body) error {
	if c.With == "" {
		e, err := record.Sign(o.id, record.HQ, b, x.Signer())
		if err != nil {
			return err
		}
		fmt.Fprintf(s.err, "Signed by office/%s alone. Another office signs next, with --with; headquarters and a supervisory office are needed.\n", x.ID)
		return c.hand(s, name, &record.Submission{Entry: e})
	}
	first, entry, err := body.ReadEntry(c.With)
	if err != nil {
		return err
	}
	e, err := record.AddSignature(o.id, record.HQ, first.Entry, b, x.Signer(), func(by string) (ed25519.PublicKey, bool) {
		id, ok := strings.CutPrefix(by, "office/")
		if at, found := o.def.Office(id); ok && found {
			return at.Key.Ed25519(), true
		}
		return nil, false
	})
	if err != nil {
		return refused(fmt.Errorf("%s: %w", c.With, err))
	}
	fmt.Fprintf(s.err, "Signed by %s and office/%s.\n", entry.Signatures[0].By, x.ID)
	return c.hand(s, name+"-signed", &record.Submission{Entry: e})
}

// ofContest are the flags of what two offices sign about a contest.
type ofContest struct {
	second
	Contest string `help:"Id of the contest; needed where there are several." placeholder:"C"`
}

// contest returns the contest that is meant.
func (c *ofContest) contest(o *seen) (string, error) {
	ids, err := o.chosen(c.Contest)
	if err == nil && len(ids) != 1 {
		err = fmt.Errorf("the election has %d contests: name one with --contest", len(ids))
	}
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

type officeCertifyCmd struct {
	ofContest
}

func (officeCertifyCmd) Help() string {
	return `Verifies the whole record, computes the result of the canvassed contest, in which
no question is open, and signs it: first, or with --with as the second, if the
first has signed the same.` + officeExample
}

func (c *officeCertifyCmd) Run(ctx context.Context, s *streams) error {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	contest, err := c.contest(o)
	if err != nil {
		return err
	}
	if on, ok := body.Find(o.ledger, func(b *record.Result) bool { return b.Contest == contest }); ok {
		return done(s, "The result of contest "+contest, on)
	}
	b, err := o.view.Result(contest)
	if err != nil {
		return refused(err)
	}
	tellResult(s, contest, "", b)
	return c.sign(s, x, o, "result-"+contest, b)
}

// tellResult says what an office is about to sign.
func tellResult(s *streams, contest, was string, r *record.Result) {
	elected := strings.Join(r.Elected, ", ")
	if len(r.Elected) == 0 {
		elected = "nobody"
	}
	fmt.Fprintf(s.err, "Contest %s%s: elected %s", contest, was, elected)
	if len(r.Alternates) > 0 {
		fmt.Fprintf(s.err, "; alternates %s", strings.Join(r.Alternates, ", "))
	}
	if len(r.Runoff) > 0 {
		fmt.Fprintf(s.err, "; second round between %s", strings.Join(r.Runoff, ", "))
	}
	fmt.Fprintln(s.err, ".")
}

type officeAnswerCmd struct {
	ofContest
	Ruling string `xor:"answer" help:"The ruling (JSON, sandogh schema ruling); question is the hash of the question's entry." placeholder:"FILE"`
	Lot    string `xor:"answer" help:"The lot (JSON, sandogh schema lot); tally is the hash of the canvass entry." placeholder:"FILE"`
}

func (officeAnswerCmd) Help() string {
	return `Verifies the whole record, checks that the ruling or lot answers a question that
is open in the contest, and signs it: first, or with --with as the second, if
the first has signed the same. Without --ruling and --lot, prints the open
questions with their hashes.

After the result of the contest a ruling may also answer anew what was answered;
it prints those questions too. The result then changes by sandogh office correct,
and not before.` + officeExample
}

func (c *officeAnswerCmd) Run(ctx context.Context, s *streams) error {
	x, o, err := c.begin(ctx, s)
	if err != nil {
		return err
	}
	defer o.close()
	contest, err := c.contest(o)
	if err != nil {
		return err
	}
	open, err := o.view.Questions(contest)
	if err != nil {
		return refused(err)
	}
	path := c.Ruling + c.Lot
	if path == "" {
		canvassed, _ := o.view.Canvassed(contest)
		tell := func(what string, q outcome.Question) {
			fmt.Fprintf(s.out, "%s %x\n  canvass %x\n  %s of %s for %d of %s, %s\n", what, q.Hash, canvassed,
				q.Body.What, strings.Join(q.Body.Between, ", "), q.Body.Seats, q.Body.Place, q.Body.Article)
		}
		for _, q := range open {
			tell("question", q)
		}
		fmt.Fprintf(s.err, "%d questions are open in contest %s. Answer one with --ruling or --lot.\n", len(open), contest)
		if o.view.Certified(contest) {
			answered, err := o.view.Answered(contest)
			if err != nil {
				return refused(err)
			}
			for _, q := range answered {
				tell("answered", q)
			}
			fmt.Fprintf(s.err, "%d questions are answered, and the result rests on it. A ruling with --ruling answers one anew.\n", len(answered))
		}
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	r, faults := totals.ReadRuling(data)
	if len(faults) > 0 {
		return fmt.Errorf("read %s: %s", path, faults[0])
	}
	answer := r.Body(contest)
	if _, isLot := answer.(*record.Lot); isLot != (c.Lot != "") {
		return errors.New("a lot is given with --lot and a ruling with --ruling")
	}
	if _, err := o.view.Answer(contest, answer); err != nil {
		return refused(fmt.Errorf("%s: %w", path, err))
	}
	return c.sign(s, x, o, fmt.Sprintf("%s-%s", answer.Kind(), contest), answer)
}
