package encrypt

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
)

// CheckStyle reports whether a sealed ballot of the style fits into an entry
// of the record: a ballot with many contests of many votes may not. It is for
// everybody who fixes a definition; New refuses such a style.
func CheckStyle(style election.Style) error {
	body := &record.Sealed{Device: strings.Repeat("d", 32), Number: 1 << 32, Style: style.ID}
	for _, c := range style.Contests {
		_, _, n, err := zkp.SlotParams(c.N(), c.K())
		if err != nil {
			return fmt.Errorf("contest %s: %w", c.ID, err)
		}
		// spec/crypto-slot.md: 33·(2·log2 N + 6) + 160 bytes of proof.
		proof := group.ElementSize*(2*bits.TrailingZeros(uint(n))+6) + 5*group.ScalarSize
		body.Contests = append(body.Contests, record.SealedContest{Contest: c.ID, Rows: make([]byte, c.K()*elgamal.Size), Proof: make([]byte, proof)})
	}
	signature := record.Signature{By: "device/" + body.Device, Sig: make([]byte, 64)}
	if _, err := record.Encode(record.Entry{Body: body, Signatures: []record.Signature{signature}}); err != nil {
		return fmt.Errorf("a ballot of style %s with %d contests cannot be sealed into one entry: %w", style.ID, len(style.Contests), err)
	}
	return nil
}
