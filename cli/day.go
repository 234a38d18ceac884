package cli

import (
	"errors"
	"time"

	"github.com/spf13/pflag"

	"github.com/ticketcd/ticketcd/model"
)

// dayFlag is a flag that takes a day. Without one it is the zero time.
type dayFlag struct{ day *time.Time }

func (d dayFlag) String() string {
	if d.day == nil || d.day.IsZero() {
		return ""
	}
	return d.day.Format(time.DateOnly)
}

func (d dayFlag) Type() string { return "day" }

func (d dayFlag) Set(text string) error {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1 {
		return errors.New("write a day as YYYY-MM-DD, such as 2026-12-24")
	}
	*d.day = day
	return nil
}

// daysFlags are the first and the last of the days on which events are asked for.
type daysFlags struct{ first, last time.Time }

func (d *daysFlags) register(flags *pflag.FlagSet) {
	flags.Var(dayFlag{&d.first}, "from", "only events on this `day` or later, as YYYY-MM-DD")
	flags.Var(dayFlag{&d.last}, "until", "only events on this `day` or earlier, as YYYY-MM-DD")
}

// days returns the days, with the last.
func (d *daysFlags) days() (model.Days, error) {
	days := model.Days{From: d.first}
	if d.last.IsZero() {
		return days, nil
	}
	days.Until = d.last.AddDate(0, 0, 1)
	if d.first.After(d.last) {
		return days, model.Errorf(model.CodeUsage, "--from %s is after --until %s: no day is in between", dayFlag{&d.first}, dayFlag{&d.last})
	}
	return days, nil
}
