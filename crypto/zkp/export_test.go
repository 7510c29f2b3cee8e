package zkp

import (
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/transcript"
)

// ProveBatchableWith and ProveCompactWith open the nonces to the vectors, which
// fix them.

func ProveBatchableWith(tag []byte, in *Instance, witness []group.Scalar, nonce func() group.Scalar) ([]byte, error) {
	return proveBatchable(transcript.New(tag), in, witness, nonce)
}

func ProveCompactWith(tag []byte, in *Instance, witness []group.Scalar, nonce func() group.Scalar) ([]byte, error) {
	return proveCompact(transcript.New(tag), in, witness, nonce)
}
