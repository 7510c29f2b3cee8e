package threshold

import "github.com/sandogh/sandogh/crypto/group"

// Coefficients returns the memory in which the polynomial lies.
func (d *Dealing) Coefficients() []group.Scalar { return d.coefficients }
