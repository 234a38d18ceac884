package bench

import "time"

// Figure is one result, beside what it is compared with. Its JSON is part of the command line's contract.
type Figure struct {
	Name           string  `json:"name"`
	Value          float64 `json:"value"`
	Unit           string  `json:"unit"`
	Reference      string  `json:"reference"` // its name; empty for a figure that is only reported
	ReferenceValue float64 `json:"reference_value"`
	ReferenceUnit  string  `json:"-"`
	Ratio          float64 `json:"ratio"` // of the value to the reference's
	Goal           Goal    `json:"-"`
}

// Goal is what a ratio ought to be. The zero value asks for nothing.
type Goal struct {
	Limit  float64
	AtMost bool // else at least
}

// Met says whether a ratio is as good as it ought to be.
func (g Goal) Met(ratio float64) bool {
	switch {
	case g.Limit == 0:
		return true
	case g.AtMost:
		return ratio <= g.Limit
	}
	return ratio >= g.Limit
}

func atLeast(limit float64) Goal { return Goal{Limit: limit} }
func atMost(limit float64) Goal  { return Goal{Limit: limit, AtMost: true} }

// than compares a figure with another one of the same kind.
func (f Figure) than(reference Figure, goal Goal) Figure {
	f.Reference, f.ReferenceValue, f.ReferenceUnit, f.Goal = reference.Name, reference.Value, reference.Unit, goal
	if reference.Value != 0 {
		f.Ratio = f.Value / reference.Value
	}
	return f
}

func millis(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// turns are the samples of one measurement.
type turns []sample

// rate is the median of what was done in a second.
func (t turns) rate(name, unit string) Figure {
	var values []float64
	for _, s := range t {
		values = append(values, s.rate())
	}
	return Figure{Name: name, Value: median(values), Unit: unit}
}

// half is the median of what half of the answers took at most.
func (t turns) half(name string) Figure {
	return t.duration(name, func(s sample) time.Duration { return s.P50 })
}

// slowest is the median of what 99 of 100 answers took at most.
func (t turns) slowest(name string) Figure {
	return t.duration(name, func(s sample) time.Duration { return s.P99 })
}

func (t turns) duration(name string, of func(sample) time.Duration) Figure {
	var values []float64
	for _, s := range t {
		values = append(values, millis(of(s)))
	}
	return Figure{Name: name, Value: median(values), Unit: "ms"}
}
