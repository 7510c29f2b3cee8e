package zkp

import (
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// ProveBatchableWith and ProveCompactWith open the nonces to the vectors, which
// fix them.

func ProveBatchableWith(tag []byte, in *Instance, witness []group.Scalar, nonce func() group.Scalar) ([]byte, error) {
	p, err := in.prove(transcript.New(tag), witness, nonce)
	if err != nil {
		return nil, err
	}
	return p.batchable(), nil
}

func ProveCompactWith(tag []byte, in *Instance, witness []group.Scalar, nonce func() group.Scalar) ([]byte, error) {
	p, err := in.prove(transcript.New(tag), witness, nonce)
	if err != nil {
		return nil, err
	}
	return p.compact(), nil
}
