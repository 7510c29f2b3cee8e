// Package data makes those files of the public site that are no pages: tables and
// reports for programs, feeds, styles, and what an office has signed besides the
// record.
//
// Specification: doc/guides/site.md, the addresses of the site; the schema
// site-contest.
//
// In and out. A Site is an election with the name, addresses and signed files of
// its site. Table, Top and Feed take a path, or a language, and give one file:
// CSV and JSON of package tables, NIST ERR JSON of package cdf, RSS 2.0 with the
// 50 latest moments, or bytes as they are.
//
// What it never does: it computes no result and opens no file that the signed
// list does not name.
//
// How it fails: with fs.ErrNotExist if there is no such file, and with the error
// of the package that makes its content.
//
// Sources: RSS 2.0; RFC 822 dates as RSS has them.
package data
