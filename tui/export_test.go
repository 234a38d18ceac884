package tui

import (
	"image/color"
	"reflect"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/ticketcd/ticketcd/model"
)

// Picture is picture, for the tests outside the package.
var Picture = picture

// Dim ends half of a glow.
func Dim() any { return glowMsg{} }

// Doubt says that the fate of an order is being looked into: of the one that a session's deed with a number moves.
func Doubt(deed int) any { return doubtMsg{deed, "Checking"} }

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
	s := exampleSession(func(own string) string { return own })
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

// MembersScreen is the cluster screen, as it is looked at again and again.
type MembersScreen struct{ *Session }

// MemberLooks is one that has seen nothing yet.
func MemberLooks() MembersScreen {
	s := exampleSession(func(own string) string { return own })
	s.machine, s.width, s.height, s.shop.Loaded = machineState{}, 80, 24, true
	s.stack = []screen{newSearch(), &members{}}
	return MembersScreen{s}
}

// Sees takes a newer look, and draws the screen.
func (s MembersScreen) Sees(c model.Cluster, processes []model.Process, now time.Time) string {
	s.cfg.Now = func() time.Time { return now }
	s.cluster = c
	machineState{processes: processes}.take(s.Session)
	return ansi.Strip(s.frame())
}

// Headed is what a header is drawn for.
type Headed struct {
	On     string // the screen
	Width  int
	Admin  bool
	Paused bool
	Told   bool // something has fired
}

// Header is the header of somebody, as text, on one of some screens.
func (h Headed) Header() string {
	s := exampleSession(func(own string) string { return own })
	e, _ := s.shop.Catalogue.Event(exampleID)
	on := map[string][]screen{
		"events": nil, "event": {&eventScreen{id: exampleID}}, "purchase": {&purchase{id: exampleID}}, "profile": {&profile{}},
		"cluster": {&members{}}, "sales": {newSales()}, "console": {newConsole()}, "manage": {newManage()},
		"editor": {newManage(), newEditor(s, *e, newManage())}, "question": {newSales(), &confirm{}},
	}
	if !h.Admin {
		s.me.Role = model.RoleUser
	}
	s.person, _ = s.person.With([]model.Change{{
		Key:   model.NotificationKey(s.me.Username, exampleID),
		Value: model.Notification{Username: s.me.Username, EventID: exampleID, Limit: 5, Active: h.Told}.Encode(),
	}})
	s.stack, s.width, s.height, s.shop.Loaded = append([]screen{newSearch()}, on[h.On]...), h.Width, 24, true
	s.shop.NoLeader, s.shop.Stale, s.shop.Since = h.Paused, h.Paused, s.now().Add(-3*time.Second)
	return ansi.Strip(s.header()[0])
}

// Palette are the colours by role.
func Palette(dark, few bool) map[string]color.Color {
	palette := map[string]color.Color{}
	for role, sh := range shades() {
		palette[role] = sh.of(dark, few)
	}
	return palette
}

// HostileFrames are all screens of the tour, small and large, where every text that comes from outside is hostile: what
// is in the store, who somebody says to be, and what goes wrong. With each frame stands its screen's name.
func HostileFrames(text string) map[string][]string {
	spell := func(own string) string { return own + text }
	frames := map[string][]string{}
	for _, at := range tourOf(spell) {
		s := at.session
		s.shop.Loaded = true
		s.shop.Statistics = model.NewStatistics(s.shop.Catalogue)
		s.cfg.Username, s.cfg.Notice = spell("ann"), spell("welcome")
		switch screen := at.screen.(type) {
		case *login:
			screen.demo = []model.Credentials{{Username: spell("user"), Password: spell("user123")}}
			screen.set(loginUsername, s.cfg.Username)
		case *sshKeys:
			screen.known = true
		}
		for _, size := range [][2]int{{60, 20}, {80, 24}, {200, 50}} {
			s.width, s.height = size[0], size[1]
			for _, m := range []mood{doing, good, warning, bad} {
				s.say(m, spell("something happened"))
				frames[at.title] = append(frames[at.title], s.draw().Content, s.draw().WindowTitle)
			}
			s.toast.text, s.shop.Why, s.shop.Stale = "", spell("lost"), true
			frames[at.title] = append(frames[at.title], s.draw().Content)
		}
	}
	return frames
}

// HomeScreen is a session on its home screen.
type HomeScreen struct{ *Session }

// Home is the home screen of somebody who has just logged in.
func Home(catalogue *model.Catalogue, now time.Time, width, height int) HomeScreen {
	s := exampleSession(func(own string) string { return own })
	s.cfg.Now = func() time.Time { return now }
	s.shop.Catalogue, s.shop.Loaded, s.width, s.height = catalogue, true, width, height
	s.stack = []screen{newSearch()}
	s.frame()
	return HomeScreen{s}
}

// Shows draws the screen with another catalogue.
func (s HomeScreen) Shows(catalogue *model.Catalogue) string {
	s.shop.Catalogue = catalogue
	return s.draw().Content
}

// Looking is how many look at what changes, of how many.
func (all *Sessions) Looking() (looking, of int) {
	all.mu.Lock()
	defer all.mu.Unlock()
	return all.looking, len(all.sees)
}
