package sequencer

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"k8s.io/klog/v2"
)

// never is how often Tessera writes a checkpoint of its own: the one it writes
// in an empty tree stays. Ours are signed when they are asked for.
const never = 100 * 365 * 24 * time.Hour

// appender opens the tree for one batch of n entries. The function returned
// ends its goroutines and must be called when all is done.
func (l *Log) appender(ctx context.Context, n int) (*tessera.Appender, tessera.LogReader, func(), error) {
	opts := tessera.NewAppendOptions().
		WithCheckpointSigner(l.signer).
		WithCheckpointInterval(never).
		WithCheckpointRepublishInterval(0).
		WithGarbageCollectionInterval(0).
		WithBatching(uint(n), never)
	ctx, stop := context.WithCancel(ctx)
	// Tessera's own shutdown would wait for a checkpoint that covers the
	// batch; all that is to be durable is so when the futures have resolved.
	a, _, reader, err := tessera.NewAppender(ctx, l.driver, opts)
	if err != nil {
		stop()
		return nil, nil, nil, err
	}
	return a, reader, stop, nil
}

var quiet sync.Once

// setLogger sends what Tessera logs to the given logger instead of stderr.
func setLogger(logger *slog.Logger) {
	if logger != nil {
		klog.SetSlogLogger(logger)
		return
	}
	quiet.Do(func() {
		klog.LogToStderr(false)
		klog.SetOutput(io.Discard)
	})
}
