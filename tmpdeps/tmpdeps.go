// Package tmpdeps keeps requirements of packages that are being written.
package tmpdeps

import (
	_ "filippo.io/age"
	_ "github.com/anishathalye/porcupine"
	_ "github.com/descope/virtualwebauthn"
	_ "github.com/go-text/typesetting/shaping"
	_ "github.com/go-webauthn/webauthn/webauthn"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/pquerna/otp/totp"
	_ "github.com/pressly/goose/v3"
	_ "github.com/skip2/go-qrcode"
	_ "golang.org/x/image/vector"
	_ "modernc.org/sqlite"
)
