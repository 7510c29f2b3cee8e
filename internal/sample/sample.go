package sample

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/training/certificate"
)

// A Name is a name in Persian and in English.
type Name struct{ Fa, En string }

// A Province is one of the country's.
type Province struct {
	Code     string
	Name     Name
	Capital  Name
	Counties int
	Named    []Name // the counties whose names are real
}

// Provinces returns the provinces, ascending by code.
func Provinces() []Province { return slices.Clone(provinces) }

// A Scale is how much of the country there is.
type Scale struct {
	counties  int // in a province at most
	districts int // in the country
	cities    int
	villages  int
	executors int
	sessions  int
	marks     int // of attendance
	key       *certificate.Key
}

// The scales.
var (
	Small = Scale{counties: 4, districts: 31, cities: 31, villages: 31}
	Full  = Scale{counties: math.MaxInt, districts: 674, cities: 1_400, villages: 37_600, executors: 1_500_000, sessions: 20_000, marks: 5_000_000}
)

// ErrNotEmpty says that there are provinces already.
var ErrNotEmpty = errors.New("the console holds offices already: a sample goes into an empty one")

// country is what is loaded.
type country struct {
	scale   Scale
	now     time.Time
	today   string
	offices []officedb.Office // from the country down to places
	people  []one             // with posts
}

// one is a simulated person with a post.
type one struct {
	role office.Role
	code string
}

// Load fills an empty console with the sample country, for an election that begins
// today, in one transaction.
func Load(ctx context.Context, db *store.DB, s Scale, now time.Time) error {
	c := &country{scale: s, now: now, today: office.Day(now)}
	c.territory()
	c.posts()
	err := db.Tx(ctx, func(tx *store.Tx) error {
		q := officedb.New(tx)
		lo, hi := office.Range("")
		if n, err := q.CountOfficesOfKind(ctx, officedb.CountOfficesOfKindParams{Kind: office.ProvinceAt, Lo: lo, Hi: hi}); err != nil || n > 0 {
			return errors.Join(err, ErrNotEmpty)
		}
		if err := c.load(ctx, tx); err != nil {
			return err
		}
		if err := c.election(ctx, tx); err != nil {
			return err
		}
		return c.national(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("load the sample country: %w", err)
	}
	return nil
}

// territory makes the offices, each above those below it.
func (c *country) territory() {
	add := func(code, kind string, n Name, population int64) {
		c.offices = append(c.offices, officedb.Office{Code: code, Kind: kind, NameFa: n.Fa, NameEn: n.En, Population: population, Version: 1})
	}
	add("", office.Country, Name{"ایران", "Iran"}, 0)
	var counties []string
	for _, p := range provinces {
		add(p.Code, office.ProvinceAt, p.Name, 0)
		for i := range min(p.Counties, c.scale.counties) {
			n := Name{fmt.Sprintf("شهرستان شبیه‌سازی‌شدهٔ %d", i+1), fmt.Sprintf("Simulated county %d", i+1)}
			if i < len(p.Named) {
				n = p.Named[i]
			}
			code := fmt.Sprintf("%s%03d", p.Code, i+1)
			counties = append(counties, code)
			add(code, office.CountyAt, n, 0)
		}
	}
	districts := spread(counties, c.scale.districts, 2)
	for i, code := range districts {
		add(code, office.DistrictAt, Name{fmt.Sprintf("بخش شبیه‌سازی‌شدهٔ %d", i+1), fmt.Sprintf("Simulated district %d", i+1)}, 0)
	}
	places := spread(districts, c.scale.cities+c.scale.villages, 4)
	for i, code := range places {
		if i < c.scale.cities {
			add(code, office.City, Name{fmt.Sprintf("شهر شبیه‌سازی‌شدهٔ %d", i+1), fmt.Sprintf("Simulated city %d", i+1)}, int64(8_000+i*7919%400_000))
		} else {
			n := i - c.scale.cities + 1
			add(code, office.Village, Name{fmt.Sprintf("روستای شبیه‌سازی‌شدهٔ %d", n), fmt.Sprintf("Simulated village %d", n)}, int64(120+i*7919%4_000))
		}
	}
}

// spread returns the codes of n offices below the others, as evenly as it goes, the
// first round through all of them first.
func spread(above []string, n, digits int) []string {
	out := make([]string, n)
	step := 1
	if n < len(above) {
		step = len(above) / n
	}
	for i := range out {
		round := i * step / len(above)
		out[i] = fmt.Sprintf("%s%0*d", above[i*step%len(above)], digits, round+1)
	}
	return out
}

// posts gives every role to somebody wherever it has posts.
func (c *country) posts() {
	give := func(code string, roles ...office.Role) {
		for _, r := range roles {
			c.people = append(c.people, one{r, code})
		}
	}
	for _, o := range c.offices {
		switch o.Kind {
		case office.Country:
			give("", office.HQ, office.HQ, office.HQ, office.SupervisoryBoard, office.GuardianBoard, office.IT, office.Trainer, office.Trainer, office.Auditor)
		case office.ProvinceAt:
			give(o.Code, office.Province, office.Province, office.ExecutiveBoard, office.SupervisoryBoard, office.GuardianBoard, office.IT, office.Trainer, office.Auditor)
		case office.CountyAt:
			give(o.Code, office.County)
		case office.DistrictAt:
			give(o.Code, office.District)
		}
	}
}

// Names of simulated people: common ones, put together by number.
var (
	given  = []string{"مریم", "زهرا", "فاطمه", "سارا", "نرگس", "لیلا", "پریسا", "الهام", "شیرین", "مهسا", "رضا", "علی", "حسین", "محمد", "امیر", "مهدی", "سعید", "کاوه", "بهرام", "یوسف", "داوود", "آرش", "فرهاد", "نیما"}
	family = []string{"احمدی", "محمدی", "رضایی", "کریمی", "حسینی", "موسوی", "جعفری", "قاسمی", "صادقی", "رحیمی", "علی‌پور", "نوروزی", "بهرامی", "فرهادی", "یوسفی", "داوودی", "اکبری", "شریفی", "کاظمی", "مرادی", "سلیمانی", "حیدری", "ابراهیمی", "طاهری", "ملکی", "باقری", "رستمی", "زارعی", "امینی", "قربانی", "خانی", "ترابی", "صالحی", "عباسی", "نجفی", "میرزایی", "پورمحمد", "شهبازی", "گودرزی"}
)

func givenOf(i int) string  { return given[i*5%len(given)] }
func familyOf(i int) string { return family[(i*7+i/len(given))%len(family)] }
func nameOf(i int) string   { return givenOf(i) + " " + familyOf(i) }

var ids = base32.NewEncoding("234567abcdefghijklmnopqrstuvwxyz").WithPadding(base32.NoPadding)

// idOf is the id of the person with a number: in their order, so that they are
// stored side by side, and apart from all that are drawn at random.
func idOf(i int) string {
	var b [16]byte
	copy(b[:], "sample")
	binary.BigEndian.PutUint64(b[8:], uint64(i))
	return ids.EncodeToString(b[:])
}

// count is how many people there are: those with posts, then the executors.
func (c *country) count() int { return len(c.people) + c.scale.executors }

// officeOf is the office that keeps the record of a person.
func (c *country) officeOf(i int) string {
	if i < len(c.people) {
		return c.people[i].code
	}
	places := c.scale.cities + c.scale.villages
	i -= len(c.people)
	return c.offices[len(c.offices)-places+i*places/c.scale.executors].Code // those of a place side by side
}

// A table and what goes into it.
type table struct {
	name    string
	columns []string
	rows    rows
}

func (c *country) load(ctx context.Context, tx *store.Tx) error {
	q := officedb.New(tx)
	_, err := q.Office(ctx, "")
	skip := 0
	if err == nil { // the first administrator's
		skip = 1
	}
	tables := []table{
		{"office", []string{"code", "kind", "name_fa", "name_en", "population", "version"}, c.officeRows(skip)},
		{"person", []string{"id", "name", "number", "phone", "email", "office", "simulated", "created", "version"}, c.personRows()},
		{"person_word", []string{"word", "office", "person"}, c.wordRows()},
		{"post", []string{"id", "person", "role", "office", "since", "until", "version"}, c.postRows()},
	}
	if c.scale.sessions > 0 {
		tables = append(tables, c.training()...)
	}
	var names []string
	for _, t := range tables {
		names = append(names, t.name)
	}
	return tx.Bulk(ctx, names, func() error {
		for _, t := range tables {
			if err := tx.Load(ctx, t.name, t.columns, t.rows); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		return nil
	})
}

func (c *country) officeRows(skip int) rows {
	return func(yield func([]any, error) bool) {
		for _, o := range c.offices[skip:] {
			if !yield([]any{o.Code, o.Kind, o.NameFa, o.NameEn, o.Population, o.Version}, nil) {
				return
			}
		}
	}
}

func (c *country) personRows() rows {
	return func(yield func([]any, error) bool) {
		created := store.Millis(c.now)
		for i := range c.count() {
			if !yield([]any{idOf(i), nameOf(i), "", "", "", c.officeOf(i), int64(1), created, int64(1)}, nil) {
				return
			}
		}
	}
}

// wordRows goes word by word, in the order of the index: a tree that grows at its
// end is many times faster than one that grows everywhere.
func (c *country) wordRows() rows {
	period := len(given) * len(family) // after which the names come again
	names := map[string][]int{}        // by stored word, the numbers below period of those who have it
	for i := range period {
		for _, w := range office.Words(nameOf(i)) {
			names[w] = append(names[w], i)
		}
	}
	return func(yield func([]any, error) bool) {
		for _, w := range slices.Sorted(maps.Keys(names)) {
			for first := 0; first < c.count(); first += period {
				for _, k := range names[w] {
					if i := first + k; i < c.count() && !yield([]any{w, c.officeOf(i), idOf(i)}, nil) {
						return
					}
				}
			}
		}
	}
}

func (c *country) postRows() rows {
	return func(yield func([]any, error) bool) {
		for i, p := range c.people {
			if !yield([]any{"p" + idOf(i)[1:], idOf(i), string(p.role), p.code, c.today, "", int64(1)}, nil) {
				return
			}
		}
	}
}

// election enters the sample's election: councils, ordered today, on the first day
// that the law allows.
func (c *country) election(ctx context.Context, tx *store.Tx) error {
	t, err := time.Parse(time.DateOnly, c.today)
	if err != nil {
		return err
	}
	day, err := calendar.EarliestPollingDay(calendar.Stages(), calendar.DayOf(t.Date()), calendar.City|calendar.Proportional|calendar.Village)
	if err != nil {
		return err
	}
	before, err := office.LoadElection(ctx, tx)
	if err != nil {
		return err
	}
	return office.SaveElection(ctx, tx, c.now, office.Actor{Name: "sample"}, office.Election{Version: before.Version, NameFa: "انتخابات شوراها (نمونه)", NameEn: "Councils' election (sample)",
		Kinds: []string{"city", "proportional", "village"}, StartOrder: c.today, PollingDay: day.Gregorian(), Sample: true})
}
