package tamper_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sandogh/sandogh/canvass"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// corrected is the record of the election with the tie, which a lot settled; a
// ruling then gave the seat to the other one, and both offices corrected the
// result. tinyCorrected is the same of the tiny election.
var (
	corrected     = sync.OnceValue(func() *loot { return correctionOf(tied()) })
	tinyCorrected = sync.OnceValue(func() *loot { return correctionOf(tinyTied()) })
)

func correctionOf(l *loot) *loot {
	f := l.forger()
	_, lot := settles(f)
	f.append(hq, lot, offices...)
	f.append(hq, f.follows(), offices...)
	overrule(f)
	correct(f, func(*record.Correction) {})
	return f.kept()
}

// overrule answers the question of the tied election anew, in the order that the
// answer in force does not have.
func overrule(f *forger) int {
	ruling, _ := settles(f)
	ruling.Order = winners(f)
	slices.Reverse(ruling.Order)
	ruling.Text = "the answer before was void"
	return f.append(hq, ruling, offices...)
}

// answer returns the index of the ruling or lot that is in force.
func answer(f *forger) int {
	return slices.Max(slices.Concat(indices[*record.Lot](f, hq), indices[*record.Ruling](f, hq)))
}

// winners returns the order of the tied that the answer in force gives.
func winners(f *forger) []string {
	switch b := must(record.Decode(f.logs[hq][answer(f)])).Body.(type) {
	case *record.Lot:
		return record.LotOrder(b.Seed, nth[*record.Question](f, hq, 0).Between)
	case *record.Ruling:
		return slices.Clone(b.Order)
	}
	panic("forger: neither a ruling nor a lot")
}

// follows returns the result that follows from the answer in force. In the tiny
// election nobody but the tied is elected, and there are no alternates.
func (f *forger) follows() *record.Result {
	hash := record.Code(f.logs[hq][answer(f)])
	q, order := nth[*record.Question](f, hq, 0), winners(f)
	r := &record.Result{Contest: contest, Canvass: q.Votes, Answers: [][]byte{hash[:]}, Elected: order[:1]}
	if c := &f.def.Contests[0]; c.Seats > 1 {
		r.Elected, r.Alternates = append([]string{"101"}, order[0]), order[1:]
	}
	return r
}

// correct puts a correction on the record, not quite as it should be, and
// returns its index.
func correct(f *forger, change func(*record.Correction)) int {
	results := slices.Concat(indices[*record.Result](f, hq), indices[*record.Correction](f, hq))
	was := record.Code(f.logs[hq][slices.Max(results)])
	c := &record.Correction{Corrects: was[:], Result: *f.follows(), Article: "72", Text: "the answer before was void"}
	change(c)
	return f.append(hq, c, offices...)
}

// TestCorrections: somebody replaces a result otherwise than both offices may.
func TestCorrections(t *testing.T) {
	for what, good := range map[string]func(f *forger){
		"corrected back, by another ruling": func(f *forger) {
			overrule(f)
			correct(f, func(*record.Correction) {})
		},
		"a ruling, and the correction not yet": func(f *forger) { overrule(f) },
		"a wrong result, put right": func(f *forger) {
			edit(f, hq, 0, func(r *record.Result) { slices.Reverse(r.Elected) })
			was := record.Code(f.logs[hq][indices[*record.Result](f, hq)[0]])
			edit(f, hq, 0, func(c *record.Correction) { c.Corrects = was[:] })
		},
	} {
		l := corrected()
		f := l.forger()
		good(f)
		if r, _ := verify.Record(context.Background(), f.publish(), verify.Options{Election: &l.id}); r.Status != report.Verified || r.Phase != report.PhaseCertified {
			t.Errorf("%s: %s, %s: %s", what, r.Status, r.Phase, found(r))
		}
	}
	corrections().try(t)
}

func corrections() table {
	altered := func(f *forger, change func(*record.Correction)) where { return entry(hq, edit(f, hq, 0, change)) }
	again := func(f *forger, change func(*record.Correction)) where { return entry(hq, correct(f, change)) }
	signed := func(f *forger, by ...string) where {
		i := indices[*record.Correction](f, hq)[0]
		f.logs[hq][i] = f.sign(hq, body[*record.Correction](f, hq, i), by...)
		return entry(hq, i)
	}
	return table{corrected, []row{
		{"F10 a result is corrected without a reason", "V043", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Text = "" })
		}},
		{"F10 a result is corrected by no article", "V043", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Article = "" })
		}},
		{"a correction of a result that is not there", "V043", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Corrects[0] ^= 1 })
		}},
		{"a correction names a part of the result's hash", "V043", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Corrects = c.Corrects[:31] })
		}},
		{"a correction of a result that is corrected already", "V043", "", func(f *forger) where {
			first := nth[*record.Correction](f, hq, 0).Corrects
			overrule(f)
			return again(f, func(c *record.Correction) { c.Corrects = first })
		}},
		{"a correction changes nothing", "V043", "", func(f *forger) where {
			return again(f, func(*record.Correction) {})
		}},
		{"F10 a correction that nothing on the record has led to", "V042", "", func(f *forger) where {
			return again(f, func(c *record.Correction) {
				c.Result.Elected[1], c.Result.Alternates[0] = c.Result.Alternates[0], c.Result.Elected[1]
			})
		}},
		{"F10 a correction elects somebody whom nobody ruled for", "V042", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Result.Elected[1] = "105" })
		}},
		{"F10 a correction hides the ruling that it rests on", "V042", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Result.Answers = nil })
		}},
		{"F10 a correction rests on the lot as well as the ruling", "V042", "", func(f *forger) where {
			hash := record.Code(f.logs[hq][indices[*record.Lot](f, hq)[0]])
			return altered(f, func(c *record.Correction) { c.Result.Answers = append([][]byte{hash[:]}, c.Result.Answers...) })
		}},
		{"F10 a correction rests on another canvass", "V042", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Result.Canvass[0] ^= 1 })
		}},
		{"F06 the ruling comes after the correction that rests on it", "V042", "", func(f *forger) where {
			i := indices[*record.Ruling](f, hq)[0]
			f.move(hq, i, i+1)
			return entry(hq, i)
		}},
		{"F10 a wrong result is put right, and the correction is wrong", "V042", "", func(f *forger) where {
			edit(f, hq, 0, func(r *record.Result) { slices.Reverse(r.Elected) })
			was := record.Code(f.logs[hq][indices[*record.Result](f, hq)[0]])
			return altered(f, func(c *record.Correction) {
				c.Corrects = was[:]
				slices.Reverse(c.Result.Elected)
			})
		}},
		{"F06 a lot is drawn again after the result", "V041", "", func(f *forger) where {
			cut[*record.Ruling](f)
			return draw(f, func(l *record.Lot) { l.Seed = "another throw" })
		}},
		{"F06 a ruling after the result names somebody who is not tied", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Order = []string{r.Order[0], "101"} })
		}},
		{"F06 a ruling after the result answers another question", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Question[0] ^= 1 })
		}},
		{"F06 an old ruling is put on the record again", "V041", "", func(f *forger) where {
			i := indices[*record.Ruling](f, hq)[0]
			old := f.logs[hq][i]
			overrule(f)
			f.logs[hq] = append(f.logs[hq], old)
			return entry(hq, len(f.logs[hq])-1)
		}},
		{"a ruling twice", "V041", "", func(f *forger) where {
			i := indices[*record.Ruling](f, hq)[0]
			f.insert(hq, i, f.logs[hq][i])
			return entry(hq, i+1)
		}},
		{"a question is put after the result", "V041", "", func(f *forger) where {
			return entry(hq, f.append(hq, nth[*record.Question](f, hq, 0), "office/hq"))
		}},
		{"F10 another result, and no correction", "V009", "", func(f *forger) where {
			cut[*record.Correction](f)
			return entry(hq, f.append(hq, f.follows(), offices...))
		}},
		{"a correction before the result", "V009", "", func(f *forger) where {
			i := indices[*record.Result](f, hq)[0]
			f.insert(hq, i, f.logs[hq][indices[*record.Correction](f, hq)[0]])
			return entry(hq, i)
		}},
		{"a correction in a contest that is not there", "V009", "", func(f *forger) where {
			return altered(f, func(c *record.Correction) { c.Result.Contest = "mayor" })
		}},
		{"I07 headquarters alone corrects a result", "V008", "", func(f *forger) where { return signed(f, "office/hq") }},
		{"I07 the supervisory office alone corrects a result", "V008", "", func(f *forger) where { return signed(f, "office/supervisors") }},
		{"I07 headquarters alone rules after the result", "V008 V042", "", func(f *forger) where {
			i := indices[*record.Ruling](f, hq)[0]
			f.logs[hq][i] = f.sign(hq, body[*record.Ruling](f, hq, i), "office/hq")
			hash := record.Code(f.logs[hq][i])
			altered(f, func(c *record.Correction) { c.Result.Answers = [][]byte{hash[:]} })
			return entry(hq, i)
		}},
	}}
}

// TestCorrecting: the acts correct what has to be, and nothing else; what both
// offices sign is taken in on a record that its result alone refutes.
func TestCorrecting(t *testing.T) {
	l := corrected()
	sign := func(f *forger) (record.Signer, record.Signer) {
		return f.keys.Signer("office/hq"), f.keys.Signer("office/supervisors")
	}
	view := func(f *forger) *verify.View {
		_, v := verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect})
		return v
	}
	refuses := func(what string, err error, text string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want %q", what, err, text)
		}
	}

	f := l.forger()
	a, b := sign(f)
	v := view(f)
	_, err := canvass.Correct(v, contest, "72", "again", a, b)
	refuses("a result that is right", err, "what the record gives")
	if got := v.Results(contest); len(got) != 2 || got[0].Correction != nil || got[1].Correction == nil ||
		!bytes.Equal(got[1].Correction.Corrects, got[0].Hash[:]) || slices.Equal(got[0].Result.Elected, got[1].Result.Elected) {
		t.Errorf("the results are %+v", got)
	}
	want := f.logs[hq][indices[*record.Correction](f, hq)[0]]

	// As it was done: the ruling, then the correction.
	cut[*record.Correction](f)
	v = view(f)
	if _, o, err := v.Canvass(contest); err != nil || !slices.Equal(o.Elected, v.Results(contest)[0].Result.Elected) {
		t.Errorf("until the correction the outcome is %v (%v)", o.Elected, err)
	}
	if q, err := v.Answered(contest); err != nil || len(q) != 1 {
		t.Errorf("answered questions: %v (%v)", q, err)
	}
	_, err = canvass.Correct(v, contest, "", "again", a, b)
	refuses("no article", err, "on which article")
	_, err = canvass.Correct(v, "mayor", "72", "again", a, b)
	refuses("another contest", err, "no result")
	got, err := canvass.Correct(v, contest, "72", "the answer before was void", a, b)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("the correction is not the one that the forger made: %v", err)
	}
	if err := v.Admit(&record.Submission{Entry: got}); err != nil {
		t.Error(err)
	}
	refuses("the correction twice", v.Admit(&record.Submission{Entry: got}, &record.Submission{Entry: got}), "V043")

	// A wrong result: no act goes on from the record, but the one that mends it.
	cut[*record.Ruling](f)
	edit(f, hq, 0, func(r *record.Result) { slices.Reverse(r.Elected) })
	v = view(f)
	refuses("the record", v.Sound(), "V042")
	if err := v.Correctable(); err != nil {
		t.Error(err)
	}
	got, err = canvass.Correct(v, contest, "72", "the program was wrong", a, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Admit(&record.Submission{Entry: got}); err != nil {
		t.Error(err)
	}
	ruling, _ := settles(f)
	refuses("a ruling on a record that does not stand", v.Admit(&record.Submission{Entry: f.sign(hq, ruling, offices...)}), "V042")
	refuses("a ruling with the correction", v.Admit(&record.Submission{Entry: f.sign(hq, ruling, offices...)}, &record.Submission{Entry: got}), "V042")
	bad := must(record.Decode(got)).Body.(*record.Correction)
	bad.Result.Alternates = nil
	refuses("a wrong correction", v.Admit(&record.Submission{Entry: f.sign(hq, bad, offices...)}), "V042")

	// More is wrong than the result.
	edit(f, hq, 0, func(c *record.Canvass) { c.Blank++ })
	v = view(f)
	refuses("a wrong canvass", v.Correctable(), "V040")
	_, err = canvass.Correct(v, contest, "72", "the program was wrong", a, b)
	refuses("a correction on a wrong canvass", err, "V040")
	refuses("its submission", v.Admit(&record.Submission{Entry: got}), "V040")
}
