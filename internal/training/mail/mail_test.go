package mail_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	own "github.com/sandogh/sandogh/internal/training/mail"
)

var message = own.Message{ID: "abc1", To: "qom@example.ir", Subject: "دعوت\r\nBcc: all@example.ir", Body: "سلام\r\n.\r\nQUIT\r\n",
	Date: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)}

// same checks that a message says what it should, and has no other header.
func same(t *testing.T, data string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" || m.Header.Get("To") != "<qom@example.ir>" {
		t.Errorf("headers: %v", m.Header)
	}
	body, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.TrimSpace(data[strings.Index(data, "\r\n\r\n"):]), "\r\n", ""))
	if err != nil || string(body) != message.Body {
		t.Errorf("body %q, %v", body, err)
	}
}

func TestOutbox(t *testing.T) {
	dir := t.TempDir()
	s, err := own.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Send(context.Background(), message); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "outbox", "*"))
	if len(files) != 1 {
		t.Fatalf("files: %v", files)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	same(t, string(data))
	bad := message
	bad.To = "nobody"
	if err := s.Send(context.Background(), bad); !errors.Is(err, own.ErrAddress) {
		t.Errorf("to nobody: %v", err)
	}
	bad = message
	bad.ID = "../../etc/x"
	if err := s.Send(context.Background(), bad); err == nil {
		t.Error("an id that leads elsewhere is taken")
	}
}

// serve is a mail server for one message.
func serve(t *testing.T) (address string, got chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got = make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		fmt.Fprint(c, "220 here\r\n")
		var body strings.Builder
		data := false
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			switch {
			case data && line == ".\r\n":
				data = false
				got <- body.String()
				fmt.Fprint(c, "250 taken\r\n")
			case data:
				body.WriteString(strings.TrimPrefix(line, "."))
			case strings.HasPrefix(line, "DATA"):
				data = true
				fmt.Fprint(c, "354 go on\r\n")
			case strings.HasPrefix(line, "QUIT"):
				fmt.Fprint(c, "221 bye\r\n")
				return
			default:
				fmt.Fprint(c, "250 fine\r\n")
			}
		}
	}()
	return l.Addr().String(), got
}

func TestServer(t *testing.T) {
	dir := t.TempDir()
	address, got := serve(t)
	config := fmt.Sprintf(`{"address":%q,"from":"hq@example.ir","user":"","password":"secret word","plain":true}`, address)
	if err := os.WriteFile(filepath.Join(dir, own.ConfigFile), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := own.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v", s, s); strings.Contains(text, "secret word") {
		t.Errorf("the password is shown: %s", text)
	}
	if err := s.Send(context.Background(), message); err != nil {
		t.Fatal(err)
	}
	same(t, <-got)

	// Without TLS nothing is sent unless the file says so.
	address, got = serve(t)
	strict := own.Server{Address: address, From: "hq@example.ir"}
	if err := strict.Send(context.Background(), message); err == nil || !strings.Contains(err.Error(), "TLS") {
		t.Errorf("without TLS: %v", err)
	}
	if len(got) > 0 {
		t.Error("it was sent without TLS")
	}
}

func TestConfig(t *testing.T) {
	for _, bad := range []string{"", `{"address":"x","from":"a@b.ir"}`, `{"address":"x:25","from":"a"}`, `{"adress":"x:25"}`, `{"address":"x:25","from":"a@b.ir\r\nX: y"}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, own.ConfigFile), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := own.Open(dir); err == nil || !strings.Contains(err.Error(), own.ConfigFile) {
			t.Errorf("%q: %v, %v", bad, s, err)
		}
	}
}
