// Package wasm builds the verifier for browsers from the source of this program,
// and reads one that was built before.
//
// Specification: spec/lookup.md, "In the browser"; doc/decisions, 0013.
//
// In goes the folder of the source; out comes a Module: the WebAssembly of
// cmd/sandogh-wasm, some 8 MB, and the script of the Go distribution that starts
// it, which fit together only if both are of the same version of Go. The same
// source and the same Go give the same bytes on every machine. Pack and Read
// write and read both as one zip file, for releases.
//
// One function of a dependency is replaced on the way: gnark-crypto multiplies
// modulo the prime of P-256 with products of 128 bits, which WebAssembly does not
// have; package p256 does it in a sixth of the time. The source that is replaced
// is named by its hash: another version is refused until somebody has looked.
//
// What it never does: it asks no network, writes nothing but a folder for the time
// of the build, and runs nothing but the go command.
//
// How it fails: without a go command, or away from the source, with ErrNoSource;
// else with what the go command says.
//
// Sources: Go 1.26, misc/wasm.
package wasm
