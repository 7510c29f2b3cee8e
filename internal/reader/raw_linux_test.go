package reader_test

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	. "github.com/sandogh/sandogh/internal/reader"
)

// TestSerial reads a serial line whose other end is ours, as a scanner on USB is.
func TestSerial(t *testing.T) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	ok(t, err)
	scanner := os.NewFile(uintptr(fd), "scanner")
	defer scanner.Close()
	ok(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	ok(t, err)
	w := start(t, Path(fmt.Sprintf("/dev/pts/%d", n)))
	w.is(Ready)
	// An end of file and an interrupt of a terminal are but characters.
	for in, state := range map[string]State{"\x04\r\n": Unreadable, "\x03x\r": Unreadable} {
		_, err = scanner.WriteString(in)
		ok(t, err)
		w.is(state)
	}
	_, err = scanner.WriteString("0499370899\r")
	ok(t, err)
	w.is(Ready)
	w.reads("0499370899")
	b := make([]byte, 16)
	if n, err := unix.Read(fd, b); err != unix.EAGAIN {
		t.Errorf("it was echoed: %q, %v", b[:max(n, 0)], err)
	}
	scanner.Close() // unplugged
	w.is(Lost)
}
