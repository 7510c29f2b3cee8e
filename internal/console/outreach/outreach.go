package outreach

import (
	"embed"
	"io/fs"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/outreachdb"
)

//go:embed templates/*.html
var templates embed.FS

// Part returns the part.
func Part(d console.Deps) console.Part {
	own, _ := fs.Sub(templates, "templates") // embedded: it is there
	return console.Part{
		Name: "outreach", Words: words, Templates: own, Routes: Routes(d), Tiles: tiles,
		Nav: []console.Nav{{Path: "/outreach", Word: words["outreach.title"], Power: office.OutreachSee}},
	}
}

// Routes returns its routes.
func Routes(console.Deps) []console.Route {
	see, edit := office.OutreachSee, office.OutreachEdit
	const one, campaign = "/outreach/meeting/{meeting}", "/outreach/campaign/{campaign}"
	return []console.Route{
		{Method: "GET", Path: "/outreach", Power: see, Summary: words["outreach.title"], Do: overview},
		{Method: "GET", Path: "/outreach/meetings", Power: see, Summary: words["outreach.meetings"], Query: meetingFilters, Do: meetings},
		{Method: "POST", Path: "/outreach/meetings/new", Power: edit, Summary: words["outreach.meeting.new"],
			Form: &console.Form{Fields: append([]console.Field{officeField}, meetingFields...), Fill: fillOffice, Submit: words["outreach.save"], Back: backTo("/outreach/meetings")}, Do: plan},
		{Method: "GET", Path: one, Power: see, Scope: meetingScope, Summary: words["outreach.meeting"], Do: meeting},
		{Method: "POST", Path: one + "/edit", Power: edit, Scope: meetingScope, Summary: words["outreach.meeting.edit"],
			Form: &console.Form{Fields: append(meetingFields[:len(meetingFields):len(meetingFields)], version), Fill: fillMeeting, Submit: words["outreach.save"], Back: backToMeeting}, Do: plan},
		{Method: "POST", Path: one + "/held", Power: edit, Scope: meetingScope, Summary: words["outreach.hold"], Form: holdForm, Do: hold},
		{Method: "POST", Path: one + "/cancel", Power: edit, Scope: meetingScope, Summary: words["outreach.cancel"], Form: cancelForm, Do: cancel},
		{Method: "POST", Path: one + "/ask", Power: edit, Scope: meetingScope, Summary: words["outreach.ask"], Form: askForm, Do: ask},
		{Method: "GET", Path: "/outreach/requests", Power: see, Summary: words["outreach.requests"], Query: requestFilters, Do: requests},
		{Method: "GET", Path: "/outreach/mine", Power: office.Own, Summary: words["outreach.mine"], Do: mine},
		{Method: "POST", Path: "/outreach/request/{request}/answer", Power: office.Own, Scope: requestScope, Summary: words["outreach.answer"], Form: answerForm, Do: answer},
		{Method: "GET", Path: "/outreach/campaigns", Power: see, Summary: words["outreach.campaigns"], Do: campaigns},
		{Method: "POST", Path: "/outreach/campaigns/new", Power: edit, Summary: words["outreach.campaign.new"],
			Form: &console.Form{Fields: append([]console.Field{officeField}, campaignFields...), Fill: fillOffice, Check: checkCampaign, Submit: words["outreach.save"], Back: backTo("/outreach/campaigns")}, Do: saveCampaign},
		{Method: "POST", Path: campaign, Power: edit, Scope: campaignScope, Summary: words["outreach.campaign"],
			Form: &console.Form{Fields: append(campaignFields[:len(campaignFields):len(campaignFields)], version), Fill: fillCampaign, Check: checkCampaign, Submit: words["outreach.save"], Back: backTo("/outreach/campaigns")}, Do: saveCampaign},
		{Method: "GET", Path: "/outreach/turnout", Power: see, Summary: words["outreach.turnout"], Query: turnoutFilters, Do: turnout},
		{Method: "POST", Path: "/outreach/turnout/import", Power: edit, Scope: country, Summary: words["outreach.import"], Form: importForm, Do: importFile},
	}
}

// country is the scope of what concerns all provinces.
func country(*console.Request) (string, error) { return "", nil }

var (
	officeField = console.Field{Name: "office", Kind: console.Office, Label: words["outreach.office"], Required: true}
	version     = console.Field{Name: "version", Kind: console.Hidden, Required: true}
)

// fillOffice begins a form with the person's own office.
func fillOffice(r *console.Request) (console.Values, error) {
	over := r.Over()
	if len(over) != 1 {
		return console.Values{}, nil
	}
	if over[0] == "" {
		return console.Fill("office", "-"), nil
	}
	return console.Fill("office", over[0]), nil
}

func backTo(path string) func(*console.Request) console.Link {
	return func(r *console.Request) console.Link { return console.Link{Path: path, Word: r.Say("shell.cancel")} }
}

func crumbs(r *console.Request, more ...console.Link) []console.Link {
	return append([]console.Link{{Path: "/outreach", Word: r.Say("outreach.title")}}, more...)
}

// tiles are the requests that the person has to answer.
func tiles(r *console.Request) ([]console.Tile, error) {
	n, err := outreachdb.New(r.DB).CountAsks(r.Context(), r.Actor.Person)
	if err != nil || n == 0 {
		return nil, err
	}
	return []console.Tile{{Word: r.Say("outreach.tile"), Count: n, State: "open", Path: "/outreach/mine"}}, nil
}

// sums is what an office's province has done.
type sums struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Planned    int64  `json:"planned"`
	Held       int64  `json:"held"`
	Attendance int64  `json:"attendance"`
	Requests   int64  `json:"requests"`
	Waiting    int64  `json:"waiting"`
}

// overview is the page of the part: what each province has done.
func overview(r *console.Request) (console.Answer, error) {
	ctx, q := r.Context(), outreachdb.New(r.DB)
	all := map[string]*sums{}
	at := func(code string) *sums {
		if all[code] == nil {
			all[code] = &sums{Code: code}
		}
		return all[code]
	}
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := q.CountMeetings(ctx, outreachdb.CountMeetingsParams{Lo: lo, Hi: hi})
		if err != nil {
			return nil, err
		}
		for _, m := range rows {
			switch s := at(m.Province); m.State {
			case "planned":
				s.Planned += m.Meetings
			case "held":
				s.Held += m.Meetings
				s.Attendance += m.Attendance
			}
		}
		asks, err := q.CountAsksByProvince(ctx, outreachdb.CountAsksByProvinceParams{Lo: lo, Hi: hi})
		if err != nil {
			return nil, err
		}
		for _, a := range asks {
			s := at(a.Province)
			s.Requests, s.Waiting = s.Requests+a.Asks, s.Waiting+a.Waiting
		}
		provinces, err := officedb.New(r.DB).OfficesOfKind(ctx, officedb.OfficesOfKindParams{Kind: office.ProvinceAt, Lo: lo, Hi: hi, Max: 100})
		if err != nil {
			return nil, err
		}
		for _, o := range provinces {
			at(o.Code) // also one that has done nothing
		}
	}
	l := console.List{
		Whole: true, Intro: r.Say("outreach.intro"),
		Columns: []console.Column{{Key: "province", Label: words["outreach.province"], Sort: true}, {Key: "planned", Label: words["outreach.state.planned"], Kind: console.Numbers, Sort: true},
			{Key: "held", Label: words["outreach.state.held"], Kind: console.Numbers, Sort: true}, {Key: "attendance", Label: words["outreach.attendance"], Kind: console.Numbers, Sort: true},
			{Key: "requests", Label: words["outreach.requests"], Kind: console.Numbers, Sort: true}, {Key: "waiting", Label: words["outreach.waiting"], Kind: console.Numbers, Sort: true}},
	}
	if r.Actor.Somewhere(office.OutreachEdit) {
		l.Primary = &console.Link{Path: "/outreach/meetings/new", Word: r.Say("outreach.meeting.new")}
	}
	for _, x := range []string{"meetings", "requests", "campaigns", "turnout", "mine"} {
		l.Actions = append(l.Actions, console.Link{Path: "/outreach/" + x, Word: r.Say("outreach." + x)})
	}
	for _, code := range sorted(all) {
		s := all[code]
		o, err := officedb.New(r.DB).Office(ctx, code)
		if err != nil {
			return nil, err
		}
		s.Name = console.NameIn(r.Lang, o.NameFa, o.NameEn)
		l.Rows = append(l.Rows, console.Row{ID: s.Code, Cells: []any{s.Name, s.Planned, s.Held, s.Attendance, s.Requests, s.Waiting}})
	}
	return l, nil
}
