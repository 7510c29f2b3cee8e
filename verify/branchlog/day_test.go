package branchlog_test

import (
	"strings"
	"testing"

	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
)

// TestCheckOrder: an order says until which hour of the day, for which branches,
// and why.
func TestCheckOrder(t *testing.T) {
	order := func(until string, branches ...string) *record.ExtensionOrder {
		return &record.ExtensionOrder{Branches: branches, Until: until, Article: "19", Text: "queues"}
	}
	for _, o := range []*record.ExtensionOrder{
		order("00:00"), order("09:59"), order("19:30", "101"), order("23:59", "101", "102"), order("24:00", "10", "9"),
	} {
		if err := branchlog.CheckOrder(o); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
	without := func(change func(*record.ExtensionOrder)) *record.ExtensionOrder {
		o := order("22:00")
		change(o)
		return o
	}
	for text, orders := range map[string][]*record.ExtensionOrder{
		"no time of the day": {
			order(""), order("22"), order("22:0"), order("2:00"), order("22:60"), order("24:01"), order("25:00"), order("22:00:00"),
			order(" 22:00"), order("22:00\n"), order("۲۲:۰۰"), order("22.00"), order("-1:00"),
		},
		"do not ascend":    {order("22:00", "101", "101"), order("22:00", "102", "101"), order("22:00", "9", "10"), order("22:00", "a", "b", "b")},
		"on which article": {without(func(o *record.ExtensionOrder) { o.Article = "" }), without(func(o *record.ExtensionOrder) { o.Text = "" })},
	} {
		for _, o := range orders {
			if err := branchlog.CheckOrder(o); err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%+v: %v, want %q", o, err, text)
			}
		}
	}
	long := branchlog.CheckOrder(order(strings.Repeat("1", 1<<15)))
	if long == nil || len(long.Error()) > 500 {
		t.Errorf("a long text is repeated: %v", long)
	}
}

func TestApplies(t *testing.T) {
	for _, c := range []struct {
		branches []string
		branch   string
		want     bool
	}{
		{nil, "101", true}, {[]string{"101", "102"}, "102", true}, {[]string{"101", "102"}, "10", false}, {[]string{"101"}, "", false},
	} {
		if got := branchlog.Applies(&record.ExtensionOrder{Branches: c.branches}, c.branch); got != c.want {
			t.Errorf("an order for %q is for %q: %v", c.branches, c.branch, got)
		}
	}
}
