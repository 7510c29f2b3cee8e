package web

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// CheckWords finds a word that a template asks for ({{t "key"}}) and that is not
// there.
func CheckWords(t *template.Template, words Words) error {
	if t.Tree == nil {
		return nil
	}
	return words.walk(t.Tree.Root)
}

func (w Words) walk(n parse.Node) error {
	each := func(nodes ...parse.Node) error {
		for _, n := range nodes {
			if err := w.walk(n); err != nil {
				return err
			}
		}
		return nil
	}
	branch := func(b *parse.BranchNode) error {
		if err := each(b.Pipe, b.List); err != nil || b.ElseList == nil {
			return err
		}
		return each(b.ElseList)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		return each(n.Nodes...)
	case *parse.ActionNode:
		return each(n.Pipe)
	case *parse.IfNode:
		return branch(&n.BranchNode)
	case *parse.RangeNode:
		return branch(&n.BranchNode)
	case *parse.WithNode:
		return branch(&n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			return each(n.Pipe)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			if err := each(c); err != nil {
				return err
			}
		}
	case *parse.CommandNode:
		if id, ok := n.Args[0].(*parse.IdentifierNode); ok && id.Ident == "t" && len(n.Args) > 1 {
			if key, ok := n.Args[1].(*parse.StringNode); ok {
				if _, known := w[key.Text]; !known {
					return fmt.Errorf("no word %q", key.Text)
				}
			}
		}
		return each(n.Args...)
	}
	return nil
}
