package election

import "github.com/sandogh/sandogh/strictjson"

// Parse reads a definition from strict JSON and validates it. The error is
// *[Faults], with everything that is wrong, unless the text is not JSON at all;
// then it is one fault that says where.
func Parse(data []byte) (*Definition, error) {
	d := new(Definition)
	faults := strictjson.Unmarshal(data, whole, d)

	// Both kinds of fault at once, but none that only follows from another.
	shape := make(map[string]bool, len(faults))
	for _, f := range faults {
		shape[f.Path] = true
	}
	if !shape[whole] {
		faults = append(faults, d.validate(shape)...)
	}
	if len(faults) > 0 {
		return nil, &faults
	}
	return d, nil
}
