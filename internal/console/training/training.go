package training

import (
	"embed"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	"github.com/sandogh/sandogh/internal/training/programme"
	"github.com/sandogh/sandogh/internal/web"
)

//go:embed templates/*.html
var templates embed.FS

type part struct{}

// Part returns the part.
func Part(console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	p := &part{}
	return console.Part{
		Name: "training", Words: words, Templates: own, Routes: p.routes(),
		Nav: []console.Nav{
			{Path: "/training", Word: words["training.title"], Power: office.TrainingSee},
		},
	}
}

// Routes returns its routes.
func Routes(d console.Deps) []console.Route { return Part(d).Routes }

func (p *part) routes() []console.Route {
	see, plan := office.TrainingSee, office.TrainingPlan
	s := func(key string) web.Text { return words["training."+key] }
	return []console.Route{
		{Method: "GET", Path: "/training", Power: see, Summary: s("title"), Do: p.home},
		{Method: "POST", Path: "/training/new", Power: plan, Summary: s("new"), Form: newForm(), Do: p.add},
		{Method: "GET", Path: "/training/programmes/{programme}", Power: see, Scope: programmeScope, Summary: s("programme"), Do: p.board},
		{Method: "GET", Path: "/training/programmes/{programme}/plan", Power: see, Scope: programmeScope, Summary: s("plan"), Do: p.plan},
		{Method: "GET", Path: "/training/programmes/{programme}/programme.pdf", Power: see, Scope: programmeScope, Summary: s("pdf"), Do: p.pdf},
		{Method: "POST", Path: "/training/programmes/{programme}/move", Power: plan, Scope: programmeScope, Summary: s("move"), Form: moveForm(), Do: p.move},
		{Method: "POST", Path: "/training/programmes/{programme}/swap", Power: plan, Scope: programmeScope, Summary: s("swap"), Form: swapForm(), Do: p.swap},
		{Method: "POST", Path: "/training/programmes/{programme}/unpin", Power: plan, Scope: programmeScope, Summary: s("unpin"), Form: unpinForm(), Do: p.unpin},
		{Method: "POST", Path: "/training/programmes/{programme}/when", Power: plan, Scope: programmeScope, Summary: s("when"), Form: whenForm(), Do: p.when},
		{Method: "POST", Path: "/training/programmes/{programme}/window", Power: plan, Scope: programmeScope, Summary: s("window"), Form: windowForm(), Do: p.window},
		{Method: "POST", Path: "/training/programmes/{programme}/refresh", Power: plan, Scope: programmeScope, Summary: s("refresh"), Form: refreshForm(), Do: p.refresh},
		{Method: "POST", Path: "/training/programmes/{programme}/first", Power: plan, Scope: programmeScope, Summary: s("first"), Form: Confirm("first.intro", toPlan), Do: p.first},
		{Method: "POST", Path: "/training/programmes/{programme}/publish", Power: plan, Scope: programmeScope, Summary: s("publish"), Form: Confirm("publish.intro", toPlan), Do: p.publish},
		{Method: "POST", Path: "/training/people/import", Power: office.PeopleEdit, Summary: s("import"), Form: importForm(), Do: p.importPeople},
		{Method: "POST", Path: "/training/people/history", Power: office.PeopleEdit, Summary: s("history"), Form: historyForm(), Do: p.importHistory},
	}
}

func programmeScope(r *console.Request) (string, error) {
	p, err := trainingdb.New(r.DB).Programme(r.Context(), r.PathValue("programme"))
	return p.Office, store.Classify(err)
}

// Told puts what is refused into words.
func Told(r *console.Request, err error) error {
	var f *training.Fault
	if !errors.As(err, &f) {
		return err
	}
	return &console.Refused{Text: SayFault(r, f), Date: training.ISO(f.Day)}
}

// SayFault says why package training refuses something.
func SayFault(r *console.Request, f *training.Fault) string {
	at := ""
	if f.At != 0 {
		at = r.Lang.Digits(store.Time(f.At).In(office.Tehran).Format("15:04"))
	}
	state := ""
	if f.State != "" {
		state = r.Say("training.state." + f.State)
	}
	return r.Say("training.fault."+string(f.Reason), f.Name, f.Session, state, at)
}

// Write does something in a transaction, and goes on to a page.
func Write(r *console.Request, path, flash string, do func(tx *store.Tx) error) (console.Answer, error) {
	if err := r.Tx(do); err != nil {
		return nil, Told(r, err)
	}
	return console.Redirect{Path: path, Flash: flash}, nil
}

func toPlan(r *console.Request) console.Link {
	return console.Link{Path: "/training/programmes/" + r.PathValue("programme") + "/plan", Word: r.Say("shell.cancel")}
}

func toHome(r *console.Request) console.Link {
	return console.Link{Path: "/training", Word: r.Say("shell.cancel")}
}

// Confirm is a page that says what will be done.
func Confirm(intro string, to func(*console.Request) console.Link) *console.Form {
	return &console.Form{Intro: words["training."+intro], Back: to}
}

// Crumbs lead to the page of all programmes and on.
func Crumbs(r *console.Request, more ...console.Link) []console.Link {
	return append([]console.Link{{Path: "/training", Word: r.Say("training.title")}}, more...)
}

// Names returns the names of offices.
func Names(r *console.Request, codes []string) ([]string, error) {
	units, err := offices(r, codes)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = console.NameIn(r.Lang, units[code].NameFa, units[code].NameEn)
	}
	return out, nil
}

// few is up to how many offices are read one by one.
const few = 10

// offices reads offices: many counties or provinces at once.
func offices(r *console.Request, codes []string) (map[string]officedb.Office, error) {
	q, out := officedb.New(r.DB), map[string]officedb.Office{}
	if len(codes) > few {
		_, hi := office.Range(slices.Max(codes))
		for _, kind := range []string{office.ProvinceAt, office.CountyAt} {
			rows, err := q.OfficesOfKind(r.Context(), officedb.OfficesOfKindParams{Kind: kind, Lo: slices.Min(codes), Hi: hi, Max: 2000})
			if err != nil {
				return nil, store.Classify(err)
			}
			for _, o := range rows {
				out[o.Code] = o
			}
		}
	}
	for _, code := range codes {
		if _, known := out[code]; known {
			continue
		}
		o, err := q.Office(r.Context(), code)
		if err != nil {
			return nil, store.Classify(err)
		}
		out[code] = o
	}
	return out, nil
}

// load reads the programme of the path.
func load(r *console.Request) (*programme.Programme, error) {
	return programme.Get(r.Context(), r.DB, r.PathValue("programme"))
}

// Vocabulary is the words of the part, and of package sessions.
var Vocabulary = func() web.Words {
	all := web.Words{}
	for _, some := range []web.Words{wordsPlan, wordsSession, wordsMine} {
		maps.Copy(all, some)
	}
	return all
}()

var words = Vocabulary
