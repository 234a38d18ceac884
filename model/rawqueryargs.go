package model

import (
	"slices"
	"strconv"
	"strings"
)

// arguments are the words of a query by what they are for.
type arguments struct {
	plain []string
	flags map[string]string
	words map[string]word // where the values are, by flag or plain argument
}

// sortArguments tells flags from plain arguments. After -- all are plain.
func sortArguments(c command, words []word) (arguments, error) {
	a := arguments{flags: map[string]string{}, words: map[string]word{}}
	takes := append([]string{"--write-out", "-w"}, c.takes...)
	for i := 0; i < len(words); i++ {
		text := words[i].text
		name, value, given := strings.Cut(text, "=")
		switch {
		case text == "--":
			for _, w := range words[i+1:] {
				a.plain = append(a.plain, w.text)
				a.words[w.text] = w
			}
			i = len(words)
		case !strings.HasPrefix(text, "-") || text == "-":
			a.plain = append(a.plain, text)
			a.words[text] = words[i]
		case slices.Contains(takes, name):
			if !given {
				if i++; i == len(words) {
					return a, words[i-1].wrongf("%s needs a value; usage: %s", name, c.usage)
				}
				value = words[i].text
			}
			a.flags[name], a.words[name] = value, words[i]
		case slices.Contains(c.marks, name) && (!given || value == "true" || value == "false"):
			if value != "false" {
				a.flags[name] = "true"
			}
		default:
			return a, words[i].wrongf("%s is not understood here; usage: %s; a value that begins with - comes after --",
				Excerpt(text, 40), c.usage)
		}
	}
	if n := len(a.plain); n < c.least || n > c.most {
		return a, usagef("wrong number of words; usage: %s", c.usage)
	}
	for _, name := range []string{"--write-out", "-w"} {
		if form, given := a.flags[name]; given && form != "simple" {
			return a, a.words[name].wrongf("the form %s is not known here: leave %s out, or use ticketcd query -w json", Excerpt(form, 40), name)
		}
	}
	return a, nil
}

func (a arguments) has(name string) bool { return a.flags[name] != "" }

// number is the value of a flag, 0 if it is not given.
func (a arguments) number(name string) (int64, error) {
	text, given := a.flags[name]
	if !given {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, a.words[name].wrongf("%s takes a whole number, 0 or more, not %s", name, Excerpt(text, 40))
	}
	return n, nil
}

// choice is the value of a flag in capitals, which must be one of a few; empty if it is not given.
func (a arguments) choice(name string, values ...string) (string, error) {
	text := strings.ToUpper(a.flags[name])
	if text != "" && !slices.Contains(values, text) {
		return "", a.words[name].wrongf("%s takes %s, not %s", name, strings.Join(values, ", "), Excerpt(a.flags[name], 40))
	}
	return text, nil
}
