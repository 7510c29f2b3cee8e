package shuffle

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// maxChunk bounds the memory of one worker: a chunk of the verifier's
// multiplication is eight points a row.
const maxChunk = 4096

// parallel calls f on ranges that together make up [0, n), on all processors,
// and returns when all calls have.
func parallel(n int, f func(lo, hi int)) {
	workers := runtime.GOMAXPROCS(0)
	size := min(maxChunk, (n+workers-1)/workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, (n+size-1)/size) {
		wg.Go(func() {
			for {
				hi := int(next.Add(int64(size)))
				lo := hi - size
				if lo >= n {
					return
				}
				f(lo, min(hi, n))
			}
		})
	}
	wg.Wait()
}
