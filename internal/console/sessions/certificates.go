package sessions

import (
	"html/template"

	"github.com/sandogh/sandogh/internal/console"
	shown "github.com/sandogh/sandogh/internal/console/training"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/certificate"
)

// held is a certificate as pages show it.
type held struct {
	Serial  string        `json:"serial"`
	Name    string        `json:"name"`
	Last4   string        `json:"last4"`
	Course  string        `json:"course"`
	Issued  string        `json:"issued"`
	Expires string        `json:"expires"`
	State   console.State `json:"state"`
	Stale   []string      `json:"stale"` // articles that have a later version
	Text    string        `json:"text"`
	Office  string        `json:"-"`
	Reason  string        `json:"reason"`
}

// holding says what a certificate is worth today.
func holding(r *console.Request, c trainingdb.CertificateRow) (held, error) {
	t := c.TrainingCertificate
	h := held{Serial: t.Serial, Name: c.Name, Course: c.CourseName, Issued: t.Issued, Expires: t.Expires, Text: t.Content, Office: t.Office, Stale: []string{}, Reason: t.Reason}
	if len(c.Number) == 10 {
		h.Last4 = c.Number[6:]
	}
	reg, err := training.Register(r.Dir)
	if err != nil {
		return h, err
	}
	for _, v := range training.StaleOf(reg, t.Articles) {
		h.Stale = append(h.Stale, r.Say("training.article.item", console.NameIn(r.Lang, v.Title.Fa, v.Title.En), v.Article, v.Version))
	}
	state := func(kind, key string) {
		h.State = console.State{Kind: kind, Word: r.Say("training.cert." + key), Key: key}
	}
	switch {
	case t.Revoked != "":
		state("bad", "revoked")
	case t.Expires < r.Today():
		state("bad", "expired")
	case len(h.Stale) > 0:
		state("open", "stale")
	default:
		state("good", "good")
	}
	return h, nil
}

func (p *part) certificates(r *console.Request) (console.Answer, error) {
	l := console.List{Crumbs: shown.Crumbs(r), Empty: r.Say("training.certificates.empty"), Intro: r.Say("training.certificates.intro"), Columns: []console.Column{
		{Key: "name", Label: words["training.person"]}, {Key: "course", Label: words["training.course"]}, {Key: "role", Label: words["training.role"]},
		{Key: "issued", Label: words["training.issued"], Kind: console.Days}, {Key: "expires", Label: words["training.expires"], Kind: console.Days},
		{Key: "state", Label: words["training.state"], Kind: console.States}, {Key: "serial", Label: words["training.serial"], Kind: console.Codes}},
		Actions: []console.Link{{Path: "/training/certificates/key", Word: r.Say("training.key")}, {Path: "/training/certificates/revoked", Word: r.Say("training.revoked")}}}
	page := r.Paging()
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := trainingdb.New(r.DB).CertificatesIn(r.Context(), trainingdb.CertificatesInParams{Lo: lo, Hi: hi, Max: int32(page.Limit), Skip: int32(page.Skip)})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, c := range rows {
			h, err := holding(r, trainingdb.CertificateRow(c))
			if err != nil {
				return nil, err
			}
			l.Rows = append(l.Rows, console.Row{ID: h.Serial, Path: "/training/certificates/" + h.Serial,
				Cells: []any{h.Name, h.Course, r.Say("training.role." + c.TrainingCertificate.Role), h.Issued, h.Expires, h.State, h.Serial}})
		}
		if len(rows) == page.Limit {
			break
		}
	}
	return l, nil
}

// see returns a certificate to its holder, and to who sees the office.
func see(r *console.Request) (trainingdb.CertificateRow, error) {
	c, err := trainingdb.New(r.DB).Certificate(r.Context(), r.PathValue("serial"))
	if err != nil {
		return c, store.Classify(err)
	}
	if c.TrainingCertificate.Person != r.Actor.Person && !r.Actor.May(office.TrainingSee, c.TrainingCertificate.Office) {
		return c, office.ErrForbidden
	}
	return c, nil
}

func (p *part) certificate(r *console.Request) (console.Answer, error) {
	c, err := see(r)
	if err != nil {
		return nil, err
	}
	h, err := holding(r, c)
	if err != nil {
		return nil, err
	}
	at, err := officedb.New(r.DB).Office(r.Context(), h.Office)
	if err != nil {
		return nil, store.Classify(err)
	}
	code, err := qr(h.Text)
	if err != nil {
		return nil, err
	}
	return console.Page{Template: "certificate", Title: r.Say("training.certificate.of", h.Name), Data: struct {
		held
		OfficeName string       `json:"office"`
		QR         template.URL `json:"-"`
		Revokes    bool         `json:"-"`
	}{h, console.NameIn(r.Lang, at.NameFa, at.NameEn), code, r.Actor.May(office.TrainingPlan, h.Office) && c.TrainingCertificate.Revoked == ""}}, nil
}

func (p *part) certificatePDF(r *console.Request) (console.Answer, error) {
	c, err := see(r)
	if err != nil {
		return nil, err
	}
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	e, err := office.LoadElection(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	b, err := training.PrintCertificate(c, keys, e.Sample)
	return console.File{Name: "certificate-" + c.TrainingCertificate.Serial + ".pdf", Type: "application/pdf", Data: b}, err
}

func (p *part) publicKey(r *console.Request) (console.Answer, error) {
	keys, err := p.keys()
	return console.File{Name: "training-key.txt", Type: "text/plain; charset=utf-8", Data: certificate.FormatPublic(keys.Certificate.Public())}, err
}

func (p *part) revoked(r *console.Request) (console.Answer, error) {
	keys, err := p.keys()
	if err != nil {
		return nil, err
	}
	text, err := training.Revoked(r.Context(), r.DB, r.Now(), keys)
	return console.File{Name: "training-revoked.txt", Type: "text/plain; charset=utf-8", Data: []byte(text + "\n")}, err
}

func revokeForm() *console.Form {
	return &console.Form{Intro: words["training.revoke.intro"], Danger: true,
		Back: func(r *console.Request) console.Link {
			return console.Link{Path: "/training/certificates/" + r.PathValue("serial"), Word: r.Say("shell.cancel")}
		},
		Fields: []console.Field{{Name: "reason", Kind: console.Long, Label: words["training.reason"], Required: true, Max: 500}, versionField},
		Fill: func(r *console.Request) (console.Values, error) {
			c, err := trainingdb.New(r.DB).Certificate(r.Context(), r.PathValue("serial"))
			var v console.Values
			v.SetInt("version", c.TrainingCertificate.Version)
			return v, store.Classify(err)
		}}
}

func (p *part) revoke(r *console.Request) (console.Answer, error) {
	return shown.Write(r, "/training/certificates/"+r.PathValue("serial"), r.Say("training.revoke.done"), func(tx *store.Tx) error {
		return training.Revoke(r.Context(), tx, r.Now(), r.Actor, r.PathValue("serial"), r.Values.Get("reason"), r.Values.Int("version"))
	})
}
