package group

// HashToCurveForTest opens the suite of Hash to the vectors of RFC 9380, whose
// messages are not indices.
var HashToCurveForTest = hashToCurve
