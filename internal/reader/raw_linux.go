package reader

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// raw lets a serial line give what the reader sends as it is: no echo back to it, no
// byte that means something, nothing that was sent before. Its speed stays as it was
// set; a device on USB has none.
func raw(f *os.File) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var fault error
	err = c.Control(func(fd uintptr) {
		t, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		if errors.Is(err, unix.ENOTTY) {
			return // a device that is no serial line has nothing to set
		}
		if err != nil {
			fault = err
			return
		}
		t.Iflag = unix.IGNBRK | unix.IGNPAR
		t.Oflag &^= unix.OPOST
		t.Lflag = 0
		t.Cflag |= unix.CREAD
		t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
		if fault = unix.IoctlSetTermios(int(fd), unix.TCSETS, t); fault == nil {
			fault = unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCIFLUSH)
		}
	})
	return errors.Join(err, fault)
}
