package people

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

var stateKinds = map[string]string{office.Open: "open", office.Confirmed: "good", office.Rejected: "bad", office.Withdrawn: "wait"}

// find returns the act that a proposal is of.
func find(r *console.Request, name string) (console.Act, error) {
	all := r.Acts()
	i := slices.IndexFunc(all, func(a console.Act) bool { return a.Name == name })
	if i < 0 {
		return console.Act{}, fmt.Errorf("no part of the console does %q", name)
	}
	return all[i], nil
}

func actWord(r *console.Request, name string) string {
	if a, err := find(r, name); err == nil {
		return r.Text(a.Word)
	}
	return name
}

// approvals lists the proposals of the person's subtrees, and those above that
// concern them.
func approvals(r *console.Request) (console.Answer, error) {
	l := console.List{
		Columns: []console.Column{{Key: "act", Label: words["approvals.act"]}, {Key: "state", Label: words["approvals.state"], Kind: console.States},
			{Key: "reason", Label: words["approvals.reason"]}, {Key: "proposer", Label: words["approvals.proposer"]},
			{Key: "proposed", Label: words["approvals.proposed"], Kind: console.Times}},
		Intro: r.Say("approvals.intro"), Empty: r.Say("approvals.empty"),
	}
	p := r.Paging()
	skip := p.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := officedb.New(r.DB).Proposals(r.Context(), officedb.ProposalsParams{Lo: lo, Hi: hi, Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, row := range rows {
			l.Rows = append(l.Rows, console.Row{ID: row.ID, Path: "/approvals/" + row.ID, Cells: []any{actWord(r, row.Act),
				console.State{Kind: stateKinds[row.State], Word: r.Say("approvals." + row.State), Key: row.State}, row.Reason, row.ProposerName, store.Time(row.Proposed)}})
		}
	}
	return l, nil
}

// proposalScope is the office that the proposal in the path concerns.
func proposalScope(r *console.Request) (string, error) {
	p, err := officedb.New(r.DB).Proposal(r.Context(), r.PathValue("proposal"))
	return p.Office, err
}

func approval(r *console.Request) (console.Answer, error) {
	row, err := officedb.New(r.DB).Proposal(r.Context(), r.PathValue("proposal"))
	if err != nil {
		return nil, err
	}
	proposer, err := office.GetPerson(r.Context(), r.DB, row.Proposer)
	if err != nil {
		return nil, err
	}
	var data map[string]any
	if err := json.Unmarshal([]byte(row.Data), &data); err != nil {
		data = map[string]any{"data": row.Data}
	}
	if data["reason"] == row.Reason {
		delete(data, "reason") // it is said already
	}
	decider := ""
	if row.Decider != "" {
		p, err := office.GetPerson(r.Context(), r.DB, row.Decider)
		if err != nil {
			return nil, err
		}
		decider = p.Name
	}
	own := row.Proposer == r.Actor.Person
	return console.Page{Template: "approval", Title: actWord(r, row.Act), Crumbs: []console.Link{{Path: "/approvals", Word: r.Say("approvals.title")}}, Data: struct {
		ID       string         `json:"id"`
		Act      string         `json:"act"`
		Object   string         `json:"object"`
		Office   string         `json:"office"`
		Reason   string         `json:"reason"`
		Data     map[string]any `json:"data"`
		Proposer string         `json:"proposer"`
		Proposed int64          `json:"proposed"`
		Decider  string         `json:"decider"`
		Note     string         `json:"note"`
		Decided  int64          `json:"decided"`
		State    console.State  `json:"state"`
		Confirm  bool           `json:"-"`
		Withdraw bool           `json:"-"`
	}{row.ID, row.Act, row.Object, row.Office, row.Reason, data, proposer.Name, row.Proposed, decider, row.Note, row.Decided,
		console.State{Kind: stateKinds[row.State], Word: r.Say("approvals." + row.State), Key: row.State},
		row.State == office.Open && !own, row.State == office.Open && own}}, nil
}

// decideForm is the page on which a decision is confirmed.
func decideForm(danger bool) *console.Form {
	return &console.Form{
		Intro: words["approvals.decide.intro"], Danger: danger,
		Fields: []console.Field{
			{Name: "note", Kind: console.Long, Label: words["approvals.note"]},
			{Name: "version", Kind: console.Hidden, Required: true},
		},
		Fill: func(r *console.Request) (console.Values, error) {
			p, err := officedb.New(r.DB).Proposal(r.Context(), r.PathValue("proposal"))
			var v console.Values
			v.SetInt("version", p.Version)
			return v, err
		},
		Back: func(r *console.Request) console.Link {
			return console.Link{Path: "/approvals/" + r.PathValue("proposal"), Word: r.Say("shell.cancel")}
		},
	}
}

// decide returns what confirms, refuses or withdraws. What is confirmed is done in
// the same transaction: if it cannot be done the proposal stays open.
func decide(state string) func(*console.Request) (console.Answer, error) {
	return func(r *console.Request) (console.Answer, error) {
		id := r.PathValue("proposal")
		err := r.Tx(func(tx *store.Tx) error {
			power := office.Approve
			row, err := officedb.New(tx).Proposal(r.Context(), id)
			if err != nil {
				return err
			}
			act, err := find(r, row.Act)
			if err != nil {
				return err
			}
			if act.Power != "" {
				power = act.Power
			}
			if row, err = office.Decide(r.Context(), tx, r.Now(), r.Actor, power, id, state, r.Values.Get("note"), r.Values.Int("version")); err != nil {
				return err
			}
			if state != office.Confirmed {
				return nil
			}
			return act.Do(r.Context(), tx, r, row.Object, json.RawMessage(row.Data))
		})
		if err := decided(r, err); err != nil {
			return nil, err
		}
		return console.Redirect{Path: "/approvals/" + id, Flash: r.Say("approvals." + state + ".flash")}, nil
	}
}

// tiles are what waits for a second person.
func tiles(r *console.Request) ([]console.Tile, error) {
	n := int64(0)
	for _, code := range r.Actor.Over(office.Approve) {
		lo, hi := office.Range(code)
		k, err := officedb.New(r.DB).CountWaiting(r.Context(), officedb.CountWaitingParams{Lo: lo, Hi: hi, Person: r.Actor.Person})
		if err != nil {
			return nil, err
		}
		n += k
	}
	if n == 0 {
		return nil, nil
	}
	return []console.Tile{{Word: r.Say("approvals.tile"), Count: n, State: "open", Path: "/approvals"}}, nil
}
