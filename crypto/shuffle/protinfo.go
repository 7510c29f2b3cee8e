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

// protocolXML takes the sid, the number of parties (twice), the group and the
// parties.
const protocolXML = `<protocol>
   <version>3.1.0</version>
   <sid>%s</sid>
   <name>Sandogh</name>
   <descr></descr>
   <nopart>%d</nopart>
   <statdist>100</statdist>
   <bullboard>com.verificatum.protocol.com.BullBoardBasicHTTPW</bullboard>
   <thres>%d</thres>
   <pgroup>%s</pgroup>
   <keywidth>1</keywidth>
   <vbitlen>128</vbitlen>
   <vbitlenro>256</vbitlenro>
   <ebitlen>128</ebitlen>
   <ebitlenro>256</ebitlenro>
   <prg>SHA-256</prg>
   <rohash>SHA-256</rohash>
   <corr>noninteractive</corr>
   <width>1</width>
   <maxciph>0</maxciph>
%s</protocol>
`

// partyXML takes the number of the party (three times) and a key. Nobody
// listens at these addresses: the entries are only needed to be read.
const partyXML = `   <party>
      <name>Party%02d</name>
      <srtbyrole>anyrole</srtbyrole>
      <descr></descr>
      <pkey>%[4]s</pkey>
      <http>http://127.0.0.1:280%02[2]d</http>
      <hint>127.0.0.1:240%02[3]d</hint>
   </party>
`

// formatProtInfo writes the protInfo.xml of a session in which all parties take
// part.
func formatProtInfo(sid string, parties int) []byte {
	var b strings.Builder
	for i := 1; i <= parties; i++ {
		fmt.Fprintf(&b, partyXML, i, i, i, partyKey)
	}
	return fmt.Appendf(nil, protocolXML, sid, parties, parties, groupName, b.String())
}

// A protInfo is what a proof of a shuffle needs from protInfo.xml.
type protInfo struct {
	sid            string
	parties, thres int
}

// parseProtInfo reads protInfo.xml. It holds the elements that formatProtInfo
// writes, each once and in order. The values that the proofs depend on are the
// same; the others may differ.
func parseProtInfo(b []byte) (*protInfo, error) {
	paths, values, err := xmlLeaves(b)
	if err != nil {
		return nil, err
	}
	parties := 0
	for _, p := range paths {
		if p == "protocol/party/name" {
			parties++
		}
	}
	if parties < 1 || parties > maxParties {
		return nil, fmt.Errorf("%d parties: there must be 1 to %d", parties, maxParties)
	}
	ownPaths, own, _ := xmlLeaves(formatProtInfo("", parties)) // well formed
	if !slices.Equal(paths, ownPaths) {
		return nil, errors.New("the elements are not those of a protocol and its parties, each once and in order")
	}
	info := &protInfo{parties: parties}
	for i, v := range values {
		switch name := strings.TrimPrefix(paths[i], "protocol/"); name {
		case "version", "nopart", "statdist", "pgroup", "keywidth", "vbitlenro", "ebitlenro", "prg", "rohash", "corr":
			if v != own[i] {
				return nil, fmt.Errorf("%s is %q, not %q", name, v, own[i])
			}
		case "sid":
			info.sid, err = v, checkIdentifier(name, v)
		case "thres":
			info.thres, err = decimal(name, v, 1, parties)
		}
		if err != nil {
			return nil, err
		}
	}
	return info, nil
}

// xmlLeaves returns the paths of the elements that hold no other, and their
// text. It refuses attributes, name spaces, directives and a fourth level.
func xmlLeaves(b []byte) (paths, values []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var stack []string
	var text strings.Builder
	leaf := false // whether the element that ends next holds no other
	for {
		token, err := d.Token()
		if err == io.EOF {
			return paths, values, nil
		} else if err != nil {
			return nil, nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(token.Attr) > 0 || token.Name.Space != "" || len(stack) == 3 {
				return nil, nil, fmt.Errorf("element %q has attributes or a name space, or is too deep", token.Name.Local)
			}
			stack, leaf = append(stack, token.Name.Local), true
			text.Reset()
		case xml.EndElement:
			if leaf {
				paths, values = append(paths, strings.Join(stack, "/")), append(values, text.String())
			}
			stack, leaf = stack[:len(stack)-1], false
		case xml.CharData:
			text.Write(token)
		case xml.Directive:
			return nil, nil, errors.New("a directive")
		}
	}
}

// decimal reads an integer from lo to hi in its one spelling.
func decimal(name, s string, lo, hi int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || n < lo || n > hi {
		return 0, fmt.Errorf("%s: %q is not an integer from %d to %d", name, s, lo, hi)
	}
	return n, nil
}
