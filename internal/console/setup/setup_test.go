package setup_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/console/consoletest"
	"github.com/sandogh/sandogh/internal/console/setup"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/storetest"
)

const head = "province,county,district,kind,name,code,population\n"

// upload sends a file as a browser does.
func upload(t *testing.T, cl *consoletest.Client, text string) consoletest.Reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", "../../places.csv")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte(text))
	w.Close()
	return cl.Do("POST", "/setup/places", w.FormDataContentType(), &b)
}

func TestPlaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, setup.Part)
		hq := c.As(office.HQ, "")
		r := upload(t, hq, head+
			"گیلان,رشت,مرکزی,city,رشت,01001010001,700000\n"+
			"گیلان,رشت,مرکزی,town,خمام,01001010002,1\n"+
			"گیلان,رشت,مرکزی,village,,01001010003,x\n"+
			"مازندران,رشت,مرکزی,village,پسیخان,01001010004,10\n"+
			"گیلان,,مرکزی,village,لاکان,01002010001,10\n"+
			"گیلان,رشت,مرکزی,village,پیربازار,0100101000,10\n"+
			"گیلان,رشت,مرکزی,village,سنگر,01001010001,10\n"+
			"گیلان,رشت\n").Is(http.StatusUnprocessableEntity)
		for _, line := range []string{"۳", "۴", "۵", "۶", "۷", "۸", "۹"} {
			r.Has(`<th scope="row">` + line + "<")
		}
		if strings.Contains(r.Body, `<th scope="row">۲<`) {
			t.Error("a good line is listed")
		}
		upload(t, hq, "").Is(http.StatusUnprocessableEntity)
		upload(t, hq, "province,kind\n").Is(http.StatusUnprocessableEntity).Has("ستون‌ها")

		good := head + "گیلان,رشت,مرکزی,city,رشت,01001010001,۷۰۰۰۰۰\r\nگیلان,رشت,مرکزی,village,پسیخان,01001010002,\n"
		upload(t, hq, "\ufeff"+good).Is(http.StatusSeeOther) // the province, the county, the district, and two places
		hq.Get("/setup").Is(http.StatusOK).Has("۵ دفتر وارد شد")
		upload(t, hq, good).Is(http.StatusUnprocessableEntity).Has("پیش‌تر وارد شده")
	})
}

// TestManyFaults: all of a hundred thousand faulty lines are told, none is imported.
func TestManyFaults(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), setup.Part)
	hq := c.As(office.HQ, "")
	var b strings.Builder
	b.WriteString(head)
	const n = 100_000
	for i := range n {
		fmt.Fprintf(&b, "گیلان,رشت,مرکزی,village,=cmd%d,0100101,1\n", i)
	}
	r := upload(t, hq, b.String()).Is(http.StatusUnprocessableEntity)
	if lines := strings.Count(r.Body, "\r\n"); lines != n+1 {
		t.Errorf("%d lines of faults", lines)
	}
}

func TestPollingDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, setup.Part)
		hq := c.As(office.HQ, "")
		hq.Get("/").Is(http.StatusOK).Has("گام راه‌اندازی")
		hq.Post("/setup/polling-day", "day", "1405/12/1").Is(http.StatusConflict).Has("نخست انتخابات")
		hq.Post("/setup/election", "name_fa", "انتخابات", "kinds", "city", "kinds", "village", "start_order", "1405/2/1", "version", "0").Is(http.StatusSeeOther)
		hq.Post("/setup/election", "name_fa", "دیگر", "kinds", "city", "version", "0").Is(http.StatusConflict).Has("نوشتهٔ دیگری")
		hq.Post("/setup/polling-day", "day", "1405/2/11").Is(http.StatusConflict).Has("زودتر از روز زیر")
		hq.Post("/setup/polling-day", "day", "1405/12/1").Is(http.StatusSeeOther)
		hq.Post("/setup/polling-day", "day", "1405/12/2").Is(http.StatusConflict).Has("دو نفر")
		c.As(office.Province, "07").Get("/setup").Is(http.StatusForbidden)
	})
}

// TestWhere: a by-election is held where its constituencies are named, by code or
// name; a name that is none, or of two, is told with its line.
func TestWhere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := consoletest.New(t, db, setup.Part)
		hq := c.As(office.HQ, "")
		form := func(version, where string) consoletest.Reply {
			return hq.Post("/setup/election", "name_fa", "انتخابات", "kinds", "city", "kinds", "majlis", "at_majlis", where, "at_experts", "03", "version", version)
		}
		form("0", "07001\nشهرستان فرضی").Is(http.StatusUnprocessableEntity).Has("شهرستان فرضی")
		form("0", "99999").Is(http.StatusUnprocessableEntity).Has("99999")
		form("0", "۰۷۰۰۱\r\n\r\nشهرستان دیگر\r\n07001").Is(http.StatusSeeOther)
		e, err := office.LoadElection(context.Background(), db)
		if err != nil || len(e.Places) != 1 || strings.Join(e.Places["majlis"], " ") != "07001 03001" { // what is not held has no place
			t.Errorf("%+v, %v", e, err)
		}
		hq.Get("/setup/election").Is(http.StatusOK).Has("07001\n03001")
	})
}

func TestSample(t *testing.T) {
	c := consoletest.New(t, storetest.SQLite(t), setup.Part)
	c.As(office.HQ, "").Post("/setup/sample").Is(http.StatusConflict)

	c = consoletest.Empty(t, storetest.SQLite(t), setup.Part)
	c.First()
	hq := c.As(office.HQ, "")
	hq.Get("/setup").Is(http.StatusOK).Has("/setup/sample")
	hq.Post("/setup/sample").Is(http.StatusSeeOther)
	hq.Get("/").Is(http.StatusOK).Has("شبیه‌سازی")
}

func TestMatrix(t *testing.T) { consoletest.Matrix(t, setup.Part, nil) }
