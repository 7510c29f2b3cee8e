package record

// Entries of a polling day that does not go as planned. But for the order to
// extend, which is headquarters', they stand in a branch's log, between its
// opening and its close, and are signed by two officers as those are. None says
// when it was made.

// Reasons to pause.
const (
	PauseEquipment = "equipment" // devices, printers, tables
	PausePaper     = "paper"     // cards or paper ran out
	PausePower     = "power"     // electricity
	PauseSafety    = "safety"    // fire, earthquake, somebody ill
	PauseDisorder  = "disorder"  // order in or before the branch
	PauseOrder     = "order"     // of an office
	PauseOther     = "other"
)

// PauseReasons returns the reasons to pause.
func PauseReasons() []string {
	return []string{PauseEquipment, PausePaper, PausePower, PauseSafety, PauseDisorder, PauseOrder, PauseOther}
}

// Pause stops voting in a branch: from here to the next Resume no ballot is
// sealed. Ballots that are sealed already end. Written by: station.
type Pause struct {
	_      struct{} `cbor:",toarray"`
	Branch string
	Reason string // one of PauseReasons
}

// Resume ends a pause. Written by: station.
type Resume struct {
	_      struct{} `cbor:",toarray"`
	Branch string
}

// ExtensionOrder lets branches stay open longer than was announced, signed by
// headquarters and a supervisory office. It stands in headquarters' log; what a
// branch writes that follows it is Extension. Written by: hq.
type ExtensionOrder struct {
	_        struct{} `cbor:",toarray"`
	Branches []string // ascending, none twice; empty for all
	Until    string   // local time on polling day, "22:00"; at most "24:00"
	Article  string   // on which it rests
	Text     string   // the order in words
}

// Extension says that the branch has an order and stays open by it. Written by:
// station.
type Extension struct {
	_              struct{} `cbor:",toarray"`
	Branch         string
	ExtensionOrder []byte // SHA-256 of the order's entry
}

// Enrol adds a device that was granted to the branch to those that the opening
// named: it may seal ballots from here on. Written by: station.
type Enrol struct {
	_      struct{} `cbor:",toarray"`
	Branch string
	Device Committed
}

// Reasons to retire a device.
const (
	RetireFaulty  = "faulty"
	RetireLost    = "lost"
	RetireRevoked = "revoked" // nobody trusts its key any more
)

// RetireReasons returns the reasons to retire a device.
func RetireReasons() []string { return []string{RetireFaulty, RetireLost, RetireRevoked} }

// Retire takes a device out for good: from here on nothing that it signs is
// taken in. Ballots of it that are sealed and have not ended can only be spoiled,
// by two officers in its place. Written by: station.
type Retire struct {
	_      struct{} `cbor:",toarray"`
	Branch string
	Device string
	Reason string // one of RetireReasons
}

func (*Pause) Kind() string          { return "pause" }
func (*Resume) Kind() string         { return "resume" }
func (*ExtensionOrder) Kind() string { return "extension-order" }
func (*Extension) Kind() string      { return "extension" }
func (*Enrol) Kind() string          { return "enrol" }
func (*Retire) Kind() string         { return "retire" }
