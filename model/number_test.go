package model

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEveryFormOfANumberIsRead(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]int{
		`14`: 14, `"14"`: 14, `14.0`: 14, `"14.00"`: 14, `0`: 0, `"0"`: 0, ` 7 `: 7, `" 7 "`: 7, `-0`: 0, `"007"`: 7, `1000000`: MaxCount,
	} {
		n, err := parseCount(json.RawMessage(raw))
		require.NoError(t, err, raw)
		require.Equal(t, want, n, raw)
	}
}

func TestANumberThatIsNotClearIsNeverGuessed(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		``, `null`, `""`, `" "`, `"null"`, `"NaN"`, `-1`, `"-3"`, `1.5`, `"1.5"`, `1e1`, `"1e1"`, `1e400`, `0x10`, `"0x10"`, `"1_000"`, `"1,000"`,
		`1000001`, `99999999999999999999`, `"+5"`, `true`, `[1]`, `{}`, `"ten"`, `"."`, `".5"`, `"1.0.0"`, `"１４"`, `"5 5"`,
	} {
		_, err := parseCount(json.RawMessage(raw))
		require.Error(t, err, raw)
	}
}

func TestEveryFormOfAPriceIsRead(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Cents{
		"23.99": 2399, "108.9": 10890, "50": 5000, "0": 0, "0.01": 1, "-0": 0, " 5 ": 500, ".5": 50, "5.": 500, "1e3": 100000, "+5": 500,
		"70.00000000000001": 7000, "19.989999999999998": 1999, "0.005": 1, "10000000": maxPrice,
	} {
		price, err := ParsePrice(s)
		require.NoError(t, err, s)
		require.Equal(t, want, price, s)
	}
	for _, s := range []string{
		"", " ", "-1", "-0.01", "NaN", "nan", "Infinity", "inf", "-Inf", "1e400", "10000000.01", "0x10", "0X1P3", "1_0", "1,5", "£5", "5 £", "null",
		"free", "true", "[1]", "--1", "1e", "٣",
	} {
		_, err := ParsePrice(s)
		require.Error(t, err, "%q", s)
	}
}

func TestAPriceIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	for cents, number := range map[Cents]string{0: "0", 5: "0.05", 50: "0.5", 100: "1", 2399: "23.99", 10890: "108.9", 120000: "1200", -150: "-1.5"} {
		require.Equal(t, number, cents.Number())
	}
	rapid.Check(t, func(t *rapid.T) {
		price := Cents(rapid.Int64Range(0, int64(maxPrice)).Draw(t, "price"))
		raw, err := json.Marshal(price)
		require.NoError(t, err)
		var again, quoted Cents
		require.NoError(t, json.Unmarshal(raw, &again))
		require.NoError(t, json.Unmarshal([]byte(`"`+string(raw)+`"`), &quoted))
		require.Equal(t, price, again)
		require.Equal(t, price, quoted)
	})
}

func TestASumIsReadAsItIsWrittenHoweverLargeItIs(t *testing.T) {
	t.Parallel()
	for _, sum := range []Cents{0, maxPrice, maxPrice + 1, 65_000_000_00, 90_071_992_547_409_93, math.MaxInt64 - 1, math.MaxInt64} {
		var again Cents
		require.NoError(t, json.Unmarshal([]byte(sum.Number()), &again))
		require.Equal(t, sum, again)
	}
	rapid.Check(t, func(t *rapid.T) {
		sum := Cents(rapid.Int64Range(0, math.MaxInt64).Draw(t, "sum"))
		var again Cents
		require.NoError(t, json.Unmarshal([]byte(sum.Number()), &again))
		require.Equal(t, sum, again)
	})
	for raw, says := range map[string]string{
		`"-1"`: `the price "-1" is not between 0 and 10000000`, `"much"`: `"much" is not a price`, `null`: `"null" is not a price`,
	} {
		var sum Cents
		require.EqualError(t, sum.UnmarshalJSON([]byte(raw)), says)
	}
	var most Cents
	require.NoError(t, most.UnmarshalJSON([]byte(`1e300`)))
	require.Equal(t, Cents(math.MaxInt64), most, "as sums are when they are added up")
}

func TestAmountsAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for cents, text := range map[Cents]string{
		0: "£0.00", 5: "£0.05", 99: "£0.99", 123450: "£1,234.50", 100000000: "£1,000,000.00", -150: "-£1.50",
	} {
		require.Equal(t, text, cents.String())
	}
	for n, text := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -5: "-5", -999: "-999", -1000: "-1,000", -123456: "-123,456",
	} {
		require.Equal(t, text, Thousands(n))
	}
	require.Equal(t, "1 ticket", Plural(1, "ticket"))
	require.Equal(t, "0 tickets", Plural(0, "ticket"))
	require.Equal(t, "1,204 tickets", Plural(1204, "ticket"))
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{`14`, `"23.99"`, `null`, `"1e400"`, `"\u001b[31m"`, `"1.\u001b]52;c;"`, `{"a":[1]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, err := parseCount(raw)
		require.True(t, n >= 0 && n <= MaxCount)
		requireShowable(t, err)
		price, err := ParsePrice(string(raw))
		require.True(t, price >= 0 && price <= maxPrice)
		requireShowable(t, err)
		if err == nil {
			again, err := ParsePrice(price.Number())
			require.NoError(t, err)
			require.Equal(t, price, again)
		}
	})
}

// requireShowable makes sure that an error may be shown on a terminal, whatever it quotes.
func requireShowable(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		require.Equal(t, Clean(err.Error()), err.Error())
		require.Less(t, len(err.Error()), 400)
	}
}
