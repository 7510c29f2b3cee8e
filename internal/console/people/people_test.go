package people_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/people"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

func TestPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, people.Part)
		qom := c.As(office.Province, "07")

		// All faults at once, and the entry kept.
		qom.Post("/people/new", "name", "", "number", "1234567890", "office", "03").Is(http.StatusUnprocessableEntity).
			Has("این خانه را پر کنید").Has("این شمارهٔ ملی درست نیست").Has("زیر نظر سمت شما نیست").Has(`value="1234567890"`)

		r := qom.Post("/people/new", "name", "علي‌پور كاظمي", "number", "۰۹۳۲۸۳۳۸۱۰", "office", "شهرستان قم")
		qom.Follow(r).Is(http.StatusOK).Has("علي‌پور كاظمي").Has("0932833810").Has("شهرستان قم")
		id := r.Header.Get("Location")

		for _, query := range []string{"علی پور", "علیپور", "کاظمی", "0932", "۰۹۳۲"} {
			qom.Get("/people?q=" + url.QueryEscape(query)).Is(http.StatusOK).Has(id)
		}
		other := c.As(office.Province, "03")
		if body := other.Get("/people?q=" + url.QueryEscape("کاظمی")).Is(http.StatusOK).Body; strings.Contains(body, id) {
			t.Error("somebody of another province is found")
		}
		other.Get(id).Is(http.StatusForbidden)
		other.Post(id+"/edit", "name", "دیگری").Is(http.StatusForbidden)

		// Two who edit the same record: the second sees both.
		qom.Post(id+"/edit", "name", "علی‌پور کاظمی", "office", "07001", "version", "1").Is(http.StatusSeeOther)
		qom.Post(id+"/edit", "name", "کاظمی دیگر", "office", "07001", "version", "1").Is(http.StatusConflict).
			Has("کاظمی دیگر").Has("علی‌پور کاظمی").Has(`name="version" value="2"`)

		qom.Get("/en" + id).Is(http.StatusOK).Has("Qom county").Has(`dir="ltr"`)
		c.SignedOut().Get("/people").Is(http.StatusSeeOther)

		qom.JSON = true
		qom.PostJSON("/people/new", map[string]any{"name": "=cmd()", "office": "07"}).Is(http.StatusOK)
		qom.Get("/people?format=csv").Is(http.StatusOK).Has("\ufeff").Has("'=cmd()")
		qom.Get("/people").Is(http.StatusOK).Has(`"rows":[`)
	})
}

func TestMatrix(t *testing.T) {
	consoletest.Matrix(t, people.Part, func(c *consoletest.Console, code string) map[string]string {
		return map[string]string{"id": c.Person(office.District, code)}
	})
}
