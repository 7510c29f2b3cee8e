package outcome

import (
	"fmt"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// statements returns what the branches of a contest stated, in the definition's
// order, and what is to be noticed about it.
func (c *Checker) statements(contest *election.Contest) (out record.Statements, err error) {
	for _, b := range c.Definition.BranchesOf(contest.ID) {
		var counts record.Counts
		closed := false
		if st := c.Branches[b.ID]; st != nil {
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
func (c *Checker) listed(contest *election.Contest) (record.Blob, error) {
	s, err := c.statements(contest)
	if err != nil {
		return record.Blob{}, err
	}
	data, err := record.EncodeStatements(s)
	return record.NewBlob(record.TypeStatements, data), err
}
