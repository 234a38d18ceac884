package cli

import (
	"fmt"
	"slices"
	"strings"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value   *string
	allowed []string
}

// oneOf makes a flag's value that begins as the first of the allowed words.
func oneOf(value *string, allowed ...string) choice {
	*value = allowed[0]
	return choice{value, allowed}
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c choice) Type() string { return "string" }

func (c choice) Set(word string) error {
	if !slices.Contains(c.allowed, word) {
		last := len(c.allowed) - 1
		return fmt.Errorf("choose %s or %s", strings.Join(c.allowed[:last], ", "), c.allowed[last])
	}
	*c.value = word
	return nil
}
