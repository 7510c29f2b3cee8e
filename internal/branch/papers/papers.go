// Package papers lays out what the branch prints for its officers: the zero
// report at opening and the minutes at closing.
//
// Specification: spec/acts.md, section 7 (A71, A75); ../shared/design/ux.md, part 5.
//
// In and out. In go what the branch has counted, its devices, what the officers
// did and the bytes of the signed entry; out comes a printing.Document in Persian
// or English, on A4 or on a roll. The QR of a paper holds the signed entry itself:
//
//	"SANDOGH1 " kind " " base64 of the entry (RFC 4648 §4, padded)
//
// so that whoever has the definition and the grants can check the two signatures
// with the paper alone, long before the log is published.
//
// What it never does: it prints no name of a voter, no result, and no time of a
// vote. It draws nothing from a clock: times are those of the daybook.
//
// How it fails: it does not; laying the document out may, for an entry too large
// for a QR.
//
// Sources: threats D19 (the zero report that is not zero).
package papers

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/branch/daybook"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

// A Branch is what stands on top of every paper.
type Branch struct {
	Election            election.Name
	ElectionID          [32]byte
	Name                election.Name
	ID                  string
	Practice, Simulated bool
	Lang                web.Lang
	Paper               printing.Paper
}

// An Officer is one who signs.
type Officer struct {
	ID     string
	Head   bool
	Office election.Name
}

// A Device is one line of the table of devices.
type Device struct {
	ID      string
	Limit   uint64
	Root    []byte // its commitment
	Sealed  uint64
	Retired bool
}

// Zero is what the zero report says.
type Zero struct {
	Entry    []byte // the opening
	Devices  []Device
	Officers []Officer
	At       time.Time
}

// Minutes are what the closing says.
type Minutes struct {
	Entry    []byte // the closing statement
	Size     uint64 // of the log before it
	Root     []byte
	Counts   record.Counts
	Devices  []Device
	Officers []Officer
	Lines    []daybook.Line
	Zone     *time.Location
}

// groups writes a hash in groups of four.
func groups(b []byte) string {
	h := hex.EncodeToString(b)
	var out []string
	for ; h != ""; h = h[4:] {
		out = append(out, h[:4])
	}
	return printing.Code(strings.Join(out, " "))
}

func (b *Branch) say(key string, args ...any) string { return b.Lang.Say(words[key], args...) }

func (b *Branch) number(n uint64) string { return b.Lang.Number(int64(min(n, 1<<62))) }

// document is a paper with its head.
func (b *Branch) document(title string, blocks ...printing.Block) printing.Document {
	lang := printing.Persian
	if b.Lang == web.English {
		lang = printing.English
	}
	head := []printing.Block{
		printing.Heading{Text: title, Align: printing.Center},
		printing.Paragraph{Text: b.Lang.Name(b.Election), Align: printing.Center, Bold: true},
		printing.KeyValue{Pairs: []printing.Pair{
			{Key: b.say("branch"), Value: b.Lang.Name(b.Name)},
			{Key: b.say("branch.id"), Value: printing.Code(b.ID)},
			{Key: b.say("election.id"), Value: groups(b.ElectionID[:])},
		}},
	}
	if b.Practice {
		head = append(head, printing.Paragraph{Text: b.say("practice"), Align: printing.Center, Bold: true})
	}
	return printing.Document{Title: title, Lang: lang, Paper: b.Paper, Simulated: b.Simulated,
		Footer: b.Lang.Name(b.Name), Blocks: append(append(head, printing.Rule{}), blocks...)}
}

func (b *Branch) counts(c record.Counts) printing.Block {
	return printing.Table{Grid: true, Columns: []printing.Column{{Title: b.say("counted"), Share: 3}, {Title: b.say("number"), Align: printing.End}},
		Rows: [][]string{{b.say("checked-in"), b.number(c.CheckedIn)}, {b.say("cast"), b.number(c.Cast)},
			{b.say("spoiled"), b.number(c.Spoiled)}, {b.say("challenged"), b.number(c.Challenged)}}}
}

// qr holds the signed entry, if it is small enough to be read from paper.
func (b *Branch) qr(kind string, entry []byte) []printing.Block {
	text := "SANDOGH1 " + kind + " " + base64.StdEncoding.EncodeToString(entry)
	hash := record.Code(entry)
	out := []printing.Block{printing.KeyValue{Pairs: []printing.Pair{{Key: b.say("entry"), Value: groups(hash[:])}}}}
	if len(text) <= maxQR {
		out = append(out, printing.QR{Data: text, Align: printing.Center, Caption: b.say("qr")})
	}
	return out
}

// maxQR is how much a code on paper holds that a telephone can still read.
const maxQR = 1200

// signatures are lines to sign by hand.
func (b *Branch) signatures(officers []Officer) []printing.Block {
	out := []printing.Block{printing.Heading{Text: b.say("signatures"), Level: 2}}
	rows := [][]string{}
	for _, o := range officers {
		role := "supervisor"
		if o.Head {
			role = "head"
		}
		rows = append(rows, []string{b.say(role), printing.Code(o.ID) + " — " + b.Lang.Name(o.Office), ""})
	}
	for range 3 {
		rows = append(rows, []string{b.say("observer"), "", ""})
	}
	return append(out, printing.Table{Grid: true, Columns: []printing.Column{{Title: b.say("role")}, {Title: b.say("name"), Share: 2}, {Title: b.say("signature"), Share: 2}}, Rows: rows})
}

// ZeroReport is printed before the first voter comes: nothing has been counted.
func ZeroReport(b Branch, z Zero) printing.Document {
	rows := [][]string{}
	for _, d := range z.Devices {
		rows = append(rows, []string{printing.Code(d.ID), b.number(d.Limit), groups(d.Root[:min(len(d.Root), 16)])})
	}
	blocks := []printing.Block{
		printing.Paragraph{Text: b.say("zero.text")},
		b.counts(record.Counts{}),
		printing.Heading{Text: b.say("devices"), Level: 2},
		printing.Table{Columns: []printing.Column{{Title: b.say("device")}, {Title: b.say("limit"), Align: printing.Center}, {Title: b.say("root"), Share: 3}}, Rows: rows},
	}
	blocks = append(blocks, b.qr("opening", z.Entry)...)
	return b.document(b.say("zero"), append(blocks, b.signatures(z.Officers)...)...)
}

// MinutesOf is the minutes of a branch that has closed.
func MinutesOf(b Branch, m Minutes) printing.Document {
	rows := [][]string{}
	for _, d := range m.Devices {
		state := "at-work"
		if d.Retired {
			state = "retired"
		}
		rows = append(rows, []string{printing.Code(d.ID), b.number(d.Sealed), b.say(state)})
	}
	blocks := []printing.Block{
		b.counts(m.Counts),
		printing.Paragraph{Text: b.say("papers", m.Counts.Cast)},
		printing.Heading{Text: b.say("log"), Level: 2},
		printing.KeyValue{Pairs: []printing.Pair{{Key: b.say("size"), Value: b.number(m.Size)}, {Key: b.say("tree"), Value: groups(m.Root)}}},
		printing.Heading{Text: b.say("devices"), Level: 2},
		printing.Table{Columns: []printing.Column{{Title: b.say("device")}, {Title: b.say("sealed"), Align: printing.Center}, {Title: b.say("state")}}, Rows: rows},
		printing.Heading{Text: b.say("day"), Level: 2},
	}
	day := [][]string{}
	for _, l := range m.Lines {
		if !told[l.What] {
			continue
		}
		at := b.Lang.Digits(l.At.In(m.Zone).Format("15:04"))
		if l.Back {
			at += " *"
		}
		day = append(day, []string{at, b.say("did." + l.What), printing.Isolate(Text(b.Lang, &l)), printing.Code(strings.TrimPrefix(l.Who, "officer/"))})
	}
	blocks = append(blocks, printing.Table{Columns: []printing.Column{{Title: b.say("time")}, {Title: b.say("what"), Share: 2}, {Title: b.say("text"), Share: 4}, {Title: b.say("who"), Share: 2}}, Rows: day})
	if n := last(m.Lines, daybook.Conflict); n != "" && n != "0" {
		blocks = append(blocks, printing.Paragraph{Text: b.say("conflict", b.Lang.Digits(n)), Bold: true})
	}
	for _, l := range m.Lines {
		if l.Back {
			blocks = append(blocks, printing.Paragraph{Text: b.say("back")})
			break
		}
	}
	blocks = append(blocks, b.qr("close", m.Entry)...)
	return b.document(b.say("minutes"), append(blocks, b.signatures(m.Officers)...)...)
}

// told are the lines of the daybook that the minutes tell; who signed in when is
// the machine's matter.
var told = map[string]bool{daybook.Opened: true, daybook.Paused: true, daybook.Resumed: true, daybook.Extended: true, daybook.Enrolled: true,
	daybook.Retired: true, daybook.Unlocked: true, daybook.Dismissed: true, daybook.Settled: true, daybook.Closing: true, daybook.Closed: true, daybook.Incident: true, daybook.Conflict: true}

// last is the text of the last line of a kind, or "".
func last(lines []daybook.Line, what string) string {
	for _, l := range slices.Backward(lines) {
		if l.What == what {
			return l.Text
		}
	}
	return ""
}

// Text is what a line of the daybook adds, for people.
func Text(l web.Lang, line *daybook.Line) string {
	if line.What == daybook.Conflict {
		return l.Digits(line.Text)
	}
	return line.Text
}

// Did names what an officer did, for a screen.
func Did(l web.Lang, what string) string {
	t, ok := words["did."+what]
	if !ok {
		return fmt.Sprintf("%q", what)
	}
	return l.Say(t)
}
