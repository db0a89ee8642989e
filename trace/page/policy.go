package page

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// policy is the document's Content Security Policy: nothing but its own script, which may be
// empty, and its own style.
func policy(script, style string) string {
	allowed := fmt.Sprintf("style-src '%s'", digest(style))
	if script != "" {
		allowed = fmt.Sprintf("script-src '%s'; ", digest(script)) + allowed
	}
	return "default-src 'none'; " + allowed + "; base-uri 'none'; form-action 'none'"
}

// digest returns the hash of a text as a source of the policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
