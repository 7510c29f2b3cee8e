package shuffle

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// maxParties is Verificatum's own limit.
const maxParties = 25

// A protInfo is what a proof of a shuffle needs from protInfo.xml.
type protInfo struct {
	sid     string
	parties int
	thres   int
}

// The elements of protInfo.xml in the order of the schema. A value says what
// the element must hold; nil stands for what is checked apart or not used.
var protocolElements = []struct {
	name string
	must *string
}{
	{"version", new(version)},
	{"sid", nil},
	{"name", nil},
	{"descr", nil},
	{"nopart", nil},
	{"statdist", new(strconv.Itoa(statDist))},
	{"bullboard", nil},
	{"thres", nil},
	{"pgroup", new(groupName)},
	{"keywidth", new("1")},
	{"vbitlen", nil},
	{"vbitlenro", new(strconv.Itoa(challengeRO))},
	{"ebitlen", nil},
	{"ebitlenro", new(strconv.Itoa(batchingRO))},
	{"prg", new(hashName)},
	{"rohash", new(hashName)},
	{"corr", new("noninteractive")},
	{"width", nil},
	{"maxciph", nil},
}

var partyElements = []string{"name", "srtbyrole", "descr", "pkey", "http", "hint"}

// parseProtInfo reads protInfo.xml. Every element must be there once and in
// order; attributes, directives and elements it does not know are refused.
func parseProtInfo(b []byte) (*protInfo, error) {
	parties := bytes.Count(b, []byte("<party>"))
	if parties < 1 || parties > maxParties {
		return nil, fmt.Errorf("%d parties: there must be 1 to %d", parties, maxParties)
	}
	want := make([]string, 0, len(protocolElements)+parties*len(partyElements))
	for _, e := range protocolElements {
		want = append(want, "protocol/"+e.name)
	}
	for range parties {
		for _, name := range partyElements {
			want = append(want, "protocol/party/"+name)
		}
	}
	paths, values, err := xmlLeaves(b)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(paths, want) {
		return nil, errors.New("the elements are not those of a protocol and its parties, each once and in order")
	}

	info := &protInfo{parties: parties}
	for i, e := range protocolElements {
		v := values[i]
		if e.must != nil && v != *e.must {
			return nil, fmt.Errorf("%s is %q, not %q", e.name, v, *e.must)
		}
		switch e.name {
		case "sid":
			info.sid, err = v, checkIdentifier("sid", v)
		case "nopart":
			_, err = decimal(v, parties, parties)
		case "thres":
			info.thres, err = decimal(v, 1, parties)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return info, nil
}

// xmlLeaves returns the paths of the elements that hold no other, and their
// text.
func xmlLeaves(b []byte) (paths, values []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var stack []string
	var text strings.Builder
	leaf := false // whether the element that ends next holds no other
	for {
		token, err := d.Token()
		if err == io.EOF {
			if strings.TrimSpace(text.String()) != "" {
				return nil, nil, errors.New("text after the end")
			}
			return paths, values, nil
		}
		if err != nil {
			return nil, nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(token.Attr) > 0 || token.Name.Space != "" || strings.TrimSpace(text.String()) != "" {
				return nil, nil, fmt.Errorf("element %q has attributes, a name space or text before it", token.Name.Local)
			}
			stack, leaf = append(stack, token.Name.Local), true
			text.Reset()
		case xml.EndElement:
			if leaf {
				paths, values = append(paths, strings.Join(stack, "/")), append(values, text.String())
			} else if strings.TrimSpace(text.String()) != "" {
				return nil, nil, fmt.Errorf("element %q holds text beside elements", token.Name.Local)
			}
			stack, leaf = stack[:len(stack)-1], false
			text.Reset()
		case xml.CharData:
			text.Write(token)
		case xml.Directive:
			return nil, nil, errors.New("a directive")
		case xml.ProcInst:
			if token.Target != "xml" {
				return nil, nil, errors.New("a processing instruction")
			}
		}
	}
}

// decimal reads an integer from lo to hi in its one spelling.
func decimal(s string, lo, hi int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || n < lo || n > hi {
		return 0, fmt.Errorf("%q is not an integer from %d to %d", s, lo, hi)
	}
	return n, nil
}

// formatProtInfo writes the protInfo.xml of a session in which all parties take
// part.
func formatProtInfo(sid string, parties int) []byte {
	values := map[string]string{
		"sid":       sid,
		"name":      "Sandogh",
		"nopart":    strconv.Itoa(parties),
		"bullboard": "com.verificatum.protocol.com.BullBoardBasicHTTPW",
		"thres":     strconv.Itoa(parties),
		"vbitlen":   "128",
		"ebitlen":   "128",
		"width":     "1",
		"maxciph":   "0",
	}
	var b bytes.Buffer
	b.WriteString("<protocol>\n\n")
	for _, e := range protocolElements {
		v := values[e.name]
		if e.must != nil {
			v = *e.must
		}
		fmt.Fprintf(&b, "   <%s>%s</%[1]s>\n\n", e.name, v)
	}
	for i := range parties {
		// Nobody listens there: the entries are only needed to be read.
		party := map[string]string{
			"name":      fmt.Sprintf("Party%02d", i+1),
			"srtbyrole": "anyrole",
			"pkey":      partyKey,
			"http":      fmt.Sprintf("http://127.0.0.1:%d", 28041+i),
			"hint":      fmt.Sprintf("127.0.0.1:%d", 24041+i),
		}
		b.WriteString("   <party>\n\n")
		for _, name := range partyElements {
			fmt.Fprintf(&b, "      <%s>%s</%[1]s>\n\n", name, party[name])
		}
		b.WriteString("   </party>\n\n")
	}
	b.WriteString("</protocol>\n")
	return b.Bytes()
}
