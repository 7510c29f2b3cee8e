package record

// A Submission is what a body hands to headquarters: one signed entry and the
// blobs that it names, in the order in which it names them.
type Submission struct {
	Entry []byte
	Blobs [][]byte
}
