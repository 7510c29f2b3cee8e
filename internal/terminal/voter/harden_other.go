//go:build !linux

package voter

import (
	"fmt"
	"syscall"
)

// Harden keeps the memory of this process out of core dumps. It is the first thing
// that a voter's process does.
func Harden() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbid core dumps: %w", err)
	}
	return nil
}
