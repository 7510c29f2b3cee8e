package source

import "fmt"

// An Early is what is wrong with an entry that comes before what it rests on.
// Where entries are missing, that may be among them.
type Early string

func (e Early) Error() string { return string(e) }

// TooEarly returns an Early.
func TooEarly(format string, args ...any) error { return Early(fmt.Sprintf(format, args...)) }
