package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/ticketcd/ticketcd/atomicfile"
	"github.com/ticketcd/ticketcd/model"
)

// savedJSON is a data set that was written, as scripts see it.
type savedJSON struct {
	File     string `json:"file"`
	Records  int    `json:"records"`
	Bytes    int64  `json:"bytes"`
	Replaced bool   `json:"replaced"` // a file that was there
}

// saveDataSet gives write a file, or standard output, and tells people what it then holds, and what there is to say about
// it. Of a data set without more to say, on standard output, nothing is told: they have it before them.
func (a *app) saveDataSet(ctx context.Context, name, about string, write func(io.Writer) (records int, err error)) error {
	saved := savedJSON{File: name}
	records := func(to io.Writer) (err error) {
		out := bufio.NewWriter(to)
		saved.Records, err = write(out)
		return errors.Join(err, out.Flush())
	}
	if name == stdio {
		err := records(a.Out)
		if err == nil && about != "" {
			a.notef("Wrote %s: %s.", model.Plural(saved.Records, "record"), about)
		}
		return unwritten("the output", err)
	}
	info, err := os.Stat(name)
	if saved.Replaced = err == nil; saved.Replaced && !info.Mode().IsRegular() {
		return model.Errorf(model.CodeUsage, "%s is not a file: name one, or - for standard output", name)
	}
	whole := func(out io.Writer) error { return errors.Join(records(out), ctx.Err()) } // who is interrupted replaces nothing
	if saved.Bytes, err = atomicfile.Replace(name, whole); err != nil {
		return unwritten(name, err)
	}
	if a.flags.json() {
		return a.printJSON(saved)
	}
	a.notef("%s.", saved.words(about))
	return nil
}

// words say what was written, such as "Wrote 3 records (210 bytes) to shop.json: 1 event, 2 users".
func (s savedJSON) words(about string) string {
	words := "Wrote " + model.Plural(s.Records, "record") + " (" + model.Thousands(int(s.Bytes)) + " bytes) to " + model.Clean(s.File)
	if s.Replaced {
		words += ", in place of the file that was there"
	}
	if about != "" {
		words += ": " + about
	}
	return words
}

// unwritten says what the system has against a file. What else went wrong has been said.
func unwritten(name string, err error) error {
	if err == nil || reason(err) == err.Error() {
		return err
	}
	return model.Wrap(model.CodeFailed, err, "%s cannot be written: %s", name, reason(err))
}
