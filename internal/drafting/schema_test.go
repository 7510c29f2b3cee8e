package drafting_test

import (
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/drafting"
	"github.com/sandogh/sandogh/internal/schematest"
)

// The schema and Build refuse the same shapes of bodies.
func TestSchema(t *testing.T) {
	judge := schematest.Valid(t, "bodies")
	valid := func(text string) error { return judge([]byte(text)) }
	files := example()
	good := string(files.Bodies.Data)
	if err := valid(good); err != nil {
		t.Error(err)
	}
	for _, x := range [][2]string{
		{`"quorum": 2,`, ``}, {`"quorum": 2`, `"quorum": "2"`}, {`"quorum": 2`, `"quorum": 0`}, {`"role": "headquarters"`, `"role": "technical"`},
		{`"role": "supervisory"`, `"role": "none"`}, {`"role": "headquarters"`, `"role": "headquarters", "note": ""`}, {`"id": "hq"`, `"id": "h q"`},
		{`"reserve": true`, `"reserve": 1`}, {`"witness_quorum": 1`, `"witness_quorum": 1, "polling_day": ""`}, {`"max_ballots_per_device": 2000`, `"max_ballots_per_device": 200000`},
		{`"name": "witness.example.org/w1"`, `"name": "witness 1"`}, {`"hq_log_key": "`, `"hq_log_key": "0`},
		{"\"reserve\": true", "\"reserve\": true, \"key\": \"\""},
	} {
		if !strings.Contains(good, x[0]) {
			t.Fatalf("the example has no %s", x[0])
		}
		bad := strings.Replace(good, x[0], x[1], 1)
		if valid(bad) == nil {
			t.Errorf("%s in place of %s has the shape", x[1], x[0])
		}
		files.Bodies.Data = []byte(bad)
		if _, err := drafting.Build(files, plan(t)); err == nil {
			t.Errorf("%s in place of %s is built", x[1], x[0])
		}
	}
}
