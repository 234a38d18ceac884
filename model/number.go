package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MaxCount is the largest number of tickets that a record or an order may name.
const MaxCount = 1_000_000

// maxPrice bounds a price at ten million, so that no number of tickets can cost more than an amount can hold, nor several
// thousand such numbers.
const maxPrice Cents = 10_000_000_00

// Cents is an amount of money in hundredths. The layout has no currency; the screens show pounds.
type Cents int64

// Plus adds an amount that is not negative. What would be more than an amount can hold is the largest that there is.
func (c Cents) Plus(more Cents) Cents {
	if sum := c + more; sum >= c {
		return sum
	}
	return math.MaxInt64
}

// String writes the amount for people: "£1,234.50".
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s£%s.%02d", sign, Thousands(int(c/100)), c%100)
}

// Number writes the amount as the layout does, in whole units without needless zeros: "1234.5".
func (c Cents) Number() string { return string(c.appendNumber(nil)) }

func (c Cents) appendNumber(out []byte) []byte {
	if c < 0 {
		out, c = append(out, '-'), -c
	}
	out = strconv.AppendInt(out, int64(c)/100, 10)
	switch tens, ones := byte(c/10%10), byte(c%10); {
	case ones > 0:
		return append(out, '.', '0'+tens, '0'+ones)
	case tens > 0:
		return append(out, '.', '0'+tens)
	}
	return out
}

// MarshalJSON writes a JSON number in whole units.
func (c Cents) MarshalJSON() ([]byte, error) { return []byte(c.Number()), nil }

// UnmarshalJSON reads a JSON number or a string of one. It may be a sum, such as what a whole event gives back: whoever
// wants a price has it checked by [CheckPrice].
func (c *Cents) UnmarshalJSON(raw []byte) error {
	amount, err := parseAmount(unquote(raw))
	if err != nil {
		return err
	}
	*c = amount
	return nil
}

// ParsePrice reads an amount such as "23.99", "108.9" or "50". More than two decimals are rounded to the nearest cent,
// because the prototype computed prices in floating point. Negative amounts and those above ten million are errors.
func ParsePrice(s string) (Cents, error) {
	price, err := parseAmount(s)
	if err == nil && price > maxPrice {
		return 0, outOfRange(s)
	}
	return price, err
}

// parseAmount reads what ParsePrice does, also above what a price may be. Every amount that we write is read as it was; what
// would be more than an amount can hold is the largest that there is.
func parseAmount(s string) (Cents, error) {
	s = strings.TrimSpace(s)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.ContainsAny(s, "xXpP_nN") {
		return 0, fmt.Errorf("%s is not a price", quote(s))
	}
	if f < 0 {
		return 0, outOfRange(s)
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) <= 2 { // floating point cannot tell the cents of the largest sums
		if exact, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64); err == nil {
			return Cents(exact), nil
		}
	}
	if f*100 >= math.MaxInt64 {
		return math.MaxInt64, nil
	}
	return Cents(f*100 + 0.5), nil
}

func outOfRange(s string) error {
	return fmt.Errorf("the price %s is not between 0 and %s", quote(strings.TrimSpace(s)), maxPrice.Number())
}

// parseCount reads a number of tickets from a JSON number or a string of one: 14, "14", 14.0. Null, absent, negative,
// fractional and huge values are errors: a count is never guessed.
func parseCount(raw json.RawMessage) (int, error) {
	n, err := parseWhole(raw)
	if err == nil && (n < 0 || n > MaxCount) {
		return 0, fmt.Errorf("%d is not between 0 and %s", n, Thousands(MaxCount))
	}
	return n, err
}

// parseWhole reads what parseCount does, and also what is out of range.
func parseWhole(raw json.RawMessage) (int, error) {
	if len(raw) == 0 {
		return 0, fmt.Errorf("the number is missing")
	}
	s := strings.TrimSpace(unquote(raw))
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(fraction, "0") != "" {
		return 0, fmt.Errorf("%s is not a whole number", quote(s))
	}
	n, err := strconv.Atoi(whole)
	if err != nil || strings.HasPrefix(whole, "+") {
		return 0, fmt.Errorf("%s is not a number", quote(s))
	}
	return n, nil
}

// signedCount reads a whole number that may be out of range, which [parseCount] would call unreadable.
func signedCount(raw json.RawMessage) (int, bool) {
	n, err := parseWhole(raw)
	return n, err == nil && n <= MaxCount && n >= -MaxCount
}

// quote quotes a little of a text that was not what it should have been.
func quote(s string) string { return strconv.Quote(Excerpt(s, 40)) }

// unquote returns the text of a JSON string, or the bytes themselves of any other value.
func unquote(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	}
	return string(raw)
}

// Thousands writes a whole number with separators: 1234567 is "1,234,567".
func Thousands(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes a number with its noun: "1 ticket", "2 tickets", "1,204 tickets".
func Plural(n int, noun string) string { return Thousands(n) + " " + OneOrMany(n, noun, noun+"s") }

// OneOrMany chooses the words that go with a number.
func OneOrMany(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Bytes writes a size for people: "512 B", "24 kB", "1.5 MB", "2 GB". A kB has 1024 bytes.
func Bytes(n int64) string {
	const units = "kMGTPE"
	if n < 1024 {
		return strconv.FormatInt(n, 10) + " B"
	}
	size, unit := float64(n)/1024, 0
	for size >= 1023.5 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	digits := 0
	if size < 9.95 {
		digits = 1
	}
	text := strconv.FormatFloat(size, 'f', digits, 64)
	if digits == 1 && text[len(text)-1] == '0' {
		text = text[:len(text)-2]
	}
	return text + " " + units[unit:unit+1] + "B"
}
