package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ticketcd/ticketcd/model"
)

// stop is a screen in one of its states, in a session in which all its actions are on offer.
type stop struct {
	session *Session
	screen  screen
	title   string
}

// tour visits every screen that there is, in an example of a shop: whoever asks which keys there are asks the screens
// themselves, before anybody has logged in anywhere. A new screen takes its place here.
func tour() []stop { return tourOf(func(text string) string { return text }) }

// tourOf is the tour in a shop in which every text that somebody may choose is spelled in some way.
func tourOf(spell func(string) string) []stop {
	s := exampleSession(spell)
	e, _ := s.shop.Catalogue.Event(exampleID)
	typed, list := newSearch(), newSearch()
	typed.input.SetValue(e.Name)
	list.leaveField()
	list.kind = e.Type
	asking, watch := newConsole(), newConsole()
	asking.line.add("get user:bob")
	asking.line.set("get user:ann")
	watch.line.add("get user:bob")
	watch.watch = &watching{}
	order := s.person.Orders()[0]
	onTicket := newEditor(s, *e, newManage())
	onTicket.focusOn(editTickets)
	stops := []stop{
		s.stop(typed, "Events, while typing"), s.stop(list, "Events"),
		s.stop(newPicker("Type of event", "all types", s.shop.Catalogue.Types(), "", nil), "Choosing a type or a place"),
		s.stop(&eventScreen{id: exampleID}, ""), s.stop(newPurchase(e), ""), s.stop(&confirm{step: "Confirm the order", question: "Buy " + e.Name + "?", yes: "yes", no: "no"}, "A question"),
		s.stop(newReceipt(s, order), ""),
		s.stop(&notices{}, ""), s.stop(newTellMe(s, exampleID), ""),
		s.stop(&profile{}, "Profile: orders"), s.stop(&profile{marked: true}, "Profile: favourites"),
		s.stop(newDetails(s), ""), s.stop(newPassword(), ""),
		s.stop(&sshKeys{linked: s.cfg.SSHKeys}, ""),
		s.stop(&members{}, ""), s.stop(&members{cursor: cursor{id: "2"}}, "Cluster: a member that has stopped"),
		s.stop(&members{cursor: cursor{id: "3"}}, "Cluster: a member that is paused"), s.stop(newSaveSnapshot(s), ""), s.stop(newSales(), ""),
		s.stop(newManage(), ""), s.stop(newEditor(s, model.Event{}, newManage()), ""), s.stop(onTicket, "Edit event, at its tickets"),
		s.stop(newNaming("", "", nil, nil), ""), s.stop(&conflict{editor: onTicket, seen: *e, now: *e, draft: e.Draft()}, ""),
		s.stop(asking, ""), s.stop(watch, "Console, while watching"),
		s.stop(newPalette(s, list), ""), s.stop(&help{about: list}, ""),
	}
	stranger := exampleSession(spell)
	stranger.me = model.User{}
	return append([]stop{
		stranger.stop(newLogin(stranger), ""),
		stranger.stop(newRegister(""), ""),
	}, stops...)
}

// stop opens a screen above the home screen.
func (s *Session) stop(of screen, title string) stop {
	alone := *s
	alone.stack = []screen{newSearch(), of}
	if title == "" {
		title = of.title(&alone)
	}
	return stop{session: &alone, screen: of, title: title}
}

const exampleID = "00000000-0000-4000-8000-000000000000"

// exampleSession is an admin's, who has bought, marked and asked to be told of the one event in the shop.
func exampleSession(spell func(string) string) *Session {
	const who = "ann"
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	s := New(context.Background(), Config{
		Now: func() time.Time { return now }, SSHKeys: []model.SSHKey{{Fingerprint: "SHA256:" + strings.Repeat("a", 43), Type: "ssh-ed25519"}},
	})
	ticket := model.Ticket{Type: spell("red"), Left: 9, Total: 10, Price: 2000}
	e := model.Event{ID: exampleID, Name: spell("Tosca"), Location: spell("Rome"), Type: spell("opera"), Date: model.EventDate(now.AddDate(0, 1, 0)), Left: 9}
	s.shop.Catalogue, _ = model.NewCatalogue().With(1, []model.Change{
		{Key: model.EventKey(exampleID), Value: e.Encode()},
		{Key: model.TicketKey(exampleID, ticket.Type), Value: ticket.Encode()},
	})
	order := model.Order{
		ID: spell("7F3KQ2M9XN4T"), Username: who, EventID: exampleID, Date: model.OrderDate(now),
		Lines: []model.Line{{Type: ticket.Type, Quantity: 1, Price: ticket.Price}},
	}
	me := model.User{Username: who, Name: spell(""), Email: spell(""), Role: model.RoleAdmin}
	s.me, _ = model.DecodeUser(spell(who), me.Encode()) //nolint:errcheck // it has just been encoded
	s.person, _ = model.NewPerson(who).With([]model.Change{
		{Key: model.PurchaseKey(who, exampleID), Value: model.EncodeOrders([]model.Order{order})},
		{Key: model.FavouriteKey(who), Value: model.EncodeList([]string{spell("marked, and gone")})},
		{Key: model.NotificationKey(who, exampleID), Value: model.Notification{Username: who, EventID: exampleID, Limit: 5}.Encode()},
	})
	s.cluster = model.Cluster{Members: []model.Member{{ID: "1", Name: "m1"}, {ID: "2", Name: "m2"}, {ID: "3", Name: "m3"}}}
	s.machine = machineState{processes: []model.Process{
		{Name: "m1", State: model.ProcessRunning}, {Name: "m2", State: model.ProcessStopped}, {Name: "m3", State: model.ProcessPaused},
	}}
	s.cfg.Machine, s.cfg.Files = exampleMachine{}, exampleFiles{}
	return s
}

// exampleMachine is a machine on which nothing can be done.
type exampleMachine struct{ Machine }

// exampleFiles is one at which nothing can be saved.
type exampleFiles struct{ Files }

func (exampleFiles) Folder() string { return "/home/ann" }

// ScreenKeys are the keys of one screen.
type ScreenKeys struct {
	Title   string
	Actions []ActionKeys
}

// ActionKeys are the keys of one action.
type ActionKeys struct {
	Name  string   // by which a [Keymap] knows it; "" if its keys cannot be changed
	Words string   // what it does
	Keys  []string // as a [Keymap] names them
}

// Everywhere is the title of the keys that all screens have.
const Everywhere = "Everywhere"

// Screens tells all keys of all screens as they are with a keymap: first those that all have, then screen by screen.
func Screens(k Keymap) []ScreenKeys {
	everywhere := ScreenKeys{Title: Everywhere}
	var screens []ScreenKeys
	for _, at := range tour() {
		at.session.cfg.Keys = k
		own, common := at.session.tables(at.screen)
		if _, isBox := at.screen.(overlay); !isBox && !isTyping(at.screen) {
			everywhere.add(common)
		}
		one := ScreenKeys{Title: at.title}
		one.add(own)
		screens = append(screens, one)
	}
	return append([]ScreenKeys{everywhere}, screens...)
}

// add puts actions into the table, each once.
func (sk *ScreenKeys) add(actions []action) {
	for _, a := range actions {
		listed := ActionKeys{Name: a.id(), Words: a.binding.Help().Desc, Keys: a.binding.Keys()}
		if a.fixed {
			listed.Name, listed.Keys = "", []string{a.binding.Help().Key}
		}
		twice := slices.ContainsFunc(sk.Actions, func(other ActionKeys) bool {
			return other.Name == listed.Name && other.Words == listed.Words && slices.Equal(other.Keys, listed.Keys)
		})
		if !twice {
			sk.Actions = append(sk.Actions, listed)
		}
	}
}

// Actions are the names of all actions whose keys can be changed, in alphabetical order.
func Actions() []string {
	var names []string
	for _, screen := range Screens(nil) {
		for _, a := range screen.Actions {
			if a.Name != "" {
				names = append(names, a.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
