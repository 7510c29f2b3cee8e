package zkp

import (
	"sync"

	"github.com/sandogh/sandogh/crypto/group"
)

// slotGenerators are the points of vectors of length N: G_i, H_i, F (blinding)
// and U (inner product), hashed to the group, so that nobody knows a relation
// among them, g and y.
type slotGenerators struct {
	g, h   []group.Element
	f, u   group.Element
	prover func() *slotBases
}

// slotBases are the same points prepared for the prover. The table holds
// G_0 … G_{N−1}, H_0 … H_{N−1}, U.
type slotBases struct {
	g, h, negH []*group.Base
	f          *group.Base
	table      *group.Table
}

// fixedSlotBases is the greatest N for which the prover's points get their
// constant-time tables: 80 KiB each, 20 MiB in all at N = 128. At N = 512 they
// would take 80 MiB to make a proof a fifth faster. The variable-time table of
// the rounds takes 8 KiB for each i, 4 MiB at N = 512.
const fixedSlotBases = 128

// slotCache grows with the greatest N asked for: the points are the same for
// every N, so each is hashed once in the life of a program.
var slotCache struct {
	sync.Mutex
	g, h []group.Element
	sets map[int]*slotGenerators
}

// slotGeneratorsOf returns the generators for N, a result of SlotParams.
func slotGeneratorsOf(N int) *slotGenerators {
	c := &slotCache
	c.Lock()
	defer c.Unlock()
	if s := c.sets[N]; s != nil {
		return s
	}
	for i := len(c.g); i < N; i++ {
		c.g = append(c.g, group.Hash("slot-G", uint32(i)))
		c.h = append(c.h, group.Hash("slot-H", uint32(i)))
	}
	s := &slotGenerators{
		g: c.g[:N:N], h: c.h[:N:N],
		f: group.Hash("slot-F", 0), u: group.Hash("slot-U", 0),
	}
	// The verifier never pays for the prover's tables.
	s.prover = sync.OnceValue(s.prepare)
	if c.sets == nil {
		c.sets = make(map[int]*slotGenerators)
	}
	c.sets[N] = s
	return s
}

func (s *slotGenerators) prepare() *slotBases {
	base := group.NewBase
	if len(s.g) <= fixedSlotBases {
		base = group.NewFixedBase
	}
	p := &slotBases{f: group.NewFixedBase(s.f)}
	for i := range s.g {
		p.g = append(p.g, base(s.g[i]))
		h := base(s.h[i])
		p.h = append(p.h, h)
		p.negH = append(p.negH, h.Neg())
	}
	points := append(append([]group.Element{}, s.g...), s.h...)
	p.table = group.NewTable(append(points, s.u))
	return p
}
