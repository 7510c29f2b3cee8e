// Package card lays out the two papers that a voter gets: the card, which holds
// the chosen names and goes into the box, and the slip, which holds the
// confirmation code and goes home.
//
// Specification: spec/acts.md, A24 (nothing on the card ties it to the code).
//
// In and out. In go a terminal.Paper and, for the card, the codes chosen in each
// contest, ascending; for the slip, the confirmation code. Out comes a
// printing.Document for a roll of 80 or 58 mm, or a device.Job of it. The card
// has, contest by contest, the name and code of each chosen candidate, how many
// were chosen of how many, and a QR code that repeats the codes. The slip has
// the branch and the code, in writing and as a QR code, and nothing else.
//
// What it never does: neither paper has a time, a number in a row or anything of
// the device; the card has no branch and no confirmation code, so that the two
// have nothing in common that tells one voter from another. The QR code of a card
// is a copy: who reads cards reads the names. A card is in one language for all
// voters of the branch, whatever the screen spoke: a card in another one would
// tell whose it is. A list is on it only as its members that were chosen.
//
// How it fails: with the errors of printing.Lay; a code that no candidate has is
// an error that names the contest, not the code.
//
// Sources: U-03 (10 pt at least, here 12 and 11), D08, H02 and H03 of the threats.
package card

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/web"
	"github.com/sandogh/sandogh/record"
)

// A Form is how the papers of a device look: the same for all its voters.
type Form struct {
	Roll      printing.Paper // Roll80 or Roll58
	Lang      web.Lang
	Simulated bool
}

var words = struct{ card, slip, branch, code, chosen, blank, copy, box, keep web.Text }{
	card:   web.Text{"برگ رأی", "Ballot card"},
	slip:   web.Text{"رسید", "Slip"},
	branch: web.Text{"شعبه", "Branch"},
	code:   web.Text{"کد", "Code"},
	chosen: web.Text{"%[1]v نام از حداکثر %[2]v نام", "%[1]v of at most %[2]v names"},
	blank:  web.Text{"رأی سفید: هیچ نامی انتخاب نشده است", "Blank vote: no name is chosen"},
	copy:   web.Text{"رونوشت همین نام‌ها برای دستگاه", "A copy of these names for machines"},
	box:    web.Text{"نام‌ها را بخوانید. سپس برگ را در صندوق بیندازید.", "Read the names. Then put the card into the box."},
	keep:   web.Text{"این رسید نزد شما می‌ماند. با این کد می‌بینید که برگ شما در پروندهٔ عمومی هست.", "Keep this slip. The code shows that your ballot is in the public record."},
}

func (f Form) document(title web.Text, text int) printing.Document {
	doc := printing.Document{Title: title[f.Lang], Lang: printing.Lang(f.Lang), Paper: f.Roll, Simulated: f.Simulated, Text: printing.Length(text) * printing.Point}
	if f.Roll == printing.Roll58 {
		doc.Text -= printing.Point
	}
	return doc
}

// Card returns the card with the codes chosen in each contest of the paper.
func Card(f Form, p *terminal.Paper, codes [][]int) (printing.Document, error) {
	if len(codes) != len(p.Contests) {
		return printing.Document{}, fmt.Errorf("lay out card: choices in %d contests of %d", len(codes), len(p.Contests))
	}
	doc := f.document(words.card, 12)
	doc.Blocks = append(doc.Blocks, printing.Heading{Text: words.card[f.Lang], Align: printing.Center},
		printing.Paragraph{Text: printing.Isolate(f.Lang.Name(p.Election)), Align: printing.Center})
	for i, c := range p.Contests {
		doc.Blocks = append(doc.Blocks, printing.Rule{}, printing.Heading{Text: printing.Isolate(f.Lang.Name(c.Name)), Level: 2})
		if len(codes[i]) == 0 {
			doc.Blocks = append(doc.Blocks, printing.Paragraph{Text: words.blank[f.Lang], Bold: true})
			continue
		}
		t := printing.Table{Columns: []printing.Column{{Share: 5}, {Share: 2, Align: printing.End}}}
		for _, code := range codes[i] {
			if !c.Has(code) {
				return printing.Document{}, fmt.Errorf("lay out card: contest %s has no candidate with a chosen code", c.ID)
			}
			t.Rows = append(t.Rows, []string{printing.Isolate(f.Lang.Name(c.Candidate(code).Name)), f.Lang.Digits(strconv.Itoa(code))})
		}
		doc.Blocks = append(doc.Blocks, t, printing.Paragraph{Text: f.Lang.Say(words.chosen, len(codes[i]), c.K())})
	}
	doc.Blocks = append(doc.Blocks, printing.Rule{}, printing.Paragraph{Text: words.box[f.Lang]},
		printing.QR{Data: Copy(p, codes), Align: printing.Center, Caption: words.copy[f.Lang]})
	return doc, nil
}

// Copy returns what the QR code of a card holds: for each contest its id and the
// codes, such as
//
//	sandogh card v1 experts:2 karaj:1,3
func Copy(p *terminal.Paper, codes [][]int) string {
	var b strings.Builder
	b.WriteString("sandogh card v1")
	for i, c := range p.Contests {
		b.WriteString(" " + c.ID + ":")
		for j, code := range codes[i] {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(code))
		}
	}
	return b.String()
}

// Slip returns the slip with a confirmation code.
func Slip(f Form, p *terminal.Paper, code [32]byte) printing.Document {
	text := record.FormatCode(code)
	doc := f.document(words.slip, 12)
	doc.Blocks = []printing.Block{
		printing.Heading{Text: words.slip[f.Lang], Align: printing.Center},
		printing.Paragraph{Text: words.branch[f.Lang] + ": " + printing.Isolate(f.Lang.Name(p.Branch.Name))},
		printing.Paragraph{Text: words.code[f.Lang] + ":"},
	}
	// Two lines of four groups, so that no group is broken in the middle.
	groups := strings.Split(text, "-")
	for len(groups) > 0 {
		n := min(4, len(groups))
		doc.Blocks = append(doc.Blocks, printing.Paragraph{Text: printing.Code(strings.Join(groups[:n], "-")), Bold: true, Align: printing.Center})
		groups = groups[n:]
	}
	doc.Blocks = append(doc.Blocks, printing.QR{Data: text, Align: printing.Center}, printing.Paragraph{Text: words.keep[f.Lang]})
	return doc
}

// Job returns a paper as a receipt printer takes it, cut at its end.
func Job(doc printing.Document) (device.Job, error) {
	pages, err := printing.Lay(doc)
	if err != nil {
		return device.Job{}, fmt.Errorf("lay out %s: %w", doc.Title, err)
	}
	return device.Job{Bitmap: pages.Bitmap(0), Feed: 40, Cut: true}, nil
}
