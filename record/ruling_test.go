package record_test

import (
	"slices"
	"testing"

	"github.com/sandogh/sandogh/record"
)

var lotOrder = []string{"103", "101", "102"}

// The expected order was computed with sha256sum:
//
//	printf 'sandogh lot v1\0seed\0%s' 101 | sha256sum
func TestLotOrder(t *testing.T) {
	ids := []string{"101", "102", "103"}
	if got := record.LotOrder("seed", ids); !slices.Equal(got, lotOrder) {
		t.Errorf("%v, want %v", got, lotOrder)
	}
	if !slices.Equal(ids, []string{"101", "102", "103"}) {
		t.Error("the argument was changed")
	}
	if !slices.Equal(record.LotOrder("seed", []string{"103", "101", "102"}), lotOrder) {
		t.Error("the order of the argument matters")
	}
}
