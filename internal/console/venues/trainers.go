package venues

import (
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/programme"
)

func trainerPath(id string) string { return "/training/trainers/" + id }

func toTrainer(r *console.Request) console.Link {
	return console.Link{Path: trainerPath(r.PathValue("person")), Word: r.Say("shell.cancel")}
}

// trainers lists the trainers within reach, with the days on which they are away.
func trainers(r *console.Request) (console.Answer, error) {
	l := console.List{Whole: true, Crumbs: crumbs(r), Intro: r.Say("venues.trainers.intro"), Empty: r.Say("venues.trainers.empty"), Search: r.Say("venues.trainers.search"),
		Columns: []console.Column{{Key: "name", Label: words["venues.trainer"], Sort: true}, {Key: "office", Label: words["venues.office"], Sort: true}, {Key: "off", Label: words["venues.off.days"]}}}
	q := trainingdb.New(r.DB)
	days, err := q.OffDays(r.Context())
	if err != nil {
		return nil, store.Classify(err)
	}
	said := map[string][]string{}
	for _, d := range days {
		if d.LastDay >= r.Today() {
			said[d.Person] = append(said[d.Person], stretch(r, d.FirstDay, d.LastDay))
		}
	}
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := q.Trainers(r.Context(), trainingdb.TrainersParams{Lo: lo, Hi: hi, Today: r.Today()})
		if err != nil {
			return nil, store.Classify(err)
		}
		for _, t := range rows {
			at, err := officedb.New(r.DB).Office(r.Context(), t.Office)
			if err != nil {
				return nil, store.Classify(err)
			}
			l.Rows = append(l.Rows, console.Row{ID: t.Person, Path: trainerPath(t.Person), Cells: []any{t.Name, console.NameIn(r.Lang, at.NameFa, at.NameEn), r.Lang.And(said[t.Person])}})
		}
	}
	return l, nil
}

// teaching returns the trainer of the path and the office at which they are one;
// nobody else's is shown but to who sees the training there.
func teaching(r *console.Request, p office.Power) (name, code string, err error) {
	a, err := office.LoadActor(r.Context(), r.DB, r.PathValue("person"), r.Today())
	if err != nil {
		return "", "", store.Classify(err)
	}
	i := slices.IndexFunc(a.Posts, func(p office.Post) bool { return p.Role == office.Trainer })
	if i < 0 {
		return "", "", console.ErrNotFound
	}
	code = a.Posts[i].Office
	if a.Person != r.Actor.Person && !r.Actor.May(p, code) {
		return "", "", office.ErrForbidden
	}
	return a.Name, code, nil
}

func trainer(r *console.Request) (console.Answer, error) {
	name, code, err := teaching(r, office.TrainingSee)
	if err != nil {
		return nil, err
	}
	at, err := officedb.New(r.DB).Office(r.Context(), code)
	if err != nil {
		return nil, store.Classify(err)
	}
	id := r.PathValue("person")
	days, err := trainingdb.New(r.DB).OffDaysOf(r.Context(), id)
	if err != nil {
		return nil, store.Classify(err)
	}
	data := struct {
		ID     string `json:"id"`
		Office string `json:"office"`
		Days   []line `json:"off"`
		May    bool   `json:"-"`
	}{id, console.NameIn(r.Lang, at.NameFa, at.NameEn), []line{}, id == r.Actor.Person || r.Actor.May(office.TrainingPlan, code)}
	for _, d := range days {
		data.Days = append(data.Days, line{programme.Stretch{ID: d.ID, First: d.FirstDay, Last: d.LastDay}, trainerPath(id) + "/off/" + d.ID + "/remove"})
	}
	page := console.Page{Template: "trainer", Title: name, Data: data}
	if r.Actor.Somewhere(office.TrainingSee) {
		page.Crumbs = crumbs(r, console.Link{Path: "/training/trainers", Word: r.Say("venues.trainers")})
	}
	return page, nil
}

func off(r *console.Request) (console.Answer, error) {
	_, code, err := teaching(r, office.TrainingPlan)
	if err != nil {
		return nil, err
	}
	first, last := entered(r)
	return write(r, trainerPath(r.PathValue("person")), "venues.saved", func(tx *store.Tx) error {
		return programme.TakeOff(r.Context(), tx, r.Now(), r.Actor, r.PathValue("person"), code, first, last)
	})
}

func back(r *console.Request) (console.Answer, error) {
	_, code, err := teaching(r, office.TrainingPlan)
	if err != nil {
		return nil, err
	}
	return write(r, trainerPath(r.PathValue("person")), "venues.saved", func(tx *store.Tx) error {
		return programme.ComeBack(r.Context(), tx, r.Now(), r.Actor, r.PathValue("person"), code, r.PathValue("days"))
	})
}
