// Package iran is where the provinces of Iran lie: their capitals, who borders on
// whom, and a map of tiles.
//
// Specification: none; package planner says what places are for.
//
// In goes nothing; out come the 31 provinces ([Provinces]), each found by its name
// in any spelling ([Find]). Places are degrees of the capital to a tenth; borders
// are by land; a tile is a column from the west and a row from the north.
//
// What it never does: it knows no codes, which differ from one list of offices to
// the next, and no places below the province.
//
// How it fails: [Find] says false for a name that is no province.
//
// Sources: general geography; no file of others was taken over.
package iran

import (
	"slices"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/planner"
)

// A Province is where one lies.
type Province struct {
	Fa, En   string
	Capital  planner.Point
	Col, Row int   // of its tile
	Near     []int // places in Provinces of those that it borders on
}

// Columns and Rows are the size of the map of tiles.
const Columns, Rows = 7, 6

// First are the provinces of the first session, as it was published.
var First = []string{"البرز", "سمنان", "قم", "قزوین"}

// Provinces returns all provinces, in the order of the Persian alphabet.
func Provinces() []Province { return slices.Clone(provinces) }

// byKey are the places in provinces of all names that Find takes, by their keys.
var byKey = func() map[string]int {
	out := map[string]int{}
	for i, p := range provinces {
		for _, name := range []string{p.Fa, "استان " + p.Fa, p.En} {
			out[persian.Key(name)] = i
		}
	}
	return out
}()

// Find returns the province with a name, with or without the word for province.
func Find(name string) (Province, bool) {
	i, ok := byKey[persian.Key(name)]
	if !ok {
		return Province{}, false
	}
	return provinces[i], true
}

// Neighbours returns those that the province borders on.
func (p Province) Neighbours() []Province {
	out := make([]Province, len(p.Near))
	for i, n := range p.Near {
		out[i] = provinces[n]
	}
	return out
}

var provinces = func() []Province {
	out := make([]Province, len(table))
	for i, r := range table {
		out[i] = Province{Fa: r.fa, En: r.en, Capital: planner.Point{Lat: r.lat, Lon: r.lon}, Col: r.col, Row: r.row}
		for _, name := range r.near {
			out[i].Near = append(out[i].Near, slices.IndexFunc(table, func(r row) bool { return r.en == name }))
		}
	}
	return out
}()

type row struct {
	fa, en   string
	lat, lon float64
	col, row int
	near     []string
}

var table = []row{
	{"آذربایجان شرقی", "East Azerbaijan", 38.1, 46.3, 1, 0, []string{"West Azerbaijan", "Ardabil", "Zanjan"}},
	{"آذربایجان غربی", "West Azerbaijan", 37.6, 45.1, 0, 0, []string{"East Azerbaijan", "Zanjan", "Kurdistan"}},
	{"اردبیل", "Ardabil", 38.3, 48.3, 2, 0, []string{"East Azerbaijan", "Zanjan", "Gilan"}},
	{"اصفهان", "Isfahan", 32.7, 51.7, 4, 3, []string{"Semnan", "Qom", "Markazi", "Lorestan", "Chaharmahal and Bakhtiari", "Kohgiluyeh and Boyer-Ahmad", "Fars", "Yazd", "South Khorasan"}},
	{"البرز", "Alborz", 35.8, 51.0, 3, 2, []string{"Qazvin", "Mazandaran", "Tehran", "Markazi"}},
	{"ایلام", "Ilam", 33.6, 46.4, 0, 3, []string{"Kermanshah", "Lorestan", "Khuzestan"}},
	{"بوشهر", "Bushehr", 29.0, 50.8, 3, 5, []string{"Khuzestan", "Kohgiluyeh and Boyer-Ahmad", "Fars", "Hormozgan"}},
	{"تهران", "Tehran", 35.7, 51.4, 4, 2, []string{"Alborz", "Mazandaran", "Semnan", "Qom", "Markazi"}},
	{"چهارمحال و بختیاری", "Chaharmahal and Bakhtiari", 32.3, 50.9, 1, 4, []string{"Lorestan", "Isfahan", "Kohgiluyeh and Boyer-Ahmad", "Khuzestan"}},
	{"خراسان جنوبی", "South Khorasan", 32.9, 59.2, 6, 3, []string{"Razavi Khorasan", "Semnan", "Isfahan", "Yazd", "Kerman", "Sistan and Baluchestan"}},
	{"خراسان رضوی", "Razavi Khorasan", 36.3, 59.6, 6, 2, []string{"North Khorasan", "Semnan", "South Khorasan"}},
	{"خراسان شمالی", "North Khorasan", 37.5, 57.3, 5, 1, []string{"Golestan", "Semnan", "Razavi Khorasan"}},
	{"خوزستان", "Khuzestan", 31.3, 48.7, 0, 4, []string{"Ilam", "Lorestan", "Chaharmahal and Bakhtiari", "Kohgiluyeh and Boyer-Ahmad", "Bushehr"}},
	{"زنجان", "Zanjan", 36.7, 48.5, 1, 1, []string{"East Azerbaijan", "West Azerbaijan", "Ardabil", "Gilan", "Qazvin", "Hamadan", "Kurdistan"}},
	{"سمنان", "Semnan", 35.6, 53.4, 5, 2, []string{"Mazandaran", "Golestan", "North Khorasan", "Razavi Khorasan", "South Khorasan", "Isfahan", "Qom", "Tehran"}},
	{"سیستان و بلوچستان", "Sistan and Baluchestan", 29.5, 60.9, 5, 4, []string{"Kerman", "Hormozgan", "South Khorasan"}},
	{"فارس", "Fars", 29.6, 52.5, 3, 4, []string{"Isfahan", "Kohgiluyeh and Boyer-Ahmad", "Bushehr", "Hormozgan", "Kerman", "Yazd"}},
	{"قزوین", "Qazvin", 36.3, 50.0, 2, 2, []string{"Zanjan", "Gilan", "Mazandaran", "Alborz", "Markazi", "Hamadan"}},
	{"قم", "Qom", 34.6, 50.9, 3, 3, []string{"Tehran", "Semnan", "Isfahan", "Markazi"}},
	{"کردستان", "Kurdistan", 35.3, 47.0, 0, 1, []string{"West Azerbaijan", "Zanjan", "Hamadan", "Kermanshah"}},
	{"کرمان", "Kerman", 30.3, 57.1, 4, 4, []string{"Yazd", "Fars", "Hormozgan", "Sistan and Baluchestan", "South Khorasan"}},
	{"کرمانشاه", "Kermanshah", 34.3, 47.1, 0, 2, []string{"Kurdistan", "Hamadan", "Lorestan", "Ilam"}},
	{"کهگیلویه و بویراحمد", "Kohgiluyeh and Boyer-Ahmad", 30.7, 51.6, 2, 4, []string{"Chaharmahal and Bakhtiari", "Isfahan", "Fars", "Bushehr", "Khuzestan"}},
	{"گلستان", "Golestan", 36.8, 54.4, 4, 1, []string{"Mazandaran", "Semnan", "North Khorasan"}},
	{"گیلان", "Gilan", 37.3, 49.6, 2, 1, []string{"Ardabil", "Zanjan", "Qazvin", "Mazandaran"}},
	{"لرستان", "Lorestan", 33.5, 48.4, 1, 3, []string{"Hamadan", "Markazi", "Isfahan", "Chaharmahal and Bakhtiari", "Khuzestan", "Ilam", "Kermanshah"}},
	{"مازندران", "Mazandaran", 36.6, 53.1, 3, 1, []string{"Gilan", "Qazvin", "Alborz", "Tehran", "Semnan", "Golestan"}},
	{"مرکزی", "Markazi", 34.1, 49.7, 2, 3, []string{"Qazvin", "Alborz", "Tehran", "Qom", "Isfahan", "Lorestan", "Hamadan"}},
	{"هرمزگان", "Hormozgan", 27.2, 56.3, 4, 5, []string{"Bushehr", "Fars", "Kerman", "Sistan and Baluchestan"}},
	{"همدان", "Hamadan", 34.8, 48.5, 1, 2, []string{"Zanjan", "Qazvin", "Markazi", "Lorestan", "Kermanshah", "Kurdistan"}},
	{"یزد", "Yazd", 31.9, 54.4, 5, 3, []string{"Isfahan", "Fars", "Kerman", "South Khorasan"}},
}
