package journal

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A DamageError says where a journal is not what was written.
type DamageError struct {
	Offset int64 // of the record, in bytes from the beginning of the file
	Record uint64
	What   string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("damaged at byte %d, in record %d: %s; keep the file, and go on from a copy that is whole", e.Offset, e.Record, e.What)
}

func checkOf(before [sha256.Size]byte, length []byte) [4]byte {
	h := sha256.New()
	h.Write([]byte("sandogh journal length"))
	h.Write(before[:])
	h.Write(length)
	return [4]byte(h.Sum(nil))
}

func chainOf(before [sha256.Size]byte, length, body []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte("sandogh journal record"))
	h.Write(before[:])
	h.Write(length)
	h.Write(body)
	return [sha256.Size]byte(h.Sum(nil))
}

// read replays the file. It returns where the last whole record ends, and that
// record's bytes.
func (j *Journal) read(replay func(kind string, data []byte) error) (end int64, last []byte, err error) {
	size := j.file.Size()
	in := bufio.NewReaderSize(io.NewSectionReader(j.file, 0, size), 1<<16)
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(in, head); err != nil || string(head) != magic {
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, nil, err
		}
		return 0, nil, &DamageError{0, 0, "it does not begin as a journal does"}
	}
	j.tip = sha256.Sum256([]byte(magic))
	end = int64(len(magic))
	var record []byte
	for end < size {
		damage := func(what string) error { return &DamageError{end, j.count, what} }
		record = append(record[:0], make([]byte, min(headerSize, size-end))...)
		if _, err := io.ReadFull(in, record); err != nil {
			return 0, nil, err
		}
		if len(record) < headerSize {
			return end, last, nil
		}
		length := binary.BigEndian.Uint32(record)
		if check := checkOf(j.tip, record[:4]); check != [4]byte(record[4:8]) {
			// The size may have reached the disk before what is to be there; a
			// chain is never zeros.
			if zero, err := onlyZeros(record[8:], in); err != nil || zero {
				return end, last, err
			}
			return 0, nil, damage("its length is not the one that was written")
		}
		if length < 2 || length > maxBody {
			return 0, nil, damage(fmt.Sprintf("a length of %d bytes", length))
		}
		if end+headerSize+int64(length) > size {
			return end, last, nil
		}
		record = append(record, make([]byte, length)...)
		body := record[headerSize:]
		if _, err := io.ReadFull(in, body); err != nil {
			return 0, nil, err
		}
		chain := chainOf(j.tip, record[:4], body)
		if chain != [sha256.Size]byte(record[8:]) {
			// JSON never ends in a zero: the end has not reached the disk.
			if zero, err := onlyZeros(body[length-1:], in); err != nil || zero {
				return end, last, err
			}
			return 0, nil, damage("its bytes are not those that were written")
		}
		kind, data, ok := split(body)
		if !ok {
			return 0, nil, damage("it is not a kind and a value")
		}
		if err := replay(kind, data); err != nil {
			return 0, nil, fmt.Errorf("replay record %d (%s) at byte %d: %w", j.count, kind, end, err)
		}
		last = append(last[:0], record...)
		j.tip, end = chain, end+int64(len(record))
		j.count++
	}
	return end, last, nil
}

// split parts a body; the data is a copy.
func split(body []byte) (kind string, data []byte, ok bool) {
	n := 1 + int(body[0])
	if n == 1 || n >= len(body) || !json.Valid(body[n:]) {
		return "", nil, false
	}
	return string(body[1:n]), append([]byte(nil), body[n:]...), true
}

// onlyZeros reports whether the bytes and all that follow are zeros.
func onlyZeros(p []byte, rest io.Reader) (bool, error) {
	buf := make([]byte, 1<<12)
	for {
		for _, b := range p {
			if b != 0 {
				return false, nil
			}
		}
		n, err := rest.Read(buf)
		if n == 0 && err != nil {
			if err == io.EOF {
				err = nil
			}
			return true, err
		}
		p = buf[:n]
	}
}
