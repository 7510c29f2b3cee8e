package drafting

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/persian"
)

var placesHeader = []string{"province", "county", "district", "kind", "name", "code", "population"}

// A place is a city or a village; each elects a council.
type place struct {
	line                     int
	province, county, bakhsh area // bakhsh: the column district
	kind                     string
	name, code               string
	population               int

	lies   *known   // in which bakhsh, or nil
	within []string // ids of the districts that it lies in, itself first
}

// maxPopulation is more than any place has; a mistake more likely.
const maxPopulation = 100_000_000

// codes are those of all places of a file.
type codes struct {
	sound map[string]bool // of each code, whether its place is without fault
	all   bool            // there are no others, that could not be read
}

// readPlaces returns the places without fault, and the codes of all.
func readPlaces(f File) (places []*place, c codes, faults Faults) {
	lines := map[string]int{}
	c = codes{sound: map[string]bool{}, all: true}
	faults, whole := readTable(f, placesHeader, func(r *row) {
		p := &place{line: r.line, kind: r.fields["kind"], name: persian.Clean(r.need("name"))}
		r.need("province")
		r.need("county")
		p.province, p.county, p.bakhsh = r.area("province"), r.area("county"), r.area("district")
		switch p.kind {
		case election.City:
		case election.Village:
			if r.fields["district"] == "" {
				r.fault("district", "empty: a village lies in a district (bakhsh): write it")
			}
		default:
			r.fault("kind", "%s is not a kind of place: write city or village", show(p.kind))
		}
		p.population = r.number("population", maxPopulation)
		if p.code = r.id("code"); election.ValidID(p.code) {
			if line, ok := lines[p.code]; ok {
				r.fault("code", "%s is the code of line %d too: give each place its own", show(p.code), line)
				c.all = false
			} else {
				lines[p.code] = r.line
				c.sound[p.code] = !r.bad
			}
		} else {
			c.all = false
		}
		if !r.bad {
			places = append(places, p)
		}
	})
	c.all = c.all && whole
	return places, c, faults
}

// A gazetteer holds the areas of one level, and sees where one is written in two
// ways: letters that look alike must not split a county.
type gazetteer struct {
	what   string
	areas  []*known
	faults *Faults
	file   string
}

type known struct {
	area
	line int
}

func (g *gazetteer) find(a area, line int) *known {
	bad := func(format string, args ...any) { g.faults.add(g.file, line, g.what+": "+format, args...) }
	i := slices.IndexFunc(g.areas, func(k *known) bool { return persian.Key(k.name) == persian.Key(a.name) })
	coded := slices.IndexFunc(g.areas, func(k *known) bool { return a.code != "" && k.code == a.code })
	if coded >= 0 && coded != i {
		bad("the code %s is that of %s on line %d too: give each its own", show(a.code), show(g.areas[coded].name), g.areas[coded].line)
		a.code = ""
	}
	if i < 0 {
		g.areas = append(g.areas, &known{a, line})
		return g.areas[len(g.areas)-1]
	}
	k := g.areas[i]
	if k.name != a.name {
		bad("%s is written %s on line %d: write it in one way", show(a.name), show(k.name), k.line)
	}
	switch {
	case k.code == "":
		k.code = a.code
	case a.code != "" && a.code != k.code:
		bad("%s has the code %s on line %d: keep one", show(a.name), show(k.code), k.line)
	}
	return k
}

// inCounty reports whether the county that was asked for is the place's: by name,
// by code, or by PROVINCE/NAME.
func (p *place) inCounty(want string) bool {
	if province, county, ok := strings.Cut(want, "/"); ok {
		return p.province.is(province) && p.county.is(county)
	}
	return p.county.is(want)
}

func (a area) is(want string) bool {
	return persian.Key(a.name) == persian.Key(want) || a.code != "" && a.code == persian.ASCII(want)
}

// county keeps the places of the county and makes the districts of them:
// province, county, bakhsh, city or village.
func (b *builder) county(all []*place) {
	want := b.plan.County
	for _, p := range all {
		if p.inCounty(want) {
			b.places = append(b.places, p)
		}
	}
	if len(b.places) == 0 {
		if len(b.faults) == 0 { // else its places may be among those at fault
			b.flag("--county", "there is no county %s in %s: the counties are %s", show(want), b.files.Places.Name, counties(all))
		}
		return
	}
	provinces := gazetteer{what: "province", faults: &b.faults, file: b.files.Places.Name}
	county := gazetteer{what: "county", faults: &b.faults, file: b.files.Places.Name}
	bakhshes := gazetteer{what: "district", faults: &b.faults, file: b.files.Places.Name}
	for _, p := range b.places {
		provinces.find(p.province, p.line)
		county.find(p.county, p.line)
		if p.bakhsh.name != "" {
			p.lies = bakhshes.find(p.bakhsh, p.line)
		}
	}
	if len(provinces.areas) > 1 {
		x, y := provinces.areas[0], provinces.areas[1]
		b.flag("--county", "%s is a county of %s and of %s: write PROVINCE/NAME, such as %s/%s", show(want), show(x.name), show(y.name), x.name, want)
		b.places = nil
		return
	}
	if len(county.areas) > 1 { // one by its name, another by its code
		b.flag("--county", "%s is the name of one county and the code of another: give each county its own code", show(want))
		b.places = nil
		return
	}
	b.provinceID = b.district(provinces.areas[0], election.Province, "province", "")
	b.countyID = b.district(county.areas[0], election.County, "county", b.provinceID)
	b.countyName = county.areas[0].name
	ids := make(map[*known]string, len(bakhshes.areas))
	for i, k := range bakhshes.areas {
		ids[k] = b.district(k, election.Rural, fmt.Sprintf("district-%d", i+1), b.countyID)
	}
	for _, p := range b.places {
		p.within = []string{p.code}
		parent := b.countyID
		if p.lies != nil {
			parent = ids[p.lies]
			p.within = append(p.within, parent)
		}
		p.within = append(p.within, b.countyID, b.provinceID)
		b.district(&known{area{p.code, p.name}, p.line}, p.kind, "", parent)
	}
}

// district adds a district. Its id is its code, or the one given.
func (b *builder) district(k *known, kind, id, parent string) string {
	if k.code != "" {
		id = k.code
	}
	b.def.Districts = append(b.def.Districts, election.District{ID: id, Name: named(k.name), Kind: kind, Parent: parent})
	b.districtLines = append(b.districtLines, k.line)
	return id
}

// counties lists the first counties of a file.
func counties(all []*place) string {
	const most = 20
	var names []string
	for _, p := range all {
		if name := p.county.name; !slices.Contains(names, name) {
			if len(names) == most {
				return strings.Join(names, ", ") + ", …"
			}
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// isTehran reports whether the place is the city whose council is a case of its
// own in the law.
func (p *place) isTehran() bool {
	key := strings.ToLower(persian.Key(p.name))
	return p.kind == election.City && (key == persian.Key("تهران") || key == "tehran")
}

func isPersian(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}
