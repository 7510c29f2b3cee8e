package link

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// certificate returns a self-signed certificate of the key. Nothing in it but the
// key counts; its dates are so wide that no clock is asked.
func certificate(key ed25519.PrivateKey) (tls.Certificate, error) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sandogh"},
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// peerKey returns the Ed25519 key that the other side has proved to hold.
func peerKey(state *tls.ConnectionState) (ed25519.PublicKey, error) {
	if state == nil || len(state.PeerCertificates) != 1 {
		return nil, errors.New("link: the other side shows no certificate, or several")
	}
	key, ok := state.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("link: the other side’s key is not Ed25519")
	}
	return key, nil
}

// ServerTLS is the branch's end: it lets in whose key is known.
func ServerTLS(key ed25519.PrivateKey, known func(ed25519.PublicKey) bool) (*tls.Config, error) {
	own, err := certificate(key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAnyClientCert,
		SessionTicketsDisabled: true, NextProtos: []string{"h2", "http/1.1"},
		VerifyConnection: func(state tls.ConnectionState) error {
			peer, err := peerKey(&state)
			if err == nil && !known(peer) {
				err = fmt.Errorf("link: the key %x is not one of a device of this branch", []byte(peer))
			}
			return err
		}}, nil
}

// ClientTLS is the terminal's end: it speaks to nobody but the holder of the
// branch's key.
func ClientTLS(key ed25519.PrivateKey, branch ed25519.PublicKey) (*tls.Config, error) {
	own, err := certificate(key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own},
		InsecureSkipVerify: true, // the key is compared instead of a chain, below
		VerifyConnection: func(state tls.ConnectionState) error {
			peer, err := peerKey(&state)
			if err == nil && !peer.Equal(branch) {
				err = errors.New("link: this is not the branch: it has another key than the definition says")
			}
			return err
		}}, nil
}
