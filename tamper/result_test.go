package tamper_test

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// TestResults: a headquarters that counts as it likes.
func TestResults(t *testing.T) { results().try(t) }

func results() table {
	tally := func(f *forger, unit string, change func(*record.Tally)) where {
		cut[*record.Canvass](f)
		return entry(hq, edit(f, hq, tallyOf(f, unit), change))
	}
	canvass := func(f *forger, change func(*record.Canvass)) where {
		i := edit(f, hq, 0, change)
		f.recanvass()
		return entry(hq, i)
	}
	stated := func(f *forger, change func(*record.Statements)) where {
		return canvass(f, func(c *record.Canvass) { f.state(c, change) })
	}
	result := func(f *forger, change func(*record.Result)) where { return entry(hq, edit(f, hq, 0, change)) }
	signed := func(f *forger, by ...string) where {
		i := len(f.logs[hq]) - 1
		f.logs[hq][i] = f.sign(hq, body[*record.Result](f, hq, i), by...)
		return entry(hq, i)
	}
	return table{good, []row{
		{"F08 a tally has one vote more", "V037", "", func(f *forger) where {
			return tally(f, "101", func(b *record.Tally) { b.Counts[0]++ })
		}},
		{"D05 a bit of a count flips in memory: 4,096 votes more", "V037", "", func(f *forger) where {
			return tally(f, "101", func(b *record.Tally) { b.Counts[0] ^= 1 << 12 })
		}},
		{"F08 a tally moves a vote", "V037", "", func(f *forger) where {
			return tally(f, "101", func(b *record.Tally) { b.Counts[0]--; b.Counts[4]++ })
		}},
		{"F07 a tally makes a vote blank", "V037", "", func(f *forger) where {
			return tally(f, "101", func(b *record.Tally) { b.Counts[0]--; b.Counts[5]++ })
		}},
		{"F08 a tally has one ballot more", "V037", "", func(f *forger) where {
			return tally(f, "101", func(b *record.Tally) { b.Ballots++ })
		}},
		{"a tally leaves the blanks out", "V037", "", func(f *forger) where {
			return tally(f, "101", func(b *record.Tally) { b.Counts = b.Counts[:5] })
		}},
		{"a tally gives votes to a unit without ballots", "V037", "", func(f *forger) where {
			return tally(f, "103", func(b *record.Tally) { b.Ballots, b.Counts[4], b.Counts[5] = 1, 1, 1 })
		}},
		{"a tally of another unit", "V037", "", func(f *forger) where {
			other := nth[*record.Tally](f, hq, tallyOf(f, "102"))
			return tally(f, "101", func(b *record.Tally) { b.Counts, b.Ballots = other.Counts, other.Ballots })
		}},
		{"B12 a unit is tallied twice", "V037", "", func(f *forger) where {
			cut[*record.Canvass](f)
			return entry(hq, f.append(hq, nth[*record.Tally](f, hq, 0), "office/hq"))
		}},
		{"F01 a tally comes before a quorum has opened the unit", "V035", "", func(f *forger) where {
			cut[*record.Canvass](f)
			to := indices[*record.Shares](f, hq)[0]
			f.move(hq, indices[*record.Tally](f, hq)[tallyOf(f, "101")], to)
			return entry(hq, to)
		}},
		{"a tally of a unit that is not there", "V009", "", func(f *forger) where {
			cut[*record.Canvass](f)
			b := nth[*record.Tally](f, hq, 0)
			b.Unit = "104"
			return entry(hq, f.append(hq, b, "office/hq"))
		}},

		{"F08 the canvass has one vote more", "V040", "", func(f *forger) where {
			return canvass(f, func(c *record.Canvass) { c.Votes[4]++ })
		}},
		{"F08 the canvass moves a vote", "V040", "", func(f *forger) where {
			return canvass(f, func(c *record.Canvass) { c.Votes[0]--; c.Votes[4]++ })
		}},
		{"F08 the canvass has one ballot more", "V040", "", func(f *forger) where {
			return canvass(f, func(c *record.Canvass) { c.Ballots++ })
		}},
		{"F07 the canvass has one blank less", "V040", "", func(f *forger) where {
			return canvass(f, func(c *record.Canvass) { c.Blank-- })
		}},
		{"the canvass changes what a branch stated", "V040", "", func(f *forger) where {
			return stated(f, func(c *record.Statements) { c.Statements[0].Counts.Challenged = 0 })
		}},
		{"B14 the canvass leaves a branch out", "V040", "", func(f *forger) where {
			return stated(f, func(c *record.Statements) { c.Statements = c.Statements[1:] })
		}},
		{"the canvass names an exception that there was not", "V040", "", func(f *forger) where {
			return stated(f, func(c *record.Statements) {
				c.Exceptions = append(c.Exceptions, record.Exception{Branch: "101", What: record.ExceptionNotCast, Number: 1})
			})
		}},
		{"C04 the canvass is silent on voters who cast nothing", "V040", "", func(f *forger) where {
			cut[*record.Result](f)
			edit(f, b103, 0, func(c *record.Close) { c.Counts.CheckedIn = 2 })
			f.takeIn(b103)
			return stated(f, func(c *record.Statements) { c.Statements[2].Counts.CheckedIn = 2 })
		}},
		{"the list of statements is said to be a list of units", "V040", "", func(f *forger) where {
			return canvass(f, func(c *record.Canvass) { c.Statements.Type = record.TypeUnits })
		}},
		{"the list of statements is not the one that the canvass names", "V002", "", func(f *forger) where {
			name := path(nth[*record.Canvass](f, hq, 0).Statements)
			f.later(func(files fstest.MapFS) { files[name].Data[3] ^= 1 })
			return file(name)
		}},
		{"the list of statements is missing", "V002", report.Unknown, func(f *forger) where {
			return remove(f, path(nth[*record.Canvass](f, hq, 0).Statements))
		}},
		{"F01 the canvass comes before the last tally", "V009 V001", "", func(f *forger) where {
			cut[*record.Result](f)
			i := indices[*record.Canvass](f, hq)[0]
			f.move(hq, i, i-1)
			return entry(hq, i-1)
		}},
		{"a contest is canvassed twice", "V009", "", func(f *forger) where {
			return entry(hq, f.append(hq, nth[*record.Canvass](f, hq, 0), "office/hq"))
		}},
		{"a question that the law does not leave open", "V041", "", func(f *forger) where {
			cut[*record.Result](f)
			code := record.Code(f.logs[hq][len(f.logs[hq])-1])
			q := &record.Question{Contest: contest, What: "tie", Between: []string{"101", "102"}, Seats: 1,
				Article: f.def.Contests[0].Article, Votes: code[:]}
			return entry(hq, f.append(hq, q, "office/hq"))
		}},
		{"a question before the canvass", "V009", "", func(f *forger) where {
			cut[*record.Canvass](f)
			return entry(hq, f.append(hq, &record.Question{Contest: contest, What: "tie"}, "office/hq"))
		}},

		{"F10 another person is elected", "V042", "", func(f *forger) where {
			return result(f, func(r *record.Result) { r.Elected[1] = "105" })
		}},
		{"F10 one person more is elected", "V042", "", func(f *forger) where {
			return result(f, func(r *record.Result) { r.Elected = append(r.Elected, "105") })
		}},
		{"F10 another person is the alternate", "V042", "", func(f *forger) where {
			return result(f, func(r *record.Result) { r.Alternates = []string{"105"} })
		}},
		{"F10 the result names the elected in another order", "V042", "", func(f *forger) where {
			return result(f, func(r *record.Result) { slices.Reverse(r.Elected) })
		}},
		{"F10 the result rests on another canvass", "V042", "", func(f *forger) where {
			return result(f, func(r *record.Result) { r.Canvass[0] ^= 1 })
		}},
		{"I07 headquarters alone signs the result", "V008", "", func(f *forger) where { return signed(f, "office/hq") }},
		{"I07 the supervisory office alone signs the result", "V008", "", func(f *forger) where { return signed(f, "office/supervisors") }},
		{"I07 headquarters and a trustee sign the result", "V008", "", func(f *forger) where { return signed(f, "office/hq", "trustee/t1") }},
		{"I07 headquarters and an office that is not there sign the result", "V008", "", func(f *forger) where {
			return signed(f, "office/hq", "office/ministry")
		}},
		{"I07 a signer whose name is no more than its kind", "V008", "", func(f *forger) where { return signed(f, "office/hq", "office/") }},
		{"a result without a canvass", "V009", "", func(f *forger) where {
			f.remove(hq, indices[*record.Canvass](f, hq)[0])
			return entry(hq, indices[*record.Result](f, hq)[0])
		}},
		{"a contest has two results", "V009", "", func(f *forger) where {
			return entry(hq, f.append(hq, nth[*record.Result](f, hq, 0), "office/hq", "office/supervisors"))
		}},
		{"a result of a contest that is not there", "V009", "", func(f *forger) where {
			r := nth[*record.Result](f, hq, 0)
			r.Contest = "mayor"
			return entry(hq, f.append(hq, r, "office/hq", "office/supervisors"))
		}},
	}}
}

// TestQuestions: the law leaves open who of two has the last seat, and
// somebody answers without being asked.
func TestQuestions(t *testing.T) {
	l := tied()
	r, _ := verify.Record(context.Background(), l.files, verify.Options{Election: &l.id})
	if c, _ := r.Check("V041"); r.Status != report.Verified || r.Phase != report.PhaseCanvassed || c.State != report.Pass {
		t.Fatalf("status %s, phase %s, V041 %s: %s", r.Status, r.Phase, c.State, found(r))
	}
	questions().try(t)
}

func questions() table {
	question := func(f *forger, change func(*record.Question)) where { return entry(hq, edit(f, hq, 0, change)) }
	canvassed := func(f *forger) where { return entry(hq, indices[*record.Canvass](f, hq)[0]) }
	return table{tied, []row{
		{"a question is not on the record", "V041", report.Unknown, func(f *forger) where {
			f.remove(hq, indices[*record.Question](f, hq)[0])
			return canvassed(f)
		}},
		{"a question is on the record twice", "V041", "", func(f *forger) where {
			return entry(hq, f.append(hq, nth[*record.Question](f, hq, 0), "office/hq"))
		}},
		{"a question leaves one of the tied out", "V041", "", func(f *forger) where {
			return question(f, func(q *record.Question) { q.Between = q.Between[:1] })
		}},
		{"a question is about more seats", "V041", "", func(f *forger) where {
			return question(f, func(q *record.Question) { q.Seats++ })
		}},
		{"a question cites another article", "V041", "", func(f *forger) where {
			return question(f, func(q *record.Question) { q.Article = "another" })
		}},
		{"a question is about another canvass", "V041", "", func(f *forger) where {
			return question(f, func(q *record.Question) { q.Votes[0] ^= 1 })
		}},
		{"a result while a question is open", "V042", "", func(f *forger) where {
			q := nth[*record.Question](f, hq, 0)
			r := &record.Result{Contest: contest, Canvass: q.Votes, Elected: append([]string{"101"}, q.Between[0])}
			return entry(hq, f.append(hq, r, "office/hq", "office/supervisors"))
		}},
		{"the question is left out and the result given", "V042 V041", "", func(f *forger) where {
			i := indices[*record.Question](f, hq)[0]
			q := body[*record.Question](f, hq, i)
			f.remove(hq, i)
			r := &record.Result{Contest: contest, Canvass: q.Votes, Elected: append([]string{"101"}, q.Between[0])}
			return entry(hq, f.append(hq, r, "office/hq", "office/supervisors"))
		}},
	}}
}
