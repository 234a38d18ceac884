package tui

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ticketcd/ticketcd/model"
)

// Keymap says which keys a person wants for which actions, by the actions' names. It is laid over the screens' own tables
// of actions, and everything that reads those (keyboard, footer, help, commands) sees the keys that it names. An action
// that it does not name keeps its keys; nil changes nothing. [Keymap.Check] says what is wrong with one. A Keymap belongs
// to a session, so two people in one process may differ; nobody changes it once it is in use.
type Keymap map[string][]string

// actionsOf are the keys that mean something on a screen now, those of its own first. An action in help alone, as a part of the
// shop is, to whose key the screen gives a meaning of its own is still there, without that key.
func (s *Session) actionsOf(of screen) (own, common []action) {
	own, common = s.tables(of)
	for i, a := range common {
		if free := notOf(own, a.binding.Keys()); a.quiet && len(free) < len(a.binding.Keys()) {
			common[i] = a.on(free)
		}
	}
	return own, common
}

// notOf are the keys that stand for none of some actions.
func notOf(actions []action, keys []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(pressed string) bool {
		return slices.ContainsFunc(actions, func(a action) bool { return slices.Contains(a.binding.Keys(), pressed) })
	})
}

// tables are all keys of a screen and those that every screen has, which may be the same.
func (s *Session) tables(of screen) (own, common []action) {
	return s.cfg.Keys.over(of.actions(s), isTyping(of)), s.cfg.Keys.over(s.common(of), isTyping(of))
}

// isTyping says whether letters are text on a screen now.
func isTyping(of screen) bool {
	l, ok := of.(listener)
	return ok && l.typing()
}

// over lays the keymap over a table of actions. The key that always leaves stays what it is, and what a text field takes
// stands for nothing else while there is one.
func (k Keymap) over(actions []action, typing bool) []action {
	for i, a := range actions {
		if a.fixed {
			continue
		}
		keys, changed := k[a.id()]
		switch {
		case !changed:
			keys = a.binding.Keys()
		case a.id() == quitName && !slices.Contains(keys, quitKey):
			keys = append(slices.Clone(keys), quitKey)
		}
		if changed || typing && slices.ContainsFunc(keys, isForText) {
			actions[i] = a.on(reaching(keys, typing))
		}
	}
	return actions
}

// reaching are the keys that get past a text field, while there is one.
func reaching(keys []string, typing bool) []string {
	if !typing {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), isForText)
}

// isForText says whether a key makes or edits text in a field.
func isForText(name string) bool {
	if name == "space" || len([]rune(name)) == 1 {
		return true
	}
	return editingKeys()[name]
}

// editingKeys are the keys that edit text in a field. They never change, and every frame asks for them.
var editingKeys = sync.OnceValue(func() map[string]bool {
	keys := map[string]bool{}
	for _, binding := range editing(newInput()) {
		for _, name := range binding.Keys() {
			keys[name] = true
		}
	}
	return keys
})

// The action that leaves, and the key that does so whatever else is wanted: nobody is to be locked in.
const (
	quitName = "quit"
	quitKey  = "ctrl+c"
)

// Check says what is wrong with the keymap, and at which action: an action or a key that does not exist, two actions of
// one screen on the same key, or an action that could not be reached any more. Its errors are [*model.Error].
func (k Keymap) Check() (action string, err error) {
	known := Actions()
	for _, name := range slices.Sorted(maps.Keys(k)) {
		if !slices.Contains(known, name) {
			return name, unknown("there is no action "+model.Clean(name), model.Nearest(name, known))
		}
		if len(k[name]) == 0 {
			return name, model.Errorf(model.CodeUsage, "%s has no key: leave the line out to keep its own", name)
		}
		for _, pressed := range k[name] {
			if err := checkKey(pressed); err != nil {
				return name, err
			}
			if pressed == quitKey && name != quitName {
				return name, model.Errorf(model.CodeUsage, "%s always leaves, so it cannot stand for anything else", quitKey)
			}
		}
	}
	for _, stop := range tour() {
		if name, err := k.checkScreen(stop); err != nil {
			return name, err
		}
	}
	return "", nil
}

// unknown makes the error for a word that is not known.
func unknown(words, nearest string) error {
	if nearest != "" {
		words += "; did you mean " + nearest + "?"
	}
	return model.Errorf(model.CodeUsage, "%s", words)
}

// checkScreen looks for two actions on one key, and for actions out of reach. What the tables do so themselves is meant:
// a screen's own action comes before one that all have.
func (k Keymap) checkScreen(at stop) (string, error) {
	typing := isTyping(at.screen)
	before, after := Keymap(nil).table(at), k.table(at)
	for i, a := range after {
		name := a.id()
		if len(reaching(before[i].binding.Keys(), typing)) > 0 && len(reaching(a.binding.Keys(), typing)) == 0 {
			return name, model.Errorf(model.CodeUsage,
				"%s needs a key that neither makes nor edits text, such as a function key, because one types on the screen %s", name, at.title)
		}
		for j := range i {
			other := after[j].id()
			shared := sharedKey(after[j], a, typing)
			if other == name || shared == "" || sharedKey(before[j], before[i], typing) != "" {
				continue
			}
			if _, changed := k[name]; !changed {
				name, other = other, name
			}
			return name, model.Errorf(model.CodeUsage, "%s already stands for %s on the screen %s", shared, other, at.title)
		}
	}
	return "", nil
}

// table is all that a keyboard does at a stop.
func (k Keymap) table(at stop) []action {
	at.session.cfg.Keys = k
	own, common := at.session.tables(at.screen)
	return append(own, common...)
}

// sharedKey returns a key that stands for both actions; "" if none does.
func sharedKey(a, b action, typing bool) string {
	for _, pressed := range reaching(a.binding.Keys(), typing) {
		if slices.Contains(b.binding.Keys(), pressed) {
			return pressed
		}
	}
	return ""
}

// id is the name of an action: its words, without articles, with hyphens, unless it was given another.
func (a action) id() string {
	if a.name != "" {
		return a.name
	}
	words := slices.DeleteFunc(strings.Fields(a.binding.Help().Desc), func(word string) bool {
		return word == "a" || word == "an" || word == "the"
	})
	return strings.Join(words, "-")
}

// keyOf names the key of an action in a sentence: the person's own, or the usual one.
func (s *Session) keyOf(name, usual string) string {
	if keys := s.cfg.Keys[name]; len(keys) > 0 {
		usual = keyName(keys[0])
	}
	return s.spelled(usual)
}

// on puts the action on other keys.
func (a action) on(keys []string) action {
	shown := ""
	if len(keys) > 0 {
		shown = keyName(keys[0])
	}
	a.binding.SetKeys(keys...)
	a.binding.SetHelp(shown, a.binding.Help().Desc)
	return a
}
