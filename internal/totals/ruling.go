package totals

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sandogh/sandogh/count"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/strictjson"
)

// rulingFile is a ruling (spec/schemas/ruling.json) or, if it has a seed, a lot
// (spec/schemas/lot.json).
type rulingFile struct {
	Question string `json:"question"` // hash

	Decision   json.RawMessage `json:"decision,omitempty"` // ordered ids, or seats of groups
	Article    string          `json:"article,omitempty"`
	Text       string          `json:"text,omitempty"`
	Signatures []signatureFile `json:"signatures,omitempty"`

	Seed   string `json:"seed,omitempty"`
	Source string `json:"source,omitempty"`
	Tally  string `json:"tally,omitempty"` // hash
}

type signatureFile struct {
	By  string `json:"by"`
	Sig string `json:"sig"`
}

// A Ruling is what such a file decides.
type Ruling struct {
	File     string // its name, for errors
	question string
	article  string
	text     string
	seed     *string
	source   string
	tally    string
	order    []string
	seats    map[string]int
}

// ReadRuling reads a ruling or a lot.
func ReadRuling(data []byte) (Ruling, strictjson.Faults) {
	var f rulingFile
	faults := strictjson.Unmarshal(data, whole, &f)
	if len(faults) > 0 {
		return Ruling{}, faults
	}
	add := func(path, text string) { faults = append(faults, strictjson.Fault{Path: path, Text: text}) }
	hash := func(path, s string) {
		if b, err := hex.DecodeString(s); err != nil || len(b) != sha256.Size {
			add(path, "not a hash: write 64 hex digits")
		}
	}
	r := Ruling{question: f.Question, article: f.Article, text: f.Text, source: f.Source, tally: f.Tally}
	hash("question", f.Question)
	if f.Seed != "" {
		r.seed = &f.Seed
		hash("tally", f.Tally)
		if f.Source == "" {
			add("source", "missing: say where the seed came from")
		}
		if f.Decision != nil || f.Article != "" || f.Text != "" {
			add("decision", "a lot decides by its seed alone: remove decision, article and text, or the seed")
		}
		return r, faults
	}
	if f.Source != "" || f.Tally != "" {
		add("seed", "missing: a lot has a seed; a ruling has neither source nor tally")
	}
	if f.Article == "" {
		add("article", "missing: name the article on which the ruling rests")
	}
	if f.Text == "" {
		add("text", "missing: write the ruling out")
	}
	for i, s := range f.Signatures {
		if slices.ContainsFunc(f.Signatures[:i], func(x signatureFile) bool { return x.By == s.By }) {
			add(fmt.Sprintf("signatures[%d].by", i), "signs twice: two different offices sign")
		}
	}
	var inner strictjson.Faults
	switch {
	case len(f.Decision) == 0:
		add("decision", "missing: write an array of ids in order, or an object with the seats of groups")
	case f.Decision[0] == '[':
		inner = strictjson.Unmarshal(f.Decision, "all", &r.order)
	default:
		inner = strictjson.Unmarshal(f.Decision, "all", &r.seats)
	}
	for _, x := range inner {
		add("decision", x.String())
	}
	return r, faults
}

// QuestionHash returns the function that names the questions about a file of
// totals, as a ruling does:
//
//	SHA-256("sandogh question of totals v1" ‖ LF ‖ hex(SHA-256(file)) ‖ LF ‖ kind ‖ LF ‖
//	        of ‖ LF ‖ place ‖ LF ‖ seats, decimal ‖ LF ‖ between, joined by "," ‖ LF ‖ article)
//
// Ids have neither commas nor line feeds, and the article comes last, so that no
// two questions are written alike.
func QuestionHash(data []byte) func(count.Question) string {
	file := sha256.Sum256(data)
	return func(q count.Question) string {
		h := sha256.Sum256([]byte(strings.Join([]string{
			"sandogh question of totals v1", hex.EncodeToString(file[:]),
			q.Kind, q.Of, q.Place, strconv.Itoa(q.Seats), strings.Join(q.Between, ","), q.Article,
		}, "\n")))
		return hex.EncodeToString(h[:])
	}
}

// A Settlement answers questions from rulings, each named by its hash, and ties
// that are left by one lot.
type Settlement struct {
	Hash    func(count.Question) string
	Rulings []Ruling
	Seed    *string // of the lot, or nil
}

// A RefusedError says that a ruling or lot answers nothing of the contest.
type RefusedError struct{ err error }

func (e *RefusedError) Error() string { return e.err.Error() }
func (e *RefusedError) Unwrap() error { return e.err }

func refused(err error) error { return &RefusedError{err} }

// Count counts, and counts again with what is answered, as long as that leads to
// other questions.
func (s *Settlement) Count(in count.Input) (count.Outcome, error) {
	used := make([]bool, len(s.Rulings))
	for {
		out, err := count.Count(in)
		switch {
		case err != nil && len(in.Decisions) > 0:
			return out, refused(err)
		case err != nil:
			return out, err
		}
		before := len(in.Decisions)
		for _, q := range out.Questions {
			for i, r := range s.Rulings {
				if r.question != s.Hash(q) || used[i] {
					continue
				}
				used[i] = true
				d := q.Answer(r.order, r.seats)
				d.Article = r.article
				if r.seed != nil {
					if q.Kind != count.Tie {
						return out, refused(fmt.Errorf("%s is a lot, and the question %s is not a tie: it needs a ruling", r.File, q.Kind))
					}
					d.Order = record.LotOrder(*r.seed, q.Between)
				}
				in.Decisions = append(in.Decisions, d)
			}
		}
		for _, q := range out.Questions {
			answered := slices.ContainsFunc(in.Decisions[before:], func(d count.Decision) bool {
				return d.Kind == q.Kind && d.Of == q.Of && slices.Equal(d.Between, q.Between)
			})
			if s.Seed != nil && q.Kind == count.Tie && !answered {
				in.Decisions = append(in.Decisions, q.Answer(record.LotOrder(*s.Seed, q.Between), nil))
			}
		}
		if len(in.Decisions) == before {
			for i, r := range s.Rulings {
				if !used[i] {
					return out, refused(fmt.Errorf("%s answers question %s, which this contest does not ask", r.File, r.question))
				}
			}
			return out, nil
		}
	}
}

// Body returns the ruling or lot as it stands on the record of an election, where
// its question is named by the hash of the question's entry.
func (r *Ruling) Body(contest string) record.Body {
	question, _ := hex.DecodeString(r.question) // checked when it was read
	if r.seed != nil {
		canvass, _ := hex.DecodeString(r.tally)
		return &record.Lot{Contest: contest, Question: question, Seed: *r.seed, Source: r.source, Canvass: canvass}
	}
	b := &record.Ruling{Contest: contest, Question: question, Order: r.order, Article: r.article, Text: r.text}
	for _, group := range slices.Sorted(maps.Keys(r.seats)) {
		b.Seats = append(b.Seats, record.GroupSeats{Group: group, Seats: uint64(r.seats[group])})
	}
	return b
}
