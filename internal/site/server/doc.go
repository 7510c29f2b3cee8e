// Package server answers requests for the public site from memory, and tells
// readers when numbers change.
//
// Specification: doc/guides/site.md, "Serving".
//
// In go a pages.Site (Show) and handlers for what is no file, such as the logs of
// a record; out come pages, each made at its first request, compressed once and
// kept until it may differ. Search is answered from the site's index. /events is a
// stream of server-sent events, one for each change, with the addresses of the
// pages that differ.
//
// What it never does: it writes nothing, keeps no log of who asked what, sets no
// cookie. What it keeps is bounded: pages up to a number of bytes, readers of
// events, searches at a time.
//
// How it fails: what is not there is answered with 404 and a page that helps to
// find it; what cannot be made with 500 and its name; other methods with 405; what
// is longer than any address of the site with 400.
//
// Sources: RFC 9110 (ETag, If-None-Match), RFC 9111, the HTML standard's
// server-sent events.
package server
