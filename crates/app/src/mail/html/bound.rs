//! A bound on the work that a hostile body can make (check H6). The HTML parser's work grows with the
//! square of the nesting, of the attributes of one tag and of whatever else somebody finds; so a
//! body is first parsed without keeping anything, and given up when it is nested too deep or takes
//! more time than any mail of its size does.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use html5ever::driver::{ParseOpts, parse_fragment};
use html5ever::interface::{
    ElementFlags, ExpandedName, NodeOrText, QualName, QuirksMode, TreeSink,
};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{Attribute, local_name, ns};
use rustix::time::{ClockId, clock_gettime};
use tenon_model::sabotage::{self, Saboteur};

/// Deeper nesting is not shown; browsers flatten it too.
const MAX_DEPTH: u32 = 500;
/// Processor time for any body, and for each of its bytes: several times what real mail takes.
const ANY: Duration = Duration::from_millis(100);
const PER_BYTE: Duration = Duration::from_nanos(if cfg!(debug_assertions) { 3_000 } else { 300 });
/// How often is looked, in bytes.
const CHUNK: usize = 4 << 10;

/// Whether parsing a body is too much work.
pub(super) fn too_much(html: &str) -> bool {
    if sabotage::on(Saboteur::BoundGone) {
        return false;
    }
    let budget = budget(html.len());
    let began = processor_time();
    let context = QualName::new(None, ns!(html), local_name!("div"));
    // As the sanitizer parses it.
    let mut parser = parse_fragment(
        Depth::default(),
        ParseOpts::default(),
        context,
        vec![],
        false,
    );
    let mut rest = html;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK));
        parser.process(StrTendril::from_slice(chunk));
        rest = after;
        let deepest = parser.tokenizer.sink.sink.deepest.get();
        if deepest > MAX_DEPTH || processor_time().saturating_sub(began) > budget {
            return true;
        }
    }
    false
}

fn budget(bytes: usize) -> Duration {
    ANY + PER_BYTE * u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// What this thread has taken of the processor: waiting for it is nobody's fault.
fn processor_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap_or_default()
}

/// An element, as far as the parser has to know it.
struct Node {
    name: QualName,
    depth: Cell<u32>,
}

/// Keeps no tree: nodes live as long as the parser itself holds them.
struct Depth {
    document: Rc<Node>,
    deepest: Cell<u32>,
}

fn node(name: QualName) -> Rc<Node> {
    Rc::new(Node {
        name,
        depth: Cell::new(0),
    })
}

fn nameless() -> Rc<Node> {
    node(QualName::new(None, ns!(), local_name!("")))
}

impl Default for Depth {
    fn default() -> Self {
        Self {
            document: nameless(),
            deepest: Cell::new(0),
        }
    }
}

impl Depth {
    fn put(&self, depth: u32, child: NodeOrText<Rc<Node>>) {
        if let NodeOrText::AppendNode(child) = child {
            child.depth.set(depth);
            self.deepest.set(self.deepest.get().max(depth));
        }
    }
}

impl TreeSink for Depth {
    type Handle = Rc<Node>;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn get_document(&self) -> Rc<Node> {
        self.document.clone()
    }
    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        target.name.expanded()
    }
    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> Rc<Node> {
        node(name)
    }
    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        nameless()
    }
    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        nameless()
    }
    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.put(parent.depth.get() + 1, child);
    }
    fn append_based_on_parent_node(
        &self,
        element: &Rc<Node>,
        _: &Rc<Node>,
        child: NodeOrText<Rc<Node>>,
    ) {
        self.put(element.depth.get(), child);
    }
    fn append_before_sibling(&self, sibling: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.put(sibling.depth.get(), child);
    }
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn get_template_contents(&self, target: &Rc<Node>) -> Rc<Node> {
        target.clone()
    }
    fn same_node(&self, x: &Rc<Node>, y: &Rc<Node>) -> bool {
        Rc::ptr_eq(x, y)
    }
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn add_attrs_if_missing(&self, _: &Rc<Node>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<Node>) {}
    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_in_time(html: &str) {
        let began = processor_time();
        let refused = too_much(html);
        let took = processor_time().saturating_sub(began);
        let start = &html[..html.len().min(40)];
        assert!(refused, "{start} is let through in {took:?}");
        // A chunk may begin just within the budget.
        assert!(took < 2 * budget(html.len()), "{start} took {took:?}");
    }

    #[test]
    fn h6_what_makes_the_parser_work_with_the_square_is_given_up() {
        for (piece, times) in [
            ("<div>", 600),
            ("<b><i>", 300),
            ("<div></x>", 20_000),
            ("<b></x>", 20_000),
            ("<div><!--</div>-->", 20_000),
            ("<div title=\"</div>\">", 20_000),
            ("<div><svg><desc></div></desc></svg>", 20_000),
            ("<table><tr><td><a>", 20_000),
        ] {
            refused_in_time(&piece.repeat(times));
        }
        let names: Vec<String> = (0..100_000).map(|n| format!("a{n}")).collect();
        refused_in_time(&format!("<p {}>x", names.join(" ")));
    }

    #[test]
    fn h6_real_mail_of_any_size_is_let_through() {
        for (piece, times) in [
            ("<p>a<br><img src=x>", 100_000),
            ("<div><b>x</b></div>", 100_000),
            (
                "<tr><td style=\"color:red\" width=1><a href=x>y</a></td></tr>",
                40_000,
            ),
            ("<!-- a comment of many words -->", 60_000),
            ("x &amp; y &lt; z ", 150_000),
        ] {
            assert!(!too_much(&piece.repeat(times)), "{piece}");
        }
        let picture = "QUJD".repeat(500_000);
        assert!(!too_much(&format!(
            "<img src=\"data:image/png;base64,{picture}\">"
        )));
        assert!(!too_much(&format!(
            "<style>{}</style>",
            "p{color:red} ".repeat(100_000)
        )));
        assert!(!too_much(""));
        assert!(!too_much(&"é€😀".repeat(10_000)));
    }
}
