"""Where in a message the markup stands: inside other markup (some of which it has to break out of), or in a part that is
not the plain HTML body. `{}` is the sample's markup."""

FAR = "<p>Lorem ipsum dolor sit amet.</p>\n" * 2_000

# Markup around the sample.
MARKUP = {
    "body": "{}",
    "attribute": '<p title="a">b</p><a title="">{}<b title="">c</b>',
    "attribute left open": "<p title='\">{}<p title='\">",
    "style": "<style>/*</style>{}<style>*/</style>",
    "comment": "<!-- a -->{}<!-- <!-- -->",
    "comment left open": "<!-->{}",
    "far down": FAR + "{}",
    "table cell": "<table><tbody><tr><td>{}</td></tr></tbody></table>",
    "table without a cell": "<table>{}</table>",
    "quote": '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Monday A wrote:</div>'
    '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{}</blockquote></div>',
    "svg": "<svg>{}</svg>",
    "svg title": "<svg><title>{}</title></svg>",
    "math": "<math><mtext>{}</mtext></math>",
    "condition": "<!--[if mso]><p>a</p><![endif]--><!--[if !mso]><!-->{}<!--<![endif]-->",
    "list in bold": "<b><ul><li><i>{}</b></i></ul>",
    "whole document": '<!doctype html><html><head><meta charset="utf-8"><title>a</title></head><body>{}</body></html>',
    "head": "<html><head>{}</head><body><p>a</p></body></html>",
    "deep": "<div>" * 120 + "{}" + "</div>" * 120,
}

# The part it stands in; `mail.py` writes each.
PARTS = (
    "plain text",
    "enriched text",
    "calendar",
    "message inside",
    "related",
    "alternative last but one",
    "no charset",
    "type in capitals",
    "quoted-printable",
    "base64 with rubbish",
    "nested",
    "attached and shown",
    "second body",
    "subject",
    "sender",
    "file name",
)

CONTEXTS = (*MARKUP, *PARTS)
