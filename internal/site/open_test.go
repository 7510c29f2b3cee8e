package site_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// open opens a branch's log as an auditor would.
func open(t *testing.T, h held, branch string) *board.Log {
	t.Helper()
	def := h.view.Definition()
	var witnesses []board.Witness
	for _, w := range def.Witnesses {
		witnesses = append(witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	b, ok := def.Branch(branch)
	if !ok {
		t.Fatalf("no branch %s", branch)
	}
	l, err := board.Open(h.record, record.BranchLog(branch), election.BranchOrigin(h.view.Election(), branch), b.LogKey.Ed25519(), witnesses)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func status(s http.Handler, path string) int {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code
}
