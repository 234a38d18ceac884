package tui

import (
	"image/color"
	"reflect"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// Picture is picture, for the tests outside the package.
var Picture = picture

// Toured are the types of the screens that the tour visits.
func Toured() map[string]bool {
	types := map[string]bool{}
	for _, at := range tour() {
		types[reflect.TypeOf(at.screen).Elem().Name()] = true
	}
	return types
}

// MembersFrame is the cluster screen as it shows a cluster, with the cursor on a member.
func MembersFrame(c model.Cluster, processes []model.Process, member string, now time.Time, width, height int) string {
	s := exampleSession()
	s.cfg.Now = func() time.Time { return now }
	s.cluster, s.machine, s.width, s.height = c, machineState{processes: processes}, width, height
	s.shop.Loaded = true
	at := &members{}
	for _, m := range c.Members {
		if m.Name == member {
			at.cursor.id = m.ID + m.Endpoint
		}
	}
	s.stack = []screen{newSearch(), at}
	return s.frame()
}

// Palette are the colours by role.
func Palette(dark, few bool) map[string]color.Color {
	palette := map[string]color.Color{}
	for role, sh := range shades() {
		palette[role] = sh.of(dark, few)
	}
	return palette
}
