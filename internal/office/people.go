package office

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/persian"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

// A Person is somebody of the offices.
type Person struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Number    string `json:"number"` // national number, masked in the log; "" for one who is simulated
	Phone     string `json:"phone"`
	Email     string `json:"email"`
	Office    string `json:"office"` // that keeps the record
	Simulated bool   `json:"simulated"`
	Version   int64  `json:"version"`
}

func person(p officedb.Person) Person {
	return Person{p.ID, p.Name, p.Number, p.Phone, p.Email, p.Office, p.Simulated != 0, p.Version}
}

// logged is the person as the log has it: a national number is not spread.
func (p Person) logged() Person {
	if n := len(p.Number); n > 4 {
		p.Number = strings.Repeat("*", n-4) + p.Number[n-4:]
	}
	return p
}

// GetPerson returns a person.
func GetPerson(ctx context.Context, db officedb.DBTX, id string) (Person, error) {
	p, err := officedb.New(db).Person(ctx, id)
	if err != nil {
		return Person{}, fmt.Errorf("read person: %w", store.Classify(err))
	}
	return person(p), nil
}

// AddPerson adds a person; the id is given to them. The name is stored as package
// persian cleans it.
func AddPerson(ctx context.Context, tx *store.Tx, now time.Time, a Actor, p Person) (Person, error) {
	p.ID, p.Name, p.Version = store.NewID(), persian.Clean(p.Name), 1
	q := officedb.New(tx)
	if err := q.InsertPerson(ctx, officedb.InsertPersonParams{ID: p.ID, Name: p.Name, Number: p.Number, Phone: p.Phone, Email: p.Email,
		Office: p.Office, Simulated: store.Bool(p.Simulated), Created: store.Millis(now)}); err != nil {
		return p, fmt.Errorf("add person: %w", err)
	}
	if err := index(ctx, q, p); err != nil {
		return p, err
	}
	return p, Audit(ctx, tx, now, a, PeopleEdit, Change{Act: "person.add", Object: p.ID, Office: p.Office, After: p.logged()})
}

// EditPerson changes a person. The version is that which was read; if another has
// changed it the error is store.ErrConflict.
func EditPerson(ctx context.Context, tx *store.Tx, now time.Time, a Actor, p Person) error {
	before, err := GetPerson(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	p.Name, p.Simulated = persian.Clean(p.Name), before.Simulated
	q := officedb.New(tx)
	if err := store.Changed(q.UpdatePerson(ctx, officedb.UpdatePersonParams{Name: p.Name, Number: p.Number, Phone: p.Phone, Email: p.Email,
		Office: p.Office, ID: p.ID, Version: p.Version})); err != nil {
		return fmt.Errorf("edit person: %w", err)
	}
	for _, w := range Words(before.Name) {
		if err := q.DeleteWord(ctx, officedb.DeleteWordParams{Word: w, Office: before.Office, Person: p.ID}); err != nil {
			return fmt.Errorf("index person: %w", err)
		}
	}
	if err := index(ctx, q, p); err != nil {
		return err
	}
	p.Version++
	return Audit(ctx, tx, now, a, PeopleEdit, Change{Act: "person.edit", Object: p.ID, Office: p.Office, Before: before.logged(), After: p.logged()})
}

// MayGive reports whether the actor may give a post: who grants powers over an
// office, and has there themselves everything that the role may do.
func (a Actor) MayGive(role Role, code string) bool {
	return a.May(PowersGrant, code) && !slices.ContainsFunc(powers[role], func(p Power) bool { return p != Own && !a.May(p, code) })
}

// Appoint gives a person a post from a day on. Nobody gives a power that they do
// not have: the error is ErrForbidden.
func Appoint(ctx context.Context, tx *store.Tx, now time.Time, a Actor, person string, role Role, code, since, until string) (string, error) {
	if !role.known() || !role.Fits(code) {
		return "", fmt.Errorf("appoint: role %q has no post at office %q", role, code)
	}
	if !a.MayGive(role, code) {
		return "", fmt.Errorf("appoint: role %q at office %q: %w", role, code, ErrForbidden)
	}
	id := store.NewID()
	err := officedb.New(tx).InsertPost(ctx, officedb.InsertPostParams{ID: id, Person: person, Role: string(role), Office: code, Since: since, Until: until})
	if err != nil {
		return "", fmt.Errorf("appoint: %w", err)
	}
	after := map[string]string{"person": person, "role": string(role), "office": code, "since": since, "until": until}
	return id, Audit(ctx, tx, now, a, PowersGrant, Change{Act: "post.add", Object: id, Office: code, After: after})
}

// EndPost ends a post on a day, its last.
func EndPost(ctx context.Context, tx *store.Tx, now time.Time, a Actor, id, until string, version int64) error {
	q := officedb.New(tx)
	before, err := q.Post(ctx, id)
	if err != nil {
		return fmt.Errorf("end post: %w", store.Classify(err))
	}
	if err := store.Changed(q.EndPost(ctx, officedb.EndPostParams{Until: until, ID: id, Version: version})); err != nil {
		return fmt.Errorf("end post: %w", err)
	}
	return Audit(ctx, tx, now, a, PowersGrant, Change{Act: "post.end", Object: id, Office: before.Office, Before: before,
		After: map[string]string{"until": until}})
}
