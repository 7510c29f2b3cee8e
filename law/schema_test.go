package law_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/schematest"
	"github.com/sandogh/sandogh/law"
	"github.com/sandogh/sandogh/spec"
)

func TestSchema(t *testing.T) {
	valid := schematest.Valid(t, "law")
	published, err := json.Marshal(law.Published())
	if err != nil {
		t.Fatal(err)
	}
	example, err := spec.Examples.ReadFile("examples/law.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{published, example, []byte("[" + good + "]")} {
		if err := valid(text); err != nil {
			t.Error(err)
		}
		if _, err := law.Parse(text); err != nil {
			t.Error(err)
		}
	}
	for _, c := range [][2]string{
		{`"draft"`, `"repealed"`}, {`"1405-02-11"`, `"2026-05-01"`}, {`"art. 1"`, `"art. 1 "`}, {`"art. 1"`, `"Art. 1"`}, {`"numbered":true,`, ``}, {`["hq"]`, `[]`},
		{`["hq"]`, `["hq","hq"]`}, {`"grade":"B"`, `"grade":"D"`}, {`"en":"t"`, `"en":""`}, {`"grade":"B"`, `"grade":"B","note":""`}, {`"en":"t"`, `"en":"t","de":"t"`},
	} {
		bad := []byte(strings.Replace("["+good+"]", c[0], c[1], 1))
		if _, err := law.Parse(bad); err == nil {
			t.Errorf("%s in place of %s is read", c[1], c[0])
		}
		if valid(bad) == nil {
			t.Errorf("%s in place of %s has the shape", c[1], c[0])
		}
	}
}
