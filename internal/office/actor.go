package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sandogh/sandogh/internal/store/officedb"
)

// ErrForbidden says that somebody has no power over an office.
var ErrForbidden = errors.New("no power over this office")

// A Post is a person's role at an office, as of today.
type Post struct {
	ID     string
	Role   Role
	Office string // its code
	NameFa string // of the office
	NameEn string
}

// An Actor is somebody with the posts that they have today. The zero Actor is
// nobody.
type Actor struct {
	Person string // id
	Name   string
	Posts  []Post
}

// LoadActor returns a person with the posts that they have on a day (ISO).
func LoadActor(ctx context.Context, db officedb.DBTX, person, today string) (Actor, error) {
	q := officedb.New(db)
	p, err := q.Person(ctx, person)
	if err != nil {
		return Actor{}, fmt.Errorf("read person: %w", err)
	}
	posts, err := q.PostsOf(ctx, person)
	if err != nil {
		return Actor{}, fmt.Errorf("read posts: %w", err)
	}
	a := Actor{Person: p.ID, Name: p.Name}
	for _, r := range posts {
		if r.Since <= today && (r.Until == "" || today <= r.Until) {
			a.Posts = append(a.Posts, Post{r.ID, Role(r.Role), r.Office, r.NameFa, r.NameEn})
		}
	}
	slices.SortStableFunc(a.Posts, func(a, b Post) int { return len(a.Office) - len(b.Office) })
	return a, nil
}

// May reports whether the actor has a power over an office.
func (a Actor) May(p Power, code string) bool {
	if p == Own {
		return a.Person != ""
	}
	_, ok := a.Post(p, code)
	return ok
}

// Post returns the post by which the actor has a power over an office.
func (a Actor) Post(p Power, code string) (Post, bool) {
	i := slices.IndexFunc(a.Posts, func(post Post) bool { return post.Role.Can(p) && Within(code, post.Office) })
	if i < 0 {
		return Post{}, false
	}
	return a.Posts[i], true
}

// Somewhere reports whether the actor has a power over any office.
func (a Actor) Somewhere(p Power) bool { return p == Own && a.Person != "" || len(a.Over(p)) > 0 }

// Over returns the offices whose subtrees the actor has a power over, none of
// them below another.
func (a Actor) Over(p Power) []string {
	var out []string
	for _, post := range a.Posts { // the widest first
		if post.Role.Can(p) && !slices.ContainsFunc(out, func(above string) bool { return Within(post.Office, above) }) {
			out = append(out, post.Office)
		}
	}
	return out
}

// Home returns the widest office of the actor's posts, "" if there are none: what
// pages show first.
func (a Actor) Home() (Post, bool) {
	if len(a.Posts) == 0 {
		return Post{}, false
	}
	return a.Posts[0], true
}

// Day returns the civil day in Tehran of an instant, as it is stored: ISO,
// Gregorian. Clocks are not put forward there since 1401.
func Day(t time.Time) string { return t.In(Tehran).Format(time.DateOnly) }

// Tehran is the zone of all days.
var Tehran = time.FixedZone("Asia/Tehran", 3*3600+1800)
