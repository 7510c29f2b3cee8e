package verify

import (
	"fmt"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// statements returns what the branches of a contest stated, in the definition's
// order, and what is to be noticed about it.
func (r *run) statements(c *election.Contest) (out record.Statements, err error) {
	for _, b := range r.def.BranchesOf(c.ID) {
		var counts record.Counts
		closed := false
		if st := r.branches[b.ID]; st != nil {
			counts, closed = st.Closed()
		}
		if !closed {
			return record.Statements{}, fmt.Errorf("branch %s has not closed", b.ID)
		}
		out.Statements = append(out.Statements, record.Statement{Branch: b.ID, Counts: counts})
		if counts.CheckedIn > counts.Cast {
			out.Exceptions = append(out.Exceptions, record.Exception{Branch: b.ID, What: record.ExceptionNotCast, Number: counts.CheckedIn - counts.Cast})
		}
	}
	return out, nil
}

// listed returns the name of the list of statements of a contest.
func (r *run) listed(c *election.Contest) (record.Blob, error) {
	s, err := r.statements(c)
	if err != nil {
		return record.Blob{}, err
	}
	data, err := record.EncodeStatements(s)
	return record.NewBlob(record.TypeStatements, data), err
}
