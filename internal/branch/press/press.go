package press

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/sandogh/sandogh/internal/branch"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/printing/device"
)

// A Paper is what is printed in one go.
type Paper struct {
	Title   string // in the language of who prints it; no name of a voter
	Parts   []printing.Document
	Back    string       // where to go on, without the language
	Printed func() error // called when all parts are on paper; may be nil
}

// A Press is the branch's printer at work.
type Press struct {
	device  device.Printer
	roll    printing.Paper
	ctx     context.Context
	stop    context.CancelFunc
	working sync.WaitGroup

	mu  sync.Mutex
	job *job // that is printed, or was the last
}

// A job is a paper on its way. Its documents are let go when all are printed.
type job struct {
	Paper
	next, all int // parts
	running   bool
	fault     *device.Error
	err       error // of laying it out, or of Printed
}

// New returns the printer with its paper, Roll80 or Roll58.
func New(d device.Printer, roll printing.Paper) *Press {
	ctx, stop := context.WithCancel(context.Background())
	return &Press{device: d, roll: roll, ctx: ctx, stop: stop}
}

// Wait returns when nothing is being printed.
func (p *Press) Wait() { p.working.Wait() }

// Close ends what is being printed and waits for it.
func (p *Press) Close() error {
	p.stop()
	p.Wait()
	return nil
}

// Roll is the paper that documents are laid out for.
func (p *Press) Roll() printing.Paper { return p.roll }

// Check returns nil if the printer can print, or else the refusal that says why
// not and what to do; it leads back to the path.
func (p *Press) Check(ctx context.Context, back string) error {
	state := p.state(ctx)
	if state.Prints() {
		return nil
	}
	w := states[state]
	return &branch.Refusal{Status: http.StatusConflict, Text: words["press."+w], Do: words["press."+w+".do"], Back: back}
}

// Print begins to print and leads to the printer's page.
func (p *Press) Print(paper Paper) (branch.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.job != nil && p.job.running {
		return nil, &branch.Refusal{Status: http.StatusConflict, Text: words["press.busy"], Do: words["press.busy.do"], Back: "/printer"}
	}
	p.job = &job{Paper: paper, all: len(paper.Parts)}
	p.begin(p.job)
	return branch.Redirect{Path: "/printer"}, nil
}

// again prints what was not finished.
func (p *Press) again(*branch.Request) (branch.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if j := p.job; j != nil && !j.running && (j.fault != nil || j.err != nil) {
		p.begin(j)
	}
	return branch.Redirect{Path: "/printer"}, nil
}

// begin prints a job from its next part, with the lock held.
func (p *Press) begin(j *job) {
	j.running, j.fault, j.err = true, nil, nil
	p.working.Go(func() {
		err := p.print(j)
		p.mu.Lock()
		defer p.mu.Unlock()
		j.running = false
		if err != nil && !errors.As(err, &j.fault) {
			j.err = err
		}
	})
}

func (p *Press) print(j *job) error {
	for j.next < j.all {
		pieces, err := p.lay(j.Parts[j.next])
		if err != nil {
			return err
		}
		for _, piece := range pieces {
			if err := p.device.Print(p.ctx, piece); err != nil {
				return err
			}
		}
		p.mu.Lock()
		j.next++
		p.mu.Unlock()
	}
	if j.Printed != nil {
		if err := j.Printed(); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	j.Parts, j.Printed = nil, nil
	return nil
}

// Rows of a piece of a long document, and the dots of white paper after a document.
const (
	pieceRows = 8000
	feed      = 40
)

// lay lays a document out for the printer.
func (p *Press) lay(doc printing.Document) ([]device.Job, error) {
	doc.Paper = p.roll
	pages, err := printing.Lay(doc)
	if err != nil {
		return nil, fmt.Errorf("lay out %s: %w", doc.Title, err)
	}
	var jobs []device.Job
	for _, b := range split(pages.Bitmap(0), pieceRows) {
		jobs = append(jobs, device.Job{Bitmap: b})
	}
	last := &jobs[len(jobs)-1]
	last.Feed, last.Cut = feed, true
	return jobs, nil
}

// split cuts a bitmap into pieces of at most so many rows. On paper one follows on the
// other without a gap.
func split(b *printing.Bitmap, rows int) []*printing.Bitmap {
	var out []*printing.Bitmap
	for y := 0; y < b.Height; y += rows {
		h := min(rows, b.Height-y)
		out = append(out, &printing.Bitmap{Width: b.Width, Height: h, Stride: b.Stride, Bits: b.Bits[y*b.Stride : (y+h)*b.Stride]})
	}
	return out
}
