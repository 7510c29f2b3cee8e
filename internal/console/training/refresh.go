package training

import (
	"errors"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/training/programme"
)

// anew is what planning anew would bring, as its page shows it.
type anew struct {
	Form   *console.FormView `json:"-"`
	News   []string          `json:"news"`
	Moves  []string          `json:"moves"`
	Wishes []string          `json:"wishes"`
	ID     string            `json:"id"`
}

// refreshForm is the page on which a programme is planned anew: what is new, what
// would move, and what could not be had.
func refreshForm() *console.Form {
	f := planForm("refresh.intro")
	f.Page = func(r *console.Request, v *console.FormView) (console.Page, error) {
		next, news, moves, err := programme.Preview(r.Context(), r.DB, r.Now(), r.PathValue("programme"))
		if err != nil {
			return console.Page{}, toldPlan(r, err)
		}
		data := anew{Form: v, ID: next.ID, News: []string{}, Moves: []string{}, Wishes: []string{}}
		said, err := saying(r, next)
		if err != nil {
			return console.Page{}, err
		}
		for _, id := range news.Venues {
			data.News = append(data.News, r.Say("training.news.venue", said.venue(id)))
		}
		for _, id := range news.Trainers {
			data.News = append(data.News, r.Say("training.news.trainer", said.trainer(id)))
		}
		for _, id := range news.Units {
			data.News = append(data.News, r.Say("training.news.unit", said.names[id]))
		}
		for _, m := range moves {
			data.Moves = append(data.Moves, said.move(m))
		}
		for _, w := range next.Plan.Wishes {
			data.Wishes = append(data.Wishes, said.wish(w))
		}
		return console.Page{Template: "refresh", Title: r.Say("training.refresh"), Data: data, Crumbs: Crumbs(r,
			console.Link{Path: "/training/programmes/" + next.ID, Word: next.Name},
			console.Link{Path: "/training/programmes/" + next.ID + "/plan", Word: r.Say("training.plan")})}, nil
	}
	return f
}

func (p *part) refresh(r *console.Request) (console.Answer, error) {
	var moves []planner.Move
	err := r.Tx(func(tx *store.Tx) (err error) {
		moves, err = programme.Refresh(r.Context(), tx, r.Now(), r.Actor, r.PathValue("programme"), r.Values.Int("version"))
		return err
	})
	if err != nil {
		return nil, toldPlan(r, err)
	}
	return console.Redirect{Path: "/training/programmes/" + r.PathValue("programme") + "/plan", Flash: r.Say("training.moves", len(moves)), Value: moves}, nil
}

// toldPlan puts what hinders planning into words.
func toldPlan(r *console.Request, err error) error {
	if errors.Is(err, programme.ErrNoUnits) {
		return &console.Refused{Text: r.Say("training.no-units")}
	}
	return Told(r, err)
}

// saying is how the planner's answers about a programme are put into words.
func saying(r *console.Request, p *programme.Programme) (sayings, error) {
	said := sayings{r, p, map[string]string{}}
	var codes []string
	for _, u := range p.In.Units {
		codes = append(codes, u.ID)
	}
	names, err := Names(r, codes)
	if err != nil {
		return said, err
	}
	for i, code := range codes {
		said.names[code] = names[i]
	}
	return said, nil
}

// venue names a venue: one of the programme, the hall that was assumed in a unit, or
// one that has been there before.
func (s sayings) venue(id string) string {
	if name := venueName(s.p, id); name != "" {
		return name
	}
	if unit := s.names[id]; unit != "" {
		return s.r.Say("training.hall.of", unit)
	}
	return s.r.Say("training.gone")
}

// trainer names a trainer, also one who was one before.
func (s sayings) trainer(id string) string {
	if name := trainerNames(s.r, s.p, []string{id}); name != "" {
		return name
	}
	if p, err := office.GetPerson(s.r.Context(), s.r.DB, id); err == nil {
		return p.Name
	}
	return s.r.Say("training.gone")
}
