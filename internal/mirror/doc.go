// Package mirror copies a published record over HTTP into a folder, and goes on
// where it was interrupted.
//
// Specification: spec/record-log.md, rules L1 to L8, L18 and L20; spec/record.md
// for the blobs.
//
// In go the address of a record and a folder that holds nothing, an earlier copy,
// or what an interrupted one left. Out come the files of the record, and a Summary
// that says whether they are all there. Every file is compared before it gets its
// name: a tile with the signed root, a bundle with its tile, a blob with the hash
// that names it. What lies in the folder already is compared in the same way and
// not fetched again. The checkpoint of a log is written after all that it needs,
// that of headquarters last of all. Blobs above 8 MiB come in pieces of 4 MiB,
// which lie in <folder>.part until the blob is whole.
//
// What it never does: it does not verify the election, which is verify.Record's;
// it takes no key from the server, only from the definition, whose hash is the
// election id; it follows no redirection to another host, and holds no more in
// memory than a bundle and a small blob for each of its requests.
//
// How it fails: a file that the server does not have is listed and the rest is
// copied; a file that differs from what its name or the tree says is an error that
// names it, and is not kept; so is a log that does not continue what was copied
// before. A server that does not answer is asked three times. Killed at any moment,
// it leaves files that are whole, and is started again.
//
// Sources: C2SP tlog-tiles; RFC 9110, section 14 (ranges).
package mirror
