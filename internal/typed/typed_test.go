package typed_test

import (
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/typed"
)

func TestCodes(t *testing.T) {
	const code = "7KQ4MPXW3N8RT6YB2HJV5CDZ9F10AEGS"
	for _, s := range []string{code, strings.ToLower(code), "7KQ4-MPXW-3N8R-T6YB-2HJV-5CDZ-9F10-AEGS", " \u200e۷KQ۴ MPXW 3N8R T6YB 2HJV 5CDZ 9FIO AEGS\n"} {
		if got, fault := typed.CleanCode(s); got != code || fault != "" {
			t.Errorf("%q: %s, %s", s, got, fault)
		}
	}
	for s, want := range map[string]typed.CodeFault{"": typed.CodeEmpty, "--": typed.CodeEmpty, "7KQ4": typed.CodeShort, code + "0": typed.CodeLong, "7KQ4MPXWU": typed.CodeForeign, "7KQ4MPXW\x00": typed.CodeForeign, strings.Repeat("7", 1<<16): typed.CodeLong} {
		if got, fault := typed.CleanCode(s); got != "" || fault != want {
			t.Errorf("%.20q: %s, %s", s, got, fault)
		}
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]uint64{"0": 0, "007": 7, "۱۲۳": 123, "٤٥": 45, "9007199254740992": 1 << 53} {
		if n, ok := typed.ParseNumber(s); !ok || n != want {
			t.Errorf("%q: %d, %v", s, n, ok)
		}
	}
	for _, s := range []string{"", "-1", "+1", "1.0", "1,000", "1e3", "9007199254740993", "99999999999999999999", " 1", "x"} {
		if n, ok := typed.ParseNumber(s); ok {
			t.Errorf("%q: %d", s, n)
		}
	}
}

func FuzzCleanCode(f *testing.F) {
	f.Add("7KQ4-MPXW")
	f.Add("۷kq۴ mpxw")
	f.Fuzz(func(t *testing.T, s string) {
		got, fault := typed.CleanCode(s)
		if (got == "") == (fault == "") {
			t.Fatalf("%q and %q", got, fault)
		}
		if got == "" {
			return
		}
		if again, fault := typed.CleanCode(got); again != got || fault != "" || strings.Trim(got, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
			t.Fatalf("%q is not in the one form", got)
		}
	})
}
