package tamper_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

// agreed are the fields in which those who sign them can write another value
// without anybody seeing it in the record, if all whose entries follow agree:
// what only the receivers of shares can read, the commitments of devices that
// nobody challenged, a device that nobody used, and how many were checked in.
var agreed = []string{"dealing.Shares", "opening.Devices", "grant.Key", "close.Counts.CheckedIn"}

// field is one value within a body, with the names that lead to it.
type field struct {
	name  string
	value reflect.Value
}

func fieldsOf(v reflect.Value, name string) []field {
	switch v.Kind() {
	case reflect.Pointer:
		return fieldsOf(v.Elem(), name)
	case reflect.Struct:
		var out []field
		for i := range v.NumField() {
			if n := v.Type().Field(i).Name; n != "_" {
				out = append(out, fieldsOf(v.Field(i), name+"."+n)...)
			}
		}
		return out
	case reflect.Slice:
		out := []field{{name, v}}
		if v.Type().Elem().Kind() != reflect.Uint8 {
			for i := range v.Len() {
				out = append(out, fieldsOf(v.Index(i), name)...)
			}
		}
		return out
	}
	return []field{{name, v}}
}

// distort gives a field another value. It may be the same by chance.
func distort(rng *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		words := []string{"", "101", "102", "t1", v.String() + "x"}
		v.SetString(words[rng.IntN(len(words))])
	case reflect.Uint64:
		n := v.Uint()
		numbers := []uint64{0, 1, n + 1, n - 1, 1 << 40, 1 << 63, 1<<64 - 1}
		v.SetUint(numbers[rng.IntN(len(numbers))])
	case reflect.Slice:
		i := 0
		if v.Len() > 0 {
			i = rng.IntN(v.Len())
		}
		switch how := rng.IntN(4); {
		case how == 0 || v.Len() == 0:
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		case how == 1:
			v.Set(v.Slice(0, v.Len()-1))
		case how == 2:
			v.Set(reflect.Append(v, v.Index(i)))
		case v.Type().Elem().Kind() == reflect.Uint8:
			v.Index(i).SetUint(v.Index(i).Uint() ^ uint64(1+rng.IntN(255)))
		}
	}
}

// TestAnyField changes single fields of entries to what attackers like to try,
// and has everything signed again: no such record verifies, and none crashes
// the verifier. The entries that a change of a branch's log must carry along
// follow, and headquarters' log is cut where it would give the change away.
func TestAnyField(t *testing.T) {
	rng := seeded(t)
	const times = 100
	changed := 0
	for range times {
		f := good().forger()
		log := []string{hq, hq, hq, b101, b102, b103}[rng.IntN(6)]
		i := rng.IntN(len(f.logs[log]))
		was := string(f.logs[log][i])
		e := must(record.Decode(f.logs[log][i]))
		fields := fieldsOf(reflect.ValueOf(e.Body), e.Body.Kind())
		x := fields[rng.IntN(len(fields))]
		distort(rng, x.value)
		f.put(log, i, e.Body)
		if string(f.logs[log][i]) == was {
			continue
		}
		changed++
		if log != hq {
			// The endings name device and number: with another one they are of no ballot.
			if s, ok := e.Body.(*record.Sealed); ok && x.name != "sealed.Device" && x.name != "sealed.Number" {
				f.recode(log, s)
			}
			if _, ok := e.Body.(*record.Close); ok {
				f.takeIn(log)
			} else {
				f.reclose(log)
			}
			cut[*record.Units](f)
		}
		r, _ := verify.Record(context.Background(), f.publish(), verify.Options{Election: &f.expect})
		mayPass := slices.ContainsFunc(agreed, func(name string) bool { return strings.HasPrefix(x.name, name) })
		if r.Status == report.Verified && !mayPass {
			t.Errorf("%s entry %d, %s: %v verifies", log, i, x.name, x.value)
		}
	}
	if changed < times/2 {
		t.Errorf("only %d of %d changes changed anything", changed, times)
	}
}
