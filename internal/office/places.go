package office

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// PlaceColumns are the columns of a list of places, CSV: a line is an office. The
// columns province, county and district name those above it; kind is province,
// county, district, city or village; the code has the code of the office above as
// its beginning.
var PlaceColumns = []string{"province", "county", "district", "kind", "name", "code", "population"}

// A LineFault is what is wrong with a line of a list. What is a key of words, such
// as "code", with what was found.
type LineFault struct {
	Line int
	What string // columns, encoding, kind, name, code, twice, parent, above, population, empty
	Got  string
}

func (f LineFault) Error() string { return fmt.Sprintf("line %d: %s: %q", f.Line, f.What, f.Got) }

// ReadPlaces reads a list of places and everything that is wrong with it. What
// stands above a place but has no line of its own is made from the columns that
// name it. It is an error only if the reader fails.
func ReadPlaces(r io.Reader) (places []officedb.Office, faults []LineFault, err error) {
	in := csv.NewReader(&bom{r: r})
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	fault := func(line int, what, got string) { faults = append(faults, LineFault{line, what, strings.Clone(got)}) }
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, []LineFault{{1, "empty", ""}}, nil
	}
	var syntax *csv.ParseError
	if err != nil && !errors.As(err, &syntax) {
		return nil, nil, fmt.Errorf("read places: %w", err)
	}
	if !slices.Equal(head, PlaceColumns) {
		return nil, []LineFault{{1, "columns", strings.Join(head, ",")}}, nil
	}
	names := map[string]string{} // of the offices above, by code
	seen := map[string]bool{}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.As(err, &syntax) {
			fault(syntax.Line, "columns", syntax.Err.Error())
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read places: %w", err)
		}
		line, _ := in.FieldPos(0)
		if len(row) != len(PlaceColumns) {
			fault(line, "columns", strings.Join(row, ","))
			continue
		}
		o, before := officedb.Office{Kind: strings.TrimSpace(row[3]), NameFa: strings.TrimSpace(persian.Clean(row[4])), Code: persian.ASCII(strings.TrimSpace(row[5])), Version: 1}, len(faults)
		length, known := lengths[o.Kind]
		if !known || o.Kind == Country {
			fault(line, "kind", row[3])
		} else if !ValidCode(o.Kind, o.Code) {
			fault(line, "code", row[5])
		} else if seen[o.Code] {
			fault(line, "twice", o.Code)
		}
		if o.NameFa == "" || len(o.NameFa) > 400 || strings.ContainsRune(o.NameFa, '\uFFFD') {
			fault(line, "name", row[4])
		}
		if text := persian.ASCII(strings.TrimSpace(row[6])); text != "" {
			if o.Population, err = strconv.ParseInt(text, 10, 64); err != nil || o.Population < 0 || o.Population > 100_000_000 {
				fault(line, "population", row[6])
			}
		}
		if len(faults) > before {
			continue
		}
		for i, n := range []int{2, 5, 7} { // those above, by the columns
			if n >= length {
				break
			}
			name, code := strings.TrimSpace(persian.Clean(row[i])), o.Code[:n]
			switch old, ok := names[code]; {
			case name == "":
				fault(line, "above", PlaceColumns[i])
			case ok && persian.Key(old) != persian.Key(name):
				fault(line, "parent", name)
			case !ok:
				names[code] = strings.Clone(name)
			}
		}
		if len(faults) > before {
			continue
		}
		if old, ok := names[o.Code]; ok && persian.Key(old) != persian.Key(o.NameFa) {
			fault(line, "parent", o.NameFa)
			continue
		}
		o.Kind, o.NameFa, o.Code = strings.Clone(o.Kind), strings.Clone(o.NameFa), strings.Clone(o.Code)
		seen[o.Code] = true
		if length < 11 {
			names[o.Code] = o.NameFa
		}
		places = append(places, o)
	}
	for code, name := range names {
		if !seen[code] {
			places = append(places, officedb.Office{Code: code, Kind: map[int]string{2: ProvinceAt, 5: CountyAt, 7: DistrictAt}[len(code)], NameFa: name, Version: 1})
		}
	}
	if len(places) == 0 && len(faults) == 0 {
		faults = append(faults, LineFault{2, "empty", ""})
	}
	slices.SortFunc(places, func(a, b officedb.Office) int { return strings.Compare(a.Code, b.Code) })
	return places, faults, nil
}

// bom drops the byte order mark that spreadsheets write.
type bom struct {
	r     io.Reader
	begun bool
}

func (b *bom) Read(p []byte) (int, error) {
	if b.begun || len(p) < 3 {
		return b.r.Read(p)
	}
	b.begun = true
	n, err := io.ReadFull(b.r, p[:3])
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if string(p[:n]) == "\ufeff" {
		return 0, err
	}
	return n, err
}

// ImportPlaces adds the places, all or none. One that is there already is
// store.ErrExists.
func ImportPlaces(ctx context.Context, tx *store.Tx, now time.Time, a Actor, places []officedb.Office) error {
	err := tx.Load(ctx, "office", []string{"code", "kind", "name_fa", "name_en", "population", "version"}, func(yield func([]any, error) bool) {
		for _, o := range places {
			if !yield([]any{o.Code, o.Kind, o.NameFa, o.NameEn, o.Population, o.Version}, nil) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("import places: %w", err)
	}
	return Audit(ctx, tx, now, a, ElectionEdit, Change{Act: "places.import", Object: "places", After: map[string]int{"offices": len(places)}})
}
