package totals

// IsLot and Decides let the tests see that a ruling is one or the other.
func (r *Ruling) IsLot() bool   { return r.seed != nil }
func (r *Ruling) Decides() bool { return r.order != nil || r.seats != nil }
