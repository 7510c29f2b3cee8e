package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/hq"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

type hqStatusCmd struct {
	Dir  string `help:"Headquarters' folder." default:"." placeholder:"DIR"`
	Lang string `enum:"en,fa" default:"en" help:"Language: en or fa."`
}

func (hqStatusCmd) Help() string {
	return `Verifies the record as it is published and says how far the election has come,
what is due next, and by whom. It needs no passphrase and changes nothing. What
is written and not yet published is not in it.

Example: sandogh hq status --dir HQ --lang fa` + hqExample
}

func (c *hqStatusCmd) Run(ctx context.Context, s *streams) error {
	fsys := os.DirFS(filepath.Join(c.Dir, "record"))
	b := newBar(s)
	rep, v := verify.Record(ctx, fsys, verify.Options{Progress: b.set})
	b.done()
	if check, f, found := rep.First(); found || v == nil {
		err := fmt.Errorf("the record is %s: %s (%s): %s", rep.Status, check.ID, check.Title, f)
		if rep.Status == report.Refuted {
			return refused(err)
		}
		return err
	}
	l, err := body.ReadLedger(fsys, v.Definition())
	if err != nil {
		return err
	}
	w := statusWords[c.Lang]
	fmt.Fprintf(s.out, w.head, rep.Election, len(l.Entries), w.phases[rep.Phase])
	if rep.Phase == report.PhaseFailed {
		fmt.Fprintln(s.out, w.failed)
		return nil
	}
	dues := hq.Dues(v, l)
	for _, d := range dues {
		w.print(s.out, d)
	}
	if len(dues) == 0 {
		fmt.Fprintln(s.out, w.nothing)
	}
	return nil
}

// statusText are the words of one language.
type statusText struct {
	head, failed, nothing string
	some, comma           string
	contest, units        string
	phases                map[report.Phase]string
	acts                  map[hq.Act]string // who, then what is to be done and how
}

func (w *statusText) print(out io.Writer, d hq.Due) {
	by := strings.Join(d.By, w.comma)
	if d.Need > 0 && d.Need < len(d.By) {
		by = fmt.Sprintf(w.some, d.Need, by)
	}
	text := fmt.Sprintf(w.acts[d.Act], by)
	if d.Contest != "" {
		text += fmt.Sprintf(w.contest, d.Contest)
	}
	if len(d.Units) > 0 {
		text += fmt.Sprintf(w.units, strings.Join(d.Units, w.comma))
	}
	fmt.Fprintln(out, "– "+text)
}

var statusWords = map[string]*statusText{
	"en": {
		head:    "Election %s, %d entries, phase: %s.\nDue next:\n",
		failed:  "– The key ceremony has failed by a complaint that was not answered rightly: no key can follow. Begin again with another definition.",
		nothing: "– nothing: the election is complete.",
		some:    "%d of %s", comma: ", ", contest: "; contest %s", units: ", units %s",
		phases: map[report.Phase]string{
			report.PhaseDefined: "the definition is published", report.PhaseCeremony: "the key ceremony is under way", report.PhaseFailed: "the key ceremony has failed",
			report.PhaseReady: "the election key is published", report.PhaseVoting: "the first branch has opened", report.PhaseClosed: "every branch has closed",
			report.PhaseMixing: "units are being mixed", report.PhaseOpening: "units are being opened", report.PhaseCounted: "every unit is counted",
			report.PhaseCanvassed: "every contest is canvassed", report.PhaseCertified: "every contest has its result",
		},
		acts: map[hq.Act]string{
			hq.ActCommit: "trustees %s fix their dealings (trustee commit)", hq.ActDeal: "trustees %s show their dealings (trustee deal)",
			hq.ActDisclose: "trustee %s answers a complaint (trustee disclose)", hq.ActConfirm: "trustees %s check their shares and confirm the key (trustee verify)",
			hq.ActKey: "office %s publishes the election key (hq key)", hq.ActGrant: "offices grant two officers, of two offices, and devices to branches %s (office grant)",
			hq.ActVote: "branches %s vote, close, and are taken in (branch publish, hq take-in)", hq.ActUnits: "office %s fixes the tally units (hq units)",
			hq.ActMix: "mixers %s (mixer mix)", hq.ActOpen: "trustees %s open (trustee open)", hq.ActTally: "office %s publishes the tallies (hq tally)",
			hq.ActCanvass: "office %s canvasses (hq canvass)", hq.ActAnswer: "offices %s answer the open questions (office answer)", hq.ActCertify: "offices %s sign the result (office certify)",
			hq.ActCorrect: "a ruling has overtaken the result: offices %s correct it (office correct)",
		},
	},
	"fa": {
		head:    "انتخابات %s، %d ورودی، مرحله: %s.\nگام بعد:\n",
		failed:  "– آیین ساخت کلید شکست خورد: شکایتی پاسخ درست نگرفت و کلیدی ساخته نمی‌شود. با تعریفی دیگر از نو آغاز کنید.",
		nothing: "– هیچ؛ انتخابات کامل است.",
		some:    "%d تن از %s", comma: "، ", contest: "؛ رقابت %s", units: "، واحدهای %s",
		phases: map[report.Phase]string{
			report.PhaseDefined: "تعریف انتخابات منتشر شده", report.PhaseCeremony: "ساخت کلید در جریان است", report.PhaseFailed: "ساخت کلید شکست خورده",
			report.PhaseReady: "کلید انتخابات منتشر شده", report.PhaseVoting: "نخستین شعبه رأی‌گیری کرده", report.PhaseClosed: "همهٔ شعبه‌ها بسته‌اند",
			report.PhaseMixing: "آمیختن در جریان است", report.PhaseOpening: "گشودن در جریان است", report.PhaseCounted: "همهٔ واحدها شمرده شده",
			report.PhaseCanvassed: "همهٔ رقابت‌ها جمع‌بندی شده", report.PhaseCertified: "نتیجهٔ همهٔ رقابت‌ها امضا شده",
		},
		acts: map[hq.Act]string{
			hq.ActCommit: "امین‌های کلید %s سهم‌بندی خود را تثبیت می‌کنند (trustee commit)", hq.ActDeal: "امین‌های کلید %s سهم‌ها را می‌فرستند (trustee deal)",
			hq.ActDisclose: "امین کلید %s به شکایت پاسخ می‌دهد (trustee disclose)", hq.ActConfirm: "امین‌های کلید %s سهم‌ها را می‌آزمایند و کلید را تأیید می‌کنند (trustee verify)",
			hq.ActKey: "نهاد %s کلید انتخابات را منتشر می‌کند (hq key)", hq.ActGrant: "نهادها به شعبه‌های %s دو عضو از دو نهاد و دستگاه می‌دهند (office grant)",
			hq.ActVote: "شعبه‌های %s رأی می‌گیرند، بسته می‌شوند و تحویل داده می‌شوند (branch publish, hq take-in)", hq.ActUnits: "نهاد %s واحدهای شمارش را تعیین می‌کند (hq units)",
			hq.ActMix: "آمیزنده‌های %s می‌آمیزند (mixer mix)", hq.ActOpen: "امین‌های کلید %s می‌گشایند (trustee open)", hq.ActTally: "نهاد %s شمارش را منتشر می‌کند (hq tally)",
			hq.ActCanvass: "نهاد %s جمع‌بندی می‌کند (hq canvass)", hq.ActAnswer: "نهادهای %s به پرسش‌های باز پاسخ می‌دهند (office answer)", hq.ActCertify: "نهادهای %s نتیجه را امضا می‌کنند (office certify)",
			hq.ActCorrect: "حکمی نتیجه را تغییر داده است: نهادهای %s آن را اصلاح می‌کنند (office correct)",
		},
	},
}
