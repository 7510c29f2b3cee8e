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

// fold writes every {{t "key"}} without arguments as text, once for all pages: most
// of what a template would look up anew for each is the same on all. Words stand
// in text and in quoted attributes alone, where one escaping is right for both.
func (w Words) fold(l Lang, list *parse.ListNode) {
	if list == nil {
		return
	}
	branch := func(b *parse.BranchNode) {
		w.fold(l, b.List)
		w.fold(l, b.ElseList)
	}
	for i, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if s, ok := w.constant(l, n.Pipe); ok {
				list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: n.Pos, Text: []byte(template.HTMLEscapeString(s))}
			}
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		}
	}
}

// constant returns the words of a pipe that is nothing but t and a key.
func (w Words) constant(l Lang, p *parse.PipeNode) (string, bool) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 2 {
		return "", false
	}
	id, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode)
	key, ok2 := p.Cmds[0].Args[1].(*parse.StringNode)
	if !ok || !ok2 || id.Ident != "t" {
		return "", false
	}
	t, ok := w[key.Text]
	return l.Say(t), ok
}
