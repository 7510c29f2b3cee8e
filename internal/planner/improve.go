package planner

// improve exchanges units of two groups while that brings the groups closer
// together and leaves them as connected as they were.
func (g *grouping) improve(sets [][]int) {
	for range 20 {
		better := false
		for a := range sets {
			for b := range a {
				for x := range sets[a] {
					for y := range sets[b] {
						better = g.exchange(sets[a], sets[b], x, y) || better
					}
				}
			}
		}
		if !better {
			return
		}
	}
}

func (g *grouping) exchange(a, b []int, x, y int) bool {
	i, j := a[x], b[y]
	if g.pin[i] != 0 || g.pin[j] != 0 {
		return false
	}
	var gain int64
	for _, k := range a {
		if k != i {
			gain += g.km[i][k] - g.km[j][k]
		}
	}
	for _, k := range b {
		if k != j {
			gain += g.km[j][k] - g.km[i][k]
		}
	}
	wasA, wasB := g.joined(a), g.joined(b)
	if gain <= 0 && wasA && wasB {
		return false
	}
	a[x], b[y] = j, i
	isA, isB := g.joined(a), g.joined(b)
	worse := wasA && !isA || wasB && !isB
	joins := !wasA && isA || !wasB && isB
	if !worse && (gain > 0 || joins) {
		return true
	}
	a[x], b[y] = i, j
	return false
}
