package apportion

// divisors gives the seats one by one to the group with the highest quotient of
// its votes by its next divisor: 1, 2, 3, … (D'Hondt) or 1, 3, 5, …
// (Sainte-Laguë).
func (a *allocation) divisors() error {
	next := func(i int) int {
		if a.Rule == DHondt {
			return a.Groups[i].Seats + 1
		}
		return 2*a.Groups[i].Seats + 1
	}
	for left := a.House; left > 0; {
		var best []int // equal quotients, the highest
		for i := range a.Groups {
			if !a.free(i) {
				continue
			}
			c := 1
			if len(best) > 0 { // votes/divisor against the best so far, multiplied out
				c = compare(a.Groups[i].Votes, next(best[0]), a.Groups[best[0]].Votes, next(i))
			}
			switch c {
			case 1:
				best = append(best[:0], i)
			case 0:
				best = append(best, i)
			}
		}
		if len(best) == 0 {
			a.Open = &Open{Kind: MoreSeats, Groups: []string{}, Seats: left}
			return nil
		}
		if left < len(best) {
			return a.last(best, left, func(i int) Award { return Award{Divisor: next(i)} })
		}
		for _, i := range best {
			a.award(i, Award{Divisor: next(i)})
		}
		left -= len(best)
	}
	return nil
}
