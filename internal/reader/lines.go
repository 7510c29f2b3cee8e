package reader

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLine is how many bytes a line has at most.
const MaxLine = 1000

// misses are what scanners send when nothing was read, if they are set to.
var misses = []string{"NR", "NOREAD", "NO READ", "NO-READ"}

// lines cuts what a device gives into lines.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) *lines { return &lines{bufio.NewReaderSize(r, MaxLine)} }

// next returns the next line that is not empty. After an ErrUnreadable it goes on
// with the line after. A line that has no end is none.
func (l *lines) next() (string, error) {
	var line []byte
	for long := false; ; {
		c, err := l.r.ReadByte()
		switch {
		case err != nil:
			return "", err
		case c != '\n' && c != '\r':
			if long = long || len(line) == MaxLine; !long {
				line = append(line, c)
			}
			continue
		case long:
			return "", fmt.Errorf("%w: it is longer than %d bytes", ErrUnreadable, MaxLine)
		}
		text, err := text(line)
		if text != "" || err != nil {
			return text, err
		}
		line = line[:0]
	}
}

// text is what a line says. Codes with several fields have control characters
// between them (ISO/IEC 15434: FS to US), which are spaces here.
func text(line []byte) (string, error) {
	if !utf8.Valid(line) {
		return "", fmt.Errorf("%w: it is not UTF-8", ErrUnreadable)
	}
	s := strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\t' || r >= 0x1C && r <= 0x1F {
			return ' '
		}
		return r
	}, string(line)))
	switch {
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", fmt.Errorf("%w: it has control characters", ErrUnreadable)
	case slices.Contains(misses, strings.ToUpper(s)):
		return "", fmt.Errorf("%w: the reader says so", ErrUnreadable)
	}
	return s, nil
}
