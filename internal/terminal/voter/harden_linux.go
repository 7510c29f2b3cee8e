package voter

import (
	"fmt"
	"syscall"
)

// Harden keeps the memory of this process out of core dumps and away from other
// processes of the same user. It is the first thing that a voter's process does.
func Harden() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbid core dumps: %w", err)
	}
	const setDumpable = 4 // PR_SET_DUMPABLE of linux/prctl.h
	if _, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0); e != 0 {
		return fmt.Errorf("forbid dumps: %w", e)
	}
	return nil
}
