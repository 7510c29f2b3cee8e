//go:build unix

package demo

import (
	"runtime"
	"syscall"
	"time"
)

// resources returns the processor time of the process and its greatest
// resident memory in bytes so far.
func resources() (cpu time.Duration, peak int64) {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0, 0
	}
	peak = int64(r.Maxrss)
	if runtime.GOOS != "darwin" { // which counts bytes where others count kilobytes
		peak <<= 10
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()), peak
}
