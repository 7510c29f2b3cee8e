package outreach

import (
	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/outreach"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/outreachdb"
)

// channels by which voters are reached.
var channels = console.Items("broadcast", words["outreach.channel.broadcast"], "press", words["outreach.channel.press"], "online", words["outreach.channel.online"],
	"message", words["outreach.channel.message"], "poster", words["outreach.channel.poster"], "schools", words["outreach.channel.schools"], "gathering", words["outreach.channel.gathering"],
	"practice", words["outreach.channel.practice"])

var campaignFields = []console.Field{
	{Name: "name", Kind: console.Line, Label: words["outreach.campaign.name"], Required: true},
	{Name: "channel", Kind: console.Choice, Label: words["outreach.channel"], Required: true, Choices: channels},
	{Name: "audience", Kind: console.Line, Label: words["outreach.audience"], Help: words["outreach.audience.help"], Required: true},
	{Name: "since", Kind: console.Day, Label: words["outreach.since"], Required: true},
	{Name: "until", Kind: console.Day, Label: words["outreach.until"], Required: true},
	{Name: "target", Kind: console.Number, Label: words["outreach.target"], Required: true, Min: 1, Max: 100_000_000},
	{Name: "reach", Kind: console.Number, Label: words["outreach.reach"], Help: words["outreach.reach.help"], Max: 100_000_000},
	{Name: "measured", Kind: console.Line, Label: words["outreach.measured"], Help: words["outreach.measured.help"]},
}

// checkCampaign says what one field alone cannot.
func checkCampaign(r *console.Request) []console.Fault {
	var faults []console.Fault
	v := r.Values
	if v.Get("until") < v.Get("since") {
		faults = append(faults, console.Fault{Field: "until", Text: r.Say("outreach.until.before")})
	}
	if v.Get("reach") == "" {
		return faults
	}
	if v.Get("measured") == "" {
		faults = append(faults, console.Fault{Field: "measured", Text: r.Say("outreach.measured.missing")})
	}
	if v.Int("reach") > v.Int("target") {
		faults = append(faults, console.Fault{Field: "reach", Text: r.Say("outreach.reach.more")})
	}
	return faults
}

// reached says how many were reached, of how many, and how that was found.
func reached(r *console.Request, reach, target int64, measured string) string {
	if reach == outreach.Unknown {
		return r.Say("outreach.reach.unknown")
	}
	return r.Say("outreach.reach.of", reach, r.Lang.Percent(uint64(reach), uint64(target)), measured)
}

func campaigns(r *console.Request) (console.Answer, error) {
	l := console.List{
		Empty: r.Say("outreach.campaigns.empty"), Crumbs: crumbs(r),
		Columns: []console.Column{{Key: "name", Label: words["outreach.campaign.name"]}, {Key: "office", Label: words["outreach.office"]}, {Key: "channel", Label: words["outreach.channel"]},
			{Key: "audience", Label: words["outreach.audience"]}, {Key: "until", Label: words["outreach.until"], Kind: console.Days},
			{Key: "target", Label: words["outreach.target"], Kind: console.Numbers}, {Key: "reach", Label: words["outreach.reach"]}},
	}
	edits := r.Actor.Somewhere(office.OutreachEdit)
	if edits {
		l.Primary = &console.Link{Path: "/outreach/campaigns/new", Word: r.Say("outreach.campaign.new")}
	}
	p := r.Paging()
	skip := p.Skip
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := outreachdb.New(r.DB).Campaigns(r.Context(), outreachdb.CampaignsParams{Lo: lo, Hi: hi, Max: int32(p.Limit - len(l.Rows)), Skip: int32(skip)})
		if err != nil {
			return nil, err
		}
		skip = 0
		for _, x := range rows {
			row := console.Row{ID: x.ID, Cells: []any{x.Name, console.NameIn(r.Lang, x.NameFa, x.NameEn), r.Say("outreach.channel." + x.Channel), x.Audience, x.Until, x.Target,
				reached(r, x.Reach, x.Target, x.Measured)}}
			if r.Actor.May(office.OutreachEdit, x.Office) {
				row.Path = "/outreach/campaign/" + x.ID
			}
			l.Rows = append(l.Rows, row)
		}
	}
	return l, nil
}

func campaignScope(r *console.Request) (string, error) {
	c, err := outreach.GetCampaign(r.Context(), r.DB, r.PathValue("campaign"))
	return c.Office, err
}

func fillCampaign(r *console.Request) (console.Values, error) {
	c, err := outreach.GetCampaign(r.Context(), r.DB, r.PathValue("campaign"))
	v := console.Fill("name", c.Name, "channel", c.Channel, "audience", c.Audience, "since", c.Since, "until", c.Until, "measured", c.Measured)
	v.SetInt("target", c.Target)
	if c.Reach != outreach.Unknown {
		v.SetInt("reach", c.Reach)
	}
	v.SetInt("version", c.Version)
	return v, err
}

func saveCampaign(r *console.Request) (console.Answer, error) {
	v := r.Values
	c := outreach.Campaign{ID: r.PathValue("campaign"), Office: v.OfficeOf("office"), Name: v.Get("name"), Channel: v.Get("channel"), Audience: v.Get("audience"), Since: v.Get("since"),
		Until: v.Get("until"), Target: v.Int("target"), Reach: outreach.Unknown, Measured: v.Get("measured"), Version: v.Int("version")}
	if v.Get("reach") != "" {
		c.Reach = v.Int("reach")
	}
	err := r.Tx(func(tx *store.Tx) (err error) {
		c, err = outreach.Save(r.Context(), tx, r.Now(), r.Actor, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return console.Redirect{Path: "/outreach/campaigns", Flash: r.Say("outreach.saved"), Value: c}, nil
}
