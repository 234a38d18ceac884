package cli

import (
	"errors"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// misuse says what is wrong with a flag, in words that need no knowledge of the program. Its value may have come from
// elsewhere than the command line: named tells what it is called there.
func misuse(err error, named func(flag string) string) string {
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err.Error()
	}
	flag, value := invalid.GetFlag(), model.Excerpt(invalid.GetValue(), 60)
	called, wanted := named(flag.Name), wantedOf(flag, invalid.Unwrap())
	switch {
	case flag.Value.Type() == "stringSlice": // an endpoint may hold a password
		return called + " cannot be read: " + wanted
	case value == "":
		return called + " is empty: " + wanted
	}
	return called + " cannot be " + value + ": " + wanted
}

// wantedOf says what to write instead of a value that a flag does not take.
func wantedOf(flag *pflag.Flag, cause error) string {
	kind := flag.Value.Type()
	switch {
	case errors.Is(cause, strconv.ErrRange):
		return "the number is too large"
	case kind == "int":
		return "write a whole number"
	case kind == "uint64":
		return "write a whole number, 0 or more"
	case kind == "float64":
		return "write a number, such as 0.5"
	case kind == "duration":
		return "write 5s or 5m"
	case kind == "bool" || kind == "boolfunc":
		return "write true or false"
	case kind == "stringSlice":
		return "put commas between the parts, and no quotes"
	}
	return cause.Error() // which is ours
}

// onCommandLine is what a flag is called there.
func onCommandLine(flag string) string { return "--" + flag }
