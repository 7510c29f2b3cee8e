package reader

import (
	"fmt"
	"net"
	"os"
	"strings"
)

// Keyboard is the flag's value for a reader that types into the page.
const Keyboard = "keyboard"

// Parse returns the reader that a flag names: nil for keyboard, or path:DEVICE,
// tcp:HOST:PORT or simulate. A device need not be there yet.
func Parse(flag string) (Reader, error) {
	kind, to, _ := strings.Cut(flag, ":")
	switch {
	case flag == Keyboard:
		return nil, nil
	case flag == "simulate":
		return NewSimulator(), nil
	case kind == "path" && to != "":
		if info, err := os.Stat(to); err == nil {
			if err := device(info); err != nil {
				return nil, fmt.Errorf("%s: %w: name the device that the reader has, such as /dev/ttyACM0", flag, err)
			}
		}
		return Path(to), nil
	case kind == "tcp":
		if host, port, err := net.SplitHostPort(to); err == nil && host != "" && port != "" {
			return TCP(to), nil
		}
	}
	return nil, fmt.Errorf("%q is no reader: write keyboard, path:/dev/ttyACM0, tcp:HOST:PORT or simulate", flag)
}
