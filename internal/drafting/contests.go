package drafting

import (
	"maps"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/law"
)

// A held contest, and where it comes from.
type held struct {
	contest    election.Contest
	file       string // of the places, or the flag
	line       int
	candidates []*candidate // in the order of the contest's
	listLines  []int
}

func (h *held) from() (file string, line int) { return h.file, h.line }

// Articles that contests of each kind rest on; the first is the contest's own,
// which its count cites.
var (
	articlesAtLarge      = []string{"councils/plurality", law.CouncilsArticle, "councils/ties"}
	articlesProportional = []string{"proportional/seats", "proportional/lists", "proportional/vote", law.CouncilsArticle, "councils/ties"}
	articlesMajlis       = []string{"majlis/by-election", "majlis/ties"}
	articlesExperts      = []string{"experts/election"}
)

var councilTies = []string{election.TieVeteran, election.TieDegree, election.TieLot}

// contests makes the contests of the plan and of the county's places: the Experts
// first, then the Majlis, then the councils in the file's order.
func (b *builder) contests() {
	b.codesOf("--proportional", b.plan.Proportional)
	b.codesOf("--omit", b.plan.Omit)
	if b.plan.MinUnit < 2 || b.plan.MinUnit > election.MaxPersons {
		b.flag("--min-unit", "%d is out of range: write 2 to %d", b.plan.MinUnit, election.MaxPersons)
	}
	if b.plan.ListMin < 0 || b.plan.ListMin > election.MaxCandidates {
		b.flag("--list-min", "%d is out of range: write 0 to %d", b.plan.ListMin, election.MaxCandidates)
	}
	for _, kind := range []string{election.KindExperts, election.KindMajlis} {
		for _, x := range b.plan.ByElections {
			if x.Kind == kind {
				b.byElection(x)
			}
		}
	}
	table, ok := law.Councils(b.cite(law.CouncilsArticle))
	if !ok {
		b.flag("register", "no table has the sizes of councils by its last version of %s: make one", law.CouncilsArticle)
		return
	}
	for _, p := range b.places {
		if !slices.Contains(b.plan.Omit, p.code) {
			b.council(p, table)
		}
	}
	for _, article := range slices.Sorted(maps.Keys(b.plan.Rulings)) {
		if !slices.ContainsFunc(b.def.Laws, func(l election.Law) bool { return l.Article == article && l.Ruling != "" }) {
			b.flag("--ruling", "no draft of %s is cited here: remove the ruling", show(article))
		}
	}
}

// codesOf checks a flag that names places of the county.
func (b *builder) codesOf(flag string, codes []string) {
	for i, code := range codes {
		p, elsewhere, atFault := b.in(code)
		switch {
		case atFault:
		case elsewhere:
			b.flag(flag, "the place %s is in another county: remove the code", show(code))
		case p == nil:
			b.flag(flag, "there is no place %s in the county: correct the code", show(code))
		case slices.Contains(codes[:i], code):
			b.flag(flag, "%s is written twice: keep one", show(code))
		case flag == "--proportional" && p.kind != election.City:
			b.flag(flag, "%s is a village: the proportional model is for cities", show(code))
		case flag == "--proportional" && slices.Contains(b.plan.Omit, code):
			b.flag(flag, "%s is in --omit too: keep one", show(code))
		}
	}
}

func (b *builder) hold(h *held, articles []string) {
	if _, ok := b.held[h.contest.ID]; ok {
		b.faults.add(h.file, h.line, "%s is the id of another contest too: give each its own", show(h.contest.ID))
		return
	}
	for _, a := range articles {
		b.cite(a)
	}
	h.contest.Article = articles[0]
	b.held[h.contest.ID] = h
	b.order = append(b.order, h)
}

// council makes the contest of a place. Its id is the place's code.
func (b *builder) council(p *place, table law.CouncilTable) {
	c := election.Contest{ID: p.code, District: p.code, TieOrder: councilTies}
	at, articles := law.PlaceCity, articlesAtLarge
	switch persianName := isPersian(p.name); {
	case p.kind == election.Village && persianName:
		c.Kind, c.Name.Fa = election.KindVillage, "شورای اسلامی روستای "+p.name
	case p.kind == election.Village:
		c.Kind, c.Name.En = election.KindVillage, "Council of the village of "+p.name
	case persianName:
		c.Kind, c.Name.Fa = election.KindCity, "شورای اسلامی شهر "+p.name
	default:
		c.Kind, c.Name.En = election.KindCity, "Council of the city of "+p.name
	}
	if p.kind == election.Village {
		at = law.PlaceVillage
	}
	size, _ := table.Size(at, p.population) // the table has every population of both kinds
	c.Rule = election.PluralityAtLarge
	switch {
	case slices.Contains(b.plan.Proportional, p.code):
		c.Rule, articles = election.RoundThenShare, articlesProportional
		if p.isTehran() || size.UpTo == 0 {
			size, _ = table.Size(law.PlaceTehran, p.population)
		}
		if !p.isTehran() {
			b.note("%s:%d: %s is elected by lists in proportion, which the law has for Tehran, Rey and Tajrish alone", b.files.Places.Name, p.line, p.name)
		}
	case p.isTehran():
		b.faults.add(b.files.Places.Name, p.line, "Tehran elects its council by lists in proportion (proportional/seats): add --proportional %s", p.code)
	}
	c.Seats, c.Alternates, c.VoteLimit = size.Members, size.Alternates, size.Members
	if b.plan.VoteAlternates && c.Rule == election.PluralityAtLarge {
		c.VoteLimit += size.Alternates
	}
	b.hold(&held{contest: c, file: b.files.Places.Name, line: p.line}, articles)
}

// byElection makes a contest for the Majlis or for the Experts. Its constituency
// is the county or the province unless another district is named.
func (b *builder) byElection(x ByElection) {
	c := election.Contest{ID: x.ID, Name: named(persian.Clean(x.Name)), Kind: x.Kind, District: x.District,
		Seats: x.Seats, VoteLimit: x.Seats, Rule: election.SingleSeatPlurality, TieOrder: []string{election.TieLot}}
	if x.Seats > 1 {
		c.Rule = election.PluralityAtLarge
	}
	articles, usual := articlesMajlis, b.countyID
	if x.Kind == election.KindExperts {
		articles, usual = articlesExperts, b.provinceID
		b.note("contest %s: no source says how a tie for the Assembly of Experts is settled; the definition says by lot", x.ID)
	}
	if c.District == "" {
		c.District = usual
	}
	if !slices.ContainsFunc(b.def.Districts, func(d election.District) bool { return d.ID == c.District }) {
		b.flag("--by-election", "%s: there is no district %s in the county: write the code of the province, the county, a bakhsh or a place", show(x.ID), show(c.District))
		return
	}
	if c.District == b.provinceID {
		b.note("contest %s is held in the whole province, and the definition has the branches of one county: its outcome stands only together with those of the other counties", x.ID)
	}
	if _, ok := b.codes.sound[x.ID]; ok {
		b.flag("--by-election", "%s is the code of a place, and so of its council: give the contest another id", show(x.ID))
		return
	}
	b.hold(&held{contest: c, file: "--by-election"}, articles)
}

// cite adds the last registered version of an article to the definition's laws
// and returns which it is.
func (b *builder) cite(article string) string {
	if i := slices.IndexFunc(b.def.Laws, func(l election.Law) bool { return l.Article == article }); i >= 0 {
		return b.def.Laws[i].Version
	}
	versions := b.plan.Register.Versions(article)
	if len(versions) == 0 {
		b.flag("register", "it has no version of %s: register one", article)
		return ""
	}
	v := versions[len(versions)-1]
	l := election.Law{Article: article, Version: v.Version, State: string(v.State)}
	if v.State == law.Draft {
		if l.Ruling = b.plan.Rulings[article]; l.Ruling == "" {
			b.flag("--ruling", "%s %s is a draft: name the ruling that allows it, --ruling %s=HASH", article, v.Version, article)
		}
	}
	b.def.Laws = append(b.def.Laws, l)
	return v.Version
}
