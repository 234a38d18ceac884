// Package atomicfile writes files that appear under their names when they are complete and on the disk, or not at all.
//
// Until then what is written stands beside its place under another name: whoever is interrupted leaves what was there, and
// nobody ever reads half of a file. Files are their owner's alone. Errors are the system's own.
package atomicfile
