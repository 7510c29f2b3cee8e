package practice

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"sync"
	"time"

	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/terminal"
	"github.com/sandogh/sandogh/internal/terminal/card"
	"github.com/sandogh/sandogh/internal/terminal/screen"
	"github.com/sandogh/sandogh/internal/web"
)

// visit is one visitor's session.
type visit struct {
	screen  *screen.Screen
	drawing chan struct{}
	seen    time.Time // of the Practice

	mu    sync.Mutex
	paper []byte // what lies in the tray, as PNG
}

func (p *Practice) newVisit(paper *terminal.Paper) (*visit, error) {
	v := &visit{drawing: p.drawing}
	var err error
	v.screen, err = screen.New(screen.Config{Session: terminal.New(paper, terminal.Comforts{Size: 1}, limits, p.cfg.Now),
		Token: vote, Home: out, Exit: out, DPI: dpi, CardLang: web.Persian, Stay: limits.Done, Photo: p.photo, Paper: v.tray})
	return v, err
}

// noPhoto stands where a device would have a photograph: a gray dot, stretched.
var noPhoto = func() []byte {
	dot := image.NewGray(image.Rect(0, 0, 1, 1))
	dot.Pix[0] = 0xcc
	var b bytes.Buffer
	if err := png.Encode(&b, dot); err != nil {
		return nil // it is written to memory
	}
	return b.Bytes()
}()

func (p *Practice) photo(hash string) ([]byte, bool) {
	if p.cfg.Photo != nil {
		if b, ok := p.cfg.Photo(hash); ok {
			return b, true
		}
	}
	return noPhoto, true
}

// serve answers with the present page, and plays what the machine has to do.
func (v *visit) serve(w http.ResponseWriter, r *http.Request) {
	v.screen.ServeHTTP(w, r)
	if r.Method == http.MethodPost {
		v.screen.Update(v.play)
	}
}

// play does the machine's steps: all that it reports is that they are done.
func (v *visit) play(s *terminal.Session) {
	for {
		var err error
		switch s.Step() {
		case terminal.Sealing:
			err = s.Sealed()
		case terminal.Printing:
			var doc printing.Document
			if doc, err = card.Card(form, s.Paper(), s.Card()); err == nil {
				err = v.print(doc)
			}
			if err == nil {
				err = s.Printed()
			}
		case terminal.Ending:
			v.put(nil)
			err = s.Recorded()
		case terminal.Slip:
			if err = v.print(card.Slip(form, s.Paper(), [32]byte{})); err == nil { // a code that no ballot has
				err = s.SlipPrinted()
			}
		default:
			return
		}
		if err != nil {
			s.Fail()
		}
	}
}

var form = card.Form{Roll: printing.Roll80, Lang: web.Persian, Simulated: true}

// mark stands at both ends of a paper, within the mark of what is simulated.
var mark = printing.Paragraph{Text: "تمرین – PRACTICE", Align: printing.Center, Bold: true}

// print draws a paper and puts it into the tray.
func (v *visit) print(doc printing.Document) error {
	v.drawing <- struct{}{}
	defer func() { <-v.drawing }()
	doc.Blocks = append(append([]printing.Block{mark}, doc.Blocks...), mark)
	job, err := card.Job(doc)
	if err != nil {
		return err
	}
	v.put(job.Bitmap.PNG())
	return nil
}

func (v *visit) put(paper []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.paper)
	v.paper = paper
}

// tray returns a copy of what lies in the tray: the picture is erased when it goes.
func (v *visit) tray() []byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]byte(nil), v.paper...)
}

func (v *visit) lang() (lang web.Lang) {
	v.screen.Update(func(s *terminal.Session) { lang = s.Comforts().Lang })
	return lang
}

// erase forgets what the visitors have chosen.
func erase(gone []*visit) {
	for _, v := range gone {
		v.screen.Update((*terminal.Session).Erase)
		v.put(nil)
	}
}
