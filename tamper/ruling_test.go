package tamper_test

import (
	"context"
	"testing"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// settles returns a ruling and a lot that answer the first question of the tied
// election as they should.
func settles(f *forger) (*record.Ruling, *record.Lot) {
	i := indices[*record.Question](f, hq)[0]
	q := body[*record.Question](f, hq, i)
	hash := record.Code(f.logs[hq][i])
	return &record.Ruling{Contest: contest, Question: hash[:], Order: q.Between, Article: q.Article, Text: "by the joint session"},
		&record.Lot{Contest: contest, Question: hash[:], Seed: "17 4 33", Source: "dice", Canvass: q.Votes}
}

var offices = []string{"office/hq", "office/supervisors"}

// rule and draw answer the question of the tied election, not quite as they should.
func rule(f *forger, change func(*record.Ruling)) where {
	r, _ := settles(f)
	change(r)
	return entry(hq, f.append(hq, r, offices...))
}

func draw(f *forger, change func(*record.Lot)) where {
	_, l := settles(f)
	change(l)
	return entry(hq, f.append(hq, l, offices...))
}

// TestRulings: somebody answers a question otherwise than both offices may.
func TestRulings(t *testing.T) {
	// Both answers, unchanged, are good.
	for _, good := range []func(*forger){
		func(f *forger) { rule(f, func(*record.Ruling) {}) },
		func(f *forger) { draw(f, func(*record.Lot) {}) },
	} {
		l := tied()
		f := l.forger()
		good(f)
		r, _ := verify.Record(context.Background(), f.publish(), verify.Options{Election: &l.id})
		if r.Status != report.Verified {
			t.Fatalf("a good answer: %s", found(r))
		}
	}
	rulings().try(t)
}

func rulings() table {
	return table{tied, []row{
		{"F06 a ruling answers another question", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Question[0] ^= 1 })
		}},
		{"F06 a ruling names somebody who is not tied", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Order = []string{r.Order[0], "101"} })
		}},
		{"F06 a ruling leaves one of the tied out", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Order = r.Order[:1] })
		}},
		{"F06 a ruling gives seats where an order is asked", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Seats = []record.GroupSeats{{Group: "A", Seats: 1}} })
		}},
		{"F06 a ruling rests on no article", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Article = "" })
		}},
		{"F06 a ruling does not say why", "V041", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Text = "" })
		}},
		{"F06 a question is answered twice", "V041", "", func(f *forger) where {
			rule(f, func(*record.Ruling) {})
			return draw(f, func(*record.Lot) {})
		}},
		{"F06 a lot without a seed", "V041", "", func(f *forger) where { return draw(f, func(l *record.Lot) { l.Seed = "" }) }},
		{"F06 a lot that does not say where its seed came from", "V041", "", func(f *forger) where {
			return draw(f, func(l *record.Lot) { l.Source = "" })
		}},
		{"F06 a lot on another canvass", "V041", "", func(f *forger) where {
			return draw(f, func(l *record.Lot) { l.Canvass[0] ^= 1 })
		}},
		{"I07 headquarters alone rules", "V008", "", func(f *forger) where {
			r, _ := settles(f)
			return entry(hq, f.append(hq, r, "office/hq"))
		}},
		{"I07 headquarters alone draws the lot", "V008", "", func(f *forger) where {
			_, l := settles(f)
			return entry(hq, f.append(hq, l, "office/hq"))
		}},
		{"a ruling before the canvass", "V009", "", func(f *forger) where {
			r, _ := settles(f)
			f.insert(hq, indices[*record.Canvass](f, hq)[0], f.sign(hq, r, offices...))
			return entry(hq, indices[*record.Ruling](f, hq)[0])
		}},
		{"a ruling of a contest that is not there", "V009", "", func(f *forger) where {
			return rule(f, func(r *record.Ruling) { r.Contest = "mayor" })
		}},
		{"F10 the result hides the lot that it rests on", "V042", "", func(f *forger) where {
			draw(f, func(*record.Lot) {})
			return entry(hq, f.append(hq, certified(f, nil), offices...))
		}},
		{"F10 the result names the loser of the lot", "V042", "", func(f *forger) where {
			draw(f, func(*record.Lot) {})
			n := indices[*record.Lot](f, hq)[0]
			hash := record.Code(f.logs[hq][n])
			r := certified(f, [][]byte{hash[:]})
			r.Elected[len(r.Elected)-1], r.Alternates = "105", nil
			return entry(hq, f.append(hq, r, offices...))
		}},
	}}
}

// certified returns a result of the tied contest with the answers given.
func certified(f *forger, answers [][]byte) *record.Result {
	q := nth[*record.Question](f, hq, 0)
	order := record.LotOrder("17 4 33", q.Between)
	return &record.Result{Contest: contest, Canvass: q.Votes, Answers: answers, Elected: append([]string{"101"}, order[0]), Alternates: order[1:]}
}
