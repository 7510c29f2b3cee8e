// Package country invents an election of a whole country: places, candidates,
// branches and totals, at the size that the law's councils have.
//
// Specification: doc/guides/site.md, "At the size of the country".
//
// In go a seed and a Scale; out come states of one election day (At), as far as
// one says: branches that have closed, units that are opened, contests that are
// certified. The same seed gives the same country and the same numbers.
//
// What it never does: it makes no record, so nothing of it can be verified, and
// its report says so in no check; its definition is marked as practice, and the
// names of its candidates as invented. The provinces are the real ones, everything
// below them is numbered.
//
// How it fails: it does not.
//
// Sources: numbers of counties, rural districts, cities and villages with councils
// as of the last round, rounded.
package country

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/planner/iran"
	"github.com/sandogh/sandogh/internal/site/results"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/report"
)

// A Scale is how large a country is. Branches are at least one for each city and
// village.
type Scale struct{ Counties, Rural, Cities, Villages, Branches int }

// Full is the country, Small one of the same shape for tests.
var (
	Full  = Scale{Counties: 457, Rural: 674, Cities: 1400, Villages: 37600, Branches: 59000}
	Small = Scale{Counties: 62, Rural: 62, Cities: 62, Villages: 124, Branches: 400}
)

// A Country is a definition and how its voters vote.
type Country struct {
	Definition *election.Definition
	ID         string
	seed       uint64
	order      []int // in which contests are counted
}

// mix is splitmix64 of its arguments: a number that looks drawn and is not.
func mix(all ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, x := range all {
		h += x + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

var (
	first = []election.Name{{Fa: "آرش", En: "Arash"}, {Fa: "بهار", En: "Bahar"}, {Fa: "پویا", En: "Puya"}, {Fa: "ترانه", En: "Taraneh"}, {Fa: "جمشید", En: "Jamshid"},
		{Fa: "چیستا", En: "Chista"}, {Fa: "خسرو", En: "Khosrow"}, {Fa: "دریا", En: "Darya"}, {Fa: "رامین", En: "Ramin"}, {Fa: "ژاله", En: "Zhaleh"}, {Fa: "سیاوش", En: "Siavash"},
		{Fa: "شیرین", En: "Shirin"}, {Fa: "فرهاد", En: "Farhad"}, {Fa: "کیمیا", En: "Kimia"}, {Fa: "گیتی", En: "Giti"}, {Fa: "مهرداد", En: "Mehrdad"}, {Fa: "نسترن", En: "Nastaran"}, {Fa: "یاشار", En: "Yashar"}}
	last = []election.Name{{Fa: "آزمونی", En: "Azmuni"}, {Fa: "نمونه‌فر", En: "Nemunehfar"}, {Fa: "مثالی", En: "Mesali"}, {Fa: "تمرینی", En: "Tamrini"}, {Fa: "فرضی‌نژاد", En: "Farzinezhad"},
		{Fa: "خیالی‌پور", En: "Khialipur"}, {Fa: "انگاره", En: "Engareh"}, {Fa: "پنداری", En: "Pendari"}, {Fa: "گمانی", En: "Gamani"}, {Fa: "الگوزاده", En: "Olguzadeh"}, {Fa: "شبیه‌ساز", En: "Shabihsaz"}}
	lists = []election.Name{{Fa: "فهرست رود", En: "River list"}, {Fa: "فهرست کوه", En: "Mountain list"}, {Fa: "فهرست دشت", En: "Plain list"}, {Fa: "فهرست دریا", En: "Sea list"}}
)

const article = "councils/plurality"

// New invents a country.
func New(seed uint64, s Scale) *Country {
	d := &election.Definition{Format: election.Format, Practice: true, PollingDay: "2026-05-01",
		Name:    election.Name{Fa: "شوراهای کشور (شبیه‌سازی‌شده)", En: "Councils of the country (SIMULATED)"},
		Laws:    []election.Law{{Article: article, Version: "1386", State: election.InForce}, {Article: "proportional/seats", Version: "1403", State: election.Approved}},
		Offices: []election.Office{{ID: "hq", Name: election.Name{Fa: "ستاد انتخابات (شبیه‌سازی‌شده)", En: "Headquarters (simulated)"}, Role: election.Headquarters}, {ID: "supervisory", Name: election.Name{Fa: "هیئت نظارت (شبیه‌سازی‌شده)", En: "Supervisory board (simulated)"}, Role: election.Supervisory}},
		Quorum:  3, WitnessQuorum: 2, MaxBallotsPerDevice: 2000}
	for i := range 5 {
		d.Trustees = append(d.Trustees, election.Trustee{ID: fmt.Sprintf("t%d", i+1), Name: election.Name{Fa: fmt.Sprintf("امین %d (شبیه‌سازی‌شده)", i+1), En: fmt.Sprintf("Trustee %d (simulated)", i+1)}})
	}
	for i := range 3 {
		d.Mixers = append(d.Mixers, election.Mixer{ID: fmt.Sprintf("m%d", i+1), Name: election.Name{Fa: fmt.Sprintf("آمیزنده %d (شبیه‌سازی‌شده)", i+1), En: fmt.Sprintf("Mixer %d (simulated)", i+1)}})
		d.Witnesses = append(d.Witnesses, election.Witness{Name: fmt.Sprintf("witness-%d.example", i+1)})
	}
	c := &Country{Definition: d, seed: seed}
	c.places(s)
	id := sha256.Sum256(fmt.Appendf(nil, "simulated country %d %v", seed, s))
	c.ID = hex.EncodeToString(id[:])
	for i := range d.Contests {
		c.order = append(c.order, i)
	}
	slices.SortFunc(c.order, func(a, b int) int {
		if mix(seed, 1, uint64(a)) < mix(seed, 1, uint64(b)) {
			return -1
		}
		return 1
	})
	return c
}

func named(fa, en string, n int) election.Name {
	return election.Name{Fa: persian.Digits(fmt.Sprintf(fa, n)), En: fmt.Sprintf(en, n)}
}

// places makes the districts, and a contest and branches in each city and village.
func (c *Country) places(s Scale) {
	d := c.Definition
	add := func(id, kind, parent string, name election.Name) string {
		d.Districts = append(d.Districts, election.District{ID: id, Kind: kind, Parent: parent, Name: name})
		return id
	}
	add("iran", election.Country, "", election.Name{Fa: "ایران", En: "Iran"})
	provinces := iran.Provinces()
	var counties, rural []string
	for i, p := range provinces {
		add(fmt.Sprintf("p%02d", i+1), election.Province, "iran", election.Name{Fa: "استان " + p.Fa, En: p.En})
	}
	for i := range s.Counties {
		p := i % len(provinces)
		n := i/len(provinces) + 1
		counties = append(counties, add(fmt.Sprintf("c%03d", i+1), election.County, fmt.Sprintf("p%02d", p+1),
			election.Name{Fa: persian.Digits(fmt.Sprintf("شهرستان %d %s", n, provinces[p].Fa)), En: fmt.Sprintf("County %d of %s", n, provinces[p].En)}))
	}
	for i := range s.Rural {
		rural = append(rural, add(fmt.Sprintf("d%03d", i+1), election.Rural, counties[i%len(counties)], named("بخش %d", "District %d", i+1)))
	}
	extra := s.Branches - s.Cities - s.Villages
	weight := func(i int) int { return s.Cities / (i + 8) } // a few large cities, many small ones
	whole := 0
	for i := range s.Cities {
		whole += weight(i)
	}
	given := 0
	for i := range s.Cities {
		id := add(fmt.Sprintf("s%04d", i+1), election.City, counties[i%len(counties)], named("شهر %d", "City %d", i+1))
		n := extra * weight(i) / max(whole, 1)
		if i == s.Cities-1 {
			n = max(0, extra-given)
		}
		given += n
		c.contest(id, i, 1+n, true)
	}
	for i := range s.Villages {
		id := add(fmt.Sprintf("v%05d", i+1), election.Village, rural[i%len(rural)], named("روستای %d", "Village %d", i+1))
		c.contest(id, i, 1, false)
	}
}

// contest adds the council of a place with its branches and units.
func (c *Country) contest(place string, i, branches int, city bool) {
	d := c.Definition
	at := d.Districts[len(d.Districts)-1]
	x := election.Contest{ID: "council-" + place, District: place, Rule: election.PluralityAtLarge, Article: article, Seats: 3, Alternates: 2, VoteLimit: 3,
		TieOrder: []string{election.TieLot}, MinUnit: 50, Kind: election.KindVillage, Name: election.Name{Fa: "شورای " + at.Name.Fa, En: "Council of " + at.Name.En}}
	n := 6
	if city {
		x.Kind, x.Seats, x.Alternates, x.VoteLimit, n = election.KindCity, 5, 3, 5, 16
		x.Name.Fa = "شورای " + at.Name.Fa
	}
	if city && i < 8 {
		x.Rule, x.Article, x.Seats, x.VoteLimit, n = election.LargestRemainder, "proportional/seats", 21-2*i, 21-2*i, 60
		for j, l := range lists {
			x.Lists = append(x.Lists, election.List{ID: string(rune('A' + j)), Name: l})
		}
	}
	for j := range n {
		h := mix(c.seed, 2, uint64(len(d.Contests)), uint64(j))
		a, b := first[h%uint64(len(first))], last[h>>20%uint64(len(last))]
		cand := election.Candidate{ID: fmt.Sprintf("%d", 101+j), Name: election.Name{Fa: a.Fa + " " + b.Fa, En: a.En + " " + b.En}}
		if len(x.Lists) > 0 && j%5 > 0 {
			cand.List = x.Lists[(j%5)-1].ID
		}
		x.Candidates = append(x.Candidates, cand)
	}
	for k := range branches {
		id := fmt.Sprintf("%s-%d", place, k+1)
		h := mix(c.seed, 3, uint64(len(d.Branches)))
		size := 150 + int(h%700)
		if city {
			size = 900 + int(h%1400)
		}
		d.Branches = append(d.Branches, election.Branch{ID: id, District: place, Electorate: size,
			Name: election.Name{Fa: persian.Digits(fmt.Sprintf("شعبهٔ %d %s", k+1, at.Name.Fa)), En: fmt.Sprintf("Branch %d of %s", k+1, at.Name.En)}})
		x.Units = append(x.Units, election.Unit{ID: id, Branches: []string{id}})
	}
	d.Contests = append(d.Contests, x)
}

// A State is how far the day has come: so many contests, in an order that is
// fixed, whose branches have all closed, whose units are all opened, and that are
// certified. Of the contest after the opened ones, Units are opened.
type State struct{ Closed, Opened, Units, Certified int }

// At returns the election as it stands then.
func (c *Country) At(s State) *results.Election {
	r := &report.Report{Status: report.Verified, Election: c.ID, Phase: report.PhaseVoting}
	n := len(c.order)
	switch {
	case s.Certified >= n:
		r.Phase = report.PhaseCertified
	case s.Opened >= n:
		r.Phase = report.PhaseCounted
	case s.Opened > 0 || s.Units > 0:
		r.Phase = report.PhaseOpening
	}
	e := results.New(c.ID, c.Definition, r)
	for place, i := range c.order {
		x := e.Contests[i]
		if place >= max(s.Closed, s.Opened) && !(place == s.Opened && s.Units > 0) {
			break
		}
		for _, b := range x.Branches {
			b.Closed, b.Counts = true, c.counts(b)
		}
		open := 0
		if place < s.Opened {
			open = len(x.Branches)
		} else if place == s.Opened {
			open = s.Units
		}
		if place < s.Opened || open > 0 {
			c.units(x, open)
		}
		if place < s.Certified {
			x.Kind, x.Entry = results.Certified, int64(place)
		}
	}
	e.Index()
	return e
}

// Order returns the index of the contest that is counted as the n-th.
func (c *Country) Order(n int) int { return c.order[n] }

func (c *Country) counts(b *results.Branch) record.Counts {
	h := mix(c.seed, 4, uint64(b.Electorate), uint64(len(b.ID)), uint64(b.ID[len(b.ID)-1]))
	cast := uint64(b.Electorate) * (40 + h%35) / 100
	return record.Counts{CheckedIn: cast + h>>40%3, Cast: cast, Spoiled: h >> 50 % 4, Challenged: h >> 55 % 3}
}

// units makes a unit of each branch and opens the first so many.
func (c *Country) units(x *results.Contest, open int) {
	n := x.N()
	for k, b := range x.Branches {
		u := results.Unit{ID: b.ID, Branches: []*results.Branch{b}, Ballots: c.counts(b).Cast}
		if k < open {
			u.Opened, u.Votes = true, make([]uint64, n)
			left := u.Ballots * uint64(x.K())
			for j := range n {
				weight := 8 + mix(c.seed, 5, uint64(len(x.ID)), uint64(x.Branches[0].Electorate), uint64(j))%40
				v := u.Ballots * weight * uint64(x.K()) / uint64(40*n)
				v = min(v*(90+mix(c.seed, 6, uint64(k), uint64(j))%20)/100, u.Ballots, left)
				v -= v % uint64(n)
				if k == 0 && left > v+uint64(j) && v > 0 { // totals that differ by their rest are never equal
					v += uint64(j)
				}
				u.Votes[j] = v
				left -= v
			}
			u.Blank = left
		}
		x.Units = append(x.Units, u)
	}
}

// Correct puts another result in the place of a certified one, in which the first
// two elected have changed places.
func Correct(x *results.Contest, why string) error {
	o, err := x.Count()
	if err != nil {
		return fmt.Errorf("correct %s: %w", x.ID, err)
	}
	corrected := slices.Clone(o.Elected)
	if len(corrected) > 1 {
		corrected[0], corrected[1] = corrected[1], corrected[0]
	}
	x.Kind = results.Corrected
	x.Chain = append(x.Chain, results.Correction{Old: &record.Result{Contest: x.ID, Elected: o.Elected, Alternates: o.Alternates},
		New: &record.Result{Contest: x.ID, Elected: corrected, Alternates: o.Alternates}, Article: article, Text: why,
		By: []string{"office/hq", "office/supervisory"}, Entry: uint64(x.Entry) + 1})
	return nil
}
