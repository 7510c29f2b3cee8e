package marks

import (
	"context"
	"errors"

	"github.com/sandogh/sandogh/internal/roll"
)

// A Register is the central register of who votes where. It grants each voter to
// one branch.
type Register interface {
	// Claim asks for a voter. The same claim again has the same answer. Errors
	// are [ErrOffline] and [*TakenError], or say what is wrong with the claim.
	Claim(ctx context.Context, c Claim) error
}

// A Claim asks that a voter be admitted in a branch.
type Claim struct {
	Request  string      `json:"request"` // 64 hex digits, the same when it is asked again
	Election string      `json:"election"`
	Branch   string      `json:"branch"`
	Number   roll.Number `json:"number"`
}

// ErrOffline says that the register did not answer.
var ErrOffline = errors.New("the central register does not answer")

// A TakenError says that another branch has the voter.
type TakenError struct{ Branch string }

func (e *TakenError) Error() string {
	return "the central register has given the voter to branch " + e.Branch
}
