package people

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/console"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
)

var auditQuery = []console.Field{
	{Name: "person", Kind: console.Person, Label: words["audit.person"], Any: true},
	{Name: "act", Kind: console.Code, Label: words["audit.act"]},
	{Name: "object", Kind: console.Code, Label: words["audit.object"]},
	{Name: "since", Kind: console.Day, Label: words["people.since"]},
	{Name: "until", Kind: console.Day, Label: words["people.until"]},
}

// instants are the milliseconds from which and before which the filter wants lines.
func instants(v console.Values) (since, until int64) {
	until = math.MaxInt64
	if d := console.ISODay(v.Get("since")); d != 0 {
		y, m, day := d.Time().Date()
		since = store.Millis(time.Date(y, m, day, 0, 0, 0, 0, office.Tehran))
	}
	if d := console.ISODay(v.Get("until")); d != 0 {
		y, m, day := d.Time().Date()
		until = store.Millis(time.Date(y, m, day+1, 0, 0, 0, 0, office.Tehran))
	}
	return since, until
}

// lines reads lines of the log that concern the person's subtrees, newest first.
func lines(r *console.Request, limit, skip int) ([]officedb.Audit, error) {
	var out []officedb.Audit
	v := r.Values
	since, until := instants(v)
	for _, code := range r.Over() {
		lo, hi := office.Range(code)
		rows, err := officedb.New(r.DB).AuditIn(r.Context(), officedb.AuditInParams{Lo: lo, Hi: hi, Person: v.Get("person"), Act: v.Get("act"),
			Object: v.Get("object"), Since: since, Until: until, Max: int32(limit - len(out)), Skip: int32(skip)})
		if err != nil {
			return nil, err
		}
		skip = 0
		out = append(out, rows...)
	}
	return out, nil
}

func audit(r *console.Request) (console.Answer, error) {
	p := r.Paging()
	rows, err := lines(r, p.Limit, p.Skip)
	if err != nil {
		return nil, err
	}
	l := console.List{
		Intro: r.Say("audit.intro"), Empty: r.Say("audit.empty"),
		Actions: []console.Link{{Path: "/audit/check", Word: r.Say("audit.check")}, {Path: "/audit/export", Word: r.Say("audit.export")}},
		Columns: []console.Column{{Key: "seq", Label: words["audit.seq"], Kind: console.Codes}, {Key: "at", Label: words["audit.at"], Kind: console.Times},
			{Key: "person", Label: words["audit.person"]}, {Key: "role", Label: words["people.role"]}, {Key: "act", Label: words["audit.act"], Kind: console.Codes},
			{Key: "object", Label: words["audit.object"], Kind: console.Codes}, {Key: "before", Label: words["audit.before"]}, {Key: "after", Label: words["audit.after"]}},
	}
	names := map[string]string{"": "–"}
	for _, row := range rows {
		if _, known := names[row.Person]; !known {
			one, err := office.GetPerson(r.Context(), r.DB, row.Person)
			if err != nil {
				one.Name = row.Person // who is gone is still in the log
			}
			names[row.Person] = one.Name
		}
		role := ""
		if row.Role != "" {
			role = r.Say("role." + row.Role)
		}
		before, after := differing(row.Before, row.After)
		l.Rows = append(l.Rows, console.Row{ID: fmt.Sprint(row.Seq), Cells: []any{fmt.Sprint(row.Seq), store.Time(row.At), names[row.Person], role, row.Act,
			row.Object, before, after}})
	}
	return l, nil
}

// differing returns the fields of two JSON objects that are not the same in both,
// as text: "name: مریم; phone: 0912". What is empty is left out.
func differing(before, after string) (string, string) {
	var a, b map[string]any
	json.Unmarshal([]byte(before), &a) // what is no object has no fields
	json.Unmarshal([]byte(after), &b)
	text := func(own, other map[string]any) string {
		var out []string
		for _, key := range slices.Sorted(maps.Keys(own)) {
			if v := own[key]; v != nil && v != "" && !reflect.DeepEqual(v, other[key]) {
				out = append(out, fmt.Sprintf("%s: %v", key, v))
			}
		}
		return strings.Join(out, "; ")
	}
	return text(a, b), text(b, a)
}

// checkLog recomputes the chain of the whole log.
func checkLog(r *console.Request) (console.Answer, error) {
	n, head, err := office.CheckLog(r.Context(), r.DB)
	data := struct {
		Lines int64  `json:"lines"`
		Head  string `json:"head"`
		Fault string `json:"fault,omitempty"`
	}{n, head, ""}
	if err != nil {
		data.Fault = err.Error()
	}
	return console.Page{Template: "chain", Data: data, Crumbs: []console.Link{{Path: "/audit", Word: r.Say("audit.title")}}}, nil
}

// event and the rest are NIST SP 1500-101, event logging, as JSON.
type event struct {
	Type        string `json:"@type"`
	ID          string `json:"Id"`
	Sequence    string
	TimeStamp   string
	Kind        string `json:"Type"`
	Disposition string
	UserID      string `json:"UserId,omitempty"`
	Description string `json:",omitempty"`
	Details     string `json:",omitempty"`
	Hash        string `json:",omitempty"`
}

type device struct {
	Type     string `json:"@type"`
	ID       string `json:"Id"`
	Kind     string `json:"Type"`
	HashType string
	Event    []event
}

type eventLog struct {
	Type          string `json:"@type"`
	GeneratedTime string
	ElectionID    string `json:"ElectionId,omitempty"`
	Device        []device
}

// most is how many lines an export holds at most; narrower ones are asked for by
// days.
const most = 100_000

func exportLog(r *console.Request) (console.Answer, error) {
	rows, err := lines(r, most+1, 0)
	if err != nil {
		return nil, err
	}
	if len(rows) > most {
		return nil, &console.Refused{Text: r.Say("audit.long", int64(most))}
	}
	d := device{Type: "EventLogging.Device", ID: "offices-console", Kind: "ems", HashType: "sha-256", Event: []event{}}
	for i := len(rows) - 1; i >= 0; i-- { // the oldest first
		row := rows[i]
		details, err := json.Marshal(map[string]any{"object": row.Object, "office": row.Office, "role": row.Role, "post_office": row.PostOffice,
			"before": json.RawMessage(row.Before), "after": json.RawMessage(row.After), "prev": row.Prev})
		if err != nil {
			return nil, err
		}
		d.Event = append(d.Event, event{Type: "EventLogging.Event", ID: row.Act, Sequence: fmt.Sprint(row.Seq), TimeStamp: stamp(store.Time(row.At)), Kind: row.Act,
			Disposition: "success", UserID: row.Person, Details: string(details), Hash: row.Hash})
	}
	e, err := office.LoadElection(r.Context(), r.DB)
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(eventLog{Type: "EventLogging.ElectionEventLog", GeneratedTime: stamp(r.Now()), ElectionID: e.NameEn, Device: []device{d}}, "", " ")
	if err != nil {
		return nil, err
	}
	return console.File{Name: "event-log.json", Type: "application/json", Data: append(b, '\n')}, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
