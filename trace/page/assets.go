package page

import (
	"html/template"
	"sync"
)

// assets are what makes a document a walk: its style, its scripts, and the policy that allows them.
// The style of the document itself and the loader are embedded as they are. What only the walk needs
// is compressed, and the loader inflates it.
type assets struct {
	Policy string
	Style  template.CSS
	Loader template.JS
	Walk   []chunk
}

// newAssets returns the same assets for all documents.
var newAssets = sync.OnceValues(func() (*assets, error) {
	style, err := small(styles, "style/*.css")
	if err != nil {
		return nil, err
	}
	loader, err := small(scripts, "script/load/*.js")
	if err != nil {
		return nil, err
	}
	script, err := walkScript()
	if err != nil {
		return nil, err
	}
	walkStyle, err := small(styles, "style/walk/*.css")
	if err != nil {
		return nil, err
	}
	out := &assets{Policy: policy(style, loader, script), Style: template.CSS(style), Loader: template.JS(loader)}
	for _, part := range [...]struct{ name, text string }{{"walk-style", walkStyle}, {"walk-script", script}} {
		data, err := compressed(part.text)
		if err != nil {
			return nil, err
		}
		out.Walk = append(out.Walk, chunk{Name: part.name, Data: data})
	}
	return out, nil
})

// dialogs returns the dialogs of the walk, which the loader adds.
func (d *document) dialogs() (chunk, error) {
	text, err := rendered("keys", []*document{d})
	if err != nil {
		return chunk{}, err
	}
	data, err := compressed(text[0])
	return chunk{Name: "walk-dialogs", Data: data}, err
}

// walkScript returns the script of the walk.
func walkScript() (string, error) { return small(scripts, "script/*.js") }
