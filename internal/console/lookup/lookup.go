// Package lookup finds the office or the person that somebody has typed in a form of
// the offices' console.
//
// Specification: ../shared/design/ux.md, part 5.
//
// In and out. In goes a text: the code or the name of an office ("-" is the
// country), or the id, the number or the name of a person. Out comes the code of the
// office, or the people whom it may mean, at most six of each subtree.
//
// What it never does: it finds nobody outside the subtrees that it is given.
//
// How it fails: store.ErrNotFound for an office that is not there, or a name that
// several have; office.ErrMany for a name that too many have.
//
// Sources: none.
package lookup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// Office returns the code of the office with the code or the name; of the country
// it is empty.
func Office(ctx context.Context, db officedb.DBTX, text string) (string, error) {
	code := persian.ASCII(strings.TrimSpace(text))
	if code == "-" {
		code = ""
	} else if strings.Trim(code, "0123456789") != "" {
		o, n, err := OfficeNamed(ctx, db, code)
		if err != nil {
			return "", err
		}
		if n != 1 {
			return "", store.ErrNotFound
		}
		code = o
	}
	_, err := officedb.New(db).Office(ctx, code)
	return code, store.Classify(err)
}

// OfficeNamed returns the code of the office with the name, and how many have it
// or one that begins with it. The country's own code is empty.
func OfficeNamed(ctx context.Context, db officedb.DBTX, name string) (code string, n int, err error) {
	lo, hi := office.Range("")
	for _, kind := range []string{office.Country, office.ProvinceAt, office.CountyAt, office.DistrictAt} {
		rows, err := officedb.New(db).OfficesOfKind(ctx, officedb.OfficesOfKindParams{Kind: kind, Lo: lo, Hi: hi, Max: 2000})
		if err != nil {
			return "", 0, store.Classify(err)
		}
		for _, o := range rows {
			if persian.Key(o.NameFa) == persian.Key(name) || strings.EqualFold(o.NameEn, name) {
				code, n = o.Code, n+1
			}
		}
		if n > 0 {
			return code, n, nil
		}
	}
	return "", 0, nil
}

// People returns whom the text may mean, of those in the subtrees.
func People(ctx context.Context, db officedb.DBTX, over []string, text string) ([]office.Person, error) {
	text = strings.TrimSpace(text)
	if len(text) == 26 { // an id
		p, err := office.GetPerson(ctx, db, text)
		if errors.Is(err, store.ErrNotFound) || err == nil && !slices.ContainsFunc(over, func(code string) bool { return office.Within(p.Office, code) }) {
			return nil, nil
		}
		return []office.Person{p}, err
	}
	var found []office.Person
	for _, code := range over {
		people, err := office.Find(ctx, db, code, text, 6, 0)
		if err != nil {
			return nil, err
		}
		found = append(found, people...)
	}
	return found, nil
}
