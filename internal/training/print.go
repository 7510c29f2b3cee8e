package training

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/printing"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/certificate"
)

// PrintCertificate returns a certificate as PDF, in Persian, with its code.
func PrintCertificate(c trainingdb.CertificateRow, keys Keys, simulated bool) ([]byte, error) {
	var articles []certificate.Article
	if err := json.Unmarshal([]byte(c.TrainingCertificate.Articles), &articles); err != nil {
		return nil, fmt.Errorf("print certificate: %w", err)
	}
	t := c.TrainingCertificate
	number := "–"
	if len(c.Number) == 10 {
		number = "…" + persian.Digits(c.Number[6:])
	}
	taught := make([]string, len(articles))
	for i, a := range articles {
		taught[i] = printing.Isolate(a.Article) + " (" + printing.Isolate(a.Version) + ")"
	}
	doc := printing.Document{Title: "گواهی آموزش", Paper: printing.A4Landscape, Simulated: simulated,
		Footer: "کلید " + certificate.Fingerprint(keys.Certificate.Public()),
		Blocks: []printing.Block{
			printing.Heading{Text: "گواهی آموزش", Align: printing.Center},
			printing.Heading{Text: c.Name, Level: 2, Align: printing.Center},
			printing.KeyValue{Pairs: []printing.Pair{
				{Key: "دوره", Value: printing.Isolate(c.CourseName)},
				{Key: "چهار رقم پایانی شمارهٔ ملی", Value: number},
				{Key: "صدور", Value: ISO(t.Issued).In(calendar.Persian)},
				{Key: "اعتبار تا", Value: ISO(t.Expires).In(calendar.Persian)},
				{Key: "ماده‌های آموخته", Value: strings.Join(taught, "، ")},
				{Key: "شناسه", Value: printing.Code(t.Serial)},
			}},
			printing.QR{Data: t.Content, Align: printing.Center, Module: printing.MM(6), Caption: "هر کس با کلید عمومی، بی شبکه، آن را می‌آزماید"},
		}}
	if t.Revoked != "" {
		doc.Blocks = append([]printing.Block{printing.Heading{Text: "باطل شده است: " + ISO(t.Revoked).In(calendar.Persian), Align: printing.Center}}, doc.Blocks...)
	}
	pages, err := printing.Lay(doc)
	if err != nil {
		return nil, fmt.Errorf("print certificate: %w", err)
	}
	return pages.PDF(), nil
}
