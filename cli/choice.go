package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ticketcd/ticketcd/cluster"
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

// memberCount is a flag that takes how many members a cluster on this machine is to have; 0 as long as nobody says.
type memberCount struct{ nodes *int }

// choice is what can be chosen.
func (m memberCount) choice() choice {
	c := choice{value: new(string)}
	for _, size := range cluster.Sizes() {
		c.allowed = append(c.allowed, strconv.Itoa(size))
	}
	return c
}

func (m memberCount) String() string {
	if m.nodes == nil {
		return "0"
	}
	return strconv.Itoa(*m.nodes)
}

func (m memberCount) Type() string { return "members" }

func (m memberCount) Set(word string) error {
	if err := m.choice().Set(word); err != nil {
		return err
	}
	nodes, err := strconv.Atoi(word)
	*m.nodes = nodes
	return err
}
