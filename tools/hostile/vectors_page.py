"""What would reach out of the message without script and without an image: send a form, take the window, lie over what
is around it, report back when a link is pressed. `{U}` and `{J}` as in the other tables."""

VECTORS = {
    "form": [
        '<form action="{U}f.html"><button>a</button></form>',
        '<form method="post" action="{U}f.html"><input name="a" value="b"><input type="submit"></form>',
        '<form action="#a"><button formaction="{U}f.html">a</button></form>',
        '<form id="f" action="{U}f.html"></form><button form="f">a</button>',
        '<form action="{U}f.html"><input type="image" alt="a"></form>',
        '<form action="{U}f.html" method="post" enctype="text/plain"><button name="a" value="b">a</button></form>',
    ],
    "link": [
        '<a href="#a" ping="{U}ping">a</a>',
        '<a href="data:text/html,x" download="a.html">a</a>',
        '<a href="#a" attributionsrc="{U}r">a</a>',
        '<a href="blob:{U}x">a</a>',
        '<a href="/api/v1/session" target="_top">a</a>',
        '<a href="{U}f.html" target="_parent">a</a>',
        '<base target="_top"><a href="{U}f.html">a</a>',
        '<a href="file:///etc/passwd">a</a>',
    ],
    "cover": [
        '<p style="position:fixed;top:0;left:0;width:100vw;height:100vh;background:red">a</p>',
        '<p style="position:absolute;top:-500px;left:-500px;width:5000px;height:5000px;background:red">a</p>',
        '<p style="position:sticky;top:0;background:red">a</p>',
        '<p style="position:relative;top:-300px;z-index:2147483647;background:red">a</p>',
        '<p style="transform:translate(-300px,-300px) scale(40);background:red">a</p>',
        '<p style="margin:-900px;width:9000px;height:9000px;background:red">a</p>',
        '<dialog open style="position:fixed;inset:0">a</dialog>',
        '<style>p{position:fixed;inset:0;background:red}</style><p>a</p>',
        '<style>@keyframes k{to{opacity:0}}p{animation:k 1s infinite}</style><p>a</p>',
        '<p style="backdrop-filter:blur(9px);position:fixed;inset:0">a</p>',
        '<p style="outline:9000px solid red">a</p>',
        '<p style="box-shadow:0 0 0 9000px red">a</p>',
    ],
    "own origin": [
        '<iframe src="/api/v1/session"></iframe>',
        '<img src="/api/v1/session">',
        '<form method="post" action="/api/v1/session"><button>a</button></form>',
        '<link rel="stylesheet" href="/assets/x.css">',
        '<object data="/api/v1/connections"></object>',
        '<meta http-equiv="refresh" content="0;url=/oauth/start">',
    ],
}
